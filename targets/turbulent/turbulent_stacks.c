/* turbulent_stacks.c: targets/turbulent. Exhibits of the family stacks. */
#include "turbulent.h"

#include <signal.h>

/* A library that brings its own alternate stack, and forgets whose was there. */
void turbulent_alternate_stack(int phase, void *block)
{
	static char stacks[2][65536];
	stack_t stack;

	(void)block;
	if (phase != CALLEE_BODY || !turbulent_open(CGOFUZZ_TURB_REPEAT))
		return;
	sigaltstack(NULL, &stack);
	stack.ss_sp = stacks[stack.ss_sp == stacks[0]];
	stack.ss_size = sizeof(stacks[0]);
	stack.ss_flags = 0;
	sigaltstack(&stack, NULL);
}
