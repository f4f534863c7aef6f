/* finish.h: model, for its own files. Finishing a case with the place of what is wrong. */
#ifndef MODEL_FINISH_H
#define MODEL_FINISH_H

#include "model/case.h"

struct case_problem {
	int where; /* -1: the whole case; 0: the result; 1, 2, ...: that argument */
	char msg[160]; /* what is wrong */
	char hint[160]; /* what to do */
};

enum finish {
	FINISH_COPY, /* names may live elsewhere: copied */
	FINISH_PARSED, /* all is in the arena of the case */
	FINISH_LEAN, /* that, and neither text nor id is wanted */
};

/* case_finish() for the parser, which points at the place. */
int case_finish_at(struct fuzz_case *c, enum finish how, struct case_problem *problem);

/* Replaces every shape of the case by its interned one and fills types; checks what can be said of
 * one type alone. */
int case_intern(struct fuzz_case *c, bool copy_names, struct case_problem *problem);

/* An interned shape and what is known of it. The shape comes first: pointers convert. Sizes are those
 * of LP64, and good for limits only: bit-fields and _Atomic may take less. */
struct node {
	struct shape shape;
	uint64_t size, align;
	uint64_t leaves; /* no overflow, however many there are */
	uint64_t nodes; /* of the tree as it would be printed */
	uint64_t variants;
	uint32_t depth;
	uint32_t typedef_number; /* of a type that only a typedef can say: the N of TN */
	uint64_t hash;
	struct node *next; /* in its bucket */
	const struct shape *interned; /* of what was parsed: this, or what it is equal to; NULL: not asked yet */
	struct node *next_type; /* of those that have a number */
};
/* What FINISH_PARSED and FINISH_LEAN are given is made by this, all but scalars, void and complex types: it
 * may become the interned type as it is. */
static inline struct shape *shape_new(struct arena *arena)
{
	struct node *n = arena_alloc(arena, sizeof(*n));

	return &n->shape;
}
static inline const struct node *node_of(const struct shape *s)
{
	return (const struct node *)(const void *)s;
}

/* measure.c: fills in what follows from the shape, its parts being known already. */
void node_measure(struct node *n);

int case_problem_set(struct case_problem *problem, const char *hint, const char *fmt, ...)
	__attribute__((cold, format(printf, 3, 4)));

#endif
