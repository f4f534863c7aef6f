/* triage_signature.c: tests. Equal faults have equal signatures, others have others. */
#include "synthetic.h"

#include "guest/turbulence.h"
#include "triage/overflow.h"
#include "triage/token.h"
#include "triage/triage.h"

static void assert_token(const char *name, bool go, const char *file, const char *token)
{
	struct buf out = BUF_INIT;
	bool kept = token_of(&out, name, strlen(name), go, file);

	assert_int_equal(kept, *token != '\0');
	assert_string_equal(out.ptr, token);
	buf_release(&out);
}

static void generated_names_become_roles(void **state)
{
	(void)state;
	assert_token("f12", false, NULL, "CALLEE");
	assert_token("f12.part.0", false, NULL, "CALLEE");
	assert_token("drive3", false, NULL, "DRIVER");
	assert_token("go7", false, NULL, "CALLBACK");
	assert_token("main.go7", true, NULL, "CALLBACK");
	assert_token("_cgoexp_61f80b62e6d8_go7", true, NULL, "CALLBACK");
	assert_token("main.call7", true, NULL, "CALLER");
	assert_token("main.call7.func1", true, NULL, "CALLER");
	assert_token("_cgo_61f80b62e6d8_Cfunc_f12", false, NULL, "CGO_STUB");
	assert_token("main._Cfunc_f12", true, NULL, "CGO_STUB");
}

static void plumbing_drops_out_and_boundaries_stay(void **state)
{
	(void)state;
	assert_token("cgofuzz_trampoline", false, NULL, "");
	assert_token("__wrap_f3", false, NULL, "");
	assert_token("exit_hook", false, "/src/harness/guest/handler.c", "");
	assert_token("example.com/fuzzb/guest.fill", true, NULL, "");
	assert_token("main.report", true, NULL, "main.report"); /* nobody knows that it is ours */
	assert_token("runtime.cgocallbackg1", true, NULL, "");
	assert_token("crosscall2", true, NULL, "");
	assert_token("runtime.asmcgocall", true, NULL, "asmcgocall");
	assert_token("runtime.gopanic", true, NULL, "gopanic");
	assert_token("runtime.sigpanic", true, NULL, "sigpanic");
	assert_token("runtime.morestack", true, NULL, TOKEN_NO_STACK);
}

static void names_of_people_stay(void **state)
{
	(void)state;
	assert_token("planted_null_read", false, "targets/planted/x.c", "planted_null_read");
	assert_token("f", false, NULL, "f");
	assert_token("fast7", false, NULL, "fast7");
	assert_token("main.plantedPanic", true, "/tmp/b/planted.go", "main.plantedPanic");
	assert_token("a|b c\033", false, NULL, "a_b_c\\x1b");
}

static void assert_fold(const char *in, const char *expected)
{
	const char *words[64];
	char *copy = xstrdup(in), *save = NULL;
	struct buf out = BUF_INIT;
	struct arena a = ARENA_INIT;
	unsigned n = 0;

	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		words[n++] = w;
	n = tokens_fold(&a, words, n);
	for (unsigned i = 0; i < n; i++)
		buf_addf(&out, "%s%s", i ? " " : "", words[i]);
	assert_string_equal(out.ptr, expected);
	buf_release(&out);
	arena_release(&a);
	free(copy);
}

static void recursion_folds_however_deep_it_was(void **state)
{
	(void)state;
	assert_fold("a b c", "a b c");
	assert_fold("f f f f g", "f+ g");
	assert_fold("f f g", "f+ g");
	assert_fold("a b a b a b z", "(a b)+ z");
	assert_fold("b a b a b a b", "(a b)+"); /* wherever it was caught */
	assert_fold("x a b c a b c a", "x (a b c)+");
	assert_fold("", "");
}

static void no_stack_is_the_same_however_the_runtime_ends_then(void **state)
{
	const char *trapped[] = { TOKEN_NO_STACK }, *thrown[] = { "throw", TOKEN_NO_STACK },
		   *other[] = { "throw", "cgocall", TOKEN_NO_STACK },
		   *fine[] = { "throw", "cgocall" };

	(void)state;
	assert_token("runtime.badmorestackg0.func1", true, NULL, TOKEN_NO_STACK);
	assert_int_equal(tokens_fold_no_stack(trapped, 1), 1);
	assert_int_equal(tokens_fold_no_stack(thrown, 2), 1);
	assert_string_equal(thrown[0], TOKEN_NO_STACK);
	assert_int_equal(tokens_fold_no_stack(other, 3), 3);
	assert_int_equal(tokens_fold_no_stack(fine, 2), 2);
	assert_int_equal(tokens_fold_no_stack(fine, 0), 0);
	assert_int_equal(tokens_fold_boundary(other, 3), 2);
	assert_int_equal(tokens_fold_boundary(trapped, 1), 1);
}

/* Signature of the recorder, as a bundle of the first case. */
static char *sign(struct synthetic *t)
{
	struct buf sig = BUF_INIT, title = BUF_INIT, stack = BUF_INIT;
	struct bundle b = { .rec = t->rec,
			    .name = (char *)"x",
			    .case_text = t->batch.slots[0].c.text,
			    .exe = (char *)"/nowhere" };
	struct err e = ERR_INIT;
	bool weak;

	assert_int_equal(signature_make(&b, &sig, &title, &stack, &weak, &e), 0);
	assert_true(title.len > 0);
	buf_release(&title);
	buf_release(&stack);
	return buf_detach(&sig, NULL);
}

static void assert_signature(struct synthetic *t, const char *expected)
{
	char *sig = sign(t);

	assert_string_equal(sig, expected);
	free(sig);
}

static void a_leaf_is_known_by_its_class_alone(void **state)
{
	struct synthetic *t = *state;

	synthetic_fault(t, CGOFUZZ_FAULT_LEAF);
	t->rec->fault.leaf = 0;
	t->rec->fault.leaf_kind = CGOFUZZ_LEAF_I32;
	assert_signature(t, "2|leaf|leaf|go->c|argument|int32|scalar|c");
	t->rec->fault.leaf = 1;
	t->rec->fault.leaf_kind = CGOFUZZ_LEAF_F32;
	assert_signature(t, "2|leaf|leaf|go->c|argument|float|struct|c");
	for (t->rec->fault.leaf = 2; t->rec->fault.leaf <= 3; t->rec->fault.leaf++) {
		t->rec->fault.leaf_kind = CGOFUZZ_LEAF_F64;
		t->rec->fault.level = t->rec->fault.leaf * 10;
		t->rec->fault.got = t->rec->fault.leaf;
		assert_signature(t, "2|leaf|leaf|go->c|argument|double|array|c");
	}
}

static void places_and_layouts_are_known_by_the_class_of_the_leaf(void **state)
{
	struct synthetic *t = *state;
	struct cgofuzz_fault *f = &t->rec->fault;

	for (uint32_t arch = CGOFUZZ_ARCH_AMD64; arch <= CGOFUZZ_ARCH_ARM64; arch++) {
		synthetic_fault(t, CGOFUZZ_FAULT_CAPTURE);
		t->rec->arch = arch;
		f->leaf = 1;
		f->piece.place = (uint8_t)arch; /* another register here, the stack there */
		assert_signature(t, "2|capture|capture|go->c|argument|float|struct");
		f->direction = CGOFUZZ_C_TO_C;
		assert_signature(t, "2|capture|capture|c->c|argument|float|struct");
		f->is_result = 1;
		f->leaf = UINT16_MAX;
		assert_signature(t, "2|capture|capture|c->c|result|-|address");
		synthetic_fault(t, CGOFUZZ_FAULT_LAYOUT);
		f->leaf = 3;
		f->leaf_kind = 0; /* C does not say */
		f->sides = CGOFUZZ_SIDE_CALLEE | CGOFUZZ_SIDE_GO << 8;
		assert_signature(t, "2|layout|layout|go->c|argument|double|array");
		f->sides = CGOFUZZ_SIDE_CALLEE | CGOFUZZ_SIDE_WRAPPER << 8;
		assert_signature(t, "2|layout|layout|go->c|argument|double|array|callee|wrapper");
		f->leaf = CGOFUZZ_LAYOUT_ALIGN;
		assert_signature(t, "2|layout|layout|go->c|argument|-|alignment|callee|wrapper");
		f->leaf = CGOFUZZ_LAYOUT_SIZE;
		f->sides = CGOFUZZ_SIDE_CALLEE | CGOFUZZ_SIDE_GO << 8;
		assert_signature(t, "2|layout|layout|go->c|argument|-|size");
	}
}

static void damaged_registers_and_modes_differ_by_class_not_by_machine(void **state)
{
	struct synthetic *t = *state;
	static const struct {
		int arch;
		uint64_t got;
		const char *signature;
	} rows[] = {
		{ CGOFUZZ_ARCH_AMD64, 0x8000, "2|fp-environment|canary|go->c|flush" },
		{ CGOFUZZ_ARCH_ARM64, 0x1000000, "2|fp-environment|canary|go->c|flush" },
		{ CGOFUZZ_ARCH_AMD64, 0x4000, "2|fp-environment|canary|go->c|rounding" },
		{ CGOFUZZ_ARCH_ARM64, 0x400000, "2|fp-environment|canary|go->c|rounding" },
		{ CGOFUZZ_ARCH_AMD64, 0x100ull << 32, "2|fp-environment|canary|go->c|x87-precision" },
	};

	for (uint32_t reg = 0; reg < 15; reg++) {
		synthetic_fault(t, CGOFUZZ_FAULT_GPR);
		t->rec->fault.reg = reg;
		t->rec->arch = reg % 2 ? CGOFUZZ_ARCH_AMD64 : CGOFUZZ_ARCH_ARM64;
		assert_signature(t, "2|callee-saved|canary|go->c|gpr");
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		synthetic_fault(t, CGOFUZZ_FAULT_FPENV);
		t->rec->arch = (uint32_t)rows[i].arch;
		t->rec->fault.got = rows[i].got;
		assert_signature(t, rows[i].signature);
	}
}

/* By the step and its words: not by numbers in them, nor by who crossed last. */
static void turbulence_is_known_by_its_step_and_words(void **state)
{
	struct synthetic *t = *state;

	for (uint32_t direction = 0; direction < 3; direction++) {
		synthetic_fault(t, CGOFUZZ_FAULT_FRAME);
		t->rec->fault.direction = direction;
		t->rec->fault.turbulence_kind = 1 + CGOFUZZ_TURB_LEVELS;
		snprintf(t->rec->fault.text, sizeof(t->rec->fault.text),
			 "a word at 0x%x changed <b>", direction);
		assert_signature(t, "2|frame|memory|-|levels|a-word-at-x-changed-b-");
	}
	synthetic_fault(t, CGOFUZZ_FAULT_STATE); /* seen around a crossing, whatever step that was in */
	t->rec->fault.turbulence_kind = 1 + CGOFUZZ_TURB_LEVELS;
	snprintf(t->rec->fault.text, sizeof(t->rec->fault.text), "mask changed");
	assert_signature(t, "2|thread-state|canary|-|-|mask-changed");
	synthetic_fault(t, CGOFUZZ_FAULT_OUTCOME);
	t->rec->fault.text[0] = '\0';
	assert_signature(t, "2|outcome|turbulence|-|-|-");
}

/* What the changed bits mean, as of FP modes; of many signals, not which. */
static void a_changed_mask_is_known_by_its_signals(void **state)
{
	struct synthetic *t = *state;
	struct cgofuzz_fault *f = &t->rec->fault;

	synthetic_fault(t, CGOFUZZ_FAULT_STATE);
	f->reg = CGOFUZZ_STATE_MASK;
	snprintf(f->text, sizeof(f->text), "the mask changed");
	f->expected = 1 << 9;
	f->got = 1 << 27;
	assert_signature(
		t, "2|thread-state|canary|-|-|the-mask-changed|blocked+SIGWINCH,unblocked+SIGUSR1");
	f->expected = 0;
	f->got = UINT64_MAX;
	assert_signature(t, "2|thread-state|canary|-|-|the-mask-changed|blocked+many");
	f->reg = CGOFUZZ_STATE_ALT_STACK;
	assert_signature(t, "2|thread-state|canary|-|-|the-mask-changed");
}

/* Seen by who looked elsewhere than after a crossing: another fault than that a callee left them changed. */
static void modes_of_a_new_thread_are_a_fault_of_their_own(void **state)
{
	struct synthetic *t = *state;

	synthetic_fault(t, CGOFUZZ_FAULT_FPENV);
	t->rec->fault.got = 0x4000;
	snprintf(t->rec->fault.text, sizeof(t->rec->fault.text), "a new thread begins so");
	assert_signature(t, "2|fp-environment|canary|go->c|rounding|a-new-thread-begins-so");
}

static const struct space_image program = { .name = "program" };

static void add_frame(struct stack *st, const char *name, enum frame_found found)
{
	st->frames[st->count++] = (struct frame){
		.symbol = { .name = name }, .go = true, .image = &program, .found = found
	};
}

static char *words_of_handler(const char *interrupted)
{
	struct stack *st = xcalloc(1, sizeof(*st));
	struct tokens t;

	add_frame(st, "runtime.raise", FOUND_TOP);
	add_frame(st, "runtime.throw", FOUND_CFI);
	add_frame(st, "runtime.adjustSignalStack2", FOUND_CFI);
	add_frame(st, "runtime.sigtrampgo", FOUND_CFI);
	add_frame(st, interrupted, FOUND_SIGNAL);
	add_frame(st, "main.call3", FOUND_CFI);
	tokens_make(&t, st, false, NULL);
	assert_true(t.gave_up);
	buf_release(&t.top);
	free(st);
	return buf_detach(&t.text, NULL);
}

static void what_a_signal_interrupted_is_chance_where_go_gives_up(void **state)
{
	char *one = words_of_handler("os.startProcess"),
	     *other = words_of_handler("runtime.mallocgc");

	(void)state;
	assert_string_equal(one, "runtime.adjustSignalStack2 throw");
	assert_string_equal(one, other);
	free(one);
	free(other);
}

static void addresses_become_classes(void **state)
{
	struct synthetic *t = *state;
	static const struct {
		uint64_t addr;
		int code;
		const char *signature;
	} rows[] = {
		{ 0, 1, "2|signal|memory|go->c|SIGSEGV|null|" },
		{ 0x18, 1, "2|signal|memory|go->c|SIGSEGV|null|" },
		{ 0, 0x80, "2|signal|memory|go->c|SIGSEGV|non-canonical|" },
		{ 0xdead000000000000, 1, "2|signal|memory|go->c|SIGSEGV|non-canonical|" },
		{ 0x7ffffffff000, 2, "2|signal|memory|go->c|SIGSEGV|stack|" },
		{ 0x7f0000000000, 2, "2|signal|memory|go->c|SIGSEGV|guard|" },
		{ 0x7f0000000000, 1, "2|signal|memory|go->c|SIGSEGV|heap|" },
		{ 0x5a5a5a5a000, 1, "2|signal|memory|go->c|SIGSEGV|text|" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		synthetic_fault(t, CGOFUZZ_FAULT_SIGNAL);
		t->rec->fault.signo = 11;
		t->rec->fault.si_code = rows[i].code;
		t->rec->fault.fault_addr = rows[i].addr;
		t->rec->fault.regs.valid = 1;
		t->rec->fault.regs.gpr[7] = 0x7ffffffff100; /* rsp */
		t->rec->fault.regs.gpr[16] = 0x5a5a5a5a000; /* rip */
		assert_signature(t, rows[i].signature);
	}
}

/* A stack that has ended: the address is below it, and the stack pointer near. */
static void a_stack_that_has_ended_has_its_own_class(void **state)
{
	struct synthetic *t = *state;
	static const uint64_t c = 0x7ffff0000000, alternate = 0x7fff00000000;
	static const struct {
		enum cgofuzz_stack_of of;
		uint64_t addr, sp;
		const char *class;
	} rows[] = {
		{ CGOFUZZ_OF_MAIN, c - 8, c, "c-stack" },
		{ CGOFUZZ_OF_THREAD, c - 8, c - 4096, "c-stack" },
		{ CGOFUZZ_OF_GO_THREAD, c - 4096, c + 100, "c-stack" },
		{ CGOFUZZ_OF_COROUTINE, c - 8, c - 8, "coroutine-stack" },
		{ CGOFUZZ_OF_COROUTINE, alternate - 8, alternate - 8, "alternate-stack" },
		/* a frame of a megabyte steps over the guard */
		{ CGOFUZZ_OF_THREAD, c - (1 << 20), c - (1 << 20), "c-stack" },
		/* not one that the stack pointer has anything to do with; nor inside of it */
		{ CGOFUZZ_OF_THREAD, c - 8, c + 0x8000, "stack" },
		{ CGOFUZZ_OF_THREAD, c - 0x100000, c + 0x100, "heap" },
		{ CGOFUZZ_OF_THREAD, c + 8, c + 8, "stack" },
		{ CGOFUZZ_OF_THREAD, alternate - 8, c - 8, "heap" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cgofuzz_fault *f = &t->rec->fault;
		char *want = xasprintf("2|signal|memory|go->c|SIGSEGV|%s|", rows[i].class);

		synthetic_fault(t, CGOFUZZ_FAULT_SIGNAL);
		f->signo = 11;
		f->si_code = 1;
		f->fault_addr = rows[i].addr;
		f->regs.valid = 1;
		f->regs.gpr[7] = rows[i].sp;
		f->bounds[CGOFUZZ_BOUNDS_C] =
			(struct cgofuzz_bounds){ c, c + 0x20000, rows[i].of, 0 };
		f->bounds[CGOFUZZ_BOUNDS_ALTERNATE] =
			(struct cgofuzz_bounds){ alternate, alternate + 0x4000,
						 CGOFUZZ_OF_ALTERNATE, 0 };
		assert_signature(t, want);
		free(want);
	}
}

/* Coroutines and alternate stacks lie side by side: the one right above the address has ended. */
static void of_two_stacks_the_nearer_one_has_ended(void **state)
{
	struct synthetic *t = *state;
	struct cgofuzz_fault *f = &t->rec->fault;
	const uint64_t low = 0x7fff00000000, high = low + 0x40000;

	for (int other_way = 0; other_way < 2; other_way++) {
		synthetic_fault(t, CGOFUZZ_FAULT_SIGNAL);
		f->signo = 11;
		f->fault_addr = f->regs.gpr[7] = low - 8;
		f->regs.valid = 1;
		f->bounds[CGOFUZZ_BOUNDS_C] =
			(struct cgofuzz_bounds){ other_way ? high : low,
						 (other_way ? high : low) + 0x10000,
						 CGOFUZZ_OF_COROUTINE, 0 };
		f->bounds[CGOFUZZ_BOUNDS_ALTERNATE] =
			(struct cgofuzz_bounds){ other_way ? low : high,
						 (other_way ? low : high) + 0x10000,
						 CGOFUZZ_OF_ALTERNATE, 0 };
		assert_signature(t,
				 other_way ? "2|signal|memory|go->c|SIGSEGV|alternate-stack|"
					   : "2|signal|memory|go->c|SIGSEGV|coroutine-stack|");
	}
}

/* Go's view of the thread's stack stands in for C's; it may be wrong where that is known. */
static void what_go_believes_counts_where_c_is_not_known(void **state)
{
	struct synthetic *t = *state;
	struct cgofuzz_fault *f = &t->rec->fault;
	const uint64_t low = 0x7fff00000000;

	for (int known = 0; known < 2; known++) {
		synthetic_fault(t, CGOFUZZ_FAULT_SIGNAL);
		f->signo = 11;
		f->fault_addr = f->regs.gpr[7] = low - 8;
		f->regs.valid = 1;
		f->bounds[CGOFUZZ_BOUNDS_G0] =
			(struct cgofuzz_bounds){ low, low + 0x8000, CGOFUZZ_OF_GO_THREAD, 0 };
		if (known)
			f->bounds[CGOFUZZ_BOUNDS_C] = (struct cgofuzz_bounds){ low - 0x700000,
									       low + 0x100000,
									       CGOFUZZ_OF_MAIN, 0 };
		assert_signature(t,
				 known ? "2|signal|memory|go->c|SIGSEGV|stack|"
				       : "2|signal|memory|go->c|SIGSEGV|c-stack|");
	}
}

static void people_are_told_where_the_stack_pointer_was(void **state)
{
	struct synthetic *t = *state;
	struct cgofuzz_fault *f = &t->rec->fault;
	struct buf text = BUF_INIT;

	synthetic_fault(t, CGOFUZZ_FAULT_SIGNAL);
	overflow_describe(t->rec, &text);
	assert_string_equal(text.ptr, "");
	f->regs.gpr[7] = 0x7fff0000fff0;
	f->bounds[CGOFUZZ_BOUNDS_C] =
		(struct cgofuzz_bounds){ 0x7fff00010000, 0x7fff00020000, CGOFUZZ_OF_COROUTINE, 0 };
	f->bounds[CGOFUZZ_BOUNDS_G0] =
		(struct cgofuzz_bounds){ 0x7fff00000000, 0x7fff00010000, CGOFUZZ_OF_GO_THREAD, 0 };
	f->bounds[CGOFUZZ_BOUNDS_GOROUTINE] =
		(struct cgofuzz_bounds){ 0xc000000000, 0xc000002000, CGOFUZZ_OF_GOROUTINE, 0 };
	overflow_describe(t->rec, &text);
	assert_string_equal(
		text.ptr,
		"  stack coroutine  0x7fff00010000 to 0x7fff00020000, the stack pointer is 16 bytes below\n"
		"  stack go-thread  0x7fff00000000 to 0x7fff00010000, 16 bytes used, as Go has it for g0\n"
		"  stack goroutine  0xc000000000 to 0xc000002000, of the goroutine that runs on it or waits\n");
	buf_release(&text);
}

static struct frame frame_of(const char *name, bool go, uint64_t sp)
{
	return (struct frame){ .symbol = { .name = name }, .go = go, .sp = sp };
}

/* Go looks before it uses a stack; its runtime's functions say which it was (Go 1.19; 1.26). */
static void go_says_which_stack_has_ended(void **state)
{
	static const struct {
		const char *names[4]; /* innermost first */
		const char *class;
	} rows[] = {
		{ { "runtime.abort", "runtime.morestack", "runtime.systemstack" }, OVERFLOW_G0 },
		{ { "runtime.raise", "runtime.throw", "runtime.badmorestackg0.func1" }, OVERFLOW_G0 },
		{ { "runtime.throw", "runtime.badmorestackgsignal" }, "alternate-stack" },
		{ { "runtime.raise", "runtime.throw", "runtime.newstack", "runtime.morestack" },
		  "goroutine-stack" },
		{ { "runtime.raise", "runtime.throw", "runtime.goready" }, NULL },
		{ { "runtime.newstack", "runtime.mapaccess1" }, NULL },
		{ { "eat", "runtime.morestack" }, NULL },
	};
	struct synthetic *t = *state;
	struct cgofuzz_fault *f = &t->rec->fault;
	struct stack *st = xcalloc(1, sizeof(*st));

	synthetic_fault(t, CGOFUZZ_FAULT_SIGNAL);
	t->rec->fault.bounds[CGOFUZZ_BOUNDS_ALTERNATE] =
		(struct cgofuzz_bounds){ 0x10000, 0x20000, CGOFUZZ_OF_ALTERNATE, 0 };
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *got;

		for (st->count = 0; st->count < 4 && rows[i].names[st->count]; st->count++)
			st->frames[st->count] = frame_of(rows[i].names[st->count],
							 rows[i].names[st->count][0] == 'r', 0x30000);
		got = overflow_by_stack(st, t->rec);
		assert_true(!got == !rows[i].class);
		if (got)
			assert_string_equal(got, rows[i].class);
	}
	st->count = 2; /* the same on the stack of a signal handler */
	st->frames[0] = frame_of("runtime.abort", true, 0x18000);
	st->frames[1] = frame_of("runtime.morestack", true, 0x18000);
	assert_string_equal(overflow_by_stack(st, t->rec), "alternate-stack");
	/* functions that do not look, and run into what is below: on g0 it is Go that needs more */
	f->signo = 11;
	f->regs.valid = 1;
	f->fault_addr = f->regs.gpr[7] = 0x7fff00000000 - 8;
	f->bounds[CGOFUZZ_BOUNDS_C] =
		(struct cgofuzz_bounds){ 0x7fff00000000, 0x7fff00010000, CGOFUZZ_OF_THREAD, 0 };
	st->count = 1;
	st->frames[0] = frame_of("runtime.cgocallback", true, f->fault_addr);
	assert_string_equal(overflow_by_stack(st, t->rec), OVERFLOW_G0);
	st->frames[0] = frame_of("eat", false, f->fault_addr);
	assert_null(overflow_by_stack(st, t->rec));
	free(st);
}

static void a_stack_of_damaged_memory_ends_somewhere(void **state)
{
	struct synthetic *t = *state;
	struct cgofuzz_fault *f = &t->rec->fault;
	char *sig;

	for (int arch = 1; arch <= 2; arch++) {
		synthetic_fault(t, CGOFUZZ_FAULT_SIGNAL);
		t->rec->arch = (uint32_t)arch;
		f->regs.valid = 1;
		memset(f->regs.gpr, 0x41, sizeof(f->regs.gpr));
		f->mem_count = 1;
		f->data_used = 4096;
		f->mem[0] = (struct cgofuzz_mem){ .addr = 0x4141414141414000, .size = 4096 };
		memset(t->rec->data, 0x41, 4096);
		sig = sign(t);
		free(sig);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, synthetic_setup, synthetic_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(generated_names_become_roles),
		cmocka_unit_test(plumbing_drops_out_and_boundaries_stay),
		cmocka_unit_test(names_of_people_stay),
		cmocka_unit_test(recursion_folds_however_deep_it_was),
		cmocka_unit_test(no_stack_is_the_same_however_the_runtime_ends_then),
		TEST(a_leaf_is_known_by_its_class_alone),
		TEST(places_and_layouts_are_known_by_the_class_of_the_leaf),
		TEST(damaged_registers_and_modes_differ_by_class_not_by_machine),
		TEST(turbulence_is_known_by_its_step_and_words),
		TEST(a_changed_mask_is_known_by_its_signals),
		TEST(modes_of_a_new_thread_are_a_fault_of_their_own),
		cmocka_unit_test(what_a_signal_interrupted_is_chance_where_go_gives_up),
		TEST(addresses_become_classes),
		TEST(a_stack_that_has_ended_has_its_own_class),
		TEST(of_two_stacks_the_nearer_one_has_ended),
		TEST(what_go_believes_counts_where_c_is_not_known),
		TEST(people_are_told_where_the_stack_pointer_was),
		TEST(go_says_which_stack_has_ended),
		TEST(a_stack_of_damaged_memory_ends_somewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
