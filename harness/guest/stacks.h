/* stacks.h: guest. How much of each stack is used at most, within turbulent plans: marks in the recorder, one for each
 * kind and size, with the plan. A stack is all zeros before; its lowest word that is not zero is how far it was used. */
#ifndef GUEST_STACKS_H
#define GUEST_STACKS_H

#include "guest/turbulence_run.h"

/* The lowest word of [low, high) that is not zero, or high. Multiples of 8; untouched pages stay untouched. */
uintptr_t cgofuzz_stack_lowest(uintptr_t low, uintptr_t high);

/* So much of a stack was used; kept if it is the most of its kind and size. Only the plan's own thread of execution
 * may call this and the next. grown: of a goroutine's stack. */
void cgofuzz_stack_mark(enum cgofuzz_stack_of of, uint64_t size, uint64_t used, uint64_t grown);

/* This thread's C stack and alternate stack: from here on it is seen how far they are used; so far. Stacks that the
 * harness makes for one step (made_stack.c) are looked at when they are given back instead. */
void cgofuzz_stack_watch(void);
void cgofuzz_stack_look(void);
void cgofuzz_stack_keep(void); /* of a thread that stays: its stack is watched although the harness made it */
/* The stack of the goroutine that called C, if one did. */
void cgofuzz_stack_goroutine(void);

/* The stacks of this thread, for a fault of it. Async-signal-safe. */
void cgofuzz_stack_bounds(struct cgofuzz_fault *f);

/* snapshot.c: what Go takes for the stacks of this thread's g0 and of the goroutine that runs on it, zeros if not known.
 * Returns the stack pointer with which that one called C. thread_pointer: of a fault, where nothing may be trusted; 0:
 * of the C code that asks, and there are none if no goroutine called it. */
uint64_t cgofuzz_snapshot_stacks(uint64_t thread_pointer, struct cgofuzz_bounds *g0,
				 struct cgofuzz_bounds *goroutine);

#endif
