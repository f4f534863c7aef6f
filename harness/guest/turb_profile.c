/* turb_profile.c: guest. Turbulence of the family signals: Go's CPU profiler at work. SIGPROF may arrive anywhere, in
 * Go, in C and between them. */
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "guest/turbulence_run.h"

static const struct cgofuzz_turb *turb_profile_step; /* there is one at a time */

/* A timer beside Go's own, which count CPU time and so are too slow for short bodies; Go counts its signals as
 * it does theirs (runtime/signal_unix.go, validSIGPROF). */
static int turb_profile_timer(timer_t *timer, uint32_t every_us)
{
	const struct itimerspec spec = { { 0, every_us * 1000 }, { 0, every_us * 1000 } };
	struct sigevent event = { 0 };

	event.sigev_notify = SIGEV_THREAD_ID;
	event.sigev_signo = SIGPROF;
	event._sigev_un._tid = gettid();
	return every_us && !timer_create(CLOCK_MONOTONIC, &event, timer) &&
		!timer_settime(*timer, 0, &spec, NULL);
}

/* Called by Go. 1: the profile must have a sample: this thread was sent a signal of its own. */
uint64_t cgofuzz_turb_profile(uint64_t a, uint64_t b)
{
	const struct cgofuzz_turb *turb = turb_profile_step;
	struct sigaction before, after;
	timer_t timer;
	int timed, sent;

	(void)a;
	(void)b;
	sigaction(SIGPROF, NULL, &before);
	timed = turb_profile_timer(&timer, turb->t->value[0]);
	cgofuzz_body(turb);
	sigaction(SIGPROF, NULL, &after);
	if (after.sa_sigaction != before.sa_sigaction)
		cgofuzz_turb_fault(CGOFUZZ_FAULT_OUTCOME, (uintptr_t)before.sa_sigaction,
				   (uintptr_t)after.sa_sigaction,
				   "SIGPROF was taken from Go's CPU profiler, and not given back");
	sent = !cgofuzz_live->stop && !cgofuzz_turb_signal_blocked(SIGPROF, 0);
	if (sent)
		syscall(SYS_tgkill, getpid(), gettid(), SIGPROF);
	if (timed)
		timer_delete(timer);
	return (uint64_t)sent;
}

void cgofuzz_turb_CPU_PROFILE(const struct cgofuzz_turb *turb)
{
	if (!cgofuzz_turb_signal_take(SIGPROF)) {
		cgofuzz_body(turb);
		return;
	}
	if (cgofuzz_take(&cgofuzz_budget.profiles, 1, CGOFUZZ_PROFILES_MAX)) {
		turb_profile_step = turb;
		cgofuzz_turb_in_go(turb);
	} else {
		cgofuzz_body(turb);
	}
	cgofuzz_turb_signal_give(SIGPROF);
}
