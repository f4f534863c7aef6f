/* abi_cover.c: tests. What of the rule book cases exercise, and what the corpus that ships does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "campaign/shapes.h"

#define CORPUS CGOFUZZ_SOURCE_DIR "/corpus/shapes"

static struct cover cover_of(const char *text)
{
	struct arena scratch = ARENA_INIT;
	struct cover cover = { 0 };
	struct err e = ERR_INIT;
	struct fuzz_case c;

	assert_int_equal(case_parse(&c, text, strlen(text), "<case>", &e), 0);
	cover_add(&cover, &c, &scratch);
	arena_release(&scratch);
	case_release(&c);
	return cover;
}

static void rules_of_one_case_are_pairs(void **state)
{
	struct cover cover = cover_of("void f(float, int)");

	(void)state;
	assert_true(cover_has(&cover, RULE_ARM64_C1) && cover_has(&cover, RULE_ARM64_C9));
	assert_true(cover_has(&cover, cover_pair(RULE_ARM64_C9, RULE_ARM64_C1)));
	assert_true(cover_has(&cover, RULE_AMD64_PASS_SSE));
	assert_false(cover_has(&cover, RULE_ARM64_C17));
	assert_false(cover_has(&cover, cover_pair(RULE_ARM64_C1, RULE_ARM64_C17)));
	/* of one ABI */
	assert_false(cover_has(&cover, cover_pair(RULE_ARM64_C1, RULE_AMD64_PASS_SSE)));
	assert_int_equal(cover_count_abi(&cover, COVER_RULES, ABI_ARM64) +
				 cover_count_abi(&cover, COVER_RULES, ABI_AMD64),
			 cover_count(&cover, COVER_RULES));
}

/* All of n rules together are n (n - 1) / 2 pairs: none is lost where words end. */
static void every_pair_of_a_case_is_counted(void **state)
{
	struct cover cover =
		cover_of("struct { float a; long double b; } f(struct { char a : 3; int : 0; }, "
			 "double _Complex, __int128, float, union { int a; void *b; }, "
			 "int __attribute__((vector_size(16))), struct { })");

	(void)state;
	for (int abi = 0; abi < ABI_COUNT; abi++) {
		uint32_t n = cover_count_abi(&cover, COVER_RULES, (enum abi_id)abi);

		assert_true(n > 12);
		assert_int_equal(cover_count_abi(&cover, COVER_PAIRS, (enum abi_id)abi),
				 n * (n - 1) / 2);
	}
}

static uint32_t wheres(const struct cover *cover, int rule)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < COVER_WHERES; i++)
		n += cover_has(cover, cover_combination(rule, i));
	return n;
}

static void rules_are_told_apart_by_registers_left_and_position(void **state)
{
	struct cover one = cover_of("void f(int)");
	struct cover nine = cover_of("void f(int, int, int, int, int, int, int, int, int)");

	(void)state;
	assert_int_equal(wheres(&one, RULE_ARM64_C9), 1);
	/* first; inner with more than one left; inner with one left */
	assert_int_equal(wheres(&nine, RULE_ARM64_C9), 3);
	assert_int_equal(wheres(&nine, RULE_ARM64_C16), 1);
	/* nothing left of general registers, all of vector ones, the last argument */
	assert_true(
		cover_has(&nine,
			  cover_combination(RULE_ARM64_C16,
					    (0 * COVER_LEVELS + 2) * COVER_POSITIONS + COVER_LAST)));
}

static void gain_is_what_is_new(void **state)
{
	struct cover have = cover_of("void f(float)"), more = cover_of("void f(float, int)");
	uint32_t gain = cover_gain(&have, &more);

	(void)state;
	assert_true(gain > 0);
	cover_merge(&have, &more);
	assert_int_equal(cover_gain(&have, &more), 0);
	assert_true(gain < cover_gain(&(struct cover){ 0 }, &more));
}

static void the_order_is_best_first(void **state)
{
	struct cover covers[] = { cover_of("void f(int)"),
				  cover_of("void f(int, float, struct { char a; })"),
				  cover_of("void f(int, float)"), cover_of("__int128 f(void)") };
	const uint8_t even[] = { 1, 1, 1, 1 }, heavy[] = { 1, 1, 1, 100 };
	uint32_t order[4];

	(void)state;
	cover_order(covers, even, 4, order);
	assert_int_equal(order[0], 1);
	assert_int_equal(order[1], 3);
	assert_int_equal(order[2], 2); /* its float is the last argument */
	assert_int_equal(order[3], 0);
	cover_order(covers, heavy, 4, order);
	assert_int_equal(order[0], 3);
}

static void the_corpus_covers_all_that_nothing_is_known_against(void **state)
{
	struct cover *cover = xcalloc(1, sizeof(*cover));
	struct shapes s = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(shapes_load(&s, CORPUS, &e), 0);
	shapes_cover(&s, cover);
	for (int r = 0; r < RULE_COUNT; r++) {
		if (!cover_has(cover, (uint32_t)r) && !cover_why_not(r))
			fail_msg("no case of the corpus exercises %s", rule_info[r].id);
		if (cover_has(cover, (uint32_t)r) && cover_why_not(r))
			fail_msg("%s can be reached after all", rule_info[r].id);
		for (int i = 0; i < r; i++)
			if (rule_info[i].abi == rule_info[r].abi &&
			    !cover_has(cover, cover_pair(r, i)) && !cover_why_not_pair(i, r))
				fail_msg("no case of the corpus exercises %s with %s",
					 rule_info[i].id, rule_info[r].id);
	}
	shapes_release(&s);
	free(cover);
}

static void what_the_shape_loop_wrote_is_sorted_and_canonical(void **state)
{
	struct shapes s = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(shapes_load(&s, CORPUS "/shapes.txt", &e), 0);
	for (uint32_t i = 0; i < s.count; i++) {
		struct fuzz_case c;

		if (i && strcmp(s.texts[i - 1], s.texts[i]) >= 0)
			fail_msg("not sorted: %s", s.texts[i]);
		assert_int_equal(case_parse(&c, s.texts[i], strlen(s.texts[i]), "<case>", &e), 0);
		assert_string_equal(c.text, s.texts[i]);
		case_release(&c);
	}
	shapes_release(&s);
}

/* The figures of "make bench PART=shapes", as a floor. */
static void few_cases_of_the_corpus_cover_most(void **state)
{
	struct cover *all = xcalloc(1, sizeof(*all)), *few = xcalloc(1, sizeof(*few));
	struct shapes s = { 0 };
	struct err e = ERR_INIT;
	uint32_t *order;

	(void)state;
	assert_int_equal(shapes_load(&s, CORPUS, &e), 0);
	shapes_cover(&s, all);
	order = xcalloc(s.count, sizeof(*order));
	cover_order(s.covers, s.weights, s.count, order);
	for (uint32_t i = 0; i < 100; i++) {
		if (i == 25)
			assert_true(cover_count(few, COVER_PAIRS) >=
				    cover_count(all, COVER_PAIRS) / 10 * 9);
		cover_merge(few, &s.covers[order[i]]);
	}
	assert_int_equal(cover_count(few, COVER_RULES), cover_count(all, COVER_RULES));
	free(order);
	shapes_release(&s);
	free(all);
	free(few);
}

static void what_is_no_case_is_named(void **state)
{
	struct shapes s = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(shapes_load(&s, CGOFUZZ_SOURCE_DIR "/README.md", &e), -1);
	assert_int_equal(e.status, EXIT_USAGE);
	assert_non_null(strstr(e.msg, "README.md"));
	shapes_release(&s);
	assert_int_equal(shapes_load(&s, "/nothing/here", &e), -1);
	assert_non_null(strstr(e.msg, "/nothing/here"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_of_one_case_are_pairs),
		cmocka_unit_test(every_pair_of_a_case_is_counted),
		cmocka_unit_test(rules_are_told_apart_by_registers_left_and_position),
		cmocka_unit_test(gain_is_what_is_new),
		cmocka_unit_test(the_order_is_best_first),
		cmocka_unit_test(the_corpus_covers_all_that_nothing_is_known_against),
		cmocka_unit_test(what_the_shape_loop_wrote_is_sorted_and_canonical),
		cmocka_unit_test(few_cases_of_the_corpus_cover_most),
		cmocka_unit_test(what_is_no_case_is_named),
	};

	return cmocka_run_group_tests_name("abi_cover", tests, NULL, NULL);
}
