/* step.c: lane. Tools of a build, several at once, with what they said. */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "lane/job.h"

#define STEP_DEADLINE_MS 120000
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

void args_compiler(struct job *j, struct args *a, const char *cc)
{
	args_add(a, cc);
	if (!strncmp(cc, "clang", 5))
		args_addf(j, a, "--target=%s", j->lane->arch->clang_target);
}

static int machine_failed(struct job *j, const char *what, const char *why)
{
	j->machine_failed = true;
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
static int wait_for(pid_t pid, int *status)
{
	int64_t until = clock_ms() + STEP_DEADLINE_MS;
	useconds_t nap = 200;
	pid_t got;

	while ((got = waitpid(pid, status, WNOHANG)) == 0 || (got < 0 && errno == EINTR)) {
		if (clock_ms() > until) {
			kill(-pid, SIGKILL);
			waitpid(pid, status, 0);
			return -1;
		}
		usleep(nap);
		if (nap < 1600)
			nap *= 2;
	}
	return 0;
}

int step_wait(struct job *j, struct step *s)
{
	struct err e = ERR_INIT;
	int status = 0;
	bool late;

	if (!s->pid)
		return 0;
	late = wait_for(s->pid, &status) < 0;
	s->pid = 0;
	log_detail("%s: %lld ms", s->what, (long long)(clock_ms() - s->began));
	if (late)
		return machine_failed(j, s->what, "the tool ran for longer than two minutes");
	if (!status)
		return 0;
	if (j->message.len) /* the first message is the one that counts */
		return -1;
	if (file_read(s->err_path, MESSAGE_LIMIT, &j->message, &e) < 0 || !j->message.len)
		buf_addf(&j->message, "%s: the tool ended with %s", s->what, proc_describe(status));
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		j->machine_failed = true;
	return -1;
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
	env[n++] = arena_printf(&j->arena, "CC=%s%s%s", cc,
				!strncmp(cc, "clang", 5) ? " --target=" : "",
				!strncmp(cc, "clang", 5) ? j->lane->arch->clang_target : "");
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
