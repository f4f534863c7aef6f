/* abi_layout.c: tests. Layout by the ABI documents; the numbers are worked out by hand. */
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

/* The first argument of a case, laid out. */
struct laid {
	struct fuzz_case c;
	struct arena arena;
	struct abi_type type;
};

static void lay(struct laid *l, const char *arch, enum abi_reader reader, const char *type)
{
	char *text = xasprintf("void f(%s)", type);
	char *typedefs = strrchr(type, ';');
	struct err e = ERR_INIT;

	/* "typedef ...; TYPE": the declarations stay in front */
	if (!strncmp(type, "typedef", 7) && typedefs) {
		const char *head_end = strstr(type, "| ");

		assert_non_null(head_end);
		free(text);
		text = xasprintf("%.*svoid f(%s)", (int)(head_end - type), type, head_end + 2);
	}
	*l = (struct laid){ 0 };
	if (case_parse(&l->c, text, strlen(text), "<test>", &e) < 0)
		fail_msg("%s: %s", text, e.msg);
	l->type = abi_layout(abi_find(arch), reader, l->c.proto.args[0], l->c.type_count, NULL,
			     &l->arena);
	free(text);
}

static void forget(struct laid *l)
{
	arena_release(&l->arena);
	case_release(&l->c);
}

/* Size, alignment and the bit offset of the last member. */
static void expect(const char *arch, enum abi_reader reader, const char *type, uint32_t size,
		   uint32_t align, uint32_t last_bit)
{
	struct laid l;
	uint32_t count;

	lay(&l, arch, reader, type);
	count = shape_is_aggregate(l.type.shape) ? l.type.shape->count : 0;
	if (l.type.size != size || l.type.align != align ||
	    (count && l.type.fields[count - 1].offset_bits != last_bit))
		fail_msg("%s, %s: size %u, align %u, last at bit %u", arch, type, l.type.size,
			 l.type.align, count ? l.type.fields[count - 1].offset_bits : 0);
	forget(&l);
}

static void expect_both(const char *type, uint32_t size, uint32_t align, uint32_t last_bit)
{
	expect("amd64", ABI_DOCUMENT, type, size, align, last_bit);
	expect("arm64", ABI_DOCUMENT, type, size, align, last_bit);
}

static void has_rule(const char *arch, const char *type, const char *id, bool expected)
{
	bool found = false;
	struct laid l;

	lay(&l, arch, ABI_DOCUMENT, type);
	for (int r = rule_next(&l.type.rules, 0); r >= 0; r = rule_next(&l.type.rules, r + 1))
		found |= !strcmp(rule_info[r].id, id);
	if (found != expected)
		fail_msg("%s, %s: %s %s", arch, type, id, found ? "fired" : "did not fire");
	forget(&l);
}

static void test_scalars_have_the_sizes_of_lp64(void **state)
{
	(void)state;
	expect_both("_Bool", 1, 1, 0);
	expect_both("short", 2, 2, 0);
	expect_both("long", 8, 8, 0);
	expect_both("__int128", 16, 16, 0);
	expect_both("long double", 16, 16, 0);
	expect_both("_Float16", 2, 2, 0);
	expect_both("double _Complex", 16, 8, 0);
	expect_both("long double _Complex", 32, 16, 0);
	expect_both("void *", 8, 8, 0);
}

static void test_vectors_are_aligned_to_their_size_up_to_what_the_abi_knows(void **state)
{
	(void)state;
	expect_both("float __attribute__((vector_size(8)))", 8, 8, 0);
	expect_both("float __attribute__((vector_size(16)))", 16, 16, 0);
	expect("amd64", ABI_DOCUMENT, "float __attribute__((vector_size(32)))", 32, 32, 0);
	expect("arm64", ABI_DOCUMENT, "float __attribute__((vector_size(32)))", 32, 16, 0);
}

static void test_enums_are_words_unless_their_values_or_packed_say_otherwise(void **state)
{
	(void)state;
	expect_both("enum { A, B = -1 }", 4, 4, 0);
	expect_both("enum { A = 5000000000 }", 8, 8, 0);
	expect_both("enum __attribute__((packed)) { A = 200 }", 1, 1, 0);
	expect_both("enum __attribute__((packed)) { A = 200, B = -1 }", 2, 2, 0);
}

static void test_members_lie_at_their_alignment_and_the_size_is_rounded_up(void **state)
{
	(void)state;
	expect_both("struct { char a; long b; }", 16, 8, 64);
	expect_both("struct { long a; char b; }", 16, 8, 64);
	expect_both("struct { char a; struct { short b; char c; } d; }", 6, 2, 16);
	expect_both("struct { char a[3]; int b[2]; }", 12, 4, 32);
	expect_both("union { char a[9]; int b; }", 12, 4, 0);
	has_rule("arm64", "struct { char a; long b; }", "AAPCS64 layout.member", true);
	has_rule("arm64", "struct { char a; long b; }", "AAPCS64 layout.size", false);
	has_rule("arm64", "struct { long a; char b; }", "AAPCS64 layout.size", true);
	has_rule("arm64", "struct { long a; char b; }", "AAPCS64 layout.member", false);
}

static void test_what_has_no_elements_has_no_size_but_an_alignment(void **state)
{
	(void)state;
	expect_both("struct { }", 0, 1, 0);
	expect_both("struct { char a; long b[0]; }", 8, 8, 64);
	expect_both("struct { char a; short b[]; }", 2, 2, 16);
	expect_both("struct { char a; struct { } b; char c; }", 2, 1, 8);
}

static void test_bitfields_share_containers_until_one_would_cross_its_end(void **state)
{
	(void)state;
	expect_both("struct { int j : 5; int k : 6; int m : 7; }", 4, 4, 11);
	expect_both("struct { short s : 9; int j : 9; char c; }", 4, 4, 24);
	expect_both("struct { char c; short s : 8; }", 2, 2, 8);
	expect_both("struct { int a : 30; int b : 3; }", 8, 4, 32);
	expect_both("struct { long a : 60; long b : 5; }", 16, 8, 64);
	expect_both("struct { char a; int b : 24; }", 4, 4, 8);
	expect_both("struct { char a; int b : 25; }", 8, 4, 32);
	expect_both("struct { int a : 3; char b; }", 4, 4, 8);
	expect_both("union { char c; short s : 10; }", 2, 2, 0);
	expect_both("struct { char a; __int128 b : 100; }", 16, 16, 8);
	has_rule("amd64", "struct { int a : 30; int b : 3; }", "PSABI layout.bitfield.cross", true);
	has_rule("amd64", "struct { int a : 30; int b : 2; }", "PSABI layout.bitfield.cross", false);
}

static void test_unnamed_bitfields_align_the_struct_on_arm64_alone(void **state)
{
	(void)state;
	expect("amd64", ABI_DOCUMENT, "struct { char a; int : 5; }", 2, 1, 8);
	expect("arm64", ABI_DOCUMENT, "struct { char a; int : 5; }", 4, 4, 8);
	expect("amd64", ABI_DOCUMENT, "struct { char a; int : 0; }", 4, 1, 32);
	expect("arm64", ABI_DOCUMENT, "struct { char a; int : 0; }", 4, 4, 32);
	expect("amd64", ABI_DOCUMENT, "struct { char a; int : 0; char b; }", 5, 1, 32);
	expect("arm64", ABI_DOCUMENT, "struct { char a; int : 0; char b; }", 8, 4, 32);
}

static void test_packed_takes_alignment_away(void **state)
{
	(void)state;
	expect_both("struct __attribute__((packed)) { char a; long b; }", 9, 1, 8);
	expect_both("struct { char a; long b __attribute__((packed)); }", 9, 1, 8);
	expect_both("struct __attribute__((packed, aligned(2))) { char a; long b; }", 10, 2, 8);
	expect_both("struct __attribute__((packed)) { int a : 30; int b : 5; }", 5, 1, 30);
	expect("amd64", ABI_DOCUMENT, "struct __attribute__((packed)) { char a; int : 0; char b; }",
	       5, 1, 32);
	expect("arm64", ABI_DOCUMENT, "struct __attribute__((packed)) { char a; int : 0; char b; }",
	       8, 4, 32);
}

static void test_aligned_raises_and_a_typedef_may_lower(void **state)
{
	(void)state;
	expect_both("struct { char a; int b __attribute__((aligned(16))); }", 32, 16, 128);
	expect_both("struct __attribute__((aligned(32))) { int a; }", 32, 32, 0);
	expect_both("typedef long T __attribute__((aligned(2))); | struct { char a; T b; }", 10, 2,
		    16);
	expect_both("typedef int T __attribute__((aligned(16))); | struct { char a; T b; }", 32, 16,
		    128);
}

static void test_atomic_structs_of_odd_sizes_differ_between_gcc_and_clang(void **state)
{
	const char *odd = "_Atomic(struct { char a[3]; })", *even = "_Atomic(struct { char a[4]; })";

	(void)state;
	expect("arm64", ABI_DOCUMENT, odd, 3, 1, 0);
	expect("arm64", ABI_GCC, odd, 3, 1, 0);
	expect("arm64", ABI_CLANG, odd, 4, 4, 0);
	for (int reader = 0; reader < ABI_READERS; reader++)
		expect("amd64", (enum abi_reader)reader, even, 4, 4, 0);
}

static void test_gcc_moves_bitfields_of_overaligned_types_clang_does_not(void **state)
{
	const char *type =
		"typedef int T __attribute__((aligned(16))); | struct { char a; T b : 5; }";

	(void)state;
	expect("amd64", ABI_DOCUMENT, type, 16, 16, 8);
	expect("amd64", ABI_CLANG, type, 16, 16, 8);
	expect("amd64", ABI_GCC, type, 32, 16, 128);
	/* counted from before the 16 bytes that aligned() asks for, unless it asks for as many itself */
	expect("amd64", ABI_GCC,
	       "typedef int T __attribute__((aligned(32))); | "
	       "struct { short a[7]; T b : 21 __attribute__((aligned(4))); }",
	       64, 32, 256);
	expect("amd64", ABI_GCC,
	       "typedef int T __attribute__((aligned(32))); | "
	       "struct { short a[7]; T b : 21 __attribute__((aligned(16))); }",
	       32, 32, 128);
}

static void test_gcc_aligns_arrays_as_if_elements_were_not_atomic(void **state)
{
	const char *array = "struct { char c; _Atomic(struct { short a, b; }) d[2][2]; }";
	const char *none = "struct { char c; _Atomic(double _Complex) d[0]; }";

	(void)state;
	expect_both(array, 20, 4, 32);
	expect("amd64", ABI_CLANG, array, 20, 4, 32);
	expect("arm64", ABI_GCC, array, 18, 2, 16);
	expect("amd64", ABI_GCC, none, 8, 8, 64);
	expect("amd64", ABI_GCC, "struct { char c; _Atomic(double _Complex) d; }", 32, 16, 128);
}

static void test_aligned_on_an_enum_may_lower_it(void **state)
{
	const char *type = "struct { char a; enum __attribute__((aligned(2))) { A } b; }";
	const char *bits = "struct { short a; enum __attribute__((aligned(2))) { A } b : 20; }";

	(void)state;
	expect_both(type, 6, 2, 16);
	expect("arm64", ABI_CLANG, type, 6, 2, 16);
	expect("arm64", ABI_GCC, type, 8, 4, 32);
	expect("amd64", ABI_CLANG, bits, 6, 2, 16);
	expect("amd64", ABI_GCC, bits, 8, 4, 32);
}

static void test_gcc_ignores_aligned_on_enums(void **state)
{
	const char *type = "struct { char a; enum __attribute__((aligned(16))) { A } b; }";

	(void)state;
	expect("arm64", ABI_DOCUMENT, type, 32, 16, 128);
	expect("arm64", ABI_CLANG, type, 32, 16, 128);
	expect("arm64", ABI_GCC, type, 8, 4, 32);
}

static void test_pairs_of_rules_have_numbers_of_their_own(void **state)
{
	static bool seen[RULE_PAIRS];

	(void)state;
	for (int a = 0; a < RULE_COUNT; a++)
		for (int b = 0; b < a; b++) {
			assert_int_equal(rule_pair(a, b), rule_pair(b, a));
			assert_in_range(rule_pair(a, b), 0, RULE_PAIRS - 1);
			assert_false(seen[rule_pair(a, b)]);
			seen[rule_pair(a, b)] = true;
		}
}

/* Arguments that must agree have the same size, alignment and leaves everywhere; returns how many. */
static unsigned agreed(const struct fuzz_case *c, struct abi_call *const calls[2])
{
	unsigned count = 0;

	for (uint32_t i = 0; i < c->proto.arg_count; i++) {
		const struct abi_value *a = &calls[0]->args[i], *b = &calls[1]->args[i];

		if (!abi_must_agree(a->shape, c->type_count, calls[0]->reader))
			continue;
		count++;
		if (a->size != b->size || a->align != b->align)
			fail_msg("%s: argument %u", c->text, i);
		for (uint32_t k = 0; k < a->leaf_count; k++)
			if (a->leaves[k].offset_bits != b->leaves[k].offset_bits)
				fail_msg("%s: argument %u, leaf %u", c->text, i, k);
	}
	return count;
}

/* Those of one case, by every reader; returns how many differ. */
static unsigned compare_architectures(const struct fuzz_case *c, unsigned *agree)
{
	struct arena arena = ARENA_INIT;
	unsigned apart = 0;

	for (int reader = 0; reader < ABI_READERS; reader++) {
		struct abi_call *calls[2];

		for (unsigned n = 0; n < 2; n++)
			calls[n] = abi_classify(abi_at(n), (enum abi_reader)reader, &c->proto,
						c->type_count, &arena);
		*agree += agreed(c, calls);
		for (uint32_t i = 0; i < c->type_count; i++) {
			struct rule_set rules = { { 0 } };

			if (!calls[0]->types[i] ||
			    abi_same_layout(calls[0]->types[i], calls[1]->types[i]))
				continue;
			apart++;
			for (unsigned n = 0; n < 2; n++)
				abi_apart(calls[n]->types, c->types[i], &rules);
			if (rule_next(&rules, 0) < 0)
				fail_msg("%s: no row says why type %u differs", c->text, i);
		}
	}
	arena_release(&arena);
	return apart;
}

static void test_architectures_differ_only_where_the_documents_do(void **state)
{
	uint8_t recipe[RECIPE_MAX_BYTES];
	unsigned apart = 0, agree = 0;
	struct fuzz_case c;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 1);
	for (int i = 0; i < 3000; i++) {
		rng_fill(&rng, recipe, sizeof(recipe));
		case_decode(&c, recipe, sizeof(recipe), POPULATION_WHOLE);
		apart += compare_architectures(&c, &agree);
		case_release(&c);
	}
	assert_true(apart > 0 && agree > apart); /* else nothing was looked at */
}

static void test_what_the_documents_decide_otherwise_need_not_agree(void **state)
{
	static const struct {
		const char *text;
		bool agrees;
	} rows[] = {
		{ "void f(long double)", true },
		{ "void f(struct { char a; int b : 3; __int128 c; })", true },
		{ "void f(int __attribute__((vector_size(16))))", true },
		{ "void f(int __attribute__((vector_size(32))))", false },
		{ "void f(struct { char a; int : 0; })", false },
		{ "void f(struct { char a; struct { char b; int : 5; } c[2]; })", false },
		{ "void f(struct { struct { char b; int : 5; } *c; })", true },
	};
	struct fuzz_case c;
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(case_parse(&c, rows[i].text, strlen(rows[i].text), "", &e), 0);
		if (abi_must_agree(c.proto.args[0], c.type_count, ABI_DOCUMENT) != rows[i].agrees)
			fail_msg("%s", rows[i].text);
		case_release(&c);
	}
}

static void test_every_row_has_an_id_of_its_own_and_names_its_document(void **state)
{
	(void)state;
	for (int a = 0; a < RULE_COUNT; a++) {
		const char *document = rule_info[a].abi == ABI_ARM64 ? "AAPCS64 " : "PSABI ";

		assert_int_equal(strncmp(rule_info[a].id, document, strlen(document)), 0);
		assert_true(*rule_info[a].section && *rule_info[a].statement);
		for (int b = 0; b < a; b++)
			assert_string_not_equal(rule_info[a].id, rule_info[b].id);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scalars_have_the_sizes_of_lp64),
		cmocka_unit_test(test_vectors_are_aligned_to_their_size_up_to_what_the_abi_knows),
		cmocka_unit_test(test_enums_are_words_unless_their_values_or_packed_say_otherwise),
		cmocka_unit_test(test_members_lie_at_their_alignment_and_the_size_is_rounded_up),
		cmocka_unit_test(test_what_has_no_elements_has_no_size_but_an_alignment),
		cmocka_unit_test(test_bitfields_share_containers_until_one_would_cross_its_end),
		cmocka_unit_test(test_unnamed_bitfields_align_the_struct_on_arm64_alone),
		cmocka_unit_test(test_packed_takes_alignment_away),
		cmocka_unit_test(test_aligned_raises_and_a_typedef_may_lower),
		cmocka_unit_test(test_atomic_structs_of_odd_sizes_differ_between_gcc_and_clang),
		cmocka_unit_test(test_gcc_moves_bitfields_of_overaligned_types_clang_does_not),
		cmocka_unit_test(test_gcc_aligns_arrays_as_if_elements_were_not_atomic),
		cmocka_unit_test(test_aligned_on_an_enum_may_lower_it),
		cmocka_unit_test(test_gcc_ignores_aligned_on_enums),
		cmocka_unit_test(test_pairs_of_rules_have_numbers_of_their_own),
		cmocka_unit_test(test_architectures_differ_only_where_the_documents_do),
		cmocka_unit_test(test_what_the_documents_decide_otherwise_need_not_agree),
		cmocka_unit_test(test_every_row_has_an_id_of_its_own_and_names_its_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
