/* guest_state.c: tests. What of a thread's state a crossing may change, and what not. */
#include "guest/state.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* after the four above */
#include <cmocka.h>

/* state.c wants these of the guest. */
struct cgofuzz_live *cgofuzz_live;
struct cgofuzz_recorder *cgofuzz_rec;

int cgofuzz_snapshot_has_g(void)
{
	return 1;
}

struct cgofuzz_fault *cgofuzz_fault_open(enum cgofuzz_fault_kind kind, enum cgofuzz_seer by,
					 uint32_t slot, uint32_t direction)
{
	check_expected(kind);
	assert_int_equal(by, CGOFUZZ_BY_C);
	assert_int_equal(slot, 3);
	assert_int_equal(direction, CGOFUZZ_GO_TO_C);
	return mock_ptr_type(struct cgofuzz_fault *);
}

void cgofuzz_fault_close(struct cgofuzz_fault *f)
{
	assert_int_equal(f->reg, CGOFUZZ_STATE_MASK);
	assert_int_equal(f->expected ^ f->got, BIT(SIGUSR2));
}

static void what_the_kernel_says_is_what_was_set(void **state)
{
	static char bytes[65536];
	stack_t stack = { .ss_sp = bytes, .ss_size = sizeof(bytes) }, old;
	struct cgofuzz_thread_state now;
	sigset_t set, before;

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_SETMASK, &set, &before);
	sigaltstack(&stack, &old);
	now = cgofuzz_state_now();
	sigaltstack(&old, NULL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	assert_int_equal(now.mask, BIT(SIGUSR1));
	assert_int_equal(now.alt_low, (uintptr_t)bytes);
	assert_int_equal(now.alt_bytes, sizeof(bytes));
}

static void only_the_first_call_of_a_thread_may_change_something(void **state)
{
	struct cgofuzz_thread_state before = { .mask = BIT(SIGURG) | BIT(SIGUSR1) };
	struct cgofuzz_thread_state after = before;

	(void)state;
	assert_int_equal(cgofuzz_state_differs(&before, &after), CGOFUZZ_STATE_SAME);
	after.mask = BIT(SIGUSR1);
	assert_int_equal(cgofuzz_state_differs(&before, &after), CGOFUZZ_STATE_MASK);
	after.in_go = 1;
	after.alt_low = after.alt_bytes = 32768;
	assert_int_equal(cgofuzz_state_differs(&before, &after), CGOFUZZ_STATE_SAME);
	after.mask = BIT(SIGURG);
	assert_int_equal(cgofuzz_state_differs(&before, &after), CGOFUZZ_STATE_MASK);
	after.mask = before.mask | BIT(SIGPROF);
	assert_int_equal(cgofuzz_state_differs(&before, &after), CGOFUZZ_STATE_MASK);
}

static void an_alternate_stack_of_c_stays(void **state)
{
	struct cgofuzz_thread_state before = { .alt_low = 4096, .alt_bytes = 8192 };
	struct cgofuzz_thread_state after = before;

	(void)state;
	after.in_go = 1;
	assert_int_equal(cgofuzz_state_differs(&before, &after), CGOFUZZ_STATE_SAME);
	after.alt_low = 65536;
	assert_int_equal(cgofuzz_state_differs(&before, &after), CGOFUZZ_STATE_ALT_STACK);
	after = before;
	after.alt_low = after.alt_bytes = 0;
	assert_int_equal(cgofuzz_state_differs(&before, &after), CGOFUZZ_STATE_ALT_STACK);
}

static void a_difference_is_recorded_with_what_it_was(void **state)
{
	struct cgofuzz_thread_state before = cgofuzz_state_now();
	static struct cgofuzz_fault kept;

	(void)state;
	cgofuzz_state_check(&before, CGOFUZZ_BY_C, 3, CGOFUZZ_GO_TO_C); /* nothing to record */
	before.mask ^= BIT(SIGUSR2);
	expect_value(cgofuzz_fault_open, kind, CGOFUZZ_FAULT_STATE);
	will_return(cgofuzz_fault_open, &kept);
	cgofuzz_state_check(&before, CGOFUZZ_BY_C, 3, CGOFUZZ_GO_TO_C);
	assert_string_equal(kept.text, "the thread's signal mask was left changed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_kernel_says_is_what_was_set),
		cmocka_unit_test(only_the_first_call_of_a_thread_may_change_something),
		cmocka_unit_test(an_alternate_stack_of_c_stays),
		cmocka_unit_test(a_difference_is_recorded_with_what_it_was),
	};

	return cmocka_run_group_tests_name("guest_state", tests, NULL, NULL);
}
