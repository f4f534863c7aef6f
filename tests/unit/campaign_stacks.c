/* campaign_stacks.c: tests. Marks of stacks: from recorders, kept, shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "campaign/stacks.h"
#include "campaign/status.h"
#include "guest/turbulence.h"
#include "tests/unit/scratch.h"

static struct cgofuzz_recorder *rec;
static struct batch batch;
static const struct headroom none = { 0, 0 };

static int set_up(void **state)
{
	const char *texts[] = { "void f(int)", "void f(char *)" };
	struct err e = ERR_INIT;

	if (scratch_make(state))
		return -1;
	rec = xcalloc(1, sizeof(*rec));
	return batch_from_cases(&batch, texts, 2, &e);
}

static int tear_down(void **state)
{
	free(rec);
	batch_release(&batch);
	return scratch_remove(state);
}

static struct cgofuzz_mark *mark(uint32_t at, enum cgofuzz_stack_of of, uint64_t size, uint64_t used)
{
	rec->marks[at] =
		(struct cgofuzz_mark){ .of = of,
				       .size = size,
				       .used = used,
				       .slot = 1,
				       .step = 1,
				       .turbulence_kind = 1 + CGOFUZZ_TURB_THREAD,
				       .plan_len = CGOFUZZ_STEP_BYTES,
				       .plan = { CGOFUZZ_TURB_GC, 0, CGOFUZZ_TURBULENCE_BYTE } };
	return &rec->marks[at];
}

static void marks_become_uses_in_order(void **state)
{
	struct stack_uses s = { 0 };

	(void)state;
	memset(rec->marks, 0, sizeof(rec->marks));
	mark(0, CGOFUZZ_OF_THREAD, 65536, 3000);
	mark(1, CGOFUZZ_OF_THREAD, 16384, 2000);
	mark(2, CGOFUZZ_OF_MAIN, 8 << 20, 1000);
	stacks_take(&s, "b", rec, &batch);
	stacks_take(&s, "a", rec, &batch);
	assert_int_equal(s.count, 6);
	assert_string_equal(s.uses[0].lane, "a");
	assert_int_equal(s.uses[0].of, CGOFUZZ_OF_MAIN);
	assert_int_equal(s.uses[1].size, 16384);
	assert_int_equal(s.uses[2].size, 65536);
	assert_string_equal(s.uses[2].by, "thread");
	assert_string_equal(s.uses[2].c, "void f(char *)");
	assert_string_equal(s.uses[2].plan, "gc times=1\n");
	assert_string_equal(s.uses[3].lane, "b");
	stacks_release(&s);
}

static void only_more_is_news(void **state)
{
	struct stack_uses s = { 0 };

	(void)state;
	memset(rec->marks, 0, sizeof(rec->marks));
	mark(0, CGOFUZZ_OF_MAIN, 8 << 20, 1000);
	stacks_take(&s, "a", rec, &batch);
	assert_true(s.changed);
	s.changed = false;
	mark(0, CGOFUZZ_OF_MAIN, (8 << 20) - 4096, 1000)->step = 2;
	stacks_take(&s, "a", rec, &batch);
	assert_false(s.changed);
	rec->marks[0].used++;
	stacks_take(&s, "a", rec, &batch);
	assert_true(s.changed);
	assert_int_equal(s.count, 1);
	assert_int_equal(s.uses[0].step, 2);
	stacks_release(&s);
}

static void what_no_guest_writes_is_left_out(void **state)
{
	struct stack_uses s = { 0 };

	(void)state;
	memset(rec->marks, 0, sizeof(rec->marks));
	mark(0, CGOFUZZ_STACKS, 65536, 1);
	mark(1, CGOFUZZ_OF_THREAD, 65536, 65537);
	mark(2, CGOFUZZ_OF_THREAD, UINT64_MAX, 1);
	mark(3, CGOFUZZ_OF_THREAD, 65536, 1)->plan_len = CGOFUZZ_PLAN_MAX_BYTES + 1;
	mark(4, CGOFUZZ_OF_THREAD, 65536, 1)->turbulence_kind = CGOFUZZ_TURBULENCES + 1;
	mark(5, CGOFUZZ_OF_THREAD, 65536, 1)->slot = CGOFUZZ_MAX_SLOTS;
	mark(6, CGOFUZZ_OF_THREAD, 65536, 1)->step = CGOFUZZ_PLAN_MAX_STEPS;
	stacks_take(&s, "a", rec, &batch);
	assert_int_equal(s.count, 0);
	mark(7, CGOFUZZ_OF_THREAD, 65536, 1)->slot = 2; /* not of this batch: nobody knows which */
	stacks_take(&s, "a", rec, &batch);
	assert_int_equal(s.count, 1);
	assert_string_equal(s.uses[0].c, "");
	stacks_release(&s);
}

static void they_come_back_from_their_file(void **state)
{
	struct stack_uses s = { 0 }, back = { 0 };
	const char *dir = scratch;
	json_t *a, *b;
	struct err e = ERR_INIT;

	(void)state;
	memset(rec->marks, 0, sizeof(rec->marks));
	mark(0, CGOFUZZ_OF_GOROUTINE, 1000000000, 3000)->grown = 8192;
	mark(1, CGOFUZZ_OF_ALTERNATE, 16384, 16000)->misuse = 1;
	assert_int_equal(stacks_read(&back, dir, &e), 0); /* there is none yet */
	assert_int_equal(back.count, 0);
	stacks_take(&s, "a", rec, &batch);
	assert_int_equal(stacks_write(&s, dir, &e), 0);
	assert_false(s.changed);
	assert_int_equal(stacks_read(&back, dir, &e), 0);
	assert_false(back.changed);
	a = stacks_to_json(&s, &none);
	b = stacks_to_json(&back, &none);
	assert_true(json_equal(a, b));
	json_decref(a);
	json_decref(b);
	stacks_release(&s);
	stacks_release(&back);
}

static void a_file_that_is_none_is_said_to_be(void **state)
{
	static const char odd[] =
		"{\"stacks\": [1, {}, {\"stack\": \"main\", \"size\": 1, \"used\": 2}, "
		"{\"stack\": \"main\", \"size\": 2, \"used\": 1}]}";
	struct stack_uses s = { 0 };
	char *path = in_scratch("stacks.json");
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(file_write(path, "[", 1, &e), 0);
	assert_int_equal(stacks_read(&s, scratch, &e), -1);
	assert_non_null(strstr(e.msg, "stacks.json:1"));
	assert_int_equal(file_write(path, odd, sizeof(odd) - 1, &e), 0);
	assert_int_equal(stacks_read(&s, scratch, &e), 0);
	assert_int_equal(s.count, 1);
	stacks_release(&s);
	free(path);
}

static void little_that_is_left_is_a_warning(void **state)
{
	const struct headroom bytes = { 2048, 0 }, part = { 0, 10 };
	struct stack_use u = { .of = CGOFUZZ_OF_THREAD, .size = 16384, .used = 16384 - 2048 };

	(void)state;
	assert_false(stack_is_short(&u, &bytes));
	u.used++;
	assert_true(stack_is_short(&u, &bytes));
	u.of = CGOFUZZ_OF_GOROUTINE; /* what it has is not all that it may have */
	assert_false(stack_is_short(&u, &bytes));
	u.of = CGOFUZZ_OF_MAIN;
	u.size = 1000;
	u.used = 900;
	assert_false(stack_is_short(&u, &part));
	u.used = 901;
	assert_true(stack_is_short(&u, &part));
}

static void status_has_how_many_are_short(void **state)
{
	struct stack_uses s = { 0 };
	struct status now = { .state = "ended" };
	struct buf text = BUF_INIT;

	(void)state;
	memset(rec->marks, 0, sizeof(rec->marks));
	mark(0, CGOFUZZ_OF_THREAD, 16384, 16384 - HEADROOM_BYTES);
	mark(1, CGOFUZZ_OF_THREAD, 32768, 32768 - HEADROOM_BYTES + 8);
	stacks_take(&s, "a", rec, &batch);
	assert_int_equal(stacks_short(&s), 1);
	now.short_stacks = stacks_short(&s);
	status_print(&now, "DIR", &text);
	assert_non_null(strstr(text.ptr,
			       "  warning: 1 kind of stack had nearly ended: cgofuzz stacks DIR\n"));
	buf_reset(&text);
	now.short_stacks = 0;
	status_print(&now, "DIR", &text);
	assert_null(strstr(text.ptr, "warning"));
	buf_release(&text);
	stacks_release(&s);
}

static void people_see_a_table_for_each_lane(void **state)
{
	const struct headroom bytes = { 2048, 0 };
	struct stack_uses s = { 0 };
	struct buf text = BUF_INIT;

	(void)state;
	memset(rec->marks, 0, sizeof(rec->marks));
	stacks_print(&s, &bytes, false, &text);
	assert_string_equal(text.ptr, "no turbulent plan has been run: nothing is known\n");
	buf_reset(&text);
	mark(0, CGOFUZZ_OF_THREAD, 16384, 15360);
	mark(1, CGOFUZZ_OF_GOROUTINE, 1000000000, 3000)->grown = 8192;
	stacks_take(&s, "amd64-x", rec, &batch);
	stacks_print(&s, &bytes, false, &text);
	assert_string_equal(
		text.ptr,
		"amd64-x\n"
		"  stack         size      used      left         most used by\n"
		"  c-thread       16K       15K        1K    6 %  thread, step 1  <- SHORT\n"
		"  goroutine     954M      2.9K      954M  100 %  thread, step 1, grown to 8K\n"
		"warning: 1 kind of stack had less than 2K left (SHORT)\n");
	buf_reset(&text);
	stacks_print(&s, &none, true, &text);
	assert_non_null(strstr(text.ptr, "    case void f(char *)\n    plan\n      gc times=1\n"));
	assert_null(strstr(text.ptr, "SHORT"));
	buf_release(&text);
	stacks_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_become_uses_in_order),
		cmocka_unit_test(only_more_is_news),
		cmocka_unit_test(what_no_guest_writes_is_left_out),
		cmocka_unit_test(they_come_back_from_their_file),
		cmocka_unit_test(a_file_that_is_none_is_said_to_be),
		cmocka_unit_test(little_that_is_left_is_a_warning),
		cmocka_unit_test(status_has_how_many_are_short),
		cmocka_unit_test(people_see_a_table_for_each_lane),
	};

	return cmocka_run_group_tests_name("campaign_stacks", tests, set_up, tear_down);
}
