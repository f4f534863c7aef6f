/* campaign_parts.c: tests. The parts of a campaign that need no engine: seeds, helper processes,
 * status, regressions, what a night promised. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/job.h"
#include "base/proc.h"
#include "campaign/campaign.h"
#include "campaign/corpus.h"
#include "campaign/nightly.h"
#include "campaign/regress.h"
#include "campaign/status.h"
#include "guest/feature.h"
#include "guest/plan.h"
#include "tests/unit/scratch.h"

struct seen {
	const char *dir;
	uint8_t features[CGOFUZZ_FEATURES];
	uint32_t plans, steps;
};

static int see_plan(const char *name, void *ctx)
{
	struct seen *seen = ctx;
	char *path = xasprintf("%s/%s", seen->dir, name);
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;

	assert_int_equal(file_read(path, 0, &text, &e), 0);
	assert_true(text.len >= CORPUS_MIN_BYTES);
	assert_true(text.len <= 64 * CGOFUZZ_STEP_BYTES);
	for (uint32_t at = 0; at < text.len; at += CGOFUZZ_STEP_BYTES) {
		struct cgofuzz_step s = cgofuzz_word_step(
			cgofuzz_plan_word((const uint8_t *)text.ptr, (uint32_t)text.len, at),
			cgofuzz_slots_of(64));

		assert_int_not_equal(s.route, 0);
		seen->features[cgofuzz_step_feature(s.slot, s.route - 1u, s.depth)] = 1;
		if (s.capture)
			seen->features[cgofuzz_captured_feature(s.slot, s.route - 1u)] = 1;
		seen->steps++;
	}
	seen->plans++;
	buf_release(&text);
	free(path);
	return 0;
}

static void test_seeds_reach_every_case_route_and_depth(void **state)
{
	char *dir = in_scratch("seeds");
	struct seen seen = { .dir = dir };
	struct err e = ERR_INIT;
	uint32_t features = 0;

	(void)state;
	assert_int_equal(corpus_seed(dir, 1, 64, false, &e), 0);
	assert_int_equal(dir_each(dir, see_plan, &seen, &e), 0);
	for (uint32_t i = 0; i < CGOFUZZ_FEATURES; i++)
		features += seen.features[i];
	/* two routes at all depths; captured, all three at the shallow ones */
	assert_int_equal(features, 64 * 2 * CGOFUZZ_FEATURE_DEPTHS + 64 * 4 + 64 * 3);
	assert_int_equal(corpus_seed(dir, 2, 64, false, &e), 0); /* what is there stays */
	assert_int_equal(corpus_prune(dir, 10, &e), 0);
	seen.plans = 0;
	assert_int_equal(dir_each(dir, see_plan, &seen, &e), 0);
	assert_int_equal(seen.plans, 10);
	free(dir);
}

static void test_plan_that_ends_its_process_is_dropped(void **state)
{
	char *dir = in_scratch("dropped"), *one = xasprintf("%s/one", dir),
	     *two = xasprintf("%s/two", dir);
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(dir_make(dir, &e), 0);
	assert_int_equal(file_write(one, "deadly", 6, &e), 0);
	assert_int_equal(file_write(two, "deadly!", 7, &e), 0);
	assert_int_equal(corpus_drop(dir, "deadlY", 6, &e), 0);
	assert_true(file_exists(one));
	assert_int_equal(corpus_drop(dir, "deadly", 6, &e), 0);
	assert_false(file_exists(one));
	assert_true(file_exists(two));
	assert_int_equal(corpus_drop(dir, "", 0, &e), 0);
	assert_int_equal(corpus_drop(one, "deadly", 6, &e), -1);
	free(two);
	free(one);
	free(dir);
}

static int answer(void *ctx, struct buf *out, struct err *e)
{
	const char *what = ctx;

	if (strcmp(what, "fail") == 0)
		return err_set(e, EXIT_USAGE, "it failed because of %s", what);
	if (strcmp(what, "die") == 0)
		_exit(9);
	buf_addf(out, "done %s", what);
	return 0;
}

static int run_job(const char *what, struct job *j, struct err *e)
{
	struct timespec pause = { 0, 5000000 };
	int rc;

	assert_int_equal(job_start(j, answer, (void *)what, 1, e), 0);
	while ((rc = job_poll(j, e)) == 0)
		nanosleep(&pause, NULL);
	assert_false(job_running(j));
	return rc;
}

static void test_helper_processes_answer_or_say_why(void **state)
{
	struct job j = JOB_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(run_job("well", &j, &e), 1);
	assert_string_equal(j.answer.ptr, "done well");
	assert_int_equal(run_job("fail", &j, &e), -1);
	assert_int_equal(e.status, EXIT_USAGE);
	assert_string_equal(e.msg, "it failed because of fail");
	assert_int_equal(run_job("die", &j, &e), -1);
	assert_non_null(strstr(e.msg, "exit status 9"));
	job_release(&j);
}

/* A campaign of which there is a directory, and no more. */
static char *make_campaign(void)
{
	char *dir = in_scratch("campaign");
	struct request r = { .out = dir, .arch = "amd64", .command = "x" };
	struct err e = ERR_INIT;
	struct campaign c;

	assert_int_equal(campaign_open(&c, &r, &e), 0);
	assert_int_equal(campaign_record(&c, NULL, &e), 0);
	campaign_close(&c);
	return dir;
}

static void test_status_is_kept_and_a_killed_run_has_failed(void **state)
{
	char *dir = make_campaign();
	struct status_lane lane = { .lane = (char *)"amd64-x",
				    .engine = "afl",
				    .state = "running",
				    .executions = 10,
				    .crossings = 400,
				    .run_ms = 2000,
				    .restarts = 3,
				    .muted = 1,
				    .lumped = 9 };
	struct status s = { .state = "running",
			    .elapsed_ms = 2000,
			    .executions = 10,
			    .crossings = 400,
			    .batches = 3,
			    .cases = 192,
			    .late_batches = 1,
			    .next_batch = 3,
			    .lanes = &lane,
			    .lane_count = 1 };
	struct err e = ERR_INIT;
	struct status got;
	struct buf text = BUF_INIT;

	(void)state;
	assert_int_equal(status_write(&s, dir, &e), 0);
	assert_int_equal(status_read(&got, dir, &e), 0);
	assert_string_equal(got.state, "failed"); /* nobody holds it */
	assert_non_null(strstr(got.reason, "was killed"));
	assert_string_equal(got.lanes[0].state, "ended");
	assert_int_equal(got.crossings, 400);
	assert_int_equal(got.next_batch, 3);
	status_print(&got, dir, &text);
	assert_non_null(strstr(text.ptr, "3 batches, 192 cases"));
	assert_non_null(strstr(text.ptr, "1 late batch\n"));
	assert_non_null(strstr(text.ptr, "3 guest restarts, 1 case muted"));
	assert_non_null(strstr(text.ptr, "9 faults lumped together"));
	buf_release(&text);
	status_release(&got);
	free(dir);
}

static void test_a_failed_run_keeps_its_reason(void **state)
{
	char *dir = make_campaign();
	struct status s = { .state = "failed", .reason = (char *)"gcc-99 is \xff not installed" };
	struct err e = ERR_INIT;
	struct buf text = BUF_INIT;
	struct status got;

	(void)state;
	assert_int_equal(status_write(&s, dir, &e), 0);
	assert_int_equal(status_read(&got, dir, &e), 0);
	status_print(&got, dir, &text);
	assert_non_null(strstr(text.ptr, ": failed"));
	assert_non_null(strstr(text.ptr, "reason: gcc-99 is "));
	buf_release(&text);
	status_release(&got);
	s = (struct status){ .state = "ended" };
	assert_int_equal(status_write(&s, dir, &e), 0);
	assert_int_equal(status_read(&got, dir, &e), 0);
	assert_string_equal(got.state, "ended");
	assert_null(got.reason);
	status_release(&got);
	free(dir);
}

static struct status_lane *lanes_of(uint32_t count)
{
	struct status_lane *lanes = xcalloc(count, sizeof(*lanes));

	for (uint32_t i = 0; i < count; i++)
		lanes[i] = (struct status_lane){ .lane = xasprintf("lane%u", i),
						 .engine = "afl",
						 .state = "running",
						 .executions = 10,
						 .run_ms = 1000,
						 .restarts = 2,
						 .edges = 20 + i };
	return lanes;
}

static void test_what_earlier_runs_did_is_not_lost(void **state)
{
	struct status s = { .state = "running", .lanes = lanes_of(1), .lane_count = 1 };
	struct status earlier = {
		.state = "ended", .lanes = lanes_of(2), .lane_count = 2, .late_batches = 4
	};

	(void)state;
	s.late_batches = 1;
	s.lanes[0].edges = 0; /* the engine has not told yet */
	status_add(&s, &earlier);
	assert_int_equal(s.late_batches, 5);
	assert_int_equal(s.lane_count, 2);
	assert_int_equal(s.lanes[0].executions, 20);
	assert_int_equal(s.lanes[0].restarts, 4);
	assert_int_equal(s.lanes[0].edges, 20);
	assert_string_equal(s.lanes[0].state, "running");
	assert_string_equal(s.lanes[1].lane, "lane1");
	assert_int_equal(s.lanes[1].executions, 10);
	assert_string_equal(s.lanes[1].state, "ended");
	status_release(&s);
	status_release(&earlier);
}

static void test_a_regression_file_is_read_and_its_mistakes_named(void **state)
{
	static const char good[] = "# why\nlane: amd64\nexpect: leaf\nvoid f(int)\n[route=callback] "
				   "int f(void)\n";
	static const char bad[] = "expect: perhaps\nvoid f(int)\n";
	char *path = in_scratch("r.txt");
	struct err e = ERR_INIT;
	struct regress r;

	(void)state;
	assert_int_equal(file_write(path, good, sizeof(good) - 1, &e), 0);
	assert_int_equal(regress_load(&r, path, &e), 0);
	assert_int_equal(r.case_count, 2);
	assert_string_equal(r.expect, "leaf");
	assert_string_equal(r.lanes, "amd64");
	regress_release(&r);
	assert_int_equal(file_write(path, bad, sizeof(bad) - 1, &e), 0);
	assert_int_equal(regress_load(&r, path, &e), -1);
	assert_int_equal(e.status, EXIT_USAGE);
	assert_non_null(strstr(e.msg, "perhaps"));
	regress_release(&r);
	free(path);
}

static void test_a_night_with_an_idle_lane_fell_short(void **state)
{
	struct request r = { .arch = "amd64", .engine = "afl", .time_ms = 1000 };
	struct outcome o = { .judged = true };
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	struct status_lane lane = {
		.engine = "afl", .state = "ended", .executions = 100, .crossings = 100000, .run_ms = 1000
	};
	struct config c;

	(void)state;
	assert_int_equal(config_make(&c, &r, &e), 0);
	assert_true(nightly_fell_short(&c, &o, &text));
	assert_non_null(strstr(text.ptr, "never ran"));
	lane.lane = c.lanes[0].name;
	o.status.lanes = &lane;
	o.status.lane_count = 1;
	assert_false(nightly_fell_short(&c, &o, &text));
	lane.crossings = 10;
	assert_true(nightly_fell_short(&c, &o, &text));
	buf_release(&text);
	config_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seeds_reach_every_case_route_and_depth),
		cmocka_unit_test(test_plan_that_ends_its_process_is_dropped),
		cmocka_unit_test(test_helper_processes_answer_or_say_why),
		cmocka_unit_test(test_status_is_kept_and_a_killed_run_has_failed),
		cmocka_unit_test(test_a_failed_run_keeps_its_reason),
		cmocka_unit_test(test_what_earlier_runs_did_is_not_lost),
		cmocka_unit_test(test_a_regression_file_is_read_and_its_mistakes_named),
		cmocka_unit_test(test_a_night_with_an_idle_lane_fell_short),
	};

	return cmocka_run_group_tests_name("campaign_parts", tests, scratch_make, scratch_remove);
}
