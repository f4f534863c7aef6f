/* passing_case.c: bench. Random prototypes, and the C that calls them and returns their results. */
#include "bench/passing.h"

#include <stdlib.h>
#include <string.h>

#define MOST_BYTES 400 /* of an argument or result, if there is a choice */

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

void passing_write(const struct passing *p, struct sheet *s, uint32_t number)
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
	c->proto.arg_count = (uint32_t)rng_below(&s->rng, PASSING_ARGS);
	c->proto.args = c->args;
	c->proto.result = make_argument(p, &c->types, &s->arena);
	for (uint32_t i = 0; i < c->proto.arg_count; i++)
		c->args[i] = make_argument(p, &c->types, &s->arena);
	c->call = abi_classify(p->abi, p->compiler->reader, &c->proto, c->types.count, &s->arena);
}

void passing_make(struct passing *p, struct sheet *s, uint32_t number)
{
	struct prototype *c = &s->cases[number];
	const struct abi_call *document;

	for (make_prototype(p, s, c); is_crash(p, c->call); make_prototype(p, s, c))
		p->crashes++;
	document = abi_classify(p->abi, ABI_DOCUMENT, &c->proto, c->types.count, &s->arena);
	c->explained = !abi_same_call(document, c->call);
}
