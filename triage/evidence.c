/* evidence.c: triage. What settles who is guilty. */
#include "triage/evidence.h"

#include "guest/turbulence.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "triage/bundle.h"
#include "triage/replay.h"

#define DEADLINE_MS 60000
#define CAPTURE_ENV "CGOFUZZ_CAPTURE" /* 1: every crossing is captured, whatever the plan says */

bool evidence_wanted(const struct cgofuzz_fault *f, const struct guilty_facts *facts)
{
	const struct guilty_row *row;

	if (f->kind == CGOFUZZ_FAULT_LAYOUT || f->kind == CGOFUZZ_FAULT_NONE ||
	    f->kind == CGOFUZZ_FAULT_DIFFERENTIAL || f->kind == CGOFUZZ_FAULT_CLIFF)
		return false;
	row = guilty_row_of(f, facts);
	return row && row->side == GUILTY_UNKNOWN &&
		(facts->control == GUILTY_CONTROL_OPEN || facts->place == GUILTY_PLACE_OPEN) &&
		f->kind != CGOFUZZ_FAULT_HANG && f->kind != CGOFUZZ_FAULT_SIGNAL &&
		f->kind != CGOFUZZ_FAULT_EXIT && f->kind != CGOFUZZ_FAULT_DEATH;
}

void evidence_direct(uint8_t *plan, uint32_t len)
{
	for (uint32_t at = 0; at + 2 < len; at += CGOFUZZ_STEP_BYTES)
		if (!cgofuzz_word_is_turbulence(cgofuzz_plan_word(plan, len, at)))
			plan[at + 2] = CGOFUZZ_ROUTE_DIRECT;
}

void evidence_step(const struct cgofuzz_fault *f, const uint8_t **plan, uint32_t *len)
{
	const uint32_t steps = cgofuzz_plan_steps(*len);
	uint32_t first = 0, behind = 0, at;

	if (f->step >= steps)
		return;
	while (behind <= f->step) {
		uint64_t word = cgofuzz_plan_word(*plan, *len, behind * CGOFUZZ_STEP_BYTES);

		first = behind++;
		if (cgofuzz_word_is_turbulence(word))
			behind += cgofuzz_word_turbulence(word).body;
	}
	at = first * CGOFUZZ_STEP_BYTES;
	*plan += at;
	*len = behind * CGOFUZZ_STEP_BYTES < *len ? behind * CGOFUZZ_STEP_BYTES - at : *len - at;
}

/* One guest, and what its recorders say of other faults in the slot. */
struct hearing {
	struct guilty_facts *facts;
	const struct cgofuzz_fault *f;
	const char *dir;
	unsigned faults;
};

static int hear(const char *name, void *ctx)
{
	struct hearing *h = ctx;
	char *path = xasprintf("%s/pending/%s", h->dir, name);
	struct buf bytes = BUF_INIT;
	struct err e = ERR_INIT;

	if (strstr(name, ".rec") &&
	    file_read(path, 4 * sizeof(struct cgofuzz_recorder), &bytes, &e) == 0 &&
	    recorder_check(bytes.ptr, bytes.len, &e) == 0) {
		const struct cgofuzz_recorder *r = (const void *)bytes.ptr;

		h->faults += r->fault.kind != CGOFUZZ_FAULT_NONE;
		if (r->fault.kind != CGOFUZZ_FAULT_NONE && r->fault.slot == h->f->slot)
			guilty_learn(h->facts, h->f, &r->fault);
	}
	buf_release(&bytes);
	free(path);
	return 0;
}

static int run(struct hearing *h, const char *plan, const struct evidence_guest *g,
	       struct guest_result *result, struct err *e)
{
	char *log = xasprintf("%s.stderr", h->dir), *pending = xasprintf("%s/pending", h->dir);
	const char *const plans[] = { plan };
	struct guest_run with = { .exe = g->exe,
				  .engine = g->engine,
				  .plans = plans,
				  .plan_count = 1,
				  .recorder_dir = h->dir,
				  .stderr_path = log,
				  .deadline_ms = DEADLINE_MS,
				  .misuse = g->misuse };
	int rc = recorder_create(h->dir, g->build_id, (int)g->lane->arch->id, e);

	if (rc == 0) {
		setenv(CAPTURE_ENV, "1", 1); /* guest/driver.c; this process has one thread */
		rc = guest_run(&with, g->lane, g->tools, result, e);
		unsetenv(CAPTURE_ENV);
	}
	if (rc == 0)
		rc = dir_each(pending, hear, h, e);
	free(pending);
	free(log);
	return rc;
}

/* A plan, in a directory of its own below dir, captured; direct: C to C instead. */
struct trial {
	const char *dir, *name;
	const uint8_t *plan;
	uint32_t len;
	bool direct;
};

static int try_plan(struct guilty_facts *facts, const struct cgofuzz_fault *f,
		    const struct trial *t, const struct evidence_guest *g, struct err *e)
{
	char *own = xasprintf("%s/%s", t->dir, t->name), *path = xasprintf("%s.plan", own);
	struct hearing h = { .facts = facts, .f = f, .dir = own };
	struct guest_result result = { 0 };
	uint8_t changed[CGOFUZZ_PLAN_MAX_BYTES];
	int rc;

	memcpy(changed, t->plan, t->len);
	if (t->direct)
		evidence_direct(changed, t->len);
	rc = file_write(path, changed, t->len, e);
	if (rc == 0)
		rc = run(&h, path, g, &result, e);
	/* Good only if it ran to its end: a layout that does not agree keeps every step from running. */
	if (rc == 0 && t->direct && facts->control == GUILTY_CONTROL_OPEN && !h.faults &&
	    result.crossings && result.wait_status == 0)
		facts->control = GUILTY_CONTROL_GOOD;
	free(path);
	free(own);
	return rc;
}

int evidence_gather(struct guilty_facts *facts, const struct cgofuzz_fault *f, const uint8_t *plan,
		    uint32_t len, const struct evidence_guest *g, struct err *e)
{
	struct trial whole = { .name = "whole", .plan = plan }, step, direct;
	struct err ignored = ERR_INIT;
	char *dir = replay_temp_make(e);
	int rc = 0;

	if (!dir)
		return -1;
	whole.dir = dir;
	whole.len = len < CGOFUZZ_PLAN_MAX_BYTES ? len : CGOFUZZ_PLAN_MAX_BYTES;
	step = whole;
	step.name = "step";
	evidence_step(f, &step.plan, &step.len);
	direct = step;
	direct.name = "direct";
	direct.direct = true;
	if (facts->place == GUILTY_PLACE_OPEN)
		rc = try_plan(facts, f, &step, g, e);
	/* what the stack held before may decide whether it shows */
	if (rc == 0 && facts->place == GUILTY_PLACE_OPEN)
		rc = try_plan(facts, f, &whole, g, e);
	if (rc == 0 && facts->control == GUILTY_CONTROL_OPEN)
		rc = try_plan(facts, f, &direct, g, e);
	dir_remove(dir, &ignored);
	free(dir);
	return rc;
}
