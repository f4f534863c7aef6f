/* campaign_instance.c: tests. Supervision of engine processes, with this program itself as the guest:
 * every way to end, no compiler and no engine needed. */
#include "campaign/instance.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/proc.h"
#include "campaign/collect.h"
#include "tests/unit/scratch.h"

#define HANG_MS 300

/* What the guest does; argv[1] of this program. */
static const char *guest_mode;

struct taken {
	uint32_t count;
	struct cgofuzz_recorder last;
	int fail;
};

static int take(void *ctx, struct instance *i, const char *path, struct err *e)
{
	struct taken *t = ctx;
	struct buf text = BUF_INIT;

	(void)i;
	if (t->fail)
		return err_set(e, EXIT_ENVIRON, "no space left on device");
	assert_int_equal(file_read(path, 0, &text, e), 0);
	assert_int_equal(text.len, sizeof(t->last));
	memcpy(&t->last, text.ptr, sizeof(t->last));
	buf_release(&text);
	t->count++;
	return 0;
}

static void nap(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* A plan of a guest: alive, in the middle of a step of case 7. */
static void begin_plan(struct cgofuzz_recorder *r)
{
	r->executions++;
	r->live.heartbeat++;
	r->live.crossings += 4;
	r->live.slot = 7;
	r->live.step = 2;
	r->plan_len = 24;
	memset(r->plan, 0xab, r->plan_len);
	r->state = CGOFUZZ_RUNNING;
}

static struct cgofuzz_recorder *fault_rec;

static void on_segv(int sig)
{
	struct cgofuzz_recorder *r = fault_rec;

	if (r->stopping == CGOFUZZ_HANGING) {
		r->fault.kind = CGOFUZZ_FAULT_HANG;
		r->fault.slot = r->live.slot;
		r->state = CGOFUZZ_FATAL;
		_exit(2);
	}
	(void)sig;
	_exit(99);
}

static void guest_end(const char *mode, struct cgofuzz_recorder *r)
{
	if (strcmp(mode, "killed") == 0)
		raise(SIGKILL);
	if (strcmp(mode, "hang") == 0) {
		signal(SIGSEGV, on_segv);
		for (;;)
			nap(1000);
	}
	if (strcmp(mode, "deaf") == 0) {
		signal(SIGSEGV, SIG_IGN);
		for (;;)
			nap(1000);
	}
	if (strcmp(mode, "fatal") == 0) {
		r->fault.kind = CGOFUZZ_FAULT_SIGNAL;
		r->fault.slot = 7;
		r->fault.signo = SIGBUS;
		r->fault.time_ns = (uint64_t)clock_ms();
		r->state = CGOFUZZ_FATAL;
		_exit(1);
	}
	if (strcmp(mode, "spread") ==
	    0) { /* one fault of a step with a case after the other, another with one case */
		bool common = r->starts % 2;

		r->fault.kind = CGOFUZZ_FAULT_OUTCOME;
		r->fault.slot = common ? 10 + (uint32_t)r->starts : 7;
		r->fault.turbulence_kind = common ? 3 : 4;
		snprintf(r->fault.text, sizeof(r->fault.text), "%s", common ? "common" : "rare");
		r->fault.time_ns = (uint64_t)clock_ms();
		r->state = CGOFUZZ_FATAL;
		_exit(1);
	}
}

static int guest_main(const char *mode)
{
	struct err e = ERR_INIT;
	struct cgofuzz_recorder *r;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (strcmp(mode, "mute") == 0) {
		fprintf(stderr, "cannot open shared object file\n");
		return 127;
	}
	r = recorder_map(getenv(CGOFUZZ_DIR_ENV), &e);
	if (!r)
		return 3;
	fault_rec = r;
	r->pid = getpid();
	r->tid = getpid();
	r->starts++;
	for (int n = 0;; n++) {
		begin_plan(r);
		if (n >= 3 && (!(r->muted[0] >> 7 & 1) || strcmp(mode, "spread") == 0))
			guest_end(mode, r);
		r->state = CGOFUZZ_IDLE;
		nap(5);
	}
}

static int prepare(struct instance *i, struct err *e)
{
	(void)i;
	(void)e;
	return 0;
}

static void command(const struct instance *i, struct strlist *argv, struct strlist *env)
{
	(void)i;
	(void)env;
	strlist_add(argv, "/proc/self/exe");
	strlist_add(argv, "--guest");
	strlist_add(argv, "%s", guest_mode);
}

static void look(struct instance *i)
{
	(void)i;
}

static const struct engine_ops ops = {
	.id = ENGINE_LIBFUZZER,
	.name = "libfuzzer",
	.is_guest = true,
	.stop_signal = SIGTERM,
	.stop_ms = 500,
	.prepare = prepare,
	.command = command,
	.look = look,
};

static struct lane lane = { .name = "amd64-test" };
static const struct build build = { .id = "0123456789abcdef0123456789abcdef", .dir = (char *)"/tmp" };

/* Of the test that runs: begin() makes them, end() is its teardown. */
static struct instance i;
static struct taken t;
static struct err e;

/* Starts a guest that ends as `mode` says. */
static void begin(const char *mode)
{
	static int serial;

	guest_mode = mode;
	lane.arch = arch_find("amd64");
	t = (struct taken){ 0 };
	e = (struct err)ERR_INIT;
	i = (struct instance){ .ops = &ops, .lane = &lane, .target = "cgo", .hang_ms = HANG_MS };
	i.name = xasprintf("test-%d", serial++);
	i.dir = xasprintf("%s/%s", scratch, i.name);
	i.log = xasprintf("%s/%s.log", scratch, i.name);
	i.record = take;
	i.record_ctx = &t;
	assert_int_equal(instance_start(&i, &build, &e), 0);
}

static int end(void **state)
{
	(void)state;
	instance_release(&i);
	return 0;
}

static int turn(void)
{
	int status;

	if (i.pid && waitpid(i.pid, &status, WNOHANG) == i.pid &&
	    instance_exited(&i, status, clock_ms(), &e) < 0)
		return -1;
	return instance_tick(&i, clock_ms(), &e);
}

/* Ticks until n records were taken: 0; 1: the time is over; -1: a tick failed. */
static int until(uint32_t n, int64_t ms)
{
	for (int64_t stop_ms = clock_ms() + ms; clock_ms() < stop_ms; nap(10)) {
		if (turn() < 0)
			return -1;
		if (t.count >= n)
			return 0;
	}
	return 1;
}

static void run_for(int64_t ms)
{
	assert_int_equal(until(UINT32_MAX, ms), 1);
}

static void stop(void)
{
	instance_stop(&i, false);
	for (int64_t stop_ms = clock_ms() + 5000; clock_ms() < stop_ms && i.state != INSTANCE_IDLE;
	     nap(10))
		assert_int_equal(turn(), 0);
	assert_int_equal(i.state, INSTANCE_IDLE);
}

static void test_a_stopped_guest_is_no_fault(void **state)
{
	(void)state;
	begin("well");
	run_for(200);
	stop();
	assert_int_equal(t.count, 0);
	assert_true(i.executions > 3);
	assert_int_equal(i.crossings, i.executions * 4);
	assert_int_equal(i.guest_restarts, 0);
	assert_false(dir_exists(i.slice_dir));
}

static void test_a_silent_death_is_collected_with_its_plan(void **state)
{
	(void)state;
	begin("killed");
	assert_int_equal(until(1, 5000), 0);
	assert_int_equal(t.last.fault.kind, CGOFUZZ_FAULT_DEATH);
	assert_int_equal(t.last.fault.slot, 7);
	assert_int_equal(t.last.fault.step, 2);
	assert_true(WIFSIGNALED(t.last.fault.wait_status));
	assert_int_equal(WTERMSIG(t.last.fault.wait_status), SIGKILL);
	assert_int_equal(t.last.plan_len, 24);
	stop();
}

static void test_a_case_that_keeps_killing_is_muted_and_counted(void **state)
{
	(void)state;
	begin("fatal");
	assert_int_equal(until(INSTANCE_MUTE / INSTANCE_POINTS_DEATH, 10000), 0);
	assert_int_equal(t.last.fault.kind, CGOFUZZ_FAULT_SIGNAL);
	assert_int_equal(t.last.fault.signo, SIGBUS);
	assert_true(i.rec->muted[0] >> 7 & 1);
	run_for(300);
	assert_int_equal(t.count, INSTANCE_MUTE / INSTANCE_POINTS_DEATH);
	assert_int_equal(i.muted, 1);
	assert_int_equal(i.guest_restarts, t.count);
	i.build.built = 2;
	assert_false(instance_spent(&i));
	i.build.built = 1;
	assert_true(instance_spent(&i));
	stop();
	assert_false(instance_spent(&i));
}

static void test_turbulence_that_fails_with_many_cases_is_thinned_out(void **state)
{
	(void)state;
	begin("spread");
	assert_int_equal(until(2 * INSTANCE_MUTE - 2, 20000), 0);
	assert_int_equal(i.rec->thinned, 0);
	assert_int_equal(until(2 * INSTANCE_MUTE, 20000), 0);
	assert_int_equal(i.rec->thinned, 1u << 3); /* with one case, again and again */
	assert_int_equal(until(2 * INSTANCE_THIN_OUT - 2, 20000), 0);
	assert_int_equal(i.rec->thinned, 1u << 3);
	assert_int_equal(until(2 * INSTANCE_THIN_OUT, 20000), 0);
	assert_int_equal(i.rec->thinned, 1u << 3 | 1u << 2);
	assert_int_equal(i.points[10 + 2 * INSTANCE_SPREAD - 3], 1);
	assert_int_equal(i.points[10 + 2 * INSTANCE_SPREAD - 1], 0); /* it was another's by then */
	assert_int_equal(i.rec->muted[0], 0);
	stop();
}

static void test_a_hang_is_asked_where_it_is(void **state)
{
	(void)state;
	begin("hang");
	assert_int_equal(until(1, 5000), 0);
	assert_int_equal(t.last.fault.kind, CGOFUZZ_FAULT_HANG);
	assert_int_equal(t.last.fault.slot, 7);
	assert_int_equal(i.rec->stopping, CGOFUZZ_GO_ON);
	stop();
}

static void test_a_hang_that_hears_nothing_is_killed(void **state)
{
	(void)state;
	begin("deaf");
	assert_int_equal(until(1, 10000), 0);
	assert_int_equal(t.last.fault.kind, CGOFUZZ_FAULT_HANG);
	assert_int_equal(t.last.fault.seen_by, CGOFUZZ_BY_SUPERVISOR);
	stop();
	assert_int_equal(t.count, 1);
}

static void test_a_guest_that_cannot_start_says_why(void **state)
{
	(void)state;
	begin("mute");
	assert_int_equal(until(1, 10000), -1);
	assert_int_equal(e.status, EXIT_ENVIRON);
	assert_non_null(strstr(e.msg, "cannot open shared object file"));
	assert_non_null(strstr(e.msg, "exit status 127"));
	stop();
	assert_int_equal(t.count, 0);
}

static void test_a_full_disk_keeps_the_recorder_file(void **state)
{
	char *pending;

	(void)state;
	begin("fatal");
	t.fail = 1;
	assert_int_equal(until(1, 10000), -1);
	assert_non_null(strstr(e.msg, "no space left"));
	pending = xasprintf("%s/pending", i.slice_dir);
	t.fail = 0;
	assert_true(collect_has(i.slice_dir, &i.rec->fault) || dir_exists(pending));
	assert_int_equal(collect_pending(&i, &e), 0);
	assert_int_equal(t.count, 1);
	free(pending);
}

static void test_only_own_processes_are_signalled(void **state)
{
	(void)state;
	begin("well");
	run_for(200);
	assert_true(slice_owns(i.slice_dir, i.pid));
	assert_false(slice_owns(i.slice_dir, getpid()));
	assert_false(slice_owns(i.slice_dir, getppid()));
	assert_false(slice_owns(i.slice_dir, 1));
	assert_false(slice_owns(i.slice_dir, -1));
	assert_int_equal(slice_kill_all(i.slice_dir), 1);
	stop();
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_a_stopped_guest_is_no_fault, end),
		cmocka_unit_test_teardown(test_a_silent_death_is_collected_with_its_plan, end),
		cmocka_unit_test_teardown(test_a_case_that_keeps_killing_is_muted_and_counted, end),
		cmocka_unit_test_teardown(test_turbulence_that_fails_with_many_cases_is_thinned_out,
					  end),
		cmocka_unit_test_teardown(test_a_hang_is_asked_where_it_is, end),
		cmocka_unit_test_teardown(test_a_hang_that_hears_nothing_is_killed, end),
		cmocka_unit_test_teardown(test_a_guest_that_cannot_start_says_why, end),
		cmocka_unit_test_teardown(test_a_full_disk_keeps_the_recorder_file, end),
		cmocka_unit_test_teardown(test_only_own_processes_are_signalled, end),
	};

	if (argc == 3 && strcmp(argv[1], "--guest") == 0)
		return guest_main(argv[2]);
	return cmocka_run_group_tests_name("campaign_instance", tests, scratch_make, scratch_remove);
}
