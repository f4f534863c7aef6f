/* replay_private.h: triage, for replay.c and replay_judge.c. A bundle being replayed. */
#ifndef TRIAGE_REPLAY_PRIVATE_H
#define TRIAGE_REPLAY_PRIVATE_H

#include "lane/build.h"
#include "triage/replay.h"

struct rerun {
	const struct bundle *b;
	struct replay *r;
	const struct replay_how *how; /* NULL: as replay_run() */
	struct buf wanted; /* signature of the bundle */
	struct lane lane;
	struct toolchain tools;
	enum engine engine;
	char *exe;
	struct build build; /* of the reference path */
	char *dir; /* temporary */
	uint64_t muted[CGOFUZZ_MAX_SLOTS / 64];
	struct buf others; /* signatures of other faults that were seen, a line each */
	unsigned runs;
	struct buf *text;
};

struct judgement {
	struct rerun *x;
	int wait_status;
	bool hung; /* and was ended for it */
	bool same;
	unsigned seen;
	int layout; /* slot of a layout fault that is in the way, -1: none */
};

/* Looks at the recorders that a run has left in dir, and fills same, seen and layout; what was seen goes to x->r. */
void replay_judge(struct judgement *j, const char *dir);
int replay_signature(const struct bundle *b, struct buf *sig, struct buf *title, bool *weak,
		     struct err *e);

#endif
