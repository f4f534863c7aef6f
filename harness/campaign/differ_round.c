/* differ_round.c: campaign. Live comparison of lanes, the child's half: guests of all lanes side by side. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/proc.h"
#include "campaign/differ.h"
#include "campaign/run.h"

#define ROUND_MS 3000 /* a round ends then; what is left has its turn in another batch */
#define CONFIRM 3
#define FOUND_MAX 16 /* in a round: what is common is found again */

struct round {
	const struct run *r;
	struct differ d;
	struct show_spec *specs;
	struct buf *out;
	uint32_t found;
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

/* One that is gone by now was not worth keeping. */
static int compare(struct round *x, const char *path, struct err *e)
{
	bool calm = *path == '~';
	struct buf plan = BUF_INIT;
	struct err none = ERR_INIT;
	uint8_t bytes[CGOFUZZ_PLAN_MAX_BYTES];
	enum differ_end end;
	uint32_t at = 0, len;
	int rc;

	if (file_read(path + calm, 1 << 20, &plan, &none) < 0) {
		buf_release(&plan);
		return 0;
	}
	len = plan.len < sizeof(bytes) ? (uint32_t)plan.len : (uint32_t)sizeof(bytes);
	memcpy(bytes, plan.ptr, len);
	buf_release(&plan);
	if (calm)
		cgofuzz_plan_calm(bytes, bytes, len);
	rc = differ_plan(&x->d, bytes, len, &end, &at, e);
	if (rc < 0)
		return -1;
	if (end == DIFFER_EQUAL || end == DIFFER_FOUND)
		x->compared++;
	else
		x->incomparable++;
	return end == DIFFER_FOUND ? seen_different(x, bytes, len, at, e) : 0;
}

/* Rows of a target may differ by architecture: a plan that names a slot must mean the same case. */
static bool same_cases(struct round *x)
{
	const struct prepared *p = x->r->differing.batch;
	const struct batch *first = &p->batches[0];

	for (uint32_t i = 1; i < p->lane_count; i++) {
		if (p->batches[i].count != first->count)
			return false;
		for (uint32_t slot = 0; slot < first->count; slot++)
			if (strcmp(p->batches[i].slots[slot].c.id, first->slots[slot].c.id) != 0 ||
			    p->batches[i].slots[slot].row != first->slots[slot].row)
				x->d.muted[slot / 64] |= (uint64_t)1 << slot % 64;
	}
	return true;
}

static int compare_plans(struct round *x, struct err *e)
{
	const struct differing *d = &x->r->differing;
	int64_t until = clock_ms() + ROUND_MS;
	int rc = 0;

	if (!same_cases(x))
		return 0;
	for (int i = 0; i < CGOFUZZ_MAX_SLOTS / 64; i++)
		x->d.muted[i] |= d->muted[i];
	for (uint32_t i = 0; i < x->d.count; i++)
		show_mute(&x->d.shows[i], x->d.muted);
	for (size_t n = 0; n < d->plans.n && rc == 0 && clock_ms() < until; n++)
		rc = compare(x, d->plans.v[n], e);
	return rc;
}

static int run_round(struct round *x, struct err *e)
{
	int rc = compare_plans(x, e);

	if (rc == 0 && x->r->differing.measure)
		rc = cliff_measure(x->r, x->d.shows, x->d.muted, put_cliff, x, e);
	return rc;
}

int differ_round(void *ctx, struct buf *out, struct err *e)
{
	struct round x = { .r = ctx, .out = out };
	int rc = round_open(&x, e);

	if (rc == 0)
		rc = run_round(&x, e);
	round_close(&x);
	buf_addf(out,
		 "count compared %" PRIu64 "\ncount differences %" PRIu64
		 "\ncount incomparable %" PRIu64 "\ncount cliffs %" PRIu64 "\n",
		 x.compared, x.differences, x.incomparable, x.cliffs);
	return rc;
}
