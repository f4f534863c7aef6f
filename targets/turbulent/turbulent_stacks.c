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

/* Where nothing lies below the stack: else it is others who suffer. */
static int has_end(void)
{
	char byte;

	return !cgofuzz_peek(&byte, cgofuzz_stack_here().low - 1, 1);
}

void turbulent_coroutine_eater(int phase, void *block)
{
	(void)block;
	if (phase == CALLEE_BODY && turbulent_open(CGOFUZZ_TURB_COROUTINE) &&
	    cgofuzz_stack_here().of == CGOFUZZ_OF_COROUTINE && has_end())
		eat(1u << 16);
}

static void eat_in_handler(int signo)
{
	eat(1u << 16 | (uint32_t)signo);
}

void turbulent_handler_eater(int phase, void *block)
{
	struct sigaction action = { .sa_handler = eat_in_handler, .sa_flags = SA_ONSTACK };

	(void)block;
	if (phase != CALLEE_BODY || !turbulent_open(CGOFUZZ_TURB_ALT_STACK))
		return;
	sigaction(SIGUSR2, &action, NULL);
	raise(SIGUSR2);
}

/* As much as Go's g0 keeps for itself (runtime/stack.go, stackGuard) is left, and a little more. */
static __attribute__((noinline)) uint64_t call_at_the_end(uint32_t left)
{
	volatile char some[256];
	uint64_t got;

	some[0] = (char)left;
	got = cgofuzz_stack_room() > left ? call_at_the_end(left)
					  : cgofuzz_go_call(CGOFUZZ_GO_GOROUTINES, 1);
	return got + (uint64_t)some[0];
}

void turbulent_g0_eater(int phase, void *block)
{
	(void)block;
	if (phase == CALLEE_BODY && turbulent_open(CGOFUZZ_TURB_WORKER))
		call_at_the_end(1024);
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
