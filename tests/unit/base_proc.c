/* base_proc.c: tests. Child processes: output, deadlines, environment, how they ended. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/proc.h"

#define SH(script) ((char *[]){ "sh", "-c", script, NULL })

static struct err e;
static struct proc_result result;

/* Runs the script; standard output (and error, if both) is in the buf. */
static int run_sh(char *script, struct buf *out, struct buf *err)
{
	struct proc_spec spec = { .argv = SH(script), .out = out, .err = err, .deadline_ms = 20000 };

	return proc_run(&spec, &result, &e);
}

static void streams_are_kept_apart_or_together(void **state)
{
	struct buf out = BUF_INIT, err = BUF_INIT;

	(void)state;
	buf_addstr(&out, "kept ");
	assert_int_equal(run_sh("echo one; echo two >&2; exit 3", &out, &err), 0);
	assert_string_equal(out.ptr, "kept one\n");
	assert_string_equal(err.ptr, "two\n");
	assert_string_equal(proc_describe(result.status), "exit status 3");
	assert_false(result.timed_out);
	buf_reset(&out);
	assert_int_equal(run_sh("echo one; echo two >&2; echo three", &out, &out), 0);
	assert_string_equal(out.ptr, "one\ntwo\nthree\n");
	assert_int_equal(run_sh("echo lost; echo lost >&2", NULL, NULL), 0);
	assert_int_equal(result.status, 0);
	buf_release(&out);
	buf_release(&err);
}

static void arguments_pass_no_shell(void **state)
{
	char *argv[] = { "printf", "%s|", "a b", "$HOME", "`id`", "", NULL };
	struct buf out = BUF_INIT;
	struct proc_spec spec = { .argv = argv, .out = &out };

	(void)state;
	assert_int_equal(proc_run(&spec, &result, &e), 0);
	assert_string_equal(out.ptr, "a b|$HOME|`id`||");
	buf_release(&out);
}

static void output_beyond_the_limit_is_drained(void **state)
{
	struct buf out = BUF_INIT;
	struct proc_spec spec = { .argv = SH("head -c 3000000 /dev/zero; echo end >&2"),
				  .out = &out,
				  .limit = 1000 };

	(void)state;
	assert_int_equal(proc_run(&spec, &result, &e), 0);
	assert_int_equal(result.status, 0);
	assert_int_equal(out.len, 1000);
	buf_release(&out);
}

static void the_deadline_kills_the_whole_group(void **state)
{
	struct buf out = BUF_INIT;
	struct proc_spec spec = { .argv = SH("trap '' TERM; sleep 60 & echo $!; sleep 60"),
				  .out = &out,
				  .deadline_ms = 300 };
	pid_t grandchild;

	(void)state;
	assert_int_equal(proc_run(&spec, &result, &e), 0);
	assert_true(result.timed_out);
	assert_in_range(result.wall_ms, 290, 5000);
	assert_string_equal(proc_describe(result.status), "signal 9 (SIGKILL)");
	grandchild = (pid_t)strtol(out.ptr, NULL, 10);
	assert_true(grandchild > 0);
	for (int i = 0; i < 200 && kill(grandchild, 0) == 0; i++) {
		char *path = xasprintf("/proc/%d/stat", (int)grandchild);
		struct buf stat = BUF_INIT;
		bool zombie = file_read(path, 0, &stat, &e) < 0 || strstr(stat.ptr, ") Z ");

		free(path);
		buf_release(&stat);
		if (zombie) /* dead, and only its new parent has not looked */
			break;
		assert_true(i < 199);
		usleep(10000);
	}
	buf_release(&out);
}

static void a_program_that_ends_in_time_is_not_waited_for(void **state)
{
	struct proc_spec spec = { .argv = SH("exit 0"), .deadline_ms = 60000 };

	(void)state;
	assert_int_equal(proc_run(&spec, &result, &e), 0);
	assert_false(result.timed_out);
	assert_true(result.wall_ms < 20000);
}

static void a_grandchild_that_keeps_the_pipe_does_not_hold_us(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	assert_int_equal(run_sh("sleep 5 & echo done", &out, NULL), 0);
	assert_string_equal(out.ptr, "done\n");
	assert_true(result.wall_ms < 4000);
	buf_release(&out);
}

static void the_environment_is_inherited_with_changes(void **state)
{
	struct buf out = BUF_INIT;
	char *env[] = { "CGOFUZZ_A=new", "CGOFUZZ_B", "CGOFUZZ_C=1", "CGOFUZZ_C=2", NULL };
	struct proc_spec spec = {
		.argv = SH("echo $CGOFUZZ_A,${CGOFUZZ_B-unset},$CGOFUZZ_C,$CGOFUZZ_D"),
		.env = env,
		.out = &out,
	};

	(void)state;
	setenv("CGOFUZZ_A", "old", 1);
	setenv("CGOFUZZ_B", "old", 1);
	setenv("CGOFUZZ_D", "kept", 1);
	assert_int_equal(proc_run(&spec, &result, &e), 0);
	assert_string_equal(out.ptr, "new,unset,2,kept\n");
	buf_release(&out);
}

static void directory_input_and_output_files_are_set(void **state)
{
	char dir[] = "/tmp/cgofuzz-proc-XXXXXX";
	struct buf out = BUF_INIT;
	struct proc_spec spec = { .argv = SH("pwd; cat; echo bad >&2"), .stdin_path = "/dev/null" };
	char *in, *to, *err;

	(void)state;
	assert_non_null(mkdtemp(dir));
	in = xasprintf("%s/in", dir);
	to = xasprintf("%s/to", dir);
	err = xasprintf("%s/err", dir);
	assert_int_equal(file_write(in, "input", 5, &e), 0);
	assert_int_equal(file_write(to, "something longer than that, to be cut", 37, &e), 0);
	spec.cwd = dir;
	spec.stdin_path = in;
	spec.out_path = to;
	spec.err_path = err;
	assert_int_equal(proc_run(&spec, &result, &e), 0);
	assert_int_equal(file_read(to, 0, &out, &e), 0);
	assert_int_equal(file_read(err, 0, &out, &e), 0);
	assert_memory_equal(out.ptr, dir, strlen(dir));
	assert_string_equal(out.ptr + strlen(dir), "\ninputbad\n");
	spec.stdin_path = "/no/such/file";
	assert_int_equal(proc_run(&spec, &result, &e), -1);
	assert_non_null(strstr(e.msg, "could not open /no/such/file as input of sh"));
	assert_int_equal(dir_remove(dir, &e), 0);
	free(in);
	free(to);
	free(err);
	buf_release(&out);
}

static void what_cannot_be_started_says_why(void **state)
{
	char *argv[] = { "cgofuzz-no-such-program", NULL };
	char *env[] = { "PATH=/usr/bin:/bin", NULL }; /* nothing in it that we may not read */
	struct proc_spec spec = { .argv = argv, .env = env };

	(void)state;
	assert_int_equal(proc_run(&spec, &result, &e), -1);
	assert_int_equal(e.status, EXIT_ENVIRON);
	assert_string_equal(e.msg,
			    "could not run cgofuzz-no-such-program: No such file or directory");
	spec.argv = SH("true");
	spec.cwd = "/no/such/directory";
	assert_int_equal(proc_run(&spec, &result, &e), -1);
	assert_string_equal(e.msg,
			    "could not run sh in /no/such/directory: No such file or directory");
}

static void what_must_succeed_shows_its_last_words(void **state)
{
	struct proc_spec spec = {
		.argv = SH("for i in $(seq 100); do echo line $i >&2; done; exit 4")
	};

	(void)state;
	assert_int_equal(proc_must(&spec, &e), -1);
	assert_non_null(strstr(e.msg, "exit 4: exit status 4\n"));
	assert_non_null(strstr(e.msg, "\nline 100"));
	assert_null(strstr(e.msg, "line 50\n"));
	spec.argv = SH("sleep 60");
	spec.deadline_ms = 100;
	assert_int_equal(proc_must(&spec, &e), -1);
	assert_string_equal(e.msg, "sh -c sleep 60: killed at its deadline");
	spec.argv = SH("kill -SEGV $$");
	assert_int_equal(proc_must(&spec, &e), -1);
	assert_non_null(strstr(e.msg, "signal 11 (SIGSEGV)"));
	spec.argv = SH("exit 0");
	assert_int_equal(proc_must(&spec, &e), 0);
}

static void a_started_program_runs_on_in_a_group_of_its_own(void **state)
{
	struct proc_spec spec = { .argv = SH("sleep 60") };
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(proc_start(&spec, &pid, &e), 0);
	assert_int_equal(getpgid(pid), pid);
	assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
	assert_int_equal(kill(-pid, SIGTERM), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_string_equal(proc_describe(status), "signal 15 (SIGTERM)");
}

static void a_child_dies_with_its_parent_if_asked(void **state)
{
	struct proc_spec spec = { .argv = SH("sleep 60"), .die_with_parent = true };
	int told[2];
	pid_t middle, child = 0;

	(void)state;
	assert_int_equal(pipe(told), 0);
	middle = fork();
	if (middle == 0) {
		if (proc_start(&spec, &child, &e) < 0 ||
		    write(told[1], &child, sizeof(child)) != (ssize_t)sizeof(child))
			_exit(1);
		pause();
	}
	assert_int_equal(read(told[0], &child, sizeof(child)), sizeof(child));
	assert_int_equal(kill(child, 0), 0);
	kill(middle, SIGKILL);
	waitpid(middle, NULL, 0);
	for (int i = 0; i < 300; i++) {
		char *path = xasprintf("/proc/%d/stat", (int)child);
		struct buf stat = BUF_INIT;
		bool gone = file_read(path, 0, &stat, &e) < 0 || strstr(stat.ptr, ") Z ");

		free(path);
		buf_release(&stat);
		if (gone)
			break;
		assert_true(i < 299);
		usleep(10000);
	}
	close(told[0]);
	close(told[1]);
}

static void children_get_default_signals_and_not_our_files(void **state)
{
	struct buf out = BUF_INIT;
	sigset_t block, old;
	int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);

	(void)state;
	sigemptyset(&block);
	sigaddset(&block, SIGTERM);
	sigprocmask(SIG_BLOCK, &block, &old);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	assert_int_equal(run_sh("grep SigBlk /proc/self/status; ls -l /proc/self/fd; kill -INT $$",
				&out, NULL),
			 0);
	signal(SIGINT, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &old, NULL);
	assert_non_null(strstr(out.ptr, "SigBlk:\t0000000000000000\n"));
	assert_non_null(strstr(out.ptr, " 0 -> /dev/null"));
	assert_null(strstr(out.ptr, "/etc/passwd"));
	assert_string_equal(proc_describe(result.status), "signal 2 (SIGINT)");
	close(fd);
	buf_release(&out);
}

static void niceness_is_added(void **state)
{
	struct buf out = BUF_INIT;
	struct proc_spec spec = { .argv = (char *[]){ "nice", NULL }, .out = &out, .nice = 3 };

	(void)state;
	assert_int_equal(proc_run(&spec, &result, &e), 0);
	assert_int_equal(strtol(out.ptr, NULL, 10), getpriority(PRIO_PROCESS, 0) + 3);
	buf_release(&out);
}

static void programs_are_found_in_path(void **state)
{
	char *sh = proc_which("sh"), *again;

	(void)state;
	assert_non_null(sh);
	assert_int_equal(sh[0], '/');
	again = proc_which(sh);
	assert_non_null(again);
	free(sh);
	free(again);
	assert_null(proc_which("cgofuzz-no-such-program"));
	assert_null(proc_which("/etc"));
	assert_null(proc_which(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams_are_kept_apart_or_together),
		cmocka_unit_test(arguments_pass_no_shell),
		cmocka_unit_test(output_beyond_the_limit_is_drained),
		cmocka_unit_test(the_deadline_kills_the_whole_group),
		cmocka_unit_test(a_program_that_ends_in_time_is_not_waited_for),
		cmocka_unit_test(a_grandchild_that_keeps_the_pipe_does_not_hold_us),
		cmocka_unit_test(the_environment_is_inherited_with_changes),
		cmocka_unit_test(directory_input_and_output_files_are_set),
		cmocka_unit_test(what_cannot_be_started_says_why),
		cmocka_unit_test(what_must_succeed_shows_its_last_words),
		cmocka_unit_test(a_started_program_runs_on_in_a_group_of_its_own),
		cmocka_unit_test(a_child_dies_with_its_parent_if_asked),
		cmocka_unit_test(children_get_default_signals_and_not_our_files),
		cmocka_unit_test(niceness_is_added),
		cmocka_unit_test(programs_are_found_in_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
