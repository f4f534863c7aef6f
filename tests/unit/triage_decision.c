/* triage_decision.c: tests. What people decide holds for bundles to come, and can be taken back. */
#include "synthetic.h"

#include "triage/decision.h"
#include "triage/triage.h"

static const struct triage_options quiet = { .known_issues = "/nowhere" };

static void add(struct synthetic *t, enum cgofuzz_fault_kind kind, const char *lane)
{
	snprintf(t->lane.name, sizeof(t->lane.name), "%s", lane);
	synthetic_fault(t, kind);
	assert_true(synthetic_write(t));
}

#define GCC "amd64-gcc12-gcc12-O1-wO0-go1.26.8"
#define CLANG "amd64-gcc12-clang14-O1-wO0-go1.26.8"
#define ARM "arm64-gcc12-gcc12-O1-wO0-go1.26.8-qemu7.2"

/* Clusters 1 (gpr, in three lanes), 2 (fp), 3 (stack). */
static void fill(struct synthetic *t)
{
	add(t, CGOFUZZ_FAULT_GPR, GCC);
	add(t, CGOFUZZ_FAULT_FPR, GCC);
	add(t, CGOFUZZ_FAULT_SP_ALIGN, GCC);
	add(t, CGOFUZZ_FAULT_GPR, CLANG);
	add(t, CGOFUZZ_FAULT_GPR, ARM);
}

static void ingest(struct synthetic *t)
{
	struct triage_result r;
	struct err e = ERR_INIT;

	if (triage_run(t->dir, &quiet, &r, &e) < 0)
		fail_msg("%s", e.msg);
	triage_result_release(&r);
}

/* How many bundles each cluster has: "1:3 2:1". */
static void assert_clusters(struct synthetic *t, const char *expected)
{
	struct buf text = BUF_INIT;
	struct triage_result r;
	struct err e = ERR_INIT;

	if (triage_run(t->dir, &quiet, &r, &e) < 0)
		fail_msg("%s", e.msg);
	for (uint32_t i = 0; i < r.cluster_count; i++)
		buf_addf(&text, "%s%d:%u", i ? " " : "", (int)r.clusters[i].id,
			 r.clusters[i].member_count);
	assert_string_equal(text.ptr, expected);
	triage_result_release(&r);
	buf_release(&text);
}

static int64_t done(int rc, struct decision_list *made, const struct err *e)
{
	int64_t id;

	if (rc < 0)
		fail_msg("%s", e->msg);
	id = made->at[made->count - 1].id;
	decision_list_release(made);
	return id;
}

static void refused(int rc, struct decision_list *made, const struct err *e, const char *says)
{
	assert_int_equal(rc, -1);
	assert_int_equal(e->status, EXIT_USAGE);
	if (!strstr(e->msg, says))
		fail_msg("%s", e->msg);
	decision_list_release(made);
}

static void merged_signatures_stay_merged(void **state)
{
	struct synthetic *t = *state;
	const int64_t ids[] = { 2, 3 };
	struct decision_list made;
	struct err e = ERR_INIT;

	fill(t);
	assert_clusters(t, "1:3 2:1 3:1");
	done(decide_merge(t->dir, 1, ids, 2, &made, &e), &made, &e);
	assert_clusters(t, "1:5");
	add(t, CGOFUZZ_FAULT_FPR, CLANG);
	assert_clusters(t, "1:6");
	done(decide_undo(t->dir, 0, &made, &e), &made, &e); /* that of 3 */
	assert_clusters(t, "1:5 3:1");
	done(decide_undo(t->dir, 0, &made, &e), &made, &e);
	assert_clusters(t, "1:3 2:2 3:1");
	refused(decide_undo(t->dir, 0, &made, &e), &made, &e, "nothing was decided");
	done(decide_undo(t->dir, 4, &made, &e), &made, &e); /* undoing an undo: 2 into 1 again */
	assert_clusters(t, "1:5 3:1");
	refused(decide_undo(t->dir, 4, &made, &e), &made, &e, "undone already, by 5");
	refused(decide_merge(t->dir, 3, ids, 1, &made, &e), &made, &e, "cluster 2 was merged into 1");
}

static void a_split_by_lane_holds_for_bundles_to_come(void **state)
{
	struct synthetic *t = *state;
	const char *const clang[] = { "*-clang14-*" }, *const arm[] = { "arm64" };
	struct decision_list made;
	struct err e = ERR_INIT;
	int64_t split;

	fill(t);
	ingest(t);
	split = done(decide_split(t->dir, 1, "lane", clang, 1, &made, &e), &made, &e);
	assert_clusters(t, "1:2 2:1 3:1 4:1");
	add(t, CGOFUZZ_FAULT_GPR, CLANG);
	add(t, CGOFUZZ_FAULT_GPR, GCC);
	assert_clusters(t, "1:3 2:1 3:1 4:2");
	refused(decide_split(t->dir, 1, "lane", clang, 1, &made, &e), &made, &e,
		"no bundle of cluster 1 has lane *-clang14-*");
	refused(decide_split(t->dir, 2, "arch", arm, 1, &made, &e), &made, &e, "no bundle");
	done(decide_split(t->dir, 1, "arch", arm, 1, &made, &e), &made, &e);
	assert_clusters(t, "1:2 2:1 3:1 4:2 5:1"); /* refused ones have used no number */
	done(decide_undo(t->dir, split, &made, &e), &made, &e);
	assert_clusters(t, "1:4 2:1 3:1 5:1");
}

static void a_split_by_name_takes_those_alone(void **state)
{
	struct synthetic *t = *state;
	struct decision_list made;
	struct triage_result r;
	struct err e = ERR_INIT;
	const char *names[3];

	fill(t);
	assert_int_equal(triage_run(t->dir, &quiet, &r, &e), 0);
	names[0] = r.clusters[0].members[0];
	names[1] = r.clusters[0].members[2];
	names[2] = r.clusters[1].members[0];
	refused(decide_split(t->dir, 1, "bundle", names, 3, &made, &e), &made, &e,
		"is no bundle of cluster 1");
	done(decide_split(t->dir, 1, "bundle", names, 2, &made, &e), &made, &e);
	assert_clusters(t, "1:1 2:1 3:1 4:2");
	add(t, CGOFUZZ_FAULT_GPR, GCC);
	assert_clusters(t, "1:2 2:1 3:1 4:2");
	triage_result_release(&r);
}

static void words_are_the_last_in_force(void **state)
{
	struct synthetic *t = *state;
	struct decision_list made;
	struct triage_result r;
	struct err e = ERR_INIT;

	fill(t);
	ingest(t);
	done(decide_word(t->dir, 1, "label", "first", &made, &e), &made, &e);
	done(decide_word(t->dir, 1, "label", "'; DROP TABLE cluster; --", &made, &e), &made, &e);
	done(decide_word(t->dir, 1, "link", "https://example.org/9", &made, &e), &made, &e);
	done(decide_word(t->dir, 2, "ignore", "1", &made, &e), &made, &e);
	assert_int_equal(triage_run(t->dir, &quiet, &r, &e), 0);
	assert_string_equal(r.clusters[0].label, "'; DROP TABLE cluster; --");
	assert_string_equal(r.clusters[0].known, "https://example.org/9");
	assert_true(r.clusters[1].ignored);
	assert_int_equal(r.fresh, 1); /* one has a link, one is ignored */
	triage_result_release(&r);
	done(decide_undo(t->dir, 2, &made, &e), &made, &e);
	done(decide_undo(t->dir, 4, &made, &e), &made, &e);
	assert_int_equal(triage_run(t->dir, &quiet, &r, &e), 0);
	assert_string_equal(r.clusters[0].label, "first");
	assert_false(r.clusters[1].ignored);
	triage_result_release(&r);
	assert_int_equal(decision_log(t->dir, &made, &e), 0);
	assert_int_equal(made.count, 6);
	assert_string_equal(made.at[5].verb, "undo");
	assert_int_equal(made.at[3].undone_by, 6);
	decision_list_release(&made);
	refused(decide_word(t->dir, 77, "label", "x", &made, &e), &made, &e, "no cluster 77");
}

/* The database is damaged, or somebody removed it: ids and clusters are what they were. */
static void decisions_outlive_the_database(void **state)
{
	struct synthetic *t = *state;
	const int64_t two[] = { 2 };
	const char *const clang[] = { "*-clang14-*" };
	struct decision_list made;
	struct triage_result r;
	struct err e = ERR_INIT;
	const char *first[1];
	char *path;

	fill(t);
	ingest(t);
	done(decide_merge(t->dir, 3, two, 1, &made, &e), &made, &e);
	done(decide_split(t->dir, 1, "lane", clang, 1, &made, &e), &made, &e);
	done(decide_word(t->dir, 3, "label", "both of them", &made, &e), &made, &e);
	assert_int_equal(triage_run(t->dir, &quiet, &r, &e), 0);
	first[0] = r.clusters[0].members[0];
	done(decide_split(t->dir, 1, "bundle", first, 1, &made, &e), &made, &e);
	triage_result_release(&r);
	assert_clusters(t, "1:1 3:2 4:1 5:1");
	path = synthetic_path(t, "triage.db");
	assert_int_equal(file_write(path, "SQLite format 3 and no more", 27, &e), 0);
	assert_clusters(t, "1:1 3:2 4:1 5:1");
	assert_int_equal(unlink(path), 0);
	assert_clusters(t, "1:1 3:2 4:1 5:1");
	free(path);
	assert_int_equal(triage_read(t->dir, NULL, &r, &e), 0);
	for (uint32_t i = 0; i < r.cluster_count; i++)
		assert_string_equal(r.clusters[i].label ? r.clusters[i].label : "",
				    r.clusters[i].id == 3 ? "both of them" : "");
	triage_result_release(&r);
	assert_int_equal(decision_log(t->dir, &made, &e), 0);
	assert_int_equal(made.count, 4);
	decision_list_release(&made);
	done(decide_undo(t->dir, 1, &made, &e), &made, &e);
	assert_clusters(t, "1:1 2:1 3:1 4:1 5:1");
	path = synthetic_path(t, "triage.db.decisions");
	assert_int_equal(file_write(path, "{\"version\": 1,", 14, &e), 0);
	free(path);
	assert_clusters(t, "1:1 2:1 3:1 4:1 5:1"); /* it is not read while there is a database */
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, synthetic_setup, synthetic_teardown)
	const struct CMUnitTest tests[] = {
		TEST(merged_signatures_stay_merged),
		TEST(a_split_by_lane_holds_for_bundles_to_come),
		TEST(a_split_by_name_takes_those_alone),
		TEST(words_are_the_last_in_force),
		TEST(decisions_outlive_the_database),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
