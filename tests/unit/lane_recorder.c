/* lane_recorder.c: tests. The host's side of the recorder: what is made can be mapped, what is something
 * else is refused with the reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lane/build.h"
#include "tests/unit/scratch.h"

static struct err e;

static void a_new_recorder_is_mapped_and_says_what_it_is_for(void **state)
{
	struct cgofuzz_recorder *r;
	char *dir = in_scratch("new");

	(void)state;
	assert_int_equal(recorder_create(dir, "0123", CGOFUZZ_ARCH_ARM64, &e), 0);
	r = recorder_map(dir, &e);
	assert_non_null(r);
	assert_string_equal(r->build_id, "0123");
	assert_int_equal(r->arch, CGOFUZZ_ARCH_ARM64);
	assert_int_equal(r->faults, 0);
	recorder_unmap(r);
	free(dir);
}

static void refused(const char *dir, const char *why)
{
	assert_null(recorder_map(dir, &e));
	assert_int_equal(e.status, EXIT_ENVIRON);
	assert_non_null(strstr(e.msg, why));
}

static void another_kind_of_file_is_refused(void **state)
{
	char *dir = in_scratch("wrong"), *path = in_scratch("wrong/recorder");

	(void)state;
	refused(dir, "could not open");
	assert_int_equal(recorder_create(dir, "0123", CGOFUZZ_ARCH_AMD64, &e), 0);
	assert_int_equal(truncate(path, 4096), 0);
	refused(dir, "wrong size");
	assert_int_equal(truncate(path, sizeof(struct cgofuzz_recorder)), 0);
	assert_int_equal(file_write(path, "", 0, &e), 0);
	assert_int_equal(truncate(path, sizeof(struct cgofuzz_recorder)), 0);
	refused(dir, "is no recorder");
	free(dir);
	free(path);
}

static void a_recorder_of_another_version_is_refused(void **state)
{
	char *dir = in_scratch("older");
	struct cgofuzz_recorder *r;

	(void)state;
	assert_int_equal(recorder_create(dir, "0123", CGOFUZZ_ARCH_AMD64, &e), 0);
	r = recorder_map(dir, &e);
	assert_non_null(r);
	r->version--;
	recorder_unmap(r);
	refused(dir, "is of another version of cgofuzz");
	free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_recorder_is_mapped_and_says_what_it_is_for),
		cmocka_unit_test(another_kind_of_file_is_refused),
		cmocka_unit_test(a_recorder_of_another_version_is_refused),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
