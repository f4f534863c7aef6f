/* child.c: triage/elf. The process around elfutils: its limits, its watch, and how it died. */
#include "triage/elf/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/proc.h"

/* A sanitizer's own share of memory. */
#if defined(__SANITIZE_ADDRESS__)
#define SHARE 4
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SHARE 4
#endif
#endif
#ifndef SHARE
#define SHARE 1
#endif

/* Data of this process, which the child begins with; /proc/self/statm, field 6, in pages. */
static size_t data_bytes(void)
{
	char text[256] = "", *at = text;
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	for (int i = 0; n > 0 && i < 5; i++)
		strtoul(at, &at, 10);
	return n > 0 ? strtoul(at, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE) : 0;
}

static void limit(void)
{
	struct rlimit none = { 0, 0 }, data;

	data.rlim_cur = data.rlim_max = data_bytes() + SHARE * ELF_CHILD_BYTES;
	setrlimit(RLIMIT_CORE, &none);
	setrlimit(RLIMIT_FSIZE, &none);
	setrlimit(RLIMIT_DATA, &data);
	prctl(PR_SET_DUMPABLE, 0); /* no core by a handler of cores either */
}

/* As a new program has them, but what a terminal sends is for the parent, which ends us. */
static void reset_signals(void)
{
	static const int from_outside[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGPIPE, SIGTSTP };
	sigset_t none;

	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	for (size_t i = 0; i < sizeof(from_outside) / sizeof(from_outside[0]); i++)
		signal(from_outside[i], SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* 0 to 2 are /dev/null, 3 the socket, 4 the file: no lock and no database stays open here. */
__attribute__((noreturn)) static void be_child(int socket, int file, pid_t parent, elf_serve_fn *serve)
{
	int high = fcntl(socket, F_DUPFD, 16), high_file = fcntl(file, F_DUPFD, 16), null;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || high < 0 || high_file < 0)
		_exit(EXIT_ENVIRON);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	dup2(high, 3);
	dup2(high_file, 4);
	close_range(5, ~0u, 0);
	reset_signals();
	limit();
	serve(3, 4);
	_exit(0);
}

int elf_child_start(struct elf_child *c, int file, elf_serve_fn *serve, struct err *e)
{
	pid_t self = getpid();
	int pair[2];

	*c = (struct elf_child){ .fd = -1, .owner = self };
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_errno(e, EXIT_ENVIRON, "cannot make a socket");
	c->pid = fork();
	if (c->pid == 0)
		be_child(pair[1], file, self, serve);
	close(pair[1]);
	if (c->pid < 0) {
		c->pid = 0;
		close(pair[0]);
		return err_errno(e, EXIT_ENVIRON, "cannot start a process");
	}
	c->fd = pair[0];
	return 0;
}

/* Another process's child, inherited over a fork, is left to it. */
static int reap(struct elf_child *c, bool kill_it)
{
	int status = 0;

	if (c->pid && c->owner == getpid()) {
		if (kill_it)
			kill(c->pid, SIGKILL);
		while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	if (c->pid)
		close(c->fd);
	*c = (struct elf_child){ .fd = -1 };
	return status;
}

void elf_child_end(struct elf_child *c)
{
	reap(c, true);
}

static int died(struct elf_child *c, bool hangs, struct err *why)
{
	int status = reap(c, hangs);

	if (hangs)
		return err_set(why, EXIT_ENVIRON, "its reader did not answer for %d s",
			       ELF_CHILD_WALL_MS / 1000);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF)
		return err_set(why, EXIT_ENVIRON, "its reader had no answer after %d s of CPU time",
			       ELF_CHILD_CPU_S);
	if (WIFEXITED(status) && WEXITSTATUS(status))
		return err_set(why, EXIT_ENVIRON, "its reader wanted more than %zu MB of memory",
			       ELF_CHILD_BYTES >> 20);
	return err_set(why, EXIT_ENVIRON, "its reader died: %s", proc_describe(status));
}

/* False: the other end is gone, or (errno ETIME) does not answer. */
static bool read_all(int fd, void *to, size_t size, int timeout_ms)
{
	for (size_t done = 0; done < size;) {
		ssize_t n = recv(fd, (char *)to + done, size - done, MSG_DONTWAIT);
		struct pollfd p = { .fd = fd, .events = POLLIN };

		if (n > 0) {
			done += (size_t)n;
			continue;
		}
		if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
			errno = EPIPE;
			return false;
		}
		if (poll(&p, 1, timeout_ms) == 0) {
			errno = ETIME;
			return false;
		}
	}
	return true;
}

static bool write_all(int fd, const void *from, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t n = send(fd, (const char *)from + done, size - done, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return false;
		done += n > 0 ? (size_t)n : 0;
	}
	return true;
}

int elf_child_ask(struct elf_child *c, const struct elf_ask *ask, struct buf *answer, struct err *why)
{
	struct elf_reply r;
	size_t at = answer->len;
	char *room;

	if (!write_all(c->fd, ask, sizeof(*ask)))
		return died(c, false, why);
	if (!read_all(c->fd, &r, sizeof(r), ELF_CHILD_WALL_MS))
		return died(c, errno == ETIME, why);
	if (r.what != ask->what || r.known > 1 || r.size > ELF_ANSWER_MAX || (!r.known && r.size)) {
		reap(c, true);
		return err_set(why, EXIT_ENVIRON, "its reader gave no answer that can be one");
	}
	room = xmalloc(r.size + 1);
	if (!read_all(c->fd, room, r.size, ELF_CHILD_WALL_MS)) {
		free(room);
		return died(c, errno == ETIME, why);
	}
	buf_add(answer, room, r.size);
	BUG_ON(answer->len - at != r.size);
	free(room);
	return r.known != 0;
}

/* The clock of the answer begins: SIGPROF ends who does not find one. */
bool elf_child_next(int socket, struct elf_ask *ask)
{
	struct itimerval cpu = { .it_value = { .tv_sec = ELF_CHILD_CPU_S } };

	if (!read_all(socket, ask, sizeof(*ask), -1))
		return false;
	return setitimer(ITIMER_PROF, &cpu, NULL) == 0;
}

void elf_child_reply(int socket, const struct elf_ask *ask, bool known, const struct buf *answer)
{
	struct elf_reply r = { ask->what, known, known ? answer->len : 0 };

	if (answer->len > ELF_ANSWER_MAX)
		_exit(EXIT_ENVIRON); /* as if there were no room for it */
	if (!write_all(socket, &r, sizeof(r)) || !write_all(socket, answer->ptr, r.size))
		_exit(0);
}
