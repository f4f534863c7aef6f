/* known.h: triage, for its own files. Issues that are known upstream, with the lanes they show in. */
#ifndef TRIAGE_KNOWN_H
#define TRIAGE_KNOWN_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

struct known_issue {
	const char *signature; /* globs all three */
	const char *guilty; /* "go" */
	const char *lanes; /* over one lane's name */
	const char *link, *note;
	struct known_issue *next;
};

struct known_issues {
	struct arena arena;
	struct known_issue *first;
};

/* A file of lines "signature TAB guilty TAB lanes TAB link TAB note"; '#' begins a comment line. On a bad line:
 * EXIT_USAGE and "PATH:LINE: what is wrong". A path that is not there: no issues. */
int known_read(struct known_issues *k, const char *path, struct err *e);
int known_parse(struct known_issues *k, const char *text, size_t len, const char *name,
		struct err *e);
void known_release(struct known_issues *k);
/* An issue that matches signature and guilty side in every one of the lanes (joined by ','); NULL: none. */
const struct known_issue *known_find(const struct known_issues *k, const char *signature,
				     const char *guilty, const char *lanes);

#endif
