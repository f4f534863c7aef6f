/* blame.h: triage/blame. Which component of its lane decides whether a bundle's fault happens. */
#ifndef TRIAGE_BLAME_BLAME_H
#define TRIAGE_BLAME_BLAME_H

#include "triage/blame/component.h"
#include "triage/bundle.h"

struct blame_options {
	const char *lanes; /* more lanes to be tried, as lane_list_add() takes them; NULL: none */
	uint32_t only; /* bits of the components that may change; COMPONENTS_ALL */
	int jobs; /* lanes at once, 2 */
	int tries; /* in each lane, 2 */
	const char *db; /* told to this database; NULL: that of the bundle's campaign, if there is one */
};

struct blamed {
	struct lane base;
	uint32_t only;
	struct buf signature, title;
	struct blame_lane *lanes; /* [0]: the bundle's own, built anew */
	uint32_t count;
	struct blame_set set;
	struct buf words;
	bool reproduced; /* in the bundle's own lane, built anew: else nothing is known */
	int64_t wall_ms;
};

/*
 * Builds the bundle's cases in lanes that differ from its own in one component at a time, as far as their tools are on
 * this machine, and runs its plan there; then, where that says which decide, with all others changed. Told to the
 * database of the bundle's campaign, if there is one. Of a fault that shows where two lanes are compared, in what they
 * differ: no lane is built. 0: look at r. -1: the environment; or there is no second lane (EXIT_USAGE).
 */
int blame_run(struct blamed *r, const struct bundle *b, const struct blame_options *o, struct err *e);
void blamed_release(struct blamed *r);

#endif
