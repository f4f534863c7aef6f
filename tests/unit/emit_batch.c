/* emit_batch.c: tests. Batches: from seeds, texts, targets and files; their identity. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "emit/batch.h"
#include "guest/wire.h"

static struct err e;
static char path[] = "/tmp/cgofuzz-batch-XXXXXX";

static int set_up(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state)
{
	(void)state;
	return unlink(path);
}

static void the_same_seed_gives_the_same_batch(void **state)
{
	struct batch a, b, c;

	(void)state;
	batch_generate(&a, 64, 7);
	batch_generate(&b, 64, 7);
	batch_generate(&c, 64, 8);
	assert_string_equal(a.id, b.id);
	assert_string_not_equal(a.id, c.id);
	assert_string_equal(a.slots[63].c.text, b.slots[63].c.text);
	batch_release(&a);
	batch_release(&b);
	batch_release(&c);
}

static void the_order_of_cases_is_part_of_the_identity(void **state)
{
	static const char *const one[] = { "void f(int)", "void f(long)" };
	static const char *const two[] = { "void f(long)", "void f(int)" };
	static const char *const same[] = { "void  f ( int )", "void f(long)" };
	struct batch a, b, c;

	(void)state;
	assert_int_equal(batch_from_cases(&a, one, 2, &e), 0);
	assert_int_equal(batch_from_cases(&b, two, 2, &e), 0);
	assert_int_equal(batch_from_cases(&c, same, 2, &e), 0);
	assert_string_not_equal(a.id, b.id);
	assert_string_equal(a.id, c.id);
	batch_release(&a);
	batch_release(&b);
	batch_release(&c);
}

static void what_was_saved_loads_as_the_same_batch(void **state)
{
	struct batch a, b;

	(void)state;
	batch_generate(&a, 20, 3);
	assert_int_equal(batch_save(&a, path, &e), 0);
	if (batch_load(&b, path, &e) < 0)
		fail_msg("%s", e.msg);
	assert_int_equal(b.count, 20);
	assert_string_equal(a.id, b.id);
	batch_release(&a);
	batch_release(&b);
}

static void a_target_s_rows_are_found_again_by_name(void **state)
{
	struct batch a, b;

	(void)state;
	assert_int_equal(batch_from_target(&a, target_find("planted"), CGOFUZZ_ARCH_ARM64, &e), 0);
	assert_int_equal(batch_save(&a, path, &e), 0);
	if (batch_load(&b, path, &e) < 0)
		fail_msg("%s", e.msg);
	assert_ptr_equal(b.target, a.target);
	assert_string_equal(a.id, b.id);
	for (uint32_t i = 0; i < a.count; i++)
		assert_ptr_equal(a.slots[i].row, b.slots[i].row);
	batch_release(&a);
	batch_release(&b);
}

static void load_text(const char *text, const char *part)
{
	struct batch b;

	assert_int_equal(file_write(path, text, strlen(text), &e), 0);
	e = (struct err)ERR_INIT;
	assert_int_equal(batch_load(&b, path, &e), -1);
	assert_int_equal(e.status, EXIT_USAGE);
	if (!strstr(e.msg, part))
		fail_msg("'%s' does not say '%s'", e.msg, part);
}

static void a_broken_file_is_refused_with_its_line(void **state)
{
	(void)state;
	load_text("void f(int)\nvoid g(\n", "line 2");
	load_text("# target nonesuch\n", "unknown target 'nonesuch'");
	load_text("# target planted\n# row nonesuch\n", "has no row 'nonesuch'");
}

static void a_wrong_case_is_refused(void **state)
{
	static const char *const texts[] = { "void f(int)", "void f(" };
	struct batch b;

	(void)state;
	assert_int_equal(batch_from_cases(&b, texts, 2, &e), -1);
	assert_int_equal(e.status, EXIT_USAGE);
	assert_null(b.slots);
}

static void a_result_with_a_const_member_is_carried_where_nobody_assigns_it(void **state)
{
	static const char struct_f[] = "struct { const int a; } f(struct { const int a; })";
	static const struct {
		const char *options, *text;
		bool carried;
	} rows[] = {
		{ "", struct_f, false },
		{ "[route=errno] ", struct_f, false },
		{ "[route=function-pointer] ", struct_f, false },
		{ "[route=direct] ", struct_f, true },
		{ "[route=pointer] ", struct_f, false },
		{ "[route=slice] ", struct_f, true },
		{ "", "const int f(struct { const int a; })", true },
		{ "", "void f(struct { const int a; })", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[128];
		struct fuzz_case c;

		snprintf(text, sizeof(text), "%s%s", rows[i].options, rows[i].text);
		assert_int_equal(case_parse(&c, text, strlen(text), "<test>", &e), 0);
		assert_int_equal(emit_unsupported(&c, 0) == NULL, rows[i].carried);
		case_release(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_seed_gives_the_same_batch),
		cmocka_unit_test(the_order_of_cases_is_part_of_the_identity),
		cmocka_unit_test(what_was_saved_loads_as_the_same_batch),
		cmocka_unit_test(a_target_s_rows_are_found_again_by_name),
		cmocka_unit_test(a_broken_file_is_refused_with_its_line),
		cmocka_unit_test(a_wrong_case_is_refused),
		cmocka_unit_test(a_result_with_a_const_member_is_carried_where_nobody_assigns_it),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
