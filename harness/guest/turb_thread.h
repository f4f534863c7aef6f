/* turb_thread.h: guest. Stacks made by the harness and handing a plan from thread to thread; for the families
 * threads and stacks. */
#ifndef GUEST_TURB_THREAD_H
#define GUEST_TURB_THREAD_H

#include <pthread.h>

#include "guest/turbulence_run.h"

enum cgofuzz_stack_kind { CGOFUZZ_STACK_GUARDED, CGOFUZZ_STACK_BARE, CGOFUZZ_STACK_HEAP };

/* A stack that is all zeros when it is handed out: how far it was used is seen from its lower end. */
struct cgofuzz_made_stack {
	char *low;
	size_t bytes;
	uint32_t kind; /* enum cgofuzz_stack_kind: a page below that cannot be touched, none, or malloc'd */
	int32_t tid; /* a thread that nobody joins may still be leaving it; 0: nobody */
	uint32_t dirty; /* not zeros yet */
	uint32_t of; /* what it is used as now: enum cgofuzz_stack_of */
	struct cgofuzz_made_stack *next;
};

/* bytes: a multiple of the page size. NULL: the plan may not have it, or there is no memory: counted as capped.
 * Only the plan's own thread of execution may call these. */
struct cgofuzz_made_stack *cgofuzz_made_stack_get(size_t bytes, uint32_t kind,
						  enum cgofuzz_stack_of of);
/* Back to the pool, cleared; how far it was used is marked (guest/stacks.h). tid: of a detached thread that ran on it,
 * or 0. */
void cgofuzz_made_stack_put(struct cgofuzz_made_stack *stack, int32_t tid);

/* Does the body as the plan's thread of execution, on the thread it is called on. */
void cgofuzz_carry(const struct cgofuzz_turb *turb);
/* The same, run is what does the body. */
void cgofuzz_carry_by(const struct cgofuzz_turb *turb, void (*run)(const struct cgofuzz_turb *));
/* Runs on a thread that C made and keeps from step to step, number `which` of some; 0: it is in use by a step around
 * this one, or there is none. turb_threads.c */
int cgofuzz_on_worker(uint32_t which, const struct cgofuzz_turb *turb,
		      void (*run)(const struct cgofuzz_turb *));

/* A stack for a thread: of at least so many bytes, as the platform will have it. Starts one there: 0 if that
 * fails. turb_threads.c */
struct cgofuzz_made_stack *cgofuzz_thread_stack(uint32_t bytes, uint32_t kind);
int cgofuzz_thread_start(pthread_t *id, const struct cgofuzz_made_stack *stack,
			 void *(*run)(void *), void *arg, int detached);
extern _Thread_local uint32_t cgofuzz_in_destructor; /* the body runs while its thread ends */

/* Called by a thread that C made, first of all; and what it leaves. */
void cgofuzz_on_made_stack(const struct cgofuzz_made_stack *stack);
extern _Thread_local uint32_t cgofuzz_c_thread;

/* Calls bottom below a C frame of so many bytes, if the stack has room for it: turb_depth.c */
void cgofuzz_below_frame(const struct cgofuzz_turb *turb, uint32_t bytes,
			 void (*bottom)(const struct cgofuzz_turb *));

/* A word that threads wait for: futex(2). */
void cgofuzz_word_set(uint32_t *word, uint32_t value); /* and wakes all who wait */
void cgofuzz_word_wait(uint32_t *word, uint32_t value); /* until it is this value or more */
void cgofuzz_word_add(uint32_t *word);

/* Several threads or goroutines, alive and waiting in C at the same time, which do the body one after the other.
 * All read the crowd's address before any does the body; nobody returns before the last has done it. */
#define CGOFUZZ_CROWD_MAX 64u
struct cgofuzz_crowd {
	const struct cgofuzz_turb *turb;
	uint32_t count, reverse;
	uint32_t arrived; /* one more than the members: who makes them arrives as well */
	uint32_t dead; /* members whose thread has ended, where that is waited for */
	uint32_t turn[CGOFUZZ_CROWD_MAX]; /* 1: do the body; 2: all are done */
};
void cgofuzz_crowd_arrive(struct cgofuzz_crowd *crowd);
void cgofuzz_crowd_member(struct cgofuzz_crowd *crowd, uint32_t index);

#endif
