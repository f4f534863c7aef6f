/* finish.h: model, for its own files. Finishing a case with the place of what is wrong. */
#ifndef MODEL_FINISH_H
#define MODEL_FINISH_H

#include "model/case.h"

struct case_problem {
	int where; /* -1: the whole case; 0: the result; 1, 2, ...: that argument */
	char msg[160]; /* what is wrong */
	char hint[160]; /* what to do */
};

/* case_finish() for the parser, which points at the place. */
int case_finish_at(struct fuzz_case *c, struct case_problem *problem);

/* Replaces every shape of the case by its interned one and fills types; checks what can be said of
 * one type alone. */
int case_intern(struct fuzz_case *c, struct case_problem *problem);

/* Only for shapes that case_intern() made: sizes are those of LP64, alike on both architectures. */
uint64_t shape_size_bytes(const struct shape *s);
uint64_t shape_leaves(const struct shape *s); /* no overflow, however many there are */
uint64_t shape_nodes(const struct shape *s); /* nodes of the tree as it would be printed */

int case_problem_set(struct case_problem *problem, const char *hint, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
