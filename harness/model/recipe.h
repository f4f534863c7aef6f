/* recipe.h: model, for its own files. Decoding a recipe: decisions, and the room that is left. */
#ifndef MODEL_RECIPE_H
#define MODEL_RECIPE_H

#include "base/bytes.h"
#include "model/case.h"

#define RECIPE_STRUCT_DEPTH 3 /* structs and unions within each other, the outermost counted */
#define RECIPE_ARRAY_DEPTH 2 /* arrays of arrays, within each struct */
#define RECIPE_POINTER_DEPTH 2
#define RECIPE_MAX_UNITS 128 /* of a result, and of all arguments */
#define RECIPE_MAX_BYTES_OF_OBJECT 512
#define RECIPE_MIN_BYTES 16 /* of any room: an int fits, whatever is tried before */

/* A type, and upper limits of what it takes. */
struct made {
	const struct shape *shape;
	uint32_t units; /* leaves, by value or pointed to, or what has none: they bound the text */
	uint32_t bytes, align, variants;
	uint32_t structs; /* levels of structs and unions in it */
};

/* What a type may still use. */
struct room {
	uint32_t units; /* at least 1 */
	uint32_t bytes; /* at least RECIPE_MIN_BYTES */
	uint32_t variants; /* at least 1 */
	uint32_t structs; /* levels of structs that may still be opened */
	uint32_t arrays; /* and of arrays; 0 outside of structs */
	bool bare; /* neither qualifiers nor an alignment of its own */
};

struct decoder {
	struct bytes recipe;
	struct arena *arena;
	bool whole; /* the whole type system */
	/* structs and enums made earlier: another argument may have the same type */
	struct made made[RECIPE_MAX_UNITS];
	uint32_t made_count;
	uint32_t enumerator_count; /* named A, B, ... through the case, as C would want it */
};

/* One byte, one decision: 0 to n - 1, and 0 the smallest. */
static inline uint32_t recipe_pick(struct decoder *d, uint32_t n)
{
	return bytes_u8(&d->recipe) % n;
}

/* offset: which of the type's own choices it was. The result may be larger than the room. */
typedef struct made recipe_type_fn(struct decoder *d, struct room room, uint32_t offset);
#define TYPE(name, plain, whole, about) recipe_type_fn recipe_##name;
#include "model/recipe.def"
#undef TYPE

/* recipe.c: any type that fits the room. */
struct made recipe_type(struct decoder *d, struct room room);
struct shape *recipe_shape(struct decoder *d, enum shape_kind kind);
void recipe_remember(struct decoder *d, const struct made *m);

/* recipe_scalar.c */
struct made recipe_scalar_of(struct decoder *d, enum scalar scalar);
const struct shape *recipe_integer(struct decoder *d); /* of a bit-field */

#endif
