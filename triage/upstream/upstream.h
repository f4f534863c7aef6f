/* upstream.h: triage. A reproducer of a bundle's fault without anything of this program, tried before it is
 * offered: what a bug tracker can take. */
#ifndef TRIAGE_UPSTREAM_UPSTREAM_H
#define TRIAGE_UPSTREAM_UPSTREAM_H

#include "triage/triage.h"

enum upstream_outcome {
	UPSTREAM_SHOWN, /* it was built and run, and showed the bundle's fault */
	UPSTREAM_NOT_SHOWN, /* it was built and run, or could not be built: why */
	UPSTREAM_NONE, /* none can exist: why */
};
extern const char *const upstream_outcomes[]; /* "shown", "not shown", "none" */

struct upstream {
	enum upstream_outcome outcome;
	struct buf why; /* empty where it shows the fault */
	struct buf output; /* of the last run, standard output and error; outside text */
	char status[64]; /* how that ended */
	unsigned attempts;
};

/* Writes DIR (main.go or main.c, case.c, case.h, Makefile, README, assembly where registers are looked at), runs
 * it and says what came of it, in README too. UPSTREAM_NONE writes nothing. -1 and e: it could not be tried. */
int upstream_make(struct upstream *u, const struct bundle *b, const char *dir, struct err *e);
void upstream_release(struct upstream *u);

#endif
