/* corpus.c: campaign. Plans for the engines to begin with, and what is carried over. */
#include "campaign/corpus.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/rng.h"
#include "guest/plan.h"

static int count_entry(const char *name, void *ctx)
{
	if (name[0] != '.')
		++*(uint32_t *)ctx;
	return 0;
}

/* Depths 0 to 3, and in every fourth plan now and then any of 1 to 64. */
static uint8_t depth_byte(struct rng *rng, uint32_t plan)
{
	if (plan % 4 == 3 && rng_below(rng, 8) == 0)
		return (uint8_t)(192 + rng_below(rng, 64));
	return (uint8_t)rng_below(rng, 4);
}

static size_t make_plan(struct rng *rng, uint32_t index, uint8_t *plan)
{
	size_t steps = 16 + 16 * (index % 4);

	rng_fill(rng, plan, steps * CGOFUZZ_STEP_BYTES);
	for (size_t i = 0; i < steps; i++) {
		plan[i * CGOFUZZ_STEP_BYTES + 2] = (uint8_t)rng_below(rng, 3);
		plan[i * CGOFUZZ_STEP_BYTES + 3] = depth_byte(rng, index);
	}
	return steps * CGOFUZZ_STEP_BYTES;
}

int corpus_seed(const char *dir, uint64_t seed, struct err *e)
{
	uint8_t plan[CGOFUZZ_PLAN_MAX_BYTES];
	uint32_t have = 0;
	struct rng rng;

	if (dir_make(dir, e) < 0 || dir_each(dir, count_entry, &have, e) < 0)
		return -1;
	if (have)
		return 0;
	rng_seed(&rng, seed);
	for (uint32_t i = 0; i < CORPUS_SEEDS; i++) {
		char *path = xasprintf("%s/seed-%02u", dir, i);
		size_t len = make_plan(&rng, i, plan);
		int rc = file_write(path, plan, len, e);

		free(path);
		if (rc < 0)
			return -1;
	}
	return 0;
}

struct pruning {
	const char *dir;
	uint32_t have, keep, seen;
};

/* Of every `have` entries `keep` stay: entry i stays if the share goes over a whole number there. */
static int prune_entry(const char *name, void *ctx)
{
	struct pruning *p = ctx;
	uint64_t before, after;
	char *path;

	if (name[0] == '.')
		return 0;
	before = (uint64_t)p->seen * p->keep / p->have;
	after = ((uint64_t)p->seen + 1) * p->keep / p->have;
	p->seen++;
	if (after != before)
		return 0;
	path = xasprintf("%s/%s", p->dir, name);
	unlink(path); /* what cannot be removed stays */
	free(path);
	return 0;
}

int corpus_prune(const char *dir, uint32_t keep, struct err *e)
{
	struct pruning p = { .dir = dir, .keep = keep };

	if (!dir_exists(dir))
		return 0;
	if (dir_each(dir, count_entry, &p.have, e) < 0)
		return -1;
	return p.have > keep ? dir_each(dir, prune_entry, &p, e) : 0;
}
