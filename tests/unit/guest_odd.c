/* guest_odd.c: tests. Leaves wider than eight bytes and bit-fields go into a block and come back. */
#include "guest/odd.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
/* after the four above */
#include <cmocka.h>

#include "base/rng.h"

/* Bit by bit, as slowly as can be. */
static int bit_of(const unsigned char *p, uint32_t bit)
{
	return p[bit / 8] >> (bit % 8) & 1;
}

static void a_leaf_comes_back_and_nothing_else_changes(void **state)
{
	unsigned char block[40], before[40];
	struct rng r;

	(void)state;
	rng_seed(&r, 7);
	for (int round = 0; round < 20000; round++) {
		struct cgofuzz_odd_leaf l = { .bit = (uint32_t)(rng_next(&r) % 64),
					      .bits = (uint16_t)(1 + rng_next(&r) % 128) };
		uint64_t value[2] = { cgofuzz_low_bits(rng_next(&r), l.bits),
				      l.bits > 64 ? cgofuzz_low_bits(rng_next(&r), l.bits - 64u) : 0 };
		uint64_t got[2];

		rng_fill(&r, block, sizeof(block));
		memcpy(before, block, sizeof(block));
		cgofuzz_odd_put(&l, block, value);
		for (uint32_t i = 0; i < 8 * sizeof(block); i++) {
			uint32_t at = i - l.bit;
			bool mine = i >= l.bit && at < l.bits;

			assert_int_equal(bit_of(block, i),
					 mine ? (int)(value[at / 64] >> (at % 64) & 1)
					      : bit_of(before, i));
		}
		cgofuzz_odd_get(&l, block, got);
		assert_true(got[0] == value[0] && got[1] == value[1]);
	}
}

struct fields {
	unsigned a : 3;
	int b : 13;
	_Bool c : 1;
	long long d : 40;
} __attribute__((packed));

static void bit_fields_are_found_where_the_compiler_put_them(void **state)
{
	static const struct fields a = { .a = -1 }, b = { .b = -1 }, c = { .c = 1 }, d = { .d = -1 };
	struct cgofuzz_odd_leaf list[] = {
		{ 0, 0, CGOFUZZ_LEAF_I32, 0, 3, sizeof(a), 64, &a },
		{ 0, 1, CGOFUZZ_LEAF_I32, 0, 13, sizeof(b), 64, &b },
		{ 0, 2, CGOFUZZ_LEAF_BOOL, 0, 1, sizeof(c), 64, &c },
		{ 0, 3, CGOFUZZ_LEAF_I64, 0, 40, sizeof(d), 64, &d },
	};
	struct cgofuzz_variant v = { 0, 4, NULL, list };
	struct cgofuzz_unusual u = { 1, 0, &v };

	(void)state;
	assert_null(cgofuzz_odd_measure(&u));
	assert_int_equal(list[0].bit, 64);
	assert_int_equal(list[1].bit, 67);
	assert_int_equal(list[2].bit, 80);
	assert_int_equal(list[3].bit, 81);
}

static void a_sample_of_another_width_is_refused(void **state)
{
	static const struct fields b = { .b = -1 };
	struct cgofuzz_odd_leaf l = { 0, 1, CGOFUZZ_LEAF_I32, 0, 12, sizeof(b), 0, &b };
	struct cgofuzz_variant v = { 0, 1, NULL, &l };
	struct cgofuzz_unusual u = { 1, 0, &v };

	(void)state;
	assert_ptr_equal(cgofuzz_odd_measure(&u), &l);
	assert_int_equal(u.measured, 0);
}

static void filled_blocks_pass_and_one_changed_bit_does_not(void **state)
{
	struct cgofuzz_odd_leaf list[] = {
		{ 5, 0, CGOFUZZ_LEAF_I32, 0, 31, 0, 0, NULL },
		{ 64, 1, CGOFUZZ_LEAF_I128, 0, 128, 0, 0, NULL },
		{ 192, 2, CGOFUZZ_LEAF_LDOUBLE, 0, 80, 0, 0, NULL },
		{ 272, 3, CGOFUZZ_LEAF_F16, 0, 16, 0, 0, NULL },
	};
	struct cgofuzz_variant v = { 0, 4, NULL, list };
	struct rng r;

	(void)state;
	rng_seed(&r, 8);
	for (int round = 0; round < 2000; round++) {
		uint64_t seed = rng_next(&r);
		uint32_t which = (uint32_t)(rng_next(&r) % 4);
		uint32_t bit = list[which].bit + (uint32_t)(rng_next(&r) % list[which].bits);
		unsigned char block[40] = { 0 };

		cgofuzz_odd_fill(&v, block, seed, 0x10000);
		assert_null(cgofuzz_odd_check(&v, block, seed, 0x10000));
		block[bit / 8] ^= (unsigned char)(1u << bit % 8);
		assert_ptr_equal(cgofuzz_odd_check(&v, block, seed, 0x10000), &list[which]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_leaf_comes_back_and_nothing_else_changes),
		cmocka_unit_test(bit_fields_are_found_where_the_compiler_put_them),
		cmocka_unit_test(a_sample_of_another_width_is_refused),
		cmocka_unit_test(filled_blocks_pass_and_one_changed_bit_does_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
