/* triage_guilty.c: tests. Who is guilty: every row of the table, layouts, compilers known to deviate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "abi/abi.h"
#include "triage/evidence.h"
#include "triage/guilty.h"

struct verdict {
	enum cgofuzz_fault_kind kind;
	enum cgofuzz_direction direction;
	enum cgofuzz_control_kind control;
	uint32_t is_result;
	enum guilty_place place;
	enum guilty_control known;
	enum guilty_side side;
};

#define GO_C CGOFUZZ_GO_TO_C, CGOFUZZ_CONTROL_NONE
#define C_GO CGOFUZZ_C_TO_GO, CGOFUZZ_CONTROL_NONE
#define DIRECT CGOFUZZ_C_TO_C, CGOFUZZ_CONTROL_DIRECT
#define REVERSE CGOFUZZ_C_TO_C, CGOFUZZ_CONTROL_REVERSE
#define CAPTURE CGOFUZZ_FAULT_CAPTURE
#define LEAF CGOFUZZ_FAULT_LEAF
#define OPEN GUILTY_PLACE_OPEN
#define RIGHT GUILTY_PLACE_RIGHT
#define WRONG GUILTY_PLACE_WRONG
#define CONTROL_OPEN GUILTY_CONTROL_OPEN
#define GOOD GUILTY_CONTROL_GOOD
#define BAD GUILTY_CONTROL_BAD

static const struct verdict verdicts[] = {
	{ CAPTURE, GO_C, 0, WRONG, BAD, GUILTY_WRAPPER },
	{ CAPTURE, GO_C, 0, WRONG, GOOD, GUILTY_GO },
	{ CAPTURE, GO_C, 0, WRONG, CONTROL_OPEN, GUILTY_UNKNOWN },
	{ CAPTURE, GO_C, 1, WRONG, GOOD, GUILTY_CALLEE },
	{ CAPTURE, C_GO, 0, WRONG, GOOD, GUILTY_CALLEE },
	{ CAPTURE, C_GO, 1, WRONG, BAD, GUILTY_WRAPPER },
	{ CAPTURE, C_GO, 1, WRONG, GOOD, GUILTY_GO },
	{ CAPTURE, C_GO, 1, WRONG, CONTROL_OPEN, GUILTY_UNKNOWN },
	{ CAPTURE, DIRECT, 0, WRONG, CONTROL_OPEN, GUILTY_WRAPPER },
	{ CAPTURE, DIRECT, 1, WRONG, CONTROL_OPEN, GUILTY_CALLEE },
	{ CAPTURE, REVERSE, 0, WRONG, CONTROL_OPEN, GUILTY_CALLEE },
	{ CAPTURE, REVERSE, 1, WRONG, CONTROL_OPEN, GUILTY_WRAPPER },
	{ LEAF, GO_C, 0, RIGHT, GOOD, GUILTY_CALLEE },
	{ LEAF, GO_C, 1, RIGHT, BAD, GUILTY_WRAPPER },
	{ LEAF, GO_C, 1, RIGHT, GOOD, GUILTY_GO },
	{ LEAF, GO_C, 1, RIGHT, CONTROL_OPEN, GUILTY_UNKNOWN },
	{ LEAF, C_GO, 0, RIGHT, BAD, GUILTY_WRAPPER },
	{ LEAF, C_GO, 0, RIGHT, GOOD, GUILTY_GO },
	{ LEAF, C_GO, 0, RIGHT, CONTROL_OPEN, GUILTY_UNKNOWN },
	{ LEAF, C_GO, 1, RIGHT, GOOD, GUILTY_CALLEE },
	{ LEAF, DIRECT, 0, RIGHT, CONTROL_OPEN, GUILTY_CALLEE },
	{ LEAF, DIRECT, 1, RIGHT, CONTROL_OPEN, GUILTY_WRAPPER },
	{ LEAF, REVERSE, 0, RIGHT, CONTROL_OPEN, GUILTY_WRAPPER },
	{ LEAF, REVERSE, 1, RIGHT, CONTROL_OPEN, GUILTY_CALLEE },
	{ LEAF, GO_C, 0, OPEN, GOOD, GUILTY_UNKNOWN },
	{ LEAF, GO_C, 0, WRONG, BAD, GUILTY_WRAPPER }, /* another run showed where it lies */
	{ CGOFUZZ_FAULT_GPR, GO_C, 0, OPEN, CONTROL_OPEN, GUILTY_CALLEE },
	{ CGOFUZZ_FAULT_FPENV, C_GO, 0, OPEN, BAD, GUILTY_WRAPPER },
	{ CGOFUZZ_FAULT_FPR, C_GO, 0, OPEN, GOOD, GUILTY_GO },
	{ CGOFUZZ_FAULT_SP_CHANGED, C_GO, 0, OPEN, CONTROL_OPEN, GUILTY_UNKNOWN },
	{ CGOFUZZ_FAULT_DIRECTION, DIRECT, 0, OPEN, CONTROL_OPEN, GUILTY_CALLEE },
	{ CGOFUZZ_FAULT_STATE, GO_C, 0, OPEN, CONTROL_OPEN, GUILTY_CALLEE },
	{ CGOFUZZ_FAULT_GPR, REVERSE, 0, OPEN, CONTROL_OPEN, GUILTY_WRAPPER },
	{ CGOFUZZ_FAULT_SP_ALIGN, GO_C, 0, OPEN, BAD, GUILTY_WRAPPER },
	{ CGOFUZZ_FAULT_SP_ALIGN, GO_C, 0, OPEN, GOOD, GUILTY_GO },
	{ CGOFUZZ_FAULT_SP_ALIGN, GO_C, 0, OPEN, CONTROL_OPEN, GUILTY_UNKNOWN },
	{ CGOFUZZ_FAULT_SP_ALIGN, C_GO, 0, OPEN, CONTROL_OPEN, GUILTY_CALLEE },
	{ CGOFUZZ_FAULT_SP_ALIGN, DIRECT, 0, OPEN, CONTROL_OPEN, GUILTY_WRAPPER },
	{ CGOFUZZ_FAULT_SP_ALIGN, REVERSE, 0, OPEN, CONTROL_OPEN, GUILTY_CALLEE },
	{ CGOFUZZ_FAULT_PANIC, C_GO, 0, OPEN, CONTROL_OPEN, GUILTY_GO },
	{ CGOFUZZ_FAULT_SIGNAL, GO_C, 0, OPEN, BAD, GUILTY_UNKNOWN },
	{ CGOFUZZ_FAULT_HANG, GO_C, 0, OPEN, GOOD, GUILTY_UNKNOWN },
	{ CGOFUZZ_FAULT_FRAME, GO_C, 0, OPEN, CONTROL_OPEN, GUILTY_UNKNOWN },
};
#define VERDICTS (sizeof(verdicts) / sizeof(verdicts[0]))

static struct cgofuzz_fault fault_of(const struct verdict *v)
{
	return (struct cgofuzz_fault){ .kind = v->kind,
				       .direction = v->direction,
				       .control = v->control,
				       .is_result = v->is_result };
}

static void every_row_decides_what_it_is_for(void **state)
{
	const struct guilty_row *used[VERDICTS];

	(void)state;
	for (size_t i = 0; i < VERDICTS; i++) {
		struct cgofuzz_fault f = fault_of(&verdicts[i]);
		struct guilty_facts facts = { verdicts[i].place, verdicts[i].known, false };
		const struct guilty_row *row = guilty_row_of(&f, &facts);

		assert_non_null(row);
		if (row->side != verdicts[i].side)
			fail_msg("verdict %zu: %s, not %s", i, guilty_names[row->side],
				 guilty_names[verdicts[i].side]);
		used[i] = row;
	}
	for (unsigned i = 0; guilty_row_at(i); i++) {
		size_t by = 0;

		assert_true(*guilty_row_at(i)->words);
		while (by < VERDICTS && used[by] != guilty_row_at(i))
			by++;
		if (by == VERDICTS)
			fail_msg("row %u of guilty.def decides nothing: %s", i,
				 guilty_row_at(i)->words);
	}
}

static void a_fault_tells_where_its_leaf_lay(void **state)
{
	struct cgofuzz_fault f = { .kind = LEAF }, other;
	struct guilty_facts facts = guilty_facts_of(&f, "");

	(void)state;
	assert_int_equal(facts.place, OPEN);
	other = f;
	other.was_captured = 1;
	assert_int_equal(guilty_facts_of(&other, "").place, RIGHT);
	other.leaf = 1;
	guilty_learn(&facts, &f, &other); /* of another leaf: nothing about this one */
	assert_int_equal(facts.place, OPEN);
	other.leaf = 0;
	guilty_learn(&facts, &f, &other);
	assert_int_equal(facts.place, RIGHT);
	facts = guilty_facts_of(&f, "");
	other.kind = CAPTURE;
	other.direction = CGOFUZZ_C_TO_GO;
	guilty_learn(&facts, &f, &other);
	assert_int_equal(facts.place, OPEN);
	other.direction = CGOFUZZ_GO_TO_C;
	guilty_learn(&facts, &f, &other);
	assert_int_equal(facts.place, WRONG);
	assert_int_equal(facts.control, CONTROL_OPEN);
	other.control = CGOFUZZ_CONTROL_DIRECT;
	guilty_learn(&facts, &f, &other);
	assert_int_equal(facts.control, BAD);
}

static void make(struct fuzz_case *c, struct lane *lane, const char *text, const char *name)
{
	struct err e = ERR_INIT;

	if (case_parse(c, text, strlen(text), "case", &e) < 0 || lane_parse(lane, name, NULL, &e) < 0)
		fail_msg("%s", e.msg);
}

static void words_name_compiler_section_and_reason(void **state)
{
	struct cgofuzz_fault f = { .kind = CAPTURE, .is_result = 1 };
	struct guilty_facts facts = guilty_facts_of(&f, "");
	struct buf words = BUF_INIT;
	struct fuzz_case c;
	struct lane lane;
	struct guilty g;

	(void)state;
	make(&c, &lane, "struct { float a, b; } f(int)", "arm64-gcc12-clang14");
	guilty_judge(&g, &f, &facts, &lane, &c);
	assert_int_equal(g.side, GUILTY_CALLEE);
	assert_string_equal(g.compiler, "clang14");
	assert_non_null(strstr(g.section.ptr, "AAPCS64 result.hfa (6.9)"));
	guilty_words(&g, &words);
	assert_ptr_equal(strstr(words.ptr, "callee (clang14), AAPCS64 "), words.ptr);
	buf_reset(&words);
	guilty_release(&g);
	f.is_result = 0;
	guilty_judge(&g, &f, &facts, &lane, &c);
	guilty_words(&g, &words);
	assert_ptr_equal(strstr(words.ptr, "unknown; to settle it: "), words.ptr);
	buf_release(&words);
	guilty_release(&g);
	case_release(&c);
}

/* The rows of rule.def come and go: any that has a deviation for one compiler alone will do. */
static void a_compiler_known_to_deviate_is_named_with_its_row(void **state)
{
	struct cgofuzz_fault f = { .kind = LEAF, .leaf = 3 };
	struct guilty_facts facts = guilty_facts_of(&f, "");
	struct fuzz_case c;
	struct lane lane;
	struct guilty g;

	(void)state;
	/* psABI: an __int128 is not split; Clang 14 gives its low half the last register */
	make(&c, &lane, "void f(long, long, long, struct { long a, b; }, __int128)",
	     "amd64-gcc12-clang14");
	f.leaf = 5;
	guilty_judge(&g, &f, &facts, &lane, &c);
	assert_int_equal(g.side, GUILTY_CALLEE);
	assert_string_equal(g.compiler, "clang14");
	assert_string_equal(g.section.ptr, "PSABI pass.whole (3.2.3)");
	assert_non_null(strstr(g.reason.ptr, rule_info[RULE_AMD64_PASS_WHOLE].clang));
	guilty_release(&g);
	f.leaf = 3; /* passed alike by both */
	guilty_judge(&g, &f, &facts, &lane, &c);
	assert_int_equal(g.side, GUILTY_UNKNOWN);
	guilty_release(&g);
	case_release(&c);
	make(&c, &lane, "void f(long, long, long, struct { long a, b; }, __int128)",
	     "amd64-clang14-gcc12");
	f.leaf = 5;
	guilty_judge(&g, &f, &facts, &lane, &c);
	assert_int_equal(g.side, GUILTY_WRAPPER);
	guilty_release(&g);
	case_release(&c);
}

static void where_the_document_leaves_room_nobody_is_guilty(void **state)
{
	struct cgofuzz_fault f = { .kind = LEAF };
	struct guilty_facts facts = guilty_facts_of(&f, "");
	struct fuzz_case c;
	struct lane lane;
	struct guilty g;

	(void)state;
	assert_true(rule_is_open(RULE_AMD64_CLASS_ATOMIC));
	assert_true(rule_is_open(RULE_ARM64_B6_ATOMIC));
	assert_true(rule_is_open(RULE_AMD64_BITFIELD_ALIGNED));
	assert_false(rule_is_open(RULE_ARM64_HFA_ZERO_WIDTH));
	assert_false(rule_is_open(RULE_AMD64_PASS_WHOLE));
	make(&c, &lane, "void f(struct { _Atomic(int) a; })", "amd64-gcc12-clang14");
	guilty_judge(&g, &f, &facts, &lane, &c);
	assert_int_equal(g.side, GUILTY_UNKNOWN);
	assert_non_null(strstr(g.reason.ptr, "PSABI class.atomic (3.2.3) leaves room"));
	assert_non_null(strstr(g.reason.ptr, "clang14 does this: "));
	guilty_release(&g);
	case_release(&c);
}

static void a_layout_is_held_against_the_document(void **state)
{
	static const struct {
		uint32_t leaf, sides;
		uint64_t expected, got;
		enum guilty_side side;
	} rows[] = {
		{ 1, CGOFUZZ_SIDE_CALLEE | CGOFUZZ_SIDE_DOCUMENT << 8, 64, 32, GUILTY_CALLEE },
		{ 1, CGOFUZZ_SIDE_CALLEE | CGOFUZZ_SIDE_WRAPPER << 8, 32, 64, GUILTY_WRAPPER },
		{ 1, CGOFUZZ_SIDE_CALLEE | CGOFUZZ_SIDE_WRAPPER << 8, 64, 32, GUILTY_CALLEE },
		{ 1, CGOFUZZ_SIDE_CALLEE | CGOFUZZ_SIDE_GO << 8, 4, 8, GUILTY_GO },
		{ 1, CGOFUZZ_SIDE_CALLEE | CGOFUZZ_SIDE_GO << 8, 8, 4, GUILTY_CALLEE },
		{ 1, CGOFUZZ_SIDE_CALLEE | CGOFUZZ_SIDE_WRAPPER << 8, 64, 96, GUILTY_UNKNOWN },
		{ 1, CGOFUZZ_SIDE_WRAPPER | CGOFUZZ_SIDE_WRAPPER << 8, 3, 0, GUILTY_WRAPPER },
		{ CGOFUZZ_LAYOUT_SIZE, CGOFUZZ_SIDE_CALLEE | CGOFUZZ_SIDE_GO << 8, 8, 12, GUILTY_GO },
		{ CGOFUZZ_LAYOUT_ALIGN, CGOFUZZ_SIDE_CALLEE | CGOFUZZ_SIDE_DOCUMENT << 8, 8, 4,
		  GUILTY_CALLEE },
		{ 1, CGOFUZZ_SIDE_CALLEE | CGOFUZZ_SIDE_ARM64 << 8, 32, 64, GUILTY_UNKNOWN },
		{ 1, CGOFUZZ_SIDE_CALLEE | CGOFUZZ_SIDE_ARM64 << 8, 64, 32, GUILTY_CALLEE },
	};
	struct fuzz_case c;
	struct lane lane;

	(void)state;
	make(&c, &lane, "void f(struct { char a; int b; })", "amd64");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cgofuzz_fault f = { .kind = CGOFUZZ_FAULT_LAYOUT,
					   .leaf = rows[i].leaf,
					   .sides = rows[i].sides,
					   .expected = rows[i].expected,
					   .got = rows[i].got };
		struct guilty_facts facts = guilty_facts_of(&f, "");
		struct guilty g;

		guilty_judge(&g, &f, &facts, &lane, &c);
		if (g.side != rows[i].side)
			fail_msg("row %zu: %s", i, guilty_names[g.side]);
		guilty_release(&g);
	}
	case_release(&c);
}

static void cgo_is_known_to_shift_arguments(void **state)
{
	struct cgofuzz_fault f = { .kind = CGOFUZZ_FAULT_LEAF, .leaf = 1 };
	struct guilty_facts facts = guilty_facts_of(&f, "");
	struct fuzz_case c;
	struct lane lane;
	struct guilty g;

	(void)state;
	make(&c, &lane, "void f(char, struct { char a[8]; long b[0]; })", "amd64");
	guilty_judge(&g, &f, &facts, &lane, &c);
	assert_int_equal(g.side, GUILTY_GO);
	guilty_release(&g);
	facts.place = GUILTY_PLACE_RIGHT; /* seen: the callee read it elsewhere */
	guilty_judge(&g, &f, &facts, &lane, &c);
	assert_int_equal(g.side, GUILTY_CALLEE);
	guilty_release(&g);
	case_release(&c);
}

static void qemu_speaks_for_itself(void **state)
{
	struct cgofuzz_fault f = { .kind = CGOFUZZ_FAULT_DEATH };
	struct guilty_facts facts;
	struct fuzz_case c;
	struct lane lane;
	struct guilty g;

	(void)state;
	make(&c, &lane, "void f(void)", "arm64");
	facts = guilty_facts_of(&f, "qemu-aarch64: ../../accel/tcg/cpu-exec.c:954: assertion failed");
	guilty_judge(&g, &f, &facts, &lane, &c);
	assert_int_equal(g.side, GUILTY_QEMU);
	guilty_release(&g);
	facts = guilty_facts_of(&f, "qemu: uncaught target signal 9 (Killed) - core dumped");
	guilty_judge(&g, &f, &facts, &lane, &c);
	assert_int_equal(g.side, GUILTY_UNKNOWN);
	guilty_release(&g);
	f.kind = CGOFUZZ_FAULT_NONE;
	guilty_judge(&g, &f, &facts, &lane, &c);
	assert_int_equal(g.side, GUILTY_NONE);
	guilty_release(&g);
	case_release(&c);
}

static void evidence_is_taken_where_it_settles_something(void **state)
{
	struct cgofuzz_fault f = { .kind = LEAF };
	struct guilty_facts facts = { 0 };
	uint8_t plan[19] = { 1, 0, 2, 9, 0, 0, 0, 0, 1, 0, 31, 9, 0, 0, 0, 0, 1, 0, 224 };

	const uint8_t *step = plan;
	uint32_t len = sizeof(plan);

	(void)state;
	assert_true(evidence_wanted(&f, &facts));
	facts.place = RIGHT;
	assert_false(evidence_wanted(&f, &facts)); /* the callee's, whatever the control says */
	f.is_result = 1;
	assert_true(evidence_wanted(&f, &facts));
	facts.control = GOOD;
	assert_false(evidence_wanted(&f, &facts));
	f.kind = CGOFUZZ_FAULT_SIGNAL;
	facts = (struct guilty_facts){ 0 };
	assert_false(evidence_wanted(&f, &facts));

	f.step = 1;
	evidence_step(&f, &step, &len);
	assert_ptr_equal(step, plan + 8);
	assert_int_equal(len, 8);
	f.step = 2;
	step = plan;
	len = sizeof(plan);
	evidence_step(&f, &step, &len);
	assert_ptr_equal(step, plan + 16);
	assert_int_equal(len, 3); /* a short step is filled with zeros */
	f.step = 3;
	evidence_step(&f, &step, &len);
	assert_ptr_equal(step, plan + 16); /* there is none */

	evidence_direct(plan, sizeof(plan));
	for (uint32_t at = 0; at < sizeof(plan); at += CGOFUZZ_STEP_BYTES) {
		struct cgofuzz_step s = cgofuzz_word_step(cgofuzz_plan_word(plan, sizeof(plan), at),
							  cgofuzz_slots_of(4));

		assert_int_equal(s.route, CGOFUZZ_ROUTE_DIRECT);
		assert_int_equal(s.slot, 1);
		assert_int_equal(s.depth, at < 16 ? 1 : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_decides_what_it_is_for),
		cmocka_unit_test(a_fault_tells_where_its_leaf_lay),
		cmocka_unit_test(words_name_compiler_section_and_reason),
		cmocka_unit_test(a_compiler_known_to_deviate_is_named_with_its_row),
		cmocka_unit_test(where_the_document_leaves_room_nobody_is_guilty),
		cmocka_unit_test(a_layout_is_held_against_the_document),
		cmocka_unit_test(cgo_is_known_to_shift_arguments),
		cmocka_unit_test(qemu_speaks_for_itself),
		cmocka_unit_test(evidence_is_taken_where_it_settles_something),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
