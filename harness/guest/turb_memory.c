/* turb_memory.c: guest. Turbulence of the family memory. */
#include "guest/turbulence_run.h"

void cgofuzz_turb_GC(const struct cgofuzz_turb *turb)
{
	if (cgofuzz_take(&cgofuzz_budget.gc, turb->t->value[0], CGOFUZZ_GC_MAX))
		cgofuzz_turb_in_go(turb);
}
