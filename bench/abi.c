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

/* What is done with each case. */
enum work {
	PARSE = 1,
	PLACE = 2, /* the leaves of each value, too: abi_place() */
};

/* Of this thread: "on one core", whatever else the machine does. */
static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void classify(const struct fuzz_case *c, unsigned work, struct arena *arena)
{
	struct abi_call *calls[ABI_COUNT];

	abi_classify_all(&c->proto, c->type_count, arena, calls);
	for (unsigned i = 0; i < ABI_COUNT && work & PLACE; i++)
		abi_place(calls[i], arena);
	arena_reset(arena);
}

/* Seconds for one round over all cases; -1: one of them was no case. */
static double one_round(const struct text *texts, const struct fuzz_case *parsed, unsigned work,
			struct err *e)
{
	static struct fuzz_case c;
	static struct arena arena;
	double start = cpu_seconds();

	for (unsigned i = 0; i < CASES; i++) {
		if (work & PARSE && case_parse_lean(&c, texts[i].ptr, texts[i].len, "<bench>", e) < 0)
			return -1;
		classify(work & PARSE ? &c : &parsed[i], work, &arena);
	}
	return cpu_seconds() - start;
}

static void add(json_t *rows, const char *population, const char *what, double *seconds, bool target)
{
	char name[96];

	snprintf(name, sizeof(name), "%s: %s", population, what);
	figure_add(rows,
		   &(struct figure){ .name = name,
				     .unit = "cases/s",
				     .value = CASES / median(seconds, ROUNDS),
				     .target = target ? 200000 : 0 });
}

static int measure(const struct text *texts, const struct fuzz_case *parsed, const char *population,
		   json_t *rows, struct err *e)
{
	double whole[ROUNDS], placed[ROUNDS], alone[ROUNDS];

	for (unsigned i = 0; i < ROUNDS; i++) {
		whole[i] = one_round(texts, parsed, PARSE, e);
		placed[i] = one_round(texts, parsed, PARSE | PLACE, e);
		alone[i] = one_round(texts, parsed, 0, e);
		if (whole[i] < 0 || placed[i] < 0)
			return -1;
	}
	add(rows, population, "parsed, laid out, classified for both ABIs", whole, true);
	add(rows, population, "the same, and every leaf placed", placed, false);
	add(rows, population, "laid out, classified for both ABIs", alone, false);
	return 0;
}

/* The texts lie one behind the other, as those of a file do. */
static int measure_population(enum population population, json_t *rows, struct err *e)
{
	struct fuzz_case *parsed = xcalloc(CASES, sizeof(*parsed));
	struct text *texts = xcalloc(CASES, sizeof(*texts));
	uint8_t recipe[RECIPE_MAX_BYTES];
	struct buf file = BUF_INIT;
	struct rng rng;
	size_t at = 0;
	int rc;

	rng_seed(&rng, SEED);
	for (unsigned i = 0; i < CASES; i++) {
		rng_fill(&rng, recipe, sizeof(recipe));
		case_decode(&parsed[i], recipe, sizeof(recipe), population);
		buf_addstr(&file, parsed[i].text);
		buf_addch(&file, '\n');
	}
	for (unsigned i = 0; i < CASES; i++)
		texts[i].ptr = buf_line(&file, &at, &texts[i].len);
	rc = measure(texts, parsed, population_names[population], rows, e);
	for (unsigned i = 0; i < CASES; i++)
		case_release(&parsed[i]);
	buf_release(&file);
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
