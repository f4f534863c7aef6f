/* spool.h: triage, for its own files. What the spool has seen, and the executables it needs. */
#ifndef TRIAGE_SPOOL_H
#define TRIAGE_SPOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "lane/build.h"

/*
 * How often each key was seen (bundle.c: cheap pre-signatures and storm keys). Held
 * under an exclusive lock (spool/.lock) from open to close, so several writers are safe: open, look, add,
 * write the bundle, close. The file is a brake and a statistic, no evidence: lines that are none are
 * dropped, a lost file begins at 0.
 */
struct spool {
	char *path; /* spool/.counts */
	int lock;
	bool dirty;
	uint32_t used, cap;
	struct spool_entry {
		uint64_t key, count;
	} * entry;
};

/* Makes spool/ if it is not there, waits for the lock, reads the counts. -1: EXIT_ENVIRON; nothing is
 * held then, and s need not be closed. */
int spool_open(struct spool *s, const char *campaign_dir, struct err *e);
uint64_t spool_count(const struct spool *s, uint64_t key); /* 0: never seen */
void spool_add(struct spool *s, uint64_t key); /* one more; on file only after spool_close */
/* Writes what changed, if rc is 0, and unlocks; returns rc, or -1 if the writing failed. */
int spool_close(struct spool *s, int rc, struct err *e);

/* Copies the build's executables, cases and lane to CAMPAIGN/builds/ID/, published at once; nothing to
 * do if that is there, or build is NULL. -1: EXIT_ENVIRON, and no half of it is left. */
int builds_keep(const char *campaign_dir, const struct build *build, struct err *e);

#endif
