/* parse_pack.c: model. #pragma pack(N): no member of a struct or union is aligned to more than N, and
 * bit-fields lie next to each other, whatever their containers; what their types ask of the struct's
 * alignment is capped as well (GCC 12, stor-layout.c, maximum_field_alignment; Clang 14,
 * RecordLayoutBuilder.cpp, MaxFieldAlignment). The members get the attributes that say the same. */
#include <string.h>

#include "model/parse.h"

/* Alignments that the ABIs and compilers give a type, from the least to the most. */
struct range {
	uint32_t least, most;
};

/* Of a struct or union that was asked for: types may hold each other again and again. */
struct pack_memo {
	const struct member *members;
	struct range range;
	struct pack_memo *next;
};

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static struct range exactly(uint32_t align)
{
	return (struct range){ align, align };
}

static struct range align_of(struct parser *p, const struct shape *s);

static struct range member_align(struct parser *p, const struct shape *s, const struct member *m)
{
	struct range r = s->packed || m->packed ? exactly(1) : align_of(p, m->shape);

	if (m->is_bitfield && !m->name)
		r.least = 1; /* counts on one architecture alone */
	return (struct range){ larger(r.least, m->align), larger(r.most, m->align) };
}

/* Without aligned() on the type itself. */
static struct range members_align(struct parser *p, const struct shape *s)
{
	struct range r = exactly(1), inner;
	struct pack_memo *memo;

	for (memo = p->packs; memo; memo = memo->next)
		if (memo->members == s->members)
			return memo->range;
	for (uint32_t i = 0; i < s->count; i++) {
		inner = member_align(p, s, &s->members[i]);
		r.least = larger(r.least, inner.least);
		r.most = larger(r.most, inner.most);
	}
	memo = arena_alloc(p->arena, sizeof(*memo));
	*memo = (struct pack_memo){ s->members, r, p->packs };
	p->packs = memo;
	return r;
}

static struct range unqualified_align(struct parser *p, const struct shape *s)
{
	struct range r = exactly(1);
	uint32_t size;

	switch (s->kind) {
	case SHAPE_SCALAR:
		return exactly(scalar_info[s->scalar].size);
	case SHAPE_ENUM: /* compilers do not agree on aligned() */
		size = shape_enum_size(s);
		return s->align ? (struct range){ smaller(size, s->align), larger(size, s->align) }
				: exactly(size);
	case SHAPE_POINTER:
		return exactly(8);
	case SHAPE_COMPLEX:
		return exactly(scalar_info[s->target->scalar].size);
	case SHAPE_VECTOR:
		size = s->count * scalar_info[s->target->scalar].size;
		return (struct range){ smaller(size, 16), size };
	case SHAPE_ARRAY:
		return align_of(p, s->target);
	case SHAPE_STRUCT:
	case SHAPE_UNION:
		if (s->count)
			r = members_align(p, s);
		return (struct range){ larger(r.least, s->align), larger(r.most, s->align) };
	case SHAPE_VOID:
	case SHAPE_FUNCTION:
		break;
	}
	return r;
}

static struct range align_of(struct parser *p, const struct shape *s)
{
	struct range r = unqualified_align(p, s);

	if (s->align && !shape_is_aggregate(s) && s->kind != SHAPE_ENUM)
		return exactly(s->align);
	if (s->qualifiers & QUALIFIER_ATOMIC && s->kind != SHAPE_SCALAR && s->kind != SHAPE_POINTER)
		r.most = larger(r.most, 16); /* as large as it is, up to 16 */
	return r;
}

static int refuse(struct parser *p, size_t at, const struct member *m, const char *what)
{
	return parse_fail(p, at, "write packed and aligned(N) on the members instead",
			  "%s%s%s%s under #pragma pack is not supported", what, m->name ? " (" : "",
			  m->name ? m->name : "", m->name ? ")" : "");
}

/* Next to what is before it; how much its type asks of the struct is added to *align. */
static int pack_bitfield(struct parser *p, size_t at, struct member *m, uint32_t pack, uint32_t *align)
{
	struct range r = align_of(p, m->shape);

	if (!m->name && (!m->width || smaller(r.most, pack) > 1))
		return refuse(p, at, m, "an unnamed bit-field"); /* it counts on arm64 alone */
	if (m->align || m->shape->align || r.most > 8)
		return refuse(p, at, m, "an aligned or 128-bit bit-field");
	m->packed = true;
	*align = larger(*align, smaller(r.most, pack));
	return 0;
}

static int pack_member(struct parser *p, size_t at, const struct shape *s, struct member *m,
		       uint32_t pack)
{
	struct range r = member_align(p, s, m);

	if (r.most <= pack)
		return 0;
	if (r.least < pack)
		return refuse(p, at, m, "a member whose alignment is not the same everywhere");
	m->packed = true;
	m->align = pack > 1 ? pack : 0;
	return 0;
}

int parse_pack(struct parser *p, struct shape *s, uint32_t pack, size_t at)
{
	struct member *members = arena_alloc(p->arena, s->count * sizeof(*members));
	uint32_t align = 1;

	for (uint32_t i = 0; i < s->count; i++) {
		struct member *m = &members[i];

		*m = s->members[i];
		if ((m->is_bitfield ? pack_bitfield(p, at, m, pack, &align)
				    : pack_member(p, at, s, m, pack)) < 0)
			return -1;
	}
	s->members = members;
	if (align > 1)
		s->align = larger(s->align, align);
	p->notes |= PARSE_NOTE_PACK;
	return 0;
}
