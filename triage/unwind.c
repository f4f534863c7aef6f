/* unwind.c: triage. The stepper: CFI where it is right, the known switches between the stacks of C
 * and Go where it is not, frame pointers and guesses where there is none. */
#include "triage/unwind.h"

#include <string.h>

#include "triage/overflow.h"
#include "triage/unwind_private.h"

#define TOP_BYTES 256u
#define OUTER_FRAMES 1024 /* of those that are kept, for what lies outside of a long recursion */

const struct unwind_arch *unwind_arch_of(int arch)
{
	switch (arch) {
	case CGOFUZZ_ARCH_AMD64:
		return &unwind_amd64;
	case CGOFUZZ_ARCH_ARM64:
		return &unwind_arm64;
	}
	return NULL;
}

/* Any copied struct may be a g; one whose m points back by m.g0 tells where m is. */
static void find_m(struct unwinder *u)
{
	const struct cgofuzz_fault *f = &u->s->rec->fault;

	for (uint32_t i = 0; i < f->mem_count; i++) {
		uint64_t g = f->mem[i].addr, lo, hi, m, g0, back, curg;

		if (f->mem[i].what != CGOFUZZ_MEM_STRUCT || !word(u, g, &lo) ||
		    !word(u, g + 8, &hi) || lo >= hi || !word(u, g + u->layout.g_m, &m) || !m ||
		    !word(u, m + u->layout.m_g0, &g0) || !word(u, g0 + u->layout.g_m, &back) ||
		    back != m)
			continue;
		u->g_m = m;
		if (word(u, m + u->layout.m_curg, &curg))
			u->curg = curg;
		return;
	}
}

static void unwinder_init(struct unwinder *u, struct stack *st, const struct space *s)
{
	const struct cgofuzz_regs *regs = &s->rec->fault.regs;
	uint64_t at;

	memset(u, 0, sizeof(*u));
	u->s = s;
	u->st = st;
	u->a = unwind_arch_of((int)s->rec->arch);
	if (!u->a)
		return;
	for (int i = 0; i < UNWIND_REGS; i++)
		if (u->a->wire[i] >= 0)
			u->r.v[i] = regs->gpr[u->a->wire[i]];
	u->r.pc = regs->gpr[u->a->wire_pc];
	u->sigreturn = regs->sigreturn_pc;
	u->exact = true;
	if (!s->image_count)
		return;
	image_go_layout(s->images[0].image, &u->layout);
	if (image_find(s->images[0].image, "runtime.text", &at))
		u->text = at + s->images[0].bias;
	if (image_find(s->images[0].image, "runtime.etext", &at))
		u->etext = at + s->images[0].bias;
	find_m(u);
}

static void frame_add(struct unwinder *u)
{
	struct frame *f = &u->st->frames[u->st->count++];

	memset(f, 0, sizeof(*f));
	f->pc = u->r.pc;
	f->sp = sp_of(u);
	f->lookup = u->exact ? u->r.pc : u->r.pc - 1;
	f->found = u->found;
	f->note = u->note;
	f->go = f->lookup >= u->text && f->lookup < u->etext;
	f->image = space_image_at(u->s, f->lookup);
	space_symbol(u->s, f->lookup, &f->symbol);
	u->note = NULL;
}

/* The outermost frame of a stack lies at its top: of one that C made, there is nothing to return to. */
static bool is_at_top(const struct unwinder *u)
{
	for (int i = 0; i < CGOFUZZ_MAX_BOUNDS; i++) {
		const struct cgofuzz_bounds *b = &u->s->rec->fault.bounds[i];

		if (i != CGOFUZZ_BOUNDS_GOROUTINE && b->low < sp_of(u) && sp_of(u) <= b->high &&
		    b->high - sp_of(u) < TOP_BYTES)
			return true;
	}
	return false;
}

/* The row of a frame, then what CFI does not say of Go: where its frame pointer is kept. */
enum step unwind_plain(struct unwinder *u, const struct frame *f, enum frame_found found)
{
	uint64_t cfa, fp, sp = sp_of(u);

	switch (cfi_step(u->s, u->a, &u->r, f->lookup, &cfa)) {
	case CFI_OUTERMOST:
		return end(u, "start of the thread", true);
	case CFI_NO_ROW:
		if (is_at_top(u))
			return end(u, "start of the stack", true);
		return end(u, "no call frame information", false);
	case CFI_NO_MEMORY:
		return end(u, "memory that was not copied", false);
	case CFI_STEPPED:
		break;
	}
	u->found = found;
	u->exact = false;
	if (f->go) {
		uint64_t size = cfa - sp;

		if (size >= (uint64_t)u->a->go_fp + 0 &&
		    word(u, cfa - u->a->go_fp - (u->a->go_fp_low ? size : 0), &fp))
			u->r.v[u->a->fp] = fp;
	}
	return STEP_ON;
}

static enum step from_signal(struct unwinder *u)
{
	uint64_t x;

	if (!word(u, sp_of(u) + u->a->signal[0].at, &x))
		return end(u, "memory that was not copied", false);
	unwind_take_regs(u, u->a->signal, sp_of(u));
	u->found = FOUND_SIGNAL;
	u->exact = true;
	/* The handler that took the registers runs on the stack that it tells of, and writes over it. */
	if (u->r.pc == u->st->frames[0].pc && sp_of(u) == u->st->frames[0].sp)
		return end(u, "the handler of the fault itself", false);
	return STEP_ON;
}

/* A jump to where nothing is: what called may still be on its way. */
static enum step from_nowhere(struct unwinder *u)
{
	uint64_t pc;

	if (u->a->lr >= 0) {
		pc = u->r.v[u->a->lr];
	} else {
		if (!word(u, sp_of(u), &pc))
			return end(u, "memory that was not copied", false);
		u->r.v[u->a->sp] += 8;
	}
	if (!space_image_at(u->s, pc))
		return end(u, "a jump to nowhere", false);
	u->r.pc = pc;
	u->found = FOUND_CALL;
	u->exact = false;
	return STEP_ON;
}

static enum step by_frame_pointer(struct unwinder *u)
{
	uint64_t fp = u->r.v[u->a->fp], next, pc;

	if (fp < sp_of(u) || fp % 8 || !word(u, fp, &next) || !word(u, fp + 8, &pc))
		return STEP_END;
	if (!space_image_at(u->s, pc))
		return STEP_END;
	u->r.v[u->a->fp] = next;
	u->r.v[u->a->sp] = fp + 16;
	u->r.pc = pc;
	if (u->a->lr >= 0)
		u->r.v[u->a->lr] = pc;
	u->found = FOUND_FP;
	u->exact = false;
	return STEP_ON;
}

/* The next word on the stack that follows a known function's code; good for a hint, no more. */
static enum step by_guess(struct unwinder *u)
{
	uint64_t sp = sp_of(u), pc;
	struct symbol sym;

	for (unsigned i = 0; i < 512 && word(u, sp + 8 * i, &pc); i++) {
		if (!space_symbol(u->s, pc - 1, &sym) || !sym.size || pc == sym.addr)
			continue;
		u->r.v[u->a->sp] = sp + 8 * i + 8;
		u->r.pc = pc;
		u->found = FOUND_GUESS;
		u->exact = false;
		return STEP_ON;
	}
	return STEP_END;
}

static bool is_scheduler(const struct frame *f, bool top)
{
	return is(f, "runtime.systemstack") || is(f, "runtime.mcall") || is(f, "runtime.mstart") ||
		(!top && is(f, "runtime.morestack"));
}

static enum step known_step(struct unwinder *u, const struct frame *f, bool top)
{
	if (is(f, "runtime.asmcgocall") && !unwind_on_goroutine(u))
		return unwind_from_asmcgocall(u, f);
	if (is(f, "runtime.cgocallback") && (!u->curg || unwind_on_goroutine(u)))
		return unwind_from_cgocallback(u, f);
	if (is(f, "crosscall2"))
		return unwind_from_crosscall2(u, f);
	if (is(f, "runtime.switchToCrashStack0") && u->g_m)
		return unwind_from_crash_stack(u);
	if (is_scheduler(f, top) && !u->left_g0 && !unwind_on_goroutine(u))
		return unwind_from_g0(u);
	if (f->pc == u->sigreturn || is(f, "runtime.sigreturn") ||
	    is(f, "runtime.sigreturn__sigaction"))
		return from_signal(u);
	if (is(f, "runtime.goexit") || is(f, "runtime.rt0_go"))
		return end(u, "start of the goroutine", true);
	if (top && !f->image)
		return from_nowhere(u);
	return STEP_PLAIN;
}

/* Of a stack that has ended nothing outer was copied with it, or the handler has written over it: no guesses. */
static enum step step_somehow(struct unwinder *u)
{
	if (by_frame_pointer(u) == STEP_ON)
		return STEP_ON;
	if (overflow_by_address(u->s->rec) && unwind_over_gap(u) == STEP_ON)
		return STEP_ON;
	return by_guess(u) == STEP_ON ? STEP_ON : unwind_over_gap(u);
}

static enum step step(struct unwinder *u)
{
	const struct frame *f = &u->st->frames[u->st->count - 1];
	const struct unwind_regs before = u->r;
	enum step rc = known_step(u, f, u->st->count == 1);

	if (rc == STEP_PLAIN) {
		rc = unwind_plain(u, f, FOUND_CFI);
		if (rc == STEP_ON)
			unwind_after_injected_call(u, f);
		else if (u->st->complete)
			return rc;
	}
	if (rc == STEP_ON && (u->r.pc != before.pc || sp_of(u) != before.v[u->a->sp])) {
		if (is(f, "runtime.systemstack_switch"))
			u->exact = true;
		if (space_image_at(u->s, u->r.pc) || u->r.pc == u->sigreturn)
			return STEP_ON;
		end(u, "a return address outside all code", false);
	} else if (rc == STEP_ON) {
		end(u, "no progress", false);
	} else if (u->st->complete) {
		return rc;
	}
	u->r = before;
	return step_somehow(u);
}

/* Of a recursion there may be more than is kept: what lies outside of it says more. */
static enum step next_step(struct unwinder *u)
{
	if (u->st->count == STACK_MAX_FRAMES - OUTER_FRAMES && unwind_over_gap(u) == STEP_ON)
		return STEP_ON;
	return step(u);
}

void stack_tell_refused(struct stack *st, struct space *s)
{
	const char *refused = space_refused(s);

	if (!refused || st->end == st->why)
		return;
	snprintf(st->why, sizeof(st->why), "%s; symbols refused: %s", st->end, refused);
	st->end = st->why;
}

void stack_unwind(struct stack *st, struct space *s)
{
	struct unwinder u;

	st->count = 0;
	st->complete = false;
	st->gap = NULL;
	st->end = "no registers were taken";
	unwinder_init(&u, st, s);
	if (!u.a || !s->rec->fault.regs.valid) {
		stack_tell_refused(st, s);
		return;
	}
	st->end = "as many frames as are kept";
	u.found = FOUND_TOP;
	do
		frame_add(&u);
	while (st->count < STACK_MAX_FRAMES && next_step(&u) == STEP_ON);
	if (st->count == STACK_MAX_FRAMES)
		st->end = "as many frames as are kept";
	stack_tell_refused(st, s);
}
