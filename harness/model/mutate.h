/* mutate.h: model. Neighbours of a case: a few small changes to its prototype and to its types. */
#ifndef MODEL_MUTATE_H
#define MODEL_MUTATE_H

#include "base/rng.h"
#include "model/case.h"

/*
 * Makes out, as case_parse_lean() would, a neighbour of base: arguments come, go, move and are exchanged,
 * also for those of other; so do members of structs and unions; the route changes. It is legal text within
 * the limits, and not base itself. -1: none was found in a few tries; out is as after case_reset().
 */
int case_mutate(struct fuzz_case *out, const struct fuzz_case *base, const struct fuzz_case *other,
		struct rng *rng);

#endif
