/* stack_c.c: guest. What is left of the C stack that somebody runs on. */
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest/turb_thread.h"

static _Thread_local struct cgofuzz_stack here;
_Thread_local uint32_t cgofuzz_c_thread;

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
		here.of = getpid() == (pid_t)syscall(SYS_gettid) ? CGOFUZZ_OF_MAIN
								 : CGOFUZZ_OF_GO_THREAD;
	}
	pthread_attr_destroy(&attr);
}

struct cgofuzz_stack cgofuzz_stack_set(struct cgofuzz_stack stack)
{
	struct cgofuzz_stack before = here;

	here = stack;
	return before;
}

uint32_t cgofuzz_on_other_stack(void)
{
	return here.other;
}

struct cgofuzz_stack cgofuzz_stack_here(void)
{
	if (!here.low)
		look_up();
	return here;
}

struct cgofuzz_stack cgofuzz_stack_known(void)
{
	return here;
}

uint32_t cgofuzz_stack_room(void)
{
	uintptr_t sp = (uintptr_t)__builtin_frame_address(0);
	uintptr_t left;

	if (!here.low)
		look_up();
	if (sp < here.low || sp >= here.high)
		return 0;
	left = sp - here.low;
	return left < UINT32_MAX ? (uint32_t)left : UINT32_MAX;
}

uint32_t cgofuzz_stack_left(void)
{
	uint32_t left = cgofuzz_stack_room();

	return left > CGOFUZZ_STACK_HEADROOM ? left - CGOFUZZ_STACK_HEADROOM : 0;
}

/* Of a slot's arguments and results: as many copies as C's side and cgo's wrapper make of them in one direction. */
#define COPIES 3u

static uint32_t level_bytes(uint32_t slot)
{
	const struct cgofuzz_case *c = &cgofuzz_cases[slot];

	return CGOFUZZ_NESTED_STACK + COPIES * (c->args.bytes + c->result.bytes);
}

int cgofuzz_crossing_fits(uint32_t slot)
{
	int fits = cgofuzz_stack_room() >= CGOFUZZ_CROSSING_STACK + 2 * level_bytes(slot);

	cgofuzz_live->capped += !fits;
	return fits;
}

uint32_t cgofuzz_levels_that_fit(uint32_t slot, uint32_t wanted)
{
	uint32_t one = level_bytes(slot), room = cgofuzz_stack_room();
	uint32_t most = room > CGOFUZZ_CROSSING_STACK + 2 * one
		? (room - CGOFUZZ_CROSSING_STACK - one) / one
		: 1;

	cgofuzz_live->capped += wanted > most;
	return wanted < most ? wanted : most;
}
