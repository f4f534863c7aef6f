/* triage_blame.c: tests. Lanes that differ in one component, and what their verdicts say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "triage/blame/component.h"

static struct lane base;

static int set_up(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	return lane_parse(&base, "amd64-gcc12-clang14-O2-wO0-go1.25.4+GOGC=1", NULL, &e);
}

static struct blame_lane lane_of(enum component c, const char *value, enum lane_verdict verdict)
{
	struct blame_lane l = { .changed = 1u << c, .verdict = verdict };
	struct err e = ERR_INIT;

	if (component_change(&l.lane, &base, c, value, &e) < 0)
		fail_msg("%s", e.msg);
	return l;
}

static void one_part_of_the_name_changes(void **state)
{
	static const struct {
		enum component c;
		const char *value, *name;
	} rows[] = {
		{ COMPONENT_WRAPPER, "clang14", "amd64-clang14-clang14-O2-wO0-go1.25.4+GOGC=1" },
		{ COMPONENT_CALLEE, "gcc12", "amd64-gcc12-gcc12-O2-wO0-go1.25.4+GOGC=1" },
		{ COMPONENT_CALLEE_OPT, "O0", "amd64-gcc12-clang14-O0-wO0-go1.25.4+GOGC=1" },
		{ COMPONENT_WRAPPER_OPT, "wO2", "amd64-gcc12-clang14-O2-wO2-go1.25.4+GOGC=1" },
		{ COMPONENT_FLAG, "mavx", "amd64-gcc12-clang14-O2-mavx-wO0-go1.25.4+GOGC=1" },
		{ COMPONENT_GO, "go1.26.8", "amd64-gcc12-clang14-O2-wO0-go1.26.8+GOGC=1" },
		{ COMPONENT_SETTINGS, "", "amd64-gcc12-clang14-O2-wO0-go1.25.4" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct blame_lane l = lane_of(rows[i].c, rows[i].value, LANE_SAME);
		char room[LANE_NAME_MAX];

		assert_string_equal(l.lane.name, rows[i].name);
		assert_string_equal(component_value(&l.lane, rows[i].c, room), rows[i].value);
	}
}

static void assert_words(const struct blame_lane *lanes, uint32_t count, const char *wanted)
{
	struct blame_set s = blame_decide(lanes, count);
	struct buf words = BUF_INIT;

	blame_words(&s, &base, lanes, count, &words);
	assert_string_equal(words.ptr, wanted);
	buf_release(&words);
}

static void what_makes_it_go_away_decides(void **state)
{
	struct blame_lane lanes[] = {
		lane_of(COMPONENT_WRAPPER, "clang14", LANE_CLEAN),
		lane_of(COMPONENT_CALLEE, "gcc12", LANE_SAME),
		lane_of(COMPONENT_GO, "go1.26.8", LANE_UNBUILDABLE),
	};

	(void)state;
	assert_words(lanes, 3, "wrapper compiler gcc12 decides; clean with clang14");
	lanes[1].verdict = LANE_OTHER;
	assert_words(lanes, 3,
		     "wrapper compiler gcc12 and callee compiler clang14 decide: each is needed; clean "
		     "with wrapper compiler clang14; another fault with callee compiler gcc12");
}

static void all_others_at_once_say_whether_it_is_enough(void **state)
{
	struct blame_lane lanes[] = {
		lane_of(COMPONENT_CALLEE, "gcc12", LANE_CLEAN),
		lane_of(COMPONENT_GO, "go1.26.8", LANE_SAME),
		lane_of(COMPONENT_GO, "go1.26.8", LANE_SAME),
	};

	(void)state;
	lanes[2].changed |= 1u << COMPONENT_SETTINGS;
	assert_words(lanes, 3,
		     "callee compiler clang14 decides; clean with gcc12; with all else changed it still "
		     "happens");
	lanes[2].verdict = LANE_CLEAN;
	assert_words(lanes, 3,
		     "callee compiler clang14 decides; clean with gcc12; with all else changed it is "
		     "gone, too");
	lanes[2].verdict = LANE_UNBUILDABLE;
	assert_words(lanes, 3, "callee compiler clang14 decides; clean with gcc12");
}

static void together_is_told_apart_from_alone(void **state)
{
	struct blame_lane lanes[] = {
		lane_of(COMPONENT_WRAPPER, "clang14", LANE_SAME),
		lane_of(COMPONENT_CALLEE, "gcc12", LANE_SAME),
		lane_of(COMPONENT_CALLEE, "gcc12", LANE_CLEAN),
		lane_of(COMPONENT_CALLEE, "gcc12", LANE_CLEAN),
	};

	(void)state;
	lanes[2].changed = 1u << COMPONENT_WRAPPER | 1u << COMPONENT_CALLEE | 1u << COMPONENT_GO;
	lanes[3].changed = 1u << COMPONENT_WRAPPER | 1u << COMPONENT_CALLEE;
	assert_words(lanes, 4,
		     "wrapper compiler gcc12 and callee compiler clang14 decide together: none of them "
		     "changed alone makes it go away");
	lanes[2].verdict = lanes[3].verdict = LANE_SAME;
	assert_words(lanes, 4,
		     "no component decides: it happens in all 5 lanes that could be tried; what they "
		     "share is at fault");
}

/* What happens only sometimes, or could not be tried, says nothing. */
static void doubt_decides_nothing(void **state)
{
	struct blame_lane lanes[] = {
		lane_of(COMPONENT_WRAPPER, "clang14", LANE_FLAKY),
		lane_of(COMPONENT_CALLEE, "gcc12", LANE_NOT_HERE),
	};

	(void)state;
	assert_int_equal(blame_decide(lanes, 2).decides, 0);
}

static void a_pair_of_lanes_says_in_what_they_differ(void **state)
{
	struct blame_lane one = lane_of(COMPONENT_CALLEE_OPT, "O1", LANE_SAME);
	struct blame_lane two = lane_of(COMPONENT_GO, "go1.26.8", LANE_SAME);
	struct buf words = BUF_INIT;

	(void)state;
	blame_words_pair(&base, &one.lane, &words);
	assert_string_equal(words.ptr,
			    "callee level O2 beside callee level O1 decides: the two lanes "
			    "that are compared differ in nothing else");
	assert_int_equal(component_changed(&one.lane, &two.lane),
			 1u << COMPONENT_CALLEE_OPT | 1u << COMPONENT_GO);
	buf_release(&words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_part_of_the_name_changes),
		cmocka_unit_test(what_makes_it_go_away_decides),
		cmocka_unit_test(all_others_at_once_say_whether_it_is_enough),
		cmocka_unit_test(together_is_told_apart_from_alone),
		cmocka_unit_test(doubt_decides_nothing),
		cmocka_unit_test(a_pair_of_lanes_says_in_what_they_differ),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
