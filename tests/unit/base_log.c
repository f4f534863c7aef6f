/* base_log.c: tests. What a person sees on standard error, on a terminal and elsewhere. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/log.h"

/* Runs fn in a child whose standard error is fd; what arrives at the other end is in out. */
static void capture(void (*fn)(void), int near, int far, struct buf *out)
{
	pid_t pid = fork();
	char chunk[256];
	ssize_t n;

	if (pid == 0) {
		dup2(near, STDERR_FILENO);
		fn();
		_exit(0);
	}
	close(near);
	while ((n = read(far, chunk, sizeof(chunk))) > 0)
		buf_add(out, chunk, (size_t)n);
	close(far);
	waitpid(pid, NULL, 0);
}

static void say_all(void)
{
	log_say("said %d", 1);
	log_detail("detail");
	log_status("status 1");
	log_status("status 2"); /* within ten seconds: only a terminal shows it */
	log_warn("warned");
	log_status_end();
}

static void say_all_quietly(void)
{
	log_level = LOG_QUIET;
	say_all();
}

static void say_all_verbosely(void)
{
	log_level = LOG_VERBOSE;
	say_all();
}

static void elsewhere_lines_are_plain_and_rare(void **state)
{
	struct buf out = BUF_INIT;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	capture(say_all, ends[1], ends[0], &out);
	assert_string_equal(out.ptr, "said 1\nstatus 1\nwarning: warned\n");
	buf_release(&out);
}

static void quiet_leaves_warnings_and_verbose_adds_details(void **state)
{
	struct buf out = BUF_INIT;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	capture(say_all_quietly, ends[1], ends[0], &out);
	assert_string_equal(out.ptr, "warning: warned\n");
	buf_reset(&out);
	assert_int_equal(pipe(ends), 0);
	capture(say_all_verbosely, ends[1], ends[0], &out);
	assert_string_equal(out.ptr, "said 1\ndetail\nstatus 1\nwarning: warned\n");
	buf_release(&out);
}

static void a_terminal_shows_one_line_rewritten(void **state)
{
	struct buf out = BUF_INIT;
	int far = posix_openpt(O_RDWR | O_NOCTTY), near = -1;

	(void)state;
	if (far < 0 || grantpt(far) < 0 || unlockpt(far) < 0 ||
	    (near = open(ptsname(far), O_RDWR | O_NOCTTY)) < 0) {
		print_message("skipped: no pseudo-terminals here\n");
		skip();
	}
	capture(say_all, near, far, &out);
	assert_string_equal(out.ptr,
			    "said 1\r\n"
			    "\rstatus 1\033[K\rstatus 2\033[K"
			    "\r\033[Kwarning: warned\r\n");
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elsewhere_lines_are_plain_and_rare),
		cmocka_unit_test(quiet_leaves_warnings_and_verbose_adds_details),
		cmocka_unit_test(a_terminal_shows_one_line_rewritten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
