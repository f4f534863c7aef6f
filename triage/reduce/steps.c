/* steps.c: triage/reduce. A plan as its steps: reading and writing (guest/plan.h, guest/turbulence.h). */
#include "triage/reduce/steps.h"

#include <string.h>

#include "base/err.h"
#include "guest/turbulence.h"

bool steps_is_turbulence(const struct steps *s, uint32_t i)
{
	return (s->bytes[i][2] & CGOFUZZ_TURBULENCE_MASK) == CGOFUZZ_TURBULENCE_BYTE;
}

static uint64_t word_of(const struct steps *s, uint32_t i)
{
	return cgofuzz_plan_word(s->bytes[i], CGOFUZZ_STEP_BYTES, 0);
}

void steps_read(struct steps *s, const struct plan *plan)
{
	uint32_t ends[CGOFUZZ_PLAN_MAX_STEPS + 1], open = 0;

	memset(s, 0, sizeof(*s));
	s->count = cgofuzz_plan_steps(plan->len);
	ends[0] = s->count;
	for (uint32_t i = 0; i < s->count; i++) {
		uint32_t at = i * CGOFUZZ_STEP_BYTES, n = plan->len - at;

		memcpy(s->bytes[i], plan->bytes + at,
		       n < CGOFUZZ_STEP_BYTES ? n : CGOFUZZ_STEP_BYTES);
		while (open && ends[open] <= i)
			open--;
		if (!steps_is_turbulence(s, i))
			continue;
		n = cgofuzz_word_turbulence(word_of(s, i)).body;
		if (n > ends[open] - i - 1)
			n = ends[open] - i - 1;
		s->body[i] = (uint8_t)n;
		ends[++open] = i + 1 + n;
	}
}

void steps_write(const struct steps *s, struct plan *plan)
{
	plan->len = 0;
	for (uint32_t i = 0; i < s->count; i++) {
		uint8_t *to = plan->bytes + plan->len;
		uint32_t body = 0;

		if (s->dropped[i])
			continue;
		memcpy(to, s->bytes[i], CGOFUZZ_STEP_BYTES);
		plan->len += CGOFUZZ_STEP_BYTES;
		if (!steps_is_turbulence(s, i))
			continue;
		for (uint32_t k = i + 1; k <= i + s->body[i]; k++)
			body += !s->dropped[k];
		to[1] = (uint8_t)(body < 8 ? body : 128 + body);
	}
}

uint32_t steps_outermost(const struct steps *s, uint32_t i)
{
	uint32_t first = 0;

	while (first + s->body[first] < i)
		first += 1 + s->body[first];
	return first;
}

struct cgofuzz_step steps_crossing(const struct steps *s, uint32_t i)
{
	return cgofuzz_word_step(word_of(s, i), cgofuzz_slots_of(65536));
}

void steps_put_slot(struct steps *s, uint32_t i, uint32_t slot)
{
	s->bytes[i][0] = (uint8_t)slot;
	s->bytes[i][1] = (uint8_t)(slot >> 8);
}

void steps_put_route(struct steps *s, uint32_t i, uint32_t route, bool capture)
{
	s->bytes[i][2] = (uint8_t)(route | (capture ? CGOFUZZ_CAPTURED_BYTE : 0));
}

void steps_put_depth(struct steps *s, uint32_t i, uint32_t depth)
{
	BUG_ON(depth > 64);
	s->bytes[i][3] = (uint8_t)(depth < 4 ? depth : depth + 191);
}

void steps_put_seed(struct steps *s, uint32_t i, uint32_t seed)
{
	memcpy(s->bytes[i] + 4, &seed, sizeof(seed));
}
