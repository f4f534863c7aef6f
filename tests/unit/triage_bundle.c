/* triage_bundle.c: tests. Bundles come back as they were written; what is damaged is set aside. */
#include "synthetic.h"

#include "triage/text.h"

static void a_bundle_comes_back_as_it_was_written(void **state)
{
	struct synthetic *t = *state;
	struct bundle b;
	struct err e = ERR_INIT;
	char *dir;

	synthetic_fault(t, CGOFUZZ_FAULT_LEAF);
	t->rec->fault.leaf = 2;
	assert_true(synthetic_write(t));
	dir = synthetic_only(t, "spool", "-leaf");
	assert_int_equal(bundle_load(&b, dir, &e), 0);
	assert_string_equal(b.lane, t->lane.name);
	assert_string_equal(b.engine, "libfuzzer");
	assert_string_equal(b.build_id, SYNTHETIC_BUILD);
	assert_string_equal(b.case_text, t->batch.slots[0].c.text);
	assert_true(b.seed == UINT64_MAX);
	assert_int_equal(b.slots, 2);
	assert_int_equal(b.earlier_count, 0);
	assert_memory_equal(b.rec, t->rec, sizeof(*t->rec));
	assert_true(b.presig == bundle_presig(b.rec, &t->batch));
	bundle_release(&b);
	free(dir);
}

static void earlier_plans_are_kept_oldest_first(void **state)
{
	struct synthetic *t = *state;
	struct buf plan = BUF_INIT;
	struct err e = ERR_INIT;
	char *dir, *path;

	synthetic_fault(t, CGOFUZZ_FAULT_LEAF);
	t->rec->earlier_next = 2; /* the ring has gone round: 2 is the oldest */
	for (uint32_t i = 0; i < CGOFUZZ_EARLIER; i++) {
		t->rec->earlier[i].len = 1;
		t->rec->earlier[i].plan[0] = (uint8_t)i;
	}
	assert_true(synthetic_write(t));
	dir = synthetic_only(t, "spool", "-leaf");
	path = xasprintf("%s/earlier-0", dir);
	assert_int_equal(file_read(path, 0, &plan, &e), 0);
	assert_int_equal(plan.len, 1);
	assert_int_equal(plan.ptr[0], 2);
	buf_release(&plan);
	free(path);
	free(dir);
}

static void writing_again_after_a_kill_gives_one_bundle(void **state)
{
	struct synthetic *t = *state;

	synthetic_fault(t, CGOFUZZ_FAULT_PANIC);
	assert_true(synthetic_write(t));
	assert_false(synthetic_write(t));
	assert_int_equal(synthetic_count(t, "spool"), 1);
}

static void a_storm_of_one_fault_is_counted_not_kept(void **state)
{
	struct synthetic *t = *state;

	for (int i = 0; i < BUNDLE_QUOTA + 5; i++) {
		synthetic_fault(t, CGOFUZZ_FAULT_GPR);
		assert_int_equal(synthetic_write(t), i < BUNDLE_QUOTA);
	}
	assert_int_equal(synthetic_count(t, "spool"), BUNDLE_QUOTA);
	synthetic_fault(t, CGOFUZZ_FAULT_FPR); /* another fault still gets in */
	assert_true(synthetic_write(t));
}

static void a_process_that_died_in_a_plan_is_a_death(void **state)
{
	struct synthetic *t = *state;
	char *dir;

	synthetic_fault(t, CGOFUZZ_FAULT_NONE);
	t->rec->state = CGOFUZZ_RUNNING;
	t->rec->live.slot = 1;
	t->rec->live.direction = CGOFUZZ_C_TO_GO;
	assert_true(synthetic_write(t));
	dir = synthetic_only(t, "spool", "-death");
	free(dir);
}

static void a_damaged_recorder_goes_to_quarantine_with_a_reason(void **state)
{
	struct synthetic *t = *state;
	struct buf reason = BUF_INIT;
	struct err e = ERR_INIT;
	char *path;

	synthetic_fault(t, CGOFUZZ_FAULT_LEAF);
	t->rec->fault.mem_count = 1000;
	assert_false(synthetic_write(t));
	assert_int_equal(synthetic_count(t, "spool"), 0);
	path = synthetic_only(t, "quarantine", "x.rec.reason");
	assert_int_equal(file_read(path, 0, &reason, &e), 0);
	assert_string_equal(reason.ptr, "recorder: count of memory windows is 1000, the most is 9\n");
	buf_release(&reason);
	free(path);
	path = synthetic_path(t, "quarantine/x.rec");
	assert_true(file_exists(path));
	free(path);
}

static void damaged_bundles_are_refused_by_name(void **state)
{
	static const char *const files[] = { "meta.json", "plan", "recorder", "case" };
	struct synthetic *t = *state;
	struct bundle b;
	struct err e;
	char *dir;

	synthetic_fault(t, CGOFUZZ_FAULT_LEAF);
	assert_true(synthetic_write(t));
	dir = synthetic_only(t, "spool", "-leaf");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char *path = xasprintf("%s/%s", dir, files[i]);
		struct buf whole = BUF_INIT;

		assert_int_equal(file_read(path, 0, &whole, &e), 0);
		if (strcmp(files[i], "case"))
			assert_int_equal(file_write(path, whole.ptr, whole.len / 2, &e), 0);
		else
			assert_int_equal(unlink(path), 0);
		e = (struct err)ERR_INIT;
		assert_int_equal(bundle_load(&b, dir, &e), -1);
		assert_int_equal(e.status, EXIT_ENVIRON);
		assert_non_null(strstr(e.msg, files[i]));
		assert_int_equal(file_write(path, whole.ptr, whole.len, &e), 0);
		buf_release(&whole);
		free(path);
	}
	assert_int_equal(bundle_load(&b, dir, &e), 0);
	bundle_release(&b);
	free(dir);
	assert_int_equal(bundle_load(&b, "/nowhere", &e), -1);
	assert_int_equal(e.status, EXIT_USAGE);
}

static void every_count_of_a_recorder_is_checked(void **state)
{
	struct synthetic *t = *state;
	struct cgofuzz_recorder *r = t->rec;
	struct err e = ERR_INIT;

	synthetic_fault(t, CGOFUZZ_FAULT_SIGNAL);
	assert_int_equal(recorder_check(r, sizeof(*r), &e), 0);
	assert_int_equal(recorder_check(r, sizeof(*r) - 1, &e), -1);
	assert_int_equal(recorder_check(r, 10, &e), -1);
#define WRONG(field, value) \
	do { \
		synthetic_fault(t, CGOFUZZ_FAULT_SIGNAL); \
		r->field = (value); \
		assert_int_equal(recorder_check(r, sizeof(*r), &e), -1); \
	} while (0)
	WRONG(magic[3], 'x');
	WRONG(version, CGOFUZZ_WIRE_VERSION + 1);
	WRONG(size, 1);
	WRONG(arch, 3);
	WRONG(build_id[5], 'g');
	WRONG(build_id[5], '\0');
	WRONG(state, 3);
	WRONG(plan_len, CGOFUZZ_PLAN_MAX_BYTES + 1);
	WRONG(earlier[7].len, CGOFUZZ_PLAN_MAX_BYTES + 1);
	WRONG(presig_used, 65);
	WRONG(live.slot, CGOFUZZ_MAX_SLOTS);
	WRONG(fault.kind, CGOFUZZ_FAULT_KINDS);
	WRONG(fault.slot, CGOFUZZ_MAX_SLOTS);
	WRONG(fault.direction, CGOFUZZ_C_TO_C + 1);
	WRONG(fault.control, CGOFUZZ_CONTROL_REVERSE + 1);
	WRONG(fault.was_captured, 2);
	WRONG(fault.sides, CGOFUZZ_SIDES << 8);
	WRONG(fault.piece.place, CGOFUZZ_PLACES);
	WRONG(fault.leaf_kind, CGOFUZZ_LEAF_KINDS);
	WRONG(fault.seen_by, CGOFUZZ_SEERS);
	WRONG(fault.other_stack, CGOFUZZ_OTHER_OF_GO + 1);
	WRONG(fault.mem_count, CGOFUZZ_MAX_MEM + 1);
	WRONG(fault.module_count, CGOFUZZ_MAX_MODULES + 1);
	WRONG(fault.data_used, CGOFUZZ_DATA_BYTES + 1);
#undef WRONG
	synthetic_fault(t, CGOFUZZ_FAULT_SIGNAL);
	memset(r->fault.text, 'a', sizeof(r->fault.text));
	assert_int_equal(recorder_check(r, sizeof(*r), &e), -1);
	synthetic_fault(t, CGOFUZZ_FAULT_SIGNAL);
	r->fault.mem_count = 1;
	r->fault.data_used = 64;
	r->fault.mem[0] = (struct cgofuzz_mem){ .addr = 1, .size = 32, .at = 33 };
	assert_int_equal(recorder_check(r, sizeof(*r), &e), -1);
	r->fault.mem[0].at = 32;
	assert_int_equal(recorder_check(r, sizeof(*r), &e), 0);
	r->fault.mem[0].addr = UINT64_MAX - 8;
	assert_int_equal(recorder_check(r, sizeof(*r), &e), -1);
}

static void hostile_text_is_shown_as_what_it_is(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "plain text", "plain text" },
		{ "\033[2Jgone", "\\x1b[2Jgone" },
		{ "a\\b", "a\\\\b" },
		{ "two\nlines\t", "two\\nlines\\t" },
		{ "caf\xc3\xa9", "caf\xc3\xa9" },
		{ "\xff\xc3(", "\\xff\\xc3(" },
		{ "\xc0\xaf", "\\xc0\\xaf" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
		{ "a\xe2\x80\xae"
		  "b",
		  "a\\u{202e}b" },
		{ "\xc2\x9b", "\\u{9b}" },
	};
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_reset(&out);
		text_escape(&out, rows[i].in, strlen(rows[i].in));
		assert_string_equal(out.ptr, rows[i].out);
	}
	buf_release(&out);
}

static void a_path_in_a_command_survives_the_shell(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "/a-b/c.d", "/a-b/c.d" },
		{ "", "''" },
		{ "a b", "'a b'" },
		{ "it's", "'it'\\''s'" },
		{ "a\\b", "'a\\b'" },
		{ "caf\xc3\xa9", "'caf\xc3\xa9'" },
		{ "a\n'\\\xff", "$'a\\x0a\\'\\\\\\xff'" },
	};
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_reset(&out);
		text_shell(&out, rows[i].in);
		assert_string_equal(out.ptr, rows[i].out);
	}
	buf_release(&out);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, synthetic_setup, synthetic_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_bundle_comes_back_as_it_was_written),
		TEST(earlier_plans_are_kept_oldest_first),
		TEST(writing_again_after_a_kill_gives_one_bundle),
		TEST(a_storm_of_one_fault_is_counted_not_kept),
		TEST(a_process_that_died_in_a_plan_is_a_death),
		TEST(a_damaged_recorder_goes_to_quarantine_with_a_reason),
		TEST(damaged_bundles_are_refused_by_name),
		TEST(every_count_of_a_recorder_is_checked),
		cmocka_unit_test(hostile_text_is_shown_as_what_it_is),
		cmocka_unit_test(a_path_in_a_command_survives_the_shell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
