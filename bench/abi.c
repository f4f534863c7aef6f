/* abi.c: bench. Parsing, layout and classification of cases, on one core. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "abi/abi.h"
#include "base/rng.h"
#include "bench/bench.h"
#include "model/case.h"

#define CASES 2000
#define ROUNDS 40
#define SEED 1

struct text {
	const char *ptr;
	size_t len;
};

/* Of this thread: "on one core" whatever else the machine, or another thread of this process, does. */
static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void classify(const struct fuzz_case *c, struct arena *arena)
{
	struct abi_call *calls[ABI_COUNT];

	abi_classify_all(&c->proto, c->type_count, arena, calls);
	arena_reset(arena);
}

/* Seconds for one round over all texts; without parsing if `only` is not NULL. */
static double one_round(const struct text *texts, const struct fuzz_case *only, struct err *e)
{
	static struct fuzz_case c;
	static struct arena arena;
	double start = cpu_seconds();

	for (unsigned i = 0; i < CASES; i++) {
		if (!only && case_parse_lean(&c, texts[i].ptr, texts[i].len, "<bench>", e) < 0)
			return -1;
		classify(only ? &only[i] : &c, &arena);
	}
	return cpu_seconds() - start;
}

static int measure(const struct text *texts, const struct fuzz_case *parsed, const char *population,
		   json_t *rows, struct err *e)
{
	double whole[ROUNDS], alone[ROUNDS];
	char name[96];

	for (unsigned i = 0; i < ROUNDS; i++) {
		whole[i] = one_round(texts, NULL, e);
		alone[i] = one_round(texts, parsed, e);
		if (whole[i] < 0)
			return -1;
	}
	snprintf(name, sizeof(name), "%s: parsed, laid out, classified for both ABIs", population);
	figure_add(rows,
		   &(struct figure){ .name = name,
				     .unit = "cases/s",
				     .value = CASES / median(whole, ROUNDS),
				     .target = 200000 });
	snprintf(name, sizeof(name), "%s: laid out, classified for both ABIs", population);
	figure_add(rows,
		   &(struct figure){ .name = name,
				     .unit = "us/case",
				     .value = median(alone, ROUNDS) / CASES * 1e6 });
	return 0;
}

static int measure_population(enum population population, json_t *rows, struct err *e)
{
	struct fuzz_case *parsed = xcalloc(CASES, sizeof(*parsed));
	struct text *texts = xcalloc(CASES, sizeof(*texts));
	uint8_t recipe[RECIPE_MAX_BYTES];
	struct rng rng;
	int rc;

	rng_seed(&rng, SEED);
	for (unsigned i = 0; i < CASES; i++) {
		rng_fill(&rng, recipe, sizeof(recipe));
		case_decode(&parsed[i], recipe, sizeof(recipe), population);
		texts[i] = (struct text){ parsed[i].text, strlen(parsed[i].text) };
	}
	rc = measure(texts, parsed, population_names[population], rows, e);
	for (unsigned i = 0; i < CASES; i++)
		case_release(&parsed[i]);
	free(parsed);
	free(texts);
	return rc;
}

int bench_abi(json_t *rows, struct err *e)
{
	printf("  seed %d, %d cases, CPU time, median of %d rounds\n", SEED, CASES, ROUNDS);
	if (measure_population(POPULATION_PLAIN, rows, e) < 0)
		return -1;
	return measure_population(POPULATION_WHOLE, rows, e);
}
