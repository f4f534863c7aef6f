/* guest_stacks.c: tests. How far a stack was used, and which use is kept. */
#include "guest/stacks.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* after the three above */
#include <cmocka.h>

/* stacks.c wants these of the guest. */
static struct cgofuzz_recorder recorder;
struct cgofuzz_recorder *cgofuzz_rec = &recorder;
uint32_t cgofuzz_step_under_way;
static struct cgofuzz_stack here;
static struct cgofuzz_bounds goroutine;
static uint64_t goroutine_sp;

struct cgofuzz_stack cgofuzz_stack_here(void)
{
	return here;
}

struct cgofuzz_stack cgofuzz_stack_known(void)
{
	return here;
}

struct cgofuzz_stack cgofuzz_stack_set(struct cgofuzz_stack stack)
{
	struct cgofuzz_stack before = here;

	here = stack;
	return before;
}

uint64_t cgofuzz_snapshot_stacks(uint64_t thread_pointer, struct cgofuzz_bounds *g0,
				 struct cgofuzz_bounds *g)
{
	*g0 = (struct cgofuzz_bounds){ 4096, 8192, CGOFUZZ_OF_GO_THREAD, 0 };
	*g = goroutine;
	return thread_pointer ? 0 : goroutine_sp;
}

#define BYTES (1u << 20)

static unsigned char *memory(void)
{
	void *p = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(p != MAP_FAILED);
	return p;
}

static unsigned pages_there(unsigned char *p)
{
	unsigned char there[BYTES / PAGE];
	unsigned n = 0;

	assert_int_equal(mincore(p, BYTES, there), 0);
	for (size_t i = 0; i < sizeof(there); i++)
		n += there[i] & 1;
	return n;
}

static void the_lowest_word_in_use_is_found_and_nothing_else_touched(void **state)
{
	unsigned char *p = memory();
	uintptr_t low = (uintptr_t)p, high = low + BYTES;

	(void)state;
	assert_int_equal(cgofuzz_stack_lowest(low, high), high);
	assert_int_equal(pages_there(p), 0);
	p[BYTES - 9] = 1;
	assert_int_equal(cgofuzz_stack_lowest(low, high), high - 16);
	p[BYTES / 2 + 800] = 1;
	assert_int_equal(cgofuzz_stack_lowest(low, high), low + BYTES / 2 + 800);
	assert_int_equal(pages_there(p), 2);
	p[3] = 1;
	assert_int_equal(cgofuzz_stack_lowest(low, high), low);
	assert_int_equal(cgofuzz_stack_lowest(low + 8, high), low + BYTES / 2 + 800);
	munmap(p, BYTES);
}

static void of_each_kind_and_size_the_most_is_kept(void **state)
{
	const struct cgofuzz_mark *m = recorder.marks;

	(void)state;
	memset(&recorder, 0, sizeof(recorder));
	recorder.plan_len = 3;
	memcpy(recorder.plan, "abc", 3);
	cgofuzz_step_under_way = 7;
	cgofuzz_stack_mark(CGOFUZZ_OF_THREAD, 65536, 5000, 0);
	recorder.plan[0] = 'x';
	cgofuzz_step_under_way = 8;
	cgofuzz_stack_mark(CGOFUZZ_OF_THREAD, 65536, 4999, 0);
	cgofuzz_stack_mark(CGOFUZZ_OF_THREAD, 32768, 10, 0);
	cgofuzz_stack_mark(CGOFUZZ_OF_COROUTINE, 65536, 11, 0);
	assert_int_equal(m[0].used, 5000);
	assert_int_equal(m[0].step, 7);
	assert_memory_equal(m[0].plan, "abc", 3);
	assert_int_equal(m[1].used, 10);
	assert_int_equal(m[2].of, CGOFUZZ_OF_COROUTINE);
	assert_int_equal(m[3].of, CGOFUZZ_OF_NONE);
	cgofuzz_stack_mark(CGOFUZZ_OF_THREAD, 65536, 5001, 0);
	assert_int_equal(m[0].used, 5001);
	assert_int_equal(m[0].step, 8);
	assert_memory_equal(m[0].plan, "xbc", 3);
}

static void the_main_thread_has_one_stack_of_any_size(void **state)
{
	(void)state;
	memset(&recorder, 0, sizeof(recorder));
	cgofuzz_stack_mark(CGOFUZZ_OF_MAIN, 8000000, 100, 0);
	cgofuzz_stack_mark(CGOFUZZ_OF_MAIN, 8004096, 200, 0);
	assert_int_equal(recorder.marks[0].size, 8004096);
	assert_int_equal(recorder.marks[1].of, CGOFUZZ_OF_NONE);
}

static void a_table_that_is_full_keeps_what_it_has(void **state)
{
	(void)state;
	memset(&recorder, 0, sizeof(recorder));
	for (uint64_t size = 1; size <= CGOFUZZ_MARKS + 2; size++)
		cgofuzz_stack_mark(CGOFUZZ_OF_THREAD, size * PAGE, size, 0);
	for (uint64_t i = 0; i < CGOFUZZ_MARKS; i++)
		assert_int_equal(recorder.marks[i].used, i + 1);
	assert_int_equal(recorder.data[CGOFUZZ_DATA_BYTES - 1], 0);
}

static void what_go_gave_a_goroutine_counts_first(void **state)
{
	const struct cgofuzz_mark *m = recorder.marks;

	(void)state;
	memset(&recorder, 0, sizeof(recorder));
	goroutine = (struct cgofuzz_bounds){ 0x10000, 0x18000, CGOFUZZ_OF_GOROUTINE, 0 };
	goroutine_sp = 0x11000;
	cgofuzz_stack_goroutine();
	assert_int_equal(m->used, 0x7000);
	assert_int_equal(m->grown, 0x8000);
	assert_int_equal(m->size, GOROUTINE_LIMIT);
	goroutine.high = 0x20000;
	goroutine_sp = 0x1ff00;
	cgofuzz_stack_goroutine();
	assert_int_equal(m->used, 0x100);
	assert_int_equal(m->grown, 0x10000);
	goroutine_sp = 0x20008; /* of a stack that it no longer has */
	goroutine.low = 0;
	cgofuzz_stack_goroutine();
	goroutine_sp = 0;
	cgofuzz_stack_goroutine();
	assert_int_equal(m->grown, 0x10000);
}

static void page_faults_tell_that_there_is_something_to_look_at(void **state)
{
	unsigned char *p = memory();
	long before;

	(void)state;
	assert_true(counts_faults((uintptr_t)p));
	assert_false(counts_faults((uintptr_t)p));
	before = faults_now();
	assert_int_equal(faults_now(), before);
	p[5 * PAGE] = 1;
	assert_true(faults_now() > before);
	munmap(p, BYTES);
}

/* A thread's stack that others have used before: what they left is cleared, below who clears. */
static void what_others_left_is_not_counted(void **state)
{
	unsigned char *p = memory();
	struct cgofuzz_stack s = { (uintptr_t)p,	 (uintptr_t)p + BYTES, 0,
				   CGOFUZZ_OF_GO_THREAD, CGOFUZZ_OWN_STACK,    0 };

	(void)state;
	memset(&recorder, 0, sizeof(recorder));
	memset(p + BYTES / 2, 0xee, BYTES / 2);
	clear(&s, s.high - 4096 - 64);
	assert_int_equal(s.line, s.high - 4096 - 64);
	assert_int_equal(cgofuzz_stack_lowest(s.low, s.high), s.line);
	look(&s, 1);
	assert_int_equal(recorder.marks[0].of, CGOFUZZ_OF_NONE);
	p[BYTES - 10000] = 1;
	look(&s, 1);
	assert_int_equal(recorder.marks[0].of, CGOFUZZ_OF_GO_THREAD);
	assert_int_equal(recorder.marks[0].used, 10000);
	assert_int_equal(recorder.marks[0].size, BYTES);
	p[BYTES - 10008] = 1; /* in a page that was there: no page fault is needed */
	look(&s, 0);
	assert_int_equal(recorder.marks[0].used, 10008);
	munmap(p, BYTES);
}

static void a_stack_that_its_maker_looks_at_is_left_alone(void **state)
{
	unsigned char *p = memory();

	(void)state;
	memset(&recorder, 0, sizeof(recorder));
	here = (struct cgofuzz_stack){
		(uintptr_t)p, (uintptr_t)p + BYTES, 0, CGOFUZZ_OF_THREAD, 0, 0
	};
	p[BYTES - 100] = 1;
	cgofuzz_stack_watch();
	cgofuzz_stack_look();
	assert_int_equal(here.line, 0);
	assert_int_equal(p[BYTES - 100], 1);
	assert_int_equal(recorder.marks[0].of, CGOFUZZ_OF_NONE);
	munmap(p, BYTES);
}

static void a_fault_has_the_stacks_of_its_thread(void **state)
{
	static unsigned char bytes[65536];
	stack_t stack = { .ss_sp = bytes, .ss_size = sizeof(bytes) }, old;
	static struct cgofuzz_fault f;

	(void)state;
	here = (struct cgofuzz_stack){ 4096, 12288, 0, CGOFUZZ_OF_COROUTINE, 0, 0 };
	goroutine = (struct cgofuzz_bounds){ 0x10000, 0x18000, CGOFUZZ_OF_GOROUTINE, 0 };
	sigaltstack(&stack, &old);
	cgofuzz_stack_bounds(&f);
	sigaltstack(&old, NULL);
	assert_int_equal(f.bounds[CGOFUZZ_BOUNDS_C].of, CGOFUZZ_OF_COROUTINE);
	assert_int_equal(f.bounds[CGOFUZZ_BOUNDS_C].low, 4096);
	assert_int_equal(f.bounds[CGOFUZZ_BOUNDS_ALTERNATE].low, (uintptr_t)bytes);
	assert_int_equal(f.bounds[CGOFUZZ_BOUNDS_ALTERNATE].high, (uintptr_t)bytes + sizeof(bytes));
	assert_int_equal(f.bounds[CGOFUZZ_BOUNDS_G0].low, 4096);
	assert_int_equal(f.bounds[CGOFUZZ_BOUNDS_GOROUTINE].high, 0x18000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_lowest_word_in_use_is_found_and_nothing_else_touched),
		cmocka_unit_test(of_each_kind_and_size_the_most_is_kept),
		cmocka_unit_test(the_main_thread_has_one_stack_of_any_size),
		cmocka_unit_test(a_table_that_is_full_keeps_what_it_has),
		cmocka_unit_test(what_go_gave_a_goroutine_counts_first),
		cmocka_unit_test(page_faults_tell_that_there_is_something_to_look_at),
		cmocka_unit_test(what_others_left_is_not_counted),
		cmocka_unit_test(a_stack_that_its_maker_looks_at_is_left_alone),
		cmocka_unit_test(a_fault_has_the_stacks_of_its_thread),
	};

	return cmocka_run_group_tests_name("guest_stacks", tests, NULL, NULL);
}
