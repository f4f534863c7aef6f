/* run.c: triage. Builds a plain reproducer by its Makefile, and runs it. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/file.h"
#include "base/proc.h"
#include "triage/upstream/internal.h"

#define BUILD_MS 240000
#define RUN_MS 60000
#define HANG_MS 12000 /* longer than any of them needs */
#define MOST_ENV 16

struct environment {
	char *list[MOST_ENV];
	size_t count;
};

static void add(struct environment *env, char *text)
{
	if (env->count < MOST_ENV - 1)
		env->list[env->count++] = text;
	else
		free(text);
}

static void release(struct environment *env)
{
	for (size_t i = 0; i < env->count; i++)
		free(env->list[i]);
}

/* As in a shell of its own, but that nothing is fetched. */
static int build(const struct attempt *a, struct buf *out, struct proc_result *result, struct err *e)
{
	char *go = xasprintf("GO=%s/bin/go", a->tools.goroot);
	char *argv[] = { (char *)"make", (char *)"-s", go, (char *)"case", NULL };
	struct environment env = { 0 };
	struct proc_spec spec = { .argv = argv,
				  .env = env.list,
				  .cwd = a->dir,
				  .out = out,
				  .err = out,
				  .limit = 65536,
				  .deadline_ms = BUILD_MS,
				  .die_with_parent = true };
	int rc;

	add(&env, xstrdup("MAKEFLAGS"));
	add(&env, xstrdup("MFLAGS"));
	add(&env, xstrdup("GOFLAGS="));
	add(&env, xstrdup("GOTOOLCHAIN=local"));
	add(&env, xstrdup("GOPROXY=off"));
	add(&env, xstrdup("GOENV=off"));
	add(&env, xstrdup("GOWORK=off"));
	add(&env, xstrdup("LC_ALL=C"));
	add(&env, xasprintf("GOROOT=%s", a->tools.goroot));
	add(&env, xasprintf("GOCACHE=%s/gocache", cache_dir()));
	add(&env, xasprintf("GOPATH=%s/gopath", cache_dir()));
	rc = proc_run(&spec, result, e);
	release(&env);
	free(go);
	return rc;
}

/* The lane's settings are variables: "GOGC=1+GODEBUG=...". */
static void add_settings(const struct attempt *a, struct environment *env)
{
	const char *at = a->lane.settings;

	while (*at) {
		size_t len = strcspn(at, "+");

		add(env, xasprintf("%.*s", (int)len, at));
		at += len + (at[len] == '+');
	}
}

static int start(const struct attempt *a, struct buf *out, struct proc_result *result, struct err *e)
{
	char *prefix = xstrdup(a->lane.arch->ld_prefix), *exe = xasprintf("%s/case", a->dir);
	char *native[] = { exe, NULL };
	char *guest[] = { (char *)a->tools.qemu, (char *)"-L", prefix, exe, NULL };
	struct environment env = { 0 };
	struct proc_spec spec = { .argv = a->tools.qemu ? guest : native,
				  .env = env.list,
				  .cwd = a->dir,
				  .out = out,
				  .err = out,
				  .limit = 1 << 20,
				  .deadline_ms = a->f->kind == CGOFUZZ_FAULT_HANG ? HANG_MS : RUN_MS,
				  .die_with_parent = true };
	struct rlimit core, none;
	int rc;

	add_settings(a, &env);
	getrlimit(RLIMIT_CORE, &core);
	none = core;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_CORE, &none);
	rc = proc_run(&spec, result, e);
	setrlimit(RLIMIT_CORE, &core);
	release(&env);
	free(prefix);
	free(exe);
	return rc;
}

int attempt_run(const struct attempt *a, struct buf *out, struct proc_result *result, struct err *e)
{
	struct buf said = BUF_INIT;
	int rc = build(a, &said, result, e);

	if (rc == 0 && (result->status || result->timed_out)) {
		buf_add(out, said.ptr, said.len);
		rc = 1;
	}
	buf_release(&said);
	return rc ? rc : start(a, out, result, e);
}
