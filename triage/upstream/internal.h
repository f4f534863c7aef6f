/* internal.h: triage, for triage/upstream. */
#ifndef TRIAGE_UPSTREAM_INTERNAL_H
#define TRIAGE_UPSTREAM_INTERNAL_H

#include "emit/batch.h"
#include "lane/lane.h"
#include "triage/upstream/upstream.h"

struct attempt {
	const struct bundle *b;
	const struct cgofuzz_fault *f;
	const char *dir;
	struct fuzz_case c; /* with the route of the crossing that failed */
	struct lane lane;
	struct toolchain tools;
	struct standalone_how how;
	char *exhibit_dir, *cc, *callee_cc, *callee_flags, *wrapper_flags;
};

/* attempt.c: what the reproducer is to be. Why none can exist goes to why: 1; 0: a is filled; -1 and e. */
int attempt_open(struct attempt *a, const struct bundle *b, const char *dir, struct buf *why,
		 struct err *e);
void attempt_close(struct attempt *a);
/* What of the plan's turbulence plain code can do. */
struct attempt_around {
	unsigned around; /* enum standalone_around */
	uint32_t depth, frame, stack; /* as in struct standalone_how */
};
struct attempt_around attempt_around(const struct bundle *b);

/* run.c: builds and runs it. 0: it ran, *result says how; 1: it could not be built, out says why. */
struct proc_result;
int attempt_run(const struct attempt *a, struct buf *out, struct proc_result *result, struct err *e);

/* judge.c: does that show the bundle's fault? */
bool attempt_shows(const struct attempt *a, const struct buf *out, const struct proc_result *result);

/* readme.c: replaces README by an issue's text. */
int attempt_readme(const struct attempt *a, const struct upstream *u, struct err *e);

#endif
