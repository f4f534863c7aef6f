/* run.c: campaign. One run of a campaign: instances are given batches, in turn, until time is up. */
#include "campaign/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/log.h"
#include "base/proc.h"
#include "campaign/recover.h"

static bool rotating(const struct run *r)
{
	return r->campaign->config.jobs < r->count;
}

/* Of `count` instances `jobs` are at work, the next ones at each turn. */
static bool at_work(const struct run *r, uint32_t n)
{
	uint32_t place = n >= r->first ? n - r->first : n + r->count - r->first;

	return place < r->campaign->config.jobs;
}

static void next_turn(struct run *r)
{
	r->first += r->campaign->config.jobs;
	if (r->first >= r->count)
		r->first -= r->count;
}

static void take_batch(struct run *r, int64_t now_ms)
{
	struct prepared *next = batchline_take(&r->line);

	if (next) {
		prepared_drop(r->current);
		r->current = next;
		if (!config_fixed(&r->campaign->config) || !r->earlier.batches) {
			r->batches++;
			r->cases += next->batches[0].count;
		}
		r->status.next_batch = next->index + 1;
		r->late = false;
	}
	if (rotating(r) && r->slice_ms)
		next_turn(r);
	r->slice_ms = now_ms;
	if (!r->began_ms) {
		r->began_ms = r->rate_ms = now_ms;
		r->phase = RUN_FUZZING;
	}
}

/* Stops who has had its turn, starts who is at work now. */
static int assign(struct run *r, struct err *e)
{
	uint32_t running = 0, jobs = r->campaign->config.jobs;

	for (uint32_t n = 0; n < r->count; n++) {
		struct instance *i = &r->instances[n];

		if (i->state == INSTANCE_RUNNING && (i->batch != r->current || !at_work(r, n)))
			instance_stop(i, false);
		running += i->state != INSTANCE_IDLE;
	}
	for (uint32_t n = 0; n < r->count && running < jobs; n++) {
		struct instance *i = &r->instances[n];

		if (i->state != INSTANCE_IDLE || !at_work(r, n))
			continue;
		prepared_drop(i->batch);
		i->batch = prepared_use(r->current);
		i->slots = r->current->batches[i->lane_index].count;
		if (instance_start(i, &r->current->builds[i->lane_index], e) < 0)
			return -1;
		running++;
	}
	return 0;
}

static int tend(struct run *r, int64_t now_ms, struct err *e)
{
	for (uint32_t n = 0; n < r->count; n++) {
		struct instance *i = &r->instances[n];
		int wait_status;

		if (i->pid && waitpid(i->pid, &wait_status, WNOHANG) == i->pid &&
		    instance_exited(i, wait_status, now_ms, e) < 0)
			return -1;
		if (instance_tick(i, now_ms, e) < 0)
			return -1;
	}
	return 0;
}

static void stop_all(struct run *r, bool now, int64_t now_ms)
{
	for (uint32_t n = 0; n < r->count; n++)
		instance_stop(&r->instances[n], now);
	job_kill(&r->line.job);
	if (r->phase < RUN_STOPPING) {
		r->phase = RUN_STOPPING;
		r->ended_ms = now_ms;
	}
}

/* Is every case of the batch muted, whoever runs it? */
static bool spent(const struct run *r)
{
	bool running = false;

	for (uint32_t n = 0; n < r->count; n++) {
		const struct instance *i = &r->instances[n];

		if (i->state == INSTANCE_IDLE)
			continue;
		if (i->batch != r->current || !instance_spent(i))
			return false;
		running = true;
	}
	return running;
}

static int fuzz(struct run *r, int64_t now_ms, struct err *e)
{
	const struct config *c = &r->campaign->config;
	bool over = r->phase == RUN_FUZZING && now_ms - r->slice_ms >= c->batch_time_ms;
	int ready = 0;

	if (r->phase == RUN_BUILDING || !config_fixed(c))
		ready = batchline_poll(&r->line, e);
	if (ready < 0)
		return -1;
	if (over && !ready && !config_fixed(c) && !r->late) {
		r->late = true;
		r->late_batches++;
	}
	if (over ? ready || rotating(r) : ready && (r->phase == RUN_BUILDING || spent(r)))
		take_batch(r, now_ms);
	if (r->phase != RUN_FUZZING)
		return 0;
	if (now_ms - r->began_ms >= c->time_ms) {
		stop_all(r, false, now_ms);
		return 0;
	}
	return assign(r, e);
}

static bool all_idle(const struct run *r)
{
	for (uint32_t n = 0; n < r->count; n++)
		if (r->instances[n].state != INSTANCE_IDLE)
			return false;
	return true;
}

/* Engines have ended: whatever happened, everything found is a bundle now. */
static int stopped(struct run *r, enum supervise_stop stop, struct err *e)
{
	if (stop == SUPERVISE_NOW || r->failure.status) {
		r->phase = RUN_DONE;
		return 0;
	}
	r->phase = RUN_JUDGING;
	return run_judge_start(r, e);
}

static int step(struct run *r, int64_t now_ms, enum supervise_stop stop, struct err *e)
{
	if (r->phase <= RUN_STOPPING && tend(r, now_ms, e) < 0)
		return -1;
	if (stop != SUPERVISE_GO_ON && r->phase < RUN_STOPPING)
		stop_all(r, false, now_ms);
	if (stop == SUPERVISE_NOW && r->phase == RUN_STOPPING)
		stop_all(r, true, now_ms);
	if (r->phase < RUN_STOPPING && fuzz(r, now_ms, e) < 0)
		return -1;
	if (r->phase == RUN_STOPPING && all_idle(r) && stopped(r, stop, e) < 0)
		return -1;
	if (r->phase == RUN_JUDGING) {
		int rc = stop == SUPERVISE_NOW ? 1 : run_judge_poll(r, e);

		if (rc < 0)
			return -1;
		if (rc)
			r->phase = RUN_DONE;
	}
	return 0;
}

/* The first failure ends the engines; one that happens while they end, the run. */
static int fail(struct run *r, const struct err *why, int64_t now_ms)
{
	bool first = r->failure.status == 0;

	if (first)
		r->failure = *why;
	if (!first || r->phase > RUN_STOPPING)
		return -1;
	stop_all(r, true, now_ms);
	return 0;
}

static int tick(void *ctx, int64_t now_ms, enum supervise_stop stop, struct err *e)
{
	struct run *r = ctx;
	struct err why = ERR_INIT;

	if (step(r, now_ms, stop, &why) < 0 && fail(r, &why, now_ms) < 0) {
		*e = why;
		return -1;
	}
	if (r->phase <= RUN_STOPPING) {
		run_judge_live(r, now_ms);
		differ_tick(r, now_ms);
		run_sum(r, now_ms);
		run_show(r, now_ms);
		if (run_save(r, now_ms, false, &why) < 0 && fail(r, &why, now_ms) < 0)
			return -1;
	}
	return r->phase == RUN_DONE;
}

static void run_release(struct run *r)
{
	for (uint32_t n = 0; n < r->count; n++) {
		struct prepared *batch = r->instances[n].batch;

		instance_release(&r->instances[n]);
		prepared_drop(batch);
	}
	differ_release(r);
	batchline_release(&r->line);
	job_release(&r->triage);
	prepared_drop(r->current);
	status_release(&r->earlier);
	stacks_release(&r->stacks);
	free(r->instances);
	free(r->tools);
}

static int count_bundle(const char *name, void *ctx)
{
	*(uint64_t *)ctx += name[0] != '.';
	return 0;
}

/* A run that was killed may have written more bundles than it could still say. */
static uint64_t count_spool(const struct campaign *c)
{
	char *spool = campaign_path(c, "spool");
	struct err none = ERR_INIT;
	uint64_t n = 0;

	dir_each(spool, count_bundle, &n, &none);
	free(spool);
	return n;
}

static int run_all(struct run *r, struct outcome *o, struct err *e)
{
	struct triage_options options = { .known_issues = r->known_issues };
	struct err none = ERR_INIT;
	int rc;

	r->earlier.bundles = count_spool(r->campaign);
	rc = recover(r->campaign, run_record, r, e);
	if (rc == 0)
		rc = run_make_instances(r, e);
	if (rc < 0)
		return -1;
	batchline_init(&r->line, &r->campaign->config, r->campaign->dir,
		       (uint32_t)r->earlier.next_batch);
	rc = supervise(tick, r, e);
	log_status_end();
	if (r->failure.status) {
		*e = r->failure;
		rc = -1;
	}
	o->ran_ms = r->began_ms ? r->ended_ms - r->began_ms : 0;
	o->interrupted = r->ended_ms && !r->failure.status && o->ran_ms < r->campaign->config.time_ms;
	/* the verdicts are in the database by now; faults found before a failure count too */
	o->judged = triage_run(r->campaign->dir, &options, &o->triage, rc == 0 ? e : &none) == 0;
	if (o->judged) {
		r->status.clusters = o->triage.cluster_count;
		r->status.fresh = o->triage.fresh;
	} else {
		rc = -1;
	}
	if (rc == 0 && r->status.executions == r->earlier.executions)
		rc = err_set(e, EXIT_ENVIRON, "no plan was run%s",
			     o->interrupted ? ": stopped before the first" : "");
	return rc;
}

/* What earlier runs counted. A file that cannot be read costs the counts, nothing else. */
static void take_earlier(struct run *r)
{
	struct err why = ERR_INIT, none = ERR_INIT;
	char *path = campaign_path(r->campaign, "status.json");

	if (status_read(&r->earlier, r->campaign->dir, &why) < 0) {
		if (quarantine_move(r->campaign->dir, path, why.msg, &none) == 0)
			log_warn("%s; moved to quarantine, counts begin again", why.msg);
		status_release(&r->earlier);
	}
	if (stacks_read(&r->stacks, r->campaign->dir, &none) < 0)
		log_warn("%s; marks of stacks begin again", none.msg);
	free(path);
	r->status.next_batch = r->earlier.next_batch;
	r->status.clusters = r->earlier.clusters;
	r->status.fresh = r->earlier.fresh;
	r->rate_executions = r->earlier.executions;
	r->rate_crossings = r->earlier.crossings;
}

/* The last word: how it ended, and if it failed, why. */
static int finish(struct run *r, int rc, struct err *e)
{
	struct err none = ERR_INIT;

	r->phase = RUN_DONE;
	run_sum(r, clock_ms());
	r->status.state = rc == 0 ? "ended" : "failed";
	r->status.reason = rc == 0 ? NULL : xstrdup(e->msg);
	if (run_save(r, clock_ms(), true, rc == 0 ? e : &none) == 0)
		return rc;
	if (rc == 0) {
		r->status.state = "failed";
		r->status.reason = xstrdup(e->msg);
	}
	return -1;
}

int run_campaign(struct campaign *c, const char *known_issues, struct outcome *o, struct err *e)
{
	struct run r = { .campaign = c,
			 .known_issues = known_issues,
			 .triage = JOB_INIT,
			 .differing = { .job = JOB_INIT } };
	int rc;

	*o = (struct outcome){ 0 };
	take_earlier(&r);
	r.status.state = "running";
	r.line.job = (struct job)JOB_INIT;
	rc = finish(&r, run_all(&r, o, e), e);
	o->status = r.status;
	run_release(&r);
	return rc;
}

void outcome_release(struct outcome *o)
{
	status_release(&o->status);
	triage_result_release(&o->triage);
}
