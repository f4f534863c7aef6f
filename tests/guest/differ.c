/* differ.c: guest tests. Do lanes show the same of the same plans, and is it seen where they do not? Prints TAP.
 * Usage: differ DIR */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/rng.h"
#include "guest/turbulence.h"
#include "model/plan_text.h"
#include "tests/guest/known_fault.h"
#include "tests/guest/tap.h"
#include "triage/cost.h"
#include "triage/differ.h"

#define PLANS 40
#define STEPS 32

static const char *work_dir;

/* Two lanes of one batch. */
struct pair {
	struct lane lane[2];
	struct toolchain tools[2];
	struct batch batch[2];
	struct build build[2];
	struct show_spec spec[2];
	struct differ d;
};

/* target NULL: generated cases. */
static void pair_open(struct pair *p, const char *target, const char *a, const char *b)
{
	const char *const names[2] = { a, b };
	static int serial;
	struct err e = ERR_INIT;

	memset(p, 0, sizeof(*p));
	for (int i = 0; i < 2; i++) {
		if (lane_parse(&p->lane[i], names[i], NULL, &e) ||
		    toolchain_resolve(&p->tools[i], &p->lane[i], &e))
			bail(&e);
		if (!target)
			batch_generate(&p->batch[i], BATCH_DEFAULT_CASES, 1);
		else if (batch_from_target(&p->batch[i], target_find(target), p->lane[i].arch->id, &e))
			bail(&e);
		if (build_batch(&p->build[i], &p->batch[i], &p->lane[i], BUILD_PLAIN, 0, &e))
			bail(&e);
		p->spec[i] = (struct show_spec){
			.lane = &p->lane[i],
			.tools = &p->tools[i],
			.exe = build_plain(&p->build[i]),
			.build_id = p->build[i].id,
			.dir = xasprintf("%s/%d", work_dir, serial++),
		};
	}
	if (differ_open(&p->d, p->spec, 2, &e))
		bail(&e);
}

static void pair_close(struct pair *p)
{
	differ_close(&p->d);
	for (int i = 0; i < 2; i++) {
		free((char *)p->spec[i].exe);
		free((char *)p->spec[i].dir);
		build_release(&p->build[i]);
		batch_release(&p->batch[i]);
	}
}

/* Crossings on any route, captured ones among them; turbulent: every fourth step is turbulence. */
static void any_plan(struct rng *rng, bool turbulent, uint8_t *plan)
{
	rng_fill(rng, plan, STEPS * CGOFUZZ_STEP_BYTES);
	for (uint32_t at = 0; at < STEPS * CGOFUZZ_STEP_BYTES; at += CGOFUZZ_STEP_BYTES) {
		plan[at + 2] = rng_below(rng, 8) ? plan[at + 2] & 3 : CGOFUZZ_CAPTURED_BYTE + 1;
		plan[at + 3] &= 0x3f;
		if (turbulent && rng_below(rng, 4) == 0) {
			plan[at + 2] = CGOFUZZ_TURBULENCE_BYTE;
			avoid_known_fault(plan + at);
		}
	}
}

/* Any plans, calm and turbulent: no difference. */
static void check_silence(const char *a, const char *b)
{
	uint32_t equal = 0, capped = 0, others = 0, trail = 0, at;
	struct err e = ERR_INIT;
	enum differ_end end;
	struct pair p;
	struct rng rng;

	pair_open(&p, NULL, a, b);
	rng_seed(&rng, 7);
	for (int n = 0; n < PLANS; n++) {
		uint8_t plan[STEPS * CGOFUZZ_STEP_BYTES];

		any_plan(&rng, n % 2, plan);
		if (differ_plan(&p.d, plan, sizeof(plan), &end, &at, &e))
			bail(&e);
		equal += end == DIFFER_EQUAL;
		capped += end == DIFFER_CAPPED;
		others += end != DIFFER_EQUAL && end != DIFFER_CAPPED;
		trail += p.d.shown[1].head.trail_len;
	}
	ok(others == 0 && equal > PLANS / 2 && trail > PLANS * STEPS / 4,
	   "%s beside %s: silent (%u plans equal, %u capped, %u others, %u steps noted)", b, a,
	   equal, capped, others, trail);
	pair_close(&p);
}

/* The row's own plan, its crossings turned to the row's slot. */
static struct plan row_plan(const struct batch *b, const char *name, uint32_t *slot)
{
	struct err e = ERR_INIT;
	struct plan plan;

	for (*slot = 0; *slot < b->count; ++*slot)
		if (!strcmp(b->slots[*slot].row->name, name))
			break;
	BUG_ON(*slot == b->count);
	if (plan_parse(&plan, b->slots[*slot].row->plan, strlen(b->slots[*slot].row->plan), name,
		       &e) < 0)
		bail(&e);
	for (uint32_t at = 0; at < plan.len; at += CGOFUZZ_STEP_BYTES)
		if (!cgofuzz_word_is_turbulence(cgofuzz_plan_word(plan.bytes, plan.len, at))) {
			plan.bytes[at] = (uint8_t)*slot;
			plan.bytes[at + 1] = (uint8_t)(*slot >> 8);
		}
	return plan;
}

static void expect(struct pair *p, const char *name, enum differ_end wanted, enum differ_how how,
		   uint32_t step)
{
	const char *between = p->lane[1].name;
	struct difference d = { 0 };
	struct err e = ERR_INIT;
	uint32_t slot, at = 0;
	struct plan plan = row_plan(&p->batch[0], name, &slot);
	struct cgofuzz_recorder *rec;
	enum differ_end end;

	if (differ_plan(&p->d, plan.bytes, plan.len, &end, &at, &e))
		bail(&e);
	if (wanted == DIFFER_EQUAL) {
		ok(end == DIFFER_EQUAL, "%s is silent beside %s (%d)", name, between, end);
		return;
	}
	difference_of(&d, &p->d.shown[0], &p->d.shown[1]);
	ok(end == wanted && at == 1 && d.how == how && d.step == step,
	   "%s is seen beside %s, at its step (end %d, how %d, step %u)", name, between, end, d.how,
	   d.step);
	if (differ_confirm(&p->d, plan.bytes, plan.len, 1, 3, &end, &e))
		bail(&e);
	ok(end == DIFFER_FOUND, "and every time it runs alone (%d)", end);
	rec = differ_record(&p->d, plan.bytes, plan.len, 1, p->batch[0].count);
	ok(recorder_check(rec, sizeof(*rec), &e) == 0 && rec->fault.slot == slot &&
		   rec->fault.kind == CGOFUZZ_FAULT_DIFFERENTIAL && rec->fault.step == step,
	   "and its record names case and step: %s", e.msg);
	free(rec);
}

/* Beside the same plan of another row: what each machine is slower in does not count. */
static uint64_t cost(struct pair *p, int lane, const char *name)
{
	uint32_t slot;
	struct plan plan = row_plan(&p->batch[0], name, &slot);

	return cost_measure(&p->d.shows[lane], plan.bytes, plan.len, CGOFUZZ_WANT_COST);
}

static void check_cliff(struct pair *p)
{
	uint64_t here = cost(p, 0, "slow-on-arm64"), there = cost(p, 1, "slow-on-arm64");
	uint64_t usual = cost(p, 0, "differs-on-arm64"), usual_there = cost(p, 1, "differs-on-arm64");
	uint64_t scaled = usual ? usual_there * 1000 / usual * here / 1000 : 0;

	ok(here && there && cost_is_cliff(there, scaled),
	   "slow-on-arm64 costs a multiple there (%llu, usual %llu)", (unsigned long long)there,
	   (unsigned long long)scaled);
	ok(usual && !cost_is_cliff(here, usual) && !cost_is_cliff(usual, here),
	   "and not on amd64 (%llu, usual %llu)", (unsigned long long)here,
	   (unsigned long long)usual);
}

static void check_exhibits(void)
{
	struct pair p;

	pair_open(&p, "turbulent", "amd64", "arm64");
	expect(&p, "differs-on-arm64", DIFFER_FOUND, DIFFER_VALUE, 1);
	expect(&p, "order-of-callbacks", DIFFER_EQUAL, 0, 0);
	expect(&p, "slow-on-arm64", DIFFER_EQUAL, 0, 0);
	check_cliff(&p);
	pair_close(&p);
	pair_open(&p, "turbulent", "amd64-O1", "amd64-O2");
	expect(&p, "differs-on-arm64", DIFFER_EQUAL, 0, 0);
	expect(&p, "order-of-callbacks", DIFFER_FOUND, DIFFER_ORDER, 2);
	pair_close(&p);
}

/* A guest that dies is told apart, and started again; a fault is its lane's own matter. */
static void check_ends(void)
{
	uint8_t plan[2 * CGOFUZZ_STEP_BYTES] = { 1, 0, 1, 0, 8, 0, 0, 0, 2, 0, 2 };
	struct err e = ERR_INIT;
	enum differ_end end;
	uint32_t slot, at = 0;
	struct plan row;
	struct pair p;

	pair_open(&p, "turbulent", "amd64-O1", "amd64-O2");
	kill(p.d.shows[1].pid, SIGKILL);
	if (differ_plan(&p.d, plan, sizeof(plan), &end, &at, &e))
		bail(&e);
	ok(end == DIFFER_GONE && at == 1, "a guest that dies is told (%d)", end);
	if (differ_plan(&p.d, plan, sizeof(plan), &end, &at, &e))
		bail(&e);
	ok(end == DIFFER_EQUAL, "and goes on (%d)", end);
	row = row_plan(&p.batch[0], "frame-overrun", &slot);
	if (differ_plan(&p.d, row.bytes, row.len, &end, &at, &e))
		bail(&e);
	ok(end == DIFFER_FAULT && p.d.shown[0].head.fault == CGOFUZZ_FAULT_FRAME,
	   "a fault is no difference (%d)", end);
	p.d.muted[slot / 64] |= (uint64_t)1 << slot % 64;
	show_mute(&p.d.shows[0], p.d.muted);
	show_mute(&p.d.shows[1], p.d.muted);
	if (differ_plan(&p.d, row.bytes, row.len, &end, &at, &e))
		bail(&e);
	ok(end == DIFFER_EQUAL, "and steps of a muted case are skipped (%d)", end);
	pair_close(&p);
}

int main(int argc, char **argv)
{
	static const char *const lanes[] = {
		"arm64",	 "amd64-O0",	       "amd64-O2-wO2",
		"amd64-clang14", "amd64+GOMAXPROCS=1", "amd64+GODEBUG=asyncpreemptoff=1",
		"amd64+GOGC=1"
	};
	struct err e = ERR_INIT;

	if (argc != 2) {
		fprintf(stderr, "Usage: differ DIR\n");
		return 2;
	}
	work_dir = path_absolute(argv[1]);
	tap_prefix = "";
	if (dir_make(work_dir, &e))
		bail(&e);
	check_exhibits();
	check_ends();
	for (size_t i = 0; i < sizeof(lanes) / sizeof(*lanes); i++)
		check_silence("amd64", lanes[i]);
	printf("1..%d\n", test_count);
	return failures != 0;
}
