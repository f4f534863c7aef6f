/* turbulent_gate.c: targets/turbulent. The decision of a plan that each exhibit waits for. */
#include "turbulent.h"

#include <stdlib.h>

#include "guest/feature.h"

int turbulent_armed(uint32_t slot)
{
	static long only = -2; /* -1: all */

	if (only == -2) {
		const char *says = getenv("TURBULENT_ARMED");

		only = says && *says ? strtol(says, NULL, 10) : -1;
	}
	return only < 0 || (uint32_t)only == slot;
}

int turbulent_open(enum cgofuzz_turbulence_kind kind)
{
	const struct cgofuzz_live *live = cgofuzz_live;

	if (live->turbulence_kind != 1u + kind || live->level != live->depth ||
	    !turbulent_armed(live->slot))
		return 0;
	cgofuzz_gate(live->slot);
	if (!(live->step_seed >> 3 & 1))
		return 0;
	cgofuzz_live->acted |= (uint64_t)1 << live->slot % 64;
	return 1;
}
