/* model_mutate.c: tests. Neighbours of a case are cases, others, and the same for the same seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/mutate.h"

static const char base_text[] =
	"struct { int a; float b[2]; } f(struct { char a : 3; union { long b; double c; "
	"} d; }, double, __int128)";
static const char other_text[] =
	"[route=callback] void f(struct { void *p; short q; }, float _Complex)";

static void parse(struct fuzz_case *c, const char *text)
{
	struct err e = ERR_INIT;

	assert_int_equal(case_parse(c, text, strlen(text), "<case>", &e), 0);
}

static void neighbours_are_other_cases_and_legal_ones(void **state)
{
	struct fuzz_case base, other, c = { 0 }, again;
	uint32_t found = 0, from_other = 0, other_counts = 0, other_routes = 0, other_members = 0;
	struct err e = ERR_INIT;
	struct rng rng;

	(void)state;
	parse(&base, base_text);
	parse(&other, other_text);
	rng_seed(&rng, 1);
	for (int i = 0; i < 1000; i++) {
		if (case_mutate(&c, &base, &other, &rng) < 0)
			continue;
		found++;
		assert_int_equal(case_spell(&c, &e), 0);
		assert_string_not_equal(c.text, base.text);
		parse(&again, c.text);
		assert_string_equal(again.text, c.text);
		from_other += strstr(c.text, "void *") || strstr(c.text, "_Complex");
		other_counts += c.proto.arg_count != base.proto.arg_count;
		other_routes += c.route != base.route;
		other_members +=
			!strstr(c.text, "struct { char a : 3; union { long b; double c; } d; }");
		case_release(&again);
	}
	assert_true(found > 900);
	assert_true(from_other > 50 && other_counts > 50 && other_routes > 50 && other_members > 50);
	case_release(&c);
	case_release(&base);
	case_release(&other);
}

static void the_same_seed_gives_the_same_neighbour(void **state)
{
	struct fuzz_case base, other, a = { 0 }, b = { 0 };
	struct err e = ERR_INIT;
	struct rng one, two;

	(void)state;
	parse(&base, base_text);
	parse(&other, other_text);
	rng_seed(&one, 7);
	rng_seed(&two, 7);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(case_mutate(&a, &base, &other, &one),
				 case_mutate(&b, &base, &other, &two));
		assert_int_equal(case_spell(&a, &e), 0);
		assert_int_equal(case_spell(&b, &e), 0);
		assert_string_equal(a.text, b.text);
	}
	case_release(&a);
	case_release(&b);
	case_release(&base);
	case_release(&other);
}

/* An anonymous member has no declarator: a scalar in its place could not even be printed. */
static void anonymous_members_stay_structs_and_unions(void **state)
{
	struct fuzz_case base, other, c = { 0 };
	uint32_t found = 0, anonymous = 0;
	struct err e = ERR_INIT;
	struct rng rng;

	(void)state;
	parse(&base, "void f(struct { struct { int a; }; union { }; })");
	parse(&other, "double f(double, struct { struct { short b; } c; })");
	rng_seed(&rng, 3);
	for (int i = 0; i < 2000; i++) {
		if (case_mutate(&c, &base, &other, &rng) < 0)
			continue;
		assert_int_equal(case_spell(&c, &e), 0);
		found++;
		anonymous += strstr(c.text, "};") != NULL;
	}
	assert_true(found > 1000 && anonymous > 500);
	case_release(&c);
	case_release(&base);
	case_release(&other);
}

static void the_smallest_case_has_neighbours_too(void **state)
{
	struct fuzz_case base, c = { 0 };
	struct err e = ERR_INIT;
	struct rng rng;

	(void)state;
	parse(&base, "void f(void)");
	rng_seed(&rng, 1);
	for (int i = 0; i < 50; i++)
		if (case_mutate(&c, &base, &base, &rng) == 0) { /* only the route can change */
			assert_int_equal(case_spell(&c, &e), 0);
			assert_int_not_equal(c.route, ROUTE_CALL);
		}
	case_release(&c);
	case_release(&base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neighbours_are_other_cases_and_legal_ones),
		cmocka_unit_test(the_same_seed_gives_the_same_neighbour),
		cmocka_unit_test(anonymous_members_stay_structs_and_unions),
		cmocka_unit_test(the_smallest_case_has_neighbours_too),
	};

	return cmocka_run_group_tests_name("model_mutate", tests, NULL, NULL);
}
