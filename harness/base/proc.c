/* proc.c: base. Child processes with a deadline; never through a shell. */
#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

#define PROC_LIMIT ((size_t)16 << 20)
/* How long output is still read after the program has ended: a grandchild may hold the pipe. */
#define PROC_DRAIN_MS 300
#define POLL_MS 10

int64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Does entry set or remove the variable that "NAME=value" or "NAME" names? */
static bool env_same(const char *entry, const char *change)
{
	size_t len = strcspn(change, "=");

	return strncmp(entry, change, len) == 0 && (entry[len] == '=' || entry[len] == '\0');
}

/* The environment of the child: ours, with changes on top. Free the array only. */
static char **env_make(char *const *changes)
{
	size_t have = 0, more = 0, n = 0;
	char **env;

	while (environ && environ[have])
		have++;
	while (changes && changes[more])
		more++;
	env = xcalloc(have + more + 1, sizeof(*env));
	for (size_t i = 0; i < have; i++) {
		bool changed = false;

		for (size_t j = 0; j < more && !changed; j++)
			changed = env_same(environ[i], changes[j]);
		if (!changed)
			env[n++] = environ[i];
	}
	for (size_t j = 0; j < more; j++) {
		bool again = false; /* the last change of a name counts */

		for (size_t k = j + 1; k < more && !again; k++)
			again = env_same(changes[k], changes[j]);
		if (!again && strchr(changes[j], '='))
			env[n++] = changes[j];
	}
	return env;
}

struct child_files {
	int in, out, err;
};

/* In the child: only what may be called after fork. On failure tells errno and ends. */
__attribute__((noreturn)) static void child_run(const struct proc_spec *spec, char **env,
						const struct child_files *files, pid_t parent,
						int report)
{
	sigset_t none;
	int why;

	setpgid(0, 0);
	if (spec->die_with_parent) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(127);
	}
	signal(SIGPIPE, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (spec->nice)
		(void)!nice(spec->nice);
	if (dup2(files->in, 0) >= 0 && dup2(files->out, 1) >= 0 && dup2(files->err, 2) >= 0 &&
	    (!spec->cwd || chdir(spec->cwd) == 0)) {
		environ = env; /* execvp looks PATH up in the child's environment */
		execvp(spec->argv[0], spec->argv);
	}
	why = errno;
	(void)!write(report, &why, sizeof(why));
	_exit(127);
}

/* Descriptors below 3 would be overwritten by the dup2 calls of the child. */
static int fd_high(int fd)
{
	int high = fd;

	if (fd >= 0 && fd < 3) {
		high = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		close(fd);
	}
	return high;
}

static int pipe_high(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	ends[0] = fd_high(ends[0]);
	ends[1] = fd_high(ends[1]);
	return ends[0] < 0 || ends[1] < 0 ? -1 : 0;
}

/* Forks and waits until the program has been started or could not be. Closes nothing of files. */
static int spawn(const struct proc_spec *spec, const struct child_files *files, pid_t *pid,
		 struct err *e)
{
	pid_t parent = getpid();
	char **env = env_make(spec->env);
	int report[2];
	int why = 0;
	ssize_t n;

	if (pipe_high(report) < 0) {
		free(env);
		return err_errno(e, EXIT_ENVIRON, "could not make a pipe for %s", spec->argv[0]);
	}
	*pid = fork();
	if (*pid == 0)
		child_run(spec, env, files, parent, report[1]);
	why = errno;
	close(report[1]);
	free(env);
	if (*pid < 0) {
		close(report[0]);
		errno = why;
		return err_errno(e, EXIT_ENVIRON, "could not fork to run %s", spec->argv[0]);
	}
	setpgid(*pid, *pid); /* both sides do: whoever is first */
	do {
		n = read(report[0], &why, sizeof(why));
	} while (n < 0 && errno == EINTR);
	close(report[0]);
	if (n == 0)
		return 0;
	while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR)
		;
	errno = n == (ssize_t)sizeof(why) ? why : EIO;
	if (spec->cwd && !dir_exists(spec->cwd))
		return err_errno(e, EXIT_ENVIRON, "could not run %s in %s", spec->argv[0], spec->cwd);
	return err_errno(e, EXIT_ENVIRON, "could not run %s", spec->argv[0]);
}

static int open_output(const char *path)
{
	return fd_high(open(path ? path : "/dev/null",
			    O_WRONLY | O_CREAT | O_CLOEXEC | (path ? O_TRUNC : 0), 0666));
}

static void close_files(struct child_files *files)
{
	if (files->in >= 0)
		close(files->in);
	if (files->out >= 0)
		close(files->out);
	if (files->err >= 0 && files->err != files->out)
		close(files->err);
	files->in = files->out = files->err = -1;
}

/* Opens what is not a pipe yet (-1). */
static int open_files(const struct proc_spec *spec, struct child_files *files, struct err *e)
{
	const char *in = spec->stdin_path ? spec->stdin_path : "/dev/null";

	files->in = fd_high(open(in, O_RDONLY | O_CLOEXEC));
	if (files->in < 0)
		return err_errno(e, EXIT_ENVIRON, "could not open %s as input of %s", in,
				 spec->argv[0]);
	if (files->out < 0)
		files->out = open_output(spec->out_path);
	if (files->out < 0)
		return err_errno(e, EXIT_ENVIRON, "could not open %s as output of %s",
				 spec->out_path ? spec->out_path : "/dev/null", spec->argv[0]);
	if (files->err < 0 && spec->err_path && spec->out_path &&
	    !strcmp(spec->err_path, spec->out_path))
		files->err = files->out;
	if (files->err < 0)
		files->err = open_output(spec->err_path);
	if (files->err < 0)
		return err_errno(e, EXIT_ENVIRON, "could not open %s as error output of %s",
				 spec->err_path ? spec->err_path : "/dev/null", spec->argv[0]);
	return 0;
}

int proc_start(const struct proc_spec *spec, pid_t *pid, struct err *e)
{
	struct child_files files = { -1, -1, -1 };
	int rc;

	BUG_ON(spec->out || spec->err);
	rc = open_files(spec, &files, e);
	if (rc == 0)
		rc = spawn(spec, &files, pid, e);
	close_files(&files);
	return rc;
}

struct stream {
	int fd; /* read end of the pipe, -1 once at its end */
	struct buf *buf;
	size_t left; /* bytes still to be kept */
};

static void stream_read(struct stream *s)
{
	char chunk[1 << 16];
	ssize_t n = read(s->fd, chunk, sizeof(chunk));
	size_t keep;

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		close(s->fd);
		s->fd = -1;
		return;
	}
	keep = (size_t)n < s->left ? (size_t)n : s->left;
	buf_add(s->buf, chunk, keep);
	s->left -= keep;
}

static int wait_ms(int64_t until, int64_t now)
{
	if (until < 0)
		return -1;
	if (until <= now)
		return 0;
	return until - now > 1000000 ? 1000000 : (int)(until - now);
}

/* Has the program ended? It is not reaped, so that its number and its group's stay its own. */
static bool has_ended(pid_t pid)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == pid;
}

/* Reads both streams until the program has ended and they are at their end, or the deadline. */
static void watch(pid_t pid, struct stream streams[2], int deadline_ms, struct proc_result *result)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	int64_t until = deadline_ms > 0 ? clock_ms() + deadline_ms : -1;
	bool ended = false;

	while (!ended || streams[0].fd >= 0 || streams[1].fd >= 0) {
		struct pollfd polled[3] = {
			{ streams[0].fd, POLLIN, 0 },
			{ streams[1].fd, POLLIN, 0 },
			{ ended ? -1 : pidfd, POLLIN, 0 },
		};
		int ms = wait_ms(until, clock_ms());

		if (pidfd < 0 && (ms < 0 || ms > POLL_MS))
			ms = POLL_MS; /* a kernel or sandbox without pidfd_open */
		if (poll(polled, 3, ms) > 0)
			for (int i = 0; i < 2; i++)
				if (polled[i].revents)
					stream_read(&streams[i]);
		if (!ended && has_ended(pid)) {
			ended = true;
			until = clock_ms() + PROC_DRAIN_MS;
		} else if (until >= 0 && clock_ms() >= until) {
			if (ended)
				break;
			result->timed_out = true;
			kill(-pid, SIGKILL);
			kill(pid, SIGKILL);
			ended = true;
			until = clock_ms() + PROC_DRAIN_MS;
		}
	}
	if (pidfd >= 0)
		close(pidfd);
	while (waitpid(pid, &result->status, 0) < 0 && errno == EINTR)
		;
}

/* One pipe for each of out and err, or one for both. */
static int open_pipes(const struct proc_spec *spec, struct child_files *files,
		      struct stream streams[2], struct err *e)
{
	size_t limit = spec->limit ? spec->limit : PROC_LIMIT;
	struct buf *bufs[2] = { spec->out, spec->err };
	int ends[2];

	for (int i = 0; i < 2; i++) {
		if (!bufs[i])
			continue;
		if (i == 1 && bufs[1] == bufs[0]) {
			files->err = files->out;
			continue;
		}
		if (pipe_high(ends) < 0)
			return err_errno(e, EXIT_ENVIRON, "could not make a pipe for %s",
					 spec->argv[0]);
		fcntl(ends[0], F_SETFL, O_NONBLOCK);
		streams[i] = (struct stream){ ends[0], bufs[i], limit };
		*(i ? &files->err : &files->out) = ends[1];
	}
	return 0;
}

int proc_run(const struct proc_spec *spec, struct proc_result *result, struct err *e)
{
	struct child_files files = { -1, -1, -1 };
	struct stream streams[2] = { { -1, NULL, 0 }, { -1, NULL, 0 } };
	int64_t began = clock_ms();
	pid_t pid = -1;
	int rc;

	*result = (struct proc_result){ 0 };
	rc = open_pipes(spec, &files, streams, e);
	if (rc == 0)
		rc = open_files(spec, &files, e);
	if (rc == 0)
		rc = spawn(spec, &files, &pid, e);
	close_files(&files);
	if (rc == 0)
		watch(pid, streams, spec->deadline_ms, result);
	for (int i = 0; i < 2; i++)
		if (streams[i].fd >= 0)
			close(streams[i].fd);
	result->wall_ms = clock_ms() - began;
	return rc;
}
