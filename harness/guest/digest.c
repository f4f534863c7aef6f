/* digest.c: guest. What a plan has shown, as one number, and how far it was after each step: the same on each
 * architecture, in each lane. Only in plans with turbulence, and of those who ask (show.c). */
#include "guest/turbulence_run.h"

static uint64_t done[CGOFUZZ_PLAN_MAX_STEPS / 64]; /* bit: step */

void cgofuzz_digest_begin(void)
{
	for (unsigned i = 0; i < CGOFUZZ_PLAN_MAX_STEPS / 64; i++)
		done[i] = 0;
	cgofuzz_rec->trail_len = 0;
	cgofuzz_live->digest = 0;
	cgofuzz_live->noting = 1;
}

/* Steps that are done again and again count the first time: whatever differs later shows in the next step that is
 * done first, at the latest in the one that repeats them. */
void cgofuzz_step_noted(uint32_t step, uint64_t digest)
{
	struct cgofuzz_recorder *r = cgofuzz_rec;
	uint64_t bit = (uint64_t)1 << step % 64;

	if (step >= CGOFUZZ_PLAN_MAX_STEPS || done[step / 64] & bit)
		return;
	done[step / 64] |= bit;
	r->trail[r->trail_len++] = (struct cgofuzz_done){ digest, step, cgofuzz_live->capped };
}

void cgofuzz_step_done(uint32_t step, uint64_t word)
{
	cgofuzz_note(word);
	cgofuzz_step_noted(step, cgofuzz_live->digest);
}
