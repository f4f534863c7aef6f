/* triage_resign.c: tests. Rows of an earlier version of signatures are signed anew while their bundles are there. */
#include "synthetic.h"

#include <sqlite3.h>

#include "triage/triage.h"

static const struct triage_options quiet = { .known_issues = "/nowhere" };

static void run(struct synthetic *t, struct triage_result *r)
{
	struct err e = ERR_INIT;

	if (triage_run(t->dir, &quiet, r, &e) < 0)
		fail_msg("%s", e.msg);
}

static void change(struct synthetic *t, const char *sql)
{
	char *path = synthetic_path(t, "triage.db");
	sqlite3 *h;

	assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
	assert_int_equal(sqlite3_exec(h, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(h);
	free(path);
}

static void write_faults(struct synthetic *t, enum cgofuzz_fault_kind kind, int count)
{
	while (count--) {
		synthetic_fault(t, kind);
		synthetic_write(t);
	}
}

static const struct triage_cluster *find(const struct triage_result *r, const char *signature)
{
	for (uint32_t i = 0; i < r->cluster_count; i++)
		if (!strcmp(r->clusters[i].signature, signature))
			return &r->clusters[i];
	return NULL;
}

/* As the version before would have had it: one cluster, which a person has named. */
static void a_cluster_keeps_its_id_for_what_most_of_its_bundles_are(void **state)
{
	struct synthetic *t = *state;
	const struct triage_cluster *most, *less;
	struct triage_result r;
	int64_t id;

	write_faults(t, CGOFUZZ_FAULT_GPR, 3);
	run(t, &r);
	id = r.clusters[0].id;
	triage_result_release(&r);
	write_faults(t, CGOFUZZ_FAULT_SP_ALIGN, 1);
	run(t, &r);
	triage_result_release(&r);
	change(t,
	       "UPDATE bundle SET home = 1, cluster = 1; DELETE FROM cluster WHERE id = 2;"
	       "UPDATE cluster SET signature = '1|both', label = 'mine'");
	run(t, &r);
	most = find(&r, "2|callee-saved|canary|go->c|gpr");
	less = find(&r, "2|stack-alignment|canary|go->c|-");
	assert_non_null(most);
	assert_non_null(less);
	assert_int_equal(most->id, id);
	assert_string_equal(most->label, "mine");
	assert_int_equal(most->member_count, 3);
	assert_int_equal(less->member_count, 1);
	assert_null(find(&r, "1|both"));
	triage_result_release(&r);
}

static void bundles_go_to_the_cluster_that_has_their_signature_already(void **state)
{
	struct synthetic *t = *state;
	const struct triage_cluster *c;
	struct triage_result r;

	write_faults(t, CGOFUZZ_FAULT_GPR, 2);
	run(t, &r);
	triage_result_release(&r);
	change(t, "UPDATE cluster SET signature = '1|old'");
	change(t,
	       "INSERT INTO cluster (signature, title, kind, weak) VALUES"
	       " ('2|callee-saved|canary|go->c|gpr', 'x', 'callee-saved', 0)");
	run(t, &r);
	c = find(&r, "2|callee-saved|canary|go->c|gpr");
	assert_non_null(c);
	assert_int_equal(c->id, 2);
	assert_int_equal(c->member_count, 2);
	triage_result_release(&r);
}

static void what_is_gone_keeps_the_signature_it_had(void **state)
{
	struct synthetic *t = *state;
	struct triage_result r;
	struct err e = ERR_INIT;
	char *dir;

	write_faults(t, CGOFUZZ_FAULT_GPR, 1);
	run(t, &r);
	triage_result_release(&r);
	change(t, "UPDATE cluster SET signature = '1|old'");
	dir = synthetic_only(t, "spool", "-callee-saved");
	assert_int_equal(dir_remove(dir, &e), 0);
	free(dir);
	run(t, &r);
	assert_int_equal(r.cluster_count, 1);
	assert_string_equal(r.clusters[0].signature, "1|old");
	triage_result_release(&r);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, synthetic_setup, synthetic_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_cluster_keeps_its_id_for_what_most_of_its_bundles_are),
		TEST(bundles_go_to_the_cluster_that_has_their_signature_already),
		TEST(what_is_gone_keeps_the_signature_it_had),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
