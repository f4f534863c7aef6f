/* recipe.c: model. A byte string becomes a case: one byte, one decision, 0 the smallest choice. */
#include "model/recipe.h"

#include <string.h>

#include "model/finish.h"

/* Structs, arrays between them, and "int (**(*)[4])(...)" at the bottom. */
_Static_assert(RECIPE_STRUCT_DEPTH *(1 + RECIPE_ARRAY_DEPTH) + RECIPE_POINTER_DEPTH + 3 <=
		       SHAPE_MAX_DEPTH,
	       "too deep");
_Static_assert(RECIPE_MAX_UNITS <= SHAPE_MAX_LEAVES, "too many leaves");
_Static_assert(RECIPE_MAX_BYTES_OF_OBJECT <= SHAPE_MAX_BYTES, "too large");

const char *const population_names[POPULATION_COUNT] = {
#define POPULATION(id, name, about) [POPULATION_##id] = name,
#include "model/population.def"
#undef POPULATION
};

static const struct {
	recipe_type_fn *make;
	uint8_t choices[2]; /* plain, whole */
} types[] = {
#define TYPE(name, plain, whole, about) { recipe_##name, { plain, whole } },
#include "model/recipe.def"
#undef TYPE
};

#define CHOICES 64
#define TYPE(name, plain, whole, about) +plain
_Static_assert(0
#include "model/recipe.def"
		       == CHOICES,
	       "choices of the plain population");
#undef TYPE
#define TYPE(name, plain, whole, about) +whole
_Static_assert(0
#include "model/recipe.def"
		       == CHOICES,
	       "choices of the whole population");
#undef TYPE

struct shape *recipe_shape(struct decoder *d, enum shape_kind kind)
{
	struct shape *s = shape_new(d->arena);

	s->kind = kind;
	return s;
}

void recipe_remember(struct decoder *d, const struct made *m)
{
	if (d->made_count < RECIPE_MAX_UNITS)
		d->made[d->made_count++] = *m;
}

static bool fits(const struct made *m, const struct room *room)
{
	return m->units <= room->units && m->bytes <= room->bytes &&
		m->variants <= room->variants && m->structs <= room->structs;
}

struct made recipe_type(struct decoder *d, struct room room)
{
	uint32_t choice = recipe_pick(d, CHOICES);
	struct made m;
	size_t i = 0;

	for (; choice >= types[i].choices[d->whole]; i++)
		choice -= types[i].choices[d->whole];
	m = types[i].make(d, room, choice);
	return fits(&m, &room) ? m : recipe_scalar_of(d, SCALAR_INT);
}

/* The same type once more. */
struct made recipe_again(struct decoder *d, struct room room, uint32_t offset)
{
	(void)room;
	(void)offset;
	if (!d->made_count)
		return recipe_scalar_of(d, SCALAR_INT);
	return d->made[recipe_pick(d, d->made_count)];
}

/* None seldom, mostly one to five, six and more now and then: of 64 choices. */
static uint32_t arg_count(struct decoder *d)
{
	static const uint8_t many[2][8] = { { 7, 8, 9, 10, 11, 12, 7, 8 },
					    { 7, 8, 9, 10, 12, 16, 20, PROTO_MAX_ARGS } };
	uint32_t choice = recipe_pick(d, 64);

	if (choice < 2)
		return 0;
	if (choice < 52)
		return 1 + (choice - 2) % 5;
	return choice < 56 ? 6 : many[d->whole][choice - 56];
}

static enum route route(struct decoder *d)
{
	static const uint8_t routes[] = { ROUTE_CALL, ROUTE_CALLBACK, ROUTE_CALL, ROUTE_CALLBACK,
					  ROUTE_CALL, ROUTE_CALLBACK, ROUTE_CALL, ROUTE_DIRECT };

	return (enum route)routes[recipe_pick(d, d->whole ? sizeof(routes) : 2)];
}

static struct room object_room(uint32_t units)
{
	return (struct room){ .units = units,
			      .bytes = RECIPE_MAX_BYTES_OF_OBJECT,
			      .variants = SHAPE_MAX_VARIANTS,
			      .structs = RECIPE_STRUCT_DEPTH };
}

static void decode(struct decoder *d, struct fuzz_case *c)
{
	uint32_t count, used = 0;
	const struct shape **args;

	c->route = route(d);
	count = arg_count(d);
	if (recipe_pick(d, 4) == 0)
		c->proto.result = recipe_shape(d, SHAPE_VOID);
	else
		c->proto.result = recipe_type(d, object_room(RECIPE_MAX_UNITS)).shape;
	args = arena_alloc(d->arena, count * sizeof(struct shape *));
	for (uint32_t i = 0; i < count; i++) {
		/* one unit at least for each that follows */
		struct made m =
			recipe_type(d, object_room(RECIPE_MAX_UNITS - used - (count - i - 1)));

		args[i] = m.shape;
		used += m.units;
	}
	c->proto.args = args;
	c->proto.arg_count = count;
}

static void decode_case(struct fuzz_case *c, const uint8_t *recipe, size_t len,
			enum population population, enum finish how)
{
	struct decoder d;
	struct case_problem problem;

	d.arena = &c->arena;
	d.made_count = d.enumerator_count = 0;
	bytes_init(&d.recipe, recipe, len < RECIPE_MAX_BYTES ? len : RECIPE_MAX_BYTES);
	d.whole = population == POPULATION_WHOLE ||
		(population == POPULATION_MIXED && recipe_pick(&d, 2));
	decode(&d, c);
	if (case_finish_at(c, how, &problem) < 0)
		BUG("a recipe led to a case that is none: %s", problem.msg);
}

void case_decode(struct fuzz_case *c, const uint8_t *recipe, size_t len, enum population population)
{
	*c = (struct fuzz_case){ 0 };
	decode_case(c, recipe, len, population, FINISH_PARSED);
}

void case_decode_lean(struct fuzz_case *c, const uint8_t *recipe, size_t len,
		      enum population population)
{
	case_reset(c);
	decode_case(c, recipe, len, population, FINISH_LEAN);
}
