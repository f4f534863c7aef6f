/* oracles.c: guest tests. Are the oracles awake, and quiet when nothing is wrong? Builds the planted
 * batch and a generated one for one architecture, runs plans without an engine, prints TAP.
 * Usage: oracles ARCH DIR (to be made, for builds' recorders and plans). */
#include "targets/planted/planted.h"
#include "tests/guest/outcome.h"

#define CLEAN_SEED 20240607
#define CLEAN_PLANS 4

static const char *const way_names[] = { "go->c", "c->go", "c->c" };
enum { GO_TO_C = CGOFUZZ_GO_TO_C, C_TO_GO = CGOFUZZ_C_TO_GO, C_TO_C = CGOFUZZ_C_TO_C };
static const struct verdict {
	const char *name;
	enum cgofuzz_fault_kind kind;
	uint32_t direction;
} verdicts[] = {
#define PLANTED(name, archs, kind, direction, ...) { name, CGOFUZZ_FAULT_##kind, direction },
#include "targets/planted/planted.def"
#undef PLANTED
};

/* kind: of the fault that is waited for: what only a capture sees needs one. */
static void put_step(uint8_t *to, uint32_t slot, uint32_t depth, uint32_t seed,
		     enum cgofuzz_fault_kind kind)
{
	const uint8_t step[CGOFUZZ_STEP_BYTES] = { (uint8_t)slot,
						   (uint8_t)(slot >> 8),
						   kind == CGOFUZZ_FAULT_CAPTURE ? 225 : 1,
						   (uint8_t)depth,
						   (uint8_t)seed,
						   (uint8_t)(seed >> 8),
						   (uint8_t)(seed >> 16),
						   (uint8_t)(seed >> 24) };

	memcpy(to, step, sizeof(step));
}

static const struct verdict *verdict_of(const char *name)
{
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		if (!strcmp(verdicts[i].name, name))
			return &verdicts[i];
	return NULL;
}

/* The step of a row that opens its gate; one bit beside it, the gate stays closed. */
static uint32_t row_depth(const struct verdict *v)
{
	return v->direction == GO_TO_C ? IN_C : IN_GO;
}

static void open_gate(const struct build *b, const struct batch *batch, uint32_t slot)
{
	const struct target_case *row = batch->slots[slot].row;
	const struct verdict *v = verdict_of(row->name);
	uint8_t plan[CGOFUZZ_STEP_BYTES];
	const char *path;
	struct outcome o;

	put_step(plan, slot, row_depth(v), 0x5a00 | planted_key(slot), v->kind);
	path = save_plan("open", plan, sizeof(plan));
	o = run_plans(b, &path, 1);
	if (!ok(o.faults == 1 && o.fault.kind == v->kind && o.fault.direction == v->direction &&
			o.fault.slot == slot,
		"%s is seen as %s, %s, once", row->name, kind_names[v->kind], way_names[v->direction]))
		explain(&o);
	free(o.stderr_path);
}

/* Damage to callee-saved registers comes in 16 variants: each such register is watched. */
static const struct {
	int arch;
	enum cgofuzz_fault_kind kind;
	uint64_t registers[2]; /* DWARF numbers */
} callee_saved[] = {
	/* System V AMD64 psABI, figure 3.4 and 3.36: rbx rbp r12 to r15 */
	{ CGOFUZZ_ARCH_AMD64, CGOFUZZ_FAULT_GPR, { 0xf048, 0 } },
	/* AAPCS64 6.1.1 and DWARF for AArch64 4.1: x19 to x29; v8 to v15 */
	{ CGOFUZZ_ARCH_ARM64, CGOFUZZ_FAULT_GPR, { 0x3ff80000, 0 } },
	{ CGOFUZZ_ARCH_ARM64, CGOFUZZ_FAULT_FPR, { 0, 0xff00 } },
};

static void each_register(const struct build *b, const struct batch *batch, uint32_t slot,
			  const uint64_t *wanted)
{
	const char *paths[16];
	uint8_t plan[CGOFUZZ_STEP_BYTES];
	struct outcome o;

	for (uint32_t variant = 0; variant < 16; variant++) {
		char *name = xasprintf("variant-%u", variant);

		put_step(plan, slot, IN_C, 0x5a00 | variant << 4 | planted_key(slot),
			 CGOFUZZ_FAULT_GPR);
		paths[variant] = save_plan(name, plan, sizeof(plan));
		free(name);
	}
	o = run_plans(b, paths, 16);
	if (!ok(o.faults == 16 && !memcmp(o.registers, wanted, sizeof(o.registers)),
		"%s is seen in each register", batch->slots[slot].row->name)) {
		printf("# registers %llx %llx\n", (unsigned long long)o.registers[1],
		       (unsigned long long)o.registers[0]);
		explain(&o);
	}
	free(o.stderr_path);
}

static void each_register_of(const struct build *b, const struct batch *batch, uint32_t slot)
{
	enum cgofuzz_fault_kind kind = verdict_of(batch->slots[slot].row->name)->kind;

	for (size_t i = 0; i < sizeof(callee_saved) / sizeof(callee_saved[0]); i++)
		if (callee_saved[i].arch == (int)lane.arch->id && callee_saved[i].kind == kind)
			each_register(b, batch, slot, callee_saved[i].registers);
}

/* All rows in one plan, but for those that need no gate. */
static void keep_gates_closed(const struct build *b, const struct batch *batch)
{
	uint8_t plan[CGOFUZZ_PLAN_MAX_BYTES];
	size_t len = 0;
	const char *path;
	struct outcome o;

	for (uint32_t slot = 0; slot < batch->count; slot++) {
		const struct verdict *v = verdict_of(batch->slots[slot].row->name);
		const uint32_t key = planted_key(slot);

		if (v->kind == CGOFUZZ_FAULT_LAYOUT)
			continue;
		put_step(plan + len, slot, row_depth(v), 0x5a00 | (key ^ 1), v->kind);
		put_step(plan + len + 8, slot, row_depth(v) ^ 1, 0x5a00 | key, v->kind);
		len += 16;
	}
	path = save_plan("closed", plan, len);
	o = run_plans(b, &path, 1);
	if (!ok(o.faults == 0 && o.counted == 0 && o.run.wait_status == 0 && o.run.crossings > 0,
		"planted faults behind closed gates are silent"))
		explain(&o);
	free(o.stderr_path);
}

static void check_planted(void)
{
	struct batch batch = { 0 };
	struct build b = { 0 };
	struct err e = ERR_INIT;

	if (batch_from_target(&batch, target_find("planted"), lane.arch->id, &e) ||
	    build_batch(&b, &batch, &lane, BUILD_ALL, 0, &e))
		bail(&e);
	ok(b.built == batch.count, "all %u planted cases can be built", batch.count);
	keep_gates_closed(&b, &batch);
	for (uint32_t slot = 0; slot < batch.count; slot++) {
		open_gate(&b, &batch, slot);
		each_register_of(&b, &batch, slot);
	}
	build_release(&b);
	batch_release(&batch);
}

/* Go before 1.21 assumes 32 KiB of stack for a C main thread (golang/go#59294, corpus/known-issues.yaml):
 * where the machine has no other, plans stay shallow. */
static bool stack_is_assumed(void)
{
	return !strncmp(tools.go_version, "go1.19", 6) || !strncmp(tools.go_version, "go1.20", 6);
}

/* Any bytes are plans; these are deep here and shallow there, in both routes. */
static void check_clean(void)
{
	const uint64_t least = lane.arch->qemu[0] ? 1000000 : 10000000;
	const char *plans[CLEAN_PLANS];
	uint8_t plan[CGOFUZZ_PLAN_MAX_BYTES];
	struct batch batch = { 0 };
	struct build b = { 0 };
	struct err e = ERR_INIT;
	struct outcome o;
	uint64_t x = CLEAN_SEED;
	char loops[16];

	batch_generate(&batch, BATCH_DEFAULT_CASES, CLEAN_SEED);
	if (build_batch(&b, &batch, &lane, BUILD_ALL, 0, &e))
		bail(&e);
	for (int i = 0; i < CLEAN_PLANS; i++) {
		char name[16];

		for (size_t k = 0; k < sizeof(plan); k++) {
			x = x * 6364136223846793005u + 1442695040888963407u;
			plan[k] = (uint8_t)(x >> 56);
			if (k % CGOFUZZ_STEP_BYTES == 3 && stack_is_assumed())
				plan[k] &= 0x7f;
		}
		snprintf(name, sizeof(name), "clean-%d", i);
		plans[i] = save_plan(name, plan, sizeof(plan));
	}
	snprintf(loops, sizeof(loops), "%d", /* shallow plans make a third of the crossings */
		 (lane.arch->qemu[0] ? 64 : 640) * (stack_is_assumed() ? 4 : 1));
	setenv("CGOFUZZ_LOOP", loops, 1);
	setenv("CGOFUZZ_TURBULENCE", "0", 1);
	o = run_plans(&b, plans, CLEAN_PLANS);
	unsetenv("CGOFUZZ_TURBULENCE");
	unsetenv("CGOFUZZ_LOOP");
	printf("# %llu crossings\n", (unsigned long long)o.run.crossings);
	if (!ok(o.faults == 0 && o.counted == 0 && o.run.wait_status == 0 && o.run.crossings >= least,
		"a generated batch stays silent over %llu crossings", (unsigned long long)least))
		explain(&o);
	build_release(&b);
	batch_release(&batch);
}

int main(int argc, char **argv)
{
	if (argc != 3 || !arch_find(argv[1])) {
		fprintf(stderr, "Usage: oracles ARCH DIR\n");
		return 2;
	}
	outcome_init(argv[1], argv[2]);
	check_planted();
	check_clean();
	printf("1..%d\n", test_count);
	return failures != 0;
}
