/* differ_round.c: campaign. Live comparison of lanes, the child's half: guests of all lanes side by side. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/proc.h"
#include "base/rng.h"
#include "campaign/differ.h"
#include "campaign/run.h"

#define ROUND_MS 3000 /* a round ends then; what is left has its turn in another batch */
#define PASSES \
	4 /* the first with the plans as they are, and as long as there is time with other values */
#define CONFIRM 3
#define FOUND_MAX 16 /* in a round: what is common is found again */
#define ALONE_MAX 4 /* faults of one lane, in a round: each starts a guest */

struct round {
	const struct run *r;
	struct differ d;
	struct show_spec *specs;
	struct buf *out;
	struct rng rng;
	uint32_t found;
	struct alone { /* a plan that shows a fault in this lane, and not in all */
		uint32_t lane, len;
		uint8_t plan[CGOFUZZ_PLAN_MAX_BYTES];
	} alone[ALONE_MAX];
	uint32_t alone_count;
	uint32_t common; /* cases that all lanes have at the same slots: the first ones */
	uint64_t compared, differences, incomparable, cliffs;
};

static int round_open(struct round *x, struct err *e)
{
	const struct config *c = &x->r->campaign->config;
	const struct prepared *p = x->r->differing.batch;

	x->specs = xcalloc(c->lane_count, sizeof(*x->specs));
	for (uint32_t i = 0; i < c->lane_count; i++)
		x->specs[i] = (struct show_spec){
			.lane = &c->lanes[i],
			.tools = &x->r->tools[i],
			.exe = build_plain(&p->builds[i]),
			.build_id = p->builds[i].id,
			.dir = xasprintf("%s/guest-%u", x->r->differing.dir, i),
			.misuse = c->misuse,
		};
	return differ_open(&x->d, x->specs, c->lane_count, e);
}

static void round_close(struct round *x)
{
	for (uint32_t i = 0; i < x->d.count; i++) {
		free((char *)x->specs[i].exe);
		free((char *)x->specs[i].dir);
	}
	differ_close(&x->d);
	free(x->specs);
}

static int put(struct round *x, const struct cgofuzz_recorder *rec, uint32_t at, int other,
	       struct err *e)
{
	char *path = xasprintf("%s/%u.rec", x->r->differing.dir, x->found);
	int rc = file_write(path, rec, sizeof(*rec), e);

	if (rc == 0)
		buf_addf(x->out, "found %u %u %d\n", x->found++, at, other);
	free(path);
	return rc;
}

static int put_cliff(void *ctx, const struct cgofuzz_recorder *rec, uint32_t at, int other,
		     struct err *e)
{
	struct round *x = ctx;

	x->cliffs++;
	return x->found < FOUND_MAX ? put(x, rec, at, other, e) : 0;
}

static int seen_different(struct round *x, const uint8_t *plan, uint32_t len, uint32_t at,
			  struct err *e)
{
	uint32_t slots = x->r->differing.batch->batches[0].count;
	struct cgofuzz_recorder *rec;
	enum differ_end end;
	int rc;

	if (x->found >= FOUND_MAX) {
		x->differences++;
		return 0;
	}
	if (differ_confirm(&x->d, plan, len, at, CONFIRM, &end, e) < 0)
		return -1;
	if (end != DIFFER_FOUND) {
		log_detail("a plan differs in lane %s, but not when it runs alone",
			   x->specs[at].lane->name);
		x->incomparable++;
		return 0;
	}
	x->differences++;
	rec = differ_record(&x->d, plan, len, at, slots);
	rc = put(x, rec, 0, (int)at, e);
	free(rec);
	return rc;
}

static void want_alone(struct round *x, uint32_t lane, const uint8_t *plan, uint32_t len)
{
	struct alone *a;

	if (x->alone_count == ALONE_MAX)
		return;
	a = &x->alone[x->alone_count++];
	a->lane = lane;
	a->len = len;
	memcpy(a->plan, plan, len);
}

/* Lanes that show a fault where others do not: what these would not show by themselves. It is run alone when the
 * plans have had their time: a guest has to be started for it. */
static void seen_fault(struct round *x, const uint8_t *plan, uint32_t len)
{
	uint32_t faults = 0;

	for (uint32_t i = 0; i < x->d.count; i++)
		faults += x->d.shown[i].head.fault != CGOFUZZ_FAULT_NONE;
	for (uint32_t i = 0; i < x->d.count && faults < x->d.count; i++)
		if (x->d.shown[i].head.fault != CGOFUZZ_FAULT_NONE)
			want_alone(x, i, plan, len);
}

/* One of them died, or hung. */
static void seen_gone(struct round *x, const uint8_t *plan, uint32_t len, uint32_t at)
{
	for (uint32_t i = 0; i < x->d.count; i++)
		if (i != at && x->d.shown[i].head.fault != CGOFUZZ_FAULT_NONE)
			return;
	want_alone(x, at, plan, len);
}

static int run_alone(struct round *x, struct err *e)
{
	const int engine = (int)differ_engine(&x->r->campaign->config);

	for (uint32_t n = 0; n < x->alone_count; n++) {
		const struct alone *a = &x->alone[n];
		char *path = xasprintf("%s/%u.rec", x->r->differing.dir, x->found);
		int rc = differ_alone(x->r, a->lane, a->plan, a->len, x->d.muted, path, e);

		if (rc > 0)
			buf_addf(x->out, "alone %u %u %d\n", x->found++, a->lane, engine);
		free(path);
		if (rc < 0)
			return -1;
	}
	return 0;
}

/* Slots by their own numbers, which every guest reads alike however many cases it has; those that not all have
 * become others. */
static void spell_slots(const struct round *x, uint8_t *plan, uint32_t len)
{
	const struct cgofuzz_slots slots = cgofuzz_slots_of(x->r->differing.batch->batches[0].count);

	for (uint32_t at = 0; at + 2 <= len; at += CGOFUZZ_STEP_BYTES) {
		uint64_t word = cgofuzz_plan_word(plan, len, at);
		uint32_t slot = cgofuzz_word_step(word, slots).slot % x->common;

		if (cgofuzz_word_is_turbulence(word))
			continue;
		plan[at] = (uint8_t)slot;
		plan[at + 1] = (uint8_t)(slot >> 8);
	}
}

/* Engines keep a plan for where it comes, not for its values, nor for each case that could come there. */
static void vary(struct round *x, uint8_t *plan, uint32_t len, bool cases)
{
	for (uint32_t at = 0; at + CGOFUZZ_STEP_BYTES <= len; at += CGOFUZZ_STEP_BYTES) {
		if (cgofuzz_word_is_turbulence(cgofuzz_plan_word(plan, len, at)))
			continue;
		rng_fill(&x->rng, plan + at + 4, 4);
		if (cases)
			rng_fill(&x->rng, plan + at, 2);
	}
}

/* One that is gone by now was not worth keeping: 0. */
static uint32_t read_plan(const char *path, uint8_t *bytes)
{
	const bool calm = *path == '~';
	struct buf plan = BUF_INIT;
	struct err none = ERR_INIT;
	uint32_t len = 0;

	if (file_read(path + calm, 1 << 20, &plan, &none) == 0) {
		len = plan.len < CGOFUZZ_PLAN_MAX_BYTES ? (uint32_t)plan.len : CGOFUZZ_PLAN_MAX_BYTES;
		memcpy(bytes, plan.ptr, len);
		if (calm)
			cgofuzz_plan_calm(bytes, bytes, len);
	}
	buf_release(&plan);
	return len;
}

static int compare(struct round *x, const char *path, uint32_t pass, struct err *e)
{
	uint8_t bytes[CGOFUZZ_PLAN_MAX_BYTES];
	uint32_t at = 0, len = read_plan(path, bytes);
	enum differ_end end;

	if (!len)
		return 0;
	if (pass)
		vary(x, bytes, len, pass % 2 == 0);
	spell_slots(x, bytes, len);
	if (differ_plan(&x->d, bytes, len, &end, &at, e) < 0)
		return -1;
	if (end == DIFFER_EQUAL || end == DIFFER_FOUND)
		x->compared++;
	else
		x->incomparable++;
	if (end == DIFFER_FAULT)
		seen_fault(x, bytes, len);
	if (end == DIFFER_GONE)
		seen_gone(x, bytes, len, at);
	return end == DIFFER_FOUND ? seen_different(x, bytes, len, at, e) : 0;
}

/* Rows of a target may differ by architecture: a plan that names a slot must mean the same case. */
uint32_t differ_common(const struct prepared *p)
{
	const struct batch *first = &p->batches[0];
	uint32_t n = first->count;

	for (uint32_t i = 1; i < p->lane_count; i++) {
		const struct batch *other = &p->batches[i];
		uint32_t slot = 0;

		while (slot < n && slot < other->count &&
		       strcmp(other->slots[slot].c.id, first->slots[slot].c.id) == 0 &&
		       other->slots[slot].row == first->slots[slot].row)
			slot++;
		n = slot;
	}
	return n;
}

struct offered {
	const char *path;
	off_t size;
	uint64_t turn; /* of those of one size: not by name, which puts all of a kind together */
};

static int shorter(const void *a, const void *b)
{
	const struct offered *x = a, *y = b;

	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return (x->turn > y->turn) - (x->turn < y->turn);
}

/* The short ones first, of which there is time for many, and which seldom end before all of them is done; but each
 * fourth from the other end. */
static struct offered *order_plans(const struct strlist *plans)
{
	struct offered *all = xcalloc(plans->n + 1, sizeof(*all)),
		       *out = xcalloc(plans->n + 1, sizeof(*out));
	size_t low = 0, high = plans->n;

	for (size_t n = 0; n < plans->n; n++) {
		const char *path = plans->v[n];
		struct stat st;

		all[n].path = path;
		all[n].turn = hash_u64(path, strlen(path));
		all[n].size = stat(path + strspn(path, "+~"), &st) == 0 ? st.st_size : 0;
	}
	qsort(all, plans->n, sizeof(*all), shorter);
	for (size_t n = 0; n < plans->n; n++)
		out[n] = n % 4 == 3 ? all[--high] : all[low++];
	free(all);
	return out;
}

static int compare_plans(struct round *x, struct err *e)
{
	const struct differing *d = &x->r->differing;
	int64_t until = clock_ms() + ROUND_MS;
	struct offered *plans;
	int rc = 0;

	if (!x->common)
		return 0;
	for (int i = 0; i < CGOFUZZ_MAX_SLOTS / 64; i++)
		x->d.muted[i] |= d->muted[i];
	for (uint32_t i = 0; i < x->d.count; i++)
		show_mute(&x->d.shows[i], x->d.muted);
	plans = order_plans(&d->plans);
	for (uint32_t pass = 0; pass < PASSES; pass++)
		for (size_t n = 0; n < d->plans.n && rc == 0 && clock_ms() < until; n++) {
			bool again = *plans[n].path == '+';

			if (pass || !again)
				rc = compare(x, plans[n].path + again, pass, e);
		}
	free(plans);
	return rc;
}

static int run_round(struct round *x, struct err *e)
{
	int rc;

	x->common = differ_common(x->r->differing.batch);
	rc = compare_plans(x, e);
	if (rc == 0)
		rc = run_alone(x, e);
	if (rc == 0 && x->r->differing.measure)
		rc = cliff_measure(x->r, x->d.shows, x->d.muted, put_cliff, x, e);
	return rc;
}

int differ_round(void *ctx, struct buf *out, struct err *e)
{
	struct round x = { .r = ctx, .out = out };
	int rc = round_open(&x, e);

	rng_seed(&x.rng, x.r->campaign->config.seed + x.r->differing.round);
	if (rc == 0)
		rc = run_round(&x, e);
	round_close(&x);
	buf_addf(out,
		 "count compared %" PRIu64 "\ncount differences %" PRIu64
		 "\ncount incomparable %" PRIu64 "\ncount cliffs %" PRIu64 "\n",
		 x.compared, x.differences, x.incomparable, x.cliffs);
	return rc;
}
