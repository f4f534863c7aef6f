/* across.h: bench. The classifier's layouts of one architecture beside those of another. */
#ifndef BENCH_ACROSS_H
#define BENCH_ACROSS_H

#include <stdio.h>

#include "bench/bench.h"

/* At least so many random types, by each reader; differences that no row explains are written as C. */
void layout_across(json_t *rows, FILE *differences, uint64_t seed, uint64_t types);

#endif
