/* planted_end.c: targets/planted. C that ends the process or never ends itself. */
#include "planted.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

void planted_abort(int phase, void *block)
{
	(void)block;
	if (phase == CALLEE_BODY && planted_open(IN_C, IN_C))
		abort();
}

/* A success to the parent; only the guest knows that a plan was under way. */
void planted_exit(int phase, void *block)
{
	(void)block;
	if (phase == CALLEE_BODY && planted_open(IN_C, IN_C))
		exit(0);
}

/* Nobody in the process sees this coming: what the recorder holds must be enough. */
void planted_sigkill(int phase, void *block)
{
	(void)block;
	if (phase == CALLEE_BODY && planted_open(IN_C, IN_C))
		kill(getpid(), SIGKILL);
}

/* No signal, no heartbeat: only the supervisor's patience ends it. */
void planted_loop(int phase, void *block)
{
	static volatile unsigned spin;

	(void)block;
	if (phase == CALLEE_BODY && planted_open(IN_C, IN_C))
		for (;;)
			spin++;
}
