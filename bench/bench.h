/* bench.h: bench. Named parts that measure, each a row of bench.def and one file. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* One figure: what was measured, beside the reference measured in the same run. */
struct figure {
	const char *name;
	const char *unit;
	double value;
	const char *reference; /* what it is compared with; NULL: nothing */
	double reference_value;
	double target; /* 0: none */
	int below; /* 1: the target is an upper bound */
};

/* Appends to the part's rows; prints the row as it is measured. */
void figure_add(json_t *rows, const struct figure *f);

/* A part: fills rows; -1 and e when it could not measure. */
typedef int bench_part_fn(json_t *rows, struct err *e);
#define PART(name, about) bench_part_fn bench_##name;
#include "bench/bench.def"
#undef PART

/* What the part is limited to, by PART=NAME:CHOICE; NULL: nothing. Each part says what it takes. */
const char *bench_choice(void);
bool bench_chosen(const char *word); /* is it one of the choice, words by commas, or are there none but "small"? */
bool bench_small(void); /* "small" is one: only to see that the part runs, figures of less than is asked for */

double median(double *values, unsigned n); /* sorts values */

#endif
