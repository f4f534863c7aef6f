/* journal.h: triage/reduce. What was tried before: a file that outlives a kill, so that nothing is tried twice. */
#ifndef TRIAGE_REDUCE_JOURNAL_H
#define TRIAGE_REDUCE_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"

struct journal {
	int fd; /* -1: none */
	struct journal_line {
		char key[HASH_HEX_LEN + 1];
		bool yes;
	} * lines;
	uint32_t count, cap;
};

/* Reads dir/journal, or begins it. about: what it is a journal of, one line. EXIT_USAGE if it is of something
 * else. A last line that is not whole is overwritten. */
int journal_open(struct journal *j, const char *dir, const char *about, struct err *e);
/* 1 yes, 0 no, -1 not tried. */
int journal_find(const struct journal *j, const char *key);
int journal_add(struct journal *j, const char *key, bool yes, struct err *e);
void journal_close(struct journal *j);

#endif
