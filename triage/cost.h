/* cost.h: triage. What a plan costs, in turns of a loop of plain C in the same process: a number without a unit,
 * which two machines, or two moments of one, agree on. Lanes of one architecture can be compared by it. */
#ifndef TRIAGE_COST_H
#define TRIAGE_COST_H

#include "lane/show.h"

#define COST_CLIFF 8.0 /* times dearer than elsewhere: a fault of kind CLIFF */

/* A measured plan, in thousandths of a turn; 0: it could not be measured. */
static inline uint64_t cost_of(const struct shown *s)
{
	return s->head.fault || !s->head.turn_ps ? 0 : s->head.plan_ps * 1000 / s->head.turn_ps;
}

static inline bool cost_is_cliff(uint64_t cost, uint64_t elsewhere)
{
	return elsewhere && (double)cost >= COST_CLIFF * (double)elsewhere;
}

/* Measures a plan. 0: the guest died, hung, or saw a fault. */
uint64_t cost_measure(struct show *s, const uint8_t *plan, uint32_t len, enum cgofuzz_wanted wanted);

/* The recorder (malloc'd) of a cliff: what a plan costs in the guest's lane, and elsewhere. */
struct cgofuzz_recorder *cost_record(const struct show_spec *spec, const uint8_t *plan,
				     uint32_t len, uint32_t slots, enum cgofuzz_wanted wanted,
				     uint64_t cost, uint64_t elsewhere);

#endif
