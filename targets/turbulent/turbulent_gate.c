/* turbulent_gate.c: targets/turbulent. The decision of a plan that each exhibit waits for. */
#include "turbulent.h"

#include "guest/feature.h"

int turbulent_open(enum cgofuzz_turbulence_kind kind)
{
	const struct cgofuzz_live *live = cgofuzz_live;

	if (live->turbulence_kind != 1u + kind || live->level != live->depth)
		return 0;
	cgofuzz_gate(live->slot);
	if (!(live->step_seed >> 3 & 1))
		return 0;
	cgofuzz_live->acted |= (uint64_t)1 << live->slot % 64;
	return 1;
}
