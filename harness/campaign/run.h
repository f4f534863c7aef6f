/* run.h: campaign. One run of a campaign, from the first batch to the verdict. */
#ifndef CAMPAIGN_RUN_H
#define CAMPAIGN_RUN_H

#include "campaign/batchline.h"
#include "campaign/campaign.h"
#include "campaign/differ.h"
#include "campaign/instance.h"
#include "campaign/stacks.h"
#include "campaign/status.h"
#include "campaign/supervise.h"
#include "triage/triage.h"

enum run_phase {
	RUN_BUILDING, /* the first batch */
	RUN_FUZZING,
	RUN_STOPPING, /* engines end */
	RUN_JUDGING, /* clusters are verified, in a child */
	RUN_DONE,
};

struct run {
	struct campaign *campaign;
	const char *known_issues; /* for triage; NULL: the default file */
	enum run_phase phase;
	struct toolchain *tools; /* by lane */
	struct instance *instances;
	uint32_t count;
	struct batchline line;
	struct prepared *current;
	uint32_t first; /* the first instance at work, when there are fewer jobs than instances */
	int64_t began_ms, slice_ms, ended_ms; /* fuzzing began, slice began, fuzzing ended */
	struct status earlier, status; /* earlier runs; with this one */
	uint64_t batches, cases, late_batches, kept, recorded;
	bool late; /* the next batch is overdue */
	struct err failure; /* why the run ends early; status 0: it does not */
	/* clustering now and then, and at the end */
	struct job triage;
	uint64_t triaged; /* value of recorded when the last one started */
	int64_t triage_ms;
	struct differing differing;
	struct stack_uses stacks; /* of all runs */
	/* for the live line */
	int64_t rate_ms, shown_ms, written_ms;
	uint64_t rate_executions, rate_crossings;
	double exec_per_s, crossings_per_s;
};

struct outcome {
	struct status status;
	struct triage_result triage;
	bool judged; /* triage has run to its end */
	bool interrupted;
	int64_t ran_ms; /* this run's fuzzing; status has the campaign's */
};

/* Fuzzes for the configured time. -1 and e: the environment failed; the outcome is valid in any case,
 * what was found is in spool/. */
int run_campaign(struct campaign *c, const char *known_issues, struct outcome *o, struct err *e);
void outcome_release(struct outcome *o);

/* run_instances.c: one for each lane and engine; a recorder file (ctx: the run) becomes a bundle. */
int run_make_instances(struct run *r, struct err *e);
int run_record(void *ctx, struct instance *i, const char *rec_path, struct err *e);
/* run_status.c: sums, the live line, status.json. */
void run_sum(struct run *r, int64_t now_ms);
void run_show(struct run *r, int64_t now_ms);
int run_save(struct run *r, int64_t now_ms, bool last, struct err *e);
/* run_judge.c: clustering in a child. live: count only, and never why a run ends. */
void run_judge_live(struct run *r, int64_t now_ms);
int run_judge_start(struct run *r, struct err *e);
int run_judge_poll(struct run *r, struct err *e); /* 1: done */

/* summary.c: what ran, what was found, what to type next; and the same as JSON. */
void summary_print(const struct campaign *c, const struct outcome *o, struct buf *out);
json_t *summary_to_json(const struct campaign *c, const struct outcome *o);

#endif
