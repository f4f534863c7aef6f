/* corpus.h: campaign. Plans for the engines to begin with. Plans are total: what was found for one
 * batch is a plan of the next one too, so corpora simply stay. */
#ifndef CAMPAIGN_CORPUS_H
#define CAMPAIGN_CORPUS_H

#include <stdint.h>

#include "base/err.h"

#define CORPUS_SEEDS 16
#define CORPUS_KEEP 1024 /* plans that are carried over at most */
#define CORPUS_MIN_BYTES 128 /* of plans that an engine makes up, where it can be told */

/* Fills an empty dir (made) with plans of 16 to 64 shallow steps, the same for the same seed; a dir
 * that holds plans stays as it is. */
int corpus_seed(const char *dir, uint64_t seed, struct err *e);
/* Removes files of dir until `keep` are left, evenly over their names' order. */
int corpus_prune(const char *dir, uint32_t keep, struct err *e);

#endif
