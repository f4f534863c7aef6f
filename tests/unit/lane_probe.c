/* lane_probe.c: tests. Classes of types that a lane is asked for, and the route that a case gets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lane/probe.h"

static struct err e;

static uint64_t classes_of(const char *text)
{
	struct fuzz_case c = { 0 };
	uint64_t set;

	if (case_parse(&c, text, strlen(text), "<case>", &e) < 0)
		fail_msg("%s", e.msg);
	set = probe_classes(&c);
	case_release(&c);
	return set;
}

#define BIT(id) ((uint64_t)1 << PROBE_##id)

static void the_case_that_asks_for_a_class_belongs_to_it(void **state)
{
	(void)state;
	for (unsigned k = 0; k < PROBE_CLASSES; k++)
		if (!(classes_of(probe_class_texts[k]) >> k & 1))
			fail_msg("%s: %s", probe_class_names[k], probe_class_texts[k]);
}

static void classes_are_those_of_all_types_in_a_case(void **state)
{
	(void)state;
	assert_true(classes_of("void f(void)") == 0);
	assert_true(classes_of("void f(struct { union { float a; } b[2]; })") ==
		    (BIT(STRUCT) | BIT(ARRAY) | BIT(UNION) | BIT(FLOATING)));
	assert_true(classes_of("long double *f(void)") == (BIT(POINTER) | BIT(LDOUBLE)));
	assert_true(classes_of("void f(const char *)") == (BIT(POINTER) | BIT(INTEGER)));
	assert_true(classes_of("void f(struct { const char a; })") ==
		    (BIT(STRUCT) | BIT(CONST_MEMBER) | BIT(INTEGER)));
	assert_true(classes_of("void f(struct { float __attribute__((vector_size(8))) a; })") ==
		    (BIT(STRUCT) | BIT(VECTOR_MEMBER) | BIT(FLOATING)));
}

static enum route route_for(const struct probe_table *t, const char *text, const char **why)
{
	struct fuzz_case c = { 0 };
	enum route route;

	if (case_parse(&c, text, strlen(text), "<case>", &e) < 0)
		fail_msg("%s", e.msg);
	route = probe_route(t, &c, why);
	case_release(&c);
	return route;
}

static void what_a_lane_cannot_carry_goes_from_c_to_c(void **state)
{
	struct probe_table t = { 0 };
	const char *why = NULL;

	(void)state;
	t.way[PROBE_BITFIELD][ROUTE_CALL] = PROBE_OPAQUE;
	t.way[PROBE_VECTOR][ROUTE_CALL] = PROBE_ONLY_DIRECT;
	t.why[PROBE_VECTOR][ROUTE_CALL] = "vectors are arrays";
	assert_int_equal(route_for(&t, "void f(struct { int a : 3; })", &why), ROUTE_CALL);
	assert_null(why);
	assert_int_equal(route_for(&t, "void f(int, int __attribute__((vector_size(8))))", &why),
			 ROUTE_DIRECT);
	assert_string_equal(why, "vectors are arrays");
	assert_int_equal(route_for(&t, "[route=slice] void f(int __attribute__((vector_size(8))))",
				   NULL),
			 ROUTE_SLICE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_case_that_asks_for_a_class_belongs_to_it),
		cmocka_unit_test(classes_are_those_of_all_types_in_a_case),
		cmocka_unit_test(what_a_lane_cannot_carry_goes_from_c_to_c),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
