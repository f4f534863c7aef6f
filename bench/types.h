/* types.h: bench. Random C types and prototypes over the whole type system, and their C text. */
#ifndef BENCH_TYPES_H
#define BENCH_TYPES_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/rng.h"
#include "model/shape.h"

#define TYPES_MAX 64

/* Types of one case; shapes are the arena's. */
struct types {
	struct rng *rng;
	struct arena *arena;
	bool half; /* may _Float16 occur? Clang 14 has none on amd64 */
	const struct shape *list[TYPES_MAX]; /* what needs a name, in order of type_index */
	uint32_t count;
	uint32_t names; /* members named so far: m0, m1, ... */
};

const struct shape *types_struct(struct types *t); /* a struct or union */
const struct shape *types_argument(struct types *t); /* anything that can be passed */

/* Defines every type of the list, as struct PREFIX_0 and so on. */
void types_define(struct buf *out, const struct types *t, const char *prefix);
/* Only those with which[i]; NULL: all. */
void types_define_some(struct buf *out, const struct types *t, const char *prefix, const bool *which);
/* "struct PREFIX_3 name", "int name[4]" */
void types_declare(struct buf *out, const struct shape *s, const char *prefix, const char *name);

#endif
