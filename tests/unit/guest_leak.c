/* guest_leak.c: tests. When repetitions are said to leave something behind. */
#include "guest/leak.c"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* after the four above */
#include <cmocka.h>

/* leak.c wants these of the guest. */
static struct cgofuzz_live live;
struct cgofuzz_live *cgofuzz_live = &live;
struct cgofuzz_budget cgofuzz_budget;
static uint32_t bodies, leaks_until, faults, goroutines;

unsigned long long cgofuzz_go_call(unsigned what, unsigned long long a)
{
	(void)a;
	assert_int_equal(what, CGOFUZZ_GO_GOROUTINES);
	return goroutines;
}

void cgofuzz_turb_fault(enum cgofuzz_fault_kind kind, uint64_t expected, uint64_t got,
			const char *text)
{
	assert_int_equal(kind, CGOFUZZ_FAULT_LEAK);
	assert_string_equal(text, "each repetition leaves a goroutine behind");
	assert_int_equal(got, expected + WINDOWS * WINDOW);
	faults++;
}

/* A body that leaves a goroutine so many times and then no more; it shows something in the digest. */
void cgofuzz_body(const struct cgofuzz_turb *turb)
{
	(void)turb;
	live.digest++;
	if (bodies++ < leaks_until)
		goroutines++;
}

static void run(uint32_t leaks)
{
	struct cgofuzz_left before = cgofuzz_left_now();

	bodies = faults = 0;
	leaks_until = leaks;
	live.digest = 40;
	for (int i = 0; i < 8; i++)
		cgofuzz_body(NULL);
	cgofuzz_leak_look(NULL, &before, 8);
}

static void what_grows_for_a_while_is_no_leak(void **state)
{
	(void)state;
	run(0);
	assert_int_equal(bodies, 8); /* nothing was suspected */
	assert_int_equal(faults, 0);
	run(40);
	assert_true(bodies > 8);
	assert_int_equal(faults, 0);
}

static void what_grows_each_time_is_one(void **state)
{
	(void)state;
	cgofuzz_budget.steps = 5;
	run(200);
	assert_int_equal(faults, 1);
	assert_int_equal(bodies, 8 + WINDOWS * WINDOW);
	assert_int_equal(live.digest, 48); /* as if it had not looked */
	assert_int_equal(cgofuzz_budget.steps, 5);
}

static void every_kind_counts_by_its_smallest_piece(void **state)
{
	struct cgofuzz_left before = { { 10, 10, 1000 } }, now = before;

	(void)state;
	assert_int_equal(cgofuzz_left_by(&before, &now, 4), CGOFUZZ_LEFTS);
	now.count[CGOFUZZ_LEFT_BYTES] = 1000 + 4 * CHUNK;
	assert_int_equal(cgofuzz_left_by(&before, &now, 4), CGOFUZZ_LEFT_BYTES);
	assert_int_equal(cgofuzz_left_by(&before, &now, 5), CGOFUZZ_LEFTS);
	now.count[CGOFUZZ_LEFT_GOROUTINES] = 14;
	assert_int_equal(cgofuzz_left_by(&before, &now, 4), CGOFUZZ_LEFT_GOROUTINES);
	now.count[CGOFUZZ_LEFT_THREADS] = 13;
	assert_int_equal(cgofuzz_left_by(&before, &now, 4), CGOFUZZ_LEFT_GOROUTINES);
	now.count[CGOFUZZ_LEFT_THREADS] = 9;
	now.count[CGOFUZZ_LEFT_GOROUTINES] = 0;
	now.count[CGOFUZZ_LEFT_BYTES] = 0;
	assert_int_equal(cgofuzz_left_by(&before, &now, 4), CGOFUZZ_LEFTS);
}

static void *wait_for(void *lock)
{
	pthread_mutex_lock(lock);
	pthread_mutex_unlock(lock);
	return NULL;
}

static void threads_are_counted(void **state)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct cgofuzz_left before = cgofuzz_left_now(), now;
	pthread_t id[3];

	(void)state;
	pthread_mutex_lock(&lock);
	for (int i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&id[i], NULL, wait_for, &lock), 0);
	now = cgofuzz_left_now();
	pthread_mutex_unlock(&lock);
	for (int i = 0; i < 3; i++)
		pthread_join(id[i], NULL);
	assert_int_equal(now.count[CGOFUZZ_LEFT_THREADS] - before.count[CGOFUZZ_LEFT_THREADS], 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_grows_for_a_while_is_no_leak),
		cmocka_unit_test(what_grows_each_time_is_one),
		cmocka_unit_test(every_kind_counts_by_its_smallest_piece),
		cmocka_unit_test(threads_are_counted),
	};

	return cmocka_run_group_tests_name("guest_leak", tests, NULL, NULL);
}
