/* run_status.c: campaign. Sums over the instances, the live line, status.json. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/proc.h"
#include "campaign/run.h"

#define RATE_MS 2000
#define SHOW_MS 250
#define SAVE_MS 2000

static struct status_lane *lane_of(struct status *s, const struct instance *i)
{
	struct status_lane *l;

	for (uint32_t k = 0; k < s->lane_count; k++)
		if (s->lanes[k].engine == i->ops->name && strcmp(s->lanes[k].lane, i->lane->name) == 0)
			return &s->lanes[k];
	s->lanes = xrealloc(s->lanes, (s->lane_count + 1) * sizeof(*s->lanes));
	l = &s->lanes[s->lane_count++];
	*l = (struct status_lane){ .lane = xstrdup(i->lane->name),
				   .engine = i->ops->name,
				   .state = "idle" };
	return l;
}

static void add_instance(struct status *s, const struct instance *i, int64_t now_ms)
{
	struct status_lane *l = lane_of(s, i);

	s->executions += i->executions;
	s->crossings += i->crossings;
	l->executions += i->executions;
	l->crossings += i->crossings;
	l->run_ms += i->run_ms + (i->pid ? (uint64_t)(now_ms - i->started_ms) : 0);
	l->turbulent_executions += i->turbulent_executions;
	l->turbulent_crossings += i->turbulent_crossings;
	l->turbulent_ms +=
		i->turbulent_ms + (i->pid && i->turbulent ? (uint64_t)(now_ms - i->started_ms) : 0);
	l->capped += i->capped;
#define DIVERGENCE(id, name, source) l->diverged_##id += i->diverged[CGOFUZZ_DIVERGENCE_##id];
#include "guest/divergence.def"
#undef DIVERGENCE
	l->restarts += i->guest_restarts;
	l->muted += i->muted;
	l->lumped += i->lumped;
	if (i->pid)
		l->state = "running";
	if (i->edges > l->edges)
		l->edges = i->edges;
	if (i->features > l->features)
		l->features = i->features;
	if (i->stability_percent > 0)
		l->stability_percent = i->stability_percent;
}

void run_sum(struct run *r, int64_t now_ms)
{
	struct status *s = &r->status;

	for (uint32_t k = 0; k < s->lane_count; k++) {
		free(s->lanes[k].lane);
		s->lanes[k] = (struct status_lane){ 0 };
	}
	s->lane_count = 0;
	s->executions = s->crossings = 0;
	for (uint32_t n = 0; n < r->count; n++)
		add_instance(s, &r->instances[n], now_ms);
	s->batches = r->batches;
	s->cases = r->cases;
	s->late_batches = r->late_batches;
	s->compared = r->differing.compared;
	s->differences = r->differing.differences;
	s->incomparable = r->differing.incomparable;
	s->cliffs = r->differing.cliffs;
	s->short_stacks = stacks_short(&r->stacks);
	s->elapsed_ms = !r->began_ms ? 0 : (r->ended_ms ? r->ended_ms : now_ms) - r->began_ms;
	status_add(s, &r->earlier);
	s->bundles = r->earlier.bundles + r->kept;
	if (r->phase >= RUN_STOPPING)
		for (uint32_t k = 0; k < s->lane_count; k++)
			s->lanes[k].state = "ended";
}

static void take_rates(struct run *r, int64_t now_ms)
{
	double s = (double)(now_ms - r->rate_ms) / 1000;

	if (!r->began_ms || now_ms - r->rate_ms < RATE_MS)
		return;
	r->exec_per_s = (double)(r->status.executions - r->rate_executions) / s;
	r->crossings_per_s = (double)(r->status.crossings - r->rate_crossings) / s;
	r->rate_ms = now_ms;
	r->rate_executions = r->status.executions;
	r->rate_crossings = r->status.crossings;
	for (uint32_t n = 0; n < r->count; n++)
		if (r->instances[n].state == INSTANCE_RUNNING)
			r->instances[n].ops->look(&r->instances[n]);
}

/* How fast, or that nothing is left to cross until the next batch. */
static void show_rate(const struct run *r, struct buf *line)
{
	uint32_t muted = 0, cases = 0;

	for (uint32_t n = 0; n < r->count; n++)
		if (r->instances[n].state == INSTANCE_RUNNING) {
			muted += r->instances[n].muted_now;
			cases += r->instances[n].build.built;
		}
	if (!muted || muted < cases) {
		status_count(line, r->crossings_per_s);
		buf_addstr(line, " crossings/s  ");
		status_count(line, r->exec_per_s);
		buf_addstr(line, " exec/s  ");
	}
	if (muted)
		buf_addf(line, "%u of %u cases muted  ", muted, cases);
}

void run_show(struct run *r, int64_t now_ms)
{
	const struct status *s = &r->status;
	uint64_t edges = 0, features = 0;
	struct buf line = BUF_INIT;

	take_rates(r, now_ms);
	if (now_ms - r->shown_ms < SHOW_MS || r->phase >= RUN_STOPPING)
		return;
	r->shown_ms = now_ms;
	for (uint32_t k = 0; k < s->lane_count; k++) {
		edges += s->lanes[k].edges;
		features += s->lanes[k].features;
	}
	status_time(&line, s->elapsed_ms);
	if (r->phase == RUN_BUILDING) {
		buf_addstr(&line, "  building the first batch");
	} else {
		buf_addf(&line, "  %llu batches, %llu cases  ", (unsigned long long)s->batches,
			 (unsigned long long)s->cases);
		show_rate(r, &line);
		buf_addf(&line, "cov %llu/%llu  %llu bundles, %llu clusters",
			 (unsigned long long)edges, (unsigned long long)features,
			 (unsigned long long)s->bundles, (unsigned long long)s->clusters);
	}
	log_status("%s", line.ptr);
	buf_release(&line);
}

/* What guests at work have marked so far. */
static void take_stacks(struct run *r)
{
	for (uint32_t n = 0; n < r->count; n++) {
		const struct instance *i = &r->instances[n];

		if (i->pid && i->turbulent && i->batch)
			stacks_take(&r->stacks, i->lane->name, i->rec,
				    &i->batch->batches[i->lane_index]);
	}
}

int run_save(struct run *r, int64_t now_ms, bool last, struct err *e)
{
	if (!last && now_ms - r->written_ms < SAVE_MS)
		return 0;
	r->written_ms = now_ms;
	take_stacks(r);
	if (r->stacks.changed && stacks_write(&r->stacks, r->campaign->dir, e) < 0)
		return -1;
	return status_write(&r->status, r->campaign->dir, e);
}
