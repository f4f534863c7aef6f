/* report_data.h: bench. A triaged campaign made by hand, for reports of any size. */
#ifndef BENCH_REPORT_DATA_H
#define BENCH_REPORT_DATA_H

#include <stdint.h>

#include "base/err.h"

/* Makes a campaign in dir, which must not be there: clusters of all kinds over 8 lanes with bundles, stacks and cases,
 * replayed or not, some weak. Each tenth has hostile text wherever a fault may bring some. The same count gives the
 * same campaign. */
int report_data_make(const char *dir, uint32_t clusters, struct err *e);

#endif
