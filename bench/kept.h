/* kept.h: bench. What a run that was stopped has measured of this program: a file of numbers for each piece of a part,
 * so that the next run goes on where that was. */
#ifndef BENCH_KEPT_H
#define BENCH_KEPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* n numbers of a piece ("amd64-1") of a part, measured since the program was last built; false: there are none. */
bool kept_take(const char *part, const char *piece, double *values, uint32_t n);
int kept_put(const char *part, const char *piece, const double *values, uint32_t n, struct err *e);
void kept_drop(const char *part, const char *piece); /* it was told: the next run measures again */

#endif
