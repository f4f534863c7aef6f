/* turbulent_lanes.c: targets/turbulent. Exhibits that show only where lanes are compared. */
#include "turbulent.h"

#ifdef __aarch64__
#define ON_ARM64 1
#else
#define ON_ARM64 0
#endif

void turbulent_differs_on_arm64(int phase, void *block)
{
	(void)block;
	if (phase == CALLEE_BODY && turbulent_open(CGOFUZZ_TURB_REPEAT))
		cgofuzz_note(1 + ON_ARM64);
}

/* 0, but for who may believe that no int is changed through a pointer to short (C17 6.5 paragraph 7): gcc with
 * -fstrict-aliasing, which is part of -O2 and not of -O1 (Using GCC 12, 3.11). */
__attribute__((noinline)) static int stale(int *word, short *half)
{
	*word = 1;
	*half = 0;
	return *word;
}

static int is_plain(uint32_t step)
{
	return !cgofuzz_word_is_turbulence(cgofuzz_plan_word(
		cgofuzz_rec->plan, cgofuzz_rec->plan_len, step * CGOFUZZ_STEP_BYTES));
}

/* What `within` asks of the innermost callee, one step after the other, from either end. */
void turbulent_order_of_callbacks(int phase, void *block)
{
	struct cgofuzz_live *live = cgofuzz_live;
	uint32_t inner = live->inner, first = inner >> 16, end = inner & 0xffff;
	int word, backwards;

	(void)block;
	if (phase != CALLEE_BODY || !inner || !turbulent_open(CGOFUZZ_TURB_WITHIN))
		return;
	for (uint32_t i = first; i < end; i++)
		if (!is_plain(i))
			return;
	backwards = stale(&word, (short *)&word);
	for (uint32_t i = 0; i < end - first && !live->stop; i++) {
		uint32_t step = backwards ? end - 1 - i : first + i;

		live->inner = step << 16 | (step + 1);
		cgofuzz_inner();
	}
}

void turbulent_slow_on_arm64(int phase, void *block)
{
	(void)block;
	if (phase != CALLEE_BODY || !turbulent_open(CGOFUZZ_TURB_REPEAT))
		return;
	for (volatile int i = 0; ON_ARM64 && i < 40000; i = i + 1)
		;
}
