/* mix.h: campaign. What the cases of a batch are drawn from, as people write it. */
#ifndef CAMPAIGN_MIX_H
#define CAMPAIGN_MIX_H

#include "base/err.h"
#include "model/case.h"

/* Of a batch, as many of each as its number to the sum. */
enum mix { MIX_CORPUS, MIX_NEIGHBOURS, MIX_FRESH, MIX_COUNT };

/* "2:1:1"; NULL: the default, which for the plain population is none of the corpus, since that has the whole
 * type system. EXIT_USAGE. */
int mix_parse(uint32_t mix[MIX_COUNT], const char *text, enum population population, struct err *e);
void mix_print(const uint32_t mix[MIX_COUNT], char out[40]);

/* A name of model/population.def. EXIT_USAGE with the valid ones. */
int population_parse(enum population *population, const char *text, struct err *e);

#endif
