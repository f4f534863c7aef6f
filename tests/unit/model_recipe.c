/* model_recipe.c: tests. Every byte string is a case within the limits, and a likely one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "guest/value.h"
#include "model/case.h"

#define ROUNDS 20000

/* Bytes and nesting of structs, computed here anew. */
static size_t size_of(const struct shape *s, size_t *align, uint32_t *depth)
{
	size_t size = 0, inner, most = 1;
	uint32_t below = 0, deepest = 0;

	*depth = 0;
	switch (s->kind) {
	case SHAPE_ARRAY:
		return s->count * size_of(s->target, align, depth);
	case SHAPE_STRUCT:
		for (uint32_t i = 0; i < s->count; i++) {
			size_t bytes = size_of(s->members[i].shape, &inner, &below);

			size = (size + inner - 1) / inner * inner + bytes;
			most = inner > most ? inner : most;
			deepest = below > deepest ? below : deepest;
		}
		*align = most;
		*depth = deepest + 1;
		return (size + most - 1) / most * most;
	case SHAPE_SCALAR:
		return *align = scalar_info[s->scalar].size;
	case SHAPE_ENUM:
		return *align = 4;
	case SHAPE_POINTER:
		return *align = 8;
	case SHAPE_VOID:
	case SHAPE_FUNCTION:
		break;
	}
	*align = 1;
	return 0;
}

static void check_limits(const struct fuzz_case *c)
{
	uint32_t leaves = 0, depth;
	size_t align;

	assert_true(c->proto.arg_count <= PROTO_MAX_ARGS);
	assert_true(shape_leaf_count(c->proto.result) <= SHAPE_MAX_LEAVES);
	assert_true(size_of(c->proto.result, &align, &depth) <= SHAPE_MAX_BYTES);
	for (uint32_t i = 0; i < c->proto.arg_count; i++) {
		leaves += shape_leaf_count(c->proto.args[i]);
		assert_true(size_of(c->proto.args[i], &align, &depth) <= SHAPE_MAX_BYTES);
		assert_true(depth <= 3);
	}
	assert_true(leaves <= SHAPE_MAX_LEAVES);
	assert_true(strlen(c->text) <= CASE_MAX_TEXT);
}

static void check_round_trip(const struct fuzz_case *c)
{
	struct fuzz_case again;
	struct err e = ERR_INIT;

	if (case_parse(&again, c->text, strlen(c->text), "<text>", &e) < 0)
		fail_msg("%s\n%s", c->text, e.msg);
	assert_string_equal(again.text, c->text);
	assert_string_equal(again.id, c->id);
	assert_int_equal(again.route, c->route);
	assert_int_equal(again.type_count, c->type_count);
	assert_true(shape_equal(again.proto.result, c->proto.result));
	for (uint32_t i = 0; i < c->proto.arg_count; i++)
		assert_true(shape_equal(again.proto.args[i], c->proto.args[i]));
	case_release(&again);
}

static void random_recipes_keep_the_limits_and_come_back_from_their_text(void **state)
{
	uint8_t recipe[RECIPE_MAX_BYTES];
	struct rng rng;

	(void)state;
	rng_seed(&rng, 1);
	for (int i = 0; i < ROUNDS; i++) {
		size_t len = rng_below(&rng, sizeof(recipe) + 1);
		struct fuzz_case c;

		rng_fill(&rng, recipe, len);
		case_decode(&c, recipe, len);
		check_limits(&c);
		check_round_trip(&c);
		case_release(&c);
	}
}

static void extreme_recipes_keep_the_limits(void **state)
{
	uint8_t recipe[2 * RECIPE_MAX_BYTES];

	(void)state;
	for (int byte = 0; byte < 256; byte++) {
		for (int second = 0; second < 256; second++) {
			struct fuzz_case c;

			memset(recipe, byte, sizeof(recipe));
			for (size_t i = 1; i < sizeof(recipe); i += 2)
				recipe[i] = (uint8_t)second;
			case_decode(&c, recipe, sizeof(recipe));
			check_limits(&c);
			case_release(&c);
		}
	}
}

static void no_bytes_and_zeros_are_the_smallest_case(void **state)
{
	uint8_t zeros[64] = { 0 };
	struct fuzz_case c;

	(void)state;
	case_decode(&c, NULL, 0);
	assert_string_equal(c.text, "void f(void)");
	case_release(&c);
	case_decode(&c, zeros, sizeof(zeros));
	assert_string_equal(c.text, "void f(void)");
	case_release(&c);
}

static void exhausted_recipes_read_as_zero(void **state)
{
	uint8_t recipe[RECIPE_MAX_BYTES] = { 1, 3, 1, 40, 7, 50 };
	struct fuzz_case cut, padded;

	(void)state;
	case_decode(&cut, recipe, 6);
	case_decode(&padded, recipe, sizeof(recipe));
	assert_string_equal(cut.text, padded.text);
	case_release(&cut);
	case_release(&padded);
}

struct population {
	unsigned args[PROTO_MAX_ARGS + 1];
	unsigned routes[ROUTE_COUNT];
	unsigned scalars[SCALAR_COUNT];
	unsigned kinds[SHAPE_ARRAY + 1];
	unsigned void_results, struct_results, negative_enums, function_pointers, void_pointers;
	unsigned repeated; /* a struct that two arguments share */
};

static void count_shape(struct population *p, const struct shape *s)
{
	p->kinds[s->kind]++;
	if (s->kind == SHAPE_SCALAR)
		p->scalars[s->scalar]++;
	if (s->kind == SHAPE_ENUM && s->enumerators[0].value < 0)
		p->negative_enums++;
	if (s->kind == SHAPE_POINTER) {
		p->function_pointers += s->target->kind == SHAPE_FUNCTION;
		p->void_pointers += s->target->kind == SHAPE_VOID;
	}
	if (s->kind == SHAPE_ARRAY)
		count_shape(p, s->target);
	for (uint32_t i = 0; s->kind == SHAPE_STRUCT && i < s->count; i++)
		count_shape(p, s->members[i].shape);
}

static void count_case(struct population *p, const struct fuzz_case *c)
{
	p->args[c->proto.arg_count]++;
	p->routes[c->route]++;
	p->void_results += c->proto.result->kind == SHAPE_VOID;
	p->struct_results += c->proto.result->kind == SHAPE_STRUCT;
	for (uint32_t i = 0; i < c->proto.arg_count; i++) {
		count_shape(p, c->proto.args[i]);
		for (uint32_t j = 0; j < i; j++)
			p->repeated += c->proto.args[i]->kind == SHAPE_STRUCT &&
				c->proto.args[i] == c->proto.args[j];
	}
}

static void random_recipes_make_every_kind_of_case(void **state)
{
	struct population p = { 0 };
	uint8_t recipe[RECIPE_MAX_BYTES];
	unsigned few = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 2);
	for (int i = 0; i < 2000; i++) {
		struct fuzz_case c;

		rng_fill(&rng, recipe, sizeof(recipe));
		case_decode(&c, recipe, sizeof(recipe));
		count_case(&p, &c);
		case_release(&c);
	}
	for (int i = 0; i <= PROTO_MAX_ARGS; i++)
		assert_true(p.args[i] > 20);
	for (int i = 1; i <= 6; i++)
		few += p.args[i];
	assert_true(few > 1200); /* mostly one to six */
	for (int i = 0; i < ROUTE_COUNT; i++)
		assert_true(p.routes[i] > 800);
	for (int i = 0; i < SCALAR_COUNT; i++)
		assert_true(p.scalars[i] > 100);
	assert_true(p.kinds[SHAPE_STRUCT] > 2000 && p.kinds[SHAPE_ARRAY] > 500);
	assert_true(p.kinds[SHAPE_ENUM] > 200 && p.negative_enums > 50);
	assert_true(p.function_pointers > 100 && p.void_pointers > 50);
	assert_true(p.void_results > 300 && p.struct_results > 200 && p.repeated > 20);
}

/* What is stored as a recipe must mean the same case tomorrow, or RECIPE_VERSION must change. */
static void a_recipe_keeps_its_meaning(void **state)
{
	static const uint8_t recipe[] = { 1, 3,	 1, 40, 11, 20, 3, 50, 2,
					  7, 53, 2, 13, 1,  56, 1, 60, 2 };
	struct fuzz_case c;

	(void)state;
	assert_int_equal(RECIPE_VERSION, 1);
	case_decode(&c, recipe, sizeof(recipe));
	assert_string_equal(c.text,
			    "[route=callback] struct { unsigned int a; unsigned char b; long c[1]; "
			    "enum { A = -1, B, C } d; } f(char, void (*)(int, int))");
	case_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_recipes_keep_the_limits_and_come_back_from_their_text),
		cmocka_unit_test(extreme_recipes_keep_the_limits),
		cmocka_unit_test(no_bytes_and_zeros_are_the_smallest_case),
		cmocka_unit_test(exhausted_recipes_read_as_zero),
		cmocka_unit_test(random_recipes_make_every_kind_of_case),
		cmocka_unit_test(a_recipe_keeps_its_meaning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
