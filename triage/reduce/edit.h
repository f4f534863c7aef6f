/* edit.h: triage/reduce. Simpler neighbours of a case, as sets of changes to places in its types. Pure. */
#ifndef TRIAGE_REDUCE_EDIT_H
#define TRIAGE_REDUCE_EDIT_H

#include "model/case.h"

/* In the order in which they are preferred. Each makes a case smaller, so that there is an end. */
enum edit_kind {
	EDIT_DROP, /* an argument, a member; of the result: void */
	EDIT_HOIST, /* a struct, union or array gives way to the first thing in it */
	EDIT_ONE, /* an array of one element */
	EDIT_INT, /* int, whatever it was; no bit-field */
	EDIT_SIMPLER, /* complex, vector, pointer, floating type: the simpler one of its class */
	EDIT_PLAIN, /* no qualifiers, packed, aligned */
	EDIT_ROUTE, /* of the case: call */
	EDIT_NAMES, /* of the case: members are a, b, c */
	EDIT_KINDS
};

/* Places are numbered by a walk through the case: itself, the result, the arguments, each with all within it. */
struct edit {
	uint32_t node;
	enum edit_kind kind;
};

struct edits {
	struct edit *e;
	uint32_t count, cap;
};
void edits_add(struct edits *to, struct edit e);
void edits_join(struct edits *to, const struct edits *from);
void edits_release(struct edits *s);

/* Every single change that may make sense, by kind, then place. */
void edits_of(const struct fuzz_case *c, struct edits *out);
/* What makes of a case only what holds leaf `leaf` of its arguments or result (all: the argument, whole);
 * other: the other side, result or arguments, goes, too. */
void edits_around(const struct fuzz_case *c, uint32_t leaf, bool result, bool whole, bool other,
		  struct edits *out);
/* The arguments from first on, count of them, go. */
void edits_run(const struct fuzz_case *c, uint32_t first, uint32_t count, struct edits *out);
/* Makes out, as case_parse() would, of base. -1: that is no legal case, or base itself; out is empty then. */
int edits_apply(struct fuzz_case *out, const struct fuzz_case *base, const struct edits *s);

#endif
