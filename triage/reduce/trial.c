/* trial.c: triage/reduce. Candidates in processes side by side, and what came of them. */
#include "triage/reduce/trial.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/job.h"
#include "base/proc.h"
#include "triage/replay.h"

#define MAX_JOBS 64
#define LOOK_US 2000

static int write_plan(const char *dir, const char *name, const struct plan *plan, struct err *e)
{
	char *path = xasprintf("%s/%s", dir, name);
	int rc = file_write(path, plan->bytes, plan->len, e);

	free(path);
	return rc;
}

/* The plans as files, and the bundle as if it had them. */
static int dress(struct bundle *again, const struct stage *s, const struct point *p, char *dir,
		 struct err *e)
{
	struct cgofuzz_recorder *rec = again->rec;
	struct plan plan = { 0 };
	int rc = dir_make(dir, e);

	for (uint32_t i = 0; i < p->plan_count && rc == 0; i++) {
		char name[32] = "plan";

		if (i + 1 < p->plan_count)
			snprintf(name, sizeof(name), "earlier-%u", i);
		stage_plan(s, p, p->plans[i], &plan);
		rc = write_plan(dir, name, &plan, e);
	}
	memcpy(rec->plan, plan.bytes, plan.len);
	rec->plan_len = plan.len;
	rec->fault.slot = stage_slot(s, p);
	for (unsigned i = 0; i < CGOFUZZ_MAX_SLOTS / 64 && s->build.dir; i++)
		rec->muted[i] = 0;
	again->slots = s->slots;
	again->earlier_count = p->plan_count - 1;
	again->exe = s->exe;
	memcpy(again->build_id, s->build_id, sizeof(again->build_id));
	if (p->case_count)
		again->case_text = p->cases[0];
	if (!replay_compares(again)) /* whose executables are where the bundle is */
		again->dir = dir;
	return rc;
}

int trials_confirm(const struct trials *t, const struct stage *s, const struct point *p, int tries,
		   const char *keep, struct buf *text, int *same, struct err *e)
{
	char *dir = xasprintf("%s/confirm-%ld", t->temp, (long)getpid());
	struct replay_how how = { t->wanted, keep, tries, t->side };
	struct bundle again = *t->b;
	struct err ignored = ERR_INIT;
	struct replay r;
	int rc;

	again.rec = xmalloc(sizeof(*again.rec));
	memcpy(again.rec, t->b->rec, sizeof(*again.rec));
	rc = dress(&again, s, p, dir, e);
	if (rc == 0) {
		rc = replay_again(&r, &again, &how, text, e);
		*same = r.same;
		replay_release(&r);
	}
	dir_remove(dir, &ignored);
	free(again.rec);
	free(dir);
	return rc;
}

/* One candidate, in a child. */
struct trial {
	struct job job;
	const struct trials *t;
	const struct stage *s;
	const struct point *p;
	uint32_t index;
	char key[HASH_HEX_LEN + 1];
};

static int try_one(void *ctx, struct buf *out, struct err *e)
{
	struct trial *x = ctx;
	struct buf text = BUF_INIT;
	int same = 0, rc;

	setenv("TMPDIR", x->t->temp, 1); /* of a child that is killed nothing stays */
	rc = trials_confirm(x->t, x->s, x->p, x->t->tries, NULL, &text, &same, e);
	buf_addch(out, same >= x->t->need ? '1' : '0');
	buf_release(&text);
	return rc;
}

struct round {
	struct trials *t;
	const struct point_list *l;
	struct trial slots[MAX_JOBS];
	bool *yes, *known, all;
	uint32_t next; /* to be started */
};

/* Is there one before i of which it is known that it shows it? Then i does not matter. */
static bool is_moot(const struct round *r, uint32_t i)
{
	for (uint32_t k = 0; k < i && !r->all; k++)
		if (r->yes[k])
			return true;
	return false;
}

static int start_next(struct round *r, struct trial *x, const struct stage *s, struct err *e)
{
	while (r->next < r->l->count && !is_moot(r, r->next)) {
		uint32_t i = r->next++;
		int before;

		point_hash(&r->l->points[i], x->key);
		before = journal_find(&r->t->journal, x->key);
		if (before < 0 && r->t->deadline && clock_ms() > r->t->deadline)
			r->t->over = true;
		r->known[i] = before >= 0 || r->t->over;
		r->yes[i] = before > 0;
		if (r->known[i])
			continue;
		x->t = r->t;
		x->s = s;
		x->p = &r->l->points[i];
		x->index = i;
		r->t->runs++;
		return job_start(&x->job, try_one, x, 0, e);
	}
	return 0;
}

static int poll_one(struct round *r, struct trial *x, struct err *e)
{
	int rc = job_poll(&x->job, e);

	if (rc <= 0)
		return rc;
	r->known[x->index] = true;
	r->yes[x->index] = x->job.answer.len && x->job.answer.ptr[0] == '1';
	return journal_add(&r->t->journal, x->key, r->yes[x->index], e);
}

/* 1: some are under way. */
static int turn(struct round *r, const struct stage *s, struct err *e)
{
	int busy = 0;

	for (int k = 0; k < r->t->jobs && k < MAX_JOBS; k++) {
		struct trial *x = &r->slots[k];

		if (job_running(&x->job) && is_moot(r, x->index))
			job_kill(&x->job);
		if (job_running(&x->job) && poll_one(r, x, e) < 0)
			return -1;
		if (!job_running(&x->job) && start_next(r, x, s, e) < 0)
			return -1;
		busy |= job_running(&x->job);
	}
	return busy;
}

int trials_run(struct trials *t, const struct stage *s, const struct point_list *l, bool all,
	       bool *yes, struct err *e)
{
	struct round *r = xcalloc(1, sizeof(*r));
	int rc;

	r->t = t;
	r->l = l;
	r->all = all;
	r->yes = yes;
	r->known = xcalloc(l->count + 1, sizeof(*r->known));
	memset(yes, 0, l->count * sizeof(*yes));
	for (int k = 0; k < MAX_JOBS; k++)
		r->slots[k].job = (struct job)JOB_INIT;
	while ((rc = turn(r, s, e)) > 0)
		usleep(LOOK_US);
	for (int k = 0; k < MAX_JOBS; k++)
		job_release(&r->slots[k].job);
	free(r->known);
	free(r);
	return rc;
}
