/* suspect.h: triage. Who is guilty of what is in a bundle, with what its build and more runs can tell. */
#ifndef TRIAGE_SUSPECT_H
#define TRIAGE_SUSPECT_H

#include "triage/bundle.h"
#include "triage/guilty.h"

/* One bundle under suspicion; what cannot be read leaves `side` unknown and `words` empty. */
struct suspect {
	const struct bundle *b;
	struct guilty_facts facts; /* from the bundle alone, until there is evidence */
	enum guilty_side side;
	struct buf words; /* guilty_words() */
};

void suspect_open(struct suspect *s, const struct bundle *b);
/* Builds the bundle's cases once more, with controls, and runs its plan captured and C to C, if that can
 * settle anything. -1: it could not be done; what is known stays. */
int suspect_examine(struct suspect *s, struct err *e);
void suspect_release(struct suspect *s);

#endif
