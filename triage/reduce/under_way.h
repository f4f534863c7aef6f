/* under_way.h: triage/reduce, for its own files. A reduction under way. */
#ifndef TRIAGE_REDUCE_UNDER_WAY_H
#define TRIAGE_REDUCE_UNDER_WAY_H

#include "triage/reduce/reduce.h"
#include "triage/reduce/trial.h"

#define REDUCE_TRIES 3 /* of the bundle, and of what is left of it */

struct under_way {
	const struct bundle *b;
	struct trials trials;
	struct stage own; /* the bundle's build */
	struct stage stage; /* of the cases of now; build.dir NULL: none yet */
	struct point now;
	struct point_list history; /* what was taken, in order, now the last */
	uint32_t failed; /* step of the last plan; UINT32_MAX: not known any more */
	int64_t began; /* clock_ms() */
	bool control; /* the bundle's batch has controls */
	char *out, *part; /* directories */
	struct reduced *r;
};

/* From now on it is this one: taken over. */
void under_way_take(struct under_way *u, const struct point *p);
/* Fewer steps and smaller numbers, until nothing gets smaller. */
int reduce_plans(struct under_way *u, const struct stage *s, struct err *e);
/* Cases of their own, then smaller ones. u->r->case_why says why not. */
int reduce_cases(struct under_way *u, struct err *e);
/* The smallest that shows it as often as the bundle did, as a bundle in u->part/UNDER_WAY_BUNDLE. */
#define UNDER_WAY_BUNDLE "bundle"
int reduce_publish(struct under_way *u, struct err *e);

/* reduce_file.c: OUT/reduce.json. */
int reduced_write(const struct reduced *r, const char *dir, const char *input, struct err *e);
/* 1: dir holds what became of input; 0: there is none, or it is not finished; -1: it is something else. */
int reduced_read(struct reduced *r, const char *dir, const char *input, struct err *e);

#endif
