/* target_table.c: unit tests. The registry of targets: rows that a build and a person can rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "emit/target.h"
#include "guest/wire.h"
#include "model/case.h"

#define ARCHS (1u << CGOFUZZ_ARCH_AMD64 | 1u << CGOFUZZ_ARCH_ARM64)

/* Kinds that rows name, in planted.def and turbulent.def alone. */
static const int planted_kinds[] = {
#define PLANTED(name, archs, kind, direction, ...) CGOFUZZ_FAULT_##kind,
#include "targets/planted/planted.def"
#undef PLANTED
};
static const int turbulent_kinds[] = {
#define TURBULENT(name, archs, kind, direction, ...) CGOFUZZ_FAULT_##kind,
#include "targets/turbulent/turbulent.def"
#undef TURBULENT
};

static const struct fault_info {
	const char *name, *oracle;
} fault_info[] = {
#define FAULT(id, name, oracle, survivable, about) { name, oracle },
#include "guest/fault.def"
#undef FAULT
};

static void targets_have_unique_names_that_find_them(void **state)
{
	const struct target *t;

	(void)state;
	for (uint32_t i = 0; (t = target_at(i)); i++)
		assert_ptr_equal(target_find(t->name), t);
	assert_non_null(target_find("cgo"));
	assert_non_null(target_find("planted"));
	assert_null(target_find("plant"));
	assert_null(target_find(""));
}

static void cgo_has_generated_cases_and_no_folder(void **state)
{
	(void)state;
	assert_null(target_find("cgo")->cases);
	assert_null(target_find("cgo")->dir);
}

static void rows_have_unique_names(void **state)
{
	const struct target *t;

	(void)state;
	for (uint32_t i = 0; (t = target_at(i)); i++)
		for (uint32_t a = 0; a < t->case_count; a++)
			for (uint32_t b = 0; b < a; b++)
				assert_string_not_equal(t->cases[a].name, t->cases[b].name);
}

static void rows_apply_to_known_architectures(void **state)
{
	const struct target *t;

	(void)state;
	for (uint32_t i = 0; (t = target_at(i)); i++)
		for (uint32_t a = 0; a < t->case_count; a++) {
			assert_int_not_equal(t->cases[a].archs, 0);
			assert_int_equal(t->cases[a].archs & ~ARCHS, 0);
		}
}

static void check_case(const char *name, const char *text)
{
	struct fuzz_case c;
	struct err e = ERR_INIT;

	if (case_parse(&c, text, strlen(text), name, &e))
		fail_msg("%s", e.msg);
	/* A row's identity must not change when it is printed and read again. */
	assert_string_equal(c.text, text);
	case_release(&c);
}

static void case_texts_are_canonical(void **state)
{
	const struct target *t;

	(void)state;
	for (uint32_t i = 0; (t = target_at(i)); i++)
		for (uint32_t a = 0; a < t->case_count; a++) {
			check_case(t->cases[a].name, t->cases[a].text);
			if (t->cases[a].other)
				check_case(t->cases[a].name, t->cases[a].other);
		}
}

/* One means of damage each. */
static void planted_rows_act_in_one_way(void **state)
{
	const struct target *t = target_find("planted");

	(void)state;
	for (uint32_t a = 0; a < t->case_count; a++) {
		const struct target_case *row = &t->cases[a];

		assert_int_equal(!!row->hook + !!row->go_hook + !!row->stub + !!row->other, 1);
	}
}

static void planted_rows_name_the_oracle_of_their_kind(void **state)
{
	const struct target *t = target_find("planted");

	(void)state;
	assert_int_equal(t->case_count, sizeof(planted_kinds) / sizeof(planted_kinds[0]));
	for (uint32_t a = 0; a < t->case_count; a++)
		assert_string_equal(t->cases[a].oracle, fault_info[planted_kinds[a]].oracle);
}

/* An oracle without a planted fault does not count; nor does a kind that it claims to tell. */
static void every_kind_of_fault_is_planted(void **state)
{
	(void)state;
	for (int kind = CGOFUZZ_FAULT_NONE + 1; kind < CGOFUZZ_FAULT_KINDS; kind++) {
		bool planted = false;

		for (size_t a = 0; a < sizeof(planted_kinds) / sizeof(planted_kinds[0]); a++)
			planted |= planted_kinds[a] == kind;
		for (size_t a = 0; a < sizeof(turbulent_kinds) / sizeof(turbulent_kinds[0]); a++)
			planted |= turbulent_kinds[a] == kind;
		if (!planted)
			fail_msg("no planted fault is a %s", fault_info[kind].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets_have_unique_names_that_find_them),
		cmocka_unit_test(cgo_has_generated_cases_and_no_folder),
		cmocka_unit_test(rows_have_unique_names),
		cmocka_unit_test(rows_apply_to_known_architectures),
		cmocka_unit_test(case_texts_are_canonical),
		cmocka_unit_test(planted_rows_act_in_one_way),
		cmocka_unit_test(planted_rows_name_the_oracle_of_their_kind),
		cmocka_unit_test(every_kind_of_fault_is_planted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
