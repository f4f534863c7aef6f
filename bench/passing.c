/* passing.c: bench. Places of arguments and results against compilers: each calls, and is called by,
 * assembly that dumps registers and stack. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/proc.h"
#include "bench/bench.h"
#include "bench/passing.h"

#define SEED 1
#define CASES_EACH 20000
#define SCRATCH "build/bench/passing"

static const struct compiler compilers[] = {
	{ "amd64", "gcc 12", ABI_GCC, { "gcc-12" }, "" },
	{ "amd64", "clang 14", ABI_CLANG, { "clang-14" }, "" },
	{ "arm64", "gcc 12", ABI_GCC, { "aarch64-linux-gnu-gcc-12" }, "qemu-aarch64" },
	{ "arm64", "clang 14", ABI_CLANG, { "clang-14", "--target=aarch64-linux-gnu" }, "qemu-aarch64" },
};

static int run(struct passing *p, struct buf *out, struct err *e)
{
	char asm_path[64];
	const char *argv[24];
	int n = 0;
	struct proc_spec spec = { .argv = (char *const *)argv, .deadline_ms = 300000 };

	snprintf(asm_path, sizeof(asm_path), "bench/passing/%s.S", p->compiler->arch);
	for (int i = 0; i < 3 && p->compiler->argv[i]; i++)
		argv[n++] = p->compiler->argv[i];
	argv[n++] = "-std=gnu17";
	argv[n++] = "-w";
	argv[n++] = p->level;
	argv[n++] = "-static";
	argv[n++] = "-Ibench/passing";
	argv[n++] = "-o";
	argv[n++] = SCRATCH ".exe";
	argv[n++] = SCRATCH ".c";
	argv[n++] = "bench/passing/main.c";
	argv[n++] = asm_path;
	argv[n++] = "-latomic";
	argv[n] = NULL;
	if (proc_must(&spec, e) < 0)
		return -1;
	n = 0;
	if (*p->compiler->run)
		argv[n++] = p->compiler->run;
	argv[n++] = SCRATCH ".exe";
	argv[n] = NULL;
	spec.out = out;
	return proc_must(&spec, e);
}

/* The value that a check is about. */
static const struct abi_value *checked_value(const struct prototype *c, bool is_result, uint32_t check)
{
	for (uint32_t i = 0; i < c->proto.arg_count && !is_result; i++) {
		const struct abi_value *v = &c->call->args[i];

		for (uint32_t j = 0; j < v->leaf_count; check -= v->leaves[j++].piece_count)
			if (check < v->leaves[j].piece_count)
				return v;
	}
	return &c->call->result;
}

/* Marks the types that a definition of s needs. */
static void need(const struct types *t, const struct shape *s, bool *needed)
{
	if (s->kind == SHAPE_ARRAY)
		need(t, s->target, needed);
	for (uint32_t i = 0; i < t->count; i++)
		if (t->list[i] == s || (shape_is_aggregate(s) && s->type_index == i))
			needed[i] = true;
	for (uint32_t i = 0; shape_is_aggregate(s) && i < s->count; i++)
		need(t, s->members[i].shape, needed);
}

static void print_case(struct passing *p, const struct prototype *c, bool is_result, uint32_t check)
{
	const struct abi_value *v = checked_value(c, is_result, check);
	struct buf text = BUF_INIT;
	bool needed[TYPES_MAX] = { false };

	need(&c->types, c->proto.result, needed);
	for (uint32_t i = 0; i < c->proto.arg_count && !is_result; i++)
		need(&c->types, c->args[i], needed);
	types_define_some(&text, &c->types, "T", needed);
	types_declare(&text, c->proto.result, "T", "f(");
	for (uint32_t i = 0; i < c->proto.arg_count; i++) {
		types_declare(&text, c->proto.args[i], "T",
			      v == &c->call->args[i] ? "WRONG, " : ", ");
		if (v == &c->call->args[i])
			break;
	}
	fprintf(p->differences, "== %s, %s %s: %u general, %u vector used before\n%s\n",
		p->compiler->arch, p->compiler->name, p->level, v->general_used, v->vector_used,
		text.ptr);
	buf_release(&text);
}

/* Clang 14 contradicts itself: at -O0 another part of LLVM (GlobalISel) chooses the registers. */
static bool level_decides(const struct passing *p, const struct prototype *c)
{
	return !strcmp(p->level, "-O0") && rule_has(&c->call->rules, RULE_ARM64_HVA_INT128);
}

/* "args 7 2": of case 7's arguments check 2 is the first that fails. */
static int read_answers(struct passing *p, struct sheet *s, char *text, struct err *e)
{
	bool done = false;
	char *line;

	while ((line = strsep(&text, "\n"))) {
		unsigned number = 0, check = 0;
		char what[16];

		if (!strcmp(line, "done"))
			done = true;
		if (sscanf(line, "%15s %u %u", what, &number, &check) != 3 ||
		    number >= PASSING_CASES || level_decides(p, &s->cases[number]))
			continue;
		s->cases[number].wrong = true;
		print_case(p, &s->cases[number], !strcmp(what, "result"), check);
	}
	if (!done)
		return err_set(e, EXIT_ENVIRON, "%s, %s: the guest did not end", p->compiler->arch,
			       p->compiler->name);
	for (uint32_t i = 0; i < PASSING_CASES; i++) {
		const struct prototype *c = &s->cases[i];

		p->cases++;
		if (c->wrong)
			p->unexplained++;
		else if (c->explained)
			p->explained++;
		else
			p->alike++;
		for (int r = 0; r < RULE_COUNT; r++)
			if (!c->wrong && c->explained && rule_has(&c->call->rules, r) &&
			    rule_deviation(r, p->compiler->reader == ABI_GCC)[0])
				p->rows[r]++;
	}
	return 0;
}

static int pass_sheet(struct passing *p, uint64_t seed, struct err *e)
{
	struct sheet *s = xcalloc(1, sizeof(*s));
	struct buf out = BUF_INIT, text = BUF_INIT;
	int rc;

	rng_seed(&s->rng, seed);
	buf_init(&s->code);
	buf_init(&s->cases_table);
	buf_init(&s->checks);
	for (uint32_t i = 0; i < PASSING_CASES; i++) {
		passing_make(p, s, i);
		passing_write(p, s, i);
	}
	buf_addf(&text,
		 "#include \"table.h\"\nextern char passing_dump[];\n%s\n"
		 "const struct passing_case passing_cases[] = {\n%s};\n"
		 "const uint32_t passing_case_count = %u;\n"
		 "const struct passing_check passing_checks[] = {\n%s};\n",
		 s->code.ptr, s->cases_table.ptr, PASSING_CASES, s->checks.ptr);
	rc = file_publish(SCRATCH ".c", text.ptr, text.len, e);
	if (rc == 0)
		rc = run(p, &out, e);
	if (rc == 0)
		rc = read_answers(p, s, out.ptr, e);
	buf_release(&s->code);
	buf_release(&s->cases_table);
	buf_release(&s->checks);
	buf_release(&text);
	buf_release(&out);
	arena_release(&s->arena);
	free(s);
	return rc;
}

static void report(const struct passing *p, json_t *rows)
{
	bool gcc = p->compiler->reader == ABI_GCC;
	char name[128];

	printf("  %s, %s: %lu prototypes, %lu alike, %lu differ as a row says, %lu unexplained\n",
	       p->compiler->arch, p->compiler->name, p->cases, p->alike, p->explained,
	       p->unexplained);
	if (p->crashes)
		printf("    %lu others left out: the compiler crashes at them\n", p->crashes);
	for (int r = 0; r < RULE_COUNT; r++)
		if (p->rows[r])
			printf("    %6lu  %s: %s\n", p->rows[r], rule_info[r].id,
			       rule_deviation(r, gcc));
	snprintf(name, sizeof(name), "%s, %s: prototypes called", p->compiler->arch,
		 p->compiler->name);
	figure_add(rows,
		   &(struct figure){ .name = name,
				     .unit = "cases",
				     .value = (double)p->cases,
				     .target = CASES_EACH });
	snprintf(name, sizeof(name), "%s, %s: differences no row explains", p->compiler->arch,
		 p->compiler->name);
	figure_add(rows,
		   &(struct figure){ .name = name,
				     .unit = "cases",
				     .value = (double)p->unexplained,
				     .target = 0.5,
				     .below = 1 });
	fflush(stdout); /* whatever stops the next compiler */
}

int bench_passing(json_t *rows, struct err *e)
{
	FILE *differences = fopen(SCRATCH ".differences", "we");
	const char *few = getenv("PASSING_CASES"), *only = getenv("PASSING_COMPILER");
	uint64_t most = few ? strtoull(few, NULL, 10) : CASES_EACH;
	int rc = 0;

	if (!differences)
		return err_errno(e, EXIT_ENVIRON, SCRATCH ".differences");
	printf("  seed %d; differences are written to " SCRATCH ".differences\n", SEED);
	for (size_t i = 0; i < sizeof(compilers) / sizeof(*compilers) && rc == 0; i++) {
		struct passing p = { .compiler = &compilers[i],
				     .abi = abi_find(compilers[i].arch),
				     .differences = differences };
		char name[64];

		snprintf(name, sizeof(name), "%s %s", p.compiler->arch, p.compiler->name);
		if (only && !strstr(name, only))
			continue;
		for (uint64_t seed = SEED; p.cases < most && rc == 0; seed++) {
			p.level = seed % 2 ? "-O0" : "-O2";
			rc = pass_sheet(&p, seed, e);
		}
		if (rc == 0)
			report(&p, rows);
	}
	fclose(differences);
	return rc;
}
