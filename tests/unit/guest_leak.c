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
static struct cgofuzz_recorder recorder;
struct cgofuzz_recorder *cgofuzz_rec = &recorder;
struct cgofuzz_budget cgofuzz_budget;
static uint32_t bodies, leaks_until, leaks_every = 1, faults, goroutines;
static int paused;

void cgofuzz_feature_pause(int on)
{
	paused += on ? 1 : -1;
}

unsigned long long cgofuzz_go_call(unsigned what, unsigned long long a)
{
	(void)a;
	assert_true(what == CGOFUZZ_GO_GOROUTINES || what == CGOFUZZ_GO_HANDLES);
	return what == CGOFUZZ_GO_GOROUTINES ? goroutines : 0;
}

void cgofuzz_turb_fault(enum cgofuzz_fault_kind kind, uint64_t expected, uint64_t got,
			const char *text)
{
	assert_int_equal(kind, CGOFUZZ_FAULT_LEAK);
	if (paused) {
		assert_string_equal(text, "repeated 10,000 times, steps leave goroutines behind");
		assert_int_equal(got, expected + (10000 - SOAK_SHORT) / leaks_every);
	} else {
		assert_string_equal(text, "each repetition leaves a goroutine behind");
		assert_int_equal(got, expected + ALL_WINDOWS);
	}
	faults++;
}

/* A body that leaves a goroutine so many times and then no more; it shows something in the digest. */
void cgofuzz_body(const struct cgofuzz_turb *turb)
{
	(void)turb;
	live.digest++;
	if (bodies++ < leaks_until && bodies % leaks_every == 0)
		goroutines++;
}

static void run(uint32_t leaks)
{
	struct cgofuzz_left before = cgofuzz_left_now(1);

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
	run(8 + ALL_WINDOWS);
	assert_int_equal(faults, 1);
	assert_int_equal(bodies, 8 + ALL_WINDOWS);
	assert_int_equal(live.digest, 48); /* as if it had not looked */
	assert_int_equal(cgofuzz_budget.steps, 5);
}

static void soaked(uint32_t every, uint32_t until, uint32_t wanted_bodies, uint32_t wanted_faults)
{
	bodies = faults = 0;
	leaks_every = every;
	leaks_until = until;
	live.digest = 40;
	recorder.soak_due_ns = 0;
	cgofuzz_turb_SOAK(NULL);
	assert_int_equal(bodies, wanted_bodies);
	assert_int_equal(faults, wanted_faults);
	assert_int_equal(live.digest, 41); /* as if it had been done once */
	assert_int_equal(paused, 0);
	assert_int_equal(cgofuzz_leak_looking, 0);
	leaks_every = 1;
}

static void what_grows_now_and_then_is_soaked(void **state)
{
	const uint32_t all = 10000;

	(void)state;
	soaked(50, UINT32_MAX, all, 1);
	soaked(1, UINT32_MAX, all, 1);
	soaked(50, 0, 2 * SOAK_SHORT, 0); /* nothing grows */
	soaked(500, UINT32_MAX, 2 * SOAK_SHORT, 0); /* too seldom */
	soaked(50, 2 * SOAK_SHORT, 2 * SOAK_SHORT + SOAK_LONG, 0); /* for a while */
	soaked(50, all - SOAK_LONG, all, 0);
}

/* Whoever soaked, this process or one before it. */
static void a_slice_soaks_now_and_then(void **state)
{
	const uint64_t from = soak_clock();
	uint64_t behind, due;

	(void)state;
	bodies = 0;
	recorder.soak_due_ns = 0;
	cgofuzz_turb_SOAK(NULL);
	assert_true(bodies > 1);
	due = recorder.soak_due_ns;
	behind = soak_clock();
	assert_true(due > behind && due <= behind + SOAK_SHARE * (behind - from));
	bodies = 0;
	recorder.soak_due_ns = UINT64_MAX;
	cgofuzz_turb_SOAK(NULL);
	assert_int_equal(bodies, 1);
	recorder.soak_due_ns = 0;
	cgofuzz_leak_looking = 1;
	cgofuzz_turb_SOAK(NULL);
	assert_int_equal(bodies, 2);
	cgofuzz_leak_looking = 0;
}

static void every_kind_counts_by_its_smallest_piece(void **state)
{
	struct cgofuzz_left before = { { 10, 10, 10, 1000 } }, now = before;

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
	struct cgofuzz_left before = cgofuzz_left_now(1), now;
	pthread_t id[3];

	(void)state;
	pthread_mutex_lock(&lock);
	for (int i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&id[i], NULL, wait_for, &lock), 0);
	now = cgofuzz_left_now(0);
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
		cmocka_unit_test(what_grows_now_and_then_is_soaked),
		cmocka_unit_test(a_slice_soaks_now_and_then),
		cmocka_unit_test(every_kind_counts_by_its_smallest_piece),
		cmocka_unit_test(threads_are_counted),
	};

	return cmocka_run_group_tests_name("guest_leak", tests, NULL, NULL);
}
