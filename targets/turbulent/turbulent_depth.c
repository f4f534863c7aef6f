/* turbulent_depth.c: targets/turbulent. Exhibits of the family depth. */
#include "turbulent.h"

#define REACH 65536u /* bytes of stack above the callee that are searched */

/* The callee finds a waiting frame's mark further up and changes one bit of it. */
void turbulent_frame_overrun(int phase, void *block)
{
	volatile uint64_t *word = __builtin_frame_address(0);
	uintptr_t end = (uintptr_t)word + REACH, high = cgofuzz_stack_here().high;

	(void)block;
	if (phase != CALLEE_BODY || !turbulent_open(CGOFUZZ_TURB_C_STACK))
		return;
	for (uint32_t i = 0; (uintptr_t)(word + i) < (end < high ? end : high); i++)
		if (word[i] == CGOFUZZ_FRAME_MARK) {
			word[i] ^= 1;
			return;
		}
}
