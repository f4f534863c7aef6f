/* unwind_go.c: triage. Where Go changes stacks, and how to follow (docs/UNWINDING.md). */
#include <string.h>

#include "triage/unwind_private.h"

/* C's stack to the goroutine that called: asmcgocall keeps g and how deep its sp was. */
enum step unwind_from_asmcgocall(struct unwinder *u, const struct frame *f)
{
	const struct unwind_arch *a = u->a;
	uint64_t g, depth, lo, hi, m, cfa, fp, sp = sp_of(u);
	enum step rc;

	for (int i = 0; i < a->saves_count; i++) {
		if (!word(u, sp + a->saves[i][0], &g) || !word(u, sp + a->saves[i][1], &depth))
			continue;
		if (!g && depth > sp && depth < sp + 4096) { /* was on g0 already */
			u->r.v[a->sp] = depth;
			return unwind_plain(u, f, FOUND_SWITCH);
		}
		if (!word(u, g, &lo) || !word(u, g + 8, &hi) || lo >= hi || depth >= hi - lo ||
		    depth % 8)
			continue;
		/* A parked goroutine has no m; it is known already. */
		if (u->g_m && g != u->curg && (!word(u, g + u->layout.g_m, &m) || m != u->g_m))
			continue;
		u->curg = g;
		u->r.v[a->sp] = sp = hi - depth;
		rc = unwind_plain(u, f, FOUND_SWITCH);
		cfa = sp_of(u);
		if (rc == STEP_ON && cfa - sp >= (uint64_t)a->switch_fp_min &&
		    word(u, cfa - a->switch_fp, &fp))
			u->r.v[a->fp] = fp;
		return rc;
	}
	return end(u, "asmcgocall: no goroutine where it keeps one", false);
}

static bool is_crosscall2(const struct unwinder *u, uint64_t pc)
{
	struct symbol sym;

	return space_symbol(u->s, pc, &sym) && !strcmp(sym.name, "crosscall2");
}

/* The goroutine to C's stack: cgocallback was called with three words that lie on both stacks. */
enum step unwind_from_cgocallback(struct unwinder *u, const struct frame *f)
{
	const uint64_t off = u->a->callback_args;
	uint64_t fn, frame, ctxt, x, y, z, pc, sp = sp_of(u), symbol;
	bool amd64 = u->s->rec->arch == CGOFUZZ_ARCH_AMD64;

	if (!word(u, sp + off, &fn) || !word(u, sp + off + 8, &frame) ||
	    !word(u, sp + off + 16, &ctxt))
		return end(u, "memory that was not copied", false);
	for (uint64_t at = (frame & ~7ull) - 24, n = 0; n < 16384 / 8; n++, at -= 8) {
		if (!word(u, at, &x) || x != fn || !word(u, at + 8, &y) || y != frame ||
		    !word(u, at + 16, &z) || z != ctxt || at - off == sp)
			continue;
		if (amd64 && (!word(u, at - 8, &pc) || !is_crosscall2(u, pc)))
			continue;
		if (!amd64) {
			if (!u->s->image_count ||
			    !image_find(u->s->images[0].image, "crosscall2", &symbol))
				break;
			pc = symbol + u->s->images[0].bias + 64; /* any pc past the prologue */
		}
		u->callback = u->r;
		u->of_callback = (uint32_t)(f - u->st->frames) + 1;
		u->r.v[u->a->sp] = at - off;
		u->r.pc = pc;
		u->found = FOUND_SWITCH;
		u->exact = false;
		return STEP_ON;
	}
	u->note = "C frames lost";
	return unwind_plain(u, f, FOUND_CFI);
}

void unwind_take_regs(struct unwinder *u, const struct reg_at *list, uint64_t base)
{
	for (; list->reg != REG_END; list++) {
		uint64_t x;

		if (!word(u, base + list->at, &x))
			continue;
		if (list->reg == REG_PC)
			u->r.pc = x;
		else
			u->r.v[list->reg] = x;
	}
}

/* crosscall2 saves C's callee-saved registers; its CFI does not say so (arm64: wrongly so). */
enum step unwind_from_crosscall2(struct unwinder *u, const struct frame *f)
{
	const struct unwind_arch *a = u->a;
	uint64_t cfa, fp, sp = sp_of(u), pc;
	enum step rc;

	if (cfi_cfa(u->s, &u->r, f->lookup, &cfa) != CFI_STEPPED ||
	    cfa - sp < (uint64_t)a->crosscall_min)
		return STEP_PLAIN;
	if (!a->crosscall_size) {
		rc = unwind_plain(u, f, FOUND_CFI);
		if (rc != STEP_ON)
			return rc;
		unwind_take_regs(u, a->crosscall, sp);
		/* Go 1.21 and later first push the frame pointer: what is kept is their own. */
		if (u->r.v[a->fp] == cfa - 16 && word(u, cfa - 16, &fp))
			u->r.v[a->fp] = fp;
		return rc;
	}
	if (!word(u, sp + a->crosscall_size - 8, &pc))
		return end(u, "memory that was not copied", false);
	unwind_take_regs(u, a->crosscall, sp);
	u->r.v[a->sp] = sp + a->crosscall_size;
	u->found = FOUND_CFI;
	u->exact = false;
	return STEP_ON;
}

/* The scheduler's stack to the goroutine that it serves: once, by what gogo would restore. */
enum step unwind_from_g0(struct unwinder *u)
{
	uint64_t g = u->curg, sp, pc, fp, lr;

	if (!g && u->g_m && u->layout.m_lockedg != UINT32_MAX)
		word(u, u->g_m + u->layout.m_lockedg, &g);
	if (!g)
		return end(u, "a thread without a goroutine", true);
	if (!word(u, g + u->layout.sched_sp, &sp) || !word(u, g + u->layout.sched_pc, &pc))
		return end(u, "memory that was not copied", false);
	u->r.v[u->a->sp] = sp;
	u->r.pc = pc;
	if (word(u, g + u->layout.sched_bp, &fp))
		u->r.v[u->a->fp] = fp;
	if (u->a->lr >= 0 && word(u, g + u->layout.sched_lr, &lr))
		u->r.v[u->a->lr] = lr;
	u->curg = g;
	u->left_g0 = true;
	u->found = FOUND_SWITCH;
	u->exact = true;
	return STEP_ON;
}

/* A Go function that was made to call one: preparePanic pushed the link register (arm64), and the
 * pc below is where it stopped, no return address. */
void unwind_after_injected_call(struct unwinder *u, const struct frame *f)
{
	uint64_t lr;

	if (!is(f, "runtime.sigpanic") && !is(f, "runtime.asyncPreempt"))
		return;
	if (u->a->pushed_lr && word(u, sp_of(u), &lr)) {
		u->r.v[u->a->lr] = lr;
		u->r.v[u->a->sp] += u->a->pushed_lr;
	}
	u->exact = true;
}
