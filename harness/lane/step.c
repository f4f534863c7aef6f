/* step.c: lane. Tools of a build, several at once, with what they said. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "lane/job.h"
#include "lane/tool.h"

#define STEP_DEADLINE_MS 120000
#define POLL_MS 2
#define MESSAGE_LIMIT ((size_t)1 << 20)

void args_add(struct args *a, const char *s)
{
	BUG_ON(a->n >= ARGS_MAX);
	a->v[a->n++] = (char *)s;
	a->v[a->n] = NULL;
}

void args_addf(struct job *j, struct args *a, const char *fmt, ...)
{
	char text[4096];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	BUG_ON(n < 0 || (size_t)n >= sizeof(text));
	args_add(a, arena_strdup(&j->arena, text));
}

bool is_clang(const char *cc)
{
	return !strncmp(cc, "clang", 5);
}

void args_compiler(struct job *j, struct args *a, const char *cc)
{
	args_add(a, cc);
	if (is_clang(cc))
		args_addf(j, a, "--target=%s", j->lane->arch->clang_target);
}

int machine_failed(struct job *j, const char *what, const char *why)
{
	j->broken = true;
	buf_reset(&j->message);
	buf_addf(&j->message, "%s: %s", what, why);
	return -1;
}

int step_start(struct job *j, struct step *s, const char *what, struct args *a, char *const *env,
	       const char *cwd)
{
	static unsigned count;
	struct proc_spec spec = {
		.argv = a->v, .env = env, .cwd = cwd, .die_with_parent = true, .nice = j->nice
	};
	struct err e = ERR_INIT;

	s->what = what;
	s->began = clock_ms();
	s->err_path = arena_printf(&j->arena, "%s/said.%u", j->work, count++);
	spec.err_path = s->err_path;
	spec.out_path = s->err_path;
	if (proc_start(&spec, &s->pid, &e) < 0) {
		s->pid = 0;
		return machine_failed(j, what, e.msg);
	}
	return 0;
}

/* Tools end by themselves; one that does not is killed with its group. */
static int wait_for(pid_t pid, int *status, struct rusage *used)
{
	int64_t until = clock_ms() + STEP_DEADLINE_MS;
	struct pollfd ended = { (int)syscall(SYS_pidfd_open, pid, 0), POLLIN, 0 };
	bool late = false;
	pid_t got;

	while ((got = wait4(pid, status, WNOHANG, used)) == 0 || (got < 0 && errno == EINTR)) {
		late = clock_ms() > until;
		if (late) {
			kill(-pid, SIGKILL);
			waitpid(pid, status, 0);
			break;
		}
		/* a kernel or sandbox without pidfd_open: now and then */
		poll(&ended, 1, ended.fd >= 0 ? (int)(until - clock_ms()) + 1 : POLL_MS);
	}
	if (ended.fd >= 0)
		close(ended.fd);
	return late ? -1 : 0;
}

static long long cpu_ms(const struct rusage *used)
{
	return 1000LL * (used->ru_utime.tv_sec + used->ru_stime.tv_sec) +
		(used->ru_utime.tv_usec + used->ru_stime.tv_usec) / 1000;
}

int step_wait(struct job *j, struct step *s)
{
	struct err e = ERR_INIT;
	struct rusage used = { 0 };
	int status = 0;
	bool late;

	if (!s->pid)
		return 0;
	late = wait_for(s->pid, &status, &used) < 0;
	s->pid = 0;
	log_detail("%s: %lld ms, %lld ms of CPU time", s->what, (long long)(clock_ms() - s->began),
		   cpu_ms(&used));
	if (late)
		return machine_failed(j, s->what, "the tool ran for longer than two minutes");
	if (!status)
		return 0;
	if (j->message.len) /* the first message is the one that counts */
		return -1;
	if (file_read(s->err_path, MESSAGE_LIMIT, &j->message, &e) < 0 || !j->message.len)
		buf_addf(&j->message, "%s: the tool ended with %s", s->what, proc_describe(status));
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		j->broken = true;
	return -1;
}

int steps_wait(struct job *j, struct step *steps, size_t n, int rc)
{
	for (size_t i = 0; i < n; i++)
		if (step_wait(j, &steps[i]) < 0)
			rc = -1;
	return rc;
}

int step_run(struct job *j, const char *what, struct args *a, char *const *env, const char *cwd)
{
	struct step s = { 0 };

	return step_start(j, &s, what, a, env, cwd) < 0 ? -1 : step_wait(j, &s);
}

char *const *go_env(struct job *j, const char *cc)
{
	char **env = arena_alloc(&j->arena, 32 * sizeof(*env));
	size_t n = 0;

	env[n++] = arena_printf(&j->arena, "GOROOT=%s", j->tools.goroot);
	env[n++] = arena_printf(&j->arena, "GOARCH=%s", j->lane->arch->name);
	env[n++] = arena_printf(&j->arena, "GOCACHE=%s/gocache", cache_dir());
	env[n++] = arena_printf(&j->arena, "CC=%s%s%s", cc, is_clang(cc) ? " --target=" : "",
				is_clang(cc) ? j->lane->arch->clang_target : "");
	env[n++] = arena_printf(&j->arena, "GOPATH=%s/gopath", cache_dir()); /* HOME may be unset */
	env[n++] = (char *)"GOMODCACHE";
	env[n++] = (char *)"GOOS=linux";
	env[n++] = (char *)"CGO_ENABLED=1";
	env[n++] = (char *)"GOENV=off";
	env[n++] = (char *)"GOFLAGS=";
	env[n++] = (char *)"GOTOOLCHAIN=local";
	env[n++] = (char *)"GO111MODULE=on";
	env[n++] = (char *)"GOWORK=off";
	env[n++] = (char *)"GOPROXY=off";
	/* Short runs: collecting garbage costs a tenth of their time, unless they grow. */
	if (go_minor(j->tools.go_version) >= 19) { /* the first that has the limit */
		env[n++] = (char *)"GOGC=off";
		env[n++] = (char *)"GOMEMLIMIT=384MiB";
	}
	env[n++] = (char *)"LC_ALL=C";
	env[n++] = (char *)"GOAMD64";
	env[n++] = (char *)"GOARM64";
	env[n++] = (char *)"GOEXPERIMENT";
	env[n++] = (char *)"GODEBUG";
	env[n++] = (char *)"CGO_CFLAGS";
	env[n++] = (char *)"CGO_LDFLAGS";
	env[n++] = (char *)"CGO_CPPFLAGS";
	env[n] = NULL;
	return env;
}
