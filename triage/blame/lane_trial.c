/* lane_trial.c: triage/blame. A bundle's plan in another lane: built, run, and what was seen. */
#include "triage/blame/lane_trial.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/job.h"
#include "model/plan_text.h"
#include "triage/reduce/stage.h"
#include "triage/reduce/steps.h"
#include "triage/replay.h"

#define MAX_JOBS 64
#define LOOK_US 5000

static int note_slots(const struct bundle *b, const char *name, bool *used, struct err *e)
{
	char *path = xasprintf("%s/%s", b->dir, name);
	struct buf bytes = BUF_INIT;
	struct plan plan = { 0 };
	struct steps s;
	int rc = file_read(path, sizeof(plan.bytes), &bytes, e);

	if (rc == 0) {
		plan.len = (uint32_t)bytes.len;
		memcpy(plan.bytes, bytes.ptr, bytes.len);
		steps_read(&s, &plan);
		for (uint32_t i = 0; i < s.count; i++)
			if (!steps_is_turbulence(&s, i))
				used[steps_crossing(&s, i).slot % b->slots] = true;
	}
	buf_release(&bytes);
	free(path);
	return rc;
}

/* Exhibits of another architecture would not link, and what is not needed need not be compiled. */
static int leave_out(struct lane_trials *t, struct err *e)
{
	const struct bundle *b = t->b;
	bool used[CGOFUZZ_MAX_SLOTS] = { false };
	int rc = note_slots(b, "plan", used, e);

	used[b->rec->fault.slot] = true;
	for (uint32_t i = 0; i < b->earlier_count && rc == 0; i++) {
		char name[32];

		snprintf(name, sizeof(name), "earlier-%u", i);
		rc = note_slots(b, name, used, e);
	}
	for (uint32_t i = 0; i < t->batch.count && rc == 0; i++) {
		struct batch_slot *slot = &t->batch.slots[i];

		if (used[i])
			continue;
		case_release(&slot->c);
		slot->row = NULL;
		rc = case_parse(&slot->c, "void f(void)", 12, "case", e);
	}
	return rc;
}

int lane_trials_open(struct lane_trials *t, const struct bundle *b, struct err *e)
{
	char *path = bundle_build_file(b, "cases");
	int rc = batch_load(&t->batch, path, e);

	free(path);
	t->b = b;
	if (rc == 0 && t->batch.count != b->slots)
		rc = err_set(e, EXIT_ENVIRON, "%s: its build has %u cases, not %u", b->name,
			     t->batch.count, b->slots);
	if (rc == 0)
		rc = leave_out(t, e);
	if (rc == 0)
		batch_rename(&t->batch);
	return rc;
}

void lane_trials_release(struct lane_trials *t)
{
	batch_release(&t->batch);
}

/* What is run: as if the bundle had been found there. */
static void dress(struct bundle *again, const struct lane_trials *t, const struct lane *lane,
		  const struct build *build)
{
	*again = *t->b;
	again->rec = xmalloc(sizeof(*again->rec));
	memcpy(again->rec, t->b->rec, sizeof(*again->rec));
	again->rec->arch = (uint32_t)lane->arch->id;
	for (unsigned i = 0; i < CGOFUZZ_MAX_SLOTS / 64; i++)
		again->rec->muted[i] = 0;
	memcpy(again->lane, lane->name, sizeof(again->lane));
	memcpy(again->build_id, build->id, sizeof(again->build_id));
	again->exe = xasprintf("%s/fuzz-%s", build->dir, t->b->engine);
	if (!t->with_earlier)
		again->earlier_count = 0;
}

/* The first other signature that the runs have named. */
static void add_other(const struct buf *text, struct buf *out)
{
	const char *at = strstr(text->ptr, "other: ");

	if (at)
		buf_add(out, at + 7, strcspn(at + 7, "\n"));
}

/* The tool's message about a slot that could not be built; false: it was. */
static bool was_left_out(const struct build *build, uint32_t slot, struct buf *why)
{
	char *path = xasprintf("%s/unbuildable", build->dir);
	struct buf text = BUF_INIT;
	struct err ignored = ERR_INIT;
	size_t at = 0, len;
	const char *line;
	bool found = false;

	file_read(path, 0, &text, &ignored);
	while (!found && (line = buf_line(&text, &at, &len))) {
		const char *tab = memchr(line, '\t', len);

		found = tab && strtoul(line, NULL, 10) == slot;
		if (found)
			buf_add(why, tab + 1, len - (size_t)(tab + 1 - line));
	}
	buf_release(&text);
	free(path);
	return found;
}

struct answer {
	enum lane_verdict verdict;
	int same;
	struct buf signature, why;
};

static int run(const struct lane_trials *t, const struct lane *lane, const struct build *build,
	       struct answer *a)
{
	const struct replay_how how = { .wanted = t->wanted, .tries = t->tries };
	struct buf text = BUF_INIT;
	struct bundle again;
	struct err e = ERR_INIT;
	struct replay r;
	int rc;

	dress(&again, t, lane, build);
	rc = replay_again(&r, &again, &how, &text, &e);
	a->same = r.same;
	buf_add(&a->signature, r.signature.ptr, r.signature.len);
	if (!r.same)
		add_other(&text, &a->signature);
	a->verdict = r.same == r.tries ? LANE_SAME
		: r.same	       ? LANE_FLAKY
		: a->signature.len     ? LANE_OTHER
				       : LANE_CLEAN;
	if (rc < 0) {
		a->verdict = LANE_NOT_HERE;
		buf_addstr(&a->why, e.msg);
	}
	replay_release(&r);
	buf_release(&text);
	free(again.exe);
	free(again.rec);
	return 0;
}

/* Settings matter when it runs, not when it is built. An exhibit is of some architectures. */
static void try_lane(const struct lane_trials *t, const struct lane *lane, struct answer *a)
{
	const uint32_t slot = t->b->rec->fault.slot;
	const struct target_case *row = t->batch.slots[slot].row;
	struct err e = ERR_INIT;
	struct toolchain tools;
	struct build build = { .hold = -1 };
	struct lane plain;

	a->verdict = LANE_NOT_HERE;
	if (component_change(&plain, lane, COMPONENT_SETTINGS, "", &e) < 0 ||
	    toolchain_resolve(&tools, lane, &e) < 0) {
		buf_addstr(&a->why, e.msg);
		return;
	}
	a->verdict = LANE_UNBUILDABLE;
	if (row && !(row->archs >> lane->arch->id & 1))
		buf_addf(&a->why, "%s is no exhibit of %s", row->name, lane->arch->name);
	else if (build_batch_any(&build, &t->batch, &plain, 1u << stage_engine(t->b), 0, &e) < 0)
		buf_addstr(&a->why, e.msg);
	else if (!was_left_out(&build, slot, &a->why))
		run(t, lane, &build, a);
	build_release(&build);
}

struct trial {
	struct job job;
	const struct lane_trials *t;
	struct blame_lane *lane;
};

/* Numbers, then two texts, each behind a newline: neither has one in it. */
static int in_child(void *ctx, struct buf *out, struct err *e)
{
	struct trial *x = ctx;
	struct answer a = { .signature = BUF_INIT, .why = BUF_INIT };

	(void)e;
	try_lane(x->t, &x->lane->lane, &a);
	for (size_t i = 0; i < a.why.len; i++)
		if (a.why.ptr[i] == '\n')
			a.why.ptr[i] = ' ';
	buf_addf(out, "%d %d\n%s\n%.2000s", (int)a.verdict, a.same, a.signature.ptr, a.why.ptr);
	buf_release(&a.signature);
	buf_release(&a.why);
	return 0;
}

static void take(struct blame_lane *l, const struct buf *answer, int tries)
{
	size_t at = 0, len;
	const char *line = buf_line(answer, &at, &len);
	char *end;

	l->verdict = line ? (enum lane_verdict)strtoul(line, &end, 10) : LANE_NOT_HERE;
	l->same = line ? (int)strtol(end, NULL, 10) : 0;
	l->tries = tries;
	BUG_ON(l->verdict >= LANE_VERDICTS);
	if (line && (line = buf_line(answer, &at, &len)) && len)
		l->signature = xasprintf("%.*s", (int)len, line);
	if (line && (line = buf_line(answer, &at, &len)) && len)
		l->why = xasprintf("%.*s", (int)len, line);
}

int lane_trials_run(const struct lane_trials *t, struct blame_lane *lanes, uint32_t count,
		    struct err *e)
{
	struct trial slots[MAX_JOBS];
	uint32_t next = 0;
	int rc = 0, busy = 1;

	for (int k = 0; k < MAX_JOBS; k++)
		slots[k] = (struct trial){ .job = JOB_INIT, .t = t };
	while (rc == 0 && (busy || next < count)) {
		busy = 0;
		for (int k = 0; k < t->jobs && k < MAX_JOBS && rc == 0; k++) {
			struct trial *x = &slots[k];
			int done = job_running(&x->job) ? job_poll(&x->job, e) : 0;

			if (done > 0)
				take(x->lane, &x->job.answer, t->tries);
			rc = done < 0 ? -1 : 0;
			if (rc == 0 && !job_running(&x->job) && next < count) {
				x->lane = &lanes[next++];
				rc = job_start(&x->job, in_child, x, 0, e);
			}
			busy |= job_running(&x->job);
		}
		usleep(LOOK_US);
	}
	for (int k = 0; k < MAX_JOBS; k++)
		job_release(&slots[k].job);
	return rc;
}
