/* measure.c: model. Size, alignment, leaves and depth of interned types, for the limits. */
#include <string.h>

#include "model/finish.h"

#define SATURATED ((uint64_t)1 << 31) /* far above all limits; products of two still fit */

static uint64_t saturate(uint64_t x)
{
	return x < SATURATED ? x : SATURATED;
}

/* Alignments are powers of two: no division. */
static uint64_t round_down(uint64_t x, uint64_t to)
{
	return x & -to;
}

static uint64_t round_up(uint64_t x, uint64_t to)
{
	return round_down(x + to - 1, to);
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void add_depth(struct node *n, const struct node *part)
{
	if (part->depth + 1 > n->depth)
		n->depth = part->depth + 1;
	n->nodes = saturate(n->nodes + part->nodes);
}

/* Where a bit-field of that type lies, and where it ends (psABI AMD64 3.1.2, AAPCS64 10.1.8). */
static uint64_t after_bitfield(uint64_t bit, const struct member *m, const struct node *type,
			       uint64_t align, bool packed)
{
	if (m->align)
		bit = round_up(bit, 8 * align);
	if (!m->width)
		return round_up(bit, 8 * type->align);
	if (!packed && round_down(bit, 8 * type->align) + 8 * type->size < bit + m->width)
		bit = round_up(bit, 8 * type->align);
	return bit + m->width;
}

/* By the rules both ABIs share (AAPCS64 5.9, psABI AMD64 3.1.2). */
static void measure_struct(struct node *n)
{
	const struct shape *s = &n->shape;
	uint64_t bit = 0, most = 0, leaves = 0, nodes = n->nodes, all = 0;
	uint64_t own = n->align, variants = n->variants, depth = 0;

	for (uint32_t i = 0; i < s->count; i++) {
		const struct member *m = &s->members[i];
		const struct node *type = node_of(m->shape);
		bool packed = s->packed || m->packed;
		uint64_t align = packed ? 1 : type->align;

		align = m->align > align ? m->align : align;
		if (s->kind == SHAPE_UNION)
			bit = 0;
		if (m->is_bitfield)
			bit = after_bitfield(bit, m, type, align, packed);
		else
			bit = round_up(bit, 8 * align) + 8 * type->size;
		bit = saturate(bit);
		most = larger(most, bit);
		own = larger(own, align);
		leaves = saturate(leaves + (m->is_bitfield ? m->name != NULL : type->leaves));
		variants = larger(variants, type->variants);
		all = saturate(all + type->variants);
		depth = larger(depth, type->depth + 1);
		nodes = saturate(nodes + type->nodes);
	}
	n->leaves = leaves;
	n->nodes = nodes;
	n->depth = (uint32_t)depth;
	n->variants = s->kind == SHAPE_UNION && all ? all : variants;
	n->align = larger(own, s->align);
	n->size = round_up((most + 7) / 8, n->align);
}

static void measure_function(struct node *n)
{
	const struct proto *f = n->shape.function;

	add_depth(n, node_of(f->result));
	for (uint32_t i = 0; i < f->arg_count; i++)
		add_depth(n, node_of(f->args[i]));
}

/* _Atomic may round a size up to what the machine can load at once. */
static void measure_atomic(struct node *n)
{
	uint64_t size = 1;

	while (size < n->size)
		size *= 2;
	if (size > 16)
		return;
	n->size = size;
	n->align = size > n->align ? size : n->align;
}

static void measure_array(struct node *n)
{
	const struct node *element = node_of(n->shape.target);

	n->size = saturate(n->shape.count * element->size);
	n->leaves = saturate(n->shape.count * element->leaves);
	n->align = element->align;
	n->variants = element->variants;
	add_depth(n, element);
}

void node_measure(struct node *n)
{
	const struct shape *s = &n->shape;

	n->size = n->align = n->leaves = n->nodes = n->variants = 1;
	switch (s->kind) {
	case SHAPE_VOID:
		n->leaves = 0;
		break;
	case SHAPE_SCALAR:
		n->size = n->align = scalar_info[s->scalar].size;
		break;
	case SHAPE_ENUM:
		n->size = n->align = shape_enum_size(s);
		n->align = s->align > n->align ? s->align : n->align;
		n->nodes += s->count;
		break;
	case SHAPE_POINTER:
		n->size = n->align = 8;
		add_depth(n, node_of(s->target));
		break;
	case SHAPE_ARRAY:
		measure_array(n);
		break;
	case SHAPE_COMPLEX:
	case SHAPE_VECTOR:
		n->leaves = s->kind == SHAPE_COMPLEX ? 2 : s->count;
		n->align = scalar_info[s->target->scalar].size;
		n->size = n->leaves * n->align;
		if (s->kind == SHAPE_VECTOR)
			n->align = n->size;
		break;
	case SHAPE_STRUCT:
	case SHAPE_UNION:
		n->leaves = 0;
		measure_struct(n);
		break;
	case SHAPE_FUNCTION:
		measure_function(n);
		break;
	}
	if (s->qualifiers & QUALIFIER_ATOMIC)
		measure_atomic(n);
	if (shape_needs_typedef(s))
		n->align = s->align;
}
