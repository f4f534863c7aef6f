/* turb_threads.c: guest. Turbulence of the family threads: one thread that C makes, or keeps. */
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest/stacks.h"
#include "guest/turb_thread.h"

/* What `end` of the row says: turbulence_choice.def, THREAD_END. */
enum { END_JOIN, END_DETACH, END_DESTRUCTOR, END_LATE = 4 };
#define DETACHED(end) ((end)&1)

#define PAGE 4096u

struct turb_thread {
	const struct cgofuzz_turb *turb;
	struct cgofuzz_made_stack *stack, *alt;
	uint32_t end;
	int32_t tid;
	uint32_t done; /* the thread's last use of this */
};

/* glibc runs destructors in the order in which keys were made (pthread_key_create: in no order that POSIX
 * tells; __nptl_deallocate_tsd goes up the table). Go makes its key at the first call from C
 * (runtime/cgo/gcc_libinit.c, _cgo_wait_runtime_init_done): ours are made before that and after. */
static pthread_key_t early_key, late_key;
static int late_made;
_Thread_local uint32_t cgofuzz_in_destructor;

static void turb_destructor(void *value)
{
	struct turb_thread *t = value;

	cgofuzz_in_destructor = 1;
	if (!cgofuzz_live->stop)
		cgofuzz_carry(t->turb);
	cgofuzz_in_destructor = 0;
	if (DETACHED(t->end))
		cgofuzz_word_set(&t->done, 1);
}

__attribute__((constructor)) static void turb_key_before_go(void)
{
	if (pthread_key_create(&early_key, turb_destructor))
		__builtin_trap();
}

static int turb_key(uint32_t end, pthread_key_t *key)
{
	if (end >= END_LATE && !late_made) {
		if (pthread_key_create(&late_key, turb_destructor))
			return 0;
		late_made = 1;
	}
	*key = end >= END_LATE ? late_key : early_key;
	return end >= END_DESTRUCTOR;
}

static void turb_alt_stack(const struct cgofuzz_made_stack *s)
{
	stack_t stack = { 0 };

	if (!s)
		return;
	stack.ss_sp = s->low;
	stack.ss_size = s->bytes;
	sigaltstack(&stack, NULL);
}

static void *turb_thread_main(void *arg)
{
	struct turb_thread *t = arg;
	pthread_key_t key;

	cgofuzz_on_made_stack(t->stack);
	t->tid = (int32_t)syscall(SYS_gettid);
	turb_alt_stack(t->alt);
	cgofuzz_carry(t->turb);
	if (turb_key(t->end, &key) && !pthread_setspecific(key, t))
		return NULL;
	if (DETACHED(t->end))
		cgofuzz_word_set(&t->done, 1);
	return NULL;
}

int cgofuzz_thread_start(pthread_t *id, const struct cgofuzz_made_stack *stack,
			 void *(*run)(void *), void *arg, int detached)
{
	pthread_attr_t attr;
	int failed;

	pthread_attr_init(&attr);
	failed = pthread_attr_setstack(&attr, stack->low, stack->bytes) ||
		(detached && pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED)) ||
		pthread_create(id, &attr, run, arg);
	pthread_attr_destroy(&attr);
	return !failed;
}

struct cgofuzz_made_stack *cgofuzz_thread_stack(uint32_t bytes, uint32_t kind)
{
	long least = sysconf(_SC_THREAD_STACK_MIN);

	if (least > (long)bytes)
		bytes = (uint32_t)(least + PAGE - 1) & ~(PAGE - 1);
	return cgofuzz_made_stack_get(bytes, kind, CGOFUZZ_OF_THREAD);
}

void cgofuzz_turb_THREAD(const struct cgofuzz_turb *turb)
{
	const uint32_t *value = turb->t->value;
	struct turb_thread t = { .turb = turb, .end = value[2] };
	pthread_t id;

	if (!cgofuzz_take(&cgofuzz_budget.threads, 1, CGOFUZZ_THREADS_MAX)) {
		cgofuzz_body(turb);
		return;
	}
	t.stack = cgofuzz_thread_stack(value[0],
				       value[1] ? CGOFUZZ_STACK_BARE : CGOFUZZ_STACK_GUARDED);
	t.alt = value[3]
		? cgofuzz_made_stack_get(value[3], CGOFUZZ_STACK_GUARDED, CGOFUZZ_OF_ALTERNATE)
		: NULL;
	if (!t.stack || !cgofuzz_thread_start(&id, t.stack, turb_thread_main, &t, DETACHED(t.end))) {
		cgofuzz_live->capped++;
		cgofuzz_body(turb);
	} else if (DETACHED(t.end)) {
		cgofuzz_word_wait(&t.done, 1);
	} else {
		pthread_join(id, NULL);
	}
	if (t.alt)
		cgofuzz_made_stack_put(t.alt, DETACHED(t.end) ? t.tid : 0);
	if (t.stack)
		cgofuzz_made_stack_put(t.stack, DETACHED(t.end) ? t.tid : 0);
}

/* Kept threads, from the first step that wants them on. */
#define WORKERS 3u
#define WORKER_STACK (8u << 20)
static struct worker {
	struct cgofuzz_made_stack *stack;
	const struct cgofuzz_turb *turb; /* to be done; NULL: it waits */
	void (*run)(const struct cgofuzz_turb *);
	uint32_t given, done; /* jobs; grow together */
} workers[WORKERS];

static void *turb_worker_main(void *arg)
{
	struct worker *w = arg;

	cgofuzz_on_made_stack(w->stack);
	cgofuzz_stack_keep();
	for (uint32_t job = 1;; job++) {
		cgofuzz_word_wait(&w->given, job);
		w->run(w->turb);
		cgofuzz_stack_look();
		cgofuzz_word_set(&w->done, job);
	}
	return NULL;
}

static int turb_worker_start(struct worker *w)
{
	pthread_t id;

	if (w->stack)
		return 1;
	w->stack = cgofuzz_made_stack_get(WORKER_STACK, CGOFUZZ_STACK_GUARDED, CGOFUZZ_OF_THREAD);
	if (w->stack && cgofuzz_thread_start(&id, w->stack, turb_worker_main, w, 1))
		return 1;
	if (w->stack)
		cgofuzz_made_stack_put(w->stack, 0);
	w->stack = NULL;
	return 0;
}

int cgofuzz_on_worker(uint32_t which, const struct cgofuzz_turb *turb,
		      void (*run)(const struct cgofuzz_turb *))
{
	struct worker *w = &workers[which % WORKERS];

	if (w->turb || !turb_worker_start(w))
		return 0;
	w->run = run;
	w->turb = turb;
	cgofuzz_word_set(&w->given, w->given + 1);
	cgofuzz_word_wait(&w->done, w->given);
	w->turb = NULL;
	return 1;
}

static void turb_below_frame(const struct cgofuzz_turb *turb)
{
	cgofuzz_below_frame(turb, turb->t->value[1], cgofuzz_carry);
}

void cgofuzz_turb_WORKER(const struct cgofuzz_turb *turb)
{
	const uint32_t *value = turb->t->value;
	const int room = cgofuzz_take(&cgofuzz_budget.frames, value[1], CGOFUZZ_FRAMES_MAX);

	if (!room || !cgofuzz_on_worker(value[0], turb, turb_below_frame))
		cgofuzz_body(turb);
}
