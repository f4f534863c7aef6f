/* layout.c: bench. Layout of random types against compilers: what they put into object files. */
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/abi.h"
#include "base/file.h"
#include "base/proc.h"
#include "bench/across.h"
#include "bench/bench.h"
#include "bench/types.h"

#define SEED 1
#define TYPES_EACH 20000 /* at least, of each architecture and compiler */
#define CASES_EACH 400 /* in one object file */
#define SCRATCH "build/bench/layout"

static const struct compiler {
	const char *arch, *name;
	enum abi_reader reader;
	const char *argv[3];
} compilers[] = {
	{ "amd64", "gcc 12", ABI_GCC, { "gcc-12" } },
	{ "amd64", "clang 14", ABI_CLANG, { "clang-14" } },
	{ "arm64", "gcc 12", ABI_GCC, { "aarch64-linux-gnu-gcc-12" } },
	{ "arm64", "clang 14", ABI_CLANG, { "clang-14", "--target=aarch64-linux-gnu" } },
};

/* What is compared, and what came out so far. */
struct comparison {
	const struct compiler *compiler;
	const struct abi *abi;
	uint64_t types, alike, explained, unexplained;
	uint64_t rows[RULE_COUNT]; /* differences that each row explains */
	FILE *differences;
};

/* Objects of one file: cases, and the symbols that the compiler made of them. */
struct sheet {
	struct arena arena;
	struct rng rng;
	struct types cases[CASES_EACH];
	Elf *elf;
	int fd;
};

/* Named members, those of anonymous ones too. */
typedef void field_fn(const struct member *m, const struct abi_field *field, uint32_t at, void *ctx);

static void each_field(const struct abi_type *const *types, const struct abi_type *type,
		       uint32_t at, field_fn *fn, void *ctx)
{
	for (uint32_t i = 0; i < type->shape->count; i++) {
		const struct member *m = &type->shape->members[i];

		if (m->name)
			fn(m, &type->fields[i], at + type->fields[i].offset_bits, ctx);
		else if (!m->is_bitfield)
			each_field(types, types[m->shape->type_index],
				   at + type->fields[i].offset_bits, fn, ctx);
	}
}

/* The C text of one type: its table of numbers, and one object for each bit-field. */
struct field_text {
	struct buf table, objects;
	const char *keyword, *name; /* "struct", "T3_1" */
	uint32_t bitfields;
};

static void write_field(const struct member *m, const struct abi_field *field, uint32_t at, void *ctx)
{
	struct field_text *t = ctx;

	(void)field;
	(void)at;
	if (m->is_bitfield)
		buf_addf(&t->objects, "const %s %s B%s_%u = { .%s = -1 };\n", t->keyword, t->name,
			 t->name, t->bitfields++, m->name);
	else
		buf_addf(&t->table, ", __builtin_offsetof(%s %s, %s)", t->keyword, t->name, m->name);
}

/* Anonymous structs have no tag by which C could ask. */
static bool has_tag(const struct types *t, uint32_t index)
{
	const struct shape *s = t->list[index];

	if (!shape_is_aggregate(s))
		return false;
	for (uint32_t i = 0; i < t->count; i++)
		for (uint32_t j = 0; shape_is_aggregate(t->list[i]) && j < t->list[i]->count; j++)
			if (!t->list[i]->members[j].name && t->list[i]->members[j].shape == s)
				return false;
	return true;
}

static void write_case(struct buf *out, const struct comparison *c, struct sheet *s, uint32_t number)
{
	struct types *t = &s->cases[number];
	const struct abi_type **types;
	char prefix[32], name[64];

	/* __alignof__: GCC's _Alignof stops at 16 where no attribute asks for more */
	snprintf(prefix, sizeof(prefix), "T%u", number);
	types_define(out, t, prefix);
	abi_layout(c->abi, ABI_DOCUMENT, t->list[t->count - 1], t->count, &types, &s->arena);
	for (uint32_t i = 0; i < t->count; i++) {
		struct field_text text = { BUF_INIT, BUF_INIT, "struct", name, 0 };

		if (!has_tag(t, i) || !types[i])
			continue;
		if (t->list[i]->kind == SHAPE_UNION)
			text.keyword = "union";
		snprintf(name, sizeof(name), "%s_%u", prefix, i);
		each_field(types, types[i], 0, write_field, &text);
		buf_addf(out,
			 "const unsigned long L%s[] = { sizeof(%s %s), __alignof__(%s %s)%s };\n%s",
			 name, text.keyword, name, text.keyword, name, text.table.ptr,
			 text.objects.ptr);
		buf_release(&text.table);
		buf_release(&text.objects);
	}
}

/* What the compiler said of one type: its table, and the bytes of its bit-fields' objects. */
struct said {
	const uint64_t *table;
	const uint8_t *objects[SHAPE_MAX_MEMBERS];
	uint32_t sizes[SHAPE_MAX_MEMBERS];
	bool seen;
};

/* A reader's layout of the type beside it. */
struct check {
	const struct said *said;
	uint32_t plain, bitfields;
	bool same;
};

static void check_field(const struct member *m, const struct abi_field *field, uint32_t at, void *ctx)
{
	struct check *c = ctx;
	uint32_t n;

	if (!m->is_bitfield) {
		if (c->said->table[2 + c->plain++] * 8 != at)
			c->same = false;
		return;
	}
	n = c->bitfields++;
	for (uint32_t bit = 0; bit < 8 * c->said->sizes[n]; bit++) {
		bool is_set = c->said->objects[n][bit / 8] >> bit % 8 & 1;

		if (is_set != (bit >= at && bit < at + field->size_bits))
			c->same = false;
	}
}

static bool agrees(const struct abi_type **types, uint32_t index, const struct said *said)
{
	const struct abi_type *type = types[index];
	struct check c = { said, 0, 0, true };

	if (said->table[0] != type->size || said->table[1] != type->align)
		return false;
	each_field(types, type, 0, check_field, &c);
	return c.same;
}

/* A difference: which rows with words about this compiler touch the types of the case? */
static void explain(struct comparison *c, const struct abi_type **types, uint32_t count)
{
	struct rule_set all = { { 0 } };

	for (uint32_t i = 0; i < count; i++)
		if (types[i])
			rule_union(&all, &types[i]->rules);
	c->explained++;
	for (int r = rule_next(&all, 0); r >= 0; r = rule_next(&all, r + 1))
		if ((c->compiler->reader == ABI_GCC ? rule_info[r].gcc : rule_info[r].clang)[0])
			c->rows[r]++;
}

static void check_case(struct comparison *c, struct sheet *s, uint32_t number, struct said *said)
{
	struct types *t = &s->cases[number];
	const struct abi_type **document, **reader;
	struct buf text = BUF_INIT;

	abi_layout(c->abi, ABI_DOCUMENT, t->list[t->count - 1], t->count, &document, &s->arena);
	abi_layout(c->abi, c->compiler->reader, t->list[t->count - 1], t->count, &reader, &s->arena);
	for (uint32_t i = 0; i < t->count; i++) {
		if (!said[i].seen)
			continue;
		c->types++;
		if (agrees(document, i, &said[i])) {
			c->alike++;
		} else if (agrees(reader, i, &said[i])) {
			explain(c, reader, t->count);
		} else {
			c->unexplained++;
			buf_reset(&text);
			types_define(&text, t, "T");
			fprintf(c->differences,
				"%s, %s: type %u is laid out otherwise: size %lu, align %lu; "
				"the classifier says %u, %u\n%s\n",
				c->compiler->arch, c->compiler->name, i, said[i].table[0],
				said[i].table[1], reader[i]->size, reader[i]->align, text.ptr);
		}
	}
	buf_release(&text);
}

/* "LT3_1" is the table of type 1 of case 3, "BT3_1_0" its first bit-field. */
static void take_symbol(struct said said[][TYPES_MAX], const char *name, const uint8_t *data,
			uint32_t size)
{
	unsigned number, type, field;

	if (sscanf(name, "LT%u_%u", &number, &type) == 2) {
		said[number][type].seen = true;
		said[number][type].table = (const uint64_t *)data;
	} else if (sscanf(name, "BT%u_%u_%u", &number, &type, &field) == 3) {
		said[number][type].objects[field] = data;
		said[number][type].sizes[field] = size;
	}
}

static void take_symbols(Elf *elf, Elf_Scn *scn, struct said said[][TYPES_MAX])
{
	Elf_Data *symbols = elf_getdata(scn, NULL);
	GElf_Shdr header, where;
	GElf_Sym sym;

	gelf_getshdr(scn, &header);
	for (int i = 0; gelf_getsym(symbols, i, &sym); i++) {
		const char *name = elf_strptr(elf, header.sh_link, sym.st_name);
		Elf_Scn *home = sym.st_shndx && sym.st_shndx < SHN_LORESERVE
			? elf_getscn(elf, sym.st_shndx)
			: NULL;
		Elf_Data *data = home ? elf_getdata(home, NULL) : NULL;

		if (!data || !name || !gelf_getshdr(home, &where) || where.sh_type == SHT_NOBITS)
			continue;
		take_symbol(said, name, (const uint8_t *)data->d_buf + sym.st_value,
			    (uint32_t)sym.st_size);
	}
}

static int read_object(struct comparison *c, struct sheet *s, const char *path, struct err *e)
{
	struct said(*said)[TYPES_MAX] = xcalloc(CASES_EACH, sizeof(*said));
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	Elf *elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ, NULL);
	GElf_Shdr header;

	if (!elf) {
		if (fd >= 0)
			close(fd);
		free(said);
		return err_set(e, EXIT_ENVIRON, "%s: cannot be read as ELF", path);
	}
	for (Elf_Scn *scn = NULL; (scn = elf_nextscn(elf, scn));)
		if (gelf_getshdr(scn, &header) && header.sh_type == SHT_SYMTAB)
			take_symbols(elf, scn, said);
	for (uint32_t i = 0; i < CASES_EACH; i++)
		check_case(c, s, i, said[i]);
	elf_end(elf);
	close(fd);
	free(said);
	return 0;
}

static int compile(const struct compiler *c, const char *source, const char *object, struct err *e)
{
	const char *argv[16];
	int n = 0;
	struct proc_spec spec = { .argv = (char *const *)argv, .deadline_ms = 120000 };

	for (int i = 0; i < 3 && c->argv[i]; i++)
		argv[n++] = c->argv[i];
	argv[n++] = "-std=gnu17";
	argv[n++] = "-w";
	argv[n++] = "-O0";
	argv[n++] = "-c";
	argv[n++] = "-o";
	argv[n++] = object;
	argv[n++] = source;
	argv[n] = NULL;
	return proc_must(&spec, e);
}

/* One object file: generated, compiled, compared. */
static int compare_sheet(struct comparison *c, uint64_t seed, struct err *e)
{
	struct sheet *s = xcalloc(1, sizeof(*s));
	struct buf text = BUF_INIT;
	int rc;

	rng_seed(&s->rng, seed);
	for (uint32_t i = 0; i < CASES_EACH; i++) {
		s->cases[i] = (struct types){ .rng = &s->rng,
					      .arena = &s->arena,
					      .half = strcmp(c->compiler->name, "clang 14") != 0 ||
						      strcmp(c->compiler->arch, "amd64") != 0 };
		types_struct(&s->cases[i]);
		write_case(&text, c, s, i);
	}
	rc = file_publish(SCRATCH ".c", text.ptr, text.len, e);
	if (rc == 0)
		rc = compile(c->compiler, SCRATCH ".c", SCRATCH ".o", e);
	if (rc == 0)
		rc = read_object(c, s, SCRATCH ".o", e);
	buf_release(&text);
	arena_release(&s->arena);
	free(s);
	return rc;
}

static void report(const struct comparison *c, json_t *rows)
{
	char name[128];

	printf("  %s, %s: %lu types, %lu alike, %lu differ as a row says, %lu unexplained\n",
	       c->compiler->arch, c->compiler->name, c->types, c->alike, c->explained,
	       c->unexplained);
	for (int r = 0; r < RULE_COUNT; r++)
		if (c->rows[r])
			printf("    %6lu  %s: %s\n", c->rows[r], rule_info[r].id,
			       c->compiler->reader == ABI_GCC ? rule_info[r].gcc
							      : rule_info[r].clang);
	snprintf(name, sizeof(name), "%s, %s: types compared", c->compiler->arch, c->compiler->name);
	figure_add(rows,
		   &(struct figure){ .name = name,
				     .unit = "types",
				     .value = (double)c->types,
				     .target = TYPES_EACH });
	snprintf(name, sizeof(name), "%s, %s: differences no row explains", c->compiler->arch,
		 c->compiler->name);
	figure_add(rows,
		   &(struct figure){ .name = name,
				     .unit = "types",
				     .value = (double)c->unexplained,
				     .target = 0.5,
				     .below = 1 });
}

int bench_layout(json_t *rows, struct err *e)
{
	FILE *differences = fopen(SCRATCH ".differences", "we");
	int rc = 0;

	if (!differences)
		return err_errno(e, EXIT_ENVIRON, SCRATCH ".differences");
	elf_version(EV_CURRENT);
	printf("  seed %d; differences are written to " SCRATCH ".differences\n", SEED);
	for (size_t i = 0; i < sizeof(compilers) / sizeof(*compilers) && rc == 0; i++) {
		struct comparison c = { .compiler = &compilers[i],
					.abi = abi_find(compilers[i].arch),
					.differences = differences };

		for (uint64_t seed = SEED; c.types < TYPES_EACH && rc == 0; seed++)
			rc = compare_sheet(&c, seed, e);
		if (rc == 0)
			report(&c, rows);
	}
	if (rc == 0)
		layout_across(rows, differences, SEED, TYPES_EACH);
	fclose(differences);
	return rc;
}
