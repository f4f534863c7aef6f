/* purity_plans.c: bench. Plans made for each exhibit, at several depths, in guests that no engine drives. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "bench/purity.h"
#include "bench/purity_make.h"
#include "campaign/collect.h"
#include "model/plan_text.h"
#include "triage/bundle.h"
#include "triage/spool.h"

#define DEADLINE_MS 60000
#define STDERR_BYTES (1u << 20)
#define DEPTHS 4
#define DEEPEST 64

/* Levels more than an exhibit needs; even, as one level is Go and the next is C. */
static const uint8_t deeper[][DEPTHS] = {
	{ 0, 6, 28, 62 }, { 0, 2, 14, 44 }, { 0, 4, 20, 60 }, { 0, 10, 36, 54 }
};
#define ROUNDS (sizeof(deeper) / sizeof(*deeper))

struct run {
	const struct purity_ground *g;
	const struct target_case *row;
	uint32_t slot, count;
	unsigned round;
	char *dir; /* temporary */
	char *paths[DEPTHS + 1];
	uint32_t bundles; /* written by this process */
};

static uint8_t depth_byte(unsigned levels)
{
	while (levels > DEEPEST)
		levels -= 2;
	return (uint8_t)(levels < 4 ? levels : levels + 191);
}

/* Every way to the crossing that it waits for (targets/planted/planted.h): into C or into Go, looked at or not, the
 * control. The first that opens the gate ends the plan. */
static void planted_plan(const struct run *x, unsigned more, struct plan *plan)
{
	const uint32_t key = 1 + 5 * x->slot % 15;
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;

	for (int captured = 0; captured < 2; captured++)
		for (unsigned levels = 2; levels < 4; levels++)
			buf_addf(&text, "call %u depth=%u seed=0x%x%s\n", x->slot,
				 levels + more > DEEPEST ? levels + more - 2 : levels + more,
				 x->round << 8 | more << 12 | key, captured ? " captured" : "");
	buf_addf(&text, "direct %u seed=0x%x captured\n", x->slot, x->round << 8 | key);
	if (plan_parse(plan, text.ptr, text.len, x->row->name, &e) < 0)
		BUG("%s", e.msg);
	buf_release(&text);
}

/* The row's own plan, its crossings turned to the slot. */
static void turbulent_plan(const struct run *x, unsigned more, struct plan *plan)
{
	struct err e = ERR_INIT;

	if (plan_parse(plan, x->row->plan, strlen(x->row->plan), x->row->name, &e) < 0)
		BUG("%s", e.msg);
	for (uint32_t at = 0; at < plan->len; at += CGOFUZZ_STEP_BYTES) {
		uint64_t word = cgofuzz_plan_word(plan->bytes, plan->len, at);

		if (cgofuzz_word_is_turbulence(word))
			continue;
		plan->bytes[at] = (uint8_t)x->slot;
		plan->bytes[at + 1] = (uint8_t)(x->slot >> 8);
		plan->bytes[at + 3] = depth_byte(
			more + cgofuzz_word_step(word, (struct cgofuzz_slots){ 1, 0 }).depth);
		plan->bytes[at + 5] = (uint8_t)x->round;
	}
}

/* A hang costs seconds each, and ten thousand times 60 levels a minute. */
static bool is_slow(const struct run *x)
{
	return x->row->kind == CGOFUZZ_FAULT_HANG || (x->row->plan && strstr(x->row->plan, "soak"));
}

static int write_plans(struct run *x, struct err *e)
{
	const uint8_t *more = deeper[x->round % ROUNDS];

	for (unsigned i = 0; i < (is_slow(x) ? 1 : DEPTHS); i++) {
		struct plan plan;

		if (x->row->plan)
			turbulent_plan(x, more[i], &plan);
		else
			planted_plan(x, more[i], &plan);
		x->paths[x->count] = xasprintf("%s/%u.plan", x->dir, i);
		if (file_write(x->paths[x->count++], plan.bytes, plan.len, e) < 0)
			return -1;
	}
	return 0;
}

static int keep_record(const char *name, void *ctx)
{
	struct run *x = ctx;
	const struct purity_ground *g = x->g;
	struct bundle_source src = { .campaign_dir = PURITY_SET,
				     .build = &g->build,
				     .lane = &g->lane,
				     .engine = g->engine,
				     .target = g->target,
				     .batch = &g->batch };
	char *path = xasprintf("%s/guest/pending/%s", x->dir, name);
	char *dir = xasprintf("%s/spool/plan-%s-%s-%u-%u-%u", PURITY_SET, g->target, x->row->name,
			      x->round, (unsigned)getpid(), x->bundles++);
	char *log = xasprintf("%s/stderr", x->dir);
	struct buf bytes = BUF_INIT, said = BUF_INIT;
	struct err e = ERR_INIT;

	if (file_exists(log) && file_read(log, STDERR_BYTES, &said, &e) == 0)
		src.stderr_text = said.ptr;
	if (file_read(path, 64 << 20, &bytes, &e) < 0 ||
	    recorder_check(bytes.ptr, bytes.len, &e) < 0 || dir_make(dir, &e) < 0 ||
	    bundle_put(dir, &src, (const void *)bytes.ptr, &e) < 0)
		printf("  %s: %s\n", path, e.msg);
	buf_release(&bytes);
	buf_release(&said);
	free(log);
	free(path);
	free(dir);
	return 0;
}

/* What a guest has filed, and what it died of. */
static int keep_records(struct run *x, const struct guest_result *result, struct err *e)
{
	char *dir = xasprintf("%s/guest", x->dir), *pending = xasprintf("%s/pending", dir);
	struct cgofuzz_recorder *r = recorder_map(dir, e);
	int rc = r ? 0 : -1;

	/* One that was ended since it took too long has not died of anything. */
	if (rc == 0 && !result->timed_out && r->state != CGOFUZZ_IDLE && !collect_has(dir, &r->fault))
		rc = collect_image(dir, r, result->hung ? CGOFUZZ_FAULT_HANG : CGOFUZZ_FAULT_DEATH,
				   result->wait_status, e);
	if (r)
		recorder_unmap(r);
	if (rc == 0)
		rc = dir_each(pending, keep_record, x, e);
	free(dir);
	free(pending);
	return rc;
}

/* All of it in one guest, and where one ends, the rest in another. */
static int run_exhibit(struct run *x, struct err *e)
{
	char *dir = xasprintf("%s/guest", x->dir), *log = xasprintf("%s/stderr", x->dir);
	char *exe = build_exe(&x->g->build, x->g->engine);
	int rc = write_plans(x, e);

	for (uint32_t at = 0; rc == 0 && at < x->count;) {
		struct guest_result result = { 0 };
		struct guest_run run = { .exe = exe,
					 .engine = x->g->engine,
					 .recorder_dir = dir,
					 .stderr_path = log,
					 .deadline_ms = DEADLINE_MS,
					 .plans = (const char *const *)x->paths + at,
					 .plan_count = x->count - at };

		rc = dir_remove(dir, e) < 0
			? -1
			: recorder_create(dir, x->g->build.id, (int)x->g->lane.arch->id, e);
		if (rc == 0)
			rc = guest_run(&run, &x->g->lane, &x->g->tools, &result, e);
		if (rc == 0)
			rc = keep_records(x, &result, e);
		at = result.wait_status ? at + (uint32_t)result.executions + 1 : x->count;
	}
	for (uint32_t i = 0; i < x->count; i++)
		free(x->paths[i]);
	free(exe);
	free(dir);
	free(log);
	return rc;
}

int purity_plans(const struct purity_ground *g, unsigned round, struct err *e)
{
	char *dir = xasprintf("%s/guest-%d", PURITY_SET, (int)getpid());
	int rc = builds_keep(PURITY_SET, &g->build, e);
	uint32_t bundles = 0;

	for (uint32_t i = 0; rc == 0 && i < g->batch.count; i++) {
		struct run x = { .g = g,
				 .row = g->batch.slots[i].row,
				 .slot = i,
				 .round = round,
				 .dir = dir,
				 .bundles = bundles };

		if (x.row->kind == CGOFUZZ_FAULT_DIFFERENTIAL || x.row->kind == CGOFUZZ_FAULT_CLIFF)
			continue;
		rc = dir_remove(dir, e) < 0 || dir_make(dir, e) < 0 ? -1 : run_exhibit(&x, e);
		bundles = x.bundles;
	}
	if (rc == 0)
		rc = dir_remove(dir, e);
	printf("  %s, %s: %u bundles of plans\n", g->target, g->lane.name, bundles);
	fflush(stdout);
	free(dir);
	return rc;
}
