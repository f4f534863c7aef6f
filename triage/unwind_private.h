/* unwind_private.h: triage, for unwind.c and unwind_go.c. */
#ifndef TRIAGE_UNWIND_PRIVATE_H
#define TRIAGE_UNWIND_PRIVATE_H

#include "triage/cfi.h"
#include "triage/go_layout.h"
#include "triage/unwind.h"
#include "triage/unwind_arch.h"

struct unwinder {
	const struct space *s;
	const struct unwind_arch *a;
	struct stack *st;
	struct go_layout layout;
	uint64_t text, etext; /* Go's, in guest addresses */
	uint64_t sigreturn;
	uint64_t g_m; /* address of the thread's m, 0: not known */
	uint64_t curg;
	struct unwind_regs r;
	enum frame_found found; /* how the frame in r was found */
	bool exact; /* r.pc is no return address */
	bool left_g0; /* the one switch by g.sched is done */
	const char *note;
};

enum step { STEP_ON, STEP_PLAIN, STEP_END };

static inline uint64_t sp_of(const struct unwinder *u)
{
	return u->r.v[u->a->sp];
}

static inline bool word(const struct unwinder *u, uint64_t addr, uint64_t *value)
{
	return space_read(u->s, addr, value);
}

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

/* unwind_go.c: the places where the stack changes. Each takes the frame that is at work, and leaves
 * the registers of the next one. */
enum step unwind_from_asmcgocall(struct unwinder *u, const struct frame *f);
enum step unwind_from_cgocallback(struct unwinder *u, const struct frame *f);
enum step unwind_from_crosscall2(struct unwinder *u, const struct frame *f);
enum step unwind_from_g0(struct unwinder *u);
/* Registers kept in memory from base on; those that were not copied stay as they are. */
void unwind_take_regs(struct unwinder *u, const struct reg_at *list, uint64_t base);
void unwind_after_injected_call(struct unwinder *u, const struct frame *f);

#endif
