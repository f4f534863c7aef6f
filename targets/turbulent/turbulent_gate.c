/* turbulent_gate.c: targets/turbulent. The decision of a plan that each exhibit waits for. */
#include "turbulent.h"

#include "guest/feature.h"

int turbulent_open(enum cgofuzz_turbulence_kind kind)
{
	const struct cgofuzz_live *live = cgofuzz_live;

	if (live->turbulence_kind != 1u + kind || live->level != live->depth)
		return 0;
	cgofuzz_gate(live->slot);
	return live->step_seed >> 3 & 1;
}
