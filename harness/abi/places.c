/* places.c: abi. From the parts of a value to the pieces of its leaves. */
#include "abi/internal.h"

#include "base/err.h"

/* Leaves of one value as they are found; the order is that of shape_each_leaf(). */
struct leaf_list {
	struct abi_work *w;
	const struct abi_value *v;
	struct abi_leaf *next;
};

static void add_piece(struct abi_leaf *leaf, const struct abi_part *part, uint32_t from, uint32_t to)
{
	struct abi_piece *piece = &leaf->pieces[leaf->piece_count++];
	uint32_t byte = from / 8;

	BUG_ON(leaf->piece_count > ABI_MAX_PIECES);
	piece->where = part->where;
	piece->number = part->number;
	piece->slot = part->slot;
	piece->byte = part->byte + byte - part->value_byte;
	piece->size = (uint8_t)((to + 7) / 8 - byte);
	piece->leaf_byte = (uint8_t)((from - leaf->offset_bits) / 8);
	if (leaf->bitfield) {
		piece->bit = from % 8;
		piece->bits = (uint8_t)(to - from);
		piece->leaf_bit = (uint8_t)(from - leaf->offset_bits);
	}
}

/* What the parts give the leaf. */
static void add_pieces(const struct abi_value *v, struct abi_leaf *leaf)
{
	uint32_t begin = leaf->offset_bits, end = begin + leaf->size_bits;

	for (uint32_t i = 0; i < v->part_count; i++) {
		const struct abi_part *part = &v->parts[i];
		uint32_t from = 8 * part->value_byte, to = from + 8 * part->size;

		from = from > begin ? from : begin;
		to = to < end ? to : end;
		if (from < to)
			add_piece(leaf, part, from, to);
	}
}

static void add_leaf(struct leaf_list *l, const struct shape *s, const struct member *bitfield,
		     uint32_t at, uint32_t bits)
{
	struct abi_leaf *leaf = l->next++;

	leaf->shape = s; /* the rest is 0, as the arena made it */
	leaf->bitfield = bitfield;
	leaf->offset_bits = at;
	leaf->size_bits = bits;
	add_pieces(l->v, leaf);
}

static uint32_t leaf_bits(const struct shape *s)
{
	if (s->kind == SHAPE_SCALAR)
		return 8 * scalar_info[s->scalar].size;
	return s->kind == SHAPE_ENUM ? 8 * shape_enum_size(s) : 64;
}

static void walk(struct leaf_list *l, const struct shape *s, uint32_t at);

static void walk_members(struct leaf_list *l, const struct shape *s, uint32_t at)
{
	const struct abi_field *fields = layout_type(l->w, s)->fields;

	for (uint32_t i = 0; i < s->count; i++) {
		const struct member *m = &s->members[i];

		if (!m->is_bitfield) {
			walk(l, m->shape, at + fields[i].offset_bits);
		} else if (m->name) {
			add_leaf(l, m->shape, m, at + fields[i].offset_bits, m->width);
		}
	}
}

static void walk(struct leaf_list *l, const struct shape *s, uint32_t at)
{
	uint32_t bits;

	switch (s->kind) {
	case SHAPE_SCALAR:
	case SHAPE_ENUM:
	case SHAPE_POINTER:
		add_leaf(l, s, NULL, at, leaf_bits(s));
		return;
	case SHAPE_COMPLEX:
	case SHAPE_VECTOR:
		bits = leaf_bits(s->target);
		for (uint32_t i = 0; i < (s->kind == SHAPE_VECTOR ? s->count : 2); i++)
			add_leaf(l, s->target, NULL, at + i * bits, bits);
		return;
	case SHAPE_STRUCT:
	case SHAPE_UNION:
		walk_members(l, s, at);
		return;
	case SHAPE_ARRAY:
		bits = s->count ? 8 * layout_extent(l->w, s->target).size : 0;
		for (uint32_t i = 0; i < s->count; i++)
			walk(l, s->target, at + i * bits);
		return;
	case SHAPE_VOID:
	case SHAPE_FUNCTION:
		return;
	}
}

void places_leaves(struct abi_work *w, struct abi_value *v)
{
	struct leaf_list l = { w, v, NULL };

	v->leaf_count = shape_leaf_count(v->shape);
	v->leaves = arena_alloc(w->arena, v->leaf_count * sizeof(*v->leaves));
	l.next = v->leaves;
	walk(&l, v->shape, 0);
	BUG_ON(l.next != v->leaves + v->leaf_count);
}

void places_part(struct abi_value *v, struct abi_part part)
{
	struct abi_part *last = v->part_count ? &v->parts[v->part_count - 1] : NULL;

	if (last && last->where == part.where && last->number == part.number &&
	    last->byte + last->size == part.byte && last->value_byte + last->size == part.value_byte) {
		last->size += part.size;
		return;
	}
	BUG_ON(v->part_count == ABI_MAX_PARTS);
	v->parts[v->part_count++] = part;
}

void places_stack(struct abi_value *v, uint32_t slot)
{
	places_part(v, (struct abi_part){ .where = ABI_STACK, .slot = slot, .size = v->size });
}
