/* turb_crowd.c: guest. Turbulence of the family threads: many threads or goroutines at once. */
#include <pthread.h>

#include "guest/turb_thread.h"

/* The crowd that gathers: there is one at a time, the next within it only when all have read this. */
static struct cgofuzz_crowd *gathering;
static _Thread_local uint32_t my_index;

/* Set for a thread that is to end with its goroutine: its destructor tells the crowd. */
static pthread_key_t end_key;
static int end_key_made;

static void turb_thread_ended(void *crowd)
{
	cgofuzz_word_add(&((struct cgofuzz_crowd *)crowd)->dead);
}

void cgofuzz_turb_member(unsigned index, int ends)
{
	struct cgofuzz_crowd *c = gathering;

	if (ends)
		pthread_setspecific(end_key, c);
	cgofuzz_crowd_member(c, index);
	if (!ends)
		cgofuzz_word_add(&c->dead);
}

void cgofuzz_turb_here(void)
{
	cgofuzz_turb_member(my_index, 0);
}

void cgofuzz_turb_GOROUTINES(const struct cgofuzz_turb *turb)
{
	const uint32_t count = turb->t->value[0];
	struct cgofuzz_crowd crowd = {
		.turb = turb, .count = count, .reverse = turb->t->value[2], .arrived = 1
	};

	if (!end_key_made && pthread_key_create(&end_key, turb_thread_ended))
		__builtin_trap();
	end_key_made = 1;
	if (!cgofuzz_take(&cgofuzz_budget.threads, count, CGOFUZZ_THREADS_MAX)) {
		cgofuzz_body(turb);
		return;
	}
	gathering = &crowd;
	cgofuzz_turb_in_go(turb);
	cgofuzz_word_wait(&crowd.dead, count);
}

struct turb_member {
	struct cgofuzz_crowd *crowd;
	struct cgofuzz_made_stack *stack;
	uint32_t index;
	pthread_t id;
};

static void *turb_member_main(void *arg)
{
	const struct turb_member *m = arg;

	cgofuzz_on_made_stack(m->stack);
	my_index = m->index;
	if (m->crowd->turb->t->value[3])
		cgofuzz_turb_in_go(m->crowd->turb);
	else
		cgofuzz_turb_here();
	return NULL;
}

/* As many as can be made: those that arrived wait for who makes them. */
static uint32_t turb_members_start(struct turb_member *members, struct cgofuzz_crowd *crowd)
{
	uint32_t n;

	for (n = 0; n < crowd->count; n++) {
		struct turb_member *m = &members[n];

		*m = (struct turb_member){ .crowd = crowd, .index = n };
		m->stack = cgofuzz_thread_stack(crowd->turb->t->value[1], CGOFUZZ_STACK_GUARDED);
		if (m->stack && cgofuzz_thread_start(&m->id, m->stack, turb_member_main, m, 0))
			continue;
		if (m->stack)
			cgofuzz_made_stack_put(m->stack, 0);
		cgofuzz_live->capped++;
		break;
	}
	return n;
}

void cgofuzz_turb_THREADS(const struct cgofuzz_turb *turb)
{
	struct turb_member members[CGOFUZZ_CROWD_MAX];
	struct cgofuzz_crowd crowd = { .turb = turb,
				       .count = turb->t->value[0],
				       .reverse = turb->t->value[2] };

	if (!cgofuzz_take(&cgofuzz_budget.threads, crowd.count, CGOFUZZ_THREADS_MAX)) {
		cgofuzz_body(turb);
		return;
	}
	gathering = &crowd;
	crowd.count = turb_members_start(members, &crowd);
	if (crowd.count)
		cgofuzz_crowd_arrive(&crowd);
	else
		cgofuzz_body(turb);
	for (uint32_t i = 0; i < crowd.count; i++) {
		pthread_join(members[i].id, NULL);
		cgofuzz_made_stack_put(members[i].stack, 0);
	}
}
