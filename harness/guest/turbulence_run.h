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
#define CGOFUZZ_EXEC_MAX 2u /* programs run: a fork of the guest costs a millisecond */
#define CGOFUZZ_LIBRARIES_MAX 16u
#define CGOFUZZ_PROFILES_MAX 4u /* a MiB of buffers each */
#define CGOFUZZ_BASE_MAX 190u /* levels of waiting crossings, live.base */
#define CGOFUZZ_STACK_HEADROOM \
	(128u << 10) /* of a C stack, for crossings, signals and whoever is below */

/* On a small stack: what a crossing from C takes of it, for Go on g0 and our own frames, and each further
 * level, besides arguments and results; what a step of turbulence takes. Measured: docs/turbulence.md. */
#define CGOFUZZ_CROSSING_STACK (6u << 10)
#define CGOFUZZ_NESTED_STACK 768u
#define CGOFUZZ_STEP_STACK (48u << 10)

/* First and last word of a waiting C frame. */
#define CGOFUZZ_FRAME_MARK 0x5ca1ab1e0ddba11ull

struct cgofuzz_budget {
	uint32_t steps, levels, threads, memory, frames, gc, exec, libraries, profiles; /* taken */
};
extern struct cgofuzz_budget cgofuzz_budget;

/* Takes n of a budget; 0: that would be too much, which is counted. Only the plan's own thread of
 * execution, of which there is one at a time, may call it. */
int cgofuzz_take(uint32_t *taken, uint32_t n, uint32_t most);

extern uint32_t cgofuzz_step_under_way; /* index of the innermost step of turbulence that is done */

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
void cgofuzz_turbulence_weigh(void); /* between plans: a process that has grown too large is not to do the next */
void cgofuzz_turbulence_step(const struct cgofuzz_turbulence *t, uint32_t first, uint32_t end);
/* Does live.inner's steps within the crossing under way, and puts live back as that knows it. */
void cgofuzz_inner(void);
/* How that crossing then ends: 0: it returns; else 1 + a choice of UNWIND. */
extern uint32_t cgofuzz_unwind;
/* driver.c: is step i a crossing in which others can happen: not where Go was promised that C does not call
 * back. */
int cgofuzz_step_may_hold(uint32_t i);
uint32_t cgofuzz_step_behind(uint32_t i, uint32_t end); /* the step behind step i and its body */

/* digest.c. A plan's digest: begins; step i was done, what it was is in `word`; the same where Go has added that
 * (cgofuzz_crossing_word()) to the digest already. */
void cgofuzz_digest_begin(void);
void cgofuzz_step_done(uint32_t step, uint64_t word);
void cgofuzz_step_noted(uint32_t step, uint64_t digest);

/* What a crossing was: Go's half makes the same of a run's step. */
static inline uint64_t cgofuzz_crossing_word(uint32_t step, uint32_t slot, uint32_t route,
					     uint32_t depth)
{
	return (uint64_t)step << 32 | slot << 16 | (depth & 0xff) << 2 | route;
}

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
void *cgofuzz_go_pointer(void); /* a Go pointer, which Go must refuse */
void cgofuzz_turb_levels_next(void); /* called by Go, turb_depth.c */
/* Called by Go, turb_crowd.c: member `index` of the crowd that gathers, 1: its thread ends with its goroutine;
 * the member that this thread is. */
void cgofuzz_turb_member(unsigned index, int ends);
void cgofuzz_turb_here(void);

/* What a step's two halves ask of each other besides; numbers are those of go/turbulence.go. Go -> C:
 * cgofuzz_turb_call(), C -> Go: cgofuzz_go_call(), which recovers no panic. */
enum cgofuzz_turb_asked {
	CGOFUZZ_ASK_DOWN, /* a C frame, and back to Go */
	CGOFUZZ_ASK_ERRNO_BODY, /* the body, errno as before */
	CGOFUZZ_ASK_ERRNO, /* errno becomes a */
	CGOFUZZ_ASK_ENVIRONMENT, /* 1 if variable a is as C's half would set it to b; 3: unset */
	CGOFUZZ_ASK_SIGNAL_INSTALL, /* C's handler, which calls the one before it if b */
	CGOFUZZ_ASK_SIGNAL_REMOVE,
	CGOFUZZ_ASK_SIGNAL_SEND, /* a: signal, b: whom to and from where */
	CGOFUZZ_ASK_SIGNAL_BLOCKED,
	CGOFUZZ_ASK_SIGNAL_COUNT, /* waits for b deliveries; how many C's handler has had */
	CGOFUZZ_ASK_GO_FAULT, /* an error of Go's is on its way, which Go is to handle: 1; over: 0 */
	CGOFUZZ_ASK_OFF_STACK, /* C's handler for SIGURG without SA_ONSTACK */
	CGOFUZZ_ASK_JUMP_FROM, /* setjmp, and back to Go */
	CGOFUZZ_ASK_JUMP, /* longjmp there */
	CGOFUZZ_ASK_UNWIND, /* a: steps, first << 16 | end, b: how they end; 1: they came back after all */
	CGOFUZZ_ASK_ERROR, /* a C frame, and back to Go, whose answer is passed on */
	CGOFUZZ_ASK_ERROR_BODY, /* the body, while C has the handle a, which is the answer */
	CGOFUZZ_ASK_PROFILE, /* the body, while Go's profiler is on, and at its end a signal of that */
	CGOFUZZ_ASK_KEPT, /* looks at what C kept as number a, and forgets it; 1: it is as it was */
	CGOFUZZ_ASK_RESULT, /* C calls a function of Go that returns a Go pointer */
	CGOFUZZ_ASKS
};
enum cgofuzz_go_asked {
	CGOFUZZ_GO_DOWN,
	CGOFUZZ_GO_ERRNO,
	CGOFUZZ_GO_NUMBER,
	CGOFUZZ_GO_SIGNAL,
	CGOFUZZ_GO_JUMP,
	CGOFUZZ_GO_GOROUTINES, /* how many there are; a: after a garbage collection */
	CGOFUZZ_GO_ENDS,
	CGOFUZZ_GO_HANDLES, /* how many that were made since a was 1 are valid */
	CGOFUZZ_GO_UNWIND, /* ends the goroutine's functions as a says, UNWIND of turbulence_choice.def */
	CGOFUZZ_GO_ERROR, /* goes on with the error that is under way: a handle */
};
typedef uint64_t cgofuzz_turb_answer(uint64_t a, uint64_t b);
cgofuzz_turb_answer cgofuzz_turb_down, cgofuzz_turb_errno_body, cgofuzz_turb_errno,
	cgofuzz_turb_environment, cgofuzz_turb_signal_install, cgofuzz_turb_signal_remove,
	cgofuzz_turb_signal_send, cgofuzz_turb_signal_blocked, cgofuzz_turb_signal_count,
	cgofuzz_turb_go_fault, cgofuzz_turb_off_stack, cgofuzz_turb_jump_from, cgofuzz_turb_jump,
	cgofuzz_turb_unwind, cgofuzz_turb_error, cgofuzz_turb_error_body, cgofuzz_turb_profile,
	cgofuzz_turb_kept, cgofuzz_turb_result;
/* turb_signals.c: a step handles this signal from now on, 0: one does already; it does no more. */
int cgofuzz_turb_signal_take(uint32_t signo);
void cgofuzz_turb_signal_give(uint32_t signo);
/* For a child: nothing of the steps under way is between the signal and who had it before. */
void cgofuzz_turb_signal_bare(int signo);
unsigned long long cgofuzz_turb_call(unsigned what, unsigned long long a, unsigned long long b);
unsigned long long cgofuzz_go_call(unsigned what, unsigned long long a);
/* turb_dlopen.c: a library from memory, as if it were a file that nobody has loaded yet; NULL: it cannot be. */
extern const char cgofuzz_library_plain[], cgofuzz_library_plain_end[];
extern const char cgofuzz_library_fast[], cgofuzz_library_fast_end[];
void *cgofuzz_turb_load(const char *bytes, const char *end, int flags);
/* Has this stack room for n levels of C -> Go -> C? If not, it is counted as capped. */
int cgofuzz_turb_levels_room(uint32_t n);
/* How many of `count` frames of these sizes the plan may have, and this stack has room for: less deep, rather
 * than not at all. */
uint32_t cgofuzz_turb_frames_room(uint32_t count, uint32_t go_bytes, uint32_t c_bytes);

/* Bytes that this C stack has left below the caller's frame, the headroom taken off; 0 if none or not
 * known. stack_c.c; whoever switches stacks says so by cgofuzz_stack_set() and puts back what it got. */
struct cgofuzz_stack {
	uintptr_t low, high; /* low 0: not looked up yet */
	uintptr_t line; /* nothing below it was used since it was cleared; 0: who made the stack looks */
	uint32_t of; /* enum cgofuzz_stack_of */
	uint32_t other; /* enum cgofuzz_other_stack: has C changed to it, and on whose thread */
	uintptr_t there; /* the lowest page that had been touched when it was last looked at */
};
uint32_t cgofuzz_stack_left(void);
struct cgofuzz_stack cgofuzz_stack_here(void);
struct cgofuzz_stack cgofuzz_stack_known(void); /* without looking it up */
uint32_t cgofuzz_stack_room(void); /* the same, with nothing taken off */
/* May the slot's crossing take place on this stack, with a level behind it; how many of the wanted levels behind it. What is left out is
 * counted as capped. */
int cgofuzz_crossing_fits(uint32_t slot);
uint32_t cgofuzz_levels_that_fit(uint32_t slot, uint32_t wanted);
struct cgofuzz_stack cgofuzz_stack_set(struct cgofuzz_stack stack);

/* The families' steps, one for each row. */
#define TURBULENCE(id, name, family, body, p0, p1, p2, p3, about) cgofuzz_turb_fn cgofuzz_turb_##id;
#include "guest/turbulence.def"
#undef TURBULENCE

#endif
