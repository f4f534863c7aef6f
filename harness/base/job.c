/* job.c: base. Work done beside this process, in a forked child. */
#include "base/job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/proc.h"

/* Less than a pipe holds, so that the child never waits for its reader. */
#define ANSWER_MAX (60 * 1024)

static void write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		p += n;
		len -= (size_t)n;
	}
}

/* libuv's handlers write into a pipe that the child shares with its parent: they go first. The
 * terminal's signals are the parent's business. */
static void child_signals(const sigset_t *before)
{
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	sigprocmask(SIG_SETMASK, before, NULL);
}

__attribute__((noreturn)) static void child_run(job_fn *fn, void *ctx, int more_nice, int fd)
{
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	int32_t status;

	errno = 0;
	(void)!nice(more_nice);
	status = fn(ctx, &out, &e) < 0 ? (e.status ? e.status : EXIT_ENVIRON) : 0;
	write_all(fd, &status, sizeof(status));
	if (status)
		write_all(fd, e.msg, strlen(e.msg));
	else
		write_all(fd, out.ptr, out.len < ANSWER_MAX ? out.len : ANSWER_MAX);
	_exit(0);
}

int job_start(struct job *j, job_fn *fn, void *ctx, int nice, struct err *e)
{
	pid_t parent = getpid();
	sigset_t all, before;
	int ends[2];

	BUG_ON(j->pid);
	buf_reset(&j->answer);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_errno(e, EXIT_ENVIRON, "could not make a pipe");
	fflush(NULL);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	j->pid = fork();
	if (j->pid == 0) {
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(127);
		child_signals(&before);
		close(ends[0]);
		child_run(fn, ctx, nice, ends[1]);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(ends[1]);
	if (j->pid < 0) {
		j->pid = 0;
		close(ends[0]);
		return err_errno(e, EXIT_ENVIRON, "could not fork");
	}
	setpgid(j->pid, j->pid);
	j->fd = ends[0];
	return 0;
}

bool job_running(const struct job *j)
{
	return j->pid != 0;
}

static void read_answer(struct job *j)
{
	char chunk[4096];
	ssize_t n;

	/* a grandchild may still hold the pipe: what the child wrote is all there is */
	fcntl(j->fd, F_SETFL, O_NONBLOCK);
	while ((n = read(j->fd, chunk, sizeof(chunk))) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			buf_add(&j->answer, chunk, (size_t)n);
	close(j->fd);
	j->fd = -1;
}

int job_poll(struct job *j, struct err *e)
{
	int32_t status;
	int wait_status;
	pid_t got = waitpid(j->pid, &wait_status, WNOHANG);

	if (got == 0 || (got < 0 && errno == EINTR))
		return 0;
	read_answer(j);
	j->pid = 0;
	if (got < 0 || wait_status != 0 || j->answer.len < sizeof(status))
		return err_set(e, EXIT_ENVIRON, "a helper process ended with %s",
			       got < 0 ? "an unknown status" : proc_describe(wait_status));
	memcpy(&status, j->answer.ptr, sizeof(status));
	j->answer.len -= sizeof(status);
	memmove(j->answer.ptr, j->answer.ptr + sizeof(status), j->answer.len + 1);
	return status ? err_set(e, status, "%s", j->answer.ptr) : 1;
}

void job_kill(struct job *j)
{
	if (!j->pid)
		return;
	kill(-j->pid, SIGKILL);
	kill(j->pid, SIGKILL);
	while (waitpid(j->pid, NULL, 0) < 0 && errno == EINTR)
		;
	close(j->fd);
	j->fd = -1;
	j->pid = 0;
}

void job_release(struct job *j)
{
	job_kill(j);
	buf_release(&j->answer);
}
