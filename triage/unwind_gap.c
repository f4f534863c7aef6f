/* unwind_gap.c: triage. Where the stack cannot be followed: a recursion that is longer than what was copied, an alternate
 * stack that the fault's own handler has written over, the stack on which Go gives up. Go keeps where its goroutine left
 * for C, and where C called it; from there on the rest is whole. */
#include <string.h>

#include "triage/unwind_private.h"

static bool is_text(const struct unwinder *u, uint64_t pc)
{
	return pc >= u->text && pc < u->etext;
}

bool unwind_on_goroutine(const struct unwinder *u)
{
	uint64_t lo, hi, sp = sp_of(u);

	return u->curg && word(u, u->curg, &lo) && word(u, u->curg + 8, &hi) && sp >= lo && sp < hi;
}

static enum step over(struct unwinder *u)
{
	if (!u->st->gap) {
		u->st->gap = u->st->end;
		u->st->gap_at = u->st->count;
	}
	u->note = "frames before it are missing";
	return STEP_ON;
}

/* C that called Go: the goroutine goes on by itself below cgocallback, as Go's own traceback does. */
static enum step past_callback(struct unwinder *u)
{
	const struct frame *f = &u->st->frames[u->of_callback - 1];

	u->r = u->callback;
	u->of_callback = 0;
	return unwind_plain(u, f, FOUND_SWITCH) == STEP_ON && is_text(u, u->r.pc) ? over(u)
										  : STEP_END;
}

/* C that the goroutine called: the way of unwind_from_g0(), once it is known to lead anywhere. */
static enum step to_goroutine(struct unwinder *u)
{
	uint64_t lo, hi, sp, pc;

	if (u->of_callback)
		return past_callback(u);
	if (u->left_g0 || !u->curg || !word(u, u->curg, &lo) || !word(u, u->curg + 8, &hi) ||
	    !word(u, u->curg + u->layout.sched_sp, &sp) ||
	    !word(u, u->curg + u->layout.sched_pc, &pc) || sp < lo || sp >= hi || !is_text(u, pc) ||
	    unwind_from_g0(u) != STEP_ON)
		return STEP_END;
	return over(u);
}

/* Go that C called: cgocallback has a frame on C's stack, where g0.sched.sp points (runtime/asm_amd64.s, "Save current
 * m->g0->sched.sp on stack and then set it to SP"). Any pc behind its prologue has the row of that frame. */
static enum step to_caller(struct unwinder *u)
{
	const bool amd64 = u->s->rec->arch == CGOFUZZ_ARCH_AMD64;
	uint64_t g0, sp, ignored, at;

	if (u->left_goroutine || !u->g_m || !u->s->image_count ||
	    !word(u, u->g_m + u->layout.m_g0, &g0) || !word(u, g0 + u->layout.sched_sp, &sp) ||
	    !word(u, sp, &ignored) ||
	    (!image_find(u->s->images[0].image, "runtime.cgocallback.abi0", &at) &&
	     !image_find(u->s->images[0].image, "runtime.cgocallback", &at)))
		return STEP_END;
	u->left_goroutine = true;
	u->r.v[u->a->sp] = sp;
	u->r.pc = at + u->s->images[0].bias + (amd64 ? 32 : 64);
	u->found = FOUND_SWITCH;
	u->exact = false;
	return over(u);
}

enum step unwind_over_gap(struct unwinder *u)
{
	const struct unwind_regs before = u->r;
	const char *why = u->st->end;

	if ((unwind_on_goroutine(u) ? to_caller(u) : to_goroutine(u)) == STEP_ON)
		return STEP_ON;
	u->r = before;
	return end(u, why, false);
}

/* Since Go 1.23 the runtime gives up on a stack that it keeps for that (switchToCrashStack), after m.g0 was set to one of
 * its own; the g0 that was is a copied struct that has the same m. What asked for more stack is in its g.sched
 * (runtime/asm_amd64.s, morestack). */
enum step unwind_from_crash_stack(struct unwinder *u)
{
	const struct cgofuzz_fault *f = &u->s->rec->fault;
	uint64_t crash = 0, m, sp, pc, lr, fp;

	word(u, u->g_m + u->layout.m_g0, &crash);
	for (uint32_t i = 0; i < f->mem_count && u->g_m; i++) {
		uint64_t g = f->mem[i].addr;

		if (f->mem[i].what != CGOFUZZ_MEM_STRUCT || g == crash || g == u->curg ||
		    g == u->g_m || !word(u, g + u->layout.g_m, &m) || m != u->g_m ||
		    !word(u, g + u->layout.sched_sp, &sp) ||
		    !word(u, g + u->layout.sched_pc, &pc) || !is_text(u, pc))
			continue;
		u->r.v[u->a->sp] = sp;
		u->r.pc = pc;
		if (word(u, g + u->layout.sched_bp, &fp))
			u->r.v[u->a->fp] = fp;
		if (u->a->lr >= 0 && word(u, g + u->layout.sched_lr, &lr))
			u->r.v[u->a->lr] = lr;
		u->found = FOUND_SWITCH;
		u->exact = true;
		return STEP_ON;
	}
	return STEP_PLAIN;
}
