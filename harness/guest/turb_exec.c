/* turb_exec.c: guest. Turbulence of the family control: another program is run by C. */
#include <errno.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest/turbulence_run.h"

#define TURB_NOT_RUN 127 /* exit status for a program that is not there, as a shell has it */

enum turb_exec_way { BY_FORK, BY_VFORK, BY_SPAWN, BY_GO };

static const struct {
	const char *path;
	int status;
} turb_programs[] = {
	{ "/bin/true", 0 },
	{ "/bin/false", 1 },
	{ "/nonexistent/program", TURB_NOT_RUN },
};

static int turb_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* glibc reports that the program is not there through memory that the child shares with its parent;
 * QEMU's vfork is a fork (7.2, linux-user/syscall.c, do_fork: CLONE_VFORK is taken off), so there the child
 * ends with 127 (github.com/python/cpython/issues/131398). Both count as not run. */
static int turb_spawn(char *const argv[])
{
	pid_t pid;
	int rc = posix_spawn(&pid, argv[0], NULL, NULL, argv, environ);

	return rc == ENOENT ? TURB_NOT_RUN : rc ? -1 : turb_wait(pid);
}

static int turb_fork(char *const argv[])
{
	pid_t pid = fork();

	if (pid == 0) {
		execv(argv[0], argv);
		_exit(TURB_NOT_RUN);
	}
	return pid < 0 ? -1 : turb_wait(pid);
}

static int turb_vfork(char *const argv[])
{
	pid_t pid = vfork();

	if (pid == 0) {
		execv(argv[0], argv);
		_exit(TURB_NOT_RUN);
	}
	return pid < 0 ? -1 : turb_wait(pid);
}

void cgofuzz_turb_EXEC(const struct cgofuzz_turb *turb)
{
	const uint32_t way = turb->t->value[0], program = turb->t->value[1];
	char *argv[] = { (char *)(uintptr_t)turb_programs[program].path, NULL };
	int got;

	if (!cgofuzz_take(&cgofuzz_budget.exec, 1, CGOFUZZ_EXEC_MAX))
		return;
	if (way == BY_GO) {
		cgofuzz_turb_in_go(turb);
		return;
	}
	got = way == BY_FORK	  ? turb_fork(argv)
		: way == BY_VFORK ? turb_vfork(argv)
				  : turb_spawn(argv);
	if (got != turb_programs[program].status)
		cgofuzz_turb_fault(CGOFUZZ_FAULT_OUTCOME, (uint64_t)turb_programs[program].status,
				   (uint64_t)got, "a program that C ran ended otherwise");
	cgofuzz_note((uint64_t)got);
}
