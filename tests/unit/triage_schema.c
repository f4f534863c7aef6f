/* triage_schema.c: tests. Old databases become new ones and lose nothing; findings lie beside their bundle. */
#include "synthetic.h"

#include <sqlite3.h>

#include "triage/loose.h"
#include "triage/next.h"
#include "triage/schema.h"
#include "triage/triage.h"

static const struct triage_options quiet = { .known_issues = "/nowhere" };

/* A database as the release with schema version 2 made it, of two bundles that are in no spool. */
static const char version_2[] =
	"CREATE TABLE cluster (id INTEGER PRIMARY KEY AUTOINCREMENT, signature TEXT NOT NULL UNIQUE,"
	" title TEXT NOT NULL, kind TEXT NOT NULL, weak INTEGER NOT NULL, replayed TEXT,"
	" replayed_ok INTEGER NOT NULL DEFAULT -1, replayed_of INTEGER NOT NULL DEFAULT 0,"
	" reference_ok INTEGER NOT NULL DEFAULT -1, reference_of INTEGER NOT NULL DEFAULT 0,"
	" replay_text TEXT NOT NULL DEFAULT '', guilty TEXT NOT NULL DEFAULT 'unknown',"
	" guilty_text TEXT NOT NULL DEFAULT '') STRICT;"
	"CREATE TABLE bundle (name TEXT PRIMARY KEY NOT NULL, cluster INTEGER REFERENCES cluster(id),"
	" kind TEXT NOT NULL, lane TEXT NOT NULL, engine TEXT NOT NULL, target TEXT NOT NULL,"
	" exhibit TEXT NOT NULL, build_id TEXT NOT NULL, case_text TEXT NOT NULL, presig TEXT NOT NULL,"
	" plan_bytes INTEGER NOT NULL, depth INTEGER NOT NULL, created TEXT NOT NULL,"
	" tried INTEGER NOT NULL DEFAULT 0) STRICT;"
	"CREATE INDEX bundle_cluster ON bundle(cluster); CREATE INDEX bundle_presig ON bundle(presig);"
	"INSERT INTO cluster (id, signature, title, kind, weak, replayed, replayed_ok, replayed_of, guilty)"
	" VALUES (7, '1|leaf|leaf|go->c|result|float|struct|c', 'old', 'leaf', 0, 'b', 3, 3, 'callee');"
	"INSERT INTO bundle VALUES ('b', 7, 'leaf', 'arm64-gcc12-clang14-O2-wO1-go1.26.8-qemu7.2', 'afl',"
	" 'cgo', '', 'x', 'int f(int)', '1', 8, 0, '2026-01-02T00:00:00Z', 0),"
	" ('a', 7, 'leaf', 'amd64-gcc12-gcc12-O1-wO0-go1.26.8,amd64-gcc12-clang14-O1-wO0-go1.26.8', 'afl',"
	" 'cgo', '', 'x', 'int f(int)', '1', 8, 0, '2026-01-01T00:00:00Z', 0),"
	" ('dead', NULL, 'death', 'amd64-gcc12-gcc12-O1-wO0-go1.26.8', 'afl', 'cgo', '', 'x', '', '2', 8, 0,"
	" '2026-01-01T00:00:00Z', 1); PRAGMA user_version = 2;";

static void make(const struct synthetic *t, const char *sql, const char *more)
{
	char *path = synthetic_path(t, "triage.db");
	sqlite3 *h;

	assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
	assert_int_equal(sqlite3_exec(h, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(h, more, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(h);
	free(path);
}

/* One number of the database. */
static int64_t number(const struct synthetic *t, const char *sql)
{
	char *path = synthetic_path(t, "triage.db");
	sqlite3_stmt *s;
	sqlite3 *h;
	int64_t n;

	assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(h, sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	sqlite3_close(h);
	free(path);
	return n;
}

static void an_old_database_keeps_its_rows_and_its_numbers(void **state)
{
	struct synthetic *t = *state;
	const struct triage_cluster *c;
	struct triage_result r;
	struct err e = ERR_INIT;

	make(t, version_2, "");
	if (triage_run(t->dir, &quiet, &r, &e) < 0)
		fail_msg("%s", e.msg);
	assert_int_equal(r.bundles, 3);
	assert_int_equal(r.cluster_count, 1);
	c = &r.clusters[0];
	assert_int_equal(c->id, 7);
	assert_int_equal(c->member_count, 2);
	assert_string_equal(c->guilty, "callee");
	assert_int_equal(c->replayed_ok, 3);
	assert_string_equal(c->first_seen, "2026-01-01T00:00:00Z");
	assert_string_equal(c->last_seen, "2026-01-02T00:00:00Z");
	assert_string_equal(c->loose, "1|leaf|go->c|fp");
	assert_string_equal(c->archs, "amd64,arm64");
	assert_string_equal(c->compilers, "gcc12,clang14");
	assert_null(c->label);
	triage_result_release(&r);
	assert_int_equal(number(t, "PRAGMA user_version"), SCHEMA_VERSION);
	assert_int_equal(number(t, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
	assert_int_equal(
		number(t, "SELECT b.name = 'b' FROM cluster c JOIN bundle b ON b.id = c.replayed"),
		1);
	synthetic_fault(t, CGOFUZZ_FAULT_GPR);
	synthetic_write(t);
	assert_int_equal(triage_run(t->dir, &quiet, &r, &e), 0);
	assert_int_equal(r.clusters[1].id, 8);
	triage_result_release(&r);
}

static void a_step_that_fails_changes_nothing(void **state)
{
	struct synthetic *t = *state;
	struct triage_result r;
	struct err e = ERR_INIT;

	make(t, version_2, "CREATE TABLE campaign (mine TEXT);");
	assert_int_equal(triage_run(t->dir, &quiet, &r, &e), -1);
	assert_int_equal(e.status, EXIT_ENVIRON);
	assert_non_null(strstr(e.msg, "from schema version 2 to 4"));
	assert_int_equal(number(t, "PRAGMA user_version"), 2);
	assert_int_equal(number(t, "SELECT count(*) FROM bundle"), 3);
	assert_int_equal(synthetic_count(t, "quarantine"), 0);
}

static void findings_are_kept_beside_their_bundle(void **state)
{
	struct synthetic *t = *state;
	char lane[] = "arm64-gcc12-gcc12-O1-wO0-go1.26.8-qemu7.2", same[] = "same";
	char shown[] = "shown", none[] = "";
	struct triage_verdict v = { .lane = lane, .verdict = same, .same = 3, .tries = 3 };
	struct triage_reduced small = { .path = t->dir, .steps = 2, .args = 1, .leaves = 3 };
	struct triage_upstream plain = { .outcome = shown, .path = t->dir, .why = none };
	struct triage_result r;
	struct err e = ERR_INIT;
	char *bundle;

	assert_int_equal(triage_blame_store(t->dir, "x", "words", &e), 0); /* no database yet */
	synthetic_fault(t, CGOFUZZ_FAULT_GPR);
	synthetic_write(t);
	assert_int_equal(triage_run(t->dir, &quiet, &r, &e), 0);
	assert_null(r.clusters[0].blame);
	assert_string_equal(r.clusters[0].smallest, r.clusters[0].bundle);
	bundle = xstrdup(r.clusters[0].bundle);
	triage_result_release(&r);
	assert_int_equal(triage_blame_store(t->dir, "x", "words", &e), 0);
	assert_int_equal(triage_blame_store(t->dir, bundle, "the callee's compiler", &e), 1);
	assert_int_equal(triage_blame_store(t->dir, bundle, "the callee's level", &e), 1);
	assert_int_equal(triage_verdict_store(t->dir, bundle, &v, &e), 1);
	assert_int_equal(triage_reduced_store(t->dir, bundle, &small, &e), 1);
	assert_int_equal(triage_upstream_store(t->dir, t->dir, &plain, &e),
			 1); /* of what is reduced there */
	assert_int_equal(triage_read(t->dir, "/nowhere", &r, &e), 0);
	assert_string_equal(r.clusters[0].blame, "the callee's level");
	assert_int_equal(r.clusters[0].verdict_count, 1);
	assert_string_equal(r.clusters[0].verdicts[0].lane, lane);
	assert_int_equal(r.clusters[0].reduced.leaves, 3);
	assert_string_equal(r.clusters[0].smallest, r.clusters[0].reduced.path);
	assert_string_equal(r.clusters[0].upstream.outcome, "shown");
	assert_int_equal(next_step_of(&r.clusters[0]), NEXT_NOTHING); /* nobody has replayed it */
	triage_result_release(&r);
	free(bundle);
}

static void loose_signatures_are_of_words_alone(void **state)
{
	static const char *const rows[][2] = {
		{ "1|leaf|leaf|c->go|argument|int32|bit-field|go", "1|leaf|c->go|integer" },
		{ "1|capture|capture|go->c|result|-|address", "1|capture|go->c|-" },
		{ "1|signal|memory|go->c|SIGSEGV|null|planted_null_read CALLEE asmcgocall",
		  "1|signal|go->c|CALLEE" },
		{ "1|hang|liveness|c->go|parked CALLBACK", "1|hang|c->go|parked" },
		{ "1|callee-saved|canary|go->c|gpr", "1|callee-saved|go->c|-" },
		{ "nonsense", "nonsense" },
		{ "|||||||||||||", "|||-" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *loose = loose_signature(rows[i][0]);

		assert_string_equal(loose, rows[i][1]);
		free(loose);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, synthetic_setup, synthetic_teardown)
	const struct CMUnitTest tests[] = {
		TEST(an_old_database_keeps_its_rows_and_its_numbers),
		TEST(a_step_that_fails_changes_nothing),
		TEST(findings_are_kept_beside_their_bundle),
		cmocka_unit_test(loose_signatures_are_of_words_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
