/* orphan.c: guest. A guest does not outlive who started it. AFL++ killed by force would leave its fork
 * server, waiting for a guest that perhaps never ends. */
#include <string.h>
#include <sys/prctl.h>

#include "guest/runtime.h"

#define KILL 9 /* <signal.h> and wire.h both have a si_addr */

void cgofuzz_orphan_dies(void)
{
	prctl(PR_SET_PDEATHSIG, KILL);
}

/* Before any constructor: AFL++'s fork server is one (afl_server.c), and never returns in the parent. What is
 * set here is lost in its children; they call the function again. */
static void preinit(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	for (; *envp; envp++)
		if (strncmp(*envp, CGOFUZZ_DIR_ENV "=", sizeof(CGOFUZZ_DIR_ENV)) == 0)
			cgofuzz_orphan_dies();
}

static __attribute__((section(".preinit_array"),
		      used)) void (*const preinits[])(int, char **, char **) = { preinit };
