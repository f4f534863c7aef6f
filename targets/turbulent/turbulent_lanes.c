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

/* The step behind i and its body. */
static uint32_t behind(uint32_t i, uint32_t end)
{
	uint64_t word =
		cgofuzz_plan_word(cgofuzz_rec->plan, cgofuzz_rec->plan_len, i * CGOFUZZ_STEP_BYTES);
	uint32_t next = i + 1;

	if (cgofuzz_word_is_turbulence(word))
		next += cgofuzz_word_turbulence(word).body;
	return next < end ? next : end;
}

static void call_back(uint32_t first, uint32_t end)
{
	if (cgofuzz_live->stop)
		return;
	cgofuzz_live->inner = first << 16 | end;
	cgofuzz_inner();
}

/* What `within` asks of the innermost callee: the first step and the others, or the others and the first. */
void turbulent_order_of_callbacks(int phase, void *block)
{
	uint32_t inner = cgofuzz_live->inner, first = inner >> 16, end = inner & 0xffff;
	int word, backwards;

	(void)block;
	if (phase != CALLEE_BODY || !inner || !turbulent_open(CGOFUZZ_TURB_WITHIN) ||
	    behind(first, end) == end)
		return;
	backwards = stale(&word, (short *)&word);
	if (!backwards)
		call_back(first, behind(first, end));
	call_back(behind(first, end), end);
	if (backwards)
		call_back(first, behind(first, end));
}

void turbulent_slow_on_arm64(int phase, void *block)
{
	(void)block;
	if (phase != CALLEE_BODY || !turbulent_open(CGOFUZZ_TURB_REPEAT))
		return;
	for (volatile int i = 0; ON_ARM64 && i < 120000; i = i + 1)
		;
}
