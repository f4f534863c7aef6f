/* try.h: cli, for cmd_try. Cases run now, one guest each, and what the oracles say. */
#ifndef CLI_TRY_H
#define CLI_TRY_H

#include "model/plan_text.h"
#include "triage/bundle.h"
#include "triage/guilty.h"

enum try_verdict { TRY_OK, TRY_FAULT, TRY_UNBUILDABLE, TRY_TIMEOUT, TRY_FLAKY };
extern const char *const try_verdict_names[];

/* Malloc'd strings, never NULL. */
struct try_fault {
	char *signature;
	char *oracle, *direction;
	char *leaf; /* "arg0.b", "result"; "" if the fault is not about one */
	char *expected, *got; /* "" if there are none */
	char *place; /* "v0", "sp+8": where a capture fault looked; "" of others */
	char *text; /* one line for a person */
	struct guilty guilty;
	struct guilty_facts facts;
	struct cgofuzz_fault record;
	uint8_t plan[CGOFUZZ_PLAN_MAX_BYTES]; /* that found it */
	uint32_t plan_len;
};

struct try_result {
	enum try_verdict verdict;
	uint64_t crossings;
	struct try_fault *faults;
	uint32_t fault_count;
	char *detail; /* malloc'd or NULL */
};

/* The fault that speaks for the result: the first whose guilty side is known, else the first; NULL. */
const struct try_fault *try_speaker(const struct try_result *r);

/* What is done with each case: plans made from the seed, or this one, whose crossings are then of the case. */
struct try_order {
	uint64_t seed;
	const struct plan *plan; /* or NULL */
	bool misuse; /* its steps of misuse are done */
};

/* Builds the batch, with controls, and runs its cases, or those of `which` if that is not NULL; results[b->count],
 * to be released. Faults of a lane on the direct path are looked for on the reference path too: not there, not
 * here: flaky. -1 if the environment fails; that no case can be built is a result. */
int try_lane(const struct batch *b, const bool *which, const struct lane *l,
	     const struct try_order *order, struct try_result *results, struct err *e);
void try_result_release(struct try_result *r);

/* The oracle's words for the fault of a bundle, whose case is c; guilty is left open. */
void try_fault_words(struct try_fault *out, const struct bundle *bundle, const struct fuzz_case *c);
void try_fault_release(struct try_fault *f);

#endif
