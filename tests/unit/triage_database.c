/* triage_database.c: tests. The database is made from the spool, again and again the same. */
#include "synthetic.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include "triage/triage.h"

static const struct triage_options quiet = { .known_issues = "/nowhere" };

static void fill(struct synthetic *t)
{
	for (int i = 0; i < 3; i++) {
		synthetic_fault(t, CGOFUZZ_FAULT_GPR);
		synthetic_write(t);
	}
	for (int i = 0; i < BUNDLE_QUOTA + 2; i++) {
		synthetic_fault(t, CGOFUZZ_FAULT_SP_ALIGN);
		t->rec->plan_len = i == 4 ? 8 : 16;
		synthetic_write(t);
	}
}

static void run(struct synthetic *t, struct triage_result *r)
{
	struct err e = ERR_INIT;

	if (triage_run(t->dir, &quiet, r, &e) < 0)
		fail_msg("%s", e.msg);
}

static void assert_filled(struct synthetic *t, uint64_t quarantined)
{
	struct triage_result r;

	run(t, &r);
	assert_int_equal(r.bundles, 3 + BUNDLE_QUOTA);
	assert_int_equal(r.quarantined, quarantined);
	assert_int_equal(r.cluster_count, 2);
	assert_int_equal(r.fresh, 2);
	assert_string_equal(r.clusters[0].signature, "2|callee-saved|canary|go->c|gpr");
	assert_int_equal(r.clusters[0].count, 3);
	assert_int_equal(r.clusters[1].id, 2);
	assert_int_equal(r.clusters[1].count, BUNDLE_QUOTA + 2); /* counted ones too */
	assert_int_equal(r.clusters[1].member_count, BUNDLE_QUOTA);
	assert_string_equal(r.clusters[1].lanes, t->lane.name);
	triage_result_release(&r);
}

static void ingesting_is_idempotent(void **state)
{
	fill(*state);
	assert_filled(*state, 0);
	assert_filled(*state, 0);
}

static void the_smallest_plan_represents_a_cluster(void **state)
{
	struct synthetic *t = *state;
	struct triage_result r;
	struct err e = ERR_INIT;
	struct bundle b;

	fill(t);
	run(t, &r);
	assert_int_equal(bundle_load(&b, r.clusters[1].bundle, &e), 0);
	assert_int_equal(b.rec->plan_len, 8);
	bundle_release(&b);
	triage_result_release(&r);
}

static void two_at_once_and_a_killed_one_do_no_harm(void **state)
{
	struct synthetic *t = *state;
	pid_t pids[4];
	int status;

	fill(t);
	for (int i = 0; i < 4; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			struct triage_result r;
			struct err e = ERR_INIT;

			_exit(triage_run(t->dir, &quiet, &r, &e) < 0);
		}
	}
	usleep(5000);
	kill(pids[0], SIGKILL);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		if (i > 0)
			assert_int_equal(status, 0);
	}
	assert_filled(t, 0);
}

static void a_damaged_bundle_is_set_aside_and_the_rest_goes_on(void **state)
{
	struct synthetic *t = *state;
	struct err e = ERR_INIT;
	char *dir, *path;

	synthetic_fault(t, CGOFUZZ_FAULT_FPR);
	synthetic_write(t);
	dir = synthetic_only(t, "spool", "-fp");
	path = xasprintf("%s/recorder", dir);
	assert_int_equal(file_write(path, "short", 5, &e), 0);
	free(path);
	free(dir);
	fill(t);
	assert_filled(t, 1);
	dir = synthetic_only(t, "quarantine", "-fp");
	assert_true(dir_exists(dir));
	free(dir);
	dir = synthetic_only(t, "quarantine", "-fp.reason");
	free(dir);
	assert_filled(t, 1);
}

static void a_damaged_database_is_set_aside_and_made_again(void **state)
{
	struct synthetic *t = *state;
	struct buf whole = BUF_INIT;
	struct err e = ERR_INIT;
	char *path = synthetic_path(t, "triage.db");

	fill(t);
	assert_filled(t, 0);
	assert_int_equal(file_write(path, "SQLite format 4, so to say", 26, &e), 0);
	assert_filled(t, 1);
	assert_int_equal(file_read(path, 0, &whole, &e), 0);
	memset(whole.ptr + 100, 0xa5, whole.len - 100); /* the header is good, the pages are not */
	assert_int_equal(file_write(path, whole.ptr, whole.len, &e), 0);
	assert_filled(t, 2);
	assert_int_equal(truncate(path, 5000), 0);
	assert_filled(t, 3);
	buf_release(&whole);
	free(path);
}

static void a_later_database_is_refused_and_left_alone(void **state)
{
	struct synthetic *t = *state;
	char *path = synthetic_path(t, "triage.db");
	struct triage_result r;
	struct err e = ERR_INIT;
	sqlite3 *h;

	fill(t);
	assert_filled(t, 0);
	assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
	assert_int_equal(sqlite3_exec(h, "PRAGMA user_version = 99", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(h);
	assert_int_equal(triage_run(t->dir, &quiet, &r, &e), -1);
	assert_int_equal(e.status, EXIT_ENVIRON);
	assert_non_null(strstr(e.msg, "schema version 99"));
	assert_true(file_exists(path));
	assert_int_equal(synthetic_count(t, "quarantine"), 0);
	free(path);
}

static void a_death_is_no_cluster_before_it_was_replayed(void **state)
{
	struct synthetic *t = *state;
	struct triage_result r;

	synthetic_fault(t, CGOFUZZ_FAULT_NONE);
	t->rec->state = CGOFUZZ_RUNNING;
	assert_true(synthetic_write(t));
	run(t, &r);
	assert_int_equal(r.bundles, 1);
	assert_int_equal(r.cluster_count, 0);
	assert_int_equal(r.fresh, 0);
	triage_result_release(&r);
}

static void known_issues_are_no_news(void **state)
{
	struct synthetic *t = *state;
	static const char text[] =
		"# comment\n"
		"- {signature: '2|callee-saved|canary|go->c|gpr', guilty: callee, lanes: ['amd64-*'],\n"
		"   link: https://example.org/1}\n"
		"- signature: 2|stack-alignment|canary|go->c|-\n"
		"  lanes: ['arm64-*']\n  link: https://example.org/2\n"
		"- signature: 2|stack-alignment|canary|go->c|-\n"
		"  link: https://example.org/3\n  expires: 2020-02-29\n";
	struct triage_options o = { 0 };
	struct triage_result r;
	struct err e = ERR_INIT;
	char *path = synthetic_path(t, "known");

	fill(t);
	assert_int_equal(file_write(path, text, sizeof(text) - 1, &e), 0);
	o.known_issues = path;
	assert_int_equal(triage_run(t->dir, &o, &r, &e), 0);
	assert_string_equal(r.clusters[0].known, "https://example.org/1");
	assert_null(r.clusters[0].outdated);
	assert_null(r.clusters[1].known); /* known elsewhere, not in this lane; here it was */
	assert_string_equal(r.clusters[1].outdated, "https://example.org/3 expired on 2020-02-29");
	assert_int_equal(r.fresh, 1);
	triage_result_release(&r);
	free(path);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, synthetic_setup, synthetic_teardown)
	const struct CMUnitTest tests[] = {
		TEST(ingesting_is_idempotent),
		TEST(the_smallest_plan_represents_a_cluster),
		TEST(two_at_once_and_a_killed_one_do_no_harm),
		TEST(a_damaged_bundle_is_set_aside_and_the_rest_goes_on),
		TEST(a_damaged_database_is_set_aside_and_made_again),
		TEST(a_later_database_is_refused_and_left_alone),
		TEST(a_death_is_no_cluster_before_it_was_replayed),
		TEST(known_issues_are_no_news),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
