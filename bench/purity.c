/* purity.c: bench. Bundles of all planted faults, labelled by the tables of their targets: does each fault get one
 * cluster, and each cluster one fault? Beside two baselines on the same bundles. CHOICE: small; kept: of the bundles that are there.
 * The set of bundles stays
 * in build/bench/purity until guests change: a run that was stopped goes on, one of a changed triage measures anew. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bench/purity.h"

#define WANTED 0.98
#define WANTED_SMALL 1000
#define WANTED_BUNDLES 10000
#define WEAK 0.02

static const char *by_signature(const struct labelled *l, char room[24])
{
	(void)room;
	return l->cluster;
}

static const char *by_top3(const struct labelled *l, char room[24])
{
	snprintf(room, 24, "%" PRIu32, l->top3);
	return room;
}

static const char *by_edits(const struct labelled *l, char room[24])
{
	snprintf(room, 24, "%" PRIu32, l->near);
	return room;
}

static double share_of_weak(const struct labelled_set *s)
{
	uint32_t weak = 0;

	for (uint32_t i = 0; i < s->n; i++)
		weak += s->v[i].weak;
	return s->n ? (double)weak / s->n : 0;
}

static void add_counts(const struct labelled_set *s, json_t *rows)
{
	figure_add(rows,
		   &(struct figure){ .name = "labelled bundles",
				     .unit = "bundles",
				     .value = s->n,
				     .target = bench_small() ? WANTED_SMALL : WANTED_BUNDLES });
	figure_add(rows,
		   &(struct figure){ .name = "bundles that show no exhibit, left out",
				     .unit = "bundles",
				     .value = s->background });
	figure_add(rows,
		   &(struct figure){ .name = "weak bundles, each a cluster of its own",
				     .unit = "share",
				     .value = share_of_weak(s),
				     .target = WEAK,
				     .below = 1 });
}

static bool is_kept_only(void)
{
	return bench_choice() && !strcmp(bench_choice(), "kept");
}

int bench_purity(json_t *rows, struct err *e)
{
	struct labelled_set s = { 0 };

	if (!is_kept_only() && purity_make(bench_small(), e) < 0)
		return -1;
	if (purity_read(&s, e) < 0)
		return -1;
	baseline_cluster(&s);
	add_counts(&s, rows);
	purity_score(&s, "strict signature", by_signature, WANTED, false, true, rows);
	purity_score(&s, "top 3 frames", by_top3, 0, false, false, rows);
	purity_score(&s, "edit distance", by_edits, 0, false, false, rows);
	purity_score(&s, "strict signature, stacks", by_signature, 0, true, false, rows);
	purity_score(&s, "top 3 frames, stacks", by_top3, 0, true, false, rows);
	purity_score(&s, "edit distance, stacks", by_edits, 0, true, false, rows);
	purity_stacks(&s, rows);
	purity_release(&s);
	return 0;
}
