/* cases.c: cli. CASE on the command line of every verb that takes one: its text, "-" or "@FILE". */
#include "cli/cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#define FILE_LIMIT ((size_t)32 << 20) /* half of what docs/grammar.md promises not to exceed */

/* Where a text is between its characters. */
struct scan {
	bool comment; /* of the kind that goes on over lines */
	unsigned depth; /* parentheses, brackets and braces */
};

static void scan_line(struct scan *s, const char *p, const char *end)
{
	char quote = '\0';

	for (; p < end; p++) {
		if (s->comment) {
			s->comment = !(*p == '/' && p[-1] == '*');
		} else if (quote && *p == '\\') {
			p++;
		} else if (quote) {
			quote = *p == quote ? '\0' : quote;
		} else if (*p == '/' && p[1] == '/') {
			return;
		} else if (*p == '/' && p[1] == '*') {
			s->comment = true;
			p += 2; /* not the end of it in one */
		} else if (*p == '"' || *p == '\'') {
			quote = *p;
		} else if (strchr("([{", *p)) {
			s->depth++;
		} else if (strchr(")]}", *p) && s->depth) {
			s->depth--;
		}
	}
}

static bool ends_in(const char *name, const char *end)
{
	size_t len = strlen(name), n = strlen(end);

	return len > n && !strcmp(name + len - n, end);
}

/* Is it one case over several lines: a header, or does a line leave open what it began? */
static bool is_whole(const char *name, const struct buf *text)
{
	struct scan s = { 0 };
	const char *line;
	size_t at = 0, len;

	if (text->len > CASE_MAX_TEXT)
		return false;
	if (ends_in(name, ".h") || ends_in(name, ".c"))
		return true;
	while ((line = buf_line(text, &at, &len))) {
		if (!s.comment && !s.depth && *line == '#')
			continue;
		scan_line(&s, line, line + len);
		if (s.depth || s.comment)
			return at < text->len;
	}
	return false;
}

static int each_line(const char *path, const char *name, case_fn *take, void *ctx, struct err *e)
{
	struct buf text = BUF_INIT;
	const char *line;
	size_t at = 0, len;
	int rc = file_read(path, FILE_LIMIT, &text, e);

	if (rc < 0)
		e->status = EXIT_USAGE;
	if (rc == 0 && is_whole(name, &text)) {
		rc = take(text.ptr, text.len, name, ctx, e);
		buf_release(&text);
		return rc;
	}
	for (unsigned n = 1; rc == 0 && (line = buf_line(&text, &at, &len)); n++) {
		char *place = xasprintf("%s line %u", name, n);

		if (strspn(line, " \t\r") < len && *line != '#')
			rc = take(line, len, place, ctx, e);
		free(place);
	}
	buf_release(&text);
	return rc;
}

void cases_note(const struct fuzz_case *c, const char *name)
{
	const char *line = c->notes;

	while (line && *line) {
		int len = (int)strcspn(line, "\n");

		fprintf(stderr, "%s: note: %.*s\n", name, len, line);
		line += len + (line[len] == '\n');
	}
}

int cases_each(const char *arg, case_fn *take, void *ctx, struct err *e)
{
	if (!strcmp(arg, "-"))
		return each_line("/dev/stdin", "<stdin>", take, ctx, e);
	if (*arg == '@')
		return each_line(arg + 1, arg + 1, take, ctx, e);
	return take(arg, strlen(arg), "<case>", ctx, e);
}

int cases_plan(struct plan **plan, const char *arg, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc = 0;

	if (*arg == '@')
		rc = file_read(arg + 1, 1 << 20, &text, e);
	else
		buf_addstr(&text, arg);
	if (rc < 0)
		e->status = EXIT_USAGE;
	if (!*plan)
		*plan = xmalloc(sizeof(**plan));
	if (rc == 0)
		rc = plan_parse(*plan, text.ptr, text.len, *arg == '@' ? arg + 1 : "<plan>", e);
	buf_release(&text);
	return rc;
}
