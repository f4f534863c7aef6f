/* campaign_parts.c: tests. The parts of a campaign that need no engine: configuration, directory,
 * seeds, helper processes, status. */
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
#include "base/proc.h"
#include "campaign/campaign.h"
#include "campaign/corpus.h"
#include "campaign/job.h"
#include "campaign/nightly.h"
#include "campaign/regress.h"
#include "campaign/status.h"
#include "guest/feature.h"
#include "guest/plan.h"

static char scratch[] = "/tmp/cgofuzz-test-XXXXXX";

static char *in_scratch(const char *name)
{
	return xasprintf("%s/%s", scratch, name);
}

static void test_default_is_every_architecture_and_engine(void **state)
{
	struct request r = { .has_seed = true, .seed = UINT64_MAX, .time_ms = 1000 };
	struct err e = ERR_INIT;
	struct config c;

	(void)state;
	assert_int_equal(config_make(&c, &r, &e), 0);
	assert_int_equal(c.lane_count, 2);
	assert_int_equal(config_pairs(&c), 4);
	assert_int_equal(c.jobs, 4);
	assert_int_equal(c.batch_cases, 64);
	assert_false(config_fixed(&c));
	config_release(&c);
}

static void test_wrong_values_are_answered_with_the_valid_ones(void **state)
{
	static const struct {
		struct request r;
		const char *says;
	} wrong[] = {
		{ { .arch = "mips" }, "amd64, arm64, all" },
		{ { .engine = "honggfuzz" }, "afl, libfuzzer, all" },
		{ { .target = "nothing" }, "cgo, planted" },
		{ { .target = "planted:nothing" }, "null-read" },
		{ { .target = "cgo:x" }, "its cases are generated" },
		{ { .batch_cases = 100000 }, "512" },
		{ { .jobs = 100000 }, "256" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct err e = ERR_INIT;
		struct config c;

		assert_int_equal(config_make(&c, &wrong[i].r, &e), -1);
		assert_int_equal(e.status, EXIT_USAGE);
		if (!strstr(e.msg, wrong[i].says))
			fail_msg("'%s' does not say '%s'", e.msg, wrong[i].says);
		config_release(&c);
	}
}

static void test_a_target_is_cut_to_the_rows_named(void **state)
{
	struct request r = { .target = "planted:null-read,abort" };
	struct err e = ERR_INIT;
	struct config c;

	(void)state;
	assert_int_equal(config_make(&c, &r, &e), 0);
	assert_true(config_fixed(&c));
	assert_int_equal(c.target.case_count, 2);
	assert_string_equal(c.target.cases[1].name, "abort");
	config_release(&c);
}

static void test_a_configuration_survives_json(void **state)
{
	struct request r = { .has_seed = true,
			     .seed = 0xfedcba9876543210u,
			     .arch = "arm64",
			     .engine = "afl",
			     .target = "planted:abort",
			     .batch_cases = 8 };
	struct err e = ERR_INIT;
	struct config a, b;
	json_t *j;

	(void)state;
	assert_int_equal(config_make(&a, &r, &e), 0);
	j = config_to_json(&a);
	assert_int_equal(config_from_json(&b, j, &e), 0);
	json_decref(j);
	assert_true(b.seed == r.seed);
	assert_string_equal(b.target_text, "planted:abort");
	assert_int_equal(b.lane_count, 1);
	assert_string_equal(b.lanes[0].name, a.lanes[0].name);
	assert_true(b.engines[ENGINE_AFL] && !b.engines[ENGINE_LIBFUZZER]);
	assert_int_equal(b.batch_cases, 8);
	assert_int_equal(config_resume(&b, &r, &e), 0);
	config_release(&a);
	config_release(&b);
}

static void test_contradicting_options_are_refused(void **state)
{
	static const struct request others[] = {
		{ .arch = "amd64" },  { .engine = "all" },
		{ .target = "cgo" },  { .has_seed = true, .seed = 2 },
		{ .batch_cases = 9 },
	};
	struct request r = { .has_seed = true,
			     .seed = 1,
			     .arch = "arm64",
			     .engine = "afl",
			     .target = "planted",
			     .batch_cases = 8 };
	struct request none = { .jobs = 1 };
	struct err e = ERR_INIT;
	struct config c;

	(void)state;
	assert_int_equal(config_make(&c, &r, &e), 0);
	assert_int_equal(config_resume(&c, &none, &e), 0);
	assert_int_equal(c.jobs, 1);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		e = (struct err)ERR_INIT;
		assert_int_equal(config_resume(&c, &others[i], &e), -1);
		assert_int_equal(e.status, EXIT_USAGE);
		assert_non_null(strstr(e.msg, "contradicts"));
	}
	config_release(&c);
}

static void test_a_damaged_configuration_is_named(void **state)
{
	struct err e = ERR_INIT;
	struct config c;
	json_t *j = json_pack("{s:s, s:s, s:i, s:[s], s:[]}", "target", "cgo", "seed", "1",
			      "batch_cases", 64, "lanes", "vax-gcc12", "engines");

	(void)state;
	assert_int_equal(config_from_json(&c, j, &e), -1);
	assert_int_equal(e.status, EXIT_ENVIRON);
	assert_non_null(strstr(e.msg, "lane 0"));
	config_release(&c);
	json_decref(j);
}

static void test_a_campaign_is_made_resumed_and_held(void **state)
{
	char *dir = in_scratch("campaign");
	struct request r = { .out = dir, .arch = "amd64", .has_seed = true, .seed = 5, .command = "x" };
	struct request again = { .out = dir, .command = "y" };
	struct err e = ERR_INIT;
	struct campaign a, b;

	(void)state;
	assert_int_equal(campaign_open(&a, &r, &e), 0);
	assert_int_equal(campaign_record(&a, NULL, &e), 0);
	assert_false(a.resumed);
	assert_int_equal(campaign_holder(dir), getpid());
	assert_int_equal(campaign_open(&b, &again, &e), -1);
	assert_int_equal(e.status, EXIT_ENVIRON);
	assert_non_null(strstr(e.msg, "held by process"));
	campaign_close(&b);
	campaign_close(&a);
	assert_int_equal(campaign_holder(dir), 0);
	assert_int_equal(campaign_open(&b, &again, &e), 0);
	assert_true(b.resumed);
	assert_int_equal(b.config.seed, 5);
	assert_int_equal(b.config.lane_count, 1);
	assert_int_equal(campaign_record(&b, NULL, &e), 0);
	campaign_close(&b);
	free(dir);
}

static void test_another_version_and_other_directories_are_refused(void **state)
{
	char *dir = in_scratch("foreign"), *file = in_scratch("foreign/notes"),
	     *json = in_scratch("foreign/campaign.json");
	struct request r = { .out = dir };
	struct err e = ERR_INIT;
	struct campaign c;

	(void)state;
	assert_int_equal(dir_make(dir, &e), 0);
	assert_int_equal(file_write(file, "x", 1, &e), 0);
	assert_int_equal(campaign_open(&c, &r, &e), -1);
	assert_int_equal(e.status, EXIT_USAGE);
	campaign_close(&c);
	assert_int_equal(file_write(json, "{\"version\":99}", 14, &e), 0);
	assert_int_equal(campaign_open(&c, &r, &e), -1);
	assert_int_equal(e.status, EXIT_ENVIRON);
	assert_non_null(strstr(e.msg, "version 99"));
	campaign_close(&c);
	free(dir);
	free(file);
	free(json);
}

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
		struct cgofuzz_step s =
			cgofuzz_plan_step((const uint8_t *)text.ptr, (uint32_t)text.len, at, 64);

		assert_int_not_equal(s.route, 0);
		seen->features[cgofuzz_step_feature(s.slot, s.route - 1u, s.depth)] = 1;
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
	assert_int_equal(corpus_seed(dir, 1, 64, &e), 0);
	assert_int_equal(dir_each(dir, see_plan, &seen, &e), 0);
	for (uint32_t i = 0; i < CGOFUZZ_FEATURES; i++)
		features += seen.features[i];
	assert_int_equal(features, 64 * 2 * CGOFUZZ_FEATURE_DEPTHS);
	assert_int_equal(corpus_seed(dir, 2, 64, &e), 0); /* what is there stays */
	assert_int_equal(corpus_prune(dir, 10, &e), 0);
	seen.plans = 0;
	assert_int_equal(dir_each(dir, see_plan, &seen, &e), 0);
	assert_int_equal(seen.plans, 10);
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

static void test_status_is_kept_and_a_killed_run_has_failed(void **state)
{
	char *dir = in_scratch("campaign");
	struct status_lane lane = { .lane = (char *)"amd64-x",
				    .engine = "afl",
				    .state = "running",
				    .executions = 10,
				    .crossings = 400,
				    .run_ms = 2000 };
	struct status s = { .state = "running",
			    .elapsed_ms = 2000,
			    .executions = 10,
			    .crossings = 400,
			    .batches = 3,
			    .cases = 192,
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
	assert_string_equal(got.lanes[0].state, "ended");
	assert_int_equal(got.crossings, 400);
	assert_int_equal(got.next_batch, 3);
	status_print(&got, dir, &text);
	assert_non_null(strstr(text.ptr, "3 batches, 192 cases"));
	buf_release(&text);
	status_release(&got);
	free(dir);
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

static int teardown(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	return dir_remove(scratch, &e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default_is_every_architecture_and_engine),
		cmocka_unit_test(test_wrong_values_are_answered_with_the_valid_ones),
		cmocka_unit_test(test_a_target_is_cut_to_the_rows_named),
		cmocka_unit_test(test_a_configuration_survives_json),
		cmocka_unit_test(test_contradicting_options_are_refused),
		cmocka_unit_test(test_a_damaged_configuration_is_named),
		cmocka_unit_test(test_a_campaign_is_made_resumed_and_held),
		cmocka_unit_test(test_another_version_and_other_directories_are_refused),
		cmocka_unit_test(test_seeds_reach_every_case_route_and_depth),
		cmocka_unit_test(test_helper_processes_answer_or_say_why),
		cmocka_unit_test(test_status_is_kept_and_a_killed_run_has_failed),
		cmocka_unit_test(test_a_regression_file_is_read_and_its_mistakes_named),
		cmocka_unit_test(test_a_night_with_an_idle_lane_fell_short),
	};

	if (!mkdtemp(scratch))
		return 1;
	return cmocka_run_group_tests_name("campaign_parts", tests, NULL, teardown);
}
