/* turb_fp.c: guest. Turbulence of the family fp: what C does with its floating-point environment around crossings.
 * Control bits belong to the caller: psABI 3.2.1 (MXCSR, x87 control word), AAPCS64 6.1.2 (FPCR). In Go's
 * functions they have one value, always: Go's ABI, cmd/compile/abi-internal.md, "Floating-point control"
 * of each architecture; calling Go in another mode is misuse, row fp-across. */
#include <pthread.h>

#include "guest/fp.h"
#include "guest/turb_memory.h"
#include "guest/turbulence_run.h"

#define TURB_LEAST 0x1p-1074
#define TURB_TINY 0x1p-600
#define TURB_ULP1 0x3ff0000000000001u /* 1 + 2^-52 */
#define TURB_ONE 0x3ff0000000000000u

/* What the five sums and products below are in each mode: IEEE 754-2019, 4.3. */
static const uint64_t turb_expected[CGOFUZZ_FP_MODES][5] = {
	[CGOFUZZ_FP_NEAREST] = { TURB_ONE, TURB_ONE | 1ull << 63, 0x3fd5555555555555, 2, 0 },
	[CGOFUZZ_FP_DOWN] = { TURB_ONE, TURB_ULP1 | 1ull << 63, 0x3fd5555555555555, 2, 0 },
	[CGOFUZZ_FP_UP] = { TURB_ULP1, TURB_ONE | 1ull << 63, 0x3fd5555555555556, 2, 1 },
	[CGOFUZZ_FP_ZERO] = { TURB_ONE, TURB_ONE | 1ull << 63, 0x3fd5555555555555, 2, 0 },
	[CGOFUZZ_FP_FLUSH] = { TURB_ONE, TURB_ONE | 1ull << 63, 0x3fd5555555555555, 0, 0 },
	/* nothing that would trap */
	[CGOFUZZ_FP_TRAPS] = { TURB_ONE, TURB_ONE | 1ull << 63, 0x3fd5555555555555, 0, 0 },
};

/* Arithmetic in a mode, without any crossing, and back. */
static void turb_compute(enum cgofuzz_fp_mode mode)
{
	const uint64_t control = cgofuzz_fp_control();
	uint64_t got[5] = { 0 };

	cgofuzz_fp_set_control(cgofuzz_fp_in_mode(control, mode));
	got[0] = cgofuzz_fp_bits(cgofuzz_fp_add(1, 0x1p-60));
	got[1] = cgofuzz_fp_bits(cgofuzz_fp_add(-1, -0x1p-60));
	got[2] = cgofuzz_fp_bits(cgofuzz_fp_div(1, 3));
	if (mode != CGOFUZZ_FP_TRAPS) {
		got[3] = cgofuzz_fp_bits(cgofuzz_fp_mul(TURB_LEAST, 2));
		got[4] = cgofuzz_fp_bits(cgofuzz_fp_mul(TURB_TINY, TURB_TINY));
	}
	cgofuzz_fp_clear_flags();
	cgofuzz_fp_set_control(control);
	for (int i = 0; i < 5; i++) {
		cgofuzz_note(got[i]);
		if (got[i] != turb_expected[mode][i])
			cgofuzz_turb_fault(
				CGOFUZZ_FAULT_OUTCOME, turb_expected[mode][i], got[i],
				"a sum, quotient or product in C is not what its mode says");
	}
}

static void turb_same_control(uint64_t before, const char *text)
{
	uint64_t after = cgofuzz_fp_control();

	if (before != after)
		cgofuzz_turb_fault(CGOFUZZ_FAULT_FPENV, before, after, text);
}

void cgofuzz_turb_FP_MODE(const struct cgofuzz_turb *turb)
{
	const uint64_t control = cgofuzz_fp_control();

	turb_compute((enum cgofuzz_fp_mode)turb->t->value[0]);
	cgofuzz_body(turb);
	turb_same_control(control, "control bits differ after crossings");
	if (!cgofuzz_live->stop)
		turb_compute((enum cgofuzz_fp_mode)turb->t->value[0]);
}

uint32_t cgofuzz_fp_across;

void cgofuzz_turb_FP_ACROSS(const struct cgofuzz_turb *turb)
{
	const uint64_t control = cgofuzz_fp_control();
	uint64_t set;

	cgofuzz_fp_set_control(cgofuzz_fp_in_mode(control, (enum cgofuzz_fp_mode)turb->t->value[0]));
	set = cgofuzz_fp_control();
	cgofuzz_body(turb);
	turb_same_control(set, "control bits that C set before crossings differ after them");
	cgofuzz_fp_clear_flags();
	cgofuzz_fp_set_control(control);
}

/* Operations that raise these exceptions and no others. */
static void turb_raise(uint32_t flags)
{
	if (flags & CGOFUZZ_FP_INVALID)
		cgofuzz_fp_div(0, 0);
	if (flags & CGOFUZZ_FP_DIVIDE)
		cgofuzz_fp_div(1, 0);
	if (flags & CGOFUZZ_FP_OVERFLOW)
		cgofuzz_fp_mul(__DBL_MAX__, __DBL_MAX__);
	if (flags & CGOFUZZ_FP_UNDERFLOW)
		cgofuzz_fp_mul(TURB_TINY, TURB_TINY);
	if (flags & CGOFUZZ_FP_INEXACT)
		cgofuzz_fp_div(1, 3);
}

/* Flags are the callee's to change (psABI 3.2.1, AAPCS64 6.1.2), so nothing is said about them after the body. */
void cgofuzz_turb_FP_FLAGS(const struct cgofuzz_turb *turb)
{
	const uint32_t flags = turb->t->value[0];
	const uint64_t control = cgofuzz_fp_control();
	uint32_t got;

	cgofuzz_fp_clear_flags();
	turb_raise(flags);
	got = cgofuzz_fp_flags();
	cgofuzz_note(got);
	if (got != flags)
		cgofuzz_turb_fault(CGOFUZZ_FAULT_OUTCOME, flags, got,
				   "operations in C raised other exceptions than theirs");
	cgofuzz_body(turb);
	turb_same_control(control, "control bits differ after crossings with exceptions raised");
	cgofuzz_fp_clear_flags();
}

static void *turb_thread(void *control)
{
	*(uint64_t *)control = cgofuzz_fp_control();
	return NULL;
}

void cgofuzz_turb_fp_thread(uint64_t control)
{
	if (control != cgofuzz_fp_default)
		cgofuzz_turb_fault(CGOFUZZ_FAULT_FPENV, cgofuzz_fp_default, control,
				   "a new thread begins with other control bits than the default");
}

/* A thread has the control bits of the one that made it: pthread_create(3), clone(2). */
static void turb_c_threads(uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint64_t control = cgofuzz_fp_default;
		pthread_t thread;

		if (pthread_create(&thread, NULL, turb_thread, &control)) {
			cgofuzz_live->capped++;
			return;
		}
		pthread_join(thread, NULL);
		cgofuzz_turb_fp_thread(control);
	}
}

void cgofuzz_turb_FP_THREADS(const struct cgofuzz_turb *turb)
{
	const uint32_t count = turb->t->value[0];

	cgofuzz_body(turb);
	if (cgofuzz_live->stop || !cgofuzz_take(&cgofuzz_budget.threads, count, CGOFUZZ_THREADS_MAX))
		return;
	if (turb->t->value[1])
		cgofuzz_turb_in_go(turb);
	else
		turb_c_threads(count);
}
