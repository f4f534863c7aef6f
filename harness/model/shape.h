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
	SHAPE_UNION, /* as SHAPE_STRUCT, every member at offset 0 */
	SHAPE_COMPLEX, /* target: the floating type of both parts */
	SHAPE_VECTOR, /* target: the scalar, count: elements; GNU vector_size of 8, 16 or 32 bytes */
};

/* Bits of shape.qualifiers. */
enum qualifier {
	QUALIFIER_CONST = 1,
	QUALIFIER_VOLATILE = 2,
	QUALIFIER_ATOMIC = 4,
};

struct member {
	/* As the person wrote it; generated ones are "a", "b", ... NULL: an unnamed bit-field, or an
	 * anonymous struct or union, whose members are named as if they were the outer type's. */
	const char *name;
	const struct shape *shape;
	uint32_t align; /* aligned(N) on the member; 0: none */
	bool packed; /* packed on the member alone */
	bool is_bitfield;
	uint8_t width; /* bits of a bit-field; 0 only if it is unnamed */
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
	uint8_t qualifiers; /* enum qualifier */
	bool packed; /* SHAPE_STRUCT, SHAPE_UNION, SHAPE_ENUM */
	bool flexible; /* SHAPE_ARRAY: written [], the last member of a struct; count is 0 */
	/* aligned(N): of a struct, union or enum on its definition; of any other type on a typedef,
	 * which may also lower it (GCC manual, 6.35.1). 0: none. */
	uint32_t align;
	/* SHAPE_ARRAY, SHAPE_VECTOR: elements; SHAPE_STRUCT, SHAPE_UNION: members, 0 for an empty
	 * one; SHAPE_ENUM: enumerators */
	uint32_t count;
	/* SHAPE_STRUCT, SHAPE_UNION, SHAPE_ENUM, and types that only a typedef can say (align on
	 * another kind): number within the case, in order of first need: a type comes after all types
	 * it holds by value or points to */
	uint32_t type_index;
	/* SHAPE_POINTER: what it points to; SHAPE_ARRAY, SHAPE_VECTOR: the element;
	 * SHAPE_COMPLEX: the part */
	const struct shape *target;
	const struct member *members; /* SHAPE_STRUCT, SHAPE_UNION */
	const struct enumerator *enumerators; /* SHAPE_ENUM */
	const struct proto *function; /* SHAPE_FUNCTION */
};

/* The scalars without qualifiers or attributes, for whoever builds shapes. */
extern const struct shape shape_scalars[SCALAR_COUNT];

/* One C function: result and arguments. */
struct proto {
	const struct shape *result; /* SHAPE_VOID for none */
	const struct shape *const *args;
	uint32_t arg_count;
};

/* Limits of every case, however it was made; the parser names the one that was hit. */
#define PROTO_MAX_ARGS 24
#define SHAPE_MAX_DEPTH 16 /* nesting of types */
#define SHAPE_MAX_LEAVES 512 /* of all arguments together, and of the result */
#define SHAPE_MAX_BYTES 1024 /* of one argument or result */
#define SHAPE_MAX_TARGET_BYTES 65536 /* of a type behind a pointer */
#define SHAPE_MAX_MEMBERS 128 /* of one struct or enum */

#define SHAPE_MAX_VARIANTS 64 /* of one argument or result, see shape_variants() */
#define SHAPE_MAX_ALIGN 128 /* bytes of aligned(N): a cache line on either architecture */

/* One scalar leaf: what a compiler moves as a whole. */
struct shape_leaf {
	/* Its C path below the object: "", ".b", ".m[2].x", ".z.re" and ".z.im" of a complex number,
	 * ".v[1]" of a vector's element. An anonymous member adds nothing to the path. */
	const char *path;
	uint32_t named_len; /* so much of path can stand in offsetof(): all but .re, .im, [1] of a vector */
	uint32_t inner; /* offset in bytes of the leaf in what named_len names */
	const struct shape *shape; /* SHAPE_SCALAR, SHAPE_ENUM or SHAPE_POINTER */
	const struct member *bitfield; /* the bit-field that it is; else NULL */
	uint32_t index; /* counted over all members of unions too: it names the leaf in every variant */
};

/*
 * A variant says which member of each union is in use. A struct has as many as its member with the
 * most, a union the sum of its members', everything else 1. Variant v of a union is member 0 as long
 * as v is below that member's own count, then v minus that count is looked up in the next; members of
 * structs and elements of arrays take v modulo their own count.
 */
#define SHAPE_EVERY_VARIANT UINT32_MAX
uint32_t shape_variants(const struct shape *s);

/*
 * The leaves of a shape in declaration order: of one variant, or of SHAPE_EVERY_VARIANT at once. fn is
 * called with each; index is counted up from *index over the leaves of every variant, whichever is
 * walked. Unnamed bit-fields, empty structs and arrays without elements have no leaves. A negative
 * return of fn ends the walk and is returned.
 */
typedef int shape_leaf_fn(const struct shape_leaf *leaf, void *ctx);
int shape_each_leaf(const struct shape *s, uint32_t variant, uint32_t *index, shape_leaf_fn *fn,
		    void *ctx);
uint32_t shape_leaf_count(const struct shape *s); /* of every variant together */
/* enum cgofuzz_leaf_kind (guest/value.h) of a scalar, enum or pointer shape: its size and class.
 * A bit-field's is that of its declared type. */
int shape_leaf_kind(const struct shape *leaf);
/* Bytes of an enum: 4, or 8 if an enumerator fits neither int nor unsigned (GCC manual, 4.9); packed
 * ones 1, 2, 4 or 8, the smallest that holds all. */
unsigned shape_enum_size(const struct shape *s);
/* Is its integer type signed: if an enumerator is negative. (Plain enums are unsigned int otherwise.) */
bool shape_enum_signed(const struct shape *s);
/* Does the next enumerator have value + 1 if nothing else is said? GCC and Clang disagree once the value
 * is no int, or the greatest: it has to be written then. */
bool shape_enumerator_follows(int64_t value);
/* Bits that a bit-field of this type can have; 0: it can be none. */
unsigned shape_bitfield_bits(const struct shape *s);
static inline bool shape_is_aggregate(const struct shape *s) /* struct or union */
{
	return s->kind == SHAPE_STRUCT || s->kind == SHAPE_UNION;
}
/* Can only a typedef say it (align of a type without a tag)? */
static inline bool shape_needs_typedef(const struct shape *s)
{
	return s->align && !shape_is_aggregate(s) && s->kind != SHAPE_ENUM;
}
/* Has a member of it a name, its own or one of an anonymous member? */
bool shape_has_names(const struct shape *s);
bool shape_equal(const struct shape *a, const struct shape *b); /* structure and names alike */

#endif
