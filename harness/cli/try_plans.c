/* try_plans.c: cli. What is done with a case that is tried: values first, then turbulence. */
#include "cli/try_plans.h"

#include <string.h>

#include "base/file.h"
#include "base/rng.h"
#include "guest/turbulence.h"

#define CALM 12 /* plans of 256 steps, depths up to 64 */

/* What the calm plans do, in turn: the first stay at depth 0, so that small faults are seen small. */
static const struct {
	uint8_t route; /* byte 2 of every step, guest/plan.h: 224 and more are captured */
	bool flat;
} calm_kinds[CALM] = {
	{ CGOFUZZ_ROUTE_OWN, true },	    { 224 + CGOFUZZ_ROUTE_OWN, true },
	{ CGOFUZZ_ROUTE_DIRECT, true },	    { 224 + CGOFUZZ_ROUTE_DIRECT, true },
	{ CGOFUZZ_ROUTE_OWN, false },	    { CGOFUZZ_ROUTE_OWN, false },
	{ CGOFUZZ_ROUTE_OWN, false },	    { CGOFUZZ_ROUTE_OWN, false },
	{ CGOFUZZ_ROUTE_OWN, false },	    { CGOFUZZ_ROUTE_OWN, false },
	{ 224 + CGOFUZZ_ROUTE_OWN, false }, { CGOFUZZ_ROUTE_OWN, false },
};

/* What services do around their calls, every day, one line for each: no depth and no setting that only the newest
 * releases stand. Seeds are drawn. */
static const char *const turbulent[] = {
	/* depth and memory */
	"levels count=4 go=1K c=256 {\n call 0 depth=1\n callback 0\n}\n"
	"go-stack depth=8 frame=16K {\n call 0 depth=2\n callback 0 depth=1\n}\n"
	"c-stack depth=8 frame=1K {\n callback 0 depth=2\n call 0\n}\n"
	"within {\n call 0 depth=2\n gc times=1\n callback 0\n}\n"
	"gogc percent=1 garbage=64K {\n callback 0 depth=3\n call 0 depth=3\n}\n"
	"pin size=4K how=call {\n call 0 depth=1\n gc times=1\n callback 0\n}\n"
	"handle count=2 {\n callback 0 depth=1\n}\n",
	/* threads and signals */
	"thread {\n callback 0 depth=1\n call 0\n}\n"
	"thread stack=256K end=destructor {\n callback 0\n}\n"
	"threads count=4 stack=256K {\n callback 0\n call 0 depth=1\n}\n"
	"goroutines count=4 locked=yes {\n call 0 depth=2\n callback 0\n}\n"
	"timer number=usr1 every=1ms {\n call 0 depth=40\n callback 0 depth=40\n}\n"
	"signal number=usr1 handler=c in=go {\n call 0 depth=1\n}\n"
	"mask signals=all {\n callback 0\n call 0\n}\n",
	/* control and floating point */
	"panic levels=2 value=error {\n call 0\n}\n"
	"unwind by=panic {\n call 0 depth=2\n callback 0\n}\n"
	"unwind by=goexit {\n callback 0 depth=3\n call 0\n}\n"
	"errno value=ERANGE in=growth {\n callback 0\n call 0\n}\n"
	"longjmp depth=4 frame=256 {\n call 0\n callback 0 depth=1\n}\n"
	"fp-mode mode=up {\n call 0\n callback 0\n}\n"
	"fp-flags raised=all {\n call 0\n callback 0\n}\n"
	"float-body body=0 {\n call 0\n callback 0\n}\n"
	"soak {\n call 0 depth=1\n callback 0\n}\n",
};

_Static_assert(CALM + sizeof(turbulent) / sizeof(*turbulent) <= TRY_PLANS, "paths have room");

static void set_slot(uint8_t *step, uint32_t slot)
{
	step[0] = (uint8_t)slot;
	step[1] = (uint8_t)(slot >> 8);
}

static void calm_plan(struct plan *plan, struct rng *rng, uint32_t slot, int kind)
{
	plan->len = sizeof(plan->bytes);
	rng_fill(rng, plan->bytes, plan->len);
	for (size_t at = 0; at < plan->len; at += CGOFUZZ_STEP_BYTES) {
		set_slot(plan->bytes + at, slot);
		plan->bytes[at + 2] = calm_kinds[kind].route;
		if (calm_kinds[kind].flat)
			plan->bytes[at + 3] = 0;
	}
}

/* Its crossings are of this slot, with values of rng or, where that is NULL, its own. */
static void turn_to(struct plan *plan, uint32_t slot, struct rng *rng)
{
	for (uint32_t at = 0; at < plan->len; at += CGOFUZZ_STEP_BYTES) {
		if (cgofuzz_word_is_turbulence(cgofuzz_plan_word(plan->bytes, plan->len, at)))
			continue;
		set_slot(plan->bytes + at, slot);
		if (rng)
			rng_fill(rng, plan->bytes + at + 4, 4);
	}
}

struct writing {
	const char *dir;
	char **paths;
	int count;
};

static int put(struct writing *w, const struct plan *plan, struct err *e)
{
	char *path = xasprintf("%s/plan%d", w->dir, w->count);

	w->paths[w->count++] = path;
	return file_write(path, plan->bytes, plan->len, e);
}

static int put_text(struct writing *w, const char *text, uint32_t slot, struct rng *rng,
		    struct err *e)
{
	struct plan plan;

	if (plan_parse(&plan, text, strlen(text), "<try>", e) < 0)
		return -1;
	turn_to(&plan, slot, rng);
	return put(w, &plan, e);
}

int try_plans_write(const char *dir, const struct try_order *order, const struct batch *b,
		    uint32_t slot, char *paths[TRY_PLANS], struct err *e)
{
	const struct target_case *row = b->slots[slot].row;
	struct writing w = { dir, paths, 0 };
	struct plan plan;
	struct rng rng;
	int rc = 0;

	if (order->plan) {
		plan = *order->plan;
		turn_to(&plan, slot, NULL);
		return put(&w, &plan, e) < 0 ? -1 : w.count;
	}
	rng_seed(&rng, order->seed);
	for (int i = 0; i < CALM && rc == 0; i++) {
		calm_plan(&plan, &rng, slot, i);
		rc = put(&w, &plan, e);
	}
	if (row) /* of a target: what brings its fault out, if that is a plan */
		return rc < 0 || (row->plan && put_text(&w, row->plan, slot, NULL, e) < 0) ? -1
											   : w.count;
	for (size_t i = 0; i < sizeof(turbulent) / sizeof(*turbulent) && rc == 0; i++)
		rc = put_text(&w, turbulent[i], slot, &rng, e);
	return rc < 0 ? -1 : w.count;
}
