/* turb_signals.c: guest. Turbulence of the family signals: handlers of C and Go, timers, masks. A step waits for
 * what it sent, so the order is the plan's. */
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "guest/state.h"
#include "guest/turb_thread.h"

#define TURB_SIGNALS 65
#define TURB_MASKED_STACK (256u << 10)
#define TURB_OUTER 39 /* a real-time signal whose handler sends another one */

enum turb_in { IN_C, IN_GO, IN_HANDLER };
enum turb_handler { BY_C, BY_GO, BY_C_THEN_GO, BY_GO_OVER_C };

/* One step at a time handles a signal; those within it that would too only do their bodies: Notify does not
 * take a signal that Go has already away from C (runtime/signal_unix.go, sigenable). */
static struct turb_heard {
	_Atomic uint32_t count; /* deliveries to C, ever growing; a futex */
	struct sigaction before;
	int chained; /* the one before is called too */
	int taken; /* by a step under way */
} turb_heard[TURB_SIGNALS];
static _Atomic uint32_t turb_off_stack; /* deliveries on another stack than the alternate one */
static _Atomic int turb_send_next; /* by the handler of TURB_OUTER */

/* A thread of C that Go never saw has no alternate stack. */
static int turb_on_alternate_stack(void)
{
	stack_t stack;

	return sigaltstack(NULL, &stack) == 0 && (stack.ss_flags & (SS_ONSTACK | SS_DISABLE));
}

static void turb_on_signal(int signo, siginfo_t *info, void *context)
{
	struct turb_heard *h = &turb_heard[signo];
	const int saved = errno;
	int next;

	if (!turb_on_alternate_stack())
		atomic_fetch_add(&turb_off_stack, 1);
	if (signo == TURB_OUTER && (next = atomic_exchange(&turb_send_next, 0)))
		syscall(SYS_tgkill, getpid(), gettid(), next);
	if (h->chained && (h->before.sa_flags & SA_SIGINFO))
		h->before.sa_sigaction(signo, info, context);
	atomic_fetch_add(&h->count, 1);
	syscall(SYS_futex, &h->count, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, INT32_MAX, NULL, NULL, 0);
	errno = saved;
}

/* SA_ONSTACK and chaining: os/signal, "Go programs that use cgo or SWIG". */
uint64_t cgofuzz_turb_signal_install(uint64_t signo, uint64_t chained)
{
	struct sigaction action = { 0 };
	struct turb_heard *h = &turb_heard[signo];

	action.sa_sigaction = turb_on_signal;
	action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
	sigaction((int)signo, NULL, &h->before);
	h->chained = chained && h->before.sa_sigaction != turb_on_signal;
	sigaction((int)signo, &action, NULL);
	return 0;
}

/* Whoever took the handler over in between has given it back. */
uint64_t cgofuzz_turb_signal_remove(uint64_t signo, uint64_t unused)
{
	struct turb_heard *h = &turb_heard[signo];
	struct sigaction now;

	(void)unused;
	sigaction((int)signo, &h->before, &now);
	h->chained = 0;
	if (now.sa_sigaction != turb_on_signal)
		cgofuzz_turb_fault(CGOFUZZ_FAULT_OUTCOME, (uintptr_t)turb_on_signal,
				   (uintptr_t)now.sa_sigaction,
				   "C's signal handler was replaced, and not put back");
	return 0;
}

void cgofuzz_turb_signal_bare(int signo)
{
	struct sigaction now;
	sigset_t set;

	sigaction(signo, NULL, &now);
	if (now.sa_sigaction == turb_on_signal)
		sigaction(signo, &turb_heard[signo].before, NULL);
	sigemptyset(&set);
	sigaddset(&set, signo);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

uint64_t cgofuzz_turb_signal_blocked(uint64_t signo, uint64_t unused)
{
	sigset_t set;

	(void)unused;
	pthread_sigmask(SIG_BLOCK, NULL, &set);
	return (uint64_t)sigismember(&set, (int)signo);
}

uint64_t cgofuzz_turb_signal_count(uint64_t signo, uint64_t least)
{
	_Atomic uint32_t *count = &turb_heard[signo].count;
	uint32_t now;

	while ((int32_t)((now = atomic_load(count)) - (uint32_t)least) < 0)
		syscall(SYS_futex, count, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, now, NULL, NULL, 0);
	return now;
}

/* To this thread it arrives before the call returns; to the process it may arrive in any. */
static void turb_send(int signo, uint32_t to_process)
{
	if (to_process)
		kill(getpid(), signo);
	else
		syscall(SYS_tgkill, getpid(), gettid(), signo);
}

static void turb_send_in_handler(int signo)
{
	cgofuzz_turb_signal_install(TURB_OUTER, 0);
	atomic_store(&turb_send_next, signo);
	turb_send(TURB_OUTER, 0);
	cgofuzz_turb_signal_remove(TURB_OUTER, 0);
}

/* Blocked, it stays with the thread until that takes it. */
static void turb_send_blocked(int signo)
{
	const struct timespec now = { 0, 0 };
	sigset_t set;
	int got;

	sigemptyset(&set);
	sigaddset(&set, signo);
	turb_send(signo, 0);
	got = sigtimedwait(&set, NULL, &now);
	if (got != signo)
		cgofuzz_turb_fault(CGOFUZZ_FAULT_OUTCOME, (uint64_t)signo, (uint64_t)got,
				   "a signal that was sent while blocked is not there");
}

uint64_t cgofuzz_turb_signal_send(uint64_t signo, uint64_t how)
{
	if (cgofuzz_turb_signal_blocked(signo, 0))
		turb_send_blocked((int)signo);
	else if (how >> 1 == IN_HANDLER && !cgofuzz_turb_signal_blocked(TURB_OUTER, 0))
		turb_send_in_handler((int)signo);
	else
		turb_send((int)signo, how & 1);
	return 0;
}

static void turb_check_stack(void)
{
	if (atomic_exchange(&turb_off_stack, 0))
		cgofuzz_turb_fault(
			CGOFUZZ_FAULT_OUTCOME, 1, 0,
			"a handler with SA_ONSTACK ran on another stack than the alternate one");
}

/* C alone. SIGURG may come from Go's scheduler as well (runtime/signal_unix.go, sigPreempt). */
static void turb_signal_by_c(const struct cgofuzz_turb *turb)
{
	const uint32_t signo = turb->t->value[0], in = turb->t->value[3];
	struct turb_heard *h = &turb_heard[signo];
	uint32_t first, got, want;

	cgofuzz_turb_signal_install(signo, 0);
	cgofuzz_body(turb);
	if (!cgofuzz_live->stop) {
		first = atomic_load(&h->count);
		want = !cgofuzz_turb_signal_blocked(signo, 0);
		if (in == IN_GO)
			cgofuzz_go_call(CGOFUZZ_GO_SIGNAL, signo << 1 | turb->t->value[1]);
		else
			cgofuzz_turb_signal_send(signo, in << 1 | turb->t->value[1]);
		got = (uint32_t)cgofuzz_turb_signal_count(signo, first + want) - first;
		if (got != want && signo != SIGURG)
			cgofuzz_turb_fault(CGOFUZZ_FAULT_OUTCOME, want, got,
					   "deliveries of a signal that was sent once to C's handler");
		cgofuzz_note(want);
	}
	cgofuzz_turb_signal_remove(signo, 0);
}

int cgofuzz_turb_signal_take(uint32_t signo)
{
	if (turb_heard[signo].taken)
		return 0;
	return turb_heard[signo].taken = 1;
}

void cgofuzz_turb_signal_give(uint32_t signo)
{
	turb_heard[signo].taken = 0;
}

void cgofuzz_turb_SIGNAL(const struct cgofuzz_turb *turb)
{
	const uint32_t signo = turb->t->value[0];

	if (!cgofuzz_turb_signal_take(signo)) {
		cgofuzz_body(turb);
		return;
	}
	if (turb->t->value[2] == BY_C)
		turb_signal_by_c(turb);
	else
		cgofuzz_turb_in_go(turb);
	cgofuzz_turb_signal_give(signo);
	turb_check_stack();
}

/* Of this thread, so that nothing is under way once it is deleted and the call has returned. */
static int turb_timer_start(timer_t *timer, int signo, uint32_t every_us)
{
	const struct itimerspec spec = { { 0, every_us * 1000 }, { 0, every_us * 1000 } };
	struct sigevent event = { 0 };

	event.sigev_notify = SIGEV_THREAD_ID;
	event.sigev_signo = signo;
	event._sigev_un._tid = gettid();
	return timer_create(CLOCK_MONOTONIC, &event, timer) || timer_settime(*timer, 0, &spec, NULL);
}

static void turb_timer(const struct cgofuzz_turb *turb, uint32_t signo)
{
	const uint32_t first = atomic_load(&turb_heard[signo].count);
	timer_t timer;

	cgofuzz_turb_signal_install(signo, signo == SIGURG);
	if (turb_timer_start(&timer, (int)signo, turb->t->value[1]))
		__builtin_trap(); /* more timers than a plan has steps */
	cgofuzz_body(turb);
	if (!cgofuzz_live->stop && !cgofuzz_turb_signal_blocked(signo, 0))
		cgofuzz_turb_signal_count(signo, first + 1);
	timer_delete(timer);
	cgofuzz_turb_signal_remove(signo, 0);
}

/* Of the process: a signal may be under way to another thread when the timer is off, so the handler stays. */
static void turb_itimer(const struct cgofuzz_turb *turb)
{
	const struct itimerval spec = { { 0, turb->t->value[1] }, { 0, turb->t->value[1] } };
	struct sigaction now;
	struct itimerval before;

	sigaction(SIGPROF, NULL, &now);
	if (now.sa_handler == SIG_DFL || now.sa_handler == SIG_IGN) /* a profiler was there */
		cgofuzz_turb_signal_install(SIGPROF, 0);
	setitimer(ITIMER_PROF, &spec, &before);
	cgofuzz_body(turb);
	setitimer(ITIMER_PROF, &before, NULL);
}

void cgofuzz_turb_TIMER(const struct cgofuzz_turb *turb)
{
	const uint32_t number = turb->t->value[0], signo = number ? number : SIGPROF;

	if (!cgofuzz_turb_signal_take(signo)) {
		cgofuzz_body(turb);
		return;
	}
	if (number)
		turb_timer(turb, number);
	else
		turb_itimer(turb);
	cgofuzz_turb_signal_give(signo);
	turb_check_stack();
}

/* Not those that report an error, nor those that end the guest. */
static void turb_masked(const struct cgofuzz_turb *turb, sigset_t *before)
{
	static const int signals[] = { SIGUSR1, SIGURG, SIGPROF, SIGUSR2 };
	struct cgofuzz_thread_state state, now;
	sigset_t block;

	sigemptyset(&block);
	for (int i = 0; i < 4; i++)
		if (turb->t->value[0] >> i & 1)
			sigaddset(&block, signals[i]);
	pthread_sigmask(SIG_BLOCK, &block, before);
	state = cgofuzz_state_now();
	cgofuzz_carry(turb);
	now = cgofuzz_state_now();
	if (cgofuzz_state_differs(&state, &now) == CGOFUZZ_STATE_MASK)
		cgofuzz_turb_fault(CGOFUZZ_FAULT_STATE, state.mask, now.mask,
				   "C's signal mask is another after calls of Go");
}

struct turb_masked_thread {
	const struct cgofuzz_turb *turb;
	const struct cgofuzz_made_stack *stack;
};

/* Go lets go of the thread with the mask that C has left. */
static void *turb_masked_main(void *arg)
{
	const struct turb_masked_thread *t = arg;

	cgofuzz_on_made_stack(t->stack);
	turb_masked(t->turb, NULL);
	return NULL;
}

static int turb_masked_thread(const struct cgofuzz_turb *turb)
{
	struct turb_masked_thread t = { turb, NULL };
	struct cgofuzz_made_stack *stack;
	pthread_t id;
	int started;

	if (!cgofuzz_take(&cgofuzz_budget.threads, 1, CGOFUZZ_THREADS_MAX))
		return 0;
	stack = cgofuzz_thread_stack(TURB_MASKED_STACK, CGOFUZZ_STACK_GUARDED);
	if (!stack)
		return 0;
	t.stack = stack;
	started = cgofuzz_thread_start(&id, stack, turb_masked_main, &t, 0);
	if (started)
		pthread_join(id, NULL);
	cgofuzz_made_stack_put(stack, 0);
	return started;
}

void cgofuzz_turb_MASK(const struct cgofuzz_turb *turb)
{
	sigset_t before;

	if (turb->t->value[1] && turb_masked_thread(turb))
		return;
	turb_masked(turb, &before);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}
