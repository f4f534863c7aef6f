/* triage_ingest.c: tests. Ingesting, killed at any point, by several at once, of several campaigns, on a full disk. */
#include "synthetic.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include "base/rng.h"
#include "triage/decision.h"
#include "triage/triage.h"

#define BUNDLES 96

static const struct triage_options quiet = { .known_issues = "/nowhere" };

/* Of kinds that make clusters, each its own pre-signature, so that none is left out. */
static void fill(struct synthetic *t, uint32_t count)
{
	static const uint32_t kinds[] = { CGOFUZZ_FAULT_GPR, CGOFUZZ_FAULT_FPR, CGOFUZZ_FAULT_EXIT,
					  CGOFUZZ_FAULT_SIGNAL };

	for (uint32_t i = 0; i < count; i++) {
		synthetic_fault(t, kinds[i % 4]);
		t->rec->fault.reg = i;
		t->rec->fault.got = i << 8; /* the status is the low byte */
		t->rec->fault.signo = 11;
		t->rec->fault.regs.gpr[16] = i;
		assert_true(synthetic_write(t));
	}
}

/* All that is in the database, in words that do not depend on who came first. */
static char *contents(const char *where)
{
	struct buf text = BUF_INIT;
	struct triage_result r;
	struct err e = ERR_INIT;

	if (triage_read(where, "/nowhere", &r, &e) < 0)
		fail_msg("%s", e.msg);
	buf_addf(&text, "%d of %d\n", (int)r.cluster_count, (int)r.bundles);
	for (uint32_t i = 0; i < r.cluster_count; i++) {
		buf_addf(&text, "%s %u\n", r.clusters[i].signature, r.clusters[i].member_count);
		for (uint32_t k = 0; k < r.clusters[i].member_count; k++)
			buf_addf(&text, " %s\n", r.clusters[i].members[k]);
	}
	triage_result_release(&r);
	return buf_detach(&text, NULL);
}

static pid_t start(const char *dir)
{
	pid_t pid = fork();
	struct triage_result r;
	struct err e = ERR_INIT;

	if (pid == 0)
		_exit(triage_run(dir, &quiet, &r, &e) < 0);
	return pid;
}

static char *database(const struct synthetic *t, const char *tail)
{
	return xasprintf("%s/triage.db%s", t->dir, tail);
}

static void forget(const struct synthetic *t)
{
	static const char *const tails[] = { "", "-wal", "-shm" };

	for (size_t i = 0; i < 3; i++) {
		char *path = database(t, tails[i]);

		unlink(path);
		free(path);
	}
}

static void killed_at_any_point_it_comes_to_the_same(void **state)
{
	struct synthetic *t = *state;
	char *whole, *again;
	struct rng rng;
	int status, killed = 0;

	fill(t, BUNDLES);
	assert_int_equal(waitpid(start(t->dir), &status, 0) > 0 && status == 0, 1);
	whole = contents(t->dir);
	assert_non_null(strstr(whole, "4 of 96\n"));
	rng_seed(&rng, 7);
	for (int round = 0; round < 4; round++) {
		forget(t);
		for (int i = 0; i < 8; i++) {
			pid_t pid = start(t->dir);

			usleep((useconds_t)rng_below(&rng, 60000));
			kill(pid, SIGKILL);
			assert_int_equal(waitpid(pid, &status, 0), pid);
			killed += WIFSIGNALED(status);
		}
		assert_int_equal(waitpid(start(t->dir), &status, 0) > 0 && status == 0, 1);
		again = contents(t->dir);
		assert_string_equal(whole, again);
		assert_int_equal(synthetic_count(t, "quarantine"), 0);
		free(again);
	}
	assert_true(killed > 8); /* else nothing was tried */
	free(whole);
}

static void several_at_once_lose_nothing_and_double_nothing(void **state)
{
	struct synthetic *t = *state;
	pid_t pids[4];
	int status;
	char *text;

	fill(t, BUNDLES);
	for (int i = 0; i < 4; i++)
		pids[i] = start(t->dir);
	for (int i = 0; i < 4; i++)
		assert_int_equal(waitpid(pids[i], &status, 0) == pids[i] && status == 0, 1);
	text = contents(t->dir);
	assert_non_null(strstr(text, "4 of 96\n"));
	free(text);
}

static void campaigns_share_a_database_and_their_clusters(void **state)
{
	struct synthetic *t = *state, other = *t;
	char *db = synthetic_path(t, "all.db");
	const char *dirs[2] = { t->dir, other.dir };
	struct triage_options o = quiet;
	struct triage_result r;
	struct err e = ERR_INIT;

	fill(t, 8);
	snprintf(other.dir, sizeof(other.dir), "/tmp/cgofuzz-unit-XXXXXX");
	assert_non_null(mkdtemp(other.dir));
	other.src.campaign_dir = other.dir;
	other.serial = 0; /* the same names */
	fill(&other, 8);
	o.db = db;
	for (int i = 0; i < 2; i++) {
		if (triage_run_all(dirs, 2, &o, &r, &e) < 0)
			fail_msg("%s", e.msg);
		assert_int_equal(r.bundles, 16);
		assert_int_equal(r.cluster_count, 4);
		assert_int_equal(r.clusters[0].count, 4);
		triage_result_release(&r);
	}
	assert_int_equal(triage_run_all(dirs + 1, 1, &o, &r, &e), 0);
	assert_int_equal(r.bundles, 16); /* what was there stays */
	triage_result_release(&r);
	assert_int_equal(dir_remove(other.dir, &e), 0);
	assert_int_equal(triage_run_all(dirs, 1, &o, &r, &e), 0);
	assert_int_equal(r.bundles, 16);
	assert_int_equal(strncmp(r.clusters[0].bundle, t->dir, strlen(t->dir)), 0);
	triage_result_release(&r);
	free(db);
}

/* A page more than there are, for every connection that is opened. */
static int small_disk(sqlite3 *h, const char **error, const struct sqlite3_api_routines *api)
{
	sqlite3_stmt *s;
	int pages;
	char *sql;

	(void)error;
	(void)api;
	if (sqlite3_prepare_v2(h, "PRAGMA page_count", -1, &s, NULL) != SQLITE_OK ||
	    sqlite3_step(s) != SQLITE_ROW)
		return SQLITE_ERROR;
	pages = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	sql = xasprintf("PRAGMA max_page_count = %d", pages + 1);
	pages = sqlite3_exec(h, sql, NULL, NULL, NULL);
	free(sql);
	return pages;
}

static void a_full_disk_loses_nothing(void **state)
{
	struct synthetic *t = *state;
	struct decision_list made;
	struct triage_result r;
	struct err e = ERR_INIT;
	char *text;

	fill(t, 8);
	assert_int_equal(triage_run(t->dir, &quiet, &r, &e), 0);
	triage_result_release(&r);
	assert_int_equal(decide_word(t->dir, 1, "label", "mine", &made, &e), 0);
	decision_list_release(&made);
	fill(t, BUNDLES);
	sqlite3_auto_extension((void (*)(void))small_disk);
	assert_int_equal(triage_run(t->dir, &quiet, &r, &e), -1);
	sqlite3_reset_auto_extension();
	assert_int_equal(e.status, EXIT_ENVIRON);
	assert_non_null(strstr(e.msg, "no room: what was read stays"));
	assert_non_null(strstr(e.msg, "triage.db: database or disk is full"));
	assert_int_equal(synthetic_count(t, "quarantine"), 0);
	assert_int_equal(triage_run(t->dir, &quiet, &r, &e), 0);
	assert_int_equal(r.bundles, 8 + BUNDLES);
	assert_string_equal(r.clusters[0].label, "mine");
	triage_result_release(&r);
	text = contents(t->dir);
	assert_non_null(strstr(text, "4 of 104\n"));
	free(text);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, synthetic_setup, synthetic_teardown)
	const struct CMUnitTest tests[] = {
		TEST(killed_at_any_point_it_comes_to_the_same),
		TEST(several_at_once_lose_nothing_and_double_nothing),
		TEST(campaigns_share_a_database_and_their_clusters),
		TEST(a_full_disk_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
