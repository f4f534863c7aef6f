/* overflow.c: triage. A stack that has ended is told by what lies below it, or by Go, which looks before it uses one. */
#include "triage/overflow.h"

#include <inttypes.h>
#include <string.h>

#include "triage/unwind_arch.h"

#define PAGE 4096u
#define REACH \
	65536u /* below a stack's end, or beside the stack pointer: bytes that are still meant to be stack */
#define FAR (16u << 20) /* the biggest frame that may step over the guard at once */

static const struct {
	const char *name, *overflow;
} stacks[CGOFUZZ_STACKS] = {
	{ NULL, NULL },
#define STACK(id, name, overflow, about) { name, overflow },
#include "guest/stack.def"
#undef STACK
};

static bool is_within(const struct cgofuzz_bounds *b, uint64_t address)
{
	return b->low && address >= b->low && address < b->high;
}

/* The access is below the stack, and so is the stack pointer, or nearly. */
static bool has_ended(const struct cgofuzz_bounds *b, uint64_t address, uint64_t sp)
{
	if (!b->low || b->low < FAR || b->of >= CGOFUZZ_STACKS || address >= b->low ||
	    sp >= b->low + PAGE || sp < b->low - FAR)
		return false;
	return b->low - address <= REACH || (address + REACH > sp && address < sp + REACH);
}

static uint64_t stack_pointer(const struct cgofuzz_recorder *r)
{
	const struct unwind_arch *a = unwind_arch_of((int)r->arch);

	return a ? r->fault.regs.gpr[a->wire[a->sp]] : 0;
}

/* Of several, as stacks lie close together, the one right above the address. What Go takes for g0's stack counts only
 * where C's own is not known: Go may be wrong. */
const char *overflow_by_address(const struct cgofuzz_recorder *r)
{
	const struct cgofuzz_fault *f = &r->fault;
	const uint64_t sp = stack_pointer(r);
	const struct cgofuzz_bounds *ended = NULL;

	if (!f->regs.valid || (f->signo != 11 && f->signo != 7))
		return NULL;
	for (int i = 0; i < CGOFUZZ_MAX_BOUNDS; i++) {
		const struct cgofuzz_bounds *b = &f->bounds[i];

		if (i == CGOFUZZ_BOUNDS_G0 && f->bounds[CGOFUZZ_BOUNDS_C].low)
			continue;
		if (is_within(b, sp) && sp >= b->low + PAGE)
			return NULL;
		if (i != CGOFUZZ_BOUNDS_GOROUTINE && has_ended(b, f->fault_addr, sp) &&
		    (!ended || b->low < ended->low))
			ended = b;
	}
	return ended ? stacks[ended->of].overflow : NULL;
}

static bool begins(const struct frame *f, const char *name)
{
	return f->symbol.name && !strncmp(f->symbol.name, name, strlen(name));
}

/* Go's morestack runs on the stack that is too small, or, where that is a goroutine's, its newstack on g0
 * (runtime/asm_amd64.s, morestack; stack.go, newstack: "stack overflow"). */
const char *overflow_by_stack(const struct stack *st, const struct cgofuzz_recorder *r)
{
	const struct cgofuzz_bounds *alternate = &r->fault.bounds[CGOFUZZ_BOUNDS_ALTERNATE];
	const char *ended = overflow_by_address(r);
	bool thrown = false;

	if (ended && ended != stacks[CGOFUZZ_OF_ALTERNATE].overflow && st->count && st->frames[0].go)
		return OVERFLOW_G0;
	for (uint32_t i = 0; i < st->count; i++) {
		const struct frame *f = &st->frames[i];

		if (f->symbol.name && !f->go)
			return NULL;
		if (begins(f, "runtime.badmorestackgsignal"))
			return stacks[CGOFUZZ_OF_ALTERNATE].overflow;
		if (begins(f, "runtime.badmorestackg0"))
			return OVERFLOW_G0;
		if (thrown && frame_is(f, "runtime.newstack"))
			return stacks[CGOFUZZ_OF_GOROUTINE].overflow;
		if (frame_is(f, "runtime.morestack"))
			return is_within(alternate, f->sp) ? stacks[CGOFUZZ_OF_ALTERNATE].overflow
							   : OVERFLOW_G0;
		thrown |= begins(f, "runtime.throw");
	}
	return NULL;
}

const char *overflow_about(const char *word)
{
	if (!strcmp(word, OVERFLOW_G0))
		return "the thread's stack (g0)";
	if (!strcmp(word, stacks[CGOFUZZ_OF_GOROUTINE].overflow))
		return "the goroutine's stack";
	if (!strcmp(word, stacks[CGOFUZZ_OF_ALTERNATE].overflow))
		return "the alternate stack";
	if (!strcmp(word, stacks[CGOFUZZ_OF_COROUTINE].overflow))
		return "the coroutine's stack";
	return "the C stack";
}

void overflow_describe(const struct cgofuzz_recorder *r, struct buf *out)
{
	static const char *const whose[CGOFUZZ_MAX_BOUNDS] = {
		[CGOFUZZ_BOUNDS_G0] = ", as Go has it for g0",
		[CGOFUZZ_BOUNDS_GOROUTINE] = ", of the goroutine that runs on it or waits",
	};
	const uint64_t sp = stack_pointer(r);

	for (int i = 0; i < CGOFUZZ_MAX_BOUNDS; i++) {
		const struct cgofuzz_bounds *b = &r->fault.bounds[i];

		if (!b->low || b->of == CGOFUZZ_OF_NONE || b->of >= CGOFUZZ_STACKS)
			continue;
		buf_addf(out, "  stack %-10s 0x%" PRIx64 " to 0x%" PRIx64, stacks[b->of].name,
			 b->low, b->high);
		if (is_within(b, sp))
			buf_addf(out, ", %" PRIu64 " bytes used", b->high - sp);
		else if (sp < b->low && b->low - sp <= FAR)
			buf_addf(out, ", the stack pointer is %" PRIu64 " bytes below", b->low - sp);
		buf_addf(out, "%s\n", whose[i] ? whose[i] : "");
	}
}
