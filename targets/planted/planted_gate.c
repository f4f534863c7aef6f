/* planted_gate.c: targets/planted. The decision of a plan that each exhibit waits for. */
#include "planted.h"

#include <stdlib.h>
#include <string.h>

#include "guest/feature.h"
#include "guest/runtime.h"

/* mask: the bits of the key that count. */
static int key_fits(uint32_t mask)
{
	const struct cgofuzz_live *live = cgofuzz_live;

	cgofuzz_gate(live->slot);
	if ((live->step_seed ^ planted_key(live->slot)) & mask)
		return 0;
	return 1 + (int)(live->step_seed >> 4 & 15);
}

int planted_any_depth(void)
{
	static int any = -1;

	if (any < 0) {
		const char *says = getenv("PLANTED_DEPTH");

		any = says && !strcmp(says, "any");
	}
	return any;
}

/* One level is Go, the next is C: deeper by two is the same crossing. */
static int is_here(uint32_t level, uint32_t depth)
{
	const struct cgofuzz_live *live = cgofuzz_live;

	if (planted_any_depth() && live->depth > depth && !((live->depth - depth) & 1))
		depth = level = live->depth;
	return live->route == CGOFUZZ_GO_TO_C && live->level == level && live->depth == depth;
}

int planted_open(uint32_t level, uint32_t depth)
{
	return is_here(level, depth) ? key_fits(15) : 0;
}

int planted_open_uncaptured(uint32_t level, uint32_t depth)
{
	const char *all = getenv("CGOFUZZ_CAPTURE");

	return !cgofuzz_live->capture || (all && *all == '1') ? planted_open(level, depth) : 0;
}

int planted_open_captured(uint32_t level, uint32_t depth)
{
	return cgofuzz_live->capture && is_here(level, depth) ? key_fits(1) : 0;
}

int planted_open_wrapper(uint32_t level, uint32_t depth)
{
	const struct cgofuzz_live *live = cgofuzz_live;

	if (live->capture && live->control == CGOFUZZ_CONTROL_DIRECT)
		return key_fits(1);
	return planted_open_captured(level, depth);
}
