/* run_judge.c: campaign. Clustering, in a child: now and then for the live line, at the end with
 * replays. The database keeps what it found out. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "campaign/run.h"

#define LIVE_MS 5000
#define TRIES 3
#define LIVE_NICE 5

static int count_in_child(void *ctx, struct buf *out, struct err *e)
{
	const struct run *r = ctx;
	struct triage_options o = { .known_issues = r->known_issues };
	struct triage_result result = { 0 };
	int rc = triage_run(r->campaign->dir, &o, &result, e);

	if (rc == 0)
		buf_addf(out, "%" PRIu32, result.cluster_count);
	triage_result_release(&result);
	return rc;
}

static int verify_in_child(void *ctx, struct buf *out, struct err *e)
{
	const struct run *r = ctx;
	struct triage_options o = { .verify = true, .known_issues = r->known_issues, .tries = TRIES };
	struct triage_result result = { 0 };
	int rc = triage_run(r->campaign->dir, &o, &result, e);

	(void)out;
	triage_result_release(&result);
	return rc;
}

/* What cannot be counted now will be said at the end. */
void run_judge_live(struct run *r, int64_t now_ms)
{
	struct err e = ERR_INIT;
	int rc = 0;

	if (job_running(&r->triage)) {
		rc = job_poll(&r->triage, &e);
		if (rc > 0)
			r->status.clusters = strtoull(r->triage.answer.ptr, NULL, 10);
	} else if (r->recorded != r->triaged && now_ms - r->triage_ms >= LIVE_MS &&
		   r->phase == RUN_FUZZING) {
		r->triage_ms = now_ms;
		r->triaged = r->recorded;
		rc = job_start(&r->triage, count_in_child, r, LIVE_NICE, &e);
	}
	if (rc < 0)
		log_detail("clustering: %s", e.msg);
}

int run_judge_start(struct run *r, struct err *e)
{
	job_kill(&r->triage);
	if (r->kept + r->earlier.bundles == 0)
		return 0;
	log_status_end();
	log_say("Replaying what was found, on the fast and on the reference path ...");
	return job_start(&r->triage, verify_in_child, r, 0, e);
}

int run_judge_poll(struct run *r, struct err *e)
{
	if (!job_running(&r->triage))
		return 1;
	return job_poll(&r->triage, e);
}
