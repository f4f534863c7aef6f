/* guest_value.c: tests. The value rule: what a leaf holds names it, and all special values come up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "guest/value.h"

#define POOL 0x500000u
#define SEEDS 4096u

static uint64_t seed_of(uint32_t step)
{
	return cgofuzz_level_seed(step * 2654435761u, step % 65);
}

static void a_byte_of_graffiti_names_its_leaf(void **state)
{
	uint64_t seed = 0;

	(void)state;
	for (uint32_t step = 0; step < SEEDS; step++) {
		seed = seed_of(step);
		if (seed & 0x200000)
			continue;
		for (uint32_t leaf = 0; leaf < 32; leaf++) {
			uint64_t v = cgofuzz_value(seed, leaf, CGOFUZZ_LEAF_I64, POOL);

			for (uint32_t i = 0; i < 8; i++)
				assert_int_equal((v >> 8 * i ^ seed >> 32) & 0xff, 8 * leaf + i);
		}
	}
}

static void neighbours_differ_and_bools_come_in_both_values(void **state)
{
	(void)state;
	for (uint32_t step = 0; step < SEEDS; step++) {
		uint64_t seed = seed_of(step), last = 0;
		unsigned bools = 0;

		if (cgofuzz_is_special(seed))
			continue;
		for (uint32_t leaf = 0; leaf < 300; leaf++) {
			uint64_t v = cgofuzz_value(seed, leaf, CGOFUZZ_LEAF_I64, POOL);

			assert_true(!leaf || v != last);
			last = v;
			bools |= 1u << cgofuzz_value(seed, leaf, CGOFUZZ_LEAF_BOOL, POOL);
		}
		assert_int_equal(bools, 3);
	}
}

static void values_fit_their_kind(void **state)
{
	(void)state;
	for (uint32_t step = 0; step < SEEDS; step++)
		for (int kind = 0; kind < CGOFUZZ_LEAF_KINDS; kind++)
			for (uint32_t leaf = 0; leaf < 40; leaf++) {
				uint64_t v = cgofuzz_value(seed_of(step), leaf, kind, POOL);

				assert_int_equal(v & ~cgofuzz_fit(kind, POOL).mask, 0);
				if (kind == CGOFUZZ_LEAF_BOOL)
					assert_in_range(v, 0, 1);
				if (kind == CGOFUZZ_LEAF_PTR && v) {
					assert_in_range(v, POOL, POOL + CGOFUZZ_POOL_BYTES - 8);
					assert_int_equal(v % 8, 0);
				}
			}
}

/* Of every kind each of the 16, at the first leaf and at a later one. */
static void every_special_value_comes_up(void **state)
{
	const uint32_t leaves[] = { 0, 7 };

	(void)state;
	for (int kind = 0; kind < CGOFUZZ_LEAF_KINDS; kind++)
		for (unsigned k = 0; k < 2; k++) {
			unsigned seen = 0;

			for (uint32_t step = 0; step < SEEDS; step++) {
				uint64_t seed = seed_of(step), v;

				if (!cgofuzz_is_special(seed))
					continue;
				v = cgofuzz_value(seed, leaves[k], kind, POOL);
				for (unsigned i = 0; i < 16; i++)
					if (v == cgofuzz_special(kind, i, POOL))
						seen |= 1u << i;
			}
			assert_int_equal(seen, 0xffff);
		}
}

static void a_short_bit_field_of_128_bits_is_the_low_end_of_the_value(void **state)
{
	(void)state;
	for (uint32_t step = 0; step < 64; step++) {
		uint64_t seed = cgofuzz_level_seed(step * 0x1234567u, 0), all[2], some[2];

		cgofuzz_value_odd(seed, 3, CGOFUZZ_LEAF_I128, 128, 0, all);
		cgofuzz_value_odd(seed, 3, CGOFUZZ_LEAF_I128, 52, 0, some);
		assert_true(some[0] == (all[0] & 0xfffffffffffff) && some[1] == 0);
		cgofuzz_value_odd(seed, 3, CGOFUZZ_LEAF_I128, 100, 0, some);
		assert_true(some[0] == all[0] && some[1] == (all[1] & 0xfffffffff));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_byte_of_graffiti_names_its_leaf),
		cmocka_unit_test(neighbours_differ_and_bools_come_in_both_values),
		cmocka_unit_test(values_fit_their_kind),
		cmocka_unit_test(every_special_value_comes_up),
		cmocka_unit_test(a_short_bit_field_of_128_bits_is_the_low_end_of_the_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
