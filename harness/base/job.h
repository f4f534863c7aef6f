/* job.h: base. Work done beside this process, in a forked child: building the next batch, one of many runs,
 * clustering. A child, not a thread: what it breaks or leaks is its own. */
#ifndef BASE_JOB_H
#define BASE_JOB_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

struct job {
	pid_t pid; /* 0: none under way */
	int fd; /* read end of the pipe the answer comes through */
	struct buf answer;
};

#define JOB_INIT \
	{ \
		0, -1, BUF_INIT \
	}

/* What the child does: its answer (any bytes, below 60 KiB) goes to out. */
typedef int job_fn(void *ctx, struct buf *out, struct err *e);

/* Starts fn in a child that dies with this process. nice: added to its niceness. */
int job_start(struct job *j, job_fn *fn, void *ctx, int nice, struct err *e);
/* 0 still running; 1 done, the answer is in j->answer; -1 failed, e is what fn said. */
int job_poll(struct job *j, struct err *e);
bool job_running(const struct job *j);
void job_kill(struct job *j); /* at once, its children too; harmless if none runs */
void job_release(struct job *j);

#endif
