/* simpler.h: triage/reduce. Plans that are one change simpler than others. Pure: same plans, same list. */
#ifndef TRIAGE_REDUCE_SIMPLER_H
#define TRIAGE_REDUCE_SIMPLER_H

#include "triage/reduce/point.h"

/* Kinds of changes, in the order in which they are tried; each list is ordered, the boldest change first. */
typedef void simpler_fn(const struct point *p, uint32_t failed, struct point_list *out);
struct simpler {
	const char *name;
	simpler_fn *list;
};
/* NULL name past the end. failed: the step that showed it, of the last plan. */
extern const struct simpler simpler_plans[];

/* The same plans, each number as small as what means the same: slots below slots, bodies that end where they do. */
void simpler_normal(struct point *p, uint32_t slots);

#endif
