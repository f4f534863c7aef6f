/* stack_c.c: guest. What is left of the C stack that somebody runs on. */
#include <pthread.h>

#include "guest/turbulence_run.h"

static _Thread_local struct cgofuzz_stack here;

static void look_up(void)
{
	pthread_attr_t attr;
	void *low;
	size_t size;

	if (pthread_getattr_np(pthread_self(), &attr))
		return;
	if (!pthread_attr_getstack(&attr, &low, &size)) {
		here.low = (uintptr_t)low;
		here.high = here.low + size;
	}
	pthread_attr_destroy(&attr);
}

struct cgofuzz_stack cgofuzz_stack_set(struct cgofuzz_stack stack)
{
	struct cgofuzz_stack before = here;

	here = stack;
	return before;
}

struct cgofuzz_stack cgofuzz_stack_here(void)
{
	if (!here.low)
		look_up();
	return here;
}

uint32_t cgofuzz_stack_left(void)
{
	uintptr_t sp = (uintptr_t)__builtin_frame_address(0);
	uintptr_t left;

	if (!here.low)
		look_up();
	if (sp < here.low || sp >= here.high)
		return 0;
	left = sp - here.low;
	left = left > CGOFUZZ_STACK_HEADROOM ? left - CGOFUZZ_STACK_HEADROOM : 0;
	return left < UINT32_MAX ? (uint32_t)left : UINT32_MAX;
}
