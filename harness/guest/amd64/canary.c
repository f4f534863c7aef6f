/* canary.c: guest, amd64. What a trampoline found changed after a call: says which, first things
 * first. The trampoline restores all of it. */
#include "guest/runtime.h"
#include "guest/shadow.h"

#define DIRECTION_FLAG 0x400u

static uint64_t rotate_left(uint64_t x, unsigned by)
{
	return x << by | x >> (64 - by);
}

void cgofuzz_canary_damage(const struct cgofuzz_shadow_frame *frame, const struct cgofuzz_after *after)
{
	uint64_t rbp = CANARY_KEY ^ (uintptr_t)frame, r12 = ~rbp, r13 = __builtin_bswap64(r12),
		 r14 = ~r13, r15 = rotate_left(r14, 8);
	const struct {
		uint32_t dwarf;
		uint64_t expected, got;
	} gpr[] = { { 3, (uintptr_t)frame, after->rbx },
		    { 6, rbp, after->rbp },
		    { 12, r12, after->r12 },
		    { 13, r13, after->r13 },
		    { 14, r14, after->r14 },
		    { 15, r15, after->r15 } };

	for (unsigned i = 0; i < sizeof(gpr) / sizeof(gpr[0]); i++)
		if (gpr[i].expected != gpr[i].got) {
			cgofuzz_canary_report(CGOFUZZ_FAULT_GPR, frame->stub, gpr[i].dwarf,
					      gpr[i].expected, gpr[i].got);
			return;
		}
	if (after->sp != frame->sp + 8)
		cgofuzz_canary_report(CGOFUZZ_FAULT_SP_CHANGED, frame->stub, 7, frame->sp + 8,
				      after->sp);
	else if (((after->mxcsr ^ frame->mxcsr) & MXCSR_CONTROL) ||
		 (uint16_t)after->x87cw != (uint16_t)frame->x87cw)
		cgofuzz_canary_report(CGOFUZZ_FAULT_FPENV, frame->stub, 0,
				      (uint64_t)(uint16_t)frame->x87cw << 32 | frame->mxcsr,
				      (uint64_t)(uint16_t)after->x87cw << 32 | after->mxcsr);
	else if (after->eflags & DIRECTION_FLAG)
		cgofuzz_canary_report(CGOFUZZ_FAULT_DIRECTION, frame->stub, 0, 0, DIRECTION_FLAG);
}
