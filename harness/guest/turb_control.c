/* turb_control.c: guest. Turbulence of the family control. */
#include "guest/turbulence_run.h"

void cgofuzz_turb_WITHIN(const struct cgofuzz_turb *turb)
{
	struct cgofuzz_live *live = cgofuzz_live;
	uint32_t others = turb->first + 1;
	int hold = others < turb->end && cgofuzz_step_may_hold(turb->first);

	live->inner = hold ? others << 16 | turb->end : 0;
	cgofuzz_steps(turb->first, others);
	if (live->inner || !hold) { /* nobody did them */
		live->inner = 0;
		cgofuzz_steps(others, turb->end);
	}
}

void cgofuzz_turb_REPEAT(const struct cgofuzz_turb *turb)
{
	for (uint32_t i = 0; i < turb->t->value[0] && !cgofuzz_live->stop; i++) {
		if (!cgofuzz_take(&cgofuzz_budget.steps, turb->end - turb->first, CGOFUZZ_STEPS_MAX))
			return;
		cgofuzz_body(turb);
	}
}
