/* model_plan_text.c: unit test. Plans and their text say the same; wrong text is told where and why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "guest/turbulence.h"
#include "model/plan_text.h"

static void print_all(const uint8_t *plan, uint32_t len, struct buf *out)
{
	buf_reset(out);
	plan_print(plan, len, 64, PLAN_NO_MARK, out);
}

/* What is printed of any bytes parses to a plan that prints the same, and decodes to the same steps. */
static void any_plan_survives_its_text(void **state)
{
	struct buf first = BUF_INIT, again = BUF_INIT;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 7);
	for (int n = 0; n < 2000; n++) {
		uint8_t bytes[CGOFUZZ_PLAN_MAX_BYTES];
		uint32_t len = (uint32_t)rng_below(&rng, n % 10 ? 200 : sizeof(bytes) + 1);
		struct err e = ERR_INIT;
		struct plan plan;

		rng_fill(&rng, bytes, sizeof(bytes));
		for (uint32_t at = 2; at < len; at += 8)
			if (rng_below(&rng, 3) == 0)
				bytes[at] = CGOFUZZ_TURBULENCE_BYTE;
		print_all(bytes, len, &first);
		if (plan_parse(&plan, first.ptr, first.len, "<plan>", &e) < 0)
			fail_msg("%s\n%s", e.msg, first.ptr);
		print_all(plan.bytes, plan.len, &again);
		assert_string_equal(first.ptr, again.ptr);
		assert_int_equal(cgofuzz_plan_steps(plan.len), cgofuzz_plan_steps(len));
	}
	buf_release(&first);
	buf_release(&again);
}

static void text_is_what_docs_say(void **state)
{
	static const char text[] = "# any line may have a comment\n"
				   "call 3 depth=2 seed=0x10 captured {  # two steps within it\n"
				   "  gc times=2\n"
				   "  levels count=100 go=1K c=4K {\n"
				   "    direct 1 seed=5\n"
				   "  }\n"
				   "}\n"
				   "\n"
				   "own 63\n";
	static const char canonical[] = "call 3 depth=2 seed=0x10 captured {\n"
					"  gc times=2\n"
					"  levels count=100 go=1K c=4K {\n"
					"    direct 1 seed=0x5\n"
					"  }\n"
					"}\n"
					"own 63 seed=0x0\n";
	struct err e = ERR_INIT;
	struct buf out = BUF_INIT;
	struct cgofuzz_step s;
	struct plan plan;

	(void)state;
	assert_int_equal(plan_parse(&plan, text, sizeof(text) - 1, "<plan>", &e), 0);
	assert_int_equal(plan.len, 6 * CGOFUZZ_STEP_BYTES);
	assert_int_equal(plan.bytes[0], CGOFUZZ_TURB_WITHIN);
	assert_int_equal(plan.bytes[1], 4);
	s = cgofuzz_word_step(cgofuzz_plan_word(plan.bytes, plan.len, 8), cgofuzz_slots_of(64));
	assert_int_equal(s.slot, 3);
	assert_int_equal(s.depth, 2);
	assert_int_equal(s.seed, 16);
	assert_int_equal(s.capture, 1);
	assert_int_equal(s.route, CGOFUZZ_ROUTE_CALL);
	print_all(plan.bytes, plan.len, &out);
	assert_string_equal(out.ptr, canonical);
	buf_release(&out);
}

/* A calm run strikes out turbulence and nothing else. */
static void calm_plans_have_no_turbulence(void **state)
{
	uint8_t bytes[8 * 256 + 3], calm[sizeof(bytes)];

	(void)state;
	memset(bytes, 0xa5, sizeof(bytes));
	for (int i = 0; i < 256; i++)
		bytes[8 * i + 2] = (uint8_t)i;
	bytes[8 * 256 + 2] = CGOFUZZ_TURBULENCE_BYTE + 5;
	cgofuzz_plan_calm(calm, bytes, sizeof(bytes));
	for (unsigned i = 0; i < sizeof(bytes); i++) {
		bool kind = i % 8 == 2 && bytes[i] >= 192 && bytes[i] < 224;

		assert_int_equal(calm[i], kind ? bytes[i] - 64 : bytes[i]);
	}
}

static void slots_are_what_a_division_says(void **state)
{
	(void)state;
	for (uint32_t count = 1; count <= 600; count++)
		for (uint32_t x = 0; x < 65536; x += count < 70 ? 1 : 37)
			if (cgofuzz_slot_of(x, cgofuzz_slots_of(count)) != x % count)
				fail_msg("%u modulo %u", x, count);
}

static const struct {
	const char *text, *error;
} wrong[] = {
	{ "jump 3\n",
	  "<plan>:1:1: error: no such step\njump 3\n^\nhint: own, call, callback, direct" },
	{ "call\n", "<plan>:1:5: error: which case? the slot is missing" },
	{ "call x\n", "<plan>:1:6: error: a slot is a number from 0 to 65535" },
	{ "call 70000\n", "<plan>:1:6: error: a slot is a number from 0 to 65535" },
	{ "call 1 depth=65\n", "<plan>:1:14: error: depth is a number from 0 to 64" },
	{ "call 1 seed=0x100000000\n", "<plan>:1:13: error: seed is a number from 0 to 4294967295" },
	{ "call 1 deep=3\n", "<plan>:1:8: error: a crossing has no such word" },
	{ "gc times=9\n",
	  "<plan>:1:10: error: no such choice\ngc times=9\n         ^\nhint: one of 1, 2, 3" },
	{ "gc often=1\n", "<plan>:1:4: error: no such parameter" },
	{ "gc {\n}\n", "<plan>:1:4: error: this step holds no others" },
	{ "call 1\n}\n", "<plan>:2:1: error: nothing is open here" },
	{ "levels count=2 {\ncall 1\n", "<plan>:1:16: error: this brace is not closed" },
	{ "levels { call 1\n}\n", "<plan>:1:8: error: steps begin on the next line" },
	{ "call 1 \xff\n", "<plan>:1:8: error: a NUL byte, or not UTF-8" },
};

static void wrong_text_is_told_where_and_why(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct err e = ERR_INIT;
		struct plan plan;

		if (plan_parse(&plan, wrong[i].text, strlen(wrong[i].text), "<plan>", &e) == 0)
			fail_msg("accepted: %s", wrong[i].text);
		assert_int_equal(e.status, EXIT_USAGE);
		if (strncmp(e.msg, wrong[i].error, strlen(wrong[i].error)) != 0)
			fail_msg("%s\nsays: %s\nand not: %s", wrong[i].text, e.msg, wrong[i].error);
	}
}

/* 257 steps, and a body of 64. */
static void too_much_is_told(void **state)
{
	struct err e = ERR_INIT;
	struct buf text = BUF_INIT;
	struct plan plan;

	(void)state;
	for (int i = 0; i < 257; i++)
		buf_addstr(&text, "call 1\n");
	assert_int_equal(plan_parse(&plan, text.ptr, text.len, "<plan>", &e), -1);
	assert_non_null(strstr(e.msg, "<plan>:257:1: error: a plan has at most 256 steps"));
	buf_reset(&text);
	buf_addstr(&text, "repeat times=2 {\n");
	for (int i = 0; i < 128; i++)
		buf_addstr(&text, "call 1\n");
	buf_addstr(&text, "}\n");
	assert_int_equal(plan_parse(&plan, text.ptr, text.len, "<plan>", &e), -1);
	assert_non_null(strstr(e.msg, "<plan>:1:16: error: a step holds at most 127 others"));
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_plan_survives_its_text),
		cmocka_unit_test(text_is_what_docs_say),
		cmocka_unit_test(calm_plans_have_no_turbulence),
		cmocka_unit_test(slots_are_what_a_division_says),
		cmocka_unit_test(wrong_text_is_told_where_and_why),
		cmocka_unit_test(too_much_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
