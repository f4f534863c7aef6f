/* frame.c: triage. Stack frames: their names, and a stack as text. */
#include <string.h>

#include "triage/text.h"
#include "triage/unwind.h"

size_t frame_name_len(const struct frame *f)
{
	static const char suffix[] = ".abi0";
	size_t len = f->symbol.name ? strlen(f->symbol.name) : 0, n = sizeof(suffix) - 1;

	return len > n && !memcmp(f->symbol.name + len - n, suffix, n) ? len - n : len;
}

bool frame_is(const struct frame *f, const char *name)
{
	size_t len = strlen(name);

	return f->symbol.name && frame_name_len(f) == len && !memcmp(f->symbol.name, name, len);
}

bool frame_line(const struct frame *f, const char **file, int *line)
{
	if (f->file) {
		*file = f->file;
		*line = f->line;
		return true;
	}
	return f->image && f->image->image &&
		image_line(f->image->image, f->lookup - f->image->bias, file, line);
}

#define REPEATS_SHOWN 8

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void frame_print(const struct frame *f, uint32_t i, struct buf *out)
{
	static const char *const found[] = {
#define FOUND(id, name, about) name,
#include "triage/found.def"
#undef FOUND
	};
	const char *file;
	int line;

	buf_addf(out, "#%-3u 0x%012llx ", i, (unsigned long long)f->pc);
	if (f->symbol.name) {
		text_escape(out, f->symbol.name, frame_name_len(f));
		if (f->found != FOUND_TEXT)
			buf_addf(out, "+0x%llx", (unsigned long long)(f->lookup - f->symbol.addr));
	} else {
		buf_addstr(out, "?");
	}
	if (frame_line(f, &file, &line)) {
		buf_addstr(out, "  ");
		text_escape(out, base_name(file), strlen(base_name(file)));
		if (line)
			buf_addf(out, ":%d", line);
	} else if (f->image) {
		buf_addf(out, "  %s", f->image->name);
	}
	buf_addf(out, "  (%s%s%s)\n", found[f->found], f->note ? ": " : "", f->note ? f->note : "");
}

/* How many frames from i on are the same call. */
static uint32_t repeats(const struct stack *st, uint32_t i)
{
	uint32_t n = 1;

	while (i + n < st->count && st->frames[i + n].pc == st->frames[i].pc &&
	       st->frames[i + n].found == st->frames[i].found)
		n++;
	return n;
}

void stack_print(const struct stack *st, struct buf *out)
{
	for (uint32_t i = 0; i < st->count; i++) {
		uint32_t n = repeats(st, i);

		frame_print(&st->frames[i], i, out);
		if (n <= REPEATS_SHOWN)
			continue;
		buf_addf(out, "     the same %u times more\n", n - 2);
		i += n - 2;
	}
	if (st->gap)
		buf_addf(out, "missing in between: %s\n", st->gap);
	buf_addf(out, "ends: %s\n", st->end);
}
