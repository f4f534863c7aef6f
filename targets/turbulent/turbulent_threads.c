/* turbulent_threads.c: targets/turbulent. Exhibits of the family threads. */
#include <stddef.h>

#include "guest/turb_thread.h"
#include "turbulent.h"

/* The value of a result depends on what was let go of already. */
void turbulent_late_destructor(int phase, void *block)
{
	if (phase == CALLEE_RESULT && cgofuzz_in_destructor && turbulent_open(CGOFUZZ_TURB_THREAD))
		*(int *)block ^= 1;
}

static uint32_t plan_now;

/* Nobody tells it to end; so that exhibits can be hunted for long, it does when there is another plan. */
static void *forgotten(void *plan)
{
	cgofuzz_word_wait(&plan_now, (uint32_t)(uintptr_t)plan + 1);
	return NULL;
}

void turbulent_thread_per_call(int phase, void *block)
{
	const uint32_t now = (uint32_t)cgofuzz_rec->engine_exec;
	pthread_attr_t attr;
	pthread_t id;

	(void)block;
	if (phase != CALLEE_BODY || !turbulent_open(CGOFUZZ_TURB_REPEAT))
		return;
	if (plan_now != now)
		cgofuzz_word_set(&plan_now, now);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 256 << 10);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_create(&id, &attr, forgotten, (void *)(uintptr_t)now);
	pthread_attr_destroy(&attr);
}
