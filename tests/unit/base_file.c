/* base_file.c: tests. Files and directories: published whole or not at all; locks name their owner. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/proc.h"

static char dir[] = "/tmp/cgofuzz-file-XXXXXX"; /* fresh for each test */
static struct err e;

static int enter_dir(void **state)
{
	(void)state;
	memcpy(dir + sizeof(dir) - 7, "XXXXXX", 6);
	e = (struct err)ERR_INIT;
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int leave_dir(void **state)
{
	(void)state;
	return chdir("/") < 0 ? -1 : dir_remove(dir, &e);
}

static void assert_content(const char *path, const char *expected)
{
	struct buf b = BUF_INIT;

	assert_int_equal(file_read(path, 0, &b, &e), 0);
	assert_string_equal(b.ptr, expected);
	buf_release(&b);
}

static int add_name(const char *name, void *ctx)
{
	buf_addf(ctx, "%s ", name);
	return 0;
}

static void assert_entries(const char *path, const char *expected)
{
	struct buf b = BUF_INIT;

	assert_int_equal(dir_each(path, add_name, &b, &e), 0);
	assert_string_equal(b.ptr, expected);
	buf_release(&b);
}

static void a_published_file_replaces_the_old_one_and_leaves_nothing_else(void **state)
{
	(void)state;
	assert_int_equal(file_publish("f", "old", 3, &e), 0);
	assert_int_equal(file_publish("f", "new text", 8, &e), 0);
	assert_content("f", "new text");
	assert_int_equal(file_publish("empty", NULL, 0, &e), 0);
	assert_content("empty", "");
	assert_entries(".", "empty f ");
}

static void a_file_that_cannot_be_published_leaves_nothing(void **state)
{
	(void)state;
	assert_int_equal(mkdir("sub", 0755), 0);
	assert_int_equal(file_publish("sub", "x", 1, &e), -1); /* is a directory */
	assert_int_equal(e.status, EXIT_ENVIRON);
	assert_non_null(strstr(e.msg, "could not write sub"));
	assert_int_equal(file_publish("missing/f", "x", 1, &e), -1);
	assert_non_null(strstr(e.msg, "No such file or directory"));
	assert_entries(".", "sub ");
}

static void what_does_not_fit_the_disk_leaves_the_old_file(void **state)
{
	struct err error = ERR_INIT;
	pid_t pid;
	int status;

	(void)state;
	assert_int_equal(file_publish("f", "old", 3, &e), 0);
	pid = fork(); /* a limit on the size of files stands for a full disk */
	if (pid == 0) {
		struct rlimit limit = { 1024, 1024 };
		char *big = xcalloc(1, 100000);

		signal(SIGXFSZ, SIG_IGN);
		if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
			_exit(1);
		if (file_publish("f", big, 100000, &error) != -1 || !strstr(error.msg, "too large"))
			_exit(2);
		_exit(file_write("g", big, 100000, &error) == -1 ? 0 : 3);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_content("f", "old");
	assert_entries(".", "f g ");
}

static void reading_is_bounded(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	assert_int_equal(file_write("f", "0123456789", 10, &e), 0);
	assert_int_equal(file_read("f", 10, &b, &e), 0);
	assert_int_equal(b.len, 10);
	assert_int_equal(file_read("f", 9, &b, &e), -1);
	assert_non_null(strstr(e.msg, "f is larger than 9 bytes"));
	assert_int_equal(file_read("missing", 0, &b, &e), -1);
	assert_string_equal(e.msg, "could not open missing: No such file or directory");
	assert_int_equal(file_read(".", 0, &b, &e), -1);
	buf_release(&b);
}

static void a_copy_keeps_the_mode(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(file_write("from", "text", 4, &e), 0);
	assert_int_equal(chmod("from", 0751), 0);
	assert_int_equal(file_write("to", "other, longer", 13, &e), 0);
	assert_int_equal(file_copy("from", "to", &e), 0);
	assert_content("to", "text");
	assert_int_equal(stat("to", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0751);
	assert_int_equal(file_copy("from", "from", &e), 0); /* onto itself */
	assert_content("from", "text");
	assert_int_equal(file_copy("missing", "to", &e), -1);
	assert_content("to", "text");
	assert_entries(".", "from to ");
}

static void a_directory_is_published_once(void **state)
{
	(void)state;
	assert_int_equal(dir_make("tmp1/sub", &e), 0);
	assert_int_equal(file_write("tmp1/sub/f", "first", 5, &e), 0);
	assert_int_equal(symlink("nowhere", "tmp1/link"), 0);
	assert_int_equal(dir_publish("tmp1", "done", &e), 0);
	assert_int_equal(dir_make("tmp2/sub", &e), 0);
	assert_int_equal(file_write("tmp2/sub/f", "second", 6, &e), 0);
	assert_int_equal(dir_publish("tmp2", "done", &e), 1);
	assert_content("done/sub/f", "first");
	assert_entries(".", "done ");
	assert_int_equal(dir_publish("tmp3", "done", &e), -1);
	assert_non_null(strstr(e.msg, "could not open the directory tmp3"));
}

static void an_empty_directory_in_the_way_counts_as_published(void **state)
{
	(void)state;
	assert_int_equal(dir_make("done", &e), 0);
	assert_int_equal(dir_make("tmp", &e), 0);
	assert_int_equal(dir_publish("tmp", "done", &e), 1);
	assert_entries(".", "done ");
	assert_int_equal(dir_make("tmp", &e), 0);
	assert_int_equal(dir_publish("tmp", "missing/done", &e), -1);
	assert_true(dir_exists("tmp"));
	assert_int_equal(dir_publish("tmp", "other/", &e), 0);
}

static void directories_are_made_with_their_parents(void **state)
{
	(void)state;
	assert_int_equal(dir_make("a/b//c/", &e), 0);
	assert_int_equal(dir_make("a/b/c", &e), 0);
	assert_true(dir_exists("a/b/c"));
	assert_false(file_exists("a/b/c"));
	assert_int_equal(file_write("a/f", "", 0, &e), 0);
	assert_true(file_exists("a/f"));
	assert_false(dir_exists("a/f"));
	assert_int_equal(dir_make("a/f/d", &e), -1);
	assert_non_null(strstr(e.msg, "could not make the directory a/f"));
	assert_int_equal(dir_make("/", &e), 0);
}

static void removal_follows_no_links_and_opens_what_is_read_only(void **state)
{
	(void)state;
	assert_int_equal(dir_make("keep", &e), 0);
	assert_int_equal(file_write("keep/f", "", 0, &e), 0);
	assert_int_equal(dir_make("go/mod/cache", &e), 0);
	assert_int_equal(file_write("go/mod/cache/f", "", 0, &e), 0);
	assert_int_equal(symlink("../keep", "go/link"), 0);
	assert_int_equal(chmod("go/mod/cache", 0555), 0);
	assert_int_equal(chmod("go/mod", 0), 0);
	assert_int_equal(dir_remove("go", &e), 0);
	assert_entries(".", "keep ");
	assert_content("keep/f", "");
	assert_int_equal(symlink("keep", "link"), 0);
	assert_int_equal(dir_remove("link", &e), 0);
	assert_content("keep/f", "");
	assert_int_equal(dir_remove("missing", &e), 0);
}

static int end_at_b(const char *name, void *ctx)
{
	buf_addstr(ctx, name);
	return strcmp(name, "b") == 0 ? -5 : 1;
}

static void a_walk_is_sorted_and_ends_when_told(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	for (const char *p = "dbca"; *p; p++)
		assert_int_equal(file_write((char[]){ *p, '\0' }, "", 0, &e), 0);
	assert_entries(".", "a b c d ");
	assert_int_equal(dir_each(".", end_at_b, &b, &e), -5);
	assert_string_equal(b.ptr, "ab");
	assert_int_equal(dir_each("missing", end_at_b, &b, &e), -1);
	buf_release(&b);
}

static void paths_become_absolute_whether_there_or_not(void **state)
{
	char *path = path_absolute("."), *expected;

	(void)state;
	assert_int_equal(path[0], '/');
	expected = xasprintf("%s/new", path);
	free(path);
	path = path_absolute("new");
	assert_string_equal(path, expected);
	free(path);
	free(expected);
	path = path_absolute("/nothing/here/");
	assert_string_equal(path, "/nothing/here");
	free(path);
	path = path_absolute("/");
	assert_string_equal(path, "/");
	free(path);
}

/* In a child: tries for the lock and says by its exit status how that went. */
static int try_lock_elsewhere(const char *expected)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		int fd = file_lock("lock", &e);

		if (fd >= 0)
			_exit(0);
		_exit(e.status == EXIT_ENVIRON && strstr(e.msg, expected) ? 1 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

static void a_lock_keeps_others_out_and_names_its_owner(void **state)
{
	char *owner = xasprintf("lock is held by process %ld ", (long)getpid());
	int fd = file_lock("lock", &e);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(try_lock_elsewhere(owner), 1);
	assert_int_equal(file_lock("lock", &e), -1); /* ourselves too */
	file_unlock(fd);
	assert_int_equal(try_lock_elsewhere(owner), 0);
	file_unlock(-1);
	free(owner);
	assert_int_equal(file_lock("missing/lock", &e), -1);
	assert_non_null(strstr(e.msg, "could not open the lock file"));
}

static void a_lock_ends_with_its_process(void **state)
{
	int ready[2], fd;
	pid_t pid;
	char c;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		if (file_lock("lock", &e) < 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(file_lock("lock", &e), -1);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	fd = file_lock("lock", &e);
	assert_true(fd >= 0);
	file_unlock(fd);
	close(ready[0]);
	close(ready[1]);
}

static void a_lock_can_be_waited_for(void **state)
{
	int64_t began = clock_ms();
	int ready[2], fd;
	pid_t pid;
	char c;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		if (file_lock("lock", &e) < 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		usleep(200000);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	fd = file_lock_wait("lock", &e);
	assert_true(fd >= 0);
	assert_true(clock_ms() - began >= 190);
	file_unlock(fd);
	waitpid(pid, NULL, 0);
	close(ready[0]);
	close(ready[1]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter_dir, leave_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_published_file_replaces_the_old_one_and_leaves_nothing_else),
		TEST(a_file_that_cannot_be_published_leaves_nothing),
		TEST(what_does_not_fit_the_disk_leaves_the_old_file),
		TEST(reading_is_bounded),
		TEST(a_copy_keeps_the_mode),
		TEST(a_directory_is_published_once),
		TEST(an_empty_directory_in_the_way_counts_as_published),
		TEST(directories_are_made_with_their_parents),
		TEST(removal_follows_no_links_and_opens_what_is_read_only),
		TEST(a_walk_is_sorted_and_ends_when_told),
		TEST(paths_become_absolute_whether_there_or_not),
		TEST(a_lock_keeps_others_out_and_names_its_owner),
		TEST(a_lock_ends_with_its_process),
		TEST(a_lock_can_be_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
