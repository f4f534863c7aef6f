/* lane_trial.h: triage/blame. A bundle's plan in another lane. */
#ifndef TRIAGE_BLAME_LANE_TRIAL_H
#define TRIAGE_BLAME_LANE_TRIAL_H

#include "triage/blame/component.h"
#include "triage/bundle.h"

struct lane_trials {
	const struct bundle *b; /* borrowed, as all here */
	struct batch batch; /* its cases; those that its plans do not name are void f(void) */
	const char *wanted; /* signature */
	bool with_earlier;
	int jobs, tries;
};
/* -1: its cases are not there. */
int lane_trials_open(struct lane_trials *t, const struct bundle *b, struct err *e);
/* Several lanes side by side: fills verdict, same, tries, signature, why. */
int lane_trials_run(const struct lane_trials *t, struct blame_lane *lanes, uint32_t count,
		    struct err *e);
void lane_trials_release(struct lane_trials *t);

#endif
