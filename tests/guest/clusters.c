/* clusters.c: guest tests. From guests to clusters: each planted fault, run on both architectures and
 * with both engines' programs, becomes one cluster, and it happens again. Prints TAP.
 * Usage: clusters DIR (to be made: a campaign). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "targets/planted/planted.h"
#include "tests/guest/tap.h"
#include "triage/triage.h"

enum { GO_TO_C = CGOFUZZ_GO_TO_C, C_TO_GO = CGOFUZZ_C_TO_GO, C_TO_C = CGOFUZZ_C_TO_C };
static const struct row {
	const char *name;
	uint32_t direction;
	enum cgofuzz_fault_kind kind;
	const char *side; /* that the exhibit makes wrong */
} rows[] = {
#define PLANTED(name, archs, kind, direction, side, ...) \
	{ name, direction, CGOFUZZ_FAULT_##kind, #side },
#include "targets/planted/planted.def"
#undef PLANTED
};

static const struct row *row_of(const char *name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	return NULL;
}

static struct lane lane;
static struct toolchain tools;
static const char *campaign;

struct collecting {
	const struct bundle_source *src;
	const char *dir;
	unsigned kept;
};

static void take(struct collecting *c, const char *path)
{
	struct err e = ERR_INIT;
	bool kept;

	if (bundle_write(c->src, path, &kept, &e) < 0)
		bail(&e);
	c->kept += kept;
	if (!kept && e.msg[0])
		printf("# %s: %s\n", path, e.msg);
}

static int take_pending(const char *name, void *ctx)
{
	struct collecting *c = ctx;
	char *path = xasprintf("%s/pending/%s", c->dir, name);

	take(c, path);
	free(path);
	return 0;
}

/* What a run left becomes bundles: files in pending/, and the recorder of a guest that died. */
static unsigned collect(const struct bundle_source *src, const char *dir)
{
	char *pending = xasprintf("%s/pending", dir), *last = xasprintf("%s/recorder", dir);
	struct collecting c = { src, dir, 0 };
	struct err e = ERR_INIT;
	struct cgofuzz_recorder *r = recorder_map(dir, &e);

	if (!r || dir_each(pending, take_pending, &c, &e) < 0)
		bail(&e);
	if (r->state != CGOFUZZ_IDLE)
		take(&c, last);
	recorder_unmap(r);
	free(pending);
	free(last);
	return c.kept;
}

/* The step that opens the gate of a slot at that level, after `before` steps that do not. */
static char *save_plan(const char *dir, uint32_t slot, uint32_t depth, uint32_t before, bool captured)
{
	uint8_t plan[4 * CGOFUZZ_STEP_BYTES] = { 0 };
	char *path = xasprintf("%s.plan", dir);
	struct err e = ERR_INIT;

	for (uint32_t i = 0; i <= before; i++) {
		uint8_t *step = plan + i * CGOFUZZ_STEP_BYTES;

		step[0] = (uint8_t)slot;
		step[2] = captured ? 225 : 1;
		step[3] = (uint8_t)(i < before ? depth ^ 1 : depth);
		step[4] = (uint8_t)(planted_key(slot) | before << 4);
		step[5] = (uint8_t)(slot * 7);
	}
	if (file_write(path, plan, (before + 1) * CGOFUZZ_STEP_BYTES, &e))
		bail(&e);
	return path;
}

static void run_row(struct bundle_source *src, uint32_t slot, enum engine engine)
{
	const struct row *row = row_of(src->batch->slots[slot].row->name);
	static unsigned serial;
	char *dir = xasprintf("%s/engines/run-%u", campaign, serial++);
	char *exe = build_exe(src->build, engine), *log = xasprintf("%s.stderr", dir), *plan;
	struct guest_result result;
	struct guest_run run = { .exe = exe,
				 .engine = engine,
				 .plan_count = 1,
				 .recorder_dir = dir,
				 .stderr_path = log,
				 .deadline_ms = 60000 };
	struct err e = ERR_INIT;

	if (recorder_create(dir, src->build->id, (int)lane.arch->id, &e))
		bail(&e);
	plan = save_plan(dir, slot, row->direction == GO_TO_C ? IN_C : IN_GO,
			 engine == ENGINE_AFL ? 0 : 2, row->kind == CGOFUZZ_FAULT_CAPTURE);
	run.plans = (const char *const *)&plan;
	if (guest_run(&run, &lane, &tools, &result, &e))
		bail(&e);
	src->engine = engine;
	collect(src, dir);
	free(plan);
	free(log);
	free(exe);
	free(dir);
}

static void run_arch(const struct arch_info *arch)
{
	struct bundle_source src = { .campaign_dir = campaign,
				     .lane = &lane,
				     .target = "planted",
				     .seed = 1,
				     .stderr_text = "" };
	struct batch batch = { 0 };
	struct build b = { 0 };
	struct err e = ERR_INIT;

	if (lane_parse(&lane, "", arch, &e) || toolchain_resolve(&tools, &lane, &e) ||
	    batch_from_target(&batch, target_find("planted"), arch->id, &e) ||
	    build_batch(&b, &batch, &lane, BUILD_ALL, 0, &e))
		bail(&e);
	src.build = &b;
	src.batch = &batch;
	for (uint32_t slot = 0; slot < batch.count; slot++)
		for (int engine = 0; engine < ENGINE_COUNT; engine++)
			run_row(&src, slot, (enum engine)engine);
	build_release(&b);
	batch_release(&batch);
}

/* The exhibit all members of a cluster come from; "" if they differ. Counts them by row. */
static const char *exhibit_of(const struct triage_cluster *c, unsigned *counts)
{
	const struct target *planted = target_find("planted");
	const char *name = NULL;

	for (uint32_t i = 0; i < c->member_count; i++) {
		char *dir = xasprintf("%s/spool/%s", campaign, c->members[i]);
		struct err e = ERR_INIT;
		struct bundle b;

		if (bundle_load(&b, dir, &e) < 0)
			bail(&e);
		for (uint32_t k = 0; k < planted->case_count; k++)
			if (!strcmp(planted->cases[k].name, b.exhibit)) {
				counts[k]++;
				name = name && strcmp(name, b.exhibit) ? "" : planted->cases[k].name;
			}
		bundle_release(&b);
		free(dir);
	}
	return name ? name : "";
}

static unsigned lanes_of(const struct triage_cluster *c)
{
	unsigned n = 1;

	for (const char *p = c->lanes; (p = strchr(p, ',')); p++)
		n++;
	return n;
}

/* Whoever ends a crossing is not told by where values are: the stack says it. */
static void check_guilty(const struct triage_cluster *c, const struct row *row)
{
	bool ends = row &&
		(row->kind == CGOFUZZ_FAULT_SIGNAL || row->kind == CGOFUZZ_FAULT_EXIT ||
		 row->kind == CGOFUZZ_FAULT_DEATH || row->kind == CGOFUZZ_FAULT_HANG);
	bool open = ends || (row && !strcmp(row->side, "ACROSS")); /* between documents nobody is */
	const char *side = open ? "unknown" : row ? row->side : "";

	ok(!strcasecmp(c->guilty, side), "and the guilty side is %s: %s", side, c->guilty_text);
}

static void check_cluster(const struct triage_cluster *c, unsigned *counts)
{
	const struct target *planted = target_find("planted");
	const char *name = exhibit_of(c, counts);
	unsigned archs = 0;

	for (uint32_t k = 0; k < planted->case_count; k++)
		if (!strcmp(planted->cases[k].name, name))
			archs = (unsigned)__builtin_popcount(planted->cases[k].archs);
	ok(*name && lanes_of(c) == archs && !c->weak, "%s is one cluster of %u architectures: %s",
	   *name ? name : "a mixture", archs, c->signature);
	ok(c->replayed_ok == c->replayed_of && c->replayed_of > 0, "and happens again");
	ok(c->reference_ok == c->reference_of && c->reference_of > 0, "and so on the reference path");
	check_guilty(c, row_of(name));
}

/* Where a stack was taken it reaches the start of the thread, but for endless recursion. */
static void check_stacks(const struct triage_cluster *c)
{
	struct buf text = BUF_INIT, sig = BUF_INIT, title = BUF_INIT;
	struct err e = ERR_INIT;
	struct bundle b;
	bool weak;

	for (uint32_t i = 0; i < c->member_count; i++) {
		char *dir = xasprintf("%s/spool/%s", campaign, c->members[i]);

		if (bundle_load(&b, dir, &e) < 0 ||
		    signature_make(&b, &sig, &title, &text, &weak, &e) < 0)
			bail(&e);
		if (text.len && !strstr(c->signature, "stack|") &&
		    !strstr(text.ptr, "ends: start of the thread"))
			ok(false, "the stack of %s is whole\n# %s", c->members[i], text.ptr);
		buf_reset(&text);
		bundle_release(&b);
		free(dir);
	}
	buf_release(&text);
	buf_release(&sig);
	buf_release(&title);
}

int main(int argc, char **argv)
{
	const struct triage_options options = { .verify = true,
						.tries = 1,
						.known_issues = "/nowhere" };
	const struct target *planted = target_find("planted");
	unsigned *counts = xcalloc(planted->case_count, sizeof(*counts));
	struct triage_result r;
	struct err e = ERR_INIT;

	if (argc != 2) {
		fprintf(stderr, "Usage: clusters DIR\n");
		return 2;
	}
	campaign = path_absolute(argv[1]);
	if (dir_make(campaign, &e))
		bail(&e);
	for (unsigned i = 0; arch_at(i); i++)
		run_arch(arch_at(i));
	if (triage_run(campaign, &options, &r, &e) < 0)
		bail(&e);
	ok(r.cluster_count == planted->case_count, "%u planted faults make %u clusters",
	   planted->case_count, r.cluster_count);
	ok(r.quarantined == 0, "nothing is in quarantine");
	for (uint32_t i = 0; i < r.cluster_count; i++) {
		check_cluster(&r.clusters[i], counts);
		check_stacks(&r.clusters[i]);
	}
	for (uint32_t k = 0; k < planted->case_count; k++)
		if (!counts[k])
			ok(false, "%s was found", planted->cases[k].name);
	triage_result_release(&r);
	printf("1..%d\n", test_count);
	return failures != 0;
}
