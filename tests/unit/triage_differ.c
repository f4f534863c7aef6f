/* triage_differ.c: unit tests. What lanes show, compared; differences and cliffs as bundles of two lanes. */
#include "synthetic.h"

#include "guest/turbulence.h"
#include "model/plan_text.h"
#include "triage/cost.h"
#include "triage/differ.h"
#include "triage/triage.h"

#define OTHER_BUILD "fedcba9876543210fedcba9876543210"

/* Steps in the order they were done; the digest of each is its number and what was added so far. */
static void show_steps(struct shown *s, const uint32_t *steps, uint32_t n, uint32_t odd)
{
	memset(s, 0, sizeof(*s));
	s->head.trail_len = n;
	for (uint32_t i = 0; i < n; i++)
		s->trail[i] = (struct cgofuzz_done){ 100 + i + (i >= odd), steps[i], 0 };
	s->head.digest = n ? s->trail[n - 1].digest : 0;
}

static void the_first_step_that_shows_something_else_is_named(void **state)
{
	static const uint32_t steps[] = { 1, 2, 0, 3 };
	struct shown a, b;
	struct difference d;

	(void)state;
	show_steps(&a, steps, 4, 9);
	show_steps(&b, steps, 4, 2);
	difference_of(&d, &a, &b);
	assert_int_equal(d.how, DIFFER_VALUE);
	assert_int_equal(d.step, 0);
	assert_int_equal(d.expected, 102);
	assert_int_equal(d.got, 103);
	assert_false(d.capped);
}

static void another_order_and_missing_steps_are_told_apart(void **state)
{
	static const uint32_t one[] = { 0, 1, 2, 3 }, other[] = { 0, 2, 1, 3 };
	struct shown a, b;
	struct difference d;

	(void)state;
	show_steps(&a, one, 4, 9);
	show_steps(&b, other, 4, 9);
	difference_of(&d, &a, &b);
	assert_int_equal(d.how, DIFFER_ORDER);
	assert_int_equal(d.step, 1);
	show_steps(&b, one, 2, 9);
	difference_of(&d, &a, &b);
	assert_int_equal(d.how, DIFFER_FEWER);
	assert_int_equal(d.step, 2);
	difference_of(&d, &b, &a);
	assert_int_equal(d.how, DIFFER_FEWER);
	assert_int_equal(d.step, 2);
}

/* A repeated step is in the trail once: what differs later shows in the digest of all. */
static void what_differs_after_the_trail_is_a_difference_too(void **state)
{
	static const uint32_t steps[] = { 0, 1 };
	struct shown a, b;
	struct difference d;

	(void)state;
	show_steps(&a, steps, 2, 9);
	show_steps(&b, steps, 2, 9);
	b.head.digest++;
	difference_of(&d, &a, &b);
	assert_int_equal(d.how, DIFFER_VALUE);
	assert_int_equal(d.step, 1);
}

static void effects_left_out_before_excuse_a_difference_but_not_after(void **state)
{
	static const uint32_t steps[] = { 0, 1, 2 };
	struct shown a, b;
	struct difference d;

	(void)state;
	show_steps(&a, steps, 3, 9);
	show_steps(&b, steps, 3, 1);
	b.trail[2].capped = b.head.capped = 1;
	difference_of(&d, &a, &b);
	assert_false(d.capped);
	b.trail[1].capped = 1;
	difference_of(&d, &a, &b);
	assert_true(d.capped);
}

static const char plan_text[] = "call 1 seed=3\n"
				"repeat times=2 {\n  gc times=1\n  callback 1 depth=2 seed=9\n}\n";

static struct plan make_plan(void)
{
	struct plan plan;
	struct err e = ERR_INIT;

	if (plan_parse(&plan, plan_text, strlen(plan_text), "plan", &e) < 0)
		fail_msg("%s", e.msg);
	return plan;
}

static void a_difference_knows_its_case_and_the_turbulence_around(void **state)
{
	struct difference d = { .how = DIFFER_ORDER, .step = 3, .expected = 1, .got = 2 };
	struct plan plan = make_plan();
	struct cgofuzz_fault f;

	(void)state;
	differ_fault(&f, &d, plan.bytes, plan.len, 2);
	assert_int_equal(f.kind, CGOFUZZ_FAULT_DIFFERENTIAL);
	assert_int_equal(f.step, 3);
	assert_int_equal(f.slot, 1);
	assert_int_equal(f.depth, 2);
	assert_int_equal(f.step_seed, 9);
	assert_int_equal(f.direction, CGOFUZZ_C_TO_GO);
	assert_int_equal(f.turbulence_kind, CGOFUZZ_TURB_REPEAT + 1);
	assert_string_equal(f.text, "steps are done in another order");
	d.step = 2;
	differ_fault(&f, &d, plan.bytes, plan.len, 2);
	assert_int_equal(f.turbulence_kind, CGOFUZZ_TURB_GC + 1);
	assert_int_equal(f.turbulence, 1u << CGOFUZZ_FAMILY_CONTROL | 1u << CGOFUZZ_FAMILY_MEMORY);
	d.how = DIFFER_VALUE;
	differ_fault(&f, &d, plan.bytes, plan.len, 2);
	assert_string_equal(f.text, "from this step on something else is shown: gc");
	d.step = 0;
	differ_fault(&f, &d, plan.bytes, plan.len, 2);
	assert_int_equal(f.turbulence_kind, 0);
	d.step = UINT32_MAX; /* as a guest may say */
	differ_fault(&f, &d, plan.bytes, 0, 2);
	assert_int_equal(f.step, 0);
}

static void a_multiple_of_8_is_a_cliff_and_nothing_without_a_measure(void **state)
{
	struct shown s = { 0 };

	(void)state;
	assert_true(cost_is_cliff(8000, 1000));
	assert_false(cost_is_cliff(7999, 1000));
	assert_false(cost_is_cliff(8000, 0));
	assert_int_equal(cost_of(&s), 0);
	s.head.plan_ps = 30000;
	s.head.turn_ps = 2000;
	assert_int_equal(cost_of(&s), 15000);
	s.head.fault = CGOFUZZ_FAULT_LEAF;
	assert_int_equal(cost_of(&s), 0);
}

/* A bundle as the campaign writes it: the record of a comparison, two lanes, two builds. */
static char *write_bundle(struct synthetic *t, struct cgofuzz_recorder *rec)
{
	static struct lane other;
	static struct build other_build;

	snprintf(other.name, sizeof(other.name), "arm64-gcc12-gcc12-O1-wO0-go1.26.8-qemu7.2");
	snprintf(other_build.id, sizeof(other_build.id), OTHER_BUILD);
	other_build.dir = t->build.dir;
	t->src.engine = ENGINE_COUNT;
	t->src.other_lane = &other;
	t->src.other_build = &other_build;
	free(t->rec);
	t->rec = rec;
	assert_true(synthetic_write(t));
	return synthetic_only(t, "spool",
			      rec->fault.kind == CGOFUZZ_FAULT_CLIFF ? "cliff" : "differential");
}

static struct show_spec spec_of(const struct synthetic *t)
{
	return (struct show_spec){ .lane = &t->lane, .build_id = SYNTHETIC_BUILD };
}

static void a_difference_becomes_a_bundle_of_two_lanes(void **state)
{
	static const uint32_t steps[] = { 0, 2, 3, 1 };
	struct synthetic *t = *state;
	struct shown shown[2];
	struct show_spec spec = spec_of(t);
	struct differ d = { .shown = shown, .specs = &spec, .count = 2 };
	struct plan plan = make_plan();
	struct buf sig = BUF_INIT, title = BUF_INIT, stack = BUF_INIT, text = BUF_INIT;
	struct err e = ERR_INIT;
	struct bundle b;
	char *dir;
	bool weak;

	show_steps(&shown[0], steps, 4, 9);
	show_steps(&shown[1], steps, 4, 1);
	dir = write_bundle(t, differ_record(&d, plan.bytes, plan.len, 1, 2));
	if (bundle_load(&b, dir, &e) < 0)
		fail_msg("%s", e.msg);
	assert_string_equal(b.engine, "plain");
	assert_string_equal(b.other_lane, "arm64-gcc12-gcc12-O1-wO0-go1.26.8-qemu7.2");
	assert_string_equal(b.other_build_id, OTHER_BUILD);
	assert_int_equal(b.rec->fault.step, 2);
	assert_int_equal(b.rec->trail_len, 4);
	assert_int_equal(signature_make(&b, &sig, &title, &stack, &weak, &e), 0);
	assert_string_equal(sig.ptr,
			    "2|differential|differential|-|-|"
			    "from-this-step-on-something-else-is-shown-gc");
	assert_false(weak);
	describe_bundle(&b, &text);
	assert_non_null(strstr(text.ptr, "beside lane: arm64-gcc12"));
	assert_non_null(strstr(text.ptr, "digest 0x0000000000000065 in amd64-gcc12"));
	assert_non_null(strstr(text.ptr, "digest 0x0000000000000066 in arm64-gcc12"));
	buf_release(&sig);
	buf_release(&title);
	buf_release(&stack);
	buf_release(&text);
	bundle_release(&b);
	free(dir);
}

static void a_cliff_tells_how_many_times(void **state)
{
	struct synthetic *t = *state;
	struct show_spec spec = spec_of(t);
	struct plan plan = make_plan();
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	struct bundle b;
	char *dir = write_bundle(
		t, cost_record(&spec, plan.bytes, plan.len, 2, CGOFUZZ_WANT_BARE, 50000, 2000));

	if (bundle_load(&b, dir, &e) < 0)
		fail_msg("%s", e.msg);
	describe_fault(&b, &text);
	assert_non_null(strstr(text.ptr, "25.0 times as much"));
	assert_non_null(strstr(text.ptr, "a bare call costs a multiple"));
	buf_release(&text);
	bundle_release(&b);
	free(dir);
}

/* Anything may stand in meta.json. */
static void a_second_lane_without_a_build_is_refused(void **state)
{
	struct synthetic *t = *state;
	struct show_spec spec = spec_of(t);
	struct plan plan = make_plan();
	char *dir = write_bundle(
		t, cost_record(&spec, plan.bytes, plan.len, 2, CGOFUZZ_WANT_BARE, 50000, 2000));
	char *path = xasprintf("%s/meta.json", dir);
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	struct bundle b;
	char *at;

	assert_int_equal(file_read(path, 0, &text, &e), 0);
	at = strstr(text.ptr, OTHER_BUILD);
	assert_non_null(at);
	*at = '/';
	assert_int_equal(file_write(path, text.ptr, text.len, &e), 0);
	assert_int_equal(bundle_load(&b, dir, &e), -1);
	assert_non_null(strstr(e.msg, "the second of \"lanes\""));
	buf_release(&text);
	free(path);
	free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_step_that_shows_something_else_is_named),
		cmocka_unit_test(another_order_and_missing_steps_are_told_apart),
		cmocka_unit_test(what_differs_after_the_trail_is_a_difference_too),
		cmocka_unit_test(effects_left_out_before_excuse_a_difference_but_not_after),
		cmocka_unit_test(a_difference_knows_its_case_and_the_turbulence_around),
		cmocka_unit_test(a_multiple_of_8_is_a_cliff_and_nothing_without_a_measure),
		cmocka_unit_test_setup_teardown(a_difference_becomes_a_bundle_of_two_lanes,
						synthetic_setup, synthetic_teardown),
		cmocka_unit_test_setup_teardown(a_cliff_tells_how_many_times, synthetic_setup,
						synthetic_teardown),
		cmocka_unit_test_setup_teardown(a_second_lane_without_a_build_is_refused,
						synthetic_setup, synthetic_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
