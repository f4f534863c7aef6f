/* planted_gate.c: targets/planted. The decision of a plan that each exhibit waits for. */
#include "planted.h"

#include "guest/feature.h"
#include "guest/runtime.h"

int planted_open(uint32_t level, uint32_t depth)
{
	const struct cgofuzz_live *live = cgofuzz_live;

	if (live->route != CGOFUZZ_GO_TO_C || live->level != level || live->depth != depth)
		return 0;
	cgofuzz_gate(live->slot);
	if ((live->step_seed & 15) != planted_key(live->slot))
		return 0;
	return 1 + (int)(live->step_seed >> 4 & 15);
}
