/* recipe_struct.c: model. Types of a recipe that hold others: structs, unions, arrays, variants. */
#include <string.h>

#include "model/recipe.h"

/* A struct or union that is being made. */
struct body {
	struct decoder *d;
	struct shape *shape;
	struct member *members;
	uint32_t *names; /* given so far, shared with anonymous members */
	struct made sum;
	struct room room; /* of the whole */
	uint32_t most; /* bytes of a union's largest member */
};

static uint32_t round_up(uint32_t x, uint32_t to)
{
	return (x + to - 1) / to * to;
}

/* a, b, ... z, a1, b1, ... */
static const char *member_name(struct body *b)
{
	uint32_t n = (*b->names)++;

	if (n < 26)
		return arena_strndup(b->d->arena, &"abcdefghijklmnopqrstuvwxyz"[n], 1);
	return arena_printf(b->d->arena, "%c%u", (char)('a' + n % 26), n / 26);
}

/* What may still be put in, `others` members being to come. */
static struct room room_left(const struct body *b, uint32_t others)
{
	struct room room = b->room;
	uint32_t used = b->shape->kind == SHAPE_UNION ? 0 : b->sum.bytes;

	room.units -= b->sum.units + others;
	room.bytes -= used;
	if (b->shape->kind == SHAPE_UNION)
		room.variants -= b->sum.variants;
	room.structs--;
	room.arrays = RECIPE_ARRAY_DEPTH;
	room.bare = false;
	return room;
}

/* Can another member be tried, with all that its alignment may cost? */
static bool has_room(const struct body *b, uint32_t others)
{
	bool is_union = b->shape->kind == SHAPE_UNION;

	return b->sum.units + others < b->room.units &&
		b->room.bytes >= RECIPE_MIN_BYTES + (is_union ? 0 : b->sum.bytes) &&
		(!is_union || b->sum.variants < b->room.variants);
}

/* align: of the member, its attributes counted. False if it does not fit. */
static bool add(struct body *b, const struct member *m, const struct made *type, uint32_t align)
{
	struct made sum = b->sum;
	uint32_t start = b->shape->kind == SHAPE_UNION ? 0 : round_up(sum.bytes, align);

	sum.units += type->units;
	sum.bytes = start + type->bytes > sum.bytes ? start + type->bytes : sum.bytes;
	sum.align = align > sum.align ? align : sum.align;
	if (b->shape->kind == SHAPE_UNION)
		sum.variants += type->variants;
	else
		sum.variants = type->variants > sum.variants ? type->variants : sum.variants;
	sum.structs = type->structs > sum.structs ? type->structs : sum.structs;
	if (round_up(sum.bytes, sum.align) > b->room.bytes || sum.units > b->room.units ||
	    sum.variants > b->room.variants)
		return false;
	b->sum = sum;
	b->members[b->shape->count++] = *m;
	return true;
}

static bool add_plain(struct body *b, uint32_t others)
{
	struct made type;
	struct member m = { .name = member_name(b) };

	type = recipe_type(b->d, room_left(b, others));
	m.shape = type.shape;
	return add(b, &m, &type, type.align);
}

/* An integer type, seldom one of 16 bytes or one that a typedef aligns; or an enum. */
static struct made bitfield_type(struct decoder *d, struct room room)
{
	struct made type;
	struct shape *s;

	switch (recipe_pick(d, 16)) {
	case 12:
		return recipe_scalar_of(d, recipe_pick(d, 2) ? SCALAR_UINT128 : SCALAR_INT128);
	case 13:
		type = recipe_scalar_of(d, recipe_integer(d)->scalar);
		s = recipe_shape(d, SHAPE_SCALAR);
		*s = *type.shape;
		s->align = type.align = 1u << recipe_pick(d, 6); /* to 32 */
		type.shape = s;
		return type;
	case 14:
	case 15:
		return recipe_enum(d, room, 0);
	default:
		return recipe_scalar_of(d, recipe_integer(d)->scalar);
	}
}

/* Of any width; unnamed or of width zero now and then, aligned by itself seldom. */
static bool add_bitfield(struct body *b)
{
	struct made type = bitfield_type(b->d, b->room);
	bool is_bool = type.shape->kind == SHAPE_SCALAR && type.shape->scalar == SCALAR_BOOL;
	struct member m = { .is_bitfield = true, .shape = type.shape };
	uint32_t form = recipe_pick(b->d, 16);

	if (form < 14)
		m.width = (uint8_t)(1 + recipe_pick(b->d, is_bool ? 1 : 8 * type.bytes));
	if (form < 12)
		m.name = member_name(b);
	if (form == 11)
		m.align = 1u << recipe_pick(b->d, 6);
	return add(b, &m, &type, m.align > type.align ? m.align : type.align);
}

static struct made make_body(struct decoder *d, enum shape_kind kind, struct room room,
			     uint32_t *names, uint32_t size);

/* A struct or union without a name of its own. */
static bool add_anonymous(struct body *b, uint32_t others)
{
	struct room room = room_left(b, others);
	enum shape_kind kind = recipe_pick(b->d, 2) ? SHAPE_STRUCT : SHAPE_UNION;
	struct made type;
	struct member m = { 0 };

	if (!room.structs)
		return add_plain(b, others);
	type = make_body(b->d, kind, room, b->names, recipe_pick(b->d, 16));
	m.shape = type.shape;
	return add(b, &m, &type, type.align);
}

static bool add_attributed(struct body *b, uint32_t others, bool packed)
{
	struct made type = recipe_type(b->d, room_left(b, others));
	struct member m = { .name = member_name(b), .shape = type.shape, .packed = packed };
	uint32_t align = packed ? 1 : type.align;

	if (!packed || recipe_pick(b->d, 4) == 3)
		m.align = 1u << recipe_pick(b->d, 6); /* to 32 */
	return add(b, &m, &type, m.align > align ? m.align : align);
}

/* GCC 12 takes "int __attribute__((vector_size(8))) v[0]" for a flexible array. */
static bool is_vector(const struct shape *s)
{
	while (s->kind == SHAPE_ARRAY)
		s = s->target;
	return s->kind == SHAPE_VECTOR;
}

/* There might be no room between elements that a typedef, or the definition of an enum, aligns. */
static bool is_element(const struct shape *s)
{
	return !shape_needs_typedef(s) && !(s->kind == SHAPE_ENUM && s->align);
}

/* An array without elements, or without a size at the end of a struct. */
static bool add_empty_array(struct body *b, uint32_t others, bool flexible)
{
	struct room room = room_left(b, others);
	struct shape *s = recipe_shape(b->d, SHAPE_ARRAY);
	struct made type;
	struct member m = { .shape = s };

	room.arrays--;
	type = recipe_type(b->d, room);
	if (!is_element(type.shape) || is_vector(type.shape))
		type = recipe_scalar_of(b->d, SCALAR_INT);
	s->target = type.shape;
	s->flexible = flexible;
	m.name = member_name(b);
	type.bytes = 0;
	return add(b, &m, &type, type.align);
}

static bool add_member(struct body *b, uint32_t others)
{
	uint32_t choice = b->d->whole ? recipe_pick(b->d, 32) : 0;

	if (choice < 22)
		return add_plain(b, others);
	if (choice < 27)
		return add_bitfield(b);
	if (choice < 29)
		return add_anonymous(b, others);
	if (choice < 31)
		return add_attributed(b, others, choice == 29);
	return add_empty_array(b, others, false);
}

/* packed and aligned: seldom */
static void add_attributes(struct body *b)
{
	uint32_t choice = recipe_pick(b->d, 16), align;

	b->shape->packed = choice == 13 || choice == 14;
	if (choice < 14)
		return;
	align = 2u << recipe_pick(b->d, 6); /* to 64 */
	if (round_up(b->sum.bytes, align) > b->room.bytes)
		return;
	b->shape->align = align;
	b->sum.align = align > b->sum.align ? align : b->sum.align;
}

/* size: 0 is the smallest; says how many members, and how many units they may have. */
static struct made make_body(struct decoder *d, enum shape_kind kind, struct room room,
			     uint32_t *names, uint32_t size)
{
	/* Mostly up to four leaves, where the passing rules lie (two registers, four floats); up to eight
	 * now and then, more seldom: each leaf costs as much as the crossing itself does natively. */
	uint32_t limit = size < 20 ? 4 : size < 29 ? 8 : size < 31 ? 16 : RECIPE_MAX_UNITS;
	uint32_t count = 1 + size % (room.structs == RECIPE_STRUCT_DEPTH ? 8 : 4);
	struct body b = { .d = d,
			  .shape = recipe_shape(d, kind),
			  .names = names,
			  .sum = { .align = 1, .variants = kind == SHAPE_STRUCT },
			  .room = room };

	if (b.room.units > limit)
		b.room.units = limit;
	if (count > b.room.units)
		count = b.room.units;
	b.members = arena_alloc(d->arena, (count + 2) * sizeof(*b.members));
	for (uint32_t i = 0; i < count && has_room(&b, count - i - 1); i++)
		if (!add_member(&b, count - i - 1))
			break;
	b.shape->members = b.members;
	if (d->whole) {
		if (kind == SHAPE_STRUCT && shape_has_names(b.shape) && has_room(&b, 0) &&
		    recipe_pick(d, 16) == 15)
			add_empty_array(&b, 0, true);
		add_attributes(&b);
	}
	b.sum.bytes = round_up(b.sum.bytes, b.sum.align);
	b.sum.shape = b.shape;
	b.sum.structs++;
	if (!b.sum.units)
		b.sum.units = 1;
	if (!b.sum.variants)
		b.sum.variants = 1;
	return b.sum;
}

static struct made make_named(struct decoder *d, enum shape_kind kind, struct room room)
{
	uint32_t names = 0;
	struct made m;

	room.units = room.units > 1 ? room.units : 1;
	m = make_body(d, kind, room, &names, recipe_pick(d, 32));
	recipe_remember(d, &m);
	return m;
}

struct made recipe_struct(struct decoder *d, struct room room, uint32_t offset)
{
	if (!room.structs || (room.units == 1 && offset >= 4)) /* around one scalar: only a few */
		return recipe_scalar(d, room, offset);
	return make_named(d, SHAPE_STRUCT, room);
}

struct made recipe_union(struct decoder *d, struct room room, uint32_t offset)
{
	return room.structs ? make_named(d, SHAPE_UNION, room) : recipe_scalar(d, room, offset);
}

struct made recipe_empty(struct decoder *d, struct room room, uint32_t offset)
{
	enum shape_kind kind = recipe_pick(d, 4) == 3 ? SHAPE_UNION : SHAPE_STRUCT;
	struct made m = { .units = 1, .align = 1, .variants = 1, .structs = 1 };

	(void)room;
	(void)offset;
	m.shape = recipe_shape(d, kind);
	return m;
}

struct made recipe_array(struct decoder *d, struct room room, uint32_t offset)
{
	struct shape *s;
	struct made m;
	uint32_t choice, count;

	if (!room.arrays)
		return recipe_scalar(d, room, offset);
	choice = recipe_pick(d, 16);
	count = choice < 12 ? 1 + choice % 4 : 5 + (choice - 12) * 4; /* to 17 */
	count = count > room.units ? room.units : count;
	if (count > room.bytes / RECIPE_MIN_BYTES)
		count = room.bytes / RECIPE_MIN_BYTES;
	room.units /= count;
	room.bytes /= count;
	room.arrays--;
	m = recipe_type(d, room);
	if (!is_element(m.shape))
		m = recipe_scalar_of(d, SCALAR_INT);
	s = recipe_shape(d, SHAPE_ARRAY);
	s->target = m.shape;
	s->count = count;
	m.shape = s;
	m.units *= count;
	m.bytes *= count;
	return m;
}

struct made recipe_qualified(struct decoder *d, struct room room, uint32_t offset)
{
	static const uint8_t qualifiers[] = { QUALIFIER_CONST, QUALIFIER_ATOMIC, QUALIFIER_VOLATILE,
					      QUALIFIER_CONST | QUALIFIER_VOLATILE };
	uint8_t which = qualifiers[recipe_pick(d, sizeof(qualifiers))];
	struct shape *s;
	uint32_t atomic;
	struct made m;

	if (room.bare)
		return recipe_scalar(d, room, offset);
	room.bare = true;
	m = recipe_type(d, room);
	if (m.shape->kind == SHAPE_ARRAY) /* its elements would be */
		return m;
	s = recipe_shape(d, m.shape->kind);
	*s = *m.shape;
	s->qualifiers |= which;
	m.shape = s;
	if (which == QUALIFIER_ATOMIC) { /* may be rounded up to what is loaded at once */
		while (m.bytes <= 16 && (!m.bytes || m.bytes & (m.bytes - 1)))
			m.bytes++; /* what has no size gets some from Clang */
		atomic = m.bytes < 16 ? m.bytes : 16; /* also where bytes is only a limit */
		m.align = atomic > m.align ? atomic : m.align;
	}
	return m;
}

struct made recipe_aligned(struct decoder *d, struct room room, uint32_t offset)
{
	uint32_t align = 1u << recipe_pick(d, 6); /* to 32 */
	struct shape *s;
	struct made m;

	if (room.bare)
		return recipe_scalar(d, room, offset);
	room.bare = true;
	m = recipe_type(d, room);
	if (shape_is_aggregate(m.shape) || m.shape->kind == SHAPE_ENUM)
		return m;
	s = recipe_shape(d, m.shape->kind);
	*s = *m.shape;
	s->align = align;
	m.shape = s;
	m.align = align;
	return m;
}
