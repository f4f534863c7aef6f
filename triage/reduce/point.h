/* point.h: triage/reduce. What is reduced: plans and the cases they are about. */
#ifndef TRIAGE_REDUCE_POINT_H
#define TRIAGE_REDUCE_POINT_H

#include "base/hash.h"
#include "guest/wire.h"
#include "model/plan_text.h"

#define POINT_MAX_PLANS (CGOFUZZ_EARLIER + 1)
#define POINT_MAX_CASES 8 /* more than that are not reduced */

/* A candidate, or what has come of the bundle so far. cases: of slots 0.., which the plans name then; none: the
 * plans are those of the bundle's own build. */
struct point {
	struct plan *plans[POINT_MAX_PLANS]; /* the last is the one that shows it; malloc'd */
	uint32_t plan_count;
	char *cases[POINT_MAX_CASES]; /* malloc'd */
	uint32_t case_count;
};

void point_copy(struct point *to, const struct point *from);
void point_release(struct point *p); /* p is empty then */
void point_drop_plan(struct point *p, uint32_t i);
/* Its identity, for the journal. */
void point_hash(const struct point *p, char hex[HASH_HEX_LEN + 1]);
static inline struct plan *point_last(const struct point *p)
{
	return p->plans[p->plan_count - 1];
}

/* Candidates, in the order in which they are preferred. */
struct point_list {
	struct point *points;
	uint32_t count, cap;
};
/* A copy of p at the end, to be changed. */
struct point *point_list_add(struct point_list *l, const struct point *p);
void point_list_release(struct point_list *l);

#endif
