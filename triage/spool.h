/* spool.h: triage, for its own files. What the spool has seen, and the executables it needs. */
#ifndef TRIAGE_SPOOL_H
#define TRIAGE_SPOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "lane/build.h"

/* The counts of a spool, held under a lock from open to close: several writers are safe. */
struct spool {
	char *path; /* spool/.counts */
	int lock;
	bool dirty;
	uint32_t used, cap;
	struct spool_entry {
		uint64_t key, count;
	} * entry;
};

int spool_open(struct spool *s, const char *campaign_dir, struct err *e);
uint64_t spool_count(const struct spool *s, uint64_t key);
void spool_add(struct spool *s, uint64_t key);
/* Writes what changed, if rc is 0, and unlocks; returns rc, or -1 if the writing failed. */
int spool_close(struct spool *s, int rc, struct err *e);

/* CAMPAIGN/builds/ID/ holds the executables and cases of the build, if it does not yet. */
int builds_keep(const char *campaign_dir, const struct build *build, struct err *e);

#endif
