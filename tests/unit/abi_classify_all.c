/* abi_classify_all.c: tests. All ABIs at once say what each says alone, of random cases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "abi/abi.h"
#include "base/rng.h"
#include "model/case.h"

#define CASES 3000

static bool same_rules(const struct rule_set *a, const struct rule_set *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static bool same_piece(const struct abi_piece *a, const struct abi_piece *b)
{
	return a->where == b->where && a->number == b->number && a->size == b->size &&
		a->bit == b->bit && a->bits == b->bits && a->leaf_byte == b->leaf_byte &&
		a->leaf_bit == b->leaf_bit && a->slot == b->slot && a->byte == b->byte;
}

static bool same_leaves(const struct abi_value *a, const struct abi_value *b)
{
	if (a->leaf_count != b->leaf_count)
		return false;
	for (uint32_t i = 0; i < a->leaf_count; i++) {
		const struct abi_leaf *x = &a->leaves[i], *y = &b->leaves[i];

		if (x->shape != y->shape || x->bitfield != y->bitfield ||
		    x->size_bits != y->size_bits || x->piece_count != y->piece_count)
			return false;
		for (uint32_t j = 0; j < x->piece_count; j++)
			if (!same_piece(&x->pieces[j], &y->pieces[j]))
				return false;
	}
	return true;
}

static bool same_value(const struct abi_value *a, const struct abi_value *b)
{
	return a->shape == b->shape && a->align == b->align && a->general_used == b->general_used &&
		a->vector_used == b->vector_used && same_rules(&a->rules, &b->rules) &&
		same_leaves(a, b);
}

/* What abi_same_call() leaves out. */
static bool same_rest(const struct abi_call *a, const struct abi_call *b)
{
	if (a->abi != b->abi || a->reader != b->reader || a->type_count != b->type_count ||
	    !same_rules(&a->rules, &b->rules) || !same_value(&a->result, &b->result))
		return false;
	for (uint32_t i = 0; i < a->arg_count; i++)
		if (!same_value(&a->args[i], &b->args[i]))
			return false;
	for (uint32_t i = 0; i < a->type_count; i++)
		if (!a->types[i] != !b->types[i] ||
		    (a->types[i] &&
		     (!same_rules(&a->types[i]->rules, &b->types[i]->rules) ||
		      a->types[i]->shape != b->types[i]->shape ||
		      a->types[i]->natural != b->types[i]->natural)))
			return false;
	return true;
}

/* Returns how many types were laid out otherwise for another ABI. */
static unsigned compare(const struct fuzz_case *c)
{
	struct abi_call *calls[ABI_COUNT], *alone;
	struct arena arena = ARENA_INIT;
	unsigned apart = 0;

	abi_classify_all(&c->proto, c->type_count, &arena, calls);
	for (unsigned n = 0; n < ABI_COUNT; n++) {
		assert_null(calls[n]->result.leaves);
		abi_place(calls[n], &arena);
		alone = abi_classify(abi_at(n), ABI_DOCUMENT, &c->proto, c->type_count, &arena);
		if (!abi_same_call(calls[n], alone) || !same_rest(calls[n], alone))
			fail_msg("%s: %s has it otherwise alone", c->text, abi_arch(abi_at(n)));
		for (uint32_t i = 0; i < c->type_count; i++)
			apart += alone->types[i] && !alone->types[i]->alike;
	}
	arena_release(&arena);
	return apart;
}

static void test_all_abis_at_once_say_what_each_says_alone(void **state)
{
	uint8_t recipe[RECIPE_MAX_BYTES];
	unsigned apart = 0;
	struct fuzz_case c;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 1);
	for (int i = 0; i < CASES; i++) {
		rng_fill(&rng, recipe, sizeof(recipe));
		case_decode(&c, recipe, sizeof(recipe), POPULATION_WHOLE);
		apart += compare(&c);
		case_release(&c);
	}
	assert_in_range(apart, CASES / 100, CASES); /* else one of two ways was not looked at */
}

/* An unnamed bit-field raises the alignment on arm64 alone, and so that of what holds the struct. */
static void test_what_holds_a_type_that_differs_differs(void **state)
{
	const char *text = "void f(struct { struct { char a; int : 4; } b; char c; })";
	struct abi_call *calls[ABI_COUNT];
	struct arena arena = ARENA_INIT;
	struct err e = ERR_INIT;
	struct fuzz_case c;

	(void)state;
	assert_int_equal(case_parse(&c, text, strlen(text), "<test>", &e), 0);
	abi_classify_all(&c.proto, c.type_count, &arena, calls);
	for (unsigned n = 0; n < ABI_COUNT; n++) {
		bool arm64 = abi_id(abi_at(n)) == ABI_ARM64;

		assert_int_equal(calls[n]->args[0].align, arm64 ? 4 : 1);
		assert_int_equal(calls[n]->args[0].size, arm64 ? 8 : 3);
		for (uint32_t i = 0; i < c.type_count; i++)
			assert_false(calls[n]->types[i]->alike);
	}
	arena_release(&arena);
	case_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_abis_at_once_say_what_each_says_alone),
		cmocka_unit_test(test_what_holds_a_type_that_differs_differs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
