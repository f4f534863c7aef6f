/* known.h: triage, for its own files. Issues that are known upstream, with the lanes they show in. */
#ifndef TRIAGE_KNOWN_H
#define TRIAGE_KNOWN_H

#include <stddef.h>

#include "base/err.h"

enum known_verdict { KNOWN_FAULT, KNOWN_IS_FLAKY, KNOWN_OK };

struct known_issue {
	char *signature; /* a glob, as the next */
	char *guilty; /* "go"; NULL: whichever */
	char **lanes; /* globs over one lane's name; none: every lane */
	unsigned lanes_count;
	char *link;
	char *note; /* or NULL */
	char *expires; /* YYYY-MM-DD, the last day it holds; NULL: for ever */
	enum known_verdict verdict;
	unsigned line; /* of the file, where it begins */
};

struct known_issues {
	struct known_issue *issues;
	unsigned count;
};

/* YAML: a list of entries with the names above (docs/TRIAGE.md). What is wrong: EXIT_USAGE and
 * "PATH:LINE: what is wrong". A path that is not there: no issues. */
int known_read(struct known_issues *k, const char *path, struct err *e);
int known_parse(struct known_issues *k, const char *text, size_t len, const char *name,
		struct err *e);
void known_release(struct known_issues *k);

/* What is asked about. */
struct known_case {
	const char *signature, *guilty, *lanes; /* lanes joined by ',' */
	const char *today; /* YYYY-MM-DD, more may follow */
	int replayed_ok, replayed_of;
};
enum known_why {
	KNOWN_NOT, /* no entry */
	KNOWN_EXPLAINED, /* in every lane; *issue: the entry of the last */
	/* news, though an entry matches: */
	KNOWN_EXPIRED,
	KNOWN_FIXED, /* its verdict is "ok": it must not be seen any more */
	KNOWN_STEADY, /* its verdict is "flaky", and replays show it each time */
};
enum known_why known_find(const struct known_issues *k, const struct known_case *c,
			  const struct known_issue **issue);

#endif
