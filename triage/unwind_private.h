/* unwind_private.h: triage, for unwind.c and unwind_go.c. */
#ifndef TRIAGE_UNWIND_PRIVATE_H
#define TRIAGE_UNWIND_PRIVATE_H

#include "triage/cfi.h"
#include "triage/go_layout.h"
#include "triage/unwind.h"
#include "triage/unwind_arch.h"

/*
 * One stack under way, innermost frame first. unwind.c turns: names the frame whose registers are in r
 * and appends it to st, then makes r those of its caller: by CFI, or where the stack changes between C
 * and Go, by a step of unwind_go.c. Memory is read from the windows that the guest has copied, nothing
 * else; a read that fails ends the stack with a reason, never the program.
 */
struct unwinder {
	const struct space *s; /* borrowed, as a and st */
	const struct unwind_arch *a;
	struct stack *st;
	struct go_layout layout; /* offsets in this Go release's g, m and gobuf */
	uint64_t text, etext; /* Go's, in guest addresses */
	uint64_t sigreturn; /* return address of a signal handler, 0: none ran */
	uint64_t g_m; /* address of the thread's m, 0: not known */
	uint64_t curg; /* address of the goroutine the thread works for, 0: not known */
	struct unwind_regs r; /* of the next frame to be named, as in its function */
	enum frame_found found; /* how the frame in r was found */
	bool exact; /* r.pc is no return address */
	bool left_g0; /* the one switch by g.sched is done */
	bool left_goroutine; /* and the one from a goroutine by g0.sched */
	struct unwind_regs callback; /* in the last cgocallback, before C's stack; of_callback: its frame + 1, or 0 */
	uint32_t of_callback;
	const char *note; /* static, for the next frame; NULL: none */
};

/* What a step has done: r is the caller's now; nothing, so CFI must do; no way on from here, st says
 * why (a frame pointer or a guess may still help). */
enum step { STEP_ON, STEP_PLAIN, STEP_END };

static inline uint64_t sp_of(const struct unwinder *u)
{
	return u->r.v[u->a->sp];
}

/* The 8 bytes at a guest address; false if they were not copied. */
static inline bool word(const struct unwinder *u, uint64_t addr, uint64_t *value)
{
	return space_read(u->s, addr, value);
}

/* why: static. complete: where threads begin. */
static inline enum step end(struct unwinder *u, const char *why, bool complete)
{
	u->st->end = why;
	u->st->complete = complete;
	return STEP_END;
}

static inline bool is(const struct frame *f, const char *name)
{
	return f->symbol.name && frame_is(f, name);
}

/* The row of a frame, then what CFI does not say of Go: where its frame pointer is kept. */
enum step unwind_plain(struct unwinder *u, const struct frame *f, enum frame_found found);

/* Where frames are missing: beyond the innermost crossing, which Go keeps in mind on either side. Once on each. */
enum step unwind_over_gap(struct unwinder *u);
bool unwind_on_goroutine(const struct unwinder *u);

/* unwind_go.c: the places where the stack changes. Each takes the frame that is at work, and leaves
 * the registers of the next one. */
enum step unwind_from_asmcgocall(struct unwinder *u, const struct frame *f);
enum step unwind_from_cgocallback(struct unwinder *u, const struct frame *f);
enum step unwind_from_crosscall2(struct unwinder *u, const struct frame *f);
enum step unwind_from_g0(struct unwinder *u);
enum step unwind_from_crash_stack(struct unwinder *u);
/* Registers kept in memory from base on; those that were not copied stay as they are. */
void unwind_take_regs(struct unwinder *u, const struct reg_at *list, uint64_t base);
void unwind_after_injected_call(struct unwinder *u, const struct frame *f);

#endif
