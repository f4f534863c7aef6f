/* reduce_cases.c: triage/reduce. The case of a fault: fewer arguments and members, simpler types. All candidates of a
 * round are slots of one build; what several of them change alone is then tried together. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "triage/reduce/edit.h"
#include "triage/reduce/steps.h"
#include "triage/reduce/under_way.h"
#include "triage/replay.h"

#define ROUND 48 /* single changes in one build */

/* Candidates of a round, and what each of them changes. */
struct menu {
	struct point_list points;
	struct edits sets[2 * ROUND + 128];
};

static void menu_release(struct menu *m)
{
	for (uint32_t i = 0; i < m->points.count; i++)
		edits_release(&m->sets[i]);
	point_list_release(&m->points);
}

/* The point with case k changed so; nothing if that is no case, or there already. Takes over the set. */
static void offer(struct menu *m, const struct point *now, uint32_t k, const struct fuzz_case *c,
		  struct edits *set)
{
	const uint32_t at = m->points.count;
	struct fuzz_case smaller;
	bool is = at < sizeof(m->sets) / sizeof(*m->sets) && set->count &&
		edits_apply(&smaller, c, set) == 0;
	bool fresh = is;

	for (uint32_t i = 0; i < at && fresh; i++)
		fresh = strcmp(m->points.points[i].cases[k], smaller.text) != 0;
	if (fresh) {
		struct point *p = point_list_add(&m->points, now);

		free(p->cases[k]);
		p->cases[k] = xstrdup(smaller.text);
		m->sets[at] = *set;
	} else {
		edits_release(set);
	}
	if (is)
		case_release(&smaller);
}

/* Only what failed, with more or less around it; of another case, or where no leaf failed: nothing at all. */
static uint32_t offer_bold(struct menu *m, const struct under_way *u, uint32_t k,
			   const struct fuzz_case *c)
{
	const struct cgofuzz_fault *f = &u->b->rec->fault;
	bool leaf = f->kind == CGOFUZZ_FAULT_LEAF || f->kind == CGOFUZZ_FAULT_CAPTURE ||
		f->kind == CGOFUZZ_FAULT_LAYOUT;

	for (int i = 0; i < 4; i++) {
		struct edits set = { 0 };

		if (k == 0 && leaf && f->leaf < CGOFUZZ_LEAF_ERRNO)
			edits_around(c, f->leaf, f->is_result, i & 1, !(i & 2), &set);
		else
			edits_around(c, UINT32_MAX, i & 1, false, !(i & 2), &set);
		offer(m, &u->now, k, c, &set);
	}
	return m->points.count;
}

/* Runs of arguments, long ones first: where a place on the stack decides, one alone may not go. */
static void offer_runs(struct menu *m, const struct under_way *u, uint32_t k,
		       const struct fuzz_case *c)
{
	const uint32_t n = c->proto.arg_count;

	for (uint32_t run = n / 2; run > 1; run /= 2)
		for (uint32_t at = 0; at + run <= n; at += run) {
			struct edits set = { 0 };

			edits_run(c, at, run, &set);
			offer(m, &u->now, k, c, &set);
		}
}

static int try_menu(struct under_way *u, const struct menu *m, bool all, bool *yes, struct err *e)
{
	int rc;

	if (!m->points.count || u->trials.over)
		return 0;
	stage_release(&u->stage);
	rc = stage_build(&u->stage, u->b, m->points.points, m->points.count, u->control, e);
	u->trials.builds++;
	if (rc == 0)
		rc = trials_run(&u->trials, &u->stage, &m->points, all, yes, e);
	return rc;
}

/* Runs of the changes that were good alone: all of them, halves, quarters. The first that holds is taken. */
static int take_together(struct under_way *u, uint32_t k, const struct fuzz_case *c,
			 const struct menu *m, const uint32_t *good, uint32_t count, struct err *e)
{
	struct menu *more = xcalloc(1, sizeof(*more));
	bool yes[sizeof(m->sets) / sizeof(*m->sets)] = { false };
	uint32_t first = 0;
	int rc;

	for (uint32_t run = count; run > 1; run = (run + 1) / 2)
		for (uint32_t at = 0; at < count; at += run) {
			struct edits set = { 0 };

			for (uint32_t i = at; i < at + run && i < count; i++)
				edits_join(&set, &m->sets[good[i]]);
			offer(more, &u->now, k, c, &set);
			if (run == 2 && at > 2)
				break;
		}
	rc = try_menu(u, more, false, yes, e);
	while (first < more->points.count && !yes[first])
		first++;
	if (rc == 0)
		under_way_take(u,
			       first < more->points.count ? &more->points.points[first]
							  : &m->points.points[good[0]]);
	menu_release(more);
	free(more);
	return rc;
}

/* 1: the case got smaller. */
static int round_of(struct under_way *u, uint32_t k, struct err *e)
{
	struct menu *m = xcalloc(1, sizeof(*m));
	bool yes[sizeof(m->sets) / sizeof(*m->sets)] = { false };
	uint32_t good[sizeof(m->sets) / sizeof(*m->sets)], count = 0, bold, runs;
	struct edits single = { 0 };
	struct fuzz_case c;
	int rc = case_parse(&c, u->now.cases[k], strlen(u->now.cases[k]), "case", e);

	if (rc < 0)
		goto out;
	bold = offer_bold(m, u, k, &c);
	offer_runs(m, u, k, &c);
	runs = m->points.count;
	edits_of(&c, &single);
	for (uint32_t i = 0; i < single.count && m->points.count < runs + ROUND; i++) {
		struct edits set = { 0 };

		edits_add(&set, single.e[i]);
		offer(m, &u->now, k, &c, &set);
	}
	rc = try_menu(u, m, true, yes, e);
	for (uint32_t i = 0; i < m->points.count; i++)
		if (yes[i])
			good[count++] = i;
	if (rc == 0 && count && (good[0] < bold || count == 1))
		under_way_take(u, &m->points.points[good[0]]);
	else if (rc == 0 && count)
		rc = take_together(u, k, &c, m, good, count, e);
	if (rc == 0)
		rc = count > 0;
	case_release(&c);
out:
	edits_release(&single);
	menu_release(m);
	free(m);
	return rc;
}

/* Slots that the plans name, the failing one first; 0: too many. */
static uint32_t used_slots(const struct under_way *u, uint32_t slots[POINT_MAX_CASES])
{
	uint32_t count = 1;

	slots[0] = u->b->rec->fault.slot;
	for (uint32_t plan = 0; plan < u->now.plan_count; plan++) {
		struct steps s;

		steps_read(&s, u->now.plans[plan]);
		for (uint32_t i = 0; i < s.count; i++) {
			uint32_t slot = steps_crossing(&s, i).slot % u->b->slots, k = 0;

			while (k < count && slots[k] != slot)
				k++;
			if (steps_is_turbulence(&s, i) || k < count)
				continue;
			if (count == POINT_MAX_CASES)
				return 0;
			slots[count++] = slot;
		}
	}
	return count;
}

/* The plans name cases of their own from now on. */
static void give_cases(struct point *p, const struct batch *batch, const uint32_t *slots,
		       uint32_t count)
{
	for (uint32_t plan = 0; plan < p->plan_count; plan++) {
		struct steps s;

		steps_read(&s, p->plans[plan]);
		for (uint32_t i = 0; i < s.count; i++) {
			uint32_t slot = steps_crossing(&s, i).slot % batch->count, k = 0;

			while (k + 1 < count && slots[k] != slot)
				k++;
			if (!steps_is_turbulence(&s, i))
				steps_put_slot(&s, i, k);
		}
		steps_write(&s, p->plans[plan]);
	}
	for (p->case_count = 0; p->case_count < count; p->case_count++)
		p->cases[p->case_count] = xstrdup(batch->slots[slots[p->case_count]].c.text);
}

/* The same fault in a build of these cases alone? */
static int begin(struct under_way *u, const struct batch *batch, struct err *e)
{
	struct menu *m = xcalloc(1, sizeof(*m));
	uint32_t slots[POINT_MAX_CASES], count = used_slots(u, slots);
	bool yes = false, is_row = false;
	int rc = 0;

	for (uint32_t i = 0; i < count; i++)
		is_row |= batch->slots[slots[i]].row != NULL;
	if (!count)
		u->r->case_why = "the plan needs too many cases";
	else if (is_row)
		u->r->case_why = "it is an exhibit of the target, written by hand";
	if (!u->r->case_why) {
		give_cases(point_list_add(&m->points, &u->now), batch, slots, count);
		rc = try_menu(u, m, true, &yes, e);
		if (rc == 0 && yes)
			under_way_take(u, &m->points.points[0]);
		else if (rc == 0 && !u->trials.over)
			u->r->case_why =
				"built without the other cases of its batch it does not happen";
	}
	menu_release(m);
	free(m);
	return rc;
}

int reduce_cases(struct under_way *u, struct err *e)
{
	char *path = bundle_build_file(u->b, "cases");
	struct batch batch;
	int rc = 0;

	if (replay_compares(u->b))
		u->r->case_why = "two builds show it, or its cost: only the plan gets smaller";
	else if (!file_exists(path))
		u->r->case_why = "the cases of its build were not kept";
	else if ((rc = batch_load(&batch, path, e)) == 0) {
		u->control = batch.control;
		rc = begin(u, &batch, e);
		batch_release(&batch);
	}
	for (uint32_t k = 0; k < u->now.case_count && rc >= 0; k++)
		while ((rc = round_of(u, k, e)) > 0)
			;
	if (rc == 0 && u->now.case_count &&
	    !u->trials.over) { /* the last round's build has other slots */
		const struct point now = u->now;

		stage_release(&u->stage);
		u->trials.builds++;
		rc = stage_build(&u->stage, u->b, &now, 1, u->control, e);
		if (rc == 0)
			rc = reduce_plans(u, &u->stage, e);
	}
	free(path);
	return rc < 0 ? -1 : 0;
}
