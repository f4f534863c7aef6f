/* turbulence_run.h: guest. Doing what turbulence.def says: one file a family, turb_FAMILY.c, and its Go
 * half in go/turb_FAMILY.go. */
#ifndef GUEST_TURBULENCE_RUN_H
#define GUEST_TURBULENCE_RUN_H

#include "guest/runtime.h"
#include "guest/turbulence.h"

/* What a plan may have at most, all its steps together, so that each ends in time. Beyond it effects are left
 * out, and live.capped counts them. */
#define CGOFUZZ_STEPS_MAX 4096u /* steps done, those repeated included */
#define CGOFUZZ_LEVELS_MAX 4000u /* C -> Go -> C, of `levels` */
#define CGOFUZZ_THREADS_MAX 256u
#define CGOFUZZ_MEMORY_MAX (1u << 30)
#define CGOFUZZ_FRAMES_MAX (16u << 20) /* bytes of frames, Go's and C's */
#define CGOFUZZ_GC_MAX 16u
#define CGOFUZZ_BASE_MAX 190u /* levels of waiting crossings, live.base */
#define CGOFUZZ_STACK_HEADROOM \
	(128u << 10) /* of a C stack, for crossings, signals and whoever is below */

/* First and last word of a waiting C frame. */
#define CGOFUZZ_FRAME_MARK 0x5ca1ab1e0ddba11ull

struct cgofuzz_budget {
	uint32_t steps, levels, threads, memory, frames, gc; /* taken */
};
extern struct cgofuzz_budget cgofuzz_budget;

/* Takes n of a budget; 0: that would be too much, which is counted. Only the plan's own thread of
 * execution, of which there is one at a time, may call it. */
int cgofuzz_take(uint32_t *taken, uint32_t n, uint32_t most);

/* A step under way: what it is and which steps are its body. */
struct cgofuzz_turb {
	const struct cgofuzz_turbulence *t;
	uint32_t first,
		end; /* the body: [first, end) of the plan; not empty where the row has a body */
};
typedef void cgofuzz_turb_fn(const struct cgofuzz_turb *turb);

/* Does the body, in C, on the thread and stack it is called on. live.stop: a fault was seen, unwind. */
void cgofuzz_body(const struct cgofuzz_turb *turb);
void cgofuzz_steps(uint32_t first, uint32_t end); /* driver.c; the same of any steps */

void cgofuzz_turbulence_begin(void); /* of a plan */
void cgofuzz_turbulence_end(void);
void cgofuzz_turbulence_step(const struct cgofuzz_turbulence *t, uint32_t first, uint32_t end);
/* Does live.inner's steps within the crossing under way, and puts live back as that knows it. */
void cgofuzz_inner(void);
/* driver.c: is step i a crossing in which others can happen: not where Go was promised that C does not call
 * back. */
int cgofuzz_step_may_hold(uint32_t i);

/* Adds what is observable, and the same on each architecture, to the plan's digest. */
static inline void cgofuzz_note(uint64_t word)
{
	uint64_t x = (cgofuzz_live->digest ^ word) * 0x9e3779b97f4a7c15u;

	cgofuzz_live->digest = x ^ x >> 32;
}

/* Records that the step under way did not go as it should. kind: of fault.def; text: what, in a few words.
 * Async-signal-safe. */
void cgofuzz_turb_fault(enum cgofuzz_fault_kind kind, uint64_t expected, uint64_t got,
			const char *text);

/* Does the step's Go half, `name` in go/turb_*.go's table. Its body comes back through cgofuzz_steps(). */
void cgofuzz_turb_in_go(const struct cgofuzz_turb *turb);
/* Exported by Go (go/entry.go.in): the number of a name, -1: Go has none; does it, with four values. */
int cgofuzz_go_turbulence_find(char *name);
void cgofuzz_go_turbulence(int number, unsigned *values, unsigned first, unsigned end);
void cgofuzz_turb_levels_next(void); /* called by Go, turb_depth.c */

/* Bytes that this C stack has left below the caller's frame, the headroom taken off; 0 if none or not
 * known. stack_c.c; whoever switches stacks says so by cgofuzz_stack_set() and puts back what it got. */
struct cgofuzz_stack {
	uintptr_t low, high; /* low 0: not looked up yet */
};
uint32_t cgofuzz_stack_left(void);
struct cgofuzz_stack cgofuzz_stack_here(void);
struct cgofuzz_stack cgofuzz_stack_set(struct cgofuzz_stack stack);

/* The families' steps, one for each row. */
#define TURBULENCE(id, name, family, body, p0, p1, p2, p3, about) cgofuzz_turb_fn cgofuzz_turb_##id;
#include "guest/turbulence.def"
#undef TURBULENCE

#endif
