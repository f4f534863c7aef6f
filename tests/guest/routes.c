/* routes.c: guest tests. Each route on which Go calls C: quiet when nothing is wrong, and damage on the way is
 * seen. Usage: routes ARCH DIR (to be made, for recorders and plans). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "lane/build.h"
#include "lane/tool.h"
#include "targets/planted/planted.h"
#include "tests/guest/tap.h"

#define BOTH ((1u << CGOFUZZ_ARCH_AMD64) | (1u << CGOFUZZ_ARCH_ARM64))
#define ARGUMENTS "void f(int, struct { float x; double y; })"
#define RESULT "struct { char tag; double d; } f(int)"

/* Hooks and stub of targets/planted; on a route each. */
#define ROW(way, c) .name = way, .text = "[route=" way "] " c, .archs = BOTH
static const struct target_case rows[] = {
	{ ROW("errno", "int f(long)"), .hook = "planted_errno" },
	{ ROW("callback-errno", "void f(void)"), .hook = "planted_errno" },
	{ ROW("pointer", ARGUMENTS), .hook = "planted_argument" },
	{ ROW("go-pointer", RESULT), .hook = "planted_result" },
	{ .name = "go-pointer, aligned to 16 and to 64",
	  .text = "[route=go-pointer] struct __attribute__((aligned(64))) { char tag; double d; } "
		  "f(int, struct { __int128 x; int *y; int z : 7; })",
	  .archs = BOTH,
	  .hook = "planted_result" },
	{ ROW("slice", RESULT), .hook = "planted_result" },
	{ ROW("function-pointer", "void f(void)"), .stub = "planted_callee_saved" },
	{ ROW("bytes", ARGUMENTS), .hook = "planted_argument" },
	{ ROW("noescape", "int f(int)"), .hook = "planted_outermost" },
};
#define ROWS (sizeof(rows) / sizeof(*rows))
static const struct target target = {
	.name = "planted", .cases = rows, .case_count = ROWS, .dir = "planted"
};

static struct lane lane;
static struct toolchain tools;
static const char *work_dir;
static struct cgofuzz_fault seen; /* the last; kind NONE: none */

static int take_pending(const char *name, void *ctx)
{
	char *path = xasprintf("%s/rec/pending/%s", work_dir, name);
	struct buf data = BUF_INIT;
	struct err e = ERR_INIT;

	(void)ctx;
	if (file_read(path, 0, &data, &e) || data.len < sizeof(struct cgofuzz_recorder))
		bail(&e);
	seen = ((const struct cgofuzz_recorder *)(void *)data.ptr)->fault;
	buf_release(&data);
	free(path);
	return 0;
}

/* Crossings that the guest made; it ended well, and what it saw is in `seen`. */
static uint64_t run_plan(const struct build *b, const uint8_t *plan, size_t len)
{
	char *dir = xasprintf("%s/rec", work_dir), *exe = build_plain(b);
	char *pending = xasprintf("%s/pending", dir), *path = xasprintf("%s/plan", work_dir);
	char *said = xasprintf("%s/stderr", work_dir);
	const char *plans[] = { path };
	struct guest_run run = { exe, ENGINE_COUNT, plans, 1, dir, said, 120000 };
	struct guest_result result = { 0 };
	struct err e = ERR_INIT;

	seen = (struct cgofuzz_fault){ 0 };
	if (file_write(path, plan, len, &e) || dir_remove(dir, &e) ||
	    recorder_create(dir, b->id, lane.arch->id, &e) ||
	    guest_run(&run, &lane, &tools, &result, &e) || dir_each(pending, take_pending, NULL, &e))
		bail(&e);
	free(said);
	free(path);
	free(pending);
	free(exe);
	free(dir);
	return result.wait_status ? 0 : result.crossings;
}

static void put_step(uint8_t *to, uint32_t slot, uint8_t how, uint32_t depth, uint32_t seed)
{
	const uint8_t step[CGOFUZZ_STEP_BYTES] = { (uint8_t)slot, (uint8_t)(slot >> 8),
						   how,		  (uint8_t)depth,
						   (uint8_t)seed, (uint8_t)(seed >> 8) };

	memcpy(to, step, sizeof(step));
}

static void damage_is_seen(const struct build *b, uint32_t slot)
{
	enum cgofuzz_fault_kind wanted = rows[slot].stub ? CGOFUZZ_FAULT_GPR : CGOFUZZ_FAULT_LEAF;
	uint8_t step[CGOFUZZ_STEP_BYTES];

	put_step(step, slot, CGOFUZZ_ROUTE_CALL, IN_C, 0x5a00 | planted_key(slot));
	if (!ok(run_plan(b, step, sizeof(step)) && seen.kind == wanted && seen.slot == slot &&
			seen.direction == CGOFUZZ_GO_TO_C,
		"%s: damage on the way is seen", rows[slot].name))
		printf("# kind %u, slot %u, direction %u\n", seen.kind, seen.slot, seen.direction);
}

/* Every way to enter, every depth that the route has, with and without capture. */
static void is_silent(const struct build *b, uint32_t slot)
{
	uint8_t plan[CGOFUZZ_PLAN_MAX_BYTES];
	uint32_t steps = sizeof(plan) / CGOFUZZ_STEP_BYTES;

	for (uint32_t i = 0; i < steps; i++)
		put_step(plan + i * CGOFUZZ_STEP_BYTES, slot,
			 (uint8_t)(i % CGOFUZZ_ROUTES + (i & 8 ? 224 : 0)), i / 16 % 8,
			 i << 8 | (planted_key(slot) ^ 1));
	if (!ok(run_plan(b, plan, sizeof(plan)) >= 2 * steps && !seen.kind,
		"%s: nothing is seen where nothing is wrong", rows[slot].name))
		printf("# kind %u, leaf %u, expected %llx, got %llx\n", seen.kind, seen.leaf,
		       (unsigned long long)seen.expected, (unsigned long long)seen.got);
}

int main(int argc, char **argv)
{
	struct batch batch = { 0 };
	struct build b = { 0 };
	struct err e = ERR_INIT;

	if (argc != 3 || !arch_find(argv[1])) {
		fprintf(stderr, "Usage: routes ARCH DIR\n");
		return 2;
	}
	work_dir = path_absolute(argv[2]);
	tap_prefix = xasprintf("%s: ", argv[1]);
	if (dir_make(work_dir, &e) || lane_parse(&lane, "", arch_find(argv[1]), &e) ||
	    toolchain_resolve(&tools, &lane, &e) ||
	    batch_from_target(&batch, &target, lane.arch->id, &e))
		bail(&e);
	batch_with_control(&batch);
	if (build_batch(&b, &batch, &lane, BUILD_PLAIN, 0, &e))
		bail(&e);
	for (uint32_t slot = 0; slot < ROWS; slot++) {
		if (emit_unsupported(&batch.slots[slot].c, go_minor(tools.go_version))) {
			ok(1, "%s # SKIP not with %s", rows[slot].name, tools.go_version);
			continue;
		}
		is_silent(&b, slot);
		damage_is_seen(&b, slot);
	}
	build_release(&b);
	batch_release(&batch);
	printf("1..%d\n", test_count);
	return failures != 0;
}
