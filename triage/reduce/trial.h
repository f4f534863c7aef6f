/* trial.h: triage/reduce. Does a candidate still show the fault? Several are tried at once, in processes. */
#ifndef TRIAGE_REDUCE_TRIAL_H
#define TRIAGE_REDUCE_TRIAL_H

#include "triage/reduce/journal.h"
#include "triage/reduce/stage.h"
#include "triage/suspect.h"

struct trials {
	const struct bundle *b; /* borrowed, as wanted */
	const char *wanted; /* signature */
	enum guilty_side side; /* wanted, too; GUILTY_NONE: any */
	int jobs, tries, need; /* so many of the tries must show it */
	char *temp; /* directory for runs */
	struct journal journal;
	int64_t deadline; /* clock_ms(); 0: none */
	bool over; /* it has passed: what was not tried yet is taken for "no" */
	uint32_t runs, builds;
};

/*
 * yes[i]: candidate i shows it, tried in the stage. all: every one is tried; else only until it is known which is
 * the first. The answers, but for those behind the first, do not depend on jobs. -1: the environment failed.
 */
int trials_run(struct trials *t, const struct stage *s, const struct point_list *l, bool all,
	       bool *yes, struct err *e);

/* One point alone, in this process, several times: how often it was seen. keep: see replay_how. */
int trials_confirm(const struct trials *t, const struct stage *s, const struct point *p, int tries,
		   const char *keep, struct buf *text, int *same, struct err *e);

#endif
