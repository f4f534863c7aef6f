/* instance.c: campaign. One engine process, again and again: started, ended, restarted. */

#include "campaign/instance.h"

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/proc.h"
#include "campaign/collect.h"
#include "campaign/prepared.h"
#include "campaign/stacks.h"

#define TAIL_BYTES 1200 /* of what a guest said that is shown */

static int write_slice(const struct instance *i, struct err *e)
{
	char *path = xasprintf("%s/slice.json", i->slice_dir);
	json_t *j = json_pack("{s:s, s:s, s:s, s:s, s:s}", "build_dir", i->build.dir, "build_id",
			      i->build.id, "lane", i->lane->name, "engine", i->ops->name, "target",
			      i->target);
	char *text = j ? json_dumps(j, JSON_INDENT(2)) : NULL;
	int rc = text ? file_publish(path, text, strlen(text), e)
		      : err_set(e, EXIT_ENVIRON, "could not write %s", path);

	free(text);
	json_decref(j);
	free(path);
	return rc;
}

static int make_slice(struct instance *i, struct err *e)
{
	do {
		free(i->slice_dir);
		i->slice_dir = xasprintf("%s/slice-%u", i->dir, i->slice++);
	} while (dir_exists(i->slice_dir));
	if (dir_make(i->slice_dir, e) < 0 || write_slice(i, e) < 0 ||
	    recorder_create(i->slice_dir, i->build.id, (int)i->lane->arch->id, e) < 0)
		return -1;
	i->rec = recorder_map(i->slice_dir, e);
	return i->rec ? 0 : -1;
}

static int spawn(struct instance *i, struct err *e)
{
	struct strlist argv = STRLIST_INIT, env = STRLIST_INIT;
	struct proc_spec spec = { .out_path = i->log, .err_path = i->log, .die_with_parent = true };
	int rc;

	i->ops->command(i, &argv, &env);
	strlist_add(&env, CGOFUZZ_DIR_ENV "=%s", i->slice_dir);
	strlist_add(&env, "CGOFUZZ_TURBULENCE=%d", i->turbulent);
	strlist_add(&env, CGOFUZZ_MISUSE_ENV "=%d", i->misuse);
	spec.argv = argv.v;
	spec.env = env.v;
	i->rec->stopping = CGOFUZZ_GO_ON;
	i->rec->state = CGOFUZZ_IDLE;
	i->starts_seen = i->rec->starts;
	i->started_ms = clock_ms();
	i->killed = i->hung = false;
	watch_reset(i, i->started_ms);
	rc = proc_start(&spec, &i->pid, e);
	if (rc < 0)
		i->pid = 0;
	strlist_release(&argv);
	strlist_release(&env);
	return rc;
}

char *instance_path(const struct instance *i, const char *name)
{
	return xasprintf("%s/%s%s", i->dir, name, i->turbulent ? "-turbulent" : "");
}

int instance_start(struct instance *i, const struct build *build, struct err *e)
{
	BUG_ON(i->state != INSTANCE_IDLE);
	i->build = *build;
	free(i->exe);
	i->exe = build_exe(build, i->ops->id);
	memset(i->points, 0, sizeof(i->points));
	memset(i->taken, 0, sizeof(i->taken));
	memset(i->spread, 0, sizeof(i->spread));
	i->last_executions = i->last_crossings = i->last_starts = i->last_lumped = 0;
	i->last_capped = 0;
	memset(i->last_diverged, 0, sizeof(i->last_diverged));
	i->failures = i->muted_now = 0;
	i->turbulent = i->turbulence == TURBULENCE_ON ||
		(i->turbulence == TURBULENCE_MIX && i->slice % 2);
	if (make_slice(i, e) < 0 || i->ops->prepare(i, e) < 0 || spawn(i, e) < 0)
		return -1;
	i->state = INSTANCE_RUNNING;
	return 0;
}

/* Counters grow over all guests of a slice; a guest gone mad may have written anything there. */
static uint64_t grown(uint64_t now, uint64_t *last)
{
	uint64_t more = now - *last;

	*last = now;
	return more < (uint64_t)1 << 40 ? more : 0;
}

static void count(struct instance *i)
{
	bool fresh = !i->last_starts;
	uint64_t starts = grown(i->rec->starts, &i->last_starts), executions, crossings;

	i->guest_restarts += starts - (starts && fresh);
	i->lumped += grown(i->rec->lumped, &i->last_lumped);
	executions = grown(i->rec->executions, &i->last_executions);
	crossings = grown(i->rec->live.crossings, &i->last_crossings);
	i->executions += executions;
	i->crossings += crossings;
	i->capped += grown(i->rec->capped, &i->last_capped);
	for (int d = 0; d < CGOFUZZ_DIVERGENCES; d++)
		i->diverged[d] += grown(i->rec->diverged[d], &i->last_diverged[d]);
	if (i->turbulent) {
		i->turbulent_executions += executions;
		i->turbulent_crossings += crossings;
	}
}

bool instance_spent(const struct instance *i)
{
	return i->state == INSTANCE_RUNNING && i->muted_now >= i->build.built;
}

void instance_stop(struct instance *i, bool now)
{
	if (i->state == INSTANCE_IDLE)
		return;
	i->rec->stopping = CGOFUZZ_STOPPING;
	if (i->state == INSTANCE_RUNNING) {
		i->stop_at_ms = clock_ms() + i->ops->stop_ms;
		if (i->pid)
			kill(i->pid, i->ops->stop_signal);
	}
	i->state = INSTANCE_STOPPING;
	if (now)
		i->stop_at_ms = 0;
}

static void kill_now(struct instance *i)
{
	if (i->pid)
		kill(i->pid, SIGKILL);
	i->killed = true;
}

/* All of the slice is in bundles: away with it. */
static int finish_slice(struct instance *i, struct err *e)
{
	int rc = collect_pending(i, e);

	if (rc == 0) {
		recorder_unmap(i->rec);
		i->rec = NULL;
		rc = dir_remove(i->slice_dir, e);
	}
	i->state = INSTANCE_IDLE;
	return rc;
}

/* What the guest says when it is run alone, as afl-fuzz would but without it. */
static void ask_guest(const struct instance *i, struct buf *out)
{
	struct strlist argv = STRLIST_INIT, env = STRLIST_INIT;
	const char *prefix[16] = { NULL }, *settings[16] = { NULL };
	struct proc_spec spec = { .out = out, .err = out, .limit = TAIL_BYTES, .deadline_ms = 5000 };
	struct proc_result result;
	struct err none = ERR_INIT;

	guest_command(i->lane, &i->tools, prefix, settings);
	strlist_add_all(&argv, prefix);
	strlist_add(&argv, "%s", i->exe);
	strlist_add(&argv, "/dev/null");
	strlist_add_all(&env, settings);
	strlist_add(&env, CGOFUZZ_DIR_ENV "=%s", i->slice_dir);
	spec.argv = argv.v;
	spec.env = env.v;
	if (proc_run(&spec, &result, &none) < 0)
		buf_addstr(out, none.msg);
	else if (result.status == 0)
		buf_reset(out); /* it runs: afl-fuzz has another reason */
	strlist_release(&argv);
	strlist_release(&env);
}

static int start_failed(struct instance *i, const char *how, struct err *e)
{
	struct buf said = BUF_INIT;

	if (!i->ops->is_guest)
		ask_guest(i, &said);
	if (!said.len)
		engine_tail(i->log, TAIL_BYTES, &said);
	buf_rtrim(&said);
	err_set(e, EXIT_ENVIRON, "the guest of lane %s does not start under %s (%s)%s%s\nSee %s",
		i->lane->name, i->ops->name, how, said.len ? ":\n" : ", and says nothing",
		said.ptr + strspn(said.ptr, "\n"), i->log);
	buf_release(&said);
	return -1;
}

/* An engine that ended by itself: what killed it is on file by now. */
static int restart(struct instance *i, int wait_status, struct err *e)
{
	if (i->rec->starts != i->starts_seen)
		i->failures = 0;
	else if (++i->failures >= INSTANCE_START_TRIES)
		return start_failed(i, proc_describe(wait_status), e);
	if (i->ops->resume && i->ops->resume(i, e) < 0)
		return -1;
	i->restarts++;
	log_detail("%s ended with %s and is started again", i->name, proc_describe(wait_status));
	return spawn(i, e);
}

int instance_exited(struct instance *i, int wait_status, int64_t now_ms, struct err *e)
{
	int rc;

	if (i->state == INSTANCE_IDLE)
		return 0;
	i->pid = 0;
	i->run_ms += (uint64_t)(now_ms - i->started_ms);
	if (i->turbulent)
		i->turbulent_ms += (uint64_t)(now_ms - i->started_ms);
	slice_kill_all(i->slice_dir); /* AFL++ killed by force leaves its guests behind */
	count(i);
	if (i->stacks && i->batch && i->turbulent)
		stacks_take(i->stacks, i->lane->name, i->rec, &i->batch->batches[i->lane_index]);
	rc = collect_last(i, wait_status, e);
	i->ops->look(i);
	if (rc < 0)
		return -1;
	if (i->state == INSTANCE_STOPPING)
		return finish_slice(i, e);
	return collect_some(i, e) < 0 ? -1 : restart(i, wait_status, e);
}

static int check_start(struct instance *i, int64_t now_ms, struct err *e)
{
	char how[64];

	if (i->rec->starts != i->starts_seen || now_ms - i->started_ms < INSTANCE_START_MS)
		return 0;
	snprintf(how, sizeof(how), "no plan run in %d s", INSTANCE_START_MS / 1000);
	return start_failed(i, how, e);
}

int instance_tick(struct instance *i, int64_t now_ms, struct err *e)
{
	if (i->state == INSTANCE_IDLE)
		return 0;
	count(i);
	if (collect_some(i, e) < 0)
		return -1;
	if (i->state == INSTANCE_STOPPING) {
		if (!i->pid) /* it could not be started again */
			return finish_slice(i, e);
		if (now_ms >= i->stop_at_ms && !i->killed)
			kill_now(i);
		return 0;
	}
	return check_start(i, now_ms, e) < 0 ? -1 : watch_tick(i, now_ms, e);
}

static void reap(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void instance_release(struct instance *i)
{
	if (i->pid) {
		kill(i->pid, SIGKILL);
		reap(i->pid);
	}
	if (i->slice_dir && i->state != INSTANCE_IDLE)
		slice_kill_all(i->slice_dir);
	if (i->rec)
		recorder_unmap(i->rec);
	reading_release(&i->reading);
	free(i->exe);
	free(i->slice_dir);
	free(i->name);
	free(i->dir);
	free(i->log);
	*i = (struct instance){ 0 };
}
