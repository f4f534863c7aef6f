/* guest_image.c: tests. A block made from an image is the one that the value rule wants, leaf by leaf. */
#include "guest/image.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
/* after the four above */
#include <cmocka.h>

#include "base/rng.h"

#define POOL 0x7f1200540000u
#define LEAVES 40u
#define BYTES (LEAVES * 16)

struct sample {
	struct cgofuzz_leaf leaves[LEAVES];
	struct cgofuzz_view view;
};

static uint32_t size_of(uint8_t kind)
{
	uint64_t mask = cgofuzz_fit(kind, 0).mask;

	return mask == UINT64_MAX ? 8 : (uint32_t)__builtin_ctzll(~mask) / 8;
}

/* Leaves side by side or with gaps, wherever they come to lie. */
static void make(struct sample *s, struct rng *r)
{
	uint32_t at = 0, n = (uint32_t)(rng_next(r) % (LEAVES + 1));

	for (uint32_t i = 0; i < n; i++) {
		uint8_t kind = (uint8_t)(rng_next(r) % (CGOFUZZ_LEAF_F16 + 1));

		at += rng_next(r) % 4 ? 0 : (uint32_t)(rng_next(r) % 9);
		s->leaves[i] = (struct cgofuzz_leaf){ at, kind, 0, (uint16_t)i };
		at += size_of(kind);
	}
	s->view = (struct cgofuzz_view){ .leaf_count = n, .bytes = at, .leaves = s->leaves };
}

static uint64_t leaf_at(const unsigned char *block, const struct cgofuzz_leaf *l)
{
	uint64_t x = 0;

	memcpy(&x, block + l->offset, size_of(l->kind));
	return x;
}

static void every_leaf_is_as_the_rule_says(void **state)
{
	unsigned char block[BYTES + 64];
	struct sample s;
	struct rng r;

	(void)state;
	rng_seed(&r, 1);
	for (int round = 0; round < 500; round++) {
		struct cgofuzz_image m;

		make(&s, &r);
		m = cgofuzz_image(&s.view, POOL);
		for (int k = 0; k < 40; k++) {
			uint64_t seed = rng_next(&r);

			memset(block, 0xa5, sizeof(block));
			cgofuzz_image_fill(&m, block, seed);
			for (uint32_t i = 0; i < s.view.leaf_count; i++)
				assert_int_equal(leaf_at(block, &s.leaves[i]),
						 cgofuzz_value(seed, i, s.leaves[i].kind, POOL));
			assert_true(cgofuzz_image_differs(&m, block, seed) == 0);
		}
		free((void *)(uintptr_t)m.planes);
	}
}

/* Every single bit: one of a leaf is seen, one of padding or behind the block is not. */
static void a_bit_counts_where_a_leaf_owns_it(void **state)
{
	unsigned char block[BYTES + 64], owned[BYTES + 64];
	struct sample s;
	struct rng r;

	(void)state;
	rng_seed(&r, 2);
	for (int round = 0; round < 40; round++) {
		uint64_t seed = rng_next(&r);
		struct cgofuzz_image m;

		make(&s, &r);
		m = cgofuzz_image(&s.view, POOL);
		memset(owned, 0, sizeof(owned));
		for (uint32_t i = 0; i < s.view.leaf_count; i++)
			memset(owned + s.leaves[i].offset, 1, size_of(s.leaves[i].kind));
		memset(block, 0, sizeof(block));
		cgofuzz_image_fill(&m, block, seed);
		for (uint32_t bit = 0; bit < 8 * sizeof(cgofuzz_quad) * m.count; bit++) {
			block[bit / 8] ^= (unsigned char)(1u << bit % 8);
			assert_int_equal(cgofuzz_image_differs(&m, block, seed) != 0, owned[bit / 8]);
			block[bit / 8] ^= (unsigned char)(1u << bit % 8);
		}
		free((void *)(uintptr_t)m.planes);
	}
}

static void a_style_has_a_seed(void **state)
{
	(void)state;
	for (uint32_t style = 0; style < CGOFUZZ_STYLES; style++) {
		assert_int_equal(cgofuzz_style(cgofuzz_style_seed(style)), style);
		assert_true(cgofuzz_mix(cgofuzz_style_seed(style)) == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_leaf_is_as_the_rule_says),
		cmocka_unit_test(a_bit_counts_where_a_leaf_owns_it),
		cmocka_unit_test(a_style_has_a_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
