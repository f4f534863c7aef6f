/* lane_cache.c: tests. Entries are whole or absent, whoever is killed and however many want one. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "lane/cache.h"

static struct err e;
static char root[] = "/tmp/cgofuzz-cache-XXXXXX";

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(root) && setenv("CGOFUZZ_CACHE", root, 1) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	return dir_remove(root, &e);
}

static void put(const char *dir, const char *name, size_t size)
{
	char *path = xasprintf("%s/%s", dir, name);
	char *data = xcalloc(1, size);

	memset(data, 'x', size);
	assert_int_equal(file_write(path, data, size, &e), 0);
	free(data);
	free(path);
}

static int count_entry(const char *name, void *ctx)
{
	(void)name;
	++*(int *)ctx;
	return 0;
}

static int entries(const char *below)
{
	char *dir = xasprintf("%s/%s", root, below);
	int n = 0;

	if (dir_exists(dir))
		dir_each(dir, count_entry, &n, &e);
	free(dir);
	return n;
}

static void make(const char *key, size_t size)
{
	struct cache_entry entry;

	assert_int_equal(cache_begin(&entry, "build", key, &e), 0);
	put(entry.tmp, "file", size);
	assert_int_equal(cache_publish(&entry, &e), 0);
	cache_release(&entry);
}

static void what_was_made_is_found_again(void **state)
{
	struct cache_entry entry;

	(void)state;
	make("again", 10);
	assert_int_equal(cache_begin(&entry, "build", "again", &e), 1);
	assert_null(entry.tmp);
	assert_true(dir_exists(entry.dir));
	cache_release(&entry);
}

static void what_was_abandoned_leaves_nothing(void **state)
{
	struct cache_entry entry;
	char *dir;

	(void)state;
	assert_int_equal(cache_begin(&entry, "build", "given-up", &e), 0);
	put(entry.tmp, "file", 10);
	dir = xstrdup(entry.dir);
	cache_release(&entry);
	assert_false(dir_exists(dir));
	free(dir);
	assert_int_equal(entries("tmp"), 0);
}

/* A child that stops in the middle of making an entry. */
static pid_t start_maker(const char *key)
{
	int ready[2];
	pid_t pid;
	char byte;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		struct cache_entry entry;

		if (cache_begin(&entry, "build", key, &e) == 0 && write(ready[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void a_killed_maker_leaves_no_entry_and_its_rest_is_removed(void **state)
{
	pid_t pid = start_maker("killed");

	(void)state;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_int_equal(entries("tmp"), 2); /* directory and lock */
	make("killed", 10);
	assert_int_equal(entries("tmp"), 0);
}

static void a_living_maker_is_left_alone(void **state)
{
	pid_t pid = start_maker("alive");

	(void)state;
	make("beside", 10);
	assert_int_equal(entries("tmp"), 2);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void of_many_at_once_one_makes_and_the_others_find(void **state)
{
	enum { MANY = 8 };
	pid_t pids[MANY];
	int made = 0, found = 0;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			struct cache_entry entry;
			int rc = cache_begin(&entry, "build", "wanted", &e);

			if (rc == 0) {
				usleep(100000);
				put(entry.tmp, "file", 10);
				if (cache_publish(&entry, &e) < 0)
					rc = 2;
			}
			cache_release(&entry);
			_exit(rc);
		}
	}
	for (int i = 0; i < MANY; i++) {
		int status;

		waitpid(pids[i], &status, 0);
		made += WEXITSTATUS(status) == 0;
		found += WEXITSTATUS(status) == 1;
	}
	assert_int_equal(made, 1);
	assert_int_equal(found, MANY - 1);
}

/* Each looks for what dead ones left while others make their locks. */
static void makers_of_different_things_do_not_hinder_each_other(void **state)
{
	pid_t pids[8];

	(void)state;
	for (int i = 0; i < 8; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		for (int k = 0; pids[i] == 0 && k < 100; k++) {
			struct cache_entry entry;
			char key[32];

			snprintf(key, sizeof(key), "own-%d-%d", i, k);
			if (cache_begin(&entry, "build", key, &e) != 0)
				_exit(1);
			cache_release(&entry);
		}
		if (pids[i] == 0)
			_exit(0);
	}
	for (int i = 0; i < 8; i++) {
		int status = -1;

		waitpid(pids[i], &status, 0);
		assert_int_equal(status, 0);
	}
}

static void the_least_recently_used_goes_first_and_what_is_held_stays(void **state)
{
	char *held = xasprintf("%s/build/old", root), *used = xasprintf("%s/build/middle", root);
	char *dir = xasprintf("%s/build", root);
	int hold, again;

	(void)state;
	dir_remove(dir, &e);
	make("old", 100000);
	make("middle", 100000);
	usleep(20000);
	make("new", 100000);
	usleep(20000);
	hold = cache_hold(held);
	assert_true(hold >= 0);
	cache_let_go(cache_hold(used)); /* used last */
	assert_int_equal(cache_trim(250000, &e), 0);
	assert_true(dir_exists(held));
	assert_true(dir_exists(used));
	assert_int_equal(entries("build"), 2);
	assert_int_equal(cache_trim(0, &e), 0);
	assert_int_equal(entries("build"), 1);
	cache_let_go(hold);
	assert_int_equal(cache_trim(0, &e), 0);
	assert_int_equal(entries("build"), 0);
	again = cache_hold(held);
	assert_int_equal(again, -1);
	free(held);
	free(used);
	free(dir);
}

static void a_directory_that_cannot_be_written_is_named(void **state)
{
	struct cache_entry entry;

	(void)state;
	setenv("CGOFUZZ_CACHE", "/proc/cgofuzz", 1);
	assert_int_equal(cache_begin(&entry, "build", "x", &e), -1);
	assert_int_equal(e.status, EXIT_ENVIRON);
	assert_non_null(strstr(e.msg, "/proc/cgofuzz"));
	setenv("CGOFUZZ_CACHE", root, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_made_is_found_again),
		cmocka_unit_test(what_was_abandoned_leaves_nothing),
		cmocka_unit_test(a_killed_maker_leaves_no_entry_and_its_rest_is_removed),
		cmocka_unit_test(a_living_maker_is_left_alone),
		cmocka_unit_test(of_many_at_once_one_makes_and_the_others_find),
		cmocka_unit_test(makers_of_different_things_do_not_hinder_each_other),
		cmocka_unit_test(the_least_recently_used_goes_first_and_what_is_held_stays),
		cmocka_unit_test(a_directory_that_cannot_be_written_is_named),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
