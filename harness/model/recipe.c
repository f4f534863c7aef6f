/* recipe.c: model. A byte string becomes a case: one byte, one decision, 0 the smallest choice. */
#include <string.h>

#include "base/bytes.h"
#include "model/case.h"

#define STRUCT_DEPTH 3 /* structs within structs, the outermost counted */
#define ARRAY_DEPTH 2 /* arrays of arrays, within each struct */
#define POINTER_DEPTH 2
/* Structs, arrays between them, and "int (**(*)[4])(...)" at the bottom. */
_Static_assert(STRUCT_DEPTH *(1 + ARRAY_DEPTH) + POINTER_DEPTH + 3 <= SHAPE_MAX_DEPTH, "too deep");

/* A struct or enum made earlier in the case: another argument may have the same type. */
struct made {
	const struct shape *shape;
	uint32_t leaves;
	uint32_t depth; /* levels of structs it may have, itself counted; 0 for an enum */
};

struct decoder {
	struct bytes recipe;
	struct arena *arena;
	struct made made[SHAPE_MAX_LEAVES];
	uint32_t made_count;
	uint32_t enumerator_count; /* named A, B, ... through the case, as C would want it */
};

/* What a type may still use: by value and by nesting. */
struct room {
	uint32_t leaves; /* at least 1 */
	uint32_t structs; /* levels of structs that may still be opened */
	uint32_t arrays; /* and of arrays; 0 outside of structs */
};

static uint32_t pick(struct decoder *d, uint32_t n)
{
	return bytes_u8(&d->recipe) % n;
}

static struct shape *shape_new(struct decoder *d, enum shape_kind kind)
{
	struct shape *s = arena_alloc(d->arena, sizeof(*s));

	s->kind = kind;
	return s;
}

static const struct shape *make_scalar(struct decoder *d, uint32_t which)
{
	/* int first: the smallest choice is the plainest */
	static const enum scalar order[SCALAR_COUNT] = {
		SCALAR_INT,    SCALAR_CHAR,  SCALAR_SCHAR,  SCALAR_UCHAR, SCALAR_SHORT,
		SCALAR_USHORT, SCALAR_UINT,  SCALAR_LONG,   SCALAR_ULONG, SCALAR_LLONG,
		SCALAR_ULLONG, SCALAR_FLOAT, SCALAR_DOUBLE, SCALAR_BOOL,
	};
	struct shape *s = shape_new(d, SHAPE_SCALAR);

	s->scalar = order[which % SCALAR_COUNT];
	return s;
}

static const struct shape *make_pointer_to(struct decoder *d, const struct shape *target)
{
	struct shape *s = shape_new(d, SHAPE_POINTER);

	s->target = target;
	return s;
}

static void remember(struct decoder *d, const struct shape *s, uint32_t leaves, uint32_t depth)
{
	if (d->made_count < SHAPE_MAX_LEAVES)
		d->made[d->made_count++] = (struct made){ s, leaves, depth };
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

static const struct shape *make_enum(struct decoder *d)
{
	/* the edges at which a compiler might choose another integer type */
	static const int64_t edges[] = {
		-1, 7, 127, 128, 255, 256, 32767, 65535, 65536, INT32_MAX, -128, -32768, INT32_MIN,
	};
	static const uint32_t edge_count = sizeof(edges) / sizeof(*edges);
	struct shape *s = shape_new(d, SHAPE_ENUM);
	struct enumerator *list;
	int64_t next = 0;

	s->count = 1 + pick(d, 4);
	list = arena_alloc(d->arena, s->count * sizeof(*list));
	for (uint32_t i = 0; i < s->count; i++) {
		uint32_t choice = pick(d, 2 * edge_count); /* half of them just go on */

		if (choice >= edge_count)
			next = edges[choice - edge_count];
		else if (next > INT32_MAX)
			next = 0;
		list[i].name = enumerator_name(d);
		list[i].value = next++;
	}
	s->enumerators = list;
	remember(d, s, 1, 0);
	return s;
}

static const struct shape *make_array(struct decoder *d, const struct shape *element, uint32_t count)
{
	struct shape *s = shape_new(d, SHAPE_ARRAY);

	s->target = element;
	s->count = count;
	return s;
}

static const struct shape *make_pointer(struct decoder *d, uint32_t level)
{
	uint32_t choice = pick(d, 8);

	if (choice == 0)
		return make_pointer_to(d, shape_new(d, SHAPE_VOID));
	if (choice == 1)
		return make_pointer_to(
			d, make_array(d, make_scalar(d, pick(d, SCALAR_COUNT)), 1 + pick(d, 16)));
	if (choice == 2 && level < POINTER_DEPTH)
		return make_pointer_to(d, make_pointer(d, level + 1));
	return make_pointer_to(d, make_scalar(d, pick(d, SCALAR_COUNT)));
}

/* A parameter or result of a function that is pointed to. */
static const struct shape *make_plain(struct decoder *d)
{
	uint32_t choice = pick(d, SCALAR_COUNT + 2);

	return choice < SCALAR_COUNT ? make_scalar(d, choice) : make_pointer(d, 1);
}

static const struct shape *make_function_pointer(struct decoder *d)
{
	struct proto *proto = arena_alloc(d->arena, sizeof(*proto));
	struct shape *function = shape_new(d, SHAPE_FUNCTION);
	const struct shape **args;

	proto->arg_count = pick(d, 4);
	proto->result = pick(d, 2) ? make_plain(d) : shape_new(d, SHAPE_VOID);
	args = arena_alloc(d->arena, proto->arg_count * sizeof(struct shape *));
	for (uint32_t i = 0; i < proto->arg_count; i++)
		args[i] = make_plain(d);
	proto->args = args;
	function->function = proto;
	return make_pointer_to(d, function);
}

static const struct shape *make_type(struct decoder *d, struct room room, uint32_t *leaves);

/* Mostly up to four leaves, where the passing rules lie (two registers, four floats); up to eight
 * now and then, more seldom: each leaf costs as much as the crossing itself does natively. */
static const struct shape *make_struct(struct decoder *d, struct room room, uint32_t *leaves)
{
	uint32_t size = pick(d, 32);
	uint32_t limit = size < 20 ? 4 : size < 29 ? 8 : size < 31 ? 16 : SHAPE_MAX_LEAVES;
	struct shape *s = shape_new(d, SHAPE_STRUCT);
	uint32_t used = 0;
	struct member *members;

	if (limit > room.leaves)
		limit = room.leaves;
	s->count = 1 + size % (room.structs == STRUCT_DEPTH ? 8 : 4);
	if (s->count > limit)
		s->count = limit;
	members = arena_alloc(d->arena, s->count * sizeof(*members));
	for (uint32_t i = 0; i < s->count; i++) {
		struct room inner = { limit - used - (s->count - i - 1), room.structs - 1,
				      ARRAY_DEPTH };
		uint32_t more = 0;

		members[i].name = arena_printf(d->arena, "%c", (char)('a' + i));
		members[i].shape = make_type(d, inner, &more);
		used += more;
	}
	s->members = members;
	*leaves = used;
	remember(d, s, used, room.structs);
	return s;
}

static const struct shape *make_array_member(struct decoder *d, struct room room, uint32_t *leaves)
{
	uint32_t choice = pick(d, 16);
	uint32_t count = choice < 12 ? 1 + choice % 4 : 5 + (choice - 12) * 4; /* to 17 */
	const struct shape *element;
	uint32_t each = 0;

	if (count > room.leaves)
		count = room.leaves;
	room.leaves /= count;
	room.arrays--;
	element = make_type(d, room, &each);
	*leaves = count * each;
	return make_array(d, element, count);
}

/* The same type once more, if one fits. */
static const struct shape *make_again(struct decoder *d, struct room room, uint32_t *leaves)
{
	const struct made *made;

	if (!d->made_count)
		return make_scalar(d, 0);
	made = &d->made[pick(d, d->made_count)];
	if (made->leaves > room.leaves || made->depth > room.structs)
		return make_scalar(d, 0);
	*leaves = made->leaves;
	return made->shape;
}

static const struct shape *make_type(struct decoder *d, struct room room, uint32_t *leaves)
{
	uint32_t choice = pick(d, 64);

	*leaves = 1;
	if (choice < 2 * SCALAR_COUNT)
		return make_scalar(d, choice);
	if (choice < 46) { /* structs around one scalar: only a few */
		if (room.structs && (room.leaves > 1 || choice < 32))
			return make_struct(d, room, leaves);
		return make_scalar(d, choice);
	}
	if (choice < 52)
		return room.arrays ? make_array_member(d, room, leaves) : make_scalar(d, choice);
	if (choice < 55)
		return make_enum(d);
	if (choice < 59)
		return make_pointer(d, 0);
	if (choice < 61)
		return make_function_pointer(d);
	return make_again(d, room, leaves);
}

/* None seldom, mostly one to five, six and more now and then: of 64 choices. */
static uint32_t arg_count(uint32_t choice)
{
	if (choice < 2)
		return 0;
	if (choice < 52)
		return 1 + (choice - 2) % 5;
	return choice < 56 ? 6 : 7 + (choice - 56) % 6;
}

void case_decode(struct fuzz_case *c, const uint8_t *recipe, size_t len)
{
	struct decoder d = { .arena = &c->arena };
	const struct shape **args;
	uint32_t used = 0, leaves;
	struct err e = ERR_INIT;

	*c = (struct fuzz_case){ 0 };
	bytes_init(&d.recipe, recipe, len < RECIPE_MAX_BYTES ? len : RECIPE_MAX_BYTES);
	c->route = (enum route)pick(&d, ROUTE_COUNT);
	c->proto.arg_count = arg_count(pick(&d, 64));
	if (pick(&d, 4) == 0)
		c->proto.result = shape_new(&d, SHAPE_VOID);
	else
		c->proto.result =
			make_type(&d, (struct room){ SHAPE_MAX_LEAVES, STRUCT_DEPTH, 0 }, &leaves);
	args = arena_alloc(&c->arena, c->proto.arg_count * sizeof(struct shape *));
	for (uint32_t i = 0; i < c->proto.arg_count; i++) {
		uint32_t rest = c->proto.arg_count - i - 1; /* one leaf at least for each */

		args[i] = make_type(&d,
				    (struct room){ SHAPE_MAX_LEAVES - used - rest, STRUCT_DEPTH, 0 },
				    &leaves);
		used += leaves;
	}
	c->proto.args = args;
	if (case_finish(c, &e) < 0)
		BUG("a recipe led to a case that is none: %s", e.msg);
}
