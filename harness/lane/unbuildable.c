/* unbuildable.c: lane. Which cases a tool's message is about; they are left out, the rest goes on. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "lane/job.h"

#define WHY_LIMIT 1500
#define PROLOG "#line 1 \"cgo-gcc-prolog\"\n"

/* Line number -> slot, from the "--- case N" comments of a generated file. */
static int slot_at_line(const char *text, unsigned long line)
{
	int slot = -1;

	for (unsigned long n = 1; n <= line && *text; n++) {
		size_t len = strcspn(text, "\n");
		const char *mark = len > 7 ? memmem(text, len < 20 ? len : 20, "--- ", 4) : NULL;

		if (mark && !strncmp(mark, "--- case ", 9))
			slot = (int)strtol(mark + 9, NULL, 10);
		else if (mark)
			slot = -1;
		text += len + (text[len] == '\n');
	}
	return slot;
}

struct blame {
	struct job *j;
	struct buf callee, caller, go; /* the generated files */
	struct buf exports, calls; /* and those of cgo, where it came so far */
	uint32_t found;
};

/* Messages name temporary files; what is kept shall not. */
static char *clean_message(const struct job *j, const char *text, size_t len)
{
	const char *const drop[] = { j->work, j->dir, j->home }; /* the longest first */
	struct buf out = BUF_INIT;
	size_t i = 0;

	while (i < len && out.len < WHY_LIMIT) {
		size_t before = i;

		for (int k = 0; k < 3 && i == before; k++) {
			size_t n = strlen(drop[k]);

			if (len - i > n && !strncmp(text + i, drop[k], n))
				i += n + (text[i + n] == '/');
		}
		if (i == before)
			buf_addch(&out, text[i++]);
	}
	buf_rtrim(&out);
	return buf_detach(&out, NULL);
}

static void mark(struct blame *b, long slot, const char *why, size_t len)
{
	struct job *j = b->j;

	if (slot < 0 || slot >= (long)j->batch->count || j->skip[slot])
		return;
	j->skip[slot] = true;
	j->why[slot] = clean_message(j, why, len);
	b->found++;
}

/* f12, go12, drive12, call12, args12, result12, A12, S12_0: generated names hold the slot. */
static long slot_by_name(const char *line, size_t len)
{
	static const char *const names[] = { "f",	"go",	     "drive", "call",	"args",
					     "result",	"A",	     "S",     "direct", "back",
					     "reverse", "through_f", "names" };

	for (size_t i = 0; i < len; i++) {
		size_t end;

		if ((i && (isalnum((unsigned char)line[i - 1]))) || !isalpha((unsigned char)line[i]))
			continue;
		for (size_t k = 0; k < sizeof(names) / sizeof(*names); k++) {
			size_t n = strlen(names[k]);

			if (len - i <= n || strncmp(line + i, names[k], n) != 0)
				continue;
			end = i + n + strspn(line + i + n, "0123456789");
			if (end > i + n && (end >= len || !isalnum((unsigned char)line[end])))
				return strtol(line + i + n, NULL, 10);
		}
	}
	return -1;
}

/* Files of cgo have no marks; the functions in them are named after ours. Places in "cgo-gcc-prolog"
 * count from a line of c0.cgo2.c that says so. */
static long slot_around_line(const char *text, unsigned long line)
{
	long slot = -1;

	for (unsigned long n = 1; n <= line && *text; n++) {
		size_t len = strcspn(text, "\n");
		long here = len && *text != '\t' && *text != ' ' ? slot_by_name(text, len) : -1;

		if (here >= 0)
			slot = here;
		text += len + (text[len] == '\n');
	}
	return slot;
}

static const struct {
	const char *name; /* as messages have it */
	bool ours, in_prolog;
	size_t text; /* which member of struct blame */
} places[] = {
	{ "callee.c:", true, false, offsetof(struct blame, callee) },
	{ "caller.c:", true, false, offsetof(struct blame, caller) },
	{ "c0.go:", true, false, offsetof(struct blame, go) },
	{ "_cgo_export.c:", false, false, offsetof(struct blame, exports) },
	{ "cgo-gcc-prolog:", false, true, offsetof(struct blame, calls) },
};

/* "...callee.c:12:5: error" or "./c0.go:7:1: ..." */
static long slot_by_place(const struct blame *b, const char *line, size_t len)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		const char *at = memmem(line, len, places[i].name, strlen(places[i].name));
		const struct buf *buf = (const void *)((const char *)b + places[i].text);
		const char *text = buf->ptr;
		unsigned long number;

		if (!at)
			continue;
		number = strtoul(at + strlen(places[i].name), NULL, 10);
		if (places[i].ours)
			return slot_at_line(text, number);
		if (places[i].in_prolog)
			text = strstr(text, PROLOG);
		return text
			? slot_around_line(text + (places[i].in_prolog ? strlen(PROLOG) : 0), number)
			: -1;
	}
	return -1;
}

/* A note is about the message before it, or about none: GCC's of an ABI that changed once. */
static bool is_error(const char *line, size_t len)
{
	if (memmem(line, len, ": note:", 7) || memmem(line, len, ": warning:", 10))
		return false;
	return memmem(line, len, "error", 5) || memmem(line, len, ".go:", 4) ||
		memmem(line, len, "undefined", 9);
}

/* Each message from its line to the next one's: with the source line and caret below it. */
static void blame_lines(struct blame *b, bool by_name)
{
	const char *text = b->j->message.ptr;

	while (*text) {
		size_t len = strcspn(text, "\n"), all = len;
		long slot = -1;

		if (is_error(text, len))
			slot = by_name ? slot_by_name(text, len) : slot_by_place(b, text, len);
		while (slot >= 0 && text[all] == '\n' && text[all + 1] == ' ')
			all += 1 + strcspn(text + all + 1, "\n");
		mark(b, slot, text, all);
		text += len + (text[len] == '\n');
	}
}

static void read_generated(struct job *j, const char *name, struct buf *text)
{
	char *path = xasprintf("%s/%s", j->dir, name);
	struct err e = ERR_INIT;

	file_read(path, 0, text, &e);
	free(path);
}

/* The go command removes cgo's files, which messages speak of: they are made again. */
static void remake_cgo_files(struct job *j)
{
	struct buf kept = j->message;

	if (!strstr(kept.ptr, "cgo-gcc-prolog:") && !strstr(kept.ptr, "_cgo_export.c:"))
		return;
	if (!j->lane->reference && !j->fell_back)
		return;
	j->message = (struct buf)BUF_INIT;
	run_cgo(j);
	buf_release(&j->message);
	j->message = kept;
}

uint32_t blame_message(struct job *j)
{
	struct blame b = { j, BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT, 0 };

	if (j->broken)
		return 0;
	remake_cgo_files(j);
	read_generated(j, "callee.c", &b.callee);
	read_generated(j, "caller.c", &b.caller);
	read_generated(j, "c0.go", &b.go);
	read_generated(j, "work/_cgo_export.c", &b.exports);
	read_generated(j, "work/c0.cgo2.c", &b.calls);
	blame_lines(&b, false);
	if (!b.found)
		blame_lines(&b, true);
	buf_release(&b.callee);
	buf_release(&b.caller);
	buf_release(&b.go);
	buf_release(&b.exports);
	buf_release(&b.calls);
	return b.found;
}

/* Does it build with only the slots of [from, to) that are not marked? */
static bool builds(struct job *j, int (*attempt)(struct job *j), uint32_t from, uint32_t to)
{
	bool keep[BATCH_MAX_CASES];
	struct err e = ERR_INIT;
	bool ok;

	memcpy(keep, j->skip, sizeof(keep));
	for (uint32_t i = 0; i < j->batch->count; i++)
		j->skip[i] = j->skip[i] || i < from || i >= to;
	buf_reset(&j->message);
	ok = write_sources(j, &e) == 0 && attempt(j) == 0;
	memcpy(j->skip, keep, sizeof(keep));
	return ok;
}

static void halve(struct job *j, int (*attempt)(struct job *j), uint32_t from, uint32_t to)
{
	uint32_t middle = from + (to - from) / 2;

	if (from == to || j->broken || builds(j, attempt, from, to))
		return;
	if (to - from == 1) {
		j->skip[from] = true;
		j->why[from] = clean_message(j, j->message.ptr, j->message.len);
		return;
	}
	halve(j, attempt, from, middle);
	halve(j, attempt, middle, to);
}

int blame_by_halves(struct job *j, int (*attempt)(struct job *j), struct err *e)
{
	char *first = clean_message(j, j->message.ptr, j->message.len);
	uint32_t before = 0, after = 0;

	for (uint32_t i = 0; i < j->batch->count; i++)
		before += j->skip[i];
	if (!j->broken && builds(j, attempt, 0, 0))
		halve(j, attempt, 0, j->batch->count);
	for (uint32_t i = 0; i < j->batch->count; i++)
		after += j->skip[i];
	if (after == before)
		err_set(e, EXIT_ENVIRON, "building in lane %s failed, and no case is to blame:\n%s",
			j->lane->name, first);
	free(first);
	buf_reset(&j->message);
	return after == before ? -1 : 0;
}
