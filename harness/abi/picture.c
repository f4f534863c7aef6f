/* picture.c: abi. What explain shows a person: types byte by byte, registers and stack with their leaves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/internal.h"
#include "model/case.h"

#define MAP_WIDTH 16 /* bytes in a line of the map */

struct picture {
	struct buf *out;
	const struct abi_call *call;
};

static void print_rules(struct buf *out, const struct rule_set *rules, const char *indent)
{
	for (int r = rule_next(rules, 0); r >= 0; r = rule_next(rules, r + 1))
		buf_addf(out, "%s%s (%s): %s\n", indent, rule_info[r].id, rule_info[r].section,
			 rule_info[r].statement);
}

/* A member of a struct has a letter in the map if it has bytes there that mean something. */
static bool has_letter(const struct abi_type *type, uint32_t i)
{
	const struct member *m = &type->shape->members[i];

	return type->shape->kind == SHAPE_STRUCT && type->fields[i].size_bits &&
		!(m->is_bitfield && !m->name);
}

/* The n-th letter. */
static char letter_at(uint32_t n)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	return letters[n % (sizeof(letters) - 1)];
}

/* Bytes of several bit-fields are '#', padding is '.'. */
static void print_map(struct buf *out, const struct abi_type *type)
{
	uint32_t size = type->size < 256 ? type->size : 256;
	char map[256];

	memset(map, '.', sizeof(map));
	for (uint32_t i = 0, n = 0; i < type->shape->count; i++) {
		const struct abi_field *f = &type->fields[i];
		char letter = letter_at(n);

		if (!has_letter(type, i))
			continue;
		n++;
		for (uint32_t bit = f->offset_bits; bit < f->offset_bits + f->size_bits; bit++)
			if (bit / 8 < size)
				map[bit / 8] = map[bit / 8] == '.' || map[bit / 8] == letter ? letter
											     : '#';
	}
	for (uint32_t at = 0; at < size; at += MAP_WIDTH)
		buf_addf(out, "    %5u |%.*s|\n", at,
			 (int)(size - at < MAP_WIDTH ? size - at : MAP_WIDTH), map + at);
}

static void print_padding(struct buf *out, uint32_t from, uint32_t to)
{
	if (to <= from)
		return;
	if (from % 8 || to % 8)
		buf_addf(out, "      %7u:%u  %6u bits  padding\n", from / 8, from % 8, to - from);
	else
		buf_addf(out, "      %9u  %6u       padding\n", from / 8, (to - from) / 8);
}

/* letter: what stands for it in the map, or a space. */
static void print_field(struct buf *out, const struct member *m, const struct abi_field *f,
			char letter)
{
	struct buf text = BUF_INIT;

	shape_declare(&text, m->shape, NULL, m->name ? m->name : "");
	if (m->is_bitfield)
		buf_addf(out, "    %c %7u:%u  %6u bits  %s : %u\n", letter, f->offset_bits / 8,
			 f->offset_bits % 8, f->size_bits, text.ptr, m->width);
	else
		buf_addf(out, "    %c %9u  %6u       %s\n", letter, f->offset_bits / 8,
			 f->size_bits / 8, text.ptr);
	buf_release(&text);
}

static void print_type(struct picture *p, const struct abi_type *type)
{
	bool is_union = type->shape->kind == SHAPE_UNION;
	uint32_t end = 0, letters = 0;
	struct buf text = BUF_INIT;

	shape_declare(&text, type->shape, NULL, "");
	buf_addf(p->out, "  %s\n    size %u, aligned to %u\n", text.ptr, type->size, type->align);
	buf_release(&text);
	if (!is_union)
		print_map(p->out, type);
	for (uint32_t i = 0; i < type->shape->count; i++) {
		const struct abi_field *f = &type->fields[i];

		if (!is_union)
			print_padding(p->out, end, f->offset_bits);
		print_field(p->out, &type->shape->members[i], f,
			    has_letter(type, i) ? letter_at(letters++) : ' ');
		if (is_union && f->size_bits < end)
			continue;
		end = f->offset_bits + f->size_bits;
	}
	print_padding(p->out, end, 8 * type->size);
	print_rules(p->out, &type->rules, "      ");
}

/* Names of leaves, in the order of v->leaves. */
struct names {
	struct buf text; /* one after the other, each with its NUL */
	size_t *at;
	uint32_t count;
};

static int add_name(const struct shape_leaf *leaf, void *ctx)
{
	struct names *n = ctx;

	n->at[n->count++] = n->text.len;
	buf_add(&n->text, leaf->path, strlen(leaf->path) + 1);
	return 0;
}

static void add_place(struct picture *p, const struct abi_part *part)
{
	if (part->where == ABI_STACK)
		buf_addf(p->out, "sp+%u", part->slot);
	else
		buf_addstr(p->out,
			   abi_register_name(p->call->abi, (enum abi_where)part->where, part->number));
}

/* The leaves, or what of them lies in one part. */
static void print_part(struct picture *p, const char *name, const struct abi_value *v,
		       const struct abi_part *part, struct names *names)
{
	bool first = true;

	buf_addstr(p->out, "      ");
	add_place(p, part);
	if (v->byref)
		buf_addf(p->out, " -> %u bytes in memory", v->size);
	buf_addstr(p->out, ":");
	for (uint32_t i = 0; i < v->leaf_count; i++) {
		const struct abi_leaf *leaf = &v->leaves[i];

		for (uint32_t j = 0; j < leaf->piece_count; j++) {
			const struct abi_piece *piece = &leaf->pieces[j];

			if (piece->where != part->where || piece->number != part->number ||
			    piece->slot != part->slot)
				continue;
			buf_addf(p->out, "%s %s%s", first ? "" : ",", name,
				 names->text.ptr + names->at[i]);
			if (piece->bits)
				buf_addf(p->out, " bits %u-%u", 8 * piece->byte + piece->bit,
					 8 * piece->byte + piece->bit + piece->bits - 1);
			else if (piece->size == 1)
				buf_addf(p->out, " byte %u", piece->byte);
			else
				buf_addf(p->out, " bytes %u-%u", piece->byte,
					 piece->byte + piece->size - 1);
			first = false;
		}
	}
	buf_addstr(p->out, first ? " padding\n" : "\n");
}

static void print_value(struct picture *p, const char *name, const struct abi_value *v,
			const struct rule_set *rules)
{
	struct names names = { BUF_INIT, NULL, 0 };
	struct buf text = BUF_INIT;
	uint32_t index = 0;

	shape_declare(&text, v->shape, NULL, "");
	buf_addf(p->out, "  %s: %s\n", name, text.ptr);
	buf_release(&text);
	names.at = xcalloc(v->leaf_count + 1, sizeof(*names.at));
	shape_each_leaf(v->shape, SHAPE_EVERY_VARIANT, &index, add_name, &names);
	for (uint32_t i = 0; i < v->part_count; i++)
		print_part(p, name, v, &v->parts[i], &names);
	if (!v->part_count)
		buf_addf(p->out, "      no place\n");
	print_rules(p->out, rules, "      ");
	free(names.at);
	buf_release(&names.text);
}

/* What a compiler does otherwise: the values whose places or layout differ, and the rows that say so. */
static void print_reader(struct buf *out, const struct abi_call *document,
			 const struct abi_call *other)
{
	struct picture p = { out, other };
	struct rule_set none = { { 0 } };
	char name[16];

	if (abi_same_call(document, other))
		return;
	buf_addf(out, "  %s reads it otherwise:\n", abi_reader_names[other->reader]);
	for (uint32_t i = 0; i < other->type_count; i++)
		if (other->types[i] && !abi_same_layout(other->types[i], document->types[i]))
			print_type(&p, other->types[i]);
	if (!abi_same_value(&document->result, &other->result))
		print_value(&p, "result", &other->result, &none);
	for (uint32_t i = 0; i < other->arg_count; i++) {
		snprintf(name, sizeof(name), "arg%u", i);
		if (!abi_same_value(&document->args[i], &other->args[i]))
			print_value(&p, name, &other->args[i], &none);
	}
	for (int r = rule_next(&other->rules, 0); r >= 0; r = rule_next(&other->rules, r + 1))
		if (rule_deviation(r, other->reader == ABI_GCC)[0])
			buf_addf(out, "      not %s (%s): %s\n", rule_info[r].id,
				 rule_info[r].section, rule_deviation(r, other->reader == ABI_GCC));
}

void abi_print(struct buf *out, const struct abi *abi, const struct proto *proto,
	       uint32_t type_count, struct arena *arena)
{
	const struct abi_call *call = abi_classify(abi, ABI_DOCUMENT, proto, type_count, arena);
	struct picture p = { out, call };
	char name[16];

	buf_addf(out, "%s (%s)\n", abi->arch, abi->document);
	for (uint32_t i = 0; i < call->type_count; i++)
		if (call->types[i])
			print_type(&p, call->types[i]);
	for (uint32_t i = 0; i < call->arg_count; i++) {
		snprintf(name, sizeof(name), "arg%u", i);
		print_value(&p, name, &call->args[i], &call->args[i].rules);
	}
	print_value(&p, "result", &call->result, &call->result.rules);
	buf_addf(out, "  stack for arguments: %u bytes\n", call->stack_bytes);
	for (int reader = ABI_GCC; reader < ABI_READERS; reader++)
		print_reader(out, call,
			     abi_classify(abi, (enum abi_reader)reader, proto, type_count, arena));
}
