/* layout.c: abi. Offsets of every struct and union, and so their sizes; what differs by ABI is a row of
 * rule.def. */
#include <string.h>

#include "abi/internal.h"
#include "base/err.h"

/* A struct or union half laid out; positions in bits. */
struct record {
	struct abi_work *w;
	struct abi_type *type;
	struct abi_field *fields;
	uint64_t at; /* the first bit not taken; unions: always 0 */
	uint64_t end; /* of the longest member so far */
	uint64_t plain_end; /* of the last member that is no bit-field */
	uint64_t container_end; /* of the last bit-field's container; 0: the last was none */
	uint32_t align; /* bytes */
	uint32_t unpacked; /* what align would be without packed */
	uint64_t events; /* as those of an extent */
};

/* Alignments are powers of two: no division. */
static uint64_t up(uint64_t n, uint64_t to)
{
	return (n + to - 1) & -to;
}

static uint64_t down(uint64_t n, uint64_t to)
{
	return n & -to;
}

/* Those on which the documents differ. */
static const uint64_t apart = 0
#define EVENT(id)
#define APART(id) | LAYOUT_BIT(id)
#include "abi/layout.def"
#undef EVENT
#undef APART
	;

static void record_hit(struct record *r, enum layout_event event)
{
	r->events |= (uint64_t)1 << event;
}

/* The struct is at least as aligned as this member. */
static void raise_align(struct record *r, uint32_t align)
{
	if (align > r->align)
		r->align = align;
}

/* What packed and aligned() make of a member's alignment; unpacked: what it would be without packed. */
static uint32_t attributed_align(struct record *r, const struct member *m, uint32_t own,
				 uint32_t *unpacked)
{
	uint32_t align = r->type->shape->packed || m->packed ? 1 : own;

	if (m->align > align) {
		align = m->align;
		if (align > own)
			record_hit(r, LAYOUT_ALIGNED_MEMBER);
	}
	*unpacked = align > own ? align : own;
	if (align < *unpacked && up(r->at, 8 * (uint64_t)align) != up(r->at, 8 * (uint64_t)*unpacked))
		record_hit(r, r->type->shape->packed ? LAYOUT_PACKED : LAYOUT_PACKED_MEMBER);
	return align;
}

static void place_plain(struct record *r, const struct member *m, struct abi_field *field)
{
	struct extent e = layout_extent(r->w, m->shape);
	uint32_t align = e.align, unpacked = align;
	uint64_t at;

	r->events |= e.events;
	if (m->align || m->packed || r->type->shape->packed)
		align = attributed_align(r, m, e.align, &unpacked);
	at = up(r->at, 8 * (uint64_t)align);
	if (at >= up(r->at, 8) + 8)
		record_hit(r, LAYOUT_MEMBER_PAD);
	if (r->container_end && at < r->container_end && e.size)
		record_hit(r, LAYOUT_BITFIELD_FOLLOW);
	if (!m->name)
		record_hit(r, LAYOUT_ANONYMOUS);
	*field = (struct abi_field){ (uint32_t)at, 8 * e.size };
	raise_align(r, align);
	r->unpacked = unpacked > r->unpacked ? unpacked : r->unpacked;
	r->plain_end = at + field->size_bits;
	r->container_end = 0;
}

/* ": 0" ends the container before it. */
static void place_zero_width(struct record *r, const struct member *m, struct extent container,
			     struct abi_field *field)
{
	uint32_t align = m->align > container.align ? m->align : container.align;
	uint64_t at = up(r->at, 8 * (uint64_t)align);

	if (at != r->at)
		record_hit(r,
			   r->type->shape->packed ? LAYOUT_BITFIELD_ZERO_PACKED
						  : LAYOUT_BITFIELD_ZERO);
	if (align > r->align) {
		record_hit(r, LAYOUT_BITFIELD_ZERO_ALIGN);
		if (r->w->abi->counts_unnamed)
			raise_align(r, align);
	}
	r->container_end = 0;
	*field = (struct abi_field){ (uint32_t)at, 0 };
}

/* GCC's way with a type that is aligned beyond its size: to the next boundary, unless on one, counted
 * from the last multiple of 16 bytes before what aligned() on it asks for (stor-layout.c, place_field():
 * bitpos is relative to offset, which is normalized only behind the field). */
static uint64_t overaligned_at(struct record *r, const struct member *m, uint64_t at, uint64_t align)
{
	uint64_t unit = 8 * (uint64_t)(r->type->shape->align > 16 ? r->type->shape->align : 16);
	uint64_t from = 8 * (uint64_t)m->align >= unit ? at : down(r->at, unit);

	return from + up(at - from, align);
}

/* Clang's way with aligned() on a bit-field: whether it fits is asked where it would begin without
 * the attribute, with the larger alignment (RecordLayoutBuilder.cpp, LayoutBitField()). */
static uint64_t aligned_at(struct record *r, const struct member *m, uint64_t size, uint64_t align)
{
	uint64_t asked = 8 * (uint64_t)m->align;

	if (align < asked)
		align = asked;
	return up(r->at, r->at - down(r->at, align) + m->width > size ? align : asked);
}

/* Where a bit-field with a container begins: what is asked of AAPCS64 10.1.8 as UCB and NCBA. */
static uint64_t bitfield_at(struct record *r, const struct member *m, struct extent container,
			    bool packed)
{
	uint64_t size = 8 * (uint64_t)container.size, align = 8 * (uint64_t)container.align;
	uint64_t at = r->at;

	if (m->align && at != down(at, 8 * (uint64_t)m->align)) {
		record_hit(r, LAYOUT_BITFIELD_ALIGNED);
		if (layout_deviates(r->w, LAYOUT_BITFIELD_ALIGNED))
			return aligned_at(r, m, size, packed ? 1 : align);
		at = up(at, 8 * (uint64_t)m->align);
	}
	if (!packed && align > size && at != down(at, align)) {
		record_hit(r, LAYOUT_BITFIELD_OVERALIGNED);
		if (layout_deviates(r->w, LAYOUT_BITFIELD_OVERALIGNED))
			return overaligned_at(r, m, at, align);
	}
	if (at - down(at, align) + m->width <= size)
		return at;
	record_hit(r, packed ? LAYOUT_BITFIELD_PACKED : LAYOUT_BITFIELD_CROSS);
	return packed ? at : up(at, align);
}

/* GCC lays out a bit-field that is as wide as an integer, and lies as one would, as that integer
 * (stor-layout.c, layout_decl()); that shows where a typedef changed the alignment. */
static bool is_whole(struct record *r, const struct member *m, struct extent container, bool packed)
{
	if (m->width < 8 || m->width & (m->width - 1) || r->at % m->width || packed ||
	    container.align == container.size)
		return false;
	record_hit(r, LAYOUT_BITFIELD_WHOLE);
	return layout_deviates(r->w, LAYOUT_BITFIELD_WHOLE);
}

/* The alignment that a bit-field asks of the struct. */
static void bitfield_align(struct record *r, const struct member *m, struct extent container,
			   bool packed)
{
	uint32_t align = packed ? 1 : container.align;

	if (m->align > align)
		align = m->align;
	if (align <= r->align)
		return;
	record_hit(r, m->name ? LAYOUT_BITFIELD_ALIGN : LAYOUT_BITFIELD_UNNAMED);
	if (m->name || r->w->abi->counts_unnamed)
		raise_align(r, align);
}

static void place_bitfield(struct record *r, const struct member *m, struct abi_field *field)
{
	struct extent container = layout_extent(r->w, m->shape);
	bool packed = r->type->shape->packed || m->packed;
	uint64_t at, first;

	r->type->bitfields = true;
	if (!m->width) {
		place_zero_width(r, m, container, field);
		return;
	}
	if (is_whole(r, m, container, packed)) {
		container.align = container.align > m->width / 8 ? container.align : m->width / 8;
		at = m->align ? up(r->at, 8 * (uint64_t)m->align) : r->at;
	} else {
		at = bitfield_at(r, m, container, packed);
	}
	first = down(at, 8 * (uint64_t)container.align);
	if (container.size == 16)
		record_hit(r, LAYOUT_BITFIELD_INT128);
	if (r->type->shape->kind == SHAPE_UNION)
		record_hit(r, LAYOUT_BITFIELD_UNION);
	else if (!r->container_end && r->plain_end > first)
		record_hit(r, LAYOUT_BITFIELD_SHARE);
	else
		record_hit(r, LAYOUT_BITFIELD);
	r->container_end = first + 8 * (uint64_t)container.size;
	bitfield_align(r, m, container, packed);
	if (container.align > r->unpacked && m->name)
		r->unpacked = container.align;
	*field = (struct abi_field){ (uint32_t)at, m->width };
}

static void place_member(struct record *r, const struct member *m, struct abi_field *field)
{
	uint64_t end;

	if (m->is_bitfield)
		place_bitfield(r, m, field);
	else
		place_plain(r, m, field);
	end = (uint64_t)field->offset_bits + field->size_bits;
	if (end > r->end)
		r->end = end;
	if (r->type->shape->kind == SHAPE_UNION)
		field->offset_bits = 0;
	else
		r->at = end;
}

static void finish_record(struct record *r)
{
	const struct shape *s = r->type->shape;
	uint32_t size = (uint32_t)(up(r->end, 8) / 8);

	if (r->unpacked > r->align)
		record_hit(r, s->packed ? LAYOUT_PACKED : LAYOUT_PACKED_MEMBER);
	r->type->natural = r->align;
	if (s->align > r->align) {
		record_hit(r, LAYOUT_ALIGNED_TYPE);
		r->align = s->align;
	}
	if (s->kind == SHAPE_UNION && s->count)
		record_hit(r, LAYOUT_UNION);
	if (!s->count)
		record_hit(r, LAYOUT_EMPTY);
	r->type->size = round_up(size, r->align);
	r->type->align = r->align;
	if (r->type->size != size)
		record_hit(r, LAYOUT_TAIL_PAD);
}

static const struct abi_type *lay_out(struct abi_work *w, const struct shape *s)
{
	struct record r = { .w = w, .align = 1, .unpacked = 1 };

	r.type = arena_alloc(w->arena, sizeof(*r.type) + s->count * sizeof(*r.fields));
	r.fields = (struct abi_field *)(r.type + 1);
	r.type->shape = s;
	r.type->fields = r.fields;
	for (uint32_t i = 0; i < s->count; i++)
		place_member(&r, &s->members[i], &r.fields[i]);
	finish_record(&r);
	r.type->alike = !(r.events & (apart | LAYOUT_APART));
	r.type->events = r.events & ~LAYOUT_APART;
	rule_add_events(&r.type->rules, w->abi->id, r.type->events);
	return r.type;
}

const struct abi_type *layout_new(struct abi_work *w, const struct shape *s)
{
	BUG_ON(!shape_is_aggregate(s) || s->type_index >= w->type_count);
	w->types[s->type_index] = lay_out(w, s);
	return w->types[s->type_index];
}

void layout_take(struct abi_work *w, const struct abi_call *like)
{
	struct abi_type *copy = arena_alloc(w->arena, w->type_count * sizeof(*copy));

	for (uint32_t i = 0; i < w->type_count; i++, copy++) {
		if (!like->types[i] || !like->types[i]->alike)
			continue;
		*copy = *like->types[i];
		copy->rules = (struct rule_set){ { 0 } };
		rule_add_events(&copy->rules, w->abi->id, copy->events);
		w->types[i] = copy;
	}
}

/* As Clang's isEmptyRecord(): holds nothing but unnamed bit-fields, and members as empty as itself; what is
 * _Atomic is no record to Clang. */
bool layout_is_empty(const struct abi_work *w, const struct shape *s)
{
	if (!shape_is_aggregate(s))
		return false;
	if (s->qualifiers & QUALIFIER_ATOMIC && w->reader != ABI_GCC)
		return false;
	for (uint32_t i = 0; i < s->count; i++) {
		const struct shape *inner = s->members[i].shape;
		bool no_elements = false;

		if (s->members[i].is_bitfield && !s->members[i].name)
			continue;
		if (s->members[i].is_bitfield)
			return false;
		for (; inner->kind == SHAPE_ARRAY && !inner->flexible; inner = inner->target)
			no_elements |= !inner->count;
		if (!no_elements && !layout_is_empty(w, inner))
			return false;
	}
	return true;
}
