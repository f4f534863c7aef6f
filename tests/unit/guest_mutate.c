/* guest_mutate.c: tests. Mutations that know what a plan is: within bounds, whole steps, and all that is wanted of
 * them comes about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
/* after the four above */
#include <cmocka.h>

#include "guest/plan_mutate.h"

#define ROUNDS 20000
#define STEPS 8
#define ROOM 40

struct made {
	uint8_t plan[(ROOM + 1) * CGOFUZZ_STEP_BYTES]; /* the last step is not to be touched */
	uint32_t len;
};

static uint32_t mutate(struct made *m, uint32_t steps, uint32_t room, int turbulent, uint64_t *state)
{
	memset(m->plan, 0, sizeof(m->plan));
	memset(m->plan + room * CGOFUZZ_STEP_BYTES, 0xa5, CGOFUZZ_STEP_BYTES);
	m->len = cgofuzz_plan_mutate(m->plan, steps * CGOFUZZ_STEP_BYTES, room * CGOFUZZ_STEP_BYTES,
				     turbulent, state);
	for (int i = 0; i < CGOFUZZ_STEP_BYTES; i++)
		assert_int_equal(m->plan[room * CGOFUZZ_STEP_BYTES + i], 0xa5);
	assert_int_equal(m->len % CGOFUZZ_STEP_BYTES, 0);
	assert_true(m->len <= room * CGOFUZZ_STEP_BYTES);
	return m->len;
}

static void plans_stay_within_their_room(void **state)
{
	struct made m;
	uint64_t random = 1;

	(void)state;
	for (uint32_t n = 0; n < ROUNDS; n++)
		mutate(&m, n % (STEPS + 1), STEPS + n % (ROOM - STEPS), 1, &random);
	assert_int_equal(mutate(&m, 0, ROOM, 1, &random), 0);
}

/* Each kind around a crossing, and most kinds within most others. */
static void every_kind_comes_around_crossings_and_within_others(void **state)
{
	static uint8_t within[CGOFUZZ_TURBULENCES][CGOFUZZ_TURBULENCES];
	uint32_t alone[CGOFUZZ_TURBULENCES] = { 0 }, pairs = 0;
	uint64_t random = 2;
	struct made m;

	(void)state;
	for (uint32_t n = 0; n < 10 * ROUNDS; n++) {
		uint32_t steps = mutate(&m, STEPS, ROOM, 1, &random) / CGOFUZZ_STEP_BYTES;

		for (uint32_t i = 0; i + 1 < steps; i++) {
			const uint8_t *step = m.plan + i * CGOFUZZ_STEP_BYTES,
				      *next = step + CGOFUZZ_STEP_BYTES;

			if (!cgofuzz_mutate_is_turbulence(step))
				continue;
			assert_true(step[1] > 0);
			if (cgofuzz_mutate_is_turbulence(next))
				within[step[0]][next[0]] = 1;
			else
				alone[step[0]]++;
		}
	}
	for (uint32_t outer = 0; outer < CGOFUZZ_TURBULENCES; outer++) {
		assert_true(alone[outer] > 0);
		for (uint32_t inner = 0; inner < CGOFUZZ_TURBULENCES; inner++)
			pairs += within[outer][inner];
	}
	assert_true(pairs > CGOFUZZ_TURBULENCES * CGOFUZZ_TURBULENCES * 9 / 10);
}

/* What is around a crossing may stay while all crossings change. */
static void all_crossings_change_at_once(void **state)
{
	uint8_t plan[STEPS * CGOFUZZ_STEP_BYTES];
	uint64_t random = 4;
	uint32_t found = 0;

	(void)state;
	for (uint32_t n = 0; n < ROUNDS; n++) {
		uint32_t changed = 0;

		memset(plan, 0, sizeof(plan));
		plan[2] = CGOFUZZ_TURBULENCE_BYTE;
		if (cgofuzz_plan_mutate(plan, sizeof(plan), sizeof(plan), 1, &random) != sizeof(plan))
			continue;
		for (uint32_t i = 1; i < STEPS; i++)
			changed += plan[i * CGOFUZZ_STEP_BYTES + 4] != 0;
		found += changed == STEPS - 1 && plan[0] == 0 && plan[3] == 0;
	}
	assert_true(found > ROUNDS / 50);
}

static void many_changes_stay_within_their_room(void **state)
{
	uint32_t changed = 0;
	uint64_t random = 5;

	(void)state;
	for (uint32_t n = 0; n < ROUNDS; n++) {
		uint8_t plan[(ROOM + 1) * CGOFUZZ_STEP_BYTES] = { 0 };
		uint32_t len = cgofuzz_plan_mutate_more(plan, n % ROOM * CGOFUZZ_STEP_BYTES,
							ROOM * CGOFUZZ_STEP_BYTES, &random);

		assert_int_equal(len % CGOFUZZ_STEP_BYTES, 0);
		assert_true(len <= ROOM * CGOFUZZ_STEP_BYTES);
		for (uint32_t i = 0; i < CGOFUZZ_STEP_BYTES; i++)
			assert_int_equal(plan[ROOM * CGOFUZZ_STEP_BYTES + i], 0);
		changed += len != 0;
	}
	assert_true(changed > ROUNDS / 2);
}

static void calm_plans_get_no_turbulence(void **state)
{
	uint32_t slots = 0, seeds = 0;
	uint64_t random = 3;
	struct made m;

	(void)state;
	for (uint32_t n = 0; n < ROUNDS; n++) {
		if (!mutate(&m, STEPS, ROOM, 0, &random))
			continue;
		assert_int_equal(m.len, STEPS * CGOFUZZ_STEP_BYTES);
		for (uint32_t at = 0; at < m.len; at += CGOFUZZ_STEP_BYTES) {
			assert_false(cgofuzz_mutate_is_turbulence(m.plan + at));
			slots += m.plan[at] != 0;
			seeds += m.plan[at + 4] != 0;
		}
	}
	assert_true(slots > 0 && seeds > slots);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans_stay_within_their_room),
		cmocka_unit_test(every_kind_comes_around_crossings_and_within_others),
		cmocka_unit_test(all_crossings_change_at_once),
		cmocka_unit_test(many_changes_stay_within_their_room),
		cmocka_unit_test(calm_plans_get_no_turbulence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
