/* reduce.c: triage/reduce. From a bundle to a smaller one: what is done in which order. */
#include "triage/reduce/reduce.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/proc.h"
#include "triage/reduce/simpler.h"
#include "triage/reduce/under_way.h"
#include "triage/replay.h"

#define REDUCE_VERSION 2 /* another version, other candidates: journals begin anew */

void under_way_take(struct under_way *u, const struct point *p)
{
	struct point copy;

	point_copy(&copy, p); /* p may lie in u->now */
	point_release(&u->now);
	u->now = copy;
	u->failed = UINT32_MAX;
	point_list_add(&u->history, &u->now);
}

/* What is not what it is made from; at: of the list, where each stood. */
static void list_others(const struct point_list *all, uint32_t from, const struct point *now,
			struct point_list *out, uint32_t *at)
{
	char mine[HASH_HEX_LEN + 1], other[HASH_HEX_LEN + 1];

	point_hash(now, mine);
	for (uint32_t i = from; i < all->count; i++) {
		point_hash(&all->points[i], other);
		if (!strcmp(mine, other))
			continue;
		at[out->count] = i;
		point_list_add(out, &all->points[i]);
	}
}

/* Takes the first candidate that still shows it, and goes on behind it. */
static int walk(struct under_way *u, const struct stage *s, const struct simpler *how,
		bool *changed, struct err *e)
{
	uint32_t from = 0;
	int rc = 1;

	while (rc > 0) {
		struct point_list all = { 0 }, some = { 0 };
		uint32_t *at, first = 0;
		bool *yes;

		how->list(&u->now, u->failed, &all);
		at = xcalloc(all.count + 1, sizeof(*at));
		yes = xcalloc(all.count + 1, sizeof(*yes));
		list_others(&all, from, &u->now, &some, at);
		rc = trials_run(&u->trials, s, &some, false, yes, e);
		while (first < some.count && !yes[first])
			first++;
		if (rc == 0 && first < some.count) {
			under_way_take(u, &some.points[first]);
			from = at[first];
			*changed = true;
			rc = 1;
		}
		point_list_release(&all);
		point_list_release(&some);
		free(at);
		free(yes);
	}
	return rc;
}

int reduce_plans(struct under_way *u, const struct stage *s, struct err *e)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (const struct simpler *how = simpler_plans; how->name; how++)
			if (walk(u, s, how, &changed, e) < 0)
				return -1;
	}
	return 0;
}

static int add_plan(struct under_way *u, const char *name, struct err *e)
{
	char *path = xasprintf("%s/%s", u->b->dir, name);
	struct plan *plan = xcalloc(1, sizeof(*plan));
	struct buf bytes = BUF_INIT;
	int rc = file_read(path, sizeof(plan->bytes), &bytes, e);

	u->now.plans[u->now.plan_count++] = plan;
	if (rc == 0) {
		plan->len = (uint32_t)bytes.len;
		memcpy(plan->bytes, bytes.ptr, bytes.len);
	}
	buf_release(&bytes);
	free(path);
	return rc;
}

/* The bundle as it is; then with small numbers, if that is the same to it. */
static int begin(struct under_way *u, bool with_earlier, struct err *e)
{
	struct point_list normal = { 0 };
	bool yes = false;
	int rc = 0;

	for (uint32_t i = 0; with_earlier && i < u->b->earlier_count && rc == 0; i++) {
		char name[32];

		snprintf(name, sizeof(name), "earlier-%u", i);
		rc = add_plan(u, name, e);
	}
	if (rc == 0)
		rc = add_plan(u, "plan", e);
	if (rc < 0)
		return -1;
	point_list_add(&u->history, &u->now);
	simpler_normal(point_list_add(&normal, &u->now), u->b->slots);
	rc = trials_run(&u->trials, &u->own, &normal, true, &yes, e);
	if (rc == 0 && yes) {
		const uint32_t failed = u->b->rec->fault.step;

		under_way_take(u, &normal.points[0]);
		u->failed = failed;
	}
	point_list_release(&normal);
	return rc;
}

/* The reduction proper, once it is known what is looked for. */
static int reduce(struct under_way *u, bool with_earlier, struct err *e)
{
	if (begin(u, with_earlier, e) < 0 || reduce_plans(u, &u->own, e) < 0 || reduce_cases(u, e) < 0)
		return -1;
	u->r->unfinished = u->trials.over;
	return reduce_publish(u, e);
}

/* The guilty side, as far as the bundle alone tells; what tells it (a captured crossing) stays then, too. */
static enum guilty_side known_side(const struct bundle *b)
{
	struct suspect was;
	enum guilty_side side;

	suspect_open(&was, b);
	side = was.side == GUILTY_UNKNOWN ? GUILTY_NONE : was.side;
	suspect_release(&was);
	return side;
}

/* Does it happen again, and as what? */
static int look(struct under_way *u, struct err *e)
{
	struct trials *t = &u->trials;
	struct buf text = BUF_INIT;
	struct replay now;
	int rc = replay_run(&now, u->b, REDUCE_TRIES, false, &text, e);

	u->r->same = now.same;
	u->r->tries = now.tries;
	buf_add(&u->r->signature, now.signature.ptr, now.signature.len);
	buf_add(&u->r->title, now.title.ptr, now.title.len);
	t->wanted = u->r->signature.ptr;
	t->side = known_side(u->b);
	/* Where it is seen every time, once is enough to say yes. */
	t->tries = now.same == now.tries ? 1 : now.tries;
	t->need = now.same == now.tries ? 1 : now.same;
	if (rc == 0 && now.same)
		rc = reduce(u, now.with_earlier, e);
	replay_release(&now);
	buf_release(&text);
	return rc;
}

/* What it is a reduction of: nothing else may be gone on with. */
static void input_of(const struct bundle *b, char hex[HASH_HEX_LEN + 1])
{
	struct hash *h = hash_new();

	hash_add_str(h, b->build_id);
	hash_add_str(h, b->case_text);
	hash_add(h, b->rec->plan, b->rec->plan_len);
	hash_add(h, &b->rec->fault, sizeof(b->rec->fault));
	hash_finish(h, hex);
}

static char *default_out(const struct bundle *b)
{
	char *campaign = bundle_campaign(b), *out;

	out = campaign ? xasprintf("%s/reduced/%s", campaign, b->name)
		       : xasprintf("%s.reduced", b->dir);
	free(campaign);
	return out;
}

/* For `triage`, if it has been there. That it cannot be told is no failure. */
static void tell(const struct bundle *b, const struct reduced *r, const char *db)
{
	char *campaign = db ? xstrdup(db) : triage_home(b->dir);
	const struct triage_reduced row = { r->dir, r->after.steps, r->after.arguments,
					    r->after.leaves, r->wall_ms };
	struct err e = ERR_INIT;

	if (campaign && triage_reduced_store(campaign, b->dir, &row, &e) < 0)
		log_warn("%s: %s", b->name, e.msg);
	free(campaign);
}

static int prepare(struct under_way *u, const char *input, struct err *e)
{
	char *about = xasprintf("cgofuzz reduce %d %s", REDUCE_VERSION, input);
	int rc = stage_open(&u->own, u->b, e);

	if (rc == 0)
		rc = journal_open(&u->trials.journal, u->part, about, e);
	u->trials.temp = rc == 0 ? replay_temp_make(e) : NULL;
	free(about);
	return u->trials.temp ? 0 : -1;
}

static void clean_up(struct under_way *u)
{
	struct err ignored = ERR_INIT;

	if (u->trials.temp)
		dir_remove(u->trials.temp, &ignored);
	free(u->trials.temp);
	journal_close(&u->trials.journal);
	stage_release(&u->own);
	stage_release(&u->stage);
	point_release(&u->now);
	point_list_release(&u->history);
}

/* What an unfinished run left there gives way: it is of the same bundle. */
static int put_out(struct under_way *u, const char *input, struct err *e)
{
	char *made = xasprintf("%s/" UNDER_WAY_BUNDLE, u->part);
	int rc;

	u->r->wall_ms = clock_ms() - u->began;
	rc = reduced_write(u->r, made, input, e);
	if (rc == 0)
		rc = dir_remove(u->out, e);
	if (rc == 0)
		rc = dir_publish(made, u->out, e) < 0 ? -1 : 0;
	free(made);
	return rc;
}

static int reduce_locked(struct under_way *u, const char *input, struct err *e)
{
	int rc = prepare(u, input, e);

	if (rc == 0)
		rc = look(u, e);
	u->r->runs = u->trials.runs;
	u->r->builds = u->trials.builds;
	if (rc == 0 && u->r->same)
		rc = put_out(u, input, e);
	clean_up(u);
	return rc;
}

int reduce_run(struct reduced *r, const struct bundle *b, const struct reduce_options *o,
	       struct err *e)
{
	const int64_t began = clock_ms();
	struct under_way u = { .b = b, .r = r, .began = began, .trials = { .b = b, .jobs = o->jobs } };
	char input[HASH_HEX_LEN + 1], *lock;
	int rc, fd = -1;

	memset(r, 0, sizeof(*r));
	r->signature = r->title = r->case_text = r->plan_text = (struct buf)BUF_INIT;
	u.trials.deadline = o->time_ms ? began + o->time_ms : 0;
	u.trials.journal.fd = -1;
	u.own.build.hold = u.stage.build.hold = -1;
	u.out = o->out ? path_absolute(o->out) : default_out(b);
	u.part = xasprintf("%s.part", u.out);
	lock = xasprintf("%s.lock", u.out);
	input_of(b, input);
	rc = dir_make(u.part, e);
	if (rc == 0)
		fd = file_lock(lock, e);
	if (fd < 0)
		rc = -1;
	if (rc == 0)
		rc = reduced_read(r, u.out, input, e);
	if (rc == 0)
		rc = reduce_locked(&u, input, e);
	if (fd >= 0) {
		struct err ignored = ERR_INIT;

		if (!r->unfinished && rc >= 0)
			dir_remove(u.part, &ignored);
		unlink(lock);
		file_unlock(fd);
	}
	r->dir = u.out;
	if (!r->before_already)
		r->wall_ms = clock_ms() - began;
	if (rc >= 0 && r->same)
		tell(b, r, o->db);
	free(u.part);
	free(lock);
	return rc < 0 ? -1 : 0;
}

void reduced_release(struct reduced *r)
{
	buf_release(&r->signature);
	buf_release(&r->title);
	buf_release(&r->case_text);
	buf_release(&r->plan_text);
	free(r->dir);
}
