/* turbulence.c: guest tests. Does every kind of turbulence do what it says, quietly, and does every turbulent
 * exhibit show, where it should and nowhere else? Prints TAP. Usage: turbulence ARCH DIR */
#include "guest/turbulence.h"
#include "emit/body.h"
#include "model/plan_text.h"
#include "tests/guest/known_fault.h"
#include "tests/guest/outcome.h"

#define CLEAN_SEED 20241121
#define CLEAN_PLANS 200
#define CLEAN_STEPS 32
#define MANY_PLANS 64

enum { GO_TO_C = CGOFUZZ_GO_TO_C, C_TO_GO = CGOFUZZ_C_TO_GO, C_TO_C = CGOFUZZ_C_TO_C };
static const struct verdict {
	enum cgofuzz_fault_kind kind;
	uint32_t direction;
} verdicts[] = {
#define TURBULENT(name, archs, kind, direction, ...) { CGOFUZZ_FAULT_##kind, direction },
#include "targets/turbulent/turbulent.def"
#undef TURBULENT
};
static const char *const row_names[] = {
#define TURBULENT(name, ...) name,
#include "targets/turbulent/turbulent.def"
#undef TURBULENT
};

static const struct verdict *verdict_of(const char *name)
{
	for (size_t i = 0; i < sizeof(row_names) / sizeof(*row_names); i++)
		if (!strcmp(row_names[i], name))
			return &verdicts[i];
	BUG("no verdict of row %s", name);
}

/* The row's own plan, its crossings turned to the slot; with xor on their seeds. */
static const char *row_plan(const struct target_case *row, uint32_t slot, uint8_t seed_xor)
{
	struct plan plan;
	struct err e = ERR_INIT;

	if (plan_parse(&plan, row->plan, strlen(row->plan), row->name, &e) < 0)
		bail(&e);
	for (uint32_t at = 0; at < plan.len; at += CGOFUZZ_STEP_BYTES) {
		if (cgofuzz_word_is_turbulence(cgofuzz_plan_word(plan.bytes, plan.len, at)))
			continue;
		plan.bytes[at] = (uint8_t)slot;
		plan.bytes[at + 1] = (uint8_t)(slot >> 8);
		plan.bytes[at + 4] ^= seed_xor;
	}
	return save_plan(seed_xor ? "closed" : "open", plan.bytes, plan.len);
}

/* What shows only beside another lane is for tests/guest/differ.c: alone it is silent. */
static int needs_another_lane(const struct verdict *v)
{
	return v->kind == CGOFUZZ_FAULT_DIFFERENTIAL || v->kind == CGOFUZZ_FAULT_CLIFF;
}

/* Where the fault is seen: the row's own plan changes stacks, on a thread of C's, or it does not. */
static uint32_t stack_of(const char *plan)
{
	return strstr(plan, "switch ") || strstr(plan, "coroutine ") ? CGOFUZZ_OTHER_OF_C
								     : CGOFUZZ_OWN_STACK;
}

static void check_row(const struct build *b, const struct target_case *row, uint32_t slot)
{
	const struct verdict *v = verdict_of(row->name);
	const char *path = row_plan(row, slot, 0);
	struct outcome o = run_plans(b, &path, 1);

	if (needs_another_lane(v)) {
		if (!ok(o.faults == 0 && o.run.wait_status == 0 && o.run.crossings > 0,
			"%s alone in its lane is silent", row->name))
			explain(&o);
	} else if (!ok(o.faults == 1 && o.fault.kind == v->kind &&
			       o.fault.direction == v->direction && o.fault.slot == slot,
		       "%s is seen as %s, once", row->name, kind_names[v->kind]))
		explain(&o);
	else if (!needs_another_lane(v))
		ok(o.fault.other_stack == stack_of(&row->plan[0]), "%s: whose stack C was on",
		   row->name);
	free(o.stderr_path);
	path = row_plan(row, slot, 8);
	o = run_plans(b, &path, 1);
	if (!ok(o.faults == 0 && o.counted == 0 && o.run.wait_status == 0 && o.run.crossings > 0,
		"%s behind its closed gate is silent", row->name))
		explain(&o);
	free(o.stderr_path);
	path = row_plan(row, slot, 0);
	setenv("CGOFUZZ_TURBULENCE", "0", 1);
	o = run_plans(b, &path, 1);
	unsetenv("CGOFUZZ_TURBULENCE");
	if (!ok(o.faults == 0 && o.run.wait_status == 0, "%s is silent in a calm run", row->name))
		explain(&o);
	free(o.stderr_path);
}

static void check_exhibits(void)
{
	struct batch batch = { 0 };
	struct build b = { 0 };
	struct err e = ERR_INIT;

	if (batch_from_target(&batch, target_find("turbulent"), lane.arch->id, &e) ||
	    build_batch(&b, &batch, &lane, BUILD_ALL, 0, &e))
		bail(&e);
	ok(b.built == batch.count, "all %u turbulent cases can be built", batch.count);
	for (uint32_t slot = 0; slot < batch.count; slot++)
		check_row(&b, batch.slots[slot].row, slot);
	build_release(&b);
	batch_release(&batch);
}

static void expect_silence(const struct build *b, const char *const *plans, uint32_t count,
			   const char *what)
{
	struct outcome o = run_plans(b, plans, count);

	if (!ok(o.faults == 0 && o.counted == 0 && o.run.wait_status == 0 && o.run.crossings > 0,
		"%s: silent, %llu crossings", what, (unsigned long long)o.run.crossings))
		explain(&o);
	free(o.stderr_path);
}

/* Each choice of each parameter, the others at their first and at their last, around three crossings. */
static uint32_t kind_plans(uint32_t kind, const char **paths)
{
	const struct cgofuzz_turbulence_row *row = &cgofuzz_turbulence_rows[kind];
	uint32_t n = 0;

	for (int p = 0; p < CGOFUZZ_TURB_PARAMS; p++)
		for (uint32_t c = 0; c < row->params[p].count && (p == 0 || row->params[p].name);
		     c++) {
			uint8_t plan[5 * CGOFUZZ_STEP_BYTES] = { (uint8_t)kind, 4,
								 CGOFUZZ_TURBULENCE_BYTE };
			char name[32];

			for (int q = 0; q < CGOFUZZ_TURB_PARAMS; q++)
				plan[3 + q] = (uint8_t)(n % 2 ? row->params[q].count - 1 : 0);
			plan[3 + p] = (uint8_t)c;
			for (uint32_t i = 1; i < 5; i++) {
				uint8_t *step = plan + i * CGOFUZZ_STEP_BYTES;

				step[0] = (uint8_t)(n + i);
				step[2] = (uint8_t)(i == 3 ? 224 + 1 : 1 + i % 2);
				step[3] = (uint8_t)(i - 1);
				step[4] = (uint8_t)(n * 4 + i);
			}
			if (n == MANY_PLANS)
				return n;
			if (kind != CGOFUZZ_TURB_FOREIGN_COROUTINE) /* C made this thread */
				avoid_known_fault(plan);
			snprintf(name, sizeof(name), "kind-%u", n);
			paths[n++] = save_plan(name, plan, sizeof(plan));
		}
	return n;
}

/* Plans of crossings with a quarter of the steps turbulence of any kind. */
static void any_plans(const char **paths)
{
	uint64_t x = CLEAN_SEED;

	for (int n = 0; n < CLEAN_PLANS; n++) {
		uint8_t plan[CLEAN_STEPS * CGOFUZZ_STEP_BYTES];
		char name[32];

		for (size_t i = 0; i < sizeof(plan); i++) {
			x = x * 6364136223846793005u + 1442695040888963407u;
			plan[i] = (uint8_t)(x >> 56);
		}
		for (size_t at = 0; at < sizeof(plan); at += CGOFUZZ_STEP_BYTES) {
			plan[at + 2] = (uint8_t)(plan[at + 2] % 4 ? plan[at + 2] & 31
								  : CGOFUZZ_TURBULENCE_BYTE);
			if (plan[at + 2] < 32)
				plan[at + 3] &= 0x3f;
			else
				avoid_known_fault(plan + at);
		}
		snprintf(name, sizeof(name), "any-%d", n);
		paths[n] = save_plan(name, plan, sizeof(plan));
	}
}

static struct outcome run_text(const struct build *b, const char *text, struct plan *plan)
{
	struct err e = ERR_INIT;
	const char *path;

	if (plan_parse(plan, text, strlen(text), "known", &e) < 0)
		bail(&e);
	path = save_plan("known", plan->bytes, plan->len);
	return run_plans(b, &path, 1);
}

/* Its steps may all show what is known. */
static struct outcome run_known(const struct build *b, const char *text)
{
	struct plan plan;
	struct outcome o = run_text(b, text, &plan);

	ok(avoid_known_fault(plan.bytes + plan.len - 2 * CGOFUZZ_STEP_BYTES),
	   "plans of silence leave out what is around the last crossing of %.8s", text);
	return o;
}

static void check_known(const struct build *b)
{
	struct outcome o = run_known(b, "dlopen library=fast {\n call 0 seed=0x1\n}\n");

	if (!ok(o.faults == 1 && o.fault.kind == CGOFUZZ_FAULT_OUTCOME &&
			o.fault.expected != o.fault.got,
		"a library that turns flushing on at load is seen"))
		explain(&o);
	free(o.stderr_path);
	o = run_known(b,
		      "goroutines count=4 {\n foreign-coroutine {\n  callback 0 seed=0x1\n }\n}\n");
	/* where a stack lies is the kernel's choice: below those of threads on amd64 */
	if (!ok(o.faults == 0 ||
			(o.fault.kind == CGOFUZZ_FAULT_SIGNAL &&
			 o.fault.other_stack == CGOFUZZ_OTHER_OF_GO),
		"a call from another stack on a thread of Go's is seen as such, if it ends the guest"))
		explain(&o);
	if (lane.arch->id == CGOFUZZ_ARCH_AMD64)
		ok(o.faults == 1, "and there it does");
	free(o.stderr_path);
}

/* What was a fault of ours, once. */
static void check_mended(const struct build *b)
{
	struct plan plan;
	struct outcome o = run_text(b,
				    "worker {\n alt-stack size=16K {\n  callback 0 seed=0x1\n }\n}\n"
				    "worker {\n signal number=urg to=thread handler=go in=go {\n"
				    "  callback 0 seed=0x2\n }\n}\n",
				    &plan);

	if (!ok(o.faults == 0, "an alternate stack that C gives back does not break its thread"))
		explain(&o);
	free(o.stderr_path);
}

/* What is forbidden ends as documented; of one nothing is, and it breaks Go. */
static void check_misuse(const struct build *b, const char **paths)
{
	struct outcome o;

	setenv(CGOFUZZ_MISUSE_ENV, "1", 1);
	for (uint32_t kind = 0; kind < CGOFUZZ_TURBULENCES; kind++) {
		const struct cgofuzz_turbulence_row *row = &cgofuzz_turbulence_rows[kind];
		char *what = xasprintf("misuse %s", row->name);

		if (row->misuse && kind != CGOFUZZ_TURB_LONGJMP_GO)
			expect_silence(b, paths, kind_plans(kind, paths), what);
		free(what);
	}
	kind_plans(CGOFUZZ_TURB_LONGJMP_GO, paths);
	o = run_plans(b, paths, 1);
	if (!ok(o.fault.kind == CGOFUZZ_FAULT_SIGNAL &&
			o.fault.turbulence_kind == 1u + CGOFUZZ_TURB_LONGJMP_GO,
		"misuse longjmp-go: Go's runtime ends the program"))
		explain(&o);
	free(o.stderr_path);
	unsetenv(CGOFUZZ_MISUSE_ENV);
}

/* Where Go does not look at what C is given, the step says that nobody did. */
static void check_kept_pointer(const struct build *b)
{
	static const char *const texts[] = {
		"kept-pointer how=inside size=4K {\n call 0 seed=0x1\n}\n",
		"kept-pointer how=result size=4K {\n call 0 seed=0x1\n}\n",
	};
	const struct lane checking = lane;

	setenv(CGOFUZZ_MISUSE_ENV, "1", 1);
	snprintf(lane.settings, sizeof(lane.settings), "GODEBUG=cgocheck=0");
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct plan plan;
		struct err e = ERR_INIT;
		struct outcome o;
		const char *path;

		if (plan_parse(&plan, texts[i], strlen(texts[i]), "kept", &e) < 0)
			bail(&e);
		path = save_plan("kept", plan.bytes, plan.len);
		o = run_plans(b, &path, 1);
		if (!ok(o.faults == 1 && o.fault.kind == CGOFUZZ_FAULT_OUTCOME &&
				o.fault.turbulence_kind == 1u + CGOFUZZ_TURB_KEPT_POINTER,
			"with cgocheck=0 it is seen that Go lets pass: %.23s", texts[i]))
			explain(&o);
		free(o.stderr_path);
	}
	lane = checking;
	unsetenv(CGOFUZZ_MISUSE_ENV);
}

/* Plans that showed faults of the harness itself. */
static const char *const once_wrong[] = {
	/* memory for fewer threads than are asked for, in the order that begins with the last */
	"thread {\n call 0 seed=0x1\n}\nthreads count=64 order=backward from=go {\n"
	" threads count=64 order=backward {\n  callback 0 seed=0x5 depth=31\n  call 0 seed=0x6\n }\n}\n",
};

static uint32_t once_wrong_plans(const char **paths)
{
	uint32_t n = 0;

	for (; n < sizeof(once_wrong) / sizeof(*once_wrong); n++) {
		struct plan plan;
		struct err e = ERR_INIT;
		char name[32];

		if (plan_parse(&plan, once_wrong[n], strlen(once_wrong[n]), "once wrong", &e) < 0)
			bail(&e);
		snprintf(name, sizeof(name), "once-wrong-%u", n);
		paths[n] = save_plan(name, plan.bytes, plan.len);
	}
	return n;
}

static void check_clean(void)
{
	const char *paths[CLEAN_PLANS > MANY_PLANS ? CLEAN_PLANS : MANY_PLANS];
	struct batch batch = { 0 };
	struct build b = { 0 };
	struct err e = ERR_INIT;

	for (uint64_t seed = CLEAN_SEED;; seed++) { /* one that has float-heavy bodies */
		batch_generate(&batch, BATCH_DEFAULT_CASES, seed);
		if (body_wanted(&batch))
			break;
		batch_release(&batch);
	}
	if (build_batch(&b, &batch, &lane, BUILD_ALL, 0, &e))
		bail(&e);
	for (uint32_t kind = 0; kind < CGOFUZZ_TURBULENCES; kind++)
		expect_silence(&b, paths, kind_plans(kind, paths),
			       cgofuzz_turbulence_rows[kind].name);
	check_misuse(&b, paths);
	check_kept_pointer(&b);
	check_known(&b);
	check_mended(&b);
	check_known(&b);
	any_plans(paths);
	expect_silence(&b, paths, CLEAN_PLANS, "any turbulence");
	build_release(&b);
	batch_release(&batch);
}

int main(int argc, char **argv)
{
	if (argc != 3 || !arch_find(argv[1])) {
		fprintf(stderr, "Usage: turbulence ARCH DIR\n");
		return 2;
	}
	outcome_init(argv[1], argv[2]);
	check_exhibits();
	check_clean();
	printf("1..%d\n", test_count);
	return failures != 0;
}
