/* control.c: guest. A case with C on both sides, the side that would be Go's compiled as cgo's wrappers
 * are: what fails here as well is no fault of Go. */
#include "guest/runtime.h"

static void one_call(uint32_t slot, const struct cgofuzz_view *args,
		     const struct cgofuzz_view *result, void (*call)(void *in, void *result))
{
	struct cgofuzz_live *live = cgofuzz_live;
	const uint64_t seed = cgofuzz_level_seed(live->step_seed, 0);
	char *in = __builtin_alloca_with_align(args->bytes + CGOFUZZ_BLOCK_SLACK, 512);
	char *out = __builtin_alloca_with_align(result->bytes + CGOFUZZ_BLOCK_SLACK, 512);

	live->level = 0;
	live->seed = seed;
	live->direction = CGOFUZZ_C_TO_C;
	live->heartbeat++;
	cgofuzz_view_fill(args, in, seed);
	call(in, out);
	live->seed = seed;
	live->direction = CGOFUZZ_C_TO_C;
	if (!live->stop && !cgofuzz_view_good(result, out, cgofuzz_result_seed(seed)))
		cgofuzz_leaf_fault(result, out, cgofuzz_result_seed(seed), slot, 1);
}

void cgofuzz_control(uint32_t slot)
{
	const struct cgofuzz_control *c = &cgofuzz_controls[slot];
	const struct cgofuzz_case *callee = &cgofuzz_cases[slot];

	cgofuzz_live->depth = 0;
	cgofuzz_live->control = CGOFUZZ_CONTROL_DIRECT;
	one_call(slot, &c->args, &c->result, c->direct);
	cgofuzz_live->control = CGOFUZZ_CONTROL_REVERSE;
	if (!cgofuzz_live->stop)
		one_call(slot, &callee->args, &callee->result, c->reverse);
	cgofuzz_live->control = CGOFUZZ_CONTROL_NONE;
}

void *cgofuzz_back(uint32_t slot, const void *args)
{
	const struct cgofuzz_control *c = &cgofuzz_controls[slot];
	struct cgofuzz_live *live = cgofuzz_live;

	if (live->stop)
		return cgofuzz_harmless(slot);
	live->crossings++;
	if (!cgofuzz_view_good(&c->args, args, live->seed)) {
		cgofuzz_leaf_fault(&c->args, args, live->seed, slot, 0);
		return cgofuzz_harmless(slot);
	}
	live->crossings++;
	return cgofuzz_result(&c->result, cgofuzz_result_seed(live->seed));
}
