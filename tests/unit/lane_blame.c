/* lane_blame.c: tests. From a tool's message to the slots it is about; by halves where it says none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "lane/job.h"

#define COUNT 8

static struct err e;
static struct batch batch;
static struct lane lane;
static struct job *j;
static char dir[] = "/tmp/cgofuzz-blame-XXXXXX";

static int set_up(void **state)
{
	static const char *const texts[COUNT] = {
		"void f(int)",	  "void f(long)",  "void f(char)",   "void f(short)",
		"void f(double)", "void f(float)", "void f(void *)", "void f(struct { int a; })",
	};

	(void)state;
	if (!mkdtemp(dir) || batch_from_cases(&batch, texts, COUNT, &e) < 0)
		return -1;
	return lane_parse(&lane, "amd64", NULL, &e);
}

static int tear_down(void **state)
{
	(void)state;
	batch_release(&batch);
	return dir_remove(dir, &e);
}

static int start(void **state)
{
	(void)state;
	j = xcalloc(1, sizeof(*j));
	*j = (struct job){
		.batch = &batch, .lane = &lane, .dir = dir, .home = "/published", .message = BUF_INIT
	};
	j->work = arena_printf(&j->arena, "%s/work", dir);
	return write_sources(j, &e);
}

static int stop(void **state)
{
	(void)state;
	for (int i = 0; i < COUNT; i++)
		free(j->why[i]);
	buf_release(&j->message);
	arena_release(&j->arena);
	free(j);
	return 0;
}

/* The line of a generated file that has the text. */
static unsigned line_of(const char *name, const char *part)
{
	char *path = xasprintf("%s/%s", dir, name), *at;
	struct buf text = BUF_INIT;
	unsigned line = 1;

	assert_int_equal(file_read(path, 0, &text, &e), 0);
	at = strstr(text.ptr, part);
	assert_non_null(at);
	for (char *p = text.ptr; p < at; p++)
		line += *p == '\n';
	buf_release(&text);
	free(path);
	return line;
}

static void a_place_in_the_c_file_names_its_case(void **state)
{
	(void)state;
	buf_addf(&j->message, "%s/callee.c:%u:5: error: bad thing\n   12 | code\n      | ^\n", dir,
		 line_of("callee.c", "void f3("));
	assert_int_equal(blame_message(j), 1);
	assert_true(j->skip[3]);
	assert_non_null(strstr(j->why[3], "error: bad thing\n"));
	assert_int_equal(strncmp(j->why[3], "callee.c:", 9), 0);
}

static void places_in_the_go_file_name_their_cases_each(void **state)
{
	(void)state;
	buf_addf(&j->message, "./c0.go:%u:5: first\n/published/c0.go:%u:1: second\n",
		 line_of("c0.go", "void f1("), line_of("c0.go", "func go6("));
	assert_int_equal(blame_message(j), 2);
	assert_true(j->skip[1] && j->skip[6]);
	assert_non_null(strstr(j->why[6], "second"));
	assert_null(strstr(j->why[6], "first"));
}

static void generated_names_do_where_there_is_no_place(void **state)
{
	(void)state;
	buf_addstr(&j->message,
		   "_cgo_export.c:9:1: error: conflicting types for 'go4'\n"
		   "ld: x.o: undefined reference to `drive5'\nerror: struct S7_0 is odd\n");
	assert_int_equal(blame_message(j), 3);
	assert_true(j->skip[4] && j->skip[5] && j->skip[7]);
}

static void warnings_and_notes_blame_nobody(void **state)
{
	(void)state;
	buf_addf(&j->message,
		 "callee.c:%u:5: warning: odd\ncallee.c:%u:5: note: here\nsome failure\n",
		 line_of("callee.c", "void f3("), line_of("callee.c", "void f4("));
	assert_int_equal(blame_message(j), 0);
}

static void the_machine_s_failures_blame_nobody(void **state)
{
	(void)state;
	j->broken = true;
	buf_addstr(&j->message, "error: no memory for f3\n");
	assert_int_equal(blame_message(j), 0);
	assert_int_equal(blame_by_halves(j, NULL, &e), -1);
	assert_int_equal(e.status, EXIT_ENVIRON);
}

static int dislikes_2_and_5(struct job *job)
{
	if (job->skip[2] && job->skip[5])
		return 0;
	buf_addf(&job->message, "internal compiler trouble");
	return -1;
}

static void without_any_name_halves_find_them(void **state)
{
	(void)state;
	assert_int_equal(blame_by_halves(j, dislikes_2_and_5, &e), 0);
	for (int i = 0; i < COUNT; i++)
		assert_int_equal(j->skip[i], i == 2 || i == 5);
	assert_string_equal(j->why[2], "internal compiler trouble");
}

static int dislikes_all(struct job *job)
{
	buf_addf(&job->message, "broken tool");
	return -1;
}

static void a_tool_that_rejects_even_nothing_is_a_failure(void **state)
{
	(void)state;
	buf_addstr(&j->message, "broken tool");
	assert_int_equal(blame_by_halves(j, dislikes_all, &e), -1);
	assert_int_equal(e.status, EXIT_ENVIRON);
	assert_non_null(strstr(e.msg, "broken tool"));
}

#define JOB_TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		JOB_TEST(a_place_in_the_c_file_names_its_case),
		JOB_TEST(places_in_the_go_file_name_their_cases_each),
		JOB_TEST(generated_names_do_where_there_is_no_place),
		JOB_TEST(warnings_and_notes_blame_nobody),
		JOB_TEST(the_machine_s_failures_blame_nobody),
		JOB_TEST(without_any_name_halves_find_them),
		JOB_TEST(a_tool_that_rejects_even_nothing_is_a_failure),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
