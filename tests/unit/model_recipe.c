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
	default:
		break;
	}
	*align = 1;
	return 0;
}

static void check_plain_limits(const struct fuzz_case *c)
{
	uint32_t depth;
	size_t align;

	assert_true(size_of(c->proto.result, &align, &depth) <= SHAPE_MAX_BYTES);
	for (uint32_t i = 0; i < c->proto.arg_count; i++) {
		assert_true(size_of(c->proto.args[i], &align, &depth) <= SHAPE_MAX_BYTES);
		assert_true(depth <= 3);
	}
}

static void check_limits(const struct fuzz_case *c, enum population population)
{
	uint32_t leaves = 0;

	if (population == POPULATION_PLAIN)
		check_plain_limits(c);
	assert_true(c->proto.arg_count <= PROTO_MAX_ARGS);
	assert_true(shape_leaf_count(c->proto.result) <= SHAPE_MAX_LEAVES);
	assert_true(shape_variants(c->proto.result) <= SHAPE_MAX_VARIANTS);
	for (uint32_t i = 0; i < c->proto.arg_count; i++) {
		leaves += shape_leaf_count(c->proto.args[i]);
		assert_true(shape_variants(c->proto.args[i]) <= SHAPE_MAX_VARIANTS);
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
		enum population population = (enum population)(i % POPULATION_COUNT);
		size_t len = rng_below(&rng, sizeof(recipe) + 1);
		struct fuzz_case c;

		rng_fill(&rng, recipe, len);
		case_decode(&c, recipe, len, population);
		check_limits(&c, population);
		check_round_trip(&c);
		case_release(&c);
	}
}

static void extreme_recipes_keep_the_limits(void **state)
{
	uint8_t recipe[2 * RECIPE_MAX_BYTES];

	(void)state;
	for (int byte = 0; byte < 256; byte++) {
		for (int second = 0; second < 256; second += 1 + byte % 2) {
			enum population population = (enum population)(byte & 1);
			struct fuzz_case c;

			memset(recipe, byte, sizeof(recipe));
			for (size_t i = 1; i < sizeof(recipe); i += 2)
				recipe[i] = (uint8_t)second;
			case_decode(&c, recipe, sizeof(recipe), population);
			check_limits(&c, population);
			case_release(&c);
		}
	}
}

/* What a lean case lacks can be had later, and its memory is used for the next. */
static void lean_cases_are_the_same_cases(void **state)
{
	struct fuzz_case lean = { 0 }, parsed = { 0 }, full;
	uint8_t recipe[RECIPE_MAX_BYTES];
	struct err e = ERR_INIT;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 4);
	for (int i = 0; i < 500; i++) {
		rng_fill(&rng, recipe, sizeof(recipe));
		case_decode(&full, recipe, sizeof(recipe), POPULATION_WHOLE);
		case_decode_lean(&lean, recipe, sizeof(recipe), POPULATION_WHOLE);
		assert_null(lean.text);
		assert_int_equal(lean.type_count, full.type_count);
		assert_int_equal(case_spell(&lean, &e), 0);
		assert_string_equal(lean.text, full.text);
		assert_string_equal(lean.id, full.id);
		assert_int_equal(
			case_parse_lean(&parsed, full.text, strlen(full.text), "<text>", &e), 0);
		assert_null(parsed.text);
		assert_true(shape_equal(parsed.proto.result, full.proto.result));
		assert_int_equal(case_spell(&parsed, &e), 0);
		assert_string_equal(parsed.text, full.text);
		case_release(&full);
	}
	case_release(&lean);
	case_release(&parsed);
}

static void no_bytes_and_zeros_are_the_smallest_case(void **state)
{
	uint8_t zeros[64] = { 0 };
	struct fuzz_case c;

	(void)state;
	for (int i = 0; i < POPULATION_COUNT; i++) {
		case_decode(&c, NULL, 0, (enum population)i);
		assert_string_equal(c.text, "void f(void)");
		case_release(&c);
		case_decode(&c, zeros, sizeof(zeros), (enum population)i);
		assert_string_equal(c.text, "void f(void)");
		case_release(&c);
	}
}

static void exhausted_recipes_read_as_zero(void **state)
{
	uint8_t recipe[RECIPE_MAX_BYTES] = { 1, 3, 1, 40, 7, 50 };
	struct fuzz_case cut, padded;

	(void)state;
	case_decode(&cut, recipe, 6, POPULATION_PLAIN);
	case_decode(&padded, recipe, sizeof(recipe), POPULATION_PLAIN);
	assert_string_equal(cut.text, padded.text);
	case_release(&cut);
	case_release(&padded);
}

struct tally {
	unsigned args[PROTO_MAX_ARGS + 1];
	unsigned routes[ROUTE_COUNT];
	unsigned scalars[SCALAR_COUNT];
	unsigned kinds[SHAPE_VECTOR + 1];
	unsigned void_results, struct_results, negative_enums, function_pointers, void_pointers;
	unsigned repeated; /* a struct that two arguments share */
};

static void count_shape(struct tally *p, const struct shape *s)
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

static void count_case(struct tally *p, const struct fuzz_case *c)
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
	struct tally p = { 0 };
	uint8_t recipe[RECIPE_MAX_BYTES];
	unsigned few = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 2);
	for (int i = 0; i < 2000; i++) {
		struct fuzz_case c;

		rng_fill(&rng, recipe, sizeof(recipe));
		case_decode(&c, recipe, sizeof(recipe), POPULATION_PLAIN);
		count_case(&p, &c);
		case_release(&c);
	}
	for (int i = 0; i <= 12; i++)
		assert_true(p.args[i] > 20);
	for (int i = 1; i <= 6; i++)
		few += p.args[i];
	assert_true(few > 1200); /* mostly one to six */
	for (int i = 0; i <= ROUTE_CALLBACK; i++)
		assert_true(p.routes[i] > 800);
	for (int i = 0; i <= SCALAR_DOUBLE; i++)
		assert_true(p.scalars[i] > 100);
	assert_true(p.kinds[SHAPE_STRUCT] > 2000 && p.kinds[SHAPE_ARRAY] > 500);
	assert_true(p.kinds[SHAPE_ENUM] > 200 && p.negative_enums > 50);
	assert_true(p.function_pointers > 100 && p.void_pointers > 50);
	assert_true(p.void_results > 300 && p.struct_results > 200 && p.repeated > 20);
}

/* What only the whole type system has. */
struct features {
	unsigned kinds[SHAPE_VECTOR + 1];
	unsigned scalars[SCALAR_COUNT];
	unsigned qualifiers[8];
	unsigned routes[ROUTE_COUNT];
	unsigned bitfields, unnamed, zero_width, anonymous, packed_members, aligned_members;
	unsigned packed, aligned, flexible, no_elements, empty, packed_enums, long_enums, typedefs;
	unsigned many_args, large;
};

static void note_shape(struct features *f, const struct shape *s);

static void note_member(struct features *f, const struct member *m)
{
	f->bitfields += m->is_bitfield;
	f->unnamed += m->is_bitfield && !m->name && m->width;
	f->zero_width += m->is_bitfield && !m->width;
	f->anonymous += !m->name && !m->is_bitfield;
	f->packed_members += m->packed;
	f->aligned_members += m->align != 0;
	note_shape(f, m->shape);
}

static void note_shape(struct features *f, const struct shape *s)
{
	f->kinds[s->kind]++;
	f->qualifiers[s->qualifiers]++;
	f->scalars[s->scalar] += s->kind == SHAPE_SCALAR;
	f->typedefs += shape_needs_typedef(s);
	f->packed += s->packed && shape_is_aggregate(s);
	f->aligned += s->align && shape_is_aggregate(s);
	f->flexible += s->flexible;
	f->no_elements += s->kind == SHAPE_ARRAY && !s->count && !s->flexible;
	f->empty += shape_is_aggregate(s) && !s->count;
	f->packed_enums += s->kind == SHAPE_ENUM && s->packed;
	f->long_enums += s->kind == SHAPE_ENUM && shape_enum_size(s) == 8;
	if (s->kind == SHAPE_ARRAY)
		note_shape(f, s->target);
	for (uint32_t i = 0; shape_is_aggregate(s) && i < s->count; i++)
		note_member(f, &s->members[i]);
}

static void the_whole_type_system_is_made(void **state)
{
	struct features f = { 0 };
	uint8_t recipe[RECIPE_MAX_BYTES];
	struct rng rng;

	(void)state;
	rng_seed(&rng, 2);
	for (int i = 0; i < 3000; i++) {
		struct fuzz_case c;

		rng_fill(&rng, recipe, sizeof(recipe));
		case_decode(&c, recipe, sizeof(recipe), POPULATION_WHOLE);
		f.routes[c.route]++;
		f.many_args += c.proto.arg_count == PROTO_MAX_ARGS;
		for (uint32_t j = 0; j < c.proto.arg_count; j++) {
			note_shape(&f, c.proto.args[j]);
			f.large += shape_leaf_count(c.proto.args[j]) > 20;
		}
		case_release(&c);
	}
	for (int i = SHAPE_SCALAR; i <= SHAPE_VECTOR; i++)
		assert_true(i == SHAPE_FUNCTION || f.kinds[i] > 100);
	for (int i = 0; i < SCALAR_COUNT; i++)
		assert_true(f.scalars[i] > 50);
	for (int i = 0; i < 5; i++)
		assert_true(f.qualifiers[i] > 10);
	assert_true(f.routes[ROUTE_CALL] > 500 && f.routes[ROUTE_CALLBACK] > 500);
	assert_true(f.routes[ROUTE_DIRECT] > 200);
	assert_true(f.bitfields > 500 && f.unnamed > 50 && f.zero_width > 50);
	assert_true(f.anonymous > 100 && f.packed_members > 50 && f.aligned_members > 50);
	assert_true(f.packed > 200 && f.aligned > 200 && f.flexible > 50 && f.no_elements > 50);
	assert_true(f.empty > 50 && f.packed_enums > 50 && f.long_enums > 50 && f.typedefs > 50);
	assert_true(f.many_args > 20 && f.large > 20);
}

/* Found by the bench's ten millions: Clang gives _Atomic of a type without size a byte, and an array has many. */
static void what_has_no_size_counts_if_it_is_atomic(void **state)
{
	static const uint8_t recipe[] = { 0x00, 0x61, 0x01, 0x33, 0xff, 0x65, 0x64, 0xbf,
					  0x9f, 0x23, 0x6f, 0x34, 0x47, 0x9e, 0x2f, 0x2f,
					  0x2f, 0x2f, 0x2f, 0x6f, 0x34, 0x47, 0x7e, 0xf5,
					  0x2f, 0x2f, 0x2f, 0x2f, 0x2f, 0x2f };
	struct fuzz_case c;

	(void)state;
	case_decode(&c, recipe, sizeof(recipe), POPULATION_WHOLE);
	assert_non_null(strstr(c.text, "union __attribute__((aligned(64))) { }"));
	case_release(&c);
}

static void half_of_the_mixed_population_is_plain(void **state)
{
	static const uint8_t tail[] = { 1, 3, 1, 40, 11, 20, 3, 50, 2, 7, 53, 2, 13, 1, 56 };
	uint8_t mixed[sizeof(tail) + 1];
	struct fuzz_case a, b;

	(void)state;
	memcpy(mixed + 1, tail, sizeof(tail));
	for (uint8_t i = 0; i < 2; i++) {
		mixed[0] = i;
		case_decode(&a, mixed, sizeof(mixed), POPULATION_MIXED);
		case_decode(&b, tail, sizeof(tail), i ? POPULATION_WHOLE : POPULATION_PLAIN);
		assert_string_equal(a.text, b.text);
		case_release(&a);
		case_release(&b);
	}
}

/* What is stored as a recipe must mean the same case tomorrow, or RECIPE_VERSION must change. */
static void a_recipe_keeps_its_meaning(void **state)
{
	static const uint8_t recipe[] = { 1, 3,	 1, 40, 11, 20, 3, 50, 2,
					  7, 53, 2, 13, 1,  56, 1, 60, 2 };
	struct fuzz_case c;

	(void)state;
	assert_int_equal(RECIPE_VERSION, 4);
	case_decode(&c, recipe, sizeof(recipe), POPULATION_PLAIN);
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
		cmocka_unit_test(lean_cases_are_the_same_cases),
		cmocka_unit_test(the_whole_type_system_is_made),
		cmocka_unit_test(what_has_no_size_counts_if_it_is_atomic),
		cmocka_unit_test(half_of_the_mixed_population_is_plain),
		cmocka_unit_test(no_bytes_and_zeros_are_the_smallest_case),
		cmocka_unit_test(exhausted_recipes_read_as_zero),
		cmocka_unit_test(random_recipes_make_every_kind_of_case),
		cmocka_unit_test(a_recipe_keeps_its_meaning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
