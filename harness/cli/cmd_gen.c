/* cmd_gen.c: cli. Prints cases of a seed, one a line. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "cli/option.h"
#include "model/case.h"

#define DEFAULT_COUNT 10

struct gen {
	uint64_t seed;
	uint64_t count;
	enum population population;
};

enum { KEY_SEED = 0x2000, KEY_COUNT, KEY_POPULATION };

static const struct argp_option options[] = {
	{ "seed", KEY_SEED, "N", 0, "same seed, same cases; chosen and printed if not given", 0 },
	{ "count", KEY_COUNT, "N", 0, "how many cases (10)", 0 },
	{ "population", KEY_POPULATION, "NAME", 0,
	  "plain (as campaigns), whole (the whole type system) or mixed (half of each)", 0 },
	{ 0 },
};

static int population_of(const char *name, enum population *out, struct err *e)
{
	for (int i = 0; i < POPULATION_COUNT; i++)
		if (!strcmp(name, population_names[i])) {
			*out = (enum population)i;
			return 0;
		}
	return err_set(e, EXIT_USAGE, "--population %s: plain, whole or mixed is expected", name);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct gen *gen = state->input;
	struct err e = ERR_INIT;

	switch (key) {
	case KEY_SEED:
		if (option_u64(arg, "--seed", &gen->seed, &e) < 0)
			option_reject(state, &e);
		return 0;
	case KEY_COUNT:
		if (option_u64(arg, "--count", &gen->count, &e) < 0)
			option_reject(state, &e);
		if (gen->count == 0) {
			err_set(&e, EXIT_USAGE, "--count 0: at least one case");
			option_reject(state, &e);
		}
		return 0;
	case KEY_POPULATION:
		if (population_of(arg, &gen->population, &e) < 0)
			option_reject(state, &e);
		return 0;
	case ARGP_KEY_ARG:
		err_set(&e, EXIT_USAGE, "'%s' is not expected: gen takes only options", arg);
		option_reject(state, &e);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = { OPTION_COMMON, { 0 } };
static const struct argp argp = {
	.options = options,
	.parser = parse_option,
	.doc = "Prints cases, one a line: what a campaign of random recipes would try.",
	.children = children,
};

int cmd_gen(int argc, char **argv)
{
	struct gen gen = { rng_entropy(), DEFAULT_COUNT, POPULATION_PLAIN };
	uint8_t recipe[RECIPE_MAX_BYTES];
	json_t *cases = NULL;
	struct rng rng;

	argp_parse(&argp, argc, argv, 0, NULL, &gen);
	fprintf(stderr, "seed %" PRIu64 "\n", gen.seed);
	rng_seed(&rng, gen.seed);
	if (option_json)
		cases = json_array();
	for (uint64_t i = 0; i < gen.count && !ferror(stdout); i++) {
		struct fuzz_case c;

		rng_fill(&rng, recipe, sizeof(recipe));
		case_decode(&c, recipe, sizeof(recipe), gen.population);
		if (option_json)
			json_array_append_new(cases, option_json_text(c.text));
		else
			puts(c.text);
		case_release(&c);
	}
	if (!option_json)
		return EXIT_CLEAN;
	/* A string: numbers of JSON end at 2^53 in many readers. */
	return option_print_json(json_pack("{s:i, s:o, s:o}", "version", 1, "seed",
					   json_sprintf("%" PRIu64, gen.seed), "cases", cases));
}
