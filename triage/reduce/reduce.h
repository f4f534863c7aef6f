/* reduce.h: triage/reduce. A bundle made smaller that shows the same fault: same strict signature. */
#ifndef TRIAGE_REDUCE_REDUCE_H
#define TRIAGE_REDUCE_REDUCE_H

#include <stdbool.h>

#include "base/buf.h"
#include "triage/bundle.h"

/* How big a bundle is. arguments, leaves: of the case that failed, leaves of all its arguments and its result. */
struct reduce_size {
	uint32_t plans, steps, depth, arguments, leaves, text;
};

struct reduce_options {
	const char *out; /* NULL: CAMPAIGN/reduced/NAME of a bundle in a spool, else BUNDLE.reduced */
	int jobs; /* candidates tried at once, 2 */
	int64_t time_ms; /* after that it is left as small as it is; 0: no limit */
	const char *db; /* told to this database; NULL: that of the bundle's campaign, if there is one */
};

struct reduced {
	struct reduce_size before, after;
	char *dir; /* of the reduced bundle; malloc'd */
	struct buf signature, title, case_text, plan_text; /* of what is left */
	int same, tries; /* of the reduced bundle; same 0: the bundle's own, which did not show it again */
	uint32_t runs, builds;
	int64_t wall_ms;
	bool before_already; /* it was there already: nothing was done */
	bool unfinished; /* the time was over: again, and it goes on */
	bool need_earlier; /* it shows only after plans that ran before */
	const char *case_why; /* why the case stayed as it was; NULL: it was reduced, too */
};

/*
 * Writes the reduced bundle to out, whole or not at all, with its own executable in out/builds; what is under way
 * lies in OUT.part and is gone on with by the next call, also after a kill. The same bundle gives the same result,
 * whatever jobs is, unless the time ends or the fault does not show every time. Never worse than the bundle: what
 * does not show as often is not taken. 0: look at r. -1: the environment, or an `out` that is something else.
 */
int reduce_run(struct reduced *r, const struct bundle *b, const struct reduce_options *o,
	       struct err *e);
void reduced_release(struct reduced *r);

#endif
