/* steps.h: triage/reduce. A plan as its steps, of which some hold those behind them. */
#ifndef TRIAGE_REDUCE_STEPS_H
#define TRIAGE_REDUCE_STEPS_H

#include <stdbool.h>

#include "model/plan_text.h"

struct steps {
	uint32_t count;
	uint8_t bytes[CGOFUZZ_PLAN_MAX_STEPS][CGOFUZZ_STEP_BYTES];
	uint8_t body[CGOFUZZ_PLAN_MAX_STEPS]; /* so many of the next belong to it */
	bool dropped[CGOFUZZ_PLAN_MAX_STEPS];
};

/* Any bytes; bodies end where what they lie in ends. */
void steps_read(struct steps *s, const struct plan *plan);
/* Without those dropped: what a dropped step held belongs to what it lay in. */
void steps_write(const struct steps *s, struct plan *plan);
bool steps_is_turbulence(const struct steps *s, uint32_t i);
/* The first step of the outermost that holds step i. */
uint32_t steps_outermost(const struct steps *s, uint32_t i);
/* Fields of a step that are no turbulence. */
struct cgofuzz_step steps_crossing(const struct steps *s, uint32_t i);
void steps_put_slot(struct steps *s, uint32_t i, uint32_t slot);
void steps_put_route(struct steps *s, uint32_t i, uint32_t route, bool capture);
void steps_put_depth(struct steps *s, uint32_t i, uint32_t depth);
void steps_put_seed(struct steps *s, uint32_t i, uint32_t seed);

#endif
