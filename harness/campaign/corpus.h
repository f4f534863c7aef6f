/* corpus.h: campaign. Plans for the engines to begin with. Plans are total: what was found for one
 * batch is a plan of the next one too, so corpora simply stay. */
#ifndef CAMPAIGN_CORPUS_H
#define CAMPAIGN_CORPUS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define CORPUS_KEEP 192 /* plans that are carried over at most */
#define CORPUS_MIN_BYTES 128 /* of plans that an engine makes up, where it can be told */

/*
 * Fills an empty dir (made) with plans of 16 to 64 steps, the same for the same seed: every case below
 * `slots`, in both routes, at every range of depths, shallow ones more often and also captured. So what is
 * left for an engine to find is what faults hang on: values, and what happens side by side. turbulent: plans in
 * which every kind of turbulence has crossings in it, with each choice of its first parameter, and mixed ones
 * besides. A dir that holds plans stays as it is.
 */
int corpus_seed(const char *dir, uint64_t seed, uint32_t slots, bool turbulent, struct err *e);
/* Removes files of dir until `keep` are left, evenly over their names' order. */
int corpus_prune(const char *dir, uint32_t keep, struct err *e);
/* Removes the files of dir that hold this plan: who runs it ends, and would end there again in the next slice. */
int corpus_drop(const char *dir, const void *plan, size_t len, struct err *e);

#endif
