/* turbulent_stacks.c: targets/turbulent. Exhibits of the family stacks. */
#include "turbulent.h"

#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <ucontext.h>

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

/* Frames of a page each, all touched, until there is no more stack. */
static __attribute__((noinline)) uint32_t eat(uint32_t n)
{
	volatile char page[4096];

	page[0] = (char)n;
	return n ? eat(n - 1) + (uint32_t)page[0] : 0;
}

void turbulent_stack_eater(int phase, void *block)
{
	(void)block;
	if (phase == CALLEE_BODY && turbulent_open(CGOFUZZ_TURB_C_STACK) &&
	    cgofuzz_budget.frames >= 32 * 1024)
		eat(1u << 16);
}

static jmp_buf callee;

static void other(void)
{
	_longjmp(callee, 1);
}

/* makecontext(3) gives a context the mask of its own; the way back by longjmp(3) leaves it. */
void turbulent_context_mask(int phase, void *block)
{
	static ucontext_t context, unused;
	static char stack[65536];

	(void)block;
	if (phase != CALLEE_BODY || !turbulent_open(CGOFUZZ_TURB_SWITCH))
		return;
	getcontext(&context);
	if (sigismember(&context.uc_sigmask, SIGUSR2))
		sigdelset(&context.uc_sigmask, SIGUSR2);
	else
		sigaddset(&context.uc_sigmask, SIGUSR2);
	context.uc_stack.ss_sp = stack;
	context.uc_stack.ss_size = sizeof(stack);
	makecontext(&context, other, 0);
	if (!_setjmp(callee))
		swapcontext(&unused, &context);
}
