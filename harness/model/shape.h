/* shape.h: model. A C type as a tree. */
#ifndef MODEL_SHAPE_H
#define MODEL_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum scalar {
#define SCALAR(id, c, go, leaf, size) SCALAR_##id,
#include "model/scalar.def"
#undef SCALAR
	SCALAR_COUNT
};

struct scalar_info {
	const char *c_name; /* "unsigned long" */
	const char *go_name; /* "ulong", to be written C.ulong */
	int leaf_kind; /* enum cgofuzz_leaf_kind of guest/value.h */
	unsigned size;
};
extern const struct scalar_info scalar_info[SCALAR_COUNT];

enum shape_kind {
	SHAPE_VOID, /* only as a pointer's target or a result */
	SHAPE_SCALAR,
	SHAPE_ENUM,
	SHAPE_POINTER, /* to data: target says to what; never followed when values are made */
	SHAPE_FUNCTION, /* only as a pointer's target */
	SHAPE_STRUCT,
	SHAPE_ARRAY, /* inside structs and as a pointer's target */
};

struct member {
	const char *name; /* as the person wrote it; generated ones are "a", "b", ... */
	const struct shape *shape;
};

struct enumerator {
	const char *name;
	int64_t value;
};

struct proto;

/* Immutable once built; lives in the arena of its case. Identical anonymous struct types within one
 * case are one type: the same pointer (interned when the case is finished, see case_finish()). */
struct shape {
	enum shape_kind kind;
	enum scalar scalar; /* SHAPE_SCALAR */
	const struct shape *target; /* SHAPE_POINTER: what it points to; SHAPE_ARRAY: the element */
	uint32_t count; /* SHAPE_ARRAY: elements; SHAPE_STRUCT: members; SHAPE_ENUM: enumerators */
	const struct member *members; /* SHAPE_STRUCT */
	const struct enumerator *enumerators; /* SHAPE_ENUM */
	const struct proto *function; /* SHAPE_FUNCTION */
	uint32_t type_index; /* SHAPE_STRUCT, SHAPE_ENUM: number within the case, in order of first
				need: a type comes after all types it holds by value or points to */
};

/* One C function: result and arguments. */
struct proto {
	const struct shape *result; /* SHAPE_VOID for none */
	const struct shape *const *args;
	uint32_t arg_count;
};

/* Limits of every case, however it was made; the parser names the one that was hit. */
#define PROTO_MAX_ARGS 12
#define SHAPE_MAX_DEPTH 16 /* nesting of types */
#define SHAPE_MAX_LEAVES 128 /* of all arguments together, and of the result */
#define SHAPE_MAX_BYTES 1024 /* of one argument or result */
#define SHAPE_MAX_TARGET_BYTES 65536 /* of a type behind a pointer */
#define SHAPE_MAX_MEMBERS 128 /* of one struct or enum */

/*
 * The scalar leaves of a shape in declaration order. fn is called with the leaf's C path below the
 * object ("", ".b", ".m[2].x"), its shape (scalar, enum or pointer) and its index, counted up from
 * *index. A negative return of fn ends the walk and is returned.
 */
typedef int shape_leaf_fn(const char *path, const struct shape *leaf, uint32_t index, void *ctx);
int shape_each_leaf(const struct shape *s, uint32_t *index, shape_leaf_fn *fn, void *ctx);
uint32_t shape_leaf_count(const struct shape *s);
/* enum cgofuzz_leaf_kind (guest/value.h) of a scalar, enum or pointer shape. An enum is I32. */
int shape_leaf_kind(const struct shape *leaf);
bool shape_equal(const struct shape *a, const struct shape *b); /* structure and names alike */

#endif
