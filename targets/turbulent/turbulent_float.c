/* turbulent_float.c: targets/turbulent. Exhibits around float-heavy bodies. */
#include "guest/body_table.h"
#include "guest/fp.h"
#include "guest/turb_memory.h"
#include "turbulent.h"

#define WANTED 8u

static const double *fused_outputs; /* of the body whose sums are fused */
static uint64_t fused_execution;

static int turbulent_find(volatile uint64_t *stack, double value, uint64_t change)
{
	const uint64_t bits = cgofuzz_fp_bits(value);
	int found = 0;

	if (bits << 1 >> 53 == 0 || bits << 1 >> 53 == 0x7ff) /* zero and others that anything may be */
		return 0;
	for (; (const void *)stack < cgofuzz_body_now.frame; stack++)
		if (*stack == bits) {
			*stack ^= change;
			found = 1;
		}
	return found;
}

/* Where eight of the caller's floats wait on the stack, spilled or as saved registers, one is changed. */
void turbulent_float_lost(int phase, void *block)
{
	volatile uint64_t *stack = __builtin_frame_address(0);
	uint32_t found = 0;

	(void)block;
	if (phase != CALLEE_BODY || !turbulent_open(CGOFUZZ_TURB_FLOAT_BODY) ||
	    !cgofuzz_body_now.frame)
		return;
	for (uint32_t i = 0; i < cgofuzz_body_now.live; i++)
		found += turbulent_find(stack, cgofuzz_body_now.outputs[i], 0);
	for (uint32_t i = 0; i < WANTED && found >= WANTED; i++)
		if (turbulent_find(stack, cgofuzz_body_now.outputs[i], 1u << 20))
			return;
}

void turbulent_fused(int phase, void *block)
{
	(void)block;
	if (phase != CALLEE_BODY || !turbulent_open(CGOFUZZ_TURB_FLOAT_BODY))
		return;
	fused_outputs = cgofuzz_body_now.outputs;
	fused_execution = cgofuzz_rec->executions;
}

/* In place of turb_body.c's, which rounds twice. */
double cgofuzz_mul_add(double x, double y, double z)
{
	volatile double product = x * y;

#ifdef __aarch64__
	if (fused_outputs && fused_outputs == cgofuzz_body_now.outputs &&
	    fused_execution == cgofuzz_rec->executions)
		return __builtin_fma(x, y, z);
#endif
	return product + z;
}
