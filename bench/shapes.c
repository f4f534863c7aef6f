/* shapes.c: bench. The rule book covered by a few cases of the corpus, beside as many random ones; and the
 * speed of the shape loop. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/proc.h"
#include "base/rng.h"
#include "bench/bench.h"
#include "campaign/shapes.h"

#define SEEDS 9 /* random cases are drawn anew so often */
#define LOOP_RUNS "200000"
#define SCRATCH "build/bench/shapes"

static const uint32_t counts[] = { 25, 100, 400 };
#define COUNTS (sizeof(counts) / sizeof(*counts))

/* Adds random cases of the whole type system until there are `upto`. */
struct random_cases {
	struct rng rng;
	struct fuzz_case c;
	struct arena scratch;
	struct cover cover;
	uint32_t count;
};

static void draw_random(struct random_cases *r, uint32_t upto)
{
	uint8_t recipe[RECIPE_MAX_BYTES];

	for (; r->count < upto; r->count++) {
		rng_fill(&r->rng, recipe, sizeof(recipe));
		case_decode_lean(&r->c, recipe, sizeof(recipe), POPULATION_WHOLE);
		cover_add(&r->cover, &r->c, &r->scratch);
	}
}

/* Means over the seeds. */
static void measure_random(double pairs[COUNTS], double rules[COUNTS], struct cover *reached)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct random_cases *r = xcalloc(1, sizeof(*r));

		rng_seed(&r->rng, seed);
		for (size_t i = 0; i < COUNTS; i++) {
			draw_random(r, counts[i]);
			pairs[i] += cover_count(&r->cover, COVER_PAIRS) / (double)SEEDS;
			rules[i] += cover_count(&r->cover, COVER_RULES) / (double)SEEDS;
		}
		cover_merge(reached, &r->cover);
		case_release(&r->c);
		arena_release(&r->scratch);
		free(r);
	}
}

static void measure_corpus(const struct shapes *s, double pairs[COUNTS], double rules[COUNTS])
{
	uint32_t *order = xcalloc(s->count, sizeof(*order)), n = 0;
	struct cover *cover = xcalloc(1, sizeof(*cover));

	cover_order(s->covers, s->weights, s->count, order);
	for (size_t i = 0; i < COUNTS; i++) {
		for (; n < counts[i] && n < s->count; n++)
			cover_merge(cover, &s->covers[order[n]]);
		pairs[i] = cover_count(cover, COVER_PAIRS);
		rules[i] = cover_count(cover, COVER_RULES);
	}
	free(cover);
	free(order);
}

/* What is reachable: by the corpus, or by any of the random cases. */
static int measure_cover(json_t *rows, struct err *e)
{
	double corpus[COUNTS], corpus_rules[COUNTS], random[COUNTS] = { 0 },
						     random_rules[COUNTS] = { 0 };
	struct cover *reached = xcalloc(1, sizeof(*reached));
	struct shapes s = { 0 };
	double pairs, rules;
	char name[128];

	if (shapes_load(&s, "corpus/shapes", e) < 0) {
		shapes_release(&s);
		free(reached);
		return -1;
	}
	shapes_cover(&s, reached);
	measure_random(random, random_rules, reached);
	measure_corpus(&s, corpus, corpus_rules);
	pairs = cover_count(reached, COVER_PAIRS);
	rules = cover_count(reached, COVER_RULES);
	printf("  %u cases in the corpus; reachable: %.0f rules, %.0f pairs\n", s.count, rules,
	       pairs);
	for (size_t i = 0; i < COUNTS; i++) {
		snprintf(name, sizeof(name), "pairs of rules, %u cases of the corpus", counts[i]);
		figure_add(rows,
			   &(struct figure){ .name = name,
					     .unit = "% of the reachable",
					     .value = 100 * corpus[i] / pairs,
					     .reference = "as many random cases",
					     .reference_value = 100 * random[i] / pairs,
					     .target = 90 });
	}
	figure_add(rows,
		   &(struct figure){ .name = "rules, 100 cases of the corpus",
				     .unit = "% of the reachable",
				     .value = 100 * corpus_rules[1] / rules,
				     .reference = "as many random cases",
				     .reference_value = 100 * random_rules[1] / rules,
				     .target = 100 });
	shapes_release(&s);
	free(reached);
	return 0;
}

/* The program says how many recipes it ran, in how much time of its own. */
static int measure_loop(json_t *rows, struct err *e)
{
	static char *const argv[] = { "build/cgofuzz-shapes", "--runs", LOOP_RUNS, "--out",
				      SCRATCH ".txt",	      NULL };
	struct buf said = BUF_INIT;
	struct proc_result result;
	unsigned long recipes, cpu_ms;
	const char *at;
	int rc = proc_run(&(struct proc_spec){ .argv = argv, .err = &said }, &result, e);

	at = rc == 0 && result.status == 0 ? strstr(said.ptr, "shape loop: ") : NULL;
	if (at && sscanf(at, "shape loop: %lu recipes in %lu ms", &recipes, &cpu_ms) == 2 && cpu_ms)
		figure_add(rows,
			   &(struct figure){ .name = "shape loop",
					     .unit = "recipes/s of CPU time",
					     .value = 1000.0 * (double)recipes / (double)cpu_ms,
					     .target = 50000 });
	else if (rc == 0)
		rc = err_set(e, EXIT_ENVIRON, "build/cgofuzz-shapes, %s: %s",
			     proc_describe(result.status), said.ptr);
	buf_release(&said);
	return rc;
}

int bench_shapes(json_t *rows, struct err *e)
{
	if (measure_cover(rows, e) < 0)
		return -1;
	return measure_loop(rows, e);
}
