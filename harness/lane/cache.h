/* cache.h: lane, for its own files. Directories named by what they were made from. */
#ifndef LANE_CACHE_H
#define LANE_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* More than this in builds, and the least recently used go. */
#define CACHE_LIMIT_BYTES ((uint64_t)4 << 30)

/*
 * Making one entry, "build", "runtime", "library" or "std", of the cache:
 *     rc = cache_begin(&entry, "build", id, e);      1: there already, 0: make it in entry.tmp
 *     ... fill entry.tmp ...
 *     rc = cache_publish(&entry, e);                 or not, and nothing is left of it
 *     cache_release(&entry);                         in any case
 * Between the two, other processes that want the same entry wait. A process that is killed leaves a
 * directory below tmp/ that the next one removes.
 */
struct cache_entry {
	char *dir; /* its published name; malloc'd */
	char *tmp; /* NULL unless being made */
	int tmp_lock, key_lock; /* -1: none */
};
int cache_begin(struct cache_entry *entry, const char *kind, const char *key, struct err *e);
/* For adding files to an entry that is there: entry.tmp, and the lock on the key; then rename into
 * entry.dir. Ends with cache_release. The caller holds the entry. */
int cache_extend(struct cache_entry *entry, const char *kind, const char *key, struct err *e);
int cache_publish(struct cache_entry *entry, struct err *e);
void cache_release(struct cache_entry *entry);

/* Marks an entry as used now and keeps it from being removed until cache_let_go. -1 if it is gone. */
int cache_hold(const char *dir);
void cache_let_go(int hold);

/* Removes builds, least recently used first, until no more than limit bytes are left. */
int cache_trim(uint64_t limit, struct err *e);

#endif
