/* overflow.c: guest tests. Is each stack that ends told apart from the others, by one signature on both architectures,
 * and on whatever thread it is? Prints TAP. Usage: overflow ARCH DIR */
#include "model/plan_text.h"
#include "tests/guest/outcome.h"
#include "triage/triage.h"

/* Of crossings of the exhibit; docs/TRIAGE.md. */
static const struct {
	const char *exhibit, *where, *plan, *signature;
} rows[] = {
	{ "stack-eater", "on the main thread", "c-stack depth=64 frame=1K {\n call 0 seed=0x8\n}\n",
	  "2|signal|memory|go->c|SIGSEGV|c-stack|eat+" },
	{ "stack-eater", "on a thread that C made",
	  "thread stack=256K {\n c-stack depth=32 frame=1K {\n  call 0 seed=0x8\n }\n}\n",
	  "2|signal|memory|go->c|SIGSEGV|c-stack|eat+" },
	{ "stack-eater", "on a thread that Go made",
	  "goroutines count=2 locked=yes {\n c-stack depth=32 frame=1K {\n  call 0 seed=0x8\n }\n}\n",
	  "2|signal|memory|go->c|SIGSEGV|c-stack|eat+" },
	{ "coroutine-eater", "on a small one",
	  "thread {\n coroutine stack=64K {\n  call 0 seed=0x8\n }\n}\n",
	  "2|signal|memory|go->c|SIGSEGV|coroutine-stack|eat+" },
	{ "coroutine-eater", "on a big one, with an alternate stack beside it",
	  "thread alt=16K {\n coroutine stack=1M {\n  call 0 seed=0x8\n }\n}\n",
	  "2|signal|memory|go->c|SIGSEGV|coroutine-stack|eat+" },
	{ "handler-eater", "on a small one", "alt-stack size=16K {\n call 0 seed=0x8\n}\n",
	  "2|signal|memory|go->c|SIGSEGV|alternate-stack|eat+" },
	{ "handler-eater", "on a big one, on a thread that C made",
	  "thread {\n alt-stack size=64K {\n  call 0 seed=0x8\n }\n}\n",
	  "2|signal|memory|go->c|SIGSEGV|alternate-stack|eat+" },
	{ "g0-eater", "on a kept thread", "worker frame=16 {\n call 0 seed=0x8\n}\n",
	  "2|signal|memory|-|-|g0-stack|morestack" },
	{ "goroutine-eater", "below frames of Go",
	  "go-stack depth=4 frame=64 {\n callback 0 seed=0x8\n}\n",
	  "2|signal|memory|-|-|goroutine-stack|morestack" },
};

static const char *save(const char *text, uint32_t slot)
{
	struct plan plan;
	struct err e = ERR_INIT;

	if (plan_parse(&plan, text, strlen(text), "plan", &e) < 0)
		bail(&e);
	for (uint32_t at = 0; at < plan.len; at += CGOFUZZ_STEP_BYTES)
		if (!cgofuzz_word_is_turbulence(cgofuzz_plan_word(plan.bytes, plan.len, at)))
			plan.bytes[at] = (uint8_t)slot;
	return save_plan("plan", plan.bytes, plan.len);
}

static uint32_t slot_of(const struct batch *b, const char *exhibit)
{
	for (uint32_t slot = 0; slot < b->count; slot++)
		if (!strcmp(b->slots[slot].row->name, exhibit))
			return slot;
	BUG("no exhibit %s", exhibit);
}

struct last {
	const char *dir;
	char *bundle;
};

static int take_last(const char *name, void *ctx)
{
	struct last *l = ctx;

	free(l->bundle);
	l->bundle = xasprintf("%s/%s", l->dir, name);
	return 0;
}

/* The recorder of the run becomes a bundle, and that a signature. */
static char *signature_of(const struct build *b, const struct batch *batch, const char *campaign,
			  bool *weak)
{
	char *rec = xasprintf("%s/rec/recorder", work_dir), *spool = xasprintf("%s/spool", campaign);
	const struct bundle_source src = { .campaign_dir = campaign,
					   .build = b,
					   .lane = &lane,
					   .engine = ENGINE_LIBFUZZER,
					   .target = "turbulent",
					   .batch = batch,
					   .seed = 1,
					   .stderr_text = "" };
	struct buf sig = BUF_INIT, title = BUF_INIT, stack = BUF_INIT;
	struct last last = { spool, NULL };
	struct err e = ERR_INIT;
	struct bundle bundle;
	bool kept;

	if (bundle_write(&src, rec, &kept, &e) < 0 || dir_each(spool, take_last, &last, &e) < 0 ||
	    !last.bundle || bundle_load(&bundle, last.bundle, &e) < 0 ||
	    signature_make(&bundle, &sig, &title, &stack, weak, &e) < 0)
		bail(&e);
	bundle_release(&bundle);
	buf_release(&title);
	buf_release(&stack);
	free(last.bundle);
	free(spool);
	free(rec);
	return buf_detach(&sig, NULL);
}

static void check_row(const struct build *b, const struct batch *batch, size_t i)
{
	const char *path = save(rows[i].plan, slot_of(batch, rows[i].exhibit));
	char *campaign = xasprintf("%s/campaign-%zu", work_dir, i), *signature;
	struct outcome o = run_plans(b, &path, 1);
	struct err e = ERR_INIT;
	bool weak;

	if (!ok(o.faults == 1 && o.fault.kind == CGOFUZZ_FAULT_SIGNAL, "%s ends the guest %s",
		rows[i].exhibit, rows[i].where)) {
		explain(&o);
	} else {
		if (dir_make(campaign, &e) < 0)
			bail(&e);
		signature = signature_of(b, batch, campaign, &weak);
		if (!ok(!strcmp(signature, rows[i].signature) && !weak, "and is known as %s",
			rows[i].signature))
			printf("# got %s\n", signature);
		free(signature);
	}
	free(o.stderr_path);
	free(campaign);
}

int main(int argc, char **argv)
{
	struct batch batch = { 0 };
	struct build b = { 0 };
	struct err e = ERR_INIT;

	if (argc != 3 || !arch_find(argv[1])) {
		fprintf(stderr, "Usage: overflow ARCH DIR\n");
		return 2;
	}
	outcome_init(argv[1], argv[2]);
	if (batch_from_target(&batch, target_find("turbulent"), lane.arch->id, &e) ||
	    build_batch(&b, &batch, &lane, BUILD_ALL, 0, &e))
		bail(&e);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_row(&b, &batch, i);
	build_release(&b);
	batch_release(&batch);
	printf("1..%d\n", test_count);
	return failures != 0;
}
