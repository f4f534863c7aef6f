/* plan_mutate.h: guest. Changes to a plan that engines would hardly make, who see bytes: whole
 * steps, turbulence around others and within other turbulence, another case, other values. */
#ifndef GUEST_PLAN_MUTATE_H
#define GUEST_PLAN_MUTATE_H

#include <string.h>

#include "guest/turbulence.h"

/* xorshift64*: Vigna, An experimental exploration of Marsaglia's xorshift generators, scrambled. *state: not 0. */
static inline uint64_t cgofuzz_mutate_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1du >> 16;
}

static inline uint32_t cgofuzz_mutate_below(uint64_t *state, uint32_t n)
{
	return (uint32_t)(cgofuzz_mutate_random(state) % n);
}

/* A crossing of any case, any route, any values; shallow, every second without further levels. */
static inline void cgofuzz_mutate_crossing(uint64_t *state, uint8_t *step)
{
	uint64_t word = cgofuzz_mutate_random(state) | cgofuzz_mutate_random(state) << 32;

	memcpy(step, &word, CGOFUZZ_STEP_BYTES);
	step[2] = (uint8_t)(CGOFUZZ_ROUTE_OWN + step[2] % CGOFUZZ_ROUTES);
	step[3] &= step[3] & 4 ? 3 : 0;
}

/* Turbulence around so many of the following steps. */
static inline void cgofuzz_mutate_turbulence(uint64_t *state, uint32_t kind, uint32_t body,
					     uint8_t *step)
{
	uint64_t word = cgofuzz_mutate_random(state) | cgofuzz_mutate_random(state) << 32;

	memcpy(step, &word, CGOFUZZ_STEP_BYTES);
	step[0] = (uint8_t)kind;
	step[1] = (uint8_t)(body < 8 ? body : 128 + body);
	step[2] = CGOFUZZ_TURBULENCE_BYTE;
}

static inline int cgofuzz_mutate_is_turbulence(const uint8_t *step)
{
	return (step[2] & CGOFUZZ_TURBULENCE_MASK) == CGOFUZZ_TURBULENCE_BYTE;
}

/* Makes room for n steps before step `at`; 0: there is none. */
static inline uint32_t cgofuzz_mutate_room(uint8_t *plan, uint32_t *steps, uint32_t max,
					   uint32_t at, uint32_t n)
{
	if (*steps + n > max)
		return 0;
	memmove(plan + (at + n) * CGOFUZZ_STEP_BYTES, plan + at * CGOFUZZ_STEP_BYTES,
		(*steps - at) * CGOFUZZ_STEP_BYTES);
	*steps += n;
	return n;
}

enum cgofuzz_mutation {
	CGOFUZZ_MUTATE_AROUND, /* turbulence around steps that are there */
	CGOFUZZ_MUTATE_NEW, /* turbulence with crossings of its own */
	CGOFUZZ_MUTATE_NESTED, /* the same within another */
	CGOFUZZ_MUTATE_PARAMETER, /* another choice, or another kind with the same body */
	CGOFUZZ_MUTATE_CASE, /* another case and other values */
	CGOFUZZ_MUTATE_VALUES,
	CGOFUZZ_MUTATE_ALL_CASES, /* other cases and values in all crossings: what is around them stays */
	CGOFUZZ_MUTATIONS
};

/* Crossings cost little beside most turbulence. */
#define CGOFUZZ_MUTATE_FEW 3u
#define CGOFUZZ_MUTATE_MANY 32u

/* New steps before step `at`. */
static inline uint32_t cgofuzz_mutate_insert(uint8_t *plan, uint32_t *steps, uint32_t max,
					     uint32_t at, enum cgofuzz_mutation how, uint64_t *state)
{
	const uint32_t heads = how == CGOFUZZ_MUTATE_NESTED ? 2 : 1;
	const uint32_t kind = cgofuzz_mutate_below(state, CGOFUZZ_TURBULENCES);
	const int many = cgofuzz_turbulence_rows[kind].body == 1 && cgofuzz_mutate_below(state, 2);
	const uint32_t most = many ? CGOFUZZ_MUTATE_MANY : CGOFUZZ_MUTATE_FEW;
	const uint32_t own = how == CGOFUZZ_MUTATE_AROUND ? 0 : 1 + cgofuzz_mutate_below(state, most);
	const uint32_t around = own ? own : 1 + cgofuzz_mutate_below(state, 4);
	uint8_t *step = plan + at * CGOFUZZ_STEP_BYTES;

	if (!cgofuzz_mutate_room(plan, steps, max, at, heads + own))
		return 0;
	if (heads == 2) {
		cgofuzz_mutate_turbulence(state, cgofuzz_mutate_below(state, CGOFUZZ_TURBULENCES),
					  around + 1, step);
		step += CGOFUZZ_STEP_BYTES;
	}
	cgofuzz_mutate_turbulence(state, kind, around, step);
	step += CGOFUZZ_STEP_BYTES;
	for (uint32_t i = 0; i < own; i++, step += CGOFUZZ_STEP_BYTES)
		cgofuzz_mutate_crossing(state, step);
	return 1;
}

/* A step that is there; 0: it is not one that can be changed so. */
static inline uint32_t cgofuzz_mutate_step(uint8_t *step, enum cgofuzz_mutation how, uint64_t *state)
{
	uint64_t word = cgofuzz_mutate_random(state) | cgofuzz_mutate_random(state) << 32;
	const int turbulence = cgofuzz_mutate_is_turbulence(step);

	if (turbulence != (how == CGOFUZZ_MUTATE_PARAMETER))
		return 0;
	if (turbulence && word & 1)
		step[0] = (uint8_t)(word >> 8);
	else if (turbulence)
		step[3 + (word >> 8) % CGOFUZZ_TURB_PARAMS] = (uint8_t)(word >> 16);
	else
		memcpy(step + 4, &word, 4);
	if (how == CGOFUZZ_MUTATE_CASE)
		memcpy(step, (uint8_t *)&word + 4, 2);
	return 1;
}

static inline uint32_t cgofuzz_mutate_all_cases(uint8_t *plan, uint32_t steps, uint64_t *state)
{
	uint32_t changed = 0;

	for (uint32_t i = 0; i < steps; i++)
		if (!cgofuzz_mutate_is_turbulence(plan + i * CGOFUZZ_STEP_BYTES)) {
			cgofuzz_mutate_crossing(state, plan + i * CGOFUZZ_STEP_BYTES);
			changed = 1;
		}
	return changed;
}

/* Changes a plan of len bytes, with room for max, once; returns its length. 0: nothing was changed. turbulent 0: its
 * turbulence does not matter. */
static inline uint32_t cgofuzz_plan_mutate(uint8_t *plan, uint32_t len, uint32_t max, int turbulent,
					   uint64_t *state)
{
	uint32_t steps = len / CGOFUZZ_STEP_BYTES, at, changed;
	const uint32_t room = max / CGOFUZZ_STEP_BYTES;
	const uint32_t most = room < CGOFUZZ_PLAN_MAX_STEPS ? room : CGOFUZZ_PLAN_MAX_STEPS;
	enum cgofuzz_mutation how = (enum cgofuzz_mutation)(
		turbulent ? cgofuzz_mutate_below(state, CGOFUZZ_MUTATIONS)
			  : CGOFUZZ_MUTATE_CASE + cgofuzz_mutate_below(state, 2));

	if (!steps || steps > CGOFUZZ_PLAN_MAX_STEPS)
		return 0;
	at = cgofuzz_mutate_below(state, steps);
	if (how <= CGOFUZZ_MUTATE_NESTED)
		changed = cgofuzz_mutate_insert(plan, &steps, most, at, how, state);
	else if (how == CGOFUZZ_MUTATE_ALL_CASES)
		changed = cgofuzz_mutate_all_cases(plan, steps, state);
	else
		changed = cgofuzz_mutate_step(plan + at * CGOFUZZ_STEP_BYTES, how, state);
	return changed ? steps * CGOFUZZ_STEP_BYTES : 0;
}

/* The same as often as suits turbulent plans, which take milliseconds: a few changes to each. 0: nothing was
 * changed. */
static inline uint32_t cgofuzz_plan_mutate_more(uint8_t *plan, uint32_t len, uint32_t max,
						uint64_t *state)
{
	const uint32_t times = 1u << cgofuzz_mutate_below(state, 4);
	uint32_t changed = 0;

	for (uint32_t i = 0; i < times; i++) {
		uint32_t now = cgofuzz_plan_mutate(plan, changed ? changed : len, max, 1, state);

		changed = now ? now : changed;
	}
	return changed;
}

#endif
