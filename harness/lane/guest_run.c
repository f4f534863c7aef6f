/* guest_run.c: lane. Starting guests, natively or under QEMU, and telling when one hangs. */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/proc.h"
#include "lane/build.h"
#include "lane/tool.h"

#define LOOK_US 5000
#define HANG_KILL_MS 3000 /* after the guest was asked to say where it hangs */
#define MAX_PLANS 4096
#define GODEBUG "GODEBUG=clobberfree=1"

static void append(const char **list, const char *text)
{
	while (*list)
		list++;
	list[0] = text;
	list[1] = NULL;
}

void guest_command(const struct lane *l, const struct toolchain *t, const char **argv,
		   const char **env)
{
	static const char *ld_prefix[4], *cpu[4];
	const char *at = l->settings;

	if (t->qemu) {
		append(argv, t->qemu);
		if (!cpu[l->arch->id]) {
			ld_prefix[l->arch->id] =
				keep_string(xasprintf("QEMU_LD_PREFIX=%s", l->arch->ld_prefix));
			cpu[l->arch->id] = keep_string(xasprintf("QEMU_CPU=%s", l->arch->qemu_cpu));
		}
		append(env, ld_prefix[l->arch->id]);
		append(env, cpu[l->arch->id]);
	}
	/* Go fills memory that it frees (runtime/extern.go: clobberfree), so that who kept its address is seen.
	 * What a lane says about GODEBUG comes behind and wins. */
	if (!strstr(at, "GODEBUG="))
		append(env, GODEBUG);
	while (*at) {
		size_t len = strcspn(at, "+");
		const char *value = strncmp(at, "GODEBUG=", 8) ? NULL : at + 8;

		append(env,
		       keep_string(value ? xasprintf(GODEBUG ",%.*s", (int)len - 8, value)
					 : xasprintf("%.*s", (int)len, at)));
		at += len + (at[len] == '+');
	}
}

/* libFuzzer takes no part in what the recorder decides (DESIGN section 5). */
void guest_engine_flags(enum engine engine, const char **argv)
{
	static const char *const flags[] = { "-handle_segv=0", "-handle_bus=0", "-handle_abrt=0",
					     "-handle_fpe=0",  "-handle_ill=0", "-rss_limit_mb=0",
					     "-timeout=0" };

	if (engine == ENGINE_LIBFUZZER)
		for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
			append(argv, flags[i]);
}

static int start(const struct guest_run *run, const struct lane *l, const struct toolchain *t,
		 pid_t *pid, struct err *e)
{
	const char **argv = xcalloc(run->plan_count + 20, sizeof(*argv));
	const char *env[16] = { NULL };
	char *dir = xasprintf("%s=%s", CGOFUZZ_DIR_ENV, run->recorder_dir);
	struct proc_spec spec = { .argv = (char *const *)argv,
				  .env = (char *const *)env,
				  .err_path = run->stderr_path,
				  .die_with_parent = true };
	struct rlimit core, none;
	int rc;

	guest_command(l, t, argv, env);
	append(argv, run->exe);
	guest_engine_flags(run->engine, argv);
	for (uint32_t i = 0; i < run->plan_count; i++)
		append(argv, run->plans[i]);
	append(env, dir);
	if (run->misuse)
		append(env, CGOFUZZ_MISUSE_ENV "=1");
	getrlimit(RLIMIT_CORE, &core);
	none = core;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_CORE, &none);
	rc = proc_start(&spec, pid, e);
	setrlimit(RLIMIT_CORE, &core);
	free(argv);
	free(dir);
	return rc;
}

struct watch {
	const struct guest_run *run;
	struct cgofuzz_recorder *r;
	struct guest_result *result;
	pid_t pid;
	int hang_ms;
	int64_t began, moved; /* when the heartbeat was last seen to move */
	uint64_t heartbeat, executions;
	int64_t asked; /* when the hang mark was set; 0: not */
};

static void look(struct watch *w)
{
	int64_t now = clock_ms();
	uint64_t beat = *(volatile uint64_t *)&w->r->live.heartbeat;

	if (beat != w->heartbeat || w->r->executions != w->executions ||
	    w->r->state != CGOFUZZ_RUNNING)
		w->moved = now;
	w->heartbeat = beat;
	w->executions = w->r->executions;
	if (!w->asked && now - w->moved > w->hang_ms) {
		w->asked = now;
		w->result->hung = true;
		w->r->stopping = CGOFUZZ_HANGING;
		syscall(SYS_tgkill, w->pid, w->r->tid, SIGSEGV);
	}
	if (w->asked && now - w->asked > HANG_KILL_MS)
		kill(-w->pid, SIGKILL);
	if (w->run->deadline_ms && !w->asked && now - w->began > w->run->deadline_ms) {
		w->result->timed_out = true;
		w->r->stopping = CGOFUZZ_STOPPING;
		kill(-w->pid, SIGKILL);
	}
}

static void wait_guest(struct watch *w)
{
	pid_t got;

	w->began = w->moved = clock_ms();
	while ((got = waitpid(w->pid, &w->result->wait_status, WNOHANG)) == 0 ||
	       (got < 0 && errno == EINTR)) {
		look(w);
		usleep(LOOK_US);
	}
}

int guest_run(const struct guest_run *run, const struct lane *l, const struct toolchain *t,
	      struct guest_result *result, struct err *e)
{
	struct watch w = { .run = run, .result = result, .hang_ms = l->arch->hang_ms };
	uint64_t crossings, executions;

	*result = (struct guest_result){ 0 };
	if (run->plan_count > MAX_PLANS)
		return err_set(e, EXIT_USAGE, "%u plans at once, %d is the most", run->plan_count,
			       MAX_PLANS);
	w.r = recorder_map(run->recorder_dir, e);
	if (!w.r)
		return -1;
	w.r->stopping = CGOFUZZ_GO_ON;
	crossings = w.r->live.crossings;
	executions = w.r->executions;
	if (start(run, l, t, &w.pid, e) < 0) {
		recorder_unmap(w.r);
		return -1;
	}
	wait_guest(&w);
	result->crossings = w.r->live.crossings - crossings;
	result->executions = w.r->executions - executions;
	recorder_unmap(w.r);
	return 0;
}
