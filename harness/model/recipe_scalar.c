/* recipe_scalar.c: model. Types of a recipe that hold no other by value. */
#include "model/recipe.h"

#define PLAIN_SCALARS 14

/* int first: the smallest choice is the plainest */
static const uint8_t scalars[PLAIN_SCALARS] = {
	SCALAR_INT,    SCALAR_CHAR,  SCALAR_SCHAR,  SCALAR_UCHAR, SCALAR_SHORT,
	SCALAR_USHORT, SCALAR_UINT,  SCALAR_LONG,   SCALAR_ULONG, SCALAR_LLONG,
	SCALAR_ULLONG, SCALAR_FLOAT, SCALAR_DOUBLE, SCALAR_BOOL,
};
/* Few, of 64 choices: not every compiler takes each. */
static const uint8_t wide_scalars[8] = {
	SCALAR_INT128, SCALAR_LDOUBLE, SCALAR_UINT128, SCALAR_LDOUBLE,
	SCALAR_FLOAT,  SCALAR_DOUBLE,  SCALAR_INT128,  SCALAR_FLOAT16,
};

static struct made leaf(const struct shape *s, uint32_t bytes)
{
	return (struct made){ s, 1, bytes, bytes, 1, 0 };
}

struct made recipe_scalar_of(struct decoder *d, enum scalar scalar)
{
	(void)d;
	return leaf(&shape_scalars[scalar], scalar_info[scalar].size);
}

struct made recipe_scalar(struct decoder *d, struct room room, uint32_t offset)
{
	(void)room;
	if (d->whole)
		offset = recipe_pick(d, 64);
	if (offset >= 56)
		return recipe_scalar_of(d, wide_scalars[offset - 56]);
	return recipe_scalar_of(d, scalars[offset % PLAIN_SCALARS]);
}

static const struct shape *plain_scalar(struct decoder *d)
{
	return &shape_scalars[scalars[recipe_pick(d, PLAIN_SCALARS)]];
}

const struct shape *recipe_integer(struct decoder *d)
{
	static const uint8_t integers[] = {
		SCALAR_INT,  SCALAR_UINT,  SCALAR_CHAR,	 SCALAR_UCHAR, SCALAR_SHORT, SCALAR_USHORT,
		SCALAR_LONG, SCALAR_ULONG, SCALAR_LLONG, SCALAR_BOOL,  SCALAR_SCHAR, SCALAR_ULLONG,
	};

	return &shape_scalars[integers[recipe_pick(d, sizeof(integers))]];
}

struct made recipe_complex(struct decoder *d, struct room room, uint32_t offset)
{
	static const uint8_t parts[] = { SCALAR_FLOAT,	 SCALAR_DOUBLE, SCALAR_FLOAT,
					 SCALAR_DOUBLE,	 SCALAR_DOUBLE, SCALAR_FLOAT,
					 SCALAR_LDOUBLE, SCALAR_FLOAT,	SCALAR_FLOAT,
					 SCALAR_DOUBLE,	 SCALAR_FLOAT,	SCALAR_DOUBLE,
					 SCALAR_DOUBLE,	 SCALAR_FLOAT,	SCALAR_LDOUBLE,
					 SCALAR_FLOAT16 };
	enum scalar part = parts[recipe_pick(d, sizeof(parts))];
	struct shape *s = recipe_shape(d, SHAPE_COMPLEX);
	uint32_t bytes = scalar_info[part].size;

	(void)room;
	(void)offset;
	s->target = &shape_scalars[part];
	return (struct made){ s, 2, 2 * bytes, bytes, 1, 0 };
}

struct made recipe_vector(struct decoder *d, struct room room, uint32_t offset)
{
	static const uint8_t elements[] = {
		SCALAR_INT,    SCALAR_FLOAT, SCALAR_DOUBLE, SCALAR_CHAR,
		SCALAR_USHORT, SCALAR_LONG,  SCALAR_UCHAR,  SCALAR_SHORT,
		SCALAR_UINT,   SCALAR_FLOAT, SCALAR_DOUBLE, SCALAR_SCHAR,
		SCALAR_LLONG,  SCALAR_ULONG, SCALAR_ULLONG, SCALAR_FLOAT16,
	};
	static const uint8_t sizes[] = { 8, 16, 16, 8, 16, 16, 8, 32 };
	enum scalar element = elements[recipe_pick(d, sizeof(elements))];
	uint32_t bytes = sizes[recipe_pick(d, sizeof(sizes))];
	struct shape *s = recipe_shape(d, SHAPE_VECTOR);

	(void)room;
	(void)offset;
	s->target = &shape_scalars[element];
	s->count = bytes / scalar_info[element].size;
	return (struct made){ s, s->count, bytes, bytes, 1, 0 };
}

/* A, B, ... Z, AA, AB, ... */
static const char *enumerator_name(struct decoder *d)
{
	uint32_t n = d->enumerator_count++;
	char name[8];
	size_t i = sizeof(name);

	do {
		name[--i] = (char)('A' + n % 26);
		n = n / 26;
	} while (n-- > 0);
	return arena_strndup(d->arena, name + i, sizeof(name) - i);
}

/* The edges at which a compiler might choose another integer type; those of 64 bits and of packed enums
 * behind the plain ones. */
static const int64_t edges[] = {
	-1,
	7,
	127,
	128,
	255,
	256,
	32767,
	65535,
	65536,
	INT32_MAX,
	-128,
	-32768,
	INT32_MIN,
	-129,
	-32769,
	(int64_t)INT32_MAX + 1,
	UINT32_MAX,
	(int64_t)UINT32_MAX + 1,
	INT64_MAX,
	INT64_MIN,
	(int64_t)INT32_MIN - 1,
	32768,
};
#define PLAIN_EDGES 13

static void pick_value(struct decoder *d, int64_t *next)
{
	uint32_t edge_count = d->whole ? sizeof(edges) / sizeof(*edges) : PLAIN_EDGES;
	uint32_t choice = recipe_pick(d, 2 * edge_count); /* half of them just go on */

	if (choice >= edge_count)
		*next = edges[choice - edge_count];
	else if (!shape_enumerator_follows(*next - 1))
		*next = 0;
}

struct made recipe_enum(struct decoder *d, struct room room, uint32_t offset)
{
	struct shape *s = recipe_shape(d, SHAPE_ENUM);
	struct enumerator *list;
	uint32_t attributes;
	int64_t next = 0;
	struct made m;

	(void)room;
	(void)offset;
	s->count = 1 + recipe_pick(d, 4);
	list = arena_alloc(d->arena, s->count * sizeof(*list));
	for (uint32_t i = 0; i < s->count; i++) {
		pick_value(d, &next);
		list[i].name = enumerator_name(d);
		list[i].value = next;
		next = next == INT64_MAX ? 0 : next + 1;
	}
	s->enumerators = list;
	attributes = d->whole ? recipe_pick(d, 16) : 0;
	s->packed = attributes >= 12;
	s->align = attributes == 11 ? 1u << recipe_pick(d, 6) : 0; /* to 32 */
	m = leaf(s, shape_enum_size(s));
	m.align = s->align > m.align ? s->align : m.align;
	recipe_remember(d, &m);
	return m;
}

static const struct shape *pointer_to(struct decoder *d, const struct shape *target)
{
	struct shape *s = recipe_shape(d, SHAPE_POINTER);

	s->target = target;
	return s;
}

static const struct shape *make_pointer(struct decoder *d, uint32_t level)
{
	uint32_t choice = recipe_pick(d, 8);
	struct shape *array, *to_const;

	if (choice == 0)
		return pointer_to(d, recipe_shape(d, SHAPE_VOID));
	if (choice == 1) {
		array = recipe_shape(d, SHAPE_ARRAY);
		array->target = plain_scalar(d);
		array->count = 1 + recipe_pick(d, 16);
		return pointer_to(d, array);
	}
	if (choice == 2 && level < RECIPE_POINTER_DEPTH)
		return pointer_to(d, make_pointer(d, level + 1));
	if (choice == 7 && d->whole) {
		to_const = recipe_shape(d, SHAPE_SCALAR);
		*to_const = *plain_scalar(d);
		to_const->qualifiers = QUALIFIER_CONST;
		return pointer_to(d, to_const);
	}
	return pointer_to(d, plain_scalar(d));
}

struct made recipe_pointer(struct decoder *d, struct room room, uint32_t offset)
{
	struct made m;

	(void)room;
	if (!d->whole || offset < 2 || !d->made_count)
		return leaf(make_pointer(d, 0), 8);
	m = d->made[recipe_pick(d, d->made_count)]; /* its text counts */
	m.shape = pointer_to(d, m.shape);
	m.bytes = m.align = 8;
	m.variants = 1;
	return m;
}

/* A parameter or result of a function that is pointed to. */
static const struct shape *plain(struct decoder *d)
{
	uint32_t choice = recipe_pick(d, PLAIN_SCALARS + 2);

	return choice < PLAIN_SCALARS ? &shape_scalars[scalars[choice]] : make_pointer(d, 1);
}

struct made recipe_function(struct decoder *d, struct room room, uint32_t offset)
{
	struct proto *proto = arena_alloc(d->arena, sizeof(*proto));
	struct shape *function = recipe_shape(d, SHAPE_FUNCTION);
	const struct shape **args;

	(void)room;
	(void)offset;
	proto->arg_count = recipe_pick(d, 4);
	proto->result = recipe_pick(d, 2) ? plain(d) : recipe_shape(d, SHAPE_VOID);
	args = arena_alloc(d->arena, proto->arg_count * sizeof(struct shape *));
	for (uint32_t i = 0; i < proto->arg_count; i++)
		args[i] = plain(d);
	proto->args = args;
	function->function = proto;
	return leaf(pointer_to(d, function), 8);
}
