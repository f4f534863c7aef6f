/* campaign_reading.c: tests. An engine that dies while it reads its corpus goes on behind the plan that killed it. */
#include "campaign/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
/* after the four above */
#include <cmocka.h>

#include "base/file.h"
#include "tests/unit/scratch.h"

#define FILES 100

static char *make_corpus(const char *name)
{
	char *dir = in_scratch(name);
	struct err e = ERR_INIT;

	assert_int_equal(dir_make(dir, &e), 0);
	for (int i = 0; i < FILES; i++) {
		char *path = xasprintf("%s/plan-%02d", dir, i);

		assert_int_equal(file_write(path, "p", 1, &e), 0);
		free(path);
	}
	return dir;
}

/* The numbers of the plans that are listed, in their order. */
static int given(struct reading *r, int *numbers)
{
	char *path = in_scratch("list"), *save = NULL;
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	int n = 0;

	assert_int_equal(reading_give(r, path, &e), 0);
	assert_int_equal(file_read(path, 0, &text, &e), 0);
	for (char *p = text.len ? strtok_r(text.ptr, ",", &save) : NULL; p;
	     p = strtok_r(NULL, ",", &save)) {
		assert_true(file_exists(p));
		assert_true(n < 2 * FILES);
		numbers[n++] = (int)strtol(strrchr(p, '-') + 1, NULL, 10);
	}
	buf_release(&text);
	free(path);
	return n;
}

static void test_all_is_read_in_an_order_of_the_seed(void **state)
{
	char *dir = make_corpus("ordered");
	int a[2 * FILES], b[2 * FILES], seen[FILES] = { 0 };
	struct reading r = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(reading_begin(&r, dir, 7, &e), 0);
	assert_int_equal(given(&r, a), FILES);
	for (int i = 0; i < FILES; i++)
		seen[a[i]]++;
	for (int i = 0; i < FILES; i++)
		assert_int_equal(seen[i], 1);
	assert_int_equal(reading_begin(&r, dir, 7, &e), 0);
	assert_int_equal(given(&r, b), FILES);
	assert_memory_equal(a, b, FILES * sizeof(*a));
	assert_int_equal(reading_begin(&r, dir, 8, &e), 0);
	assert_int_equal(given(&r, b), FILES);
	assert_memory_not_equal(a, b, FILES * sizeof(*a));
	reading_release(&r);
	assert_int_equal(reading_begin(&r, "/nowhere", 8, &e), -1);
	reading_release(&r);
	free(dir);
}

static void test_what_was_run_is_not_read_twice(void **state)
{
	char *dir = make_corpus("deaths");
	int all[2 * FILES], now[2 * FILES], n;
	struct reading r = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(reading_begin(&r, dir, 7, &e), 0);
	given(&r, all);
	reading_went(&r, 10); /* died in the tenth */
	n = given(&r, now);
	assert_int_equal(n, FILES - 10 + 10);
	assert_memory_equal(now, all + 10, (FILES - 10) * sizeof(*now));
	assert_memory_equal(now + FILES - 10, all, 10 * sizeof(*now)); /* to have something to change */
	reading_went(&r, 50);
	n = given(&r, now);
	assert_int_equal(n, FILES - 60 + READING_AGAIN);
	reading_went(&r, 5000); /* it was through, and has made plans of its own */
	n = given(&r, now);
	assert_int_equal(n, READING_AGAIN);
	reading_went(&r, 1);
	n = given(&r, now + READING_AGAIN);
	assert_int_equal(n, READING_AGAIN);
	assert_memory_not_equal(now, now + READING_AGAIN, READING_AGAIN * sizeof(*now));
	reading_release(&r);
	free(dir);
}

static void test_a_find_has_been_read(void **state)
{
	char *dir = make_corpus("finds"), *find = xasprintf("%s/find-200", dir);
	int all[2 * FILES], now[2 * FILES];
	struct reading r = { 0 };
	struct err e = ERR_INIT;
	int n, found = 0;

	(void)state;
	assert_int_equal(reading_begin(&r, dir, 7, &e), 0);
	given(&r, all);
	reading_went(&r, 10);
	assert_int_equal(file_write(find, "p", 1, &e), 0);
	reading_add(&r, "find-200");
	n = given(&r, now);
	assert_int_equal(n, FILES - 10 + 11);
	for (int i = 0; i < n; i++)
		found += now[i] == 200 && i >= FILES - 10;
	assert_int_equal(found, 1);
	reading_release(&r);
	free(find);
	free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_is_read_in_an_order_of_the_seed),
		cmocka_unit_test(test_what_was_run_is_not_read_twice),
		cmocka_unit_test(test_a_find_has_been_read),
	};

	return cmocka_run_group_tests_name("campaign_reading", tests, scratch_make, scratch_remove);
}
