/* campaign_alone.c: tests. A plan run alone by the engine's program of one lane leaves what a bundle is made of: of a
 * fault that is survived, of a death, and nothing of a plan without either. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "campaign/run.h"
#include "model/plan_text.h"
#include "tests/unit/scratch.h"
#include "triage/bundle.h"

static struct err e;
static struct campaign campaign;
static struct lane lane;
static struct toolchain tools;
static struct batch batch;
static struct build build;
static struct prepared prepared = { .lane_count = 1, .batches = &batch, .builds = &build };
static struct run run = { .campaign = &campaign, .tools = &tools };

static int set_up(void **state)
{
	char *cache = xasprintf("%s/build/cache-test", data_dir());

	setenv("CGOFUZZ_CACHE", cache, 1);
	free(cache);
	if (scratch_make(state) != 0 || lane_parse(&lane, "amd64", NULL, &e) < 0 ||
	    toolchain_resolve(&tools, &lane, &e) < 0 ||
	    batch_from_target(&batch, target_find("turbulent"), CGOFUZZ_ARCH_AMD64, &e) < 0 ||
	    build_batch(&build, &batch, &lane, 1u << ENGINE_LIBFUZZER, 0, &e) < 0)
		return -1;
	campaign.config.lanes = &lane;
	campaign.config.lane_count = 1;
	campaign.config.engines[ENGINE_LIBFUZZER] = true;
	run.differing.batch = &prepared;
	run.differing.dir = in_scratch("differ");
	return dir_make(run.differing.dir, &e);
}

static int tear_down(void **state)
{
	free(run.differing.dir);
	build_release(&build);
	batch_release(&batch);
	return scratch_remove(state);
}

static uint32_t slot_of(const char *name)
{
	uint32_t slot = 0;

	while (strcmp(batch.slots[slot].row->name, name) != 0)
		slot++;
	return slot;
}

/* The row's own plan, its crossings turned to its slot, the gate closed by another seed. */
static struct plan plan_of(const char *name, bool closed)
{
	const uint32_t slot = slot_of(name);
	const char *text = batch.slots[slot].row->plan;
	struct plan plan;

	assert_int_equal(plan_parse(&plan, text, strlen(text), name, &e), 0);
	for (uint32_t at = 0; at < plan.len; at += CGOFUZZ_STEP_BYTES)
		if (!cgofuzz_word_is_turbulence(cgofuzz_plan_word(plan.bytes, plan.len, at))) {
			plan.bytes[at] = (uint8_t)slot;
			plan.bytes[at + 4] ^= closed ? 8 : 0;
		}
	return plan;
}

/* The kind of fault that is left in a record; NONE: there is no record. */
static uint32_t alone(const char *name, bool closed, bool muted)
{
	struct plan plan = plan_of(name, closed);
	uint64_t mute[CGOFUZZ_MAX_SLOTS / 64] = { muted ? UINT64_MAX : 0 };
	char *to = in_scratch("0.rec");
	struct buf bytes = BUF_INIT;
	uint32_t kind = CGOFUZZ_FAULT_NONE;
	int rc = differ_alone(&run, 0, plan.bytes, (uint32_t)plan.len, mute, to, &e);

	if (rc < 0)
		fail_msg("%s", e.msg);
	if (rc > 0) {
		assert_int_equal(file_read(to, 0, &bytes, &e), 0);
		if (recorder_check(bytes.ptr, bytes.len, &e) < 0)
			fail_msg("%s", e.msg);
		kind = ((const struct cgofuzz_recorder *)(const void *)bytes.ptr)->fault.kind;
	}
	buf_release(&bytes);
	free(to);
	return kind;
}

static void a_fault_that_is_survived_leaves_a_record(void **state)
{
	(void)state;
	assert_int_equal(alone("frame-overrun", false, false), CGOFUZZ_FAULT_FRAME);
}

static void a_death_leaves_a_record(void **state)
{
	(void)state;
	assert_int_equal(alone("stack-eater", false, false), CGOFUZZ_FAULT_SIGNAL);
}

static void nothing_wrong_leaves_none(void **state)
{
	(void)state;
	assert_int_equal(alone("frame-overrun", true, false), CGOFUZZ_FAULT_NONE);
	assert_int_equal(alone("frame-overrun", false, true), CGOFUZZ_FAULT_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fault_that_is_survived_leaves_a_record),
		cmocka_unit_test(a_death_leaves_a_record),
		cmocka_unit_test(nothing_wrong_leaves_none),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
