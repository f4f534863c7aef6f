/* pool.h: shapes. Recipes worth keeping, what each covers, and the small set made of them. */
#ifndef SHAPES_POOL_H
#define SHAPES_POOL_H

#include "abi/cover.h"
#include "base/rng.h"

#define POOL_POPULATION POPULATION_WHOLE

/* What a case has against it: bits of its rank. */
enum {
	POOL_LARGE = 1, /* more leaves than a person wants to read */
	POOL_DISPUTED = 2, /* a row says that some compiler reads the document otherwise */
	POOL_DIRECT = 4, /* cgo has no name for a type of it: it never crosses to Go */
	POOL_RANKS = 8
};
#define POOL_LEAVES 32 /* of what is not large: of all arguments and of the result */

struct recipe {
	uint8_t *bytes;
	size_t len;
	unsigned rank; /* the lower, the rather it is taken */
	size_t text_len; /* of its case */
	struct cover cover;
};

struct pool {
	struct recipe *recipes;
	size_t count, room;
	struct fuzz_case scratch; /* the case decoded last */
	struct arena arena; /* of its classification */
};

/* Decodes the recipe and finds what it covers; its bytes stay the caller's. */
void pool_measure(struct pool *p, struct recipe *r);
/* Keeps a copy of a measured one. */
void pool_add(struct pool *p, const struct recipe *r);
void pool_release(struct pool *p);

/* The canonical case of a recipe as it goes to the corpus: route direct only where it must. */
char *pool_text(struct pool *p, const struct recipe *r);

/* reduce.c: a small set of texts, sorted, that covers what the pool does; from the seed alone. Cases that add
 * much are bettered first, by so many mutations. What cgo
 * can carry is covered by cases that cross to Go; only the rest by others. */
struct texts {
	char **list;
	size_t count;
	uint32_t features;
};
void pool_reduce(struct pool *p, uint64_t seed, uint64_t tries, struct texts *out);
void texts_release(struct texts *t);

#endif
