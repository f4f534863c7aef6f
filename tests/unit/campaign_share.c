/* campaign_share.c: tests. What a process had of the machine. */
#include "campaign/share.h"

#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
/* after those */
#include <cmocka.h>

static void nap(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* All on one core: whoever runs keeps the others waiting. */
static pid_t child(bool busy)
{
	pid_t pid = fork();
	cpu_set_t one;

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	while (!busy)
		pause();
	for (volatile unsigned n = 0;; n++)
		;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void who_is_kept_waiting_is_told_from_who_rests(void **state)
{
	pid_t a = child(true), b = child(true), rests = child(false);
	struct share s;

	(void)state;
	nap(600);
	assert_true(share_read(a, &s));
	assert_true(s.waited_ns > 50000000);
	assert_true(s.ran_ns > 0);
	assert_true(share_read(rests, &s));
	end(a);
	end(b);
	nap(100); /* whatever it had to wait for to begin is over */
	assert_true(share_read(rests, &s));
	nap(300);
	{
		const struct share before = s;

		assert_true(share_read(rests, &s));
		assert_int_equal(s.ran_ns, before.ran_ns);
		assert_int_equal(s.waited_ns, before.waited_ns);
	}
	end(rests);
}

static void nobody_has_had_nothing(void **state)
{
	pid_t gone = child(false);
	struct share s;

	(void)state;
	end(gone);
	assert_false(share_read(gone, &s));
	assert_false(share_read(0, &s));
	assert_true(share_read(getpid(), &s));
	assert_true(s.ran_ns > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_kept_waiting_is_told_from_who_rests),
		cmocka_unit_test(nobody_has_had_nothing),
	};

	return cmocka_run_group_tests_name("campaign_share", tests, NULL, NULL);
}
