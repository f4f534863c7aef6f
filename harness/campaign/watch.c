/* watch.c: campaign. Guests that hang: suspected when the heartbeat rests, asked for their stacks by a
 * SIGSEGV to the thread in the plan, killed when even that does not end them. */
#include "campaign/collect.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"

#define GRACE_MS 3000 /* from the signal to SIGKILL */
#define FATAL_MS 10000 /* a guest that is dying may take this long: old Go releases do */
/* A guest that has to wait for the machine a quarter of the time is given this many times as long, unless it has run for
 * most of its limit by then. */
#define STARVED_TIMES 10
#define LATE_MS 400 /* a tick this late: it is the machine that hangs, not the guest */

/* Does the environment of a process name `dir`, or with below something in it, as CGOFUZZ_DIR? */
static bool environ_names(const char *proc, const char *dir, bool below)
{
	char *path = xasprintf("/proc/%s/environ", proc);
	struct buf env = BUF_INIT;
	struct err none = ERR_INIT;
	size_t name = strlen(CGOFUZZ_DIR_ENV), len = strlen(dir);
	bool found = false;

	if (file_read(path, 1 << 20, &env, &none) == 0)
		for (size_t at = 0; at < env.len && !found; at += strlen(env.ptr + at) + 1) {
			const char *p = env.ptr + at;

			if (strncmp(p, CGOFUZZ_DIR_ENV, name) != 0 || p[name] != '=')
				continue;
			p += name + 1;
			found = strncmp(p, dir, len) == 0 &&
				(p[len] == '\0' || (below && p[len] == '/'));
		}
	buf_release(&env);
	free(path);
	return found;
}

bool slice_owns(const char *dir, pid_t pid)
{
	char number[32];

	if (pid <= 1 || pid == getpid())
		return false;
	snprintf(number, sizeof(number), "%ld", (long)pid);
	return environ_names(number, dir, false);
}

int slice_kill_all(const char *dir)
{
	DIR *procs = opendir("/proc");
	struct dirent *entry;
	int killed = 0;

	while (procs && (entry = readdir(procs))) {
		long pid = strtol(entry->d_name, NULL, 10);

		if (pid > 1 && pid != getpid() && environ_names(entry->d_name, dir, true))
			killed += kill((pid_t)pid, SIGKILL) == 0;
	}
	if (procs)
		closedir(procs);
	return killed;
}

void watch_reset(struct instance *i, int64_t now_ms)
{
	i->watch = (struct watch){ .since_ms = now_ms, .last_ms = now_ms };
}

/* Has the guest moved since the last look? */
static bool moved(struct watch *w, const struct cgofuzz_recorder *rec)
{
	struct watch now = *w;

	now.heartbeat = rec->live.heartbeat;
	now.executions = rec->executions;
	now.pid = rec->pid;
	now.state = rec->state;
	if (now.heartbeat == w->heartbeat && now.executions == w->executions && now.pid == w->pid &&
	    now.state == w->state)
		return false;
	*w = now;
	return true;
}

static void ask(struct instance *i, int64_t now_ms)
{
	struct cgofuzz_recorder *rec = i->rec;
	pid_t pid = rec->pid, tid = rec->tid;

	i->watch.marked_ms = now_ms;
	if (!slice_owns(i->slice_dir, pid))
		return;
	log_detail("%s: no heartbeat for %d ms in case %u, asking thread %d", i->name, i->hang_ms,
		   rec->live.slot, tid);
	rec->stopping = CGOFUZZ_HANGING;
	syscall(SYS_tgkill, pid, tid, SIGSEGV);
}

/* The guest did not end by itself. It is stopped first, so that what is copied stays as it is. */
static int kill_hanging(struct instance *i, struct err *e)
{
	pid_t pid = i->rec->pid;
	bool ours = slice_owns(i->slice_dir, pid);
	int rc = 0;

	if (ours)
		kill(pid, SIGSTOP);
	if (!collect_has(i->slice_dir, &i->rec->fault) || i->rec->fault.kind == CGOFUZZ_FAULT_NONE)
		rc = collect_recorder(i, CGOFUZZ_FAULT_HANG, SIGKILL, e);
	i->rec->state = CGOFUZZ_IDLE; /* nobody else is to collect it */
	i->hung = true;
	i->rec->stopping = CGOFUZZ_GO_ON;
	if (ours)
		kill(pid, SIGKILL);
	else if (i->pid)
		kill(i->pid, SIGKILL);
	return rc;
}

/* Is it the machine that has no time for the guest? */
static bool starved(struct instance *i, int64_t now_ms)
{
	const struct watch *w = &i->watch;
	const int64_t span_ms = now_ms - w->share_ms;
	struct share now;

	if (now_ms - w->since_ms >= STARVED_TIMES * (int64_t)i->hang_ms || !w->share_ms ||
	    !share_read(i->rec->pid, &now))
		return false;
	return (int64_t)((now.waited_ns - w->share.waited_ns) / 1000000) >= span_ms / 4 &&
		(int64_t)((now.ran_ns - w->share.ran_ns) / 1000000) < i->hang_ms * 3 / 4;
}

int watch_tick(struct instance *i, int64_t now_ms, struct err *e)
{
	struct watch *w = &i->watch;
	bool late = now_ms - w->last_ms > LATE_MS;
	int64_t rest;

	w->last_ms = now_ms;
	if (moved(w, i->rec) || w->state == CGOFUZZ_IDLE || late) {
		if (w->marked_ms && w->state != CGOFUZZ_FATAL) {
			w->marked_ms = 0;
			if (i->rec->stopping == CGOFUZZ_HANGING)
				i->rec->stopping = CGOFUZZ_GO_ON;
		}
		w->since_ms = now_ms;
		w->share_ms = 0;
		return 0;
	}
	rest = now_ms - w->since_ms;
	if (w->marked_ms && now_ms - w->marked_ms >= GRACE_MS) {
		w->marked_ms = 0;
		return kill_hanging(i, e);
	}
	if (!w->share_ms && rest >= i->hang_ms / 4 && share_read(i->rec->pid, &w->share))
		w->share_ms = now_ms;
	if (w->marked_ms || rest < i->hang_ms || starved(i, now_ms))
		return 0;
	if (w->state == CGOFUZZ_RUNNING)
		ask(i, now_ms);
	else if (rest >= FATAL_MS)
		return kill_hanging(i, e);
	return 0;
}
