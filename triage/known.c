/* known.c: triage. The file of known issues. */
#include "triage/known.h"

#include <fnmatch.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#define FIELDS 5
#define LINE_MAX_BYTES 4096

static int bad_line(struct err *e, const char *name, unsigned line, const char *what)
{
	return err_set(
		e, EXIT_USAGE,
		"%s:%u: %s; a line is: signature TAB guilty TAB lanes (globs all) TAB link TAB note",
		name, line, what);
}

static int line_take(struct known_issues *k, const char *s, size_t len, const char *name,
		     unsigned line, struct err *e)
{
	static const char *const missing[FIELDS] = { "no signature", "no guilty side", "no lanes",
						     "no link", "no note" };
	struct known_issue *issue = arena_alloc(&k->arena, sizeof(*issue));
	const char **field[FIELDS] = { &issue->signature, &issue->guilty, &issue->lanes,
				       &issue->link, &issue->note };

	if (len > LINE_MAX_BYTES)
		return bad_line(e, name, line, "longer than 4096 bytes");
	if (memchr(s, '\0', len))
		return bad_line(e, name, line, "a NUL byte");
	for (int i = 0; i < FIELDS; i++) {
		const char *tab = memchr(s, '\t', len);
		size_t n = tab ? (size_t)(tab - s) : len;

		if (!n)
			return bad_line(e, name, line, missing[i]);
		*field[i] = arena_strndup(&k->arena, s, n);
		s += n + (tab != NULL);
		len -= n + (tab != NULL);
	}
	if (len)
		return bad_line(e, name, line, "more than 5 fields");
	if (!strchr(issue->signature, '|'))
		return bad_line(e, name, line,
				"the first field is no signature (`cgofuzz show` prints it)");
	issue->next = k->first;
	k->first = issue;
	return 0;
}

int known_parse(struct known_issues *k, const char *text, size_t len, const char *name, struct err *e)
{
	unsigned line = 0;

	memset(k, 0, sizeof(*k));
	while (len) {
		const char *newline = memchr(text, '\n', len);
		size_t n = newline ? (size_t)(newline - text) : len, all = n + (newline != NULL);

		line++;
		while (n && (text[n - 1] == ' ' || text[n - 1] == '\r'))
			n--;
		if (n && text[0] != '#' && line_take(k, text, n, name, line, e) < 0) {
			known_release(k);
			return -1;
		}
		text += all;
		len -= all;
	}
	return 0;
}

int known_read(struct known_issues *k, const char *path, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc;

	memset(k, 0, sizeof(*k));
	if (!file_exists(path))
		return 0;
	rc = file_read(path, 16 << 20, &text, e);
	if (rc == 0)
		rc = known_parse(k, text.ptr, text.len, path, e);
	buf_release(&text);
	return rc;
}

void known_release(struct known_issues *k)
{
	arena_release(&k->arena);
	k->first = NULL;
}

static bool explains(const struct known_issue *k, const char *signature, const char *guilty,
		     const char *lane)
{
	return fnmatch(k->signature, signature, 0) == 0 && fnmatch(k->guilty, guilty, 0) == 0 &&
		fnmatch(k->lanes, lane, 0) == 0;
}

const struct known_issue *known_find(const struct known_issues *k, const char *signature,
				     const char *guilty, const char *lanes)
{
	const struct known_issue *found = NULL, *i;
	char *copy = xstrdup(lanes), *save = NULL;

	for (char *lane = strtok_r(copy, ",", &save); lane; lane = strtok_r(NULL, ",", &save)) {
		for (i = k->first; i && !explains(i, signature, guilty, lane);)
			i = i->next;
		found = i;
		if (!i)
			break;
	}
	free(copy);
	return found;
}
