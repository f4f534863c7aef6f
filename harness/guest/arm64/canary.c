/* canary.c: guest, arm64. What a trampoline found changed after a call: says which, first things
 * first. The trampoline restores all of it. */
#include "guest/runtime.h"
#include "guest/shadow.h"

#define DWARF_D0 64u

static uint64_t rotate_right(uint64_t x, unsigned by)
{
	return x >> by | x << (64 - by);
}

/* x19..x28 as the trampoline filled them: see its header. */
static void canaries(uint64_t x[10], const struct cgofuzz_shadow_frame *frame)
{
	x[0] = (uintptr_t)frame;
	x[1] = CANARY_KEY ^ x[0];
	x[2] = ~x[1];
	x[3] = __builtin_bswap64(x[2]);
	x[4] = ~x[3];
	x[5] = rotate_right(x[4], 24);
	x[6] = ~x[5];
	x[7] = __builtin_bswap64(x[6]);
	x[8] = ~x[7];
	x[9] = rotate_right(x[8], 40);
}

void cgofuzz_canary_damage(const struct cgofuzz_shadow_frame *frame, const struct cgofuzz_after *after)
{
	uint64_t x[10];
	unsigned i;

	canaries(x, frame);
	for (i = 0; i < 10; i++)
		if (after->x19_28[i] != x[i]) {
			cgofuzz_canary_report(CGOFUZZ_FAULT_GPR, frame->stub, 19 + i, x[i],
					      after->x19_28[i]);
			return;
		}
	for (i = 0; i < 8; i++)
		if (after->d8_15[i] != x[i + 1]) {
			cgofuzz_canary_report(CGOFUZZ_FAULT_FPR, frame->stub, DWARF_D0 + 8 + i,
					      x[i + 1], after->d8_15[i]);
			return;
		}
	if (after->x29 != frame->x29)
		cgofuzz_canary_report(CGOFUZZ_FAULT_GPR, frame->stub, 29, frame->x29, after->x29);
	else if (after->sp != frame->sp)
		cgofuzz_canary_report(CGOFUZZ_FAULT_SP_CHANGED, frame->stub, 31, frame->sp,
				      after->sp);
	else if (after->fpcr != frame->fpcr)
		cgofuzz_canary_report(CGOFUZZ_FAULT_FPENV, frame->stub, 0, frame->fpcr, after->fpcr);
}
