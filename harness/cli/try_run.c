/* try_run.c: cli. Cases run now, one guest each; what it recorded becomes bundles of a campaign that
 * lives only as long. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/proc.h"
#include "cli/try_plans.h"
#include "triage/evidence.h"

#define DEADLINE_MS 60000

const char *const try_verdict_names[] = { "ok", "fault", "unbuildable", "timeout", "flaky" };

/* One lane under way. */
struct trial {
	const struct batch *batch;
	const struct lane *lane;
	struct toolchain tools;
	struct build build;
	const struct try_order *order;
	char *dir; /* temporary; holds plans, recorders and the short-lived campaign */
};

struct collecting {
	const struct trial *t;
	struct try_result *result;
	const struct fuzz_case *c;
	const char *dir; /* of the files that are walked */
	struct bundle_source source;
};

static bool same_fault(const struct try_fault *a, const struct try_fault *b)
{
	return !strcmp(a->signature, b->signature) && !strcmp(a->leaf, b->leaf) &&
		!strcmp(a->direction, b->direction);
}

static int add_bundle(const char *name, void *ctx)
{
	struct collecting *in = ctx;
	struct try_result *r = in->result;
	char *dir = xasprintf("%s/%s", in->dir, name);
	struct err e = ERR_INIT;
	struct try_fault fault;
	struct bundle b;
	uint32_t i = 0;

	if (*name != '.' && bundle_load(&b, dir, &e) == 0) {
		try_fault_words(&fault, &b, in->c);
		fault.facts = guilty_facts_of(&fault.record, in->source.stderr_text);
		while (i < r->fault_count && !same_fault(&fault, &r->faults[i]))
			i++;
		if (i < r->fault_count) {
			guilty_learn(&r->faults[i].facts, &r->faults[i].record, &fault.record);
			try_fault_release(&fault);
		} else {
			r->faults = xrealloc(r->faults, (r->fault_count + 1) * sizeof(*r->faults));
			r->faults[r->fault_count++] = fault;
		}
		bundle_release(&b);
	}
	free(dir);
	return 0;
}

static int add_record(const char *name, void *ctx)
{
	struct collecting *in = ctx;
	char *path = xasprintf("%s/%s", in->dir, name);
	struct err e = ERR_INIT;
	bool kept;

	if (strstr(name, ".rec"))
		bundle_write(&in->source, path, &kept, &e);
	free(path);
	return 0;
}

/* Files in pending/, and the recorder itself if the guest died in a plan. */
static int collect(const struct trial *t, const char *rec_dir, bool died, const char *said,
		   struct collecting *in, struct err *e)
{
	char *pending = xasprintf("%s/pending", rec_dir);
	char *recorder = xasprintf("%s/recorder", rec_dir);
	char *campaign = xasprintf("%s/campaign", rec_dir);
	char *spool = xasprintf("%s/spool", campaign);
	bool kept;
	int rc = dir_make(spool, e);

	in->source = (struct bundle_source){
		.campaign_dir = campaign,
		.build = &t->build,
		.lane = t->lane,
		.engine = ENGINE_LIBFUZZER,
		.target = t->batch->target->name,
		.batch = t->batch,
		.seed = t->order->seed,
		.stderr_text = said,
	};
	in->dir = pending;
	if (rc == 0)
		rc = dir_each(pending, add_record, in, e);
	if (rc == 0 && died)
		rc = bundle_write(&in->source, recorder, &kept, e);
	in->dir = spool;
	if (rc == 0)
		rc = dir_each(spool, add_bundle, in, e);
	free(pending);
	free(recorder);
	free(campaign);
	free(spool);
	return rc;
}

/* Each fault in the light of the others, then, where that is not enough, of two more runs. */
static int find_guilty(const struct trial *t, struct try_result *r, const struct fuzz_case *c,
		       struct err *e)
{
	char *exe = build_plain(&t->build);
	struct evidence_guest g = { exe,     ENGINE_COUNT, t->build.id,
				    t->lane, &t->tools,	   t->order->misuse };
	int rc = 0;

	for (uint32_t i = 0; i < r->fault_count; i++) {
		struct try_fault *f = &r->faults[i];

		for (uint32_t k = 0; k < r->fault_count; k++)
			if (k != i)
				guilty_learn(&f->facts, &f->record, &r->faults[k].record);
		if (rc == 0 && evidence_wanted(&f->record, &f->facts))
			rc = evidence_gather(&f->facts, &f->record, f->plan, f->plan_len, &g, e);
		guilty_judge(&f->guilty, &f->record, &f->facts, t->lane, c);
	}
	free(exe);
	return rc;
}

const struct try_fault *try_speaker(const struct try_result *r)
{
	for (uint32_t i = 0; i < r->fault_count; i++)
		if (r->faults[i].guilty.side != GUILTY_UNKNOWN)
			return &r->faults[i];
	return r->fault_count ? &r->faults[0] : NULL;
}

static char *last_words(const char *path)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;

	file_read(path, 0, &text, &e);
	buf_rtrim(&text);
	if (text.len > 4000) {
		char *tail = xstrdup(text.ptr + text.len - 4000);

		buf_release(&text);
		return tail;
	}
	return buf_detach(&text, NULL);
}

/* After the guest: did it get to a plan, did it die in one? */
static int judge(const struct trial *t, const char *rec_dir, const char *said,
		 const struct guest_result *g, struct collecting *in, struct err *e)
{
	struct cgofuzz_recorder *r = recorder_map(rec_dir, e);
	bool died, started;

	if (!r)
		return -1;
	started = r->starts || r->executions;
	died = r->state != CGOFUZZ_IDLE;
	if (died && r->fault.kind == CGOFUZZ_FAULT_NONE)
		r->fault.wait_status = g->wait_status;
	recorder_unmap(r);
	if (!started && !g->timed_out)
		return err_set(e, EXIT_ENVIRON,
			       "a guest of lane %s ended before its first plan (%s): %s",
			       t->lane->name, proc_describe(g->wait_status), said);
	in->result->crossings = g->crossings;
	if (collect(t, rec_dir, died && !g->timed_out, said, in, e) < 0)
		return -1;
	in->result->verdict = in->result->fault_count	     ? TRY_FAULT
		: g->timed_out || in->result->crossings == 0 ? TRY_TIMEOUT
							     : TRY_OK;
	if (in->result->verdict == TRY_TIMEOUT)
		in->result->detail = xstrdup(g->timed_out
						     ? "the budget ended before the plans did"
						     : "not one crossing took place, and no oracle "
						       "said why: nothing is known of this case");
	return find_guilty(t, in->result, in->c, e);
}

static int try_slot(const struct trial *t, uint32_t slot, struct try_result *result, struct err *e)
{
	char *paths[TRY_PLANS] = { NULL };
	char *rec_dir = xasprintf("%s/slot%u", t->dir, slot);
	char *stderr_path = xasprintf("%s/stderr", t->dir);
	char *exe = build_plain(&t->build), *said = NULL;
	struct guest_run run = { .exe = exe,
				 .engine = ENGINE_COUNT,
				 .plans = (const char *const *)paths,
				 .recorder_dir = rec_dir,
				 .stderr_path = stderr_path,
				 .deadline_ms = DEADLINE_MS,
				 .misuse = t->order->misuse };
	struct collecting in = { .t = t, .result = result, .c = &t->batch->slots[slot].c };
	struct guest_result g;
	int rc = try_plans_write(t->dir, t->order, t->batch, slot, paths, e);

	run.plan_count = rc < 0 ? 0 : (uint32_t)rc;
	if (rc > 0)
		rc = recorder_create(rec_dir, t->build.id, (int)t->lane->arch->id, e);
	if (rc == 0)
		rc = guest_run(&run, t->lane, &t->tools, &g, e);
	if (rc == 0) {
		said = last_words(stderr_path);
		rc = judge(t, rec_dir, said, &g, &in, e);
	}
	dir_remove(rec_dir, &(struct err)ERR_INIT);
	for (int i = 0; i < TRY_PLANS; i++)
		free(paths[i]);
	free(said);
	free(exe);
	free(stderr_path);
	free(rec_dir);
	return rc;
}

/* Lines "slot TAB message" of the build. */
static int take_unbuildable(const struct trial *t, struct try_result *results, struct err *e)
{
	char *path = xasprintf("%s/unbuildable", t->build.dir);
	struct buf text = BUF_INIT;
	char *line, *rest;
	int rc = file_read(path, 0, &text, e);

	rest = text.ptr;
	while (rc == 0 && (line = strsep(&rest, "\n"))) {
		char *tab = strchr(line, '\t');
		unsigned long slot = strtoul(line, NULL, 10);
		struct buf why = BUF_INIT;

		if (!tab || slot >= t->batch->count)
			continue;
		for (const char *p = tab + 1; *p; p++)
			if (*p == '\\' && p[1])
				buf_addch(&why, *++p == 'n' ? '\n' : *p);
			else
				buf_addch(&why, *p);
		results[slot].verdict = TRY_UNBUILDABLE;
		results[slot].detail = buf_detach(&why, NULL);
	}
	buf_release(&text);
	free(path);
	return rc;
}

static int make_dir(struct trial *t, struct err *e)
{
	const char *tmp = getenv("TMPDIR");

	t->dir = xasprintf("%s/cgofuzz-try-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (mkdtemp(t->dir))
		return 0;
	err_errno(e, EXIT_ENVIRON, "could not make a temporary directory like %s", t->dir);
	free(t->dir);
	t->dir = NULL;
	return -1;
}

/* which: only these slots, or NULL */
static int run_lane(struct trial *t, const bool *which, struct try_result *results, struct err *e)
{
	int rc = make_dir(t, e);

	if (rc < 0)
		return -1;
	rc = toolchain_resolve(&t->tools, t->lane, e);
	if (rc == 0)
		rc = build_batch_any(&t->build, t->batch, t->lane, BUILD_PLAIN, 0, e);
	if (rc == 0) {
		rc = take_unbuildable(t, results, e);
		for (uint32_t i = 0; i < t->batch->count && rc == 0; i++)
			if ((!which || which[i]) && results[i].verdict != TRY_UNBUILDABLE)
				rc = try_slot(t, i, &results[i], e);
		build_release(&t->build);
	}
	dir_remove(t->dir, &(struct err)ERR_INIT);
	free(t->dir);
	return rc;
}

static void weaken(struct try_result *r, const char *detail)
{
	r->verdict = TRY_FLAKY;
	free(r->detail);
	r->detail = xstrdup(detail);
}

/* What the direct path found is looked for on the reference path before it is believed. */
static int confirm(const struct trial *t, struct try_result *results, struct err *e)
{
	uint32_t n = t->batch->count;
	struct try_result *again = xcalloc(n, sizeof(*again));
	bool *which = xcalloc(n, sizeof(*which));
	struct trial other = { .batch = t->batch, .order = t->order };
	struct lane lane;
	bool any = false;
	int rc = 0;

	for (uint32_t i = 0; i < n; i++)
		any |= which[i] = results[i].verdict == TRY_FAULT;
	lane_reference(&lane, t->lane);
	other.lane = &lane;
	if (any)
		rc = run_lane(&other, which, again, e);
	for (uint32_t i = 0; i < n; i++) {
		if (rc == 0 && which[i] && again[i].verdict == TRY_OK)
			weaken(&results[i],
			       "seen on the direct path only; built by plain go build, the same "
			       "plans found nothing");
		try_result_release(&again[i]);
	}
	free(again);
	free(which);
	return rc < 0 ? err_prefix(e, "confirming by go build") : 0;
}

int try_lane(const struct batch *b, const bool *which, const struct lane *l,
	     const struct try_order *order, struct try_result *results, struct err *e)
{
	struct trial t = { .batch = b, .lane = l, .order = order };

	if (run_lane(&t, which, results, e) < 0)
		return -1;
	return l->reference ? 0 : confirm(&t, results, e);
}

void try_result_release(struct try_result *r)
{
	for (uint32_t i = 0; i < r->fault_count; i++)
		try_fault_release(&r->faults[i]);
	free(r->faults);
	free(r->detail);
	*r = (struct try_result){ 0 };
}
