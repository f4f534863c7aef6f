/* types.c: bench. Random C types over the whole type system. */
#include "bench/types.h"

static uint32_t pick(struct types *t, uint32_t n)
{
	return (uint32_t)rng_below(t->rng, n);
}

static bool chance(struct types *t, uint32_t percent)
{
	return pick(t, 100) < percent;
}

static struct shape *shape_new(struct types *t, enum shape_kind kind)
{
	struct shape *s = arena_alloc(t->arena, sizeof(*s));

	s->kind = kind;
	return s;
}

/* Gives it a name: a struct, union or enum, or a typedef. */
static const struct shape *named(struct types *t, struct shape *s)
{
	s->type_index = t->count;
	t->list[t->count++] = s;
	return s;
}

static bool is_full(const struct types *t)
{
	return t->count + 2 >= TYPES_MAX;
}

static struct shape *make_scalar(struct types *t)
{
	struct shape *s = shape_new(t, SHAPE_SCALAR);

	do
		s->scalar = (enum scalar)pick(t, SCALAR_COUNT);
	while (s->scalar == SCALAR_FLOAT16 && !t->half);
	if (chance(t, 20))
		s->scalar = chance(t, 50) ? SCALAR_FLOAT : SCALAR_DOUBLE;
	return s;
}

static bool is_floating(const struct shape *s)
{
	return s->scalar == SCALAR_FLOAT || s->scalar == SCALAR_DOUBLE ||
		s->scalar == SCALAR_FLOAT16 || s->scalar == SCALAR_LDOUBLE;
}

static const struct shape *make_enum(struct types *t)
{
	static const int64_t values[] = { 1, 200, -1, 40000, 70000, 5000000000, -3000000000, 300 };
	struct shape *s = shape_new(t, SHAPE_ENUM);
	struct enumerator *list = arena_alloc(t->arena, 2 * sizeof(*list));

	s->count = 2;
	for (uint32_t i = 0; i < 2; i++)
		list[i] = (struct enumerator){ i ? "B" : "A", values[pick(t, 8)] };
	s->enumerators = list;
	s->packed = chance(t, 40);
	s->align = chance(t, 10) ? shape_enum_size(s) : 0; /* more, and there are no arrays of it */
	if (s->align && chance(t, 50))
		s->align *= 2;
	return named(t, s);
}

static const struct shape *make_complex(struct types *t)
{
	struct shape *s = shape_new(t, SHAPE_COMPLEX), *part = make_scalar(t);

	while (!is_floating(part))
		part = make_scalar(t);
	s->target = part;
	return s;
}

static const struct shape *make_vector(struct types *t)
{
	static const enum scalar of[] = { SCALAR_SCHAR, SCALAR_SHORT,  SCALAR_INT,   SCALAR_LONG,
					  SCALAR_FLOAT, SCALAR_DOUBLE, SCALAR_INT128 };
	struct shape *s = shape_new(t, SHAPE_VECTOR), *element = shape_new(t, SHAPE_SCALAR);
	uint32_t size = 8u << pick(t, 5) / 2;

	element->scalar = of[pick(t, size > 8 ? 7 : 6)];
	s->target = element;
	s->count = size / scalar_info[element->scalar].size;
	return s;
}

/* A scalar whose alignment a typedef changes. */
static const struct shape *make_typedef(struct types *t)
{
	struct shape *s = make_scalar(t);

	s->align = 1u << pick(t, 6);
	return named(t, s);
}

static const struct shape *make_record(struct types *t, uint32_t depth, bool nameless);
static const struct shape *make_type(struct types *t, uint32_t depth);

static bool is_element(const struct shape *s)
{
	return s->align == 0 || shape_is_aggregate(s);
}

static const struct shape *make_array(struct types *t, uint32_t depth)
{
	struct shape *s = shape_new(t, SHAPE_ARRAY);

	do
		s->target = make_type(t, depth + 1);
	while (!is_element(s->target));
	s->count = chance(t, 12) ? 0 : 1 + pick(t, 4);
	return s;
}

static const struct shape *make_pointer(struct types *t)
{
	struct shape *s = shape_new(t, SHAPE_POINTER);

	s->target = shape_new(t, SHAPE_VOID);
	return s;
}

static const struct shape *make_atomic(struct types *t, uint32_t depth)
{
	const struct shape *of = chance(t, 35) ? make_scalar(t)
		: chance(t, 25)		       ? make_vector(t)
		: chance(t, 20)		       ? make_complex(t)
		: chance(t, 10)		       ? make_pointer(t)
		: chance(t, 10) || is_full(t)  ? make_scalar(t)
		: chance(t, 15)		       ? make_enum(t)
		: depth > 1		       ? make_vector(t)
					       : make_record(t, depth + 1, false);
	struct shape *s = arena_alloc(t->arena, sizeof(*s));

	*s = *of;
	s->qualifiers = QUALIFIER_ATOMIC;
	return s;
}

static const struct shape *make_type(struct types *t, uint32_t depth)
{
	uint32_t choice = pick(t, 100);

	if (choice < 45 || is_full(t))
		return make_scalar(t);
	if (choice < 50)
		return make_enum(t);
	if (choice < 53)
		return make_pointer(t);
	if (choice < 58)
		return make_complex(t);
	if (choice < 63)
		return make_vector(t);
	if (choice < 68)
		return make_typedef(t);
	if (choice < 80 && depth < 4 && depth > 0)
		return make_array(t, depth);
	if (choice < 84)
		return make_atomic(t, depth);
	return depth < 3 ? make_record(t, depth + 1, false) : make_scalar(t);
}

/* An integer type that a bit-field may have. */
static const struct shape *make_bitfield_type(struct types *t)
{
	struct shape *s;

	if (chance(t, 10) && !is_full(t))
		return make_enum(t);
	do
		s = make_scalar(t);
	while (is_floating(s));
	if (chance(t, 12) && !is_full(t)) {
		s->align = 1u << pick(t, 6);
		return named(t, s);
	}
	return s;
}

static void make_bitfield(struct types *t, struct member *m)
{
	uint32_t bits;

	m->is_bitfield = true;
	m->shape = make_bitfield_type(t);
	if (m->shape->kind == SHAPE_ENUM)
		bits = 8 * shape_enum_size(m->shape);
	else if (m->shape->scalar == SCALAR_BOOL)
		bits = 1;
	else
		bits = 8 * scalar_info[m->shape->scalar].size;
	m->width = (uint8_t)(chance(t, 20) ? bits : 1 + pick(t, bits));
	if (chance(t, 20))
		m->name = NULL;
	if (chance(t, 15)) {
		m->name = NULL;
		m->width = 0;
	}
}

static void make_member(struct types *t, struct member *m, uint32_t depth)
{
	m->name = arena_printf(t->arena, "m%u", t->names++);
	if (chance(t, 22)) {
		make_bitfield(t, m);
	} else if (chance(t, 8) && depth < 3 && !is_full(t)) {
		m->name = NULL;
		m->shape = make_record(t, depth + 1, true);
	} else {
		m->shape = make_type(t, depth);
	}
	if (chance(t, 6) && (m->name || m->width))
		m->packed = true;
	if (chance(t, 6) && (m->name || m->is_bitfield))
		m->align = 1u << pick(t, 6);
}

/* Half of them with few kinds of members: so that homogeneous ones and small ones occur. */
static void make_alike(struct types *t, struct member *members, uint32_t count, uint32_t depth)
{
	const struct shape *s = chance(t, 30) && depth < 3 && !is_full(t) ? make_type(t, depth + 1)
		: chance(t, 30)						  ? make_vector(t)
									  : make_scalar(t);

	for (uint32_t i = 0; i < count; i++) {
		members[i] = (struct member){ .name = arena_printf(t->arena, "m%u", t->names++),
					      .shape = s };
	}
}

static void add_flexible(struct types *t, struct member *m)
{
	struct shape *s = shape_new(t, SHAPE_ARRAY);

	s->flexible = true;
	s->target = make_scalar(t);
	*m = (struct member){ .name = arena_printf(t->arena, "m%u", t->names++), .shape = s };
}

static const struct shape *make_record(struct types *t, uint32_t depth, bool nameless)
{
	struct shape *s = shape_new(t, chance(t, 20) ? SHAPE_UNION : SHAPE_STRUCT);
	struct member *members;
	bool alike = chance(t, 35);

	s->count = chance(t, 4) && !nameless ? 0 : 1 + pick(t, alike ? 4 : 6);
	members = arena_alloc(t->arena, (s->count + 1) * sizeof(*members));
	if (alike)
		make_alike(t, members, s->count, depth);
	for (uint32_t i = 0; i < s->count; i++)
		if (!alike || chance(t, 8))
			make_member(t, &members[i], depth);
	if (nameless && !members[0].name) /* C wants a name in it */
		make_alike(t, members, 1, depth);
	if (depth == 1 && s->kind == SHAPE_STRUCT && s->count && members[0].name && chance(t, 5))
		add_flexible(t, &members[s->count++]);
	s->members = members;
	s->packed = chance(t, 12);
	if (chance(t, 10))
		s->align = 1u << pick(t, 6);
	return named(t, s);
}

const struct shape *types_struct(struct types *t)
{
	return make_record(t, 1, false);
}

const struct shape *types_argument(struct types *t)
{
	const struct shape *s;

	if (chance(t, 50))
		return make_record(t, 1, false);
	do
		s = make_type(t, 0);
	while (s->kind == SHAPE_ARRAY);
	return s;
}
