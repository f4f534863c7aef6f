/* emit_body.c: tests. Float-heavy bodies: C as compiled here, Go's twins, and the model agree bit for bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/proc.h"
#include "emit/body.h"
#include "lane/job.h"
#include "lane/tool.h"
#include "model/expr.h"
#include "scratch.h"

#define BODIES 24
#define ROUNDS 16

static struct err e;

/* Numbers near 1, and in each fourth round some that are zero, huge, tiny, infinite or none. */
static uint64_t input(uint64_t *state, unsigned round)
{
	static const uint64_t special[] = {
		0, 1ull << 63, 0x7ff0000000000000, 0x7ff8000000000000, 1, 0x7fefffffffffffff
	};
	uint64_t x;

	*state = *state * 6364136223846793005u + 1442695040888963407u;
	x = *state ^ *state >> 33;
	if (round % 4 == 3 && x % 3 == 0)
		return special[(x >> 8) % 6];
	return (x & 0x800fffffffffffff) | (1020 + (x >> 52 & 7)) << 52;
}

static void write_text(const char *name, const struct buf *text)
{
	char *path = in_scratch(name);

	if (file_write(path, text->ptr, text->len, &e) < 0)
		fail_msg("%s", e.msg);
	free(path);
}

/* Each result as a line of hexadecimal digits; NaNs are one. */
static void model_results(struct buf *out)
{
	uint64_t state = 1;

	for (unsigned n = 0; n < BODIES; n++) {
		struct expr_body b;

		expr_generate(&b, n);
		for (unsigned round = 0; round < ROUNDS; round++) {
			uint64_t bits[EXPR_OUTPUTS];
			double in[EXPR_INPUTS];

			for (unsigned i = 0; i < EXPR_INPUTS; i++) {
				uint64_t x = input(&state, round);

				memcpy(&in[i], &x, sizeof(x));
			}
			expr_evaluate(&b, in, bits);
			for (uint32_t i = 0; i < b.outputs; i++)
				buf_addf(out, "%016llx\n", (unsigned long long)bits[i]);
		}
	}
}

static void inputs_text(struct buf *out, const char *open, const char *close)
{
	uint64_t state = 1;

	for (unsigned n = 0; n < BODIES * ROUNDS; n++) {
		buf_addstr(out, open);
		for (unsigned i = 0; i < EXPR_INPUTS; i++)
			buf_addf(out, "0x%llx, ", (unsigned long long)input(&state, n % ROUNDS));
		buf_addstr(out, close);
	}
}

static void run(char *const *argv, const char *cwd, struct buf *out)
{
	struct proc_spec spec = { .argv = argv, .cwd = cwd, .out = out, .deadline_ms = 120000 };

	if (proc_must(&spec, &e) < 0)
		fail_msg("%s", e.msg);
}

static void compare(const struct buf *got, const char *who)
{
	struct buf want = BUF_INIT;

	model_results(&want);
	if (strcmp(got->ptr, want.ptr) != 0) {
		size_t at = 0;

		while (got->ptr[at] == want.ptr[at])
			at++;
		fail_msg("%s: result %zu is %.16s, the model says %.16s", who, at / 17,
			 got->ptr + at / 17 * 17, want.ptr + at / 17 * 17);
	}
	buf_release(&want);
}

static void c_program(struct buf *out)
{
	struct expr_body b;

	buf_addstr(out,
		   "#include <stdio.h>\n#include <string.h>\n#include \"guest/body.h\"\n"
		   "double cgofuzz_mul_add(double x, double y, double z)\n"
		   "{\n\tvolatile double p = x * y;\n\treturn p + z;\n}\n"
		   "static void middle(void *arg) { ++*(int *)arg; }\n");
	for (unsigned n = 0; n < BODIES; n++) {
		expr_generate(&b, n);
		b.variant %= 2 * (unsigned)!!__builtin_cpu_supports("avx") + 1;
		body_c(out, &b, n);
	}
	buf_addf(out, "static const unsigned long in[][%d] = {\n", EXPR_INPUTS);
	inputs_text(out, "\t{ ", "},\n");
	buf_addstr(out,
		   "};\nint main(void)\n{\n\tunsigned at = 0;\n\tint calls = 0;\n"
		   "\tdouble i[16], o[40];\n\tunsigned long bits;\n");
	for (unsigned n = 0; n < BODIES; n++) {
		expr_generate(&b, n);
		buf_addf(out,
			 "\tfor (unsigned r = 0; r < %d; r++) {\n\t\tmemcpy(i, in[at++], sizeof(i));\n"
			 "\t\tbody%u(i, o, middle, &calls);\n\t\tfor (unsigned k = 0; k < %u; k++) {\n"
			 "\t\t\tmemcpy(&bits, &o[k], 8);\n"
			 "\t\t\tprintf(\"%%016lx\\n\", o[k] != o[k] ? 0x7ff8000000000000 : bits);\n\t\t}\n\t}\n",
			 ROUNDS, n, b.outputs);
	}
	buf_addf(out, "\treturn calls != %d;\n}\n", BODIES * ROUNDS);
}

static void check_c(const char *compiler, const char *level)
{
	char *program = in_scratch("c"), *source = in_scratch("c-source.txt");
	char *build[] = { (char *)(uintptr_t)compiler,
			  (char *)(uintptr_t)level,
			  "-w",
			  "-std=gnu17",
			  "-ffp-contract=off",
			  "-I" CGOFUZZ_SOURCE_DIR "/harness",
			  "-o",
			  program,
			  "-xc",
			  source,
			  NULL };
	char *start[] = { program, NULL };
	struct buf out = BUF_INIT;

	run(build, NULL, NULL);
	run(start, NULL, &out);
	compare(&out, compiler);
	buf_release(&out);
	free(program);
	free(source);
}

static void c_does_what_the_model_says(void **state)
{
	struct buf text = BUF_INIT;

	(void)state;
	c_program(&text);
	write_text("c-source.txt", &text);
	buf_release(&text);
	check_c("gcc", "-O0");
	check_c("gcc", "-O2");
	check_c("gcc", "-O3");
	check_c("clang-14", "-O2");
}

static void go_program(struct buf *out)
{
	struct expr_body b;

	buf_addstr(out,
		   "package main\n\nimport (\n\t\"fmt\"\n\t\"math\"\n\n\t\"" EMIT_GUEST "\"\n)\n\n");
	for (unsigned n = 0; n < BODIES; n++) {
		expr_generate(&b, n);
		body_go(out, &b, n);
	}
	buf_addf(out, "var in = [][%d]uint64{\n", EXPR_INPUTS);
	inputs_text(out, "\t{", "},\n");
	buf_addstr(out,
		   "}\n\nfunc main() {\n\tat := 0\n\trun := func(b guest.Body, outputs int) {\n");
	buf_addf(out, "\t\tfor r := 0; r < %d; r++ {\n", ROUNDS);
	buf_addstr(out,
		   "\t\t\tvar i [16]float64\n\t\t\tvar o [40]float64\n"
		   "\t\t\tfor k, x := range in[at] {\n\t\t\t\ti[k] = math.Float64frombits(x)\n\t\t\t}\n"
		   "\t\t\tat++\n\t\t\tb(&i, &o, func() {})\n\t\t\tfor _, x := range o[:outputs] {\n"
		   "\t\t\t\tbits := math.Float64bits(x)\n\t\t\t\tif x != x {\n"
		   "\t\t\t\t\tbits = 0x7ff8000000000000\n\t\t\t\t}\n"
		   "\t\t\t\tfmt.Printf(\"%016x\\n\", bits)\n\t\t\t}\n\t\t}\n\t}\n");
	for (unsigned n = 0; n < BODIES; n++) {
		expr_generate(&b, n);
		buf_addf(out, "\trun(body%u, %u)\n", n, b.outputs);
	}
	buf_addstr(out, "}\n");
}

static void go_does_what_the_model_says(void **state)
{
	char *root = go_find(go_default()), *guest = in_scratch("guest"), *go;
	char *argv[] = { NULL, "run", ".", NULL };
	struct buf text = BUF_INIT, out = BUF_INIT;

	(void)state;
	assert_non_null(root);
	go = xasprintf("%s/bin/go", root);
	argv[0] = go;
	go_program(&text);
	write_text("main.go", &text);
	buf_reset(&text);
	buf_addstr(&text, "module " EMIT_MODULE "\n\ngo 1.19\n");
	write_text("go.mod", &text);
	if (copy_guest_go(guest, &e) < 0)
		fail_msg("%s", e.msg);
	run(argv, scratch, &out);
	compare(&out, "Go");
	buf_release(&text);
	buf_release(&out);
	free(go);
	free(guest);
	free(root);
}

static void what_is_computed_before_the_call_is_used_after_it(void **state)
{
	(void)state;
	for (unsigned n = 0; n < 1000; n++) {
		struct expr_body b;
		uint32_t doubles = 0;

		expr_generate(&b, n);
		assert_true(b.live <= b.outputs && b.middle < b.count);
		for (uint32_t i = 0; i < b.live; i++) {
			assert_true(b.output[i] < b.middle);
			doubles += b.nodes[b.output[i]].type == EXPR_DOUBLE;
		}
		assert_true(doubles >= EXPR_LIVE);
	}
}

static void the_same_seed_makes_the_same_body(void **state)
{
	struct expr_body a, b;

	(void)state;
	expr_generate(&a, 7);
	expr_generate(&b, 7);
	assert_memory_equal(&a, &b, sizeof(a));
	expr_generate(&b, 8);
	assert_memory_not_equal(&a, &b, sizeof(a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(c_does_what_the_model_says),
		cmocka_unit_test(go_does_what_the_model_says),
		cmocka_unit_test(what_is_computed_before_the_call_is_used_after_it),
		cmocka_unit_test(the_same_seed_makes_the_same_body),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
