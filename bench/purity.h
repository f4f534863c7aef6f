/* purity.h: bench. A set of labelled bundles, and how well ways to cluster them do. */
#ifndef BENCH_PURITY_H
#define BENCH_PURITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "bench/bench.h"
#include "triage/unwind.h"

#define PURITY_SET "build/bench/purity" /* a campaign's directory: spool/, builds/; and done/ */

/* Makes what is missing of the set; -1 and e if a guest cannot be built, or the set is of other sources. */
int purity_make(bool small, struct err *e);

/* One bundle. Labels are numbers of exhibits, clusters of what some way to cluster takes for one fault. */
struct labelled {
	char *name, *lane, *kind;
	char *label; /* "planted/abort" */
	char *cluster; /* strict signature; of a weak one, with its name: it is a cluster of its own */
	bool weak, has_stack;
	int arch; /* enum cgofuzz_arch */
	uint32_t level; /* of the crossing that failed */
	bool complete; /* from the fault to where its thread, or its stack, began */
	bool gap; /* but the middle of a recursion */
	char *ends; /* why its stack ends where it does; NULL: it has none */
	char **frames; /* names, innermost first; "?" for one without */
	uint32_t frame_count;
	uint32_t top3, near; /* the clusters of the two baselines */
};
struct labelled_set {
	struct labelled *v;
	uint32_t n, background; /* background: bundles that show no exhibit, not in v */
};

/* Ingests the set anew, and reads what came of it; with every stack. */
int purity_read(struct labelled_set *s, struct err *e);
void purity_release(struct labelled_set *s);

/* name: of a way to cluster; key(l): its cluster. Adds purity and inverse purity; errors: printed one by one. */
typedef const char *purity_key_fn(const struct labelled *l, char room[24]);
void purity_score(const struct labelled_set *s, const char *name, purity_key_fn *key, double target,
		  bool stacks_only, bool errors, json_t *rows);
/* Stacks from the fault to where the thread began, by architecture; those that end before by where. */
void purity_stacks(const struct labelled_set *s, json_t *rows);

/* Fills in top3 and near. */
void baseline_cluster(struct labelled_set *s);

#endif
