/* campaign_config.c: tests. What a campaign fuzzes, and the directory that keeps it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "campaign/campaign.h"
#include "tests/unit/scratch.h"

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
		{ { .population = "large" }, "plain, whole, mixed" },
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
			     .batch_cases = 8,
			     .population = "whole" };
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
	assert_int_equal(b.population, POPULATION_WHOLE);
	assert_int_equal(config_resume(&b, &r, &e), 0);
	config_release(&a);
	config_release(&b);
}

static void test_contradicting_options_are_refused(void **state)
{
	static const struct request others[] = {
		{ .arch = "amd64" },  { .engine = "all" },
		{ .target = "cgo" },  { .has_seed = true, .seed = 2 },
		{ .batch_cases = 9 }, { .population = "mixed" },
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
	};

	return cmocka_run_group_tests_name("campaign_config", tests, scratch_make, scratch_remove);
}
