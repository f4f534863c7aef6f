/* passing.c: bench. Places of arguments and results against compilers: each calls, and is called by,
 * assembly that dumps registers and stack. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "base/file.h"
#include "base/proc.h"
#include "bench/bench.h"
#include "bench/types.h"

#define SEED 1
#define CASES_EACH 20000
#define CASES_A_FILE 500
#define SCRATCH "build/bench/passing"
#define MOST_ARGS 12
#define MOST_BYTES 400 /* of an argument or result, if there is a choice */

static const struct compiler {
	const char *arch, *name;
	enum abi_reader reader;
	const char *argv[3];
	const char *run; /* "": native */
} compilers[] = {
	{ "amd64", "gcc 12", ABI_GCC, { "gcc-12" }, "" },
	{ "amd64", "clang 14", ABI_CLANG, { "clang-14" }, "" },
	{ "arm64", "gcc 12", ABI_GCC, { "aarch64-linux-gnu-gcc-12" }, "qemu-aarch64" },
	{ "arm64", "clang 14", ABI_CLANG, { "clang-14", "--target=aarch64-linux-gnu" }, "qemu-aarch64" },
};

struct passing {
	const struct compiler *compiler;
	const struct abi *abi;
	const char *level; /* "-O0" */
	uint64_t cases, alike, explained, unexplained;
	uint64_t crashes; /* others, that the compiler cannot compile */
	uint64_t rows[RULE_COUNT];
	FILE *differences;
};

struct prototype {
	struct types types;
	struct proto proto;
	const struct shape *args[MOST_ARGS];
	const struct abi_call *call; /* as the compiler's reader has it */
	bool explained, wrong;
};

struct sheet {
	struct arena arena;
	struct rng rng;
	struct prototype cases[CASES_A_FILE];
	struct buf code, cases_table, checks;
};

/* Bytes of a piece that have a meaning: a long double of amd64 has ten. */
static uint32_t meaning(const struct passing *p, const struct shape *s, const struct abi_piece *piece)
{
	if (s->kind != SHAPE_SCALAR || s->scalar != SCALAR_LDOUBLE || p->abi != abi_find("amd64") ||
	    piece->leaf_byte + piece->size <= 10)
		return piece->size;
	return 10 - piece->leaf_byte;
}

/* Bytes of a leaf to which C gives a meaning: a compiler may move any other as what it means. */
static void make_sense(const struct abi_leaf *leaf, unsigned char *byte)
{
	if (leaf->shape->kind != SHAPE_SCALAR || leaf->bitfield)
		return;
	if (leaf->shape->scalar == SCALAR_BOOL)
		*byte &= 1;
	if (leaf->shape->scalar == SCALAR_LDOUBLE) { /* a normal number, on both architectures */
		byte[7] |= 0x80;
		byte[9] = (unsigned char)((byte[9] & 0x80) | 0x3f);
		byte[15] = byte[9];
	}
}

/* The bytes that a value is made of: random, but for that. */
static void write_bytes(struct sheet *s, const struct abi_value *v, const char *name)
{
	unsigned char *bytes = xcalloc(1, v->size + 1);

	rng_fill(&s->rng, bytes, v->size);
	for (uint32_t i = 0; i < v->leaf_count; i++)
		make_sense(&v->leaves[i], bytes + v->leaves[i].offset_bits / 8);
	buf_addf(&s->code, "static const unsigned char %s[%u] = { ", name, v->size + 1);
	for (uint32_t i = 0; i < v->size; i++)
		buf_addf(&s->code, "%u, ", bytes[i]);
	buf_addstr(&s->code, "0 };\n");
	free(bytes);
}

static uint32_t write_checks(const struct passing *p, struct sheet *s, const struct abi_value *v,
			     const char *name)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < v->leaf_count; i++) {
		const struct abi_leaf *leaf = &v->leaves[i];

		for (uint32_t j = 0; j < leaf->piece_count; j++, count++) {
			const struct abi_piece *piece = &leaf->pieces[j];
			uint32_t at = leaf->offset_bits +
				(piece->bits ? piece->leaf_bit : 8u * piece->leaf_byte);

			buf_addf(&s->checks, "\t{ %u, %u, %u, %u, %u, %u, %u, %u, %u, %s },\n",
				 piece->where, piece->number, piece->bit, piece->bits, v->byref,
				 piece->slot, piece->byte, meaning(p, leaf->shape, piece), at, name);
		}
	}
	return count;
}

static void write_call(struct sheet *s, const struct prototype *c, uint32_t number, const char *prefix)
{
	struct buf *out = &s->code;
	char name[32];

	/* through a pointer that no compiler sees through: LLVM turns the arguments of a call to what was
	 * declared with other types into those types */
	snprintf(name, sizeof(name), "(*volatile f%u)", number);
	types_declare(out, c->proto.result, prefix, name);
	buf_addstr(out, "(");
	for (uint32_t i = 0; i < c->proto.arg_count; i++) {
		buf_addstr(out, i ? ", " : "");
		types_declare(out, c->proto.args[i], prefix, "");
	}
	buf_addf(out, "%s) = (void *)passing_dump;\nstatic void call%u(void)\n{\n",
		 c->proto.arg_count ? "" : "void", number);
	for (uint32_t i = 0; i < c->proto.arg_count; i++) {
		snprintf(name, sizeof(name), "a%u", i);
		buf_addch(out, '\t');
		types_declare(out, c->proto.args[i], prefix, name);
		buf_addf(out, ";\n\t__builtin_memcpy((void *)&a%u, v%u_%u, %u);\n", i, number, i,
			 c->call->args[i].size);
	}
	buf_addf(out, "\tf%u(", number);
	for (uint32_t i = 0; i < c->proto.arg_count; i++)
		buf_addf(out, "%sa%u", i ? ", " : "", i);
	buf_addstr(out, ");\n}\n");
}

static void write_result(struct sheet *s, const struct prototype *c, uint32_t number,
			 const char *prefix)
{
	struct buf *out = &s->code;
	char name[32];

	snprintf(name, sizeof(name), "g%u(void)", number);
	types_declare(out, c->proto.result, prefix, name);
	buf_addstr(out, "\n{\n\t");
	types_declare(out, c->proto.result, prefix, "r");
	buf_addf(out, ";\n\t__builtin_memcpy((void *)&r, v%u_r, %u);\n\treturn r;\n}\n", number,
		 c->call->result.size);
}

static void write_case(struct passing *p, struct sheet *s, uint32_t number)
{
	struct prototype *c = &s->cases[number];
	uint32_t args = 0, results, x87 = 0;
	char prefix[32], name[32];

	snprintf(prefix, sizeof(prefix), "T%u", number);
	types_define(&s->code, &c->types, prefix);
	for (uint32_t i = 0; i < c->proto.arg_count; i++) {
		snprintf(name, sizeof(name), "v%u_%u", number, i);
		write_bytes(s, &c->call->args[i], name);
		args += write_checks(p, s, &c->call->args[i], name);
	}
	snprintf(name, sizeof(name), "v%u_r", number);
	write_bytes(s, &c->call->result, name);
	results = write_checks(p, s, &c->call->result, name);
	for (uint32_t i = 0; i < c->call->result.part_count; i++)
		x87 += c->call->result.parts[i].where == ABI_X87;
	write_call(s, c, number, prefix);
	write_result(s, c, number, prefix);
	buf_addf(&s->cases_table, "\t{ %u, call%u, (void (*)(void))g%u, %u, %u, %u },\n", number,
		 number, number, x87, args, results);
}

/* Up to what a case may hold; and no _Atomic struct without size: GCC refuses to read one. */
static const struct shape *make_argument(struct passing *p, struct types *t, struct arena *arena)
{
	const struct shape *s;
	uint32_t size;

	do {
		s = types_argument(t);
		size = abi_layout(p->abi, ABI_DOCUMENT, s, t->count, NULL, arena).size;
	} while ((s->qualifiers & QUALIFIER_ATOMIC && !size) ||
		 (size > MOST_BYTES && t->count + 8 < TYPES_MAX));
	return s;
}

/* Clang 14 crashes at -O0 where an argument without size that ends in a flexible array (which takes stack
 * there) comes after the last general register was taken. */
static bool is_crash(const struct passing *p, const struct abi_call *call)
{
	for (uint32_t i = 0; i < call->arg_count; i++)
		if (p->compiler->reader == ABI_CLANG &&
		    rule_has(&call->args[i].rules, RULE_AMD64_NO_SIZE_FLEXIBLE) &&
		    call->args[i].general_used == 6)
			return true;
	return false;
}

static void make_prototype(struct passing *p, struct sheet *s, struct prototype *c)
{
	c->types = (struct types){ .rng = &s->rng,
				   .arena = &s->arena,
				   .half = p->compiler->reader != ABI_CLANG ||
					   strcmp(p->compiler->arch, "amd64") != 0 };
	c->proto.arg_count = (uint32_t)rng_below(&s->rng, MOST_ARGS);
	c->proto.args = c->args;
	c->proto.result = make_argument(p, &c->types, &s->arena);
	for (uint32_t i = 0; i < c->proto.arg_count; i++)
		c->args[i] = make_argument(p, &c->types, &s->arena);
	c->call = abi_classify(p->abi, p->compiler->reader, &c->proto, c->types.count, &s->arena);
}

static void make_case(struct passing *p, struct sheet *s, uint32_t number)
{
	struct prototype *c = &s->cases[number];
	const struct abi_call *document;

	for (make_prototype(p, s, c); is_crash(p, c->call); make_prototype(p, s, c))
		p->crashes++;
	document = abi_classify(p->abi, ABI_DOCUMENT, &c->proto, c->types.count, &s->arena);
	c->explained = !abi_same_call(document, c->call);
}

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
		if (sscanf(line, "%15s %u %u", what, &number, &check) != 3 || number >= CASES_A_FILE)
			continue;
		s->cases[number].wrong = true;
		print_case(p, &s->cases[number], !strcmp(what, "result"), check);
	}
	if (!done)
		return err_set(e, EXIT_ENVIRON, "%s, %s: the guest did not end", p->compiler->arch,
			       p->compiler->name);
	for (uint32_t i = 0; i < CASES_A_FILE; i++) {
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
	for (uint32_t i = 0; i < CASES_A_FILE; i++) {
		make_case(p, s, i);
		write_case(p, s, i);
	}
	buf_addf(&text,
		 "#include \"table.h\"\nextern char passing_dump[];\n%s\n"
		 "const struct passing_case passing_cases[] = {\n%s};\n"
		 "const uint32_t passing_case_count = %u;\n"
		 "const struct passing_check passing_checks[] = {\n%s};\n",
		 s->code.ptr, s->cases_table.ptr, CASES_A_FILE, s->checks.ptr);
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
