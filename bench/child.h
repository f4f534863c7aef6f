/* child.h: bench. A campaign run as a user runs it, watched from outside. */
#ifndef BENCH_CHILD_H
#define BENCH_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

#define CHILD_SEEN_MAX 8192

struct child {
	pid_t pid;
	char *out; /* campaign directory, fresh, below build/bench/ */
	int64_t start_ms;
	bool keep; /* the directory stays: somebody will want to look */
	uint64_t seen[CHILD_SEEN_MAX]; /* bundles that were looked at, by hash of the name */
	uint32_t seen_count;
};

/* Starts "build/cgofuzz fuzz ARGS... --out OUT" with its output in OUT.log. args: NULL-terminated. */
int child_start(struct child *c, const char *const *args, struct err *e);
int child_running(struct child *c);
bool child_is_new(struct child *c, const char *bundle); /* the first time that it is asked */
/* Asks it to finish, waits, removes the directory unless keep. Returns the wait status. */
int child_finish(struct child *c, int interrupt);

/* Proportional set size, in bytes, of a process and all below it (/proc/PID/smaps_rollup, Pss). */
uint64_t tree_memory(pid_t root);

#endif
