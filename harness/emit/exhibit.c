/* exhibit.c: emit. Takes one exhibit's source out of its folder: files of pieces that blank lines part, at the
 * first column, as clang-format and gofmt leave them. */
#include "emit/exhibit.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#define MOST_PIECES 128

struct piece {
	const char *text;
	size_t len;
	char name[64]; /* what it defines; "" for includes, comments, ... */
	bool taken;
};

struct source {
	struct buf bytes;
	struct piece pieces[MOST_PIECES];
	size_t count;
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The last word before `end`. */
static void word_before(const char *start, const char *end, char name[64])
{
	const char *from;

	while (end > start && !is_word(end[-1]))
		end--;
	for (from = end; from > start && is_word(from[-1]);)
		from--;
	if (end - from > 0 && end - from < 64) {
		memcpy(name, from, (size_t)(end - from));
		name[end - from] = '\0';
	}
}

/* What the first line of code defines: of C the word right before a "(", else before "=" or ";"; of Go that behind "func"
 * or "var"; of assembly that behind BEGIN. */
static void name_piece(struct piece *p)
{
	const char *line = p->text, *end = p->text + p->len, *stop;
	const char *heads[] = { "func ", "var ", "BEGIN " };

	while (line < end && (!strncmp(line, "/*", 2) || !strncmp(line, "//", 2) || *line == ' ')) {
		line = memchr(line, '\n', (size_t)(end - line));
		line = line ? line + 1 : end;
	}
	stop = line < end ? memchr(line, '\n', (size_t)(end - line)) : NULL;
	if (!stop || *line == '#' || *line == '\t')
		return;
	for (size_t i = 0; i < 3; i++)
		if (!strncmp(line, heads[i], strlen(heads[i]))) {
			const char *from = line + strlen(heads[i]);

			for (line = from; line < stop && is_word(*line);)
				line++;
			word_before(from, line, p->name);
			return;
		}
	for (const char *at = line + 1; at < stop; at++)
		if (*at == '(' && is_word(at[-1])) {
			word_before(line, at, p->name);
			if (strcmp(p->name, "__attribute__") != 0)
				return;
		}
	for (const char *at = line; at < stop; at++)
		if (*at == '=')
			stop = at;
	word_before(line, stop, p->name);
}

/* A declaration of one line is a piece of its own, with the comment before it. */
static void cut_declaration(struct piece *p)
{
	const char *at = p->text, *end = at + p->len, *stop;

	for (; at < end; at = stop + 1) {
		stop = memchr(at, '\n', (size_t)(end - at));
		if (!stop)
			return;
		if (isalpha((unsigned char)*at)) {
			if (stop[-1] == ';')
				p->len = (size_t)(stop + 1 - p->text);
			return;
		}
	}
}

static void split(struct source *s)
{
	const char *at = s->bytes.ptr, *end = at + s->bytes.len;

	while (at < end && s->count < MOST_PIECES) {
		struct piece *p = &s->pieces[s->count];
		const char *stop = at;

		/* A blank line ends a piece if what follows begins at the first column. */
		do
			stop = strstr(stop + 1, "\n\n");
		while (stop && (stop[2] == '\t' || stop[2] == ' '));
		stop = stop ? stop + 1 : end;
		p->text = at;
		p->len = (size_t)(stop - at);
		cut_declaration(p);
		stop = at + p->len;
		name_piece(p);
		s->count++;
		for (at = stop; at < end && *at == '\n';)
			at++;
	}
}

static bool mentions(const char *text, size_t size, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = text; (at = memmem(at, (size_t)(text + size - at), name, len)); at++)
		if (!is_word(at[len]) && (at == text || !is_word(at[-1])))
			return true;
	return false;
}

/* What is taken needs more: the pieces that define what it mentions. */
static void take_needed(struct source *s)
{
	bool again = true;

	while (again) {
		again = false;
		for (size_t i = 0; i < s->count; i++)
			for (size_t k = 0; k < s->count && s->pieces[i].taken; k++)
				if (!s->pieces[k].taken && *s->pieces[k].name &&
				    mentions(s->pieces[i].text, s->pieces[i].len, s->pieces[k].name))
					again = s->pieces[k].taken = true;
	}
}

static bool is_macro(const struct piece *p)
{
	return memmem(p->text, p->len, ".macro ", 7) != NULL;
}

static bool is_system_include(const struct piece *p)
{
	return memmem(p->text, p->len, "#include <", 10) != NULL;
}

static void put(struct buf *out, const struct source *s, bool assembly)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct piece *p = &s->pieces[i];

		if (p->taken || (assembly && is_macro(p)) || (!assembly && is_system_include(p))) {
			buf_add(out, p->text, p->len);
			buf_addch(out, '\n');
		}
	}
}

struct search {
	struct buf *out;
	const char *dir, *suffix, *wanted;
	struct err *e;
	int found;
};

static void take(struct search *x, struct source *s)
{
	bool any = false;

	split(s);
	for (size_t i = 0; i < s->count; i++)
		if (*s->pieces[i].name && mentions(x->wanted, strlen(x->wanted), s->pieces[i].name))
			any = s->pieces[i].taken = true;
	if (!any)
		return;
	x->found = 1;
	take_needed(s);
	put(x->out, s, !strcmp(x->suffix, ".S"));
}

static int look(const char *file, void *ctx)
{
	struct search *x = ctx;
	size_t len = strlen(file), end = strlen(x->suffix);
	struct source *s;
	char *path;
	int rc;

	if (len < end || strcmp(file + len - end, x->suffix) != 0)
		return 0;
	s = xcalloc(1, sizeof(*s));
	buf_init(&s->bytes);
	path = xasprintf("%s/%s", x->dir, file);
	rc = file_read(path, 1 << 20, &s->bytes, x->e);
	if (rc == 0)
		take(x, s);
	buf_release(&s->bytes);
	free(path);
	free(s);
	return rc;
}

int exhibit_take(struct buf *out, const char *dir, const char *suffix, const char *wanted,
		 struct err *e)
{
	struct search x = { out, dir, suffix, wanted, e, 0 };

	if (!dir_exists(dir))
		return err_set(e, EXIT_ENVIRON, "the exhibits' sources are not in %s", dir);
	return dir_each(dir, look, &x, e) < 0 ? -1 : x.found;
}
