/* cliff.c: campaign. What each kind of crossing costs in each lane, and who pays a multiple of what others do. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/proc.h"
#include "campaign/differ.h"
#include "campaign/run.h"
#include "guest/turbulence.h"
#include "triage/cost.h"

#define PLAN_STEPS \
	16 /* crossings of one measured plan: one entry into Go is to be little among them */
#define MEASURE_MS 3000 /* of cases, and half as long of kinds of turbulence */
#define MEDIAN_OF 3 /* cases at least, to tell what is usual in a lane */

/* The kinds of crossings, each measured for every case. */
enum { BARE_CALLBACK, BARE_CALL, TURBULENT_CALL, TURBULENT_CALLBACK, KINDS };
static const struct kind {
	enum cgofuzz_wanted wanted;
	uint8_t route;
	bool turbulent; /* within `repeat`: checked, and turbulence is about */
} kinds[KINDS] = {
	{ CGOFUZZ_WANT_BARE, CGOFUZZ_ROUTE_CALLBACK, false },
	{ CGOFUZZ_WANT_BARE, CGOFUZZ_ROUTE_CALL, false },
	{ CGOFUZZ_WANT_COST, CGOFUZZ_ROUTE_CALL, true },
	{ CGOFUZZ_WANT_COST, CGOFUZZ_ROUTE_CALLBACK, true },
};

/* What the cheapest case of a kind costs in the default lane: triage/cost.def. */
static const struct {
	enum cgofuzz_arch arch;
	int kind;
	uint64_t cost;
} usual[] = {
#define COST(arch, kind, cost) { CGOFUZZ_ARCH_##arch, kind, cost },
#include "triage/cost.def"
#undef COST
};

struct costs {
	uint64_t of[KINDS][CGOFUZZ_MAX_SLOTS]; /* 0: not measured */
	uint64_t turbulence[CGOFUZZ_TURBULENCES]; /* each kind around one crossing, of pass.first */
};

struct pass {
	const struct run *r;
	struct show *shows;
	struct costs *costs; /* of each lane */
	uint32_t lanes, slots;
	uint32_t first; /* slot that was measured first */
	int64_t until;
	bool told; /* of this lane and that other; most kinds begin with a callback, so one is enough */
	cliff_fn *found;
	void *ctx;
};

struct measured {
	uint8_t plan[PLAN_STEPS * CGOFUZZ_STEP_BYTES];
	uint32_t len;
	enum cgofuzz_wanted wanted;
};

static void crossing(uint8_t *step, uint32_t slot, uint8_t route)
{
	step[0] = (uint8_t)slot;
	step[1] = (uint8_t)(slot >> 8);
	step[2] = route;
	step[4] = 8;
}

static struct measured slot_plan(int kind, uint32_t slot)
{
	const struct kind *k = &kinds[kind];
	struct measured m = { .len = PLAN_STEPS * CGOFUZZ_STEP_BYTES, .wanted = k->wanted };
	uint32_t i = 0;

	if (k->turbulent) { /* the first choice: twice */
		m.plan[0] = CGOFUZZ_TURB_REPEAT;
		m.plan[1] = 128 + PLAN_STEPS - 1;
		m.plan[2] = CGOFUZZ_TURBULENCE_BYTE;
		i = 1;
	}
	for (; i < PLAN_STEPS; i++)
		crossing(m.plan + i * CGOFUZZ_STEP_BYTES, slot, k->route);
	return m;
}

static struct measured turbulence_plan(int kind, uint32_t slot)
{
	struct measured m = { .len = 2 * CGOFUZZ_STEP_BYTES, .wanted = CGOFUZZ_WANT_COST };

	m.plan[0] = (uint8_t)kind;
	m.plan[1] = 1;
	m.plan[2] = CGOFUZZ_TURBULENCE_BYTE;
	crossing(m.plan + CGOFUZZ_STEP_BYTES, slot, CGOFUZZ_ROUTE_CALL);
	return m;
}

static int measure(struct pass *p, uint32_t lane, const struct measured *m, uint64_t *cost,
		   struct err *e)
{
	struct show *s = &p->shows[lane];
	struct show_spec spec = s->spec;

	*cost = cost_measure(s, m->plan, m->len, m->wanted);
	return s->pid || show_start(s, &spec, e) == 0 ? 0 : -1;
}

static bool has_route(const struct show *s, uint32_t slot, uint8_t route)
{
	unsigned calls = s->hello.slot[slot] >> CGOFUZZ_CAN_CALLS & 3;

	return s->hello.slot[slot] & CGOFUZZ_CAN_GO &&
		(route == CGOFUZZ_ROUTE_CALL || calls != 2 /* CGOFUZZ_CALL_ONLY */);
}

/* One case in every lane. */
static int measure_slot(struct pass *p, uint32_t slot, struct err *e)
{
	for (int k = 0; k < KINDS; k++) {
		struct measured m = slot_plan(k, slot);

		for (uint32_t lane = 0; lane < p->lanes; lane++)
			if (has_route(&p->shows[lane], slot, kinds[k].route) &&
			    measure(p, lane, &m, &p->costs[lane].of[k][slot], e) < 0)
				return -1;
	}
	return 0;
}

static int measure_turbulence(struct pass *p, struct err *e)
{
	for (int t = 0; t < CGOFUZZ_TURBULENCES && clock_ms() < p->until; t++) {
		struct measured m = turbulence_plan(t, p->first);

		for (uint32_t lane = 0; lane < p->lanes; lane++)
			if (measure(p, lane, &m, &p->costs[lane].turbulence[t], e) < 0)
				return -1;
	}
	return 0;
}

/* As many cases as there is time for, each batch others. */
static int measure_all(struct pass *p, const uint64_t *muted, struct err *e)
{
	uint32_t from = p->r->differing.batch->index * 7;
	bool any = false;

	p->until = clock_ms() + MEASURE_MS;
	for (uint32_t i = 0; i < p->slots && clock_ms() < p->until; i++) {
		uint32_t slot = (from + i) % p->slots;

		if (muted[slot / 64] >> slot % 64 & 1)
			continue;
		if (measure_slot(p, slot, e) < 0)
			return -1;
		p->first = any ? p->first : slot;
		any = true;
	}
	p->until += MEASURE_MS / 2;
	return any ? measure_turbulence(p, e) : 0;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* How many times dearer a kind is in lane `at`, as a rule: 1 on the same architecture, where turns of the loop are
 * the same. 0: that cannot be told. */
static double usual_ratio(const struct pass *p, int kind, uint32_t at, uint32_t other)
{
	double ratio[CGOFUZZ_MAX_SLOTS];
	uint32_t n = 0;

	if (p->shows[at].spec.lane->arch == p->shows[other].spec.lane->arch)
		return 1;
	for (uint32_t slot = 0; slot < p->slots; slot++) {
		uint64_t a = p->costs[at].of[kind][slot], b = p->costs[other].of[kind][slot];

		if (a && b)
			ratio[n++] = (double)a / (double)b;
	}
	qsort(ratio, n, sizeof(*ratio), ascending);
	return n < MEDIAN_OF ? 0 : ratio[n / 2];
}

/* Once more, before it is told: what came between the first time will not do so again. */
static int tell(struct pass *p, const struct measured *m, uint32_t at, int other, double scale,
		uint64_t elsewhere, struct err *e)
{
	struct cgofuzz_recorder *r;
	uint64_t cost = 0;
	int rc = 0;

	if (other >= 0)
		rc = measure(p, (uint32_t)other, m, &elsewhere, e);
	if (rc == 0)
		rc = measure(p, at, m, &cost, e);
	elsewhere = (uint64_t)((double)elsewhere * scale);
	if (rc < 0 || !cost_is_cliff(cost, elsewhere))
		return rc;
	r = cost_record(&p->shows[at].spec, m->plan, m->len, p->slots, m->wanted, cost, elsewhere);
	r->fault.expected_high = (uint64_t)(1000 * scale);
	p->told = true;
	rc = p->found(p->ctx, r, at, other, e);
	free(r);
	return rc;
}

/* Of all cases of a kind the one that is furthest above what the other lane pays. */
static int compare_slots(struct pass *p, int kind, uint32_t at, uint32_t other, struct err *e)
{
	double scale = usual_ratio(p, kind, at, other), most = 0;
	struct measured m;
	uint32_t worst = 0;

	for (uint32_t slot = 0; slot < p->slots && scale > 0; slot++) {
		uint64_t a = p->costs[at].of[kind][slot], b = p->costs[other].of[kind][slot];

		if (a && b && (double)a / (double)b > most) {
			most = (double)a / (double)b;
			worst = slot;
		}
	}
	if (most < COST_CLIFF * scale || scale <= 0)
		return 0;
	m = slot_plan(kind, worst);
	return tell(p, &m, at, (int)other, scale, 0, e);
}

static int compare_turbulence(struct pass *p, uint32_t at, uint32_t other, struct err *e)
{
	for (int t = 0; t < CGOFUZZ_TURBULENCES; t++) {
		struct measured m = turbulence_plan(t, p->first);

		if (!cost_is_cliff(p->costs[at].turbulence[t], p->costs[other].turbulence[t]))
			continue;
		if (tell(p, &m, at, (int)other, 1, 0, e) < 0)
			return -1;
	}
	return 0;
}

static int compare_pair(struct pass *p, uint32_t at, uint32_t other, struct err *e)
{
	const struct lane *a = p->shows[at].spec.lane, *b = p->shows[other].spec.lane;

	p->told = false;
	if (strcmp(a->settings, b->settings) != 0) /* GODEBUG and others are meant to cost something */
		return 0;
	for (int k = 0; k < KINDS && !p->told; k++)
		if (compare_slots(p, k, at, other, e) < 0)
			return -1;
	if (p->told)
		return 0;
	return a->arch == b->arch ? compare_turbulence(p, at, other, e) : 0;
}

/* Beside the default lane, as the table remembers it. */
static int compare_usual(struct pass *p, uint32_t at, struct err *e)
{
	const struct lane *l = p->shows[at].spec.lane;

	p->told = false;
	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual) && !*l->settings && !p->told; i++) {
		const uint64_t *of = p->costs[at].of[usual[i].kind];
		uint32_t least = 0;
		struct measured m;

		if (usual[i].arch != l->arch->id)
			continue;
		for (uint32_t slot = 0; slot < p->slots; slot++)
			if (of[slot] && (!of[least] || of[slot] < of[least]))
				least = slot;
		if (!cost_is_cliff(of[least], usual[i].cost))
			continue;
		m = slot_plan(usual[i].kind, least);
		if (tell(p, &m, at, -1, 1, usual[i].cost, e) < 0)
			return -1;
	}
	return 0;
}

int cliff_measure(const struct run *r, struct show *shows, const uint64_t *muted, cliff_fn *found,
		  void *ctx, struct err *e)
{
	const struct prepared *b = r->differing.batch;
	struct pass p = { .r = r, .shows = shows, .found = found, .ctx = ctx };
	int rc;

	p.lanes = b->lane_count;
	p.slots = differ_common(b);
	p.costs = xcalloc(p.lanes, sizeof(*p.costs));
	rc = measure_all(&p, muted, e);
	for (uint32_t i = 0; i < p.lanes && rc == 0; i++) {
		for (uint32_t k = 0; k < p.lanes && rc == 0; k++)
			if (k != i)
				rc = compare_pair(&p, i, k, e);
		if (rc == 0)
			rc = compare_usual(&p, i, e);
	}
	free(p.costs);
	return rc;
}
