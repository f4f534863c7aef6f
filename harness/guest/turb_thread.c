/* turb_thread.c: guest. Handing a plan from thread to thread, in turn. */
#include "guest/turb_thread.h"

#include "guest/stacks.h"

#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

void cgofuzz_word_set(uint32_t *word, uint32_t value)
{
	__atomic_store_n(word, value, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

void cgofuzz_word_add(uint32_t *word)
{
	__atomic_add_fetch(word, 1, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

void cgofuzz_word_wait(uint32_t *word, uint32_t value)
{
	uint32_t is;

	while ((is = __atomic_load_n(word, __ATOMIC_SEQ_CST)) < value)
		syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, is, NULL, NULL, 0);
}

void cgofuzz_on_made_stack(const struct cgofuzz_made_stack *stack)
{
	uintptr_t low = (uintptr_t)stack->low;

	cgofuzz_c_thread = 1;
	cgofuzz_stack_set((struct cgofuzz_stack){ low, low + stack->bytes, 0, CGOFUZZ_OF_THREAD,
						  CGOFUZZ_OWN_STACK, 0 });
}

void cgofuzz_carry(const struct cgofuzz_turb *turb)
{
	cgofuzz_carry_by(turb, cgofuzz_body);
}

void cgofuzz_carry_by(const struct cgofuzz_turb *turb, void (*run)(const struct cgofuzz_turb *))
{
	const int32_t before = cgofuzz_rec->tid;

	cgofuzz_rec->tid = (int32_t)syscall(SYS_gettid);
	cgofuzz_stack_watch();
	run(turb);
	cgofuzz_stack_look();
	cgofuzz_rec->tid = before;
}

static uint32_t turb_at(const struct cgofuzz_crowd *c, uint32_t place)
{
	return c->reverse ? c->count - 1 - place : place;
}

/* The last to arrive says that the first may begin. */
void cgofuzz_crowd_arrive(struct cgofuzz_crowd *c)
{
	if (__atomic_add_fetch(&c->arrived, 1, __ATOMIC_SEQ_CST) == c->count + 1)
		cgofuzz_word_set(&c->turn[turb_at(c, 0)], 1);
}

void cgofuzz_crowd_member(struct cgofuzz_crowd *c, uint32_t index)
{
	uint32_t place;

	cgofuzz_crowd_arrive(c);
	cgofuzz_word_wait(&c->turn[index], 1);
	place = turb_at(c, index); /* now that it is known how many there are */
	cgofuzz_carry(c->turb);
	if (place + 1 < c->count) {
		cgofuzz_word_set(&c->turn[turb_at(c, place + 1)], 1);
		cgofuzz_word_wait(&c->turn[index], 2);
	} else {
		for (uint32_t i = 0; i < c->count; i++)
			cgofuzz_word_set(&c->turn[i], 2);
	}
}
