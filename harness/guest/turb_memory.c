/* turb_memory.c: guest. Turbulence of the family memory: what Go and C lend each other, and what C does with it. Who
 * may keep what for how long: cmd/cgo/doc.go, "Passing pointers". */
#include <stdlib.h>
#include <string.h>

#include "guest/fp.h"
#include "guest/turb_memory.h"
#include "guest/turbulence_run.h"

#define TURB_KEEP_MAX 64u
#define TURB_FREED_BYTE 0xdb

/* Addresses of Go memory that C keeps past a call. */
static struct turb_kept {
	void *memory;
	uint64_t bytes, seed;
} turb_kept[TURB_KEEP_MAX + 1];

static int turb_good(const void *memory, uint64_t bytes, uint64_t seed, const char *text)
{
	uint64_t at = cgofuzz_turb_differs(memory, bytes, seed);

	if (at)
		cgofuzz_turb_fault(CGOFUZZ_FAULT_FRAME, cgofuzz_turb_byte(seed, at - 1),
				   ((const uint8_t *)memory)[at - 1], text);
	return !at;
}

static void turb_borrow(void *memory, uint64_t bytes, uint64_t seed, unsigned first, unsigned end)
{
	if (!turb_good(memory, bytes, seed, "Go memory that C was lent holds other values"))
		return;
	cgofuzz_note(seed ^ bytes);
	cgofuzz_steps(first, end);
	if (!cgofuzz_live->stop &&
	    turb_good(memory, bytes, seed, "Go memory changed while C, which was lent it, waited"))
		cgofuzz_turb_fill(memory, bytes, ~seed);
}

static uint64_t turb_keep(void *memory, uint64_t bytes, uint64_t seed)
{
	for (unsigned i = 1; i <= TURB_KEEP_MAX; i++)
		if (!turb_kept[i].memory) {
			turb_kept[i] = (struct turb_kept){ memory, bytes, seed };
			return i;
		}
	cgofuzz_live->capped++;
	return 0;
}

static uint64_t turb_use_kept(const struct turb_kept *k)
{
	if (!cgofuzz_live->stop &&
	    turb_good(k->memory, k->bytes, k->seed,
		      "Go memory changed while C kept a pinned pointer to it"))
		cgofuzz_turb_fill(k->memory, k->bytes, ~k->seed);
	cgofuzz_note(k->seed + k->bytes);
	return (uintptr_t)k->memory;
}

/* What C finds there nobody promises: its own values, what Go clobbers freed memory with (runtime/extern.go,
 * clobberfree), or what Go has put there since. Only that there is memory: 1 if it was still as Go left it. */
uint64_t cgofuzz_turb_kept(uint64_t number, uint64_t unused)
{
	const struct turb_kept k = turb_kept[number];

	(void)unused;
	turb_kept[number].memory = NULL;
	return !cgofuzz_turb_differs(k.memory, k.bytes, k.seed);
}

uint64_t cgofuzz_turb_result(uint64_t a, uint64_t b)
{
	(void)a;
	(void)b;
	return (uintptr_t)cgofuzz_go_pointer();
}

/* No byte of a text is 0. */
static int turb_text(const uint8_t *text, uint64_t n, uint64_t seed, int terminated)
{
	for (uint64_t i = 0; i < n + (uint64_t)terminated; i++) {
		uint8_t want = i < n ? cgofuzz_turb_byte(seed, i) | 1 : 0;

		if (text[i] != want) {
			cgofuzz_turb_fault(CGOFUZZ_FAULT_OUTCOME, want, text[i],
					   "a byte of what C.CString or C.CBytes made is another");
			return 0;
		}
	}
	return 1;
}

static void turb_handle(uint64_t handle, uint64_t value, unsigned first, unsigned end)
{
	static int number; /* + 1 */
	unsigned words[CGOFUZZ_TURB_PARAMS] = { (unsigned)handle, (unsigned)(handle >> 32),
						(unsigned)value, (unsigned)(value >> 32) };

	cgofuzz_steps(first, end);
	if (!number)
		number = 1 + cgofuzz_go_turbulence_find((char *)(uintptr_t) "handle-value");
	if (!cgofuzz_live->stop)
		cgofuzz_go_turbulence(number - 1, words, 0, 0);
}

unsigned long long cgofuzz_turb_in_c(unsigned op, void *p, unsigned long long n,
				     unsigned long long seed, unsigned first, unsigned end)
{
	switch ((enum cgofuzz_turb_op)op) {
	case CGOFUZZ_OP_CONTROL:
		return cgofuzz_fp_control();
	case CGOFUZZ_OP_CONTROL_GOOD:
		cgofuzz_turb_fp_thread(n);
		return 0;
	case CGOFUZZ_OP_BORROW:
		turb_borrow(p, n, seed, first, end);
		return 0;
	case CGOFUZZ_OP_BORROW_INSIDE:
		turb_borrow(*(void **)p, n, seed, first, end);
		return 0;
	case CGOFUZZ_OP_KEEP:
		return turb_keep(p, n, seed);
	case CGOFUZZ_OP_KEPT:
		return turb_use_kept(&turb_kept[first]);
	case CGOFUZZ_OP_DROP:
		turb_kept[first].memory = NULL;
		return 0;
	case CGOFUZZ_OP_NEW:
		return (uintptr_t)cgofuzz_turb_new(n, seed);
	case CGOFUZZ_OP_GOOD:
		return (uint64_t)turb_good(p, n, seed, "C memory holds other values than Go wrote");
	case CGOFUZZ_OP_FREE:
		cgofuzz_turb_free(p);
		return 0;
	case CGOFUZZ_OP_TEXT:
		cgofuzz_turb_newest = p;
		return (uint64_t)turb_text(p, n, seed, 1);
	case CGOFUZZ_OP_TEXT_BYTES:
		return (uint64_t)turb_text(p, n, seed, 0);
	case CGOFUZZ_OP_FREE_TEXT:
		memset(p, TURB_FREED_BYTE, n);
		free(p);
		return 0;
	case CGOFUZZ_OP_HANDLE:
		turb_handle(n, seed, first, end);
		return 0;
	case CGOFUZZ_OP_BODY_BEGIN:
		return (uintptr_t)cgofuzz_turb_body_begin((uint32_t)n, (uint32_t)seed);
	case CGOFUZZ_OP_BODY_RUN:
		cgofuzz_turb_body_run(p, (uint32_t)n, first, end);
		return 0;
	case CGOFUZZ_OP_DIVERGED:
		cgofuzz_turb_diverged((uint32_t)n);
		return 0;
	case CGOFUZZ_OPS:
		break;
	}
	__builtin_trap(); /* Go's list of operations is another */
}

/* Done by Go alone, or together with Go, as long as the plan's memory lasts. */
static void turb_in_go(const struct cgofuzz_turb *turb, uint32_t bytes)
{
	if (cgofuzz_take(&cgofuzz_budget.memory, bytes, CGOFUZZ_MEMORY_MAX))
		cgofuzz_turb_in_go(turb);
	else
		cgofuzz_body(turb);
}

void cgofuzz_turb_GC(const struct cgofuzz_turb *turb)
{
	if (cgofuzz_take(&cgofuzz_budget.gc, turb->t->value[0], CGOFUZZ_GC_MAX))
		cgofuzz_turb_in_go(turb);
}

void cgofuzz_turb_GOGC(const struct cgofuzz_turb *turb)
{
	turb_in_go(turb, 2 * turb->t->value[1]);
}

void cgofuzz_turb_PIN(const struct cgofuzz_turb *turb)
{
	turb_in_go(turb, turb->t->value[0]);
}

void cgofuzz_turb_C_SLICE(const struct cgofuzz_turb *turb)
{
	turb_in_go(turb, turb->t->value[0]);
}

void cgofuzz_turb_HANDLE(const struct cgofuzz_turb *turb)
{
	turb_in_go(turb, turb->t->value[0] * 64);
}

void cgofuzz_turb_STRINGS(const struct cgofuzz_turb *turb)
{
	turb_in_go(turb, 4 * turb->t->value[0]);
}

/* Finalizers run after a collection: two of them, since the first may still hold what it saw on a stack. */
void cgofuzz_turb_FINALIZER(const struct cgofuzz_turb *turb)
{
	if (cgofuzz_take(&cgofuzz_budget.gc, 2, CGOFUZZ_GC_MAX))
		turb_in_go(turb, turb->t->value[0] * turb->t->value[1]);
	else
		cgofuzz_body(turb);
}

/* Two collections, as above. */
void cgofuzz_turb_KEPT_POINTER(const struct cgofuzz_turb *turb)
{
	if (turb->t->value[0] || cgofuzz_take(&cgofuzz_budget.gc, 2, CGOFUZZ_GC_MAX))
		turb_in_go(turb, turb->t->value[1]);
	else
		cgofuzz_body(turb);
}
