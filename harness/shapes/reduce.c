/* reduce.c: shapes. From many recipes to a small set of cases, the same for the same pool and seed. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "shapes/pool.h"

/* A case that would add so much is bettered before it is taken. */
#define CLIMB_GAIN 12

struct reduction {
	struct pool *pool;
	struct rng rng;
	uint64_t tries; /* mutations of a case that is bettered */
	unsigned rank; /* that is being chosen */
	struct cover covered;
	size_t *chosen; /* in the pool */
	size_t chosen_count;
	uint32_t *gains; /* of each of the pool: upper bounds, what it was when last asked */
};

static const struct recipe *recipe_at(const struct reduction *r, size_t i)
{
	return &r->pool->recipes[i];
}

/* More is better; then the shorter text, then the older. */
static bool better(const struct reduction *r, size_t a, size_t b)
{
	const struct recipe *left = recipe_at(r, a), *right = recipe_at(r, b);

	if (r->gains[a] != r->gains[b])
		return r->gains[a] > r->gains[b];
	return left->text_len != right->text_len ? left->text_len < right->text_len : a < b;
}

/* The recipe that adds most. Gains only fall, so one that is asked again and still leads does. */
static size_t best(struct reduction *r)
{
	for (;;) {
		size_t lead = SIZE_MAX;
		uint32_t gain;

		for (size_t i = 0; i < r->pool->count; i++)
			if (recipe_at(r, i)->rank == r->rank &&
			    (lead == SIZE_MAX || better(r, i, lead)))
				lead = i;
		if (lead == SIZE_MAX || !r->gains[lead])
			return SIZE_MAX;
		gain = cover_gain(&r->covered, &recipe_at(r, lead)->cover);
		if (gain == r->gains[lead])
			return lead;
		r->gains[lead] = gain;
	}
}

static void overwrite(struct reduction *r, uint8_t *bytes, size_t *len)
{
	for (uint64_t n = 1 + rng_below(&r->rng, 4); n && *len; n--)
		bytes[rng_below(&r->rng, *len)] = (uint8_t)rng_next(&r->rng);
}

/* What another recipe has, in the place of a part, or as well. */
static void splice(struct reduction *r, uint8_t *bytes, size_t *len, bool insert)
{
	const struct recipe *other = recipe_at(r, rng_below(&r->rng, r->pool->count));
	size_t at = rng_below(&r->rng, *len + 1), from, n, tail;

	if (!other->len)
		return;
	from = rng_below(&r->rng, other->len);
	n = 1 + rng_below(&r->rng, other->len - from);
	tail = insert ? *len - at : 0;
	if (at + n > RECIPE_MAX_BYTES)
		n = RECIPE_MAX_BYTES - at;
	if (at + n + tail > RECIPE_MAX_BYTES)
		tail = RECIPE_MAX_BYTES - at - n;
	memmove(bytes + at + n, bytes + at, tail);
	memcpy(bytes + at, other->bytes + from, n);
	if (at + n + tail > *len || insert)
		*len = at + n + tail;
}

static void cut(struct reduction *r, uint8_t *bytes, size_t *len)
{
	size_t at, n;

	if (!*len)
		return;
	at = rng_below(&r->rng, *len);
	n = 1 + rng_below(&r->rng, *len - at < 16 ? *len - at : 16);
	memmove(bytes + at, bytes + at + n, *len - at - n);
	*len -= n;
}

static void mutate(struct reduction *r, uint8_t *bytes, size_t *len)
{
	switch (rng_below(&r->rng, 4)) {
	case 0:
		splice(r, bytes, len, false);
		break;
	case 1:
		splice(r, bytes, len, true);
		break;
	case 2:
		cut(r, bytes, len);
		break;
	default:
		overwrite(r, bytes, len);
	}
}

/* Mutates the recipe while that adds more; gives the number of the better one in the pool. */
static size_t climb(struct reduction *r, size_t start)
{
	uint8_t bytes[2][RECIPE_MAX_BYTES];
	struct recipe found = *recipe_at(r, start);
	uint32_t most = r->gains[start];

	memcpy(bytes[0], found.bytes, found.len);
	for (uint64_t i = 0; i < r->tries; i++) {
		struct recipe next = { .bytes = bytes[1], .len = found.len };
		uint32_t gain;

		memcpy(bytes[1], bytes[0], found.len);
		mutate(r, bytes[1], &next.len);
		pool_measure(r->pool, &next);
		gain = next.rank == r->rank ? cover_gain(&r->covered, &next.cover) : 0;
		if (gain < most)
			continue;
		most = gain;
		found = next;
		memcpy(bytes[0], bytes[1], next.len);
	}
	if (most == r->gains[start])
		return start;
	found.bytes = bytes[0];
	pool_add(r->pool, &found);
	r->gains = xrealloc(r->gains, r->pool->count * sizeof(*r->gains));
	r->chosen = xrealloc(r->chosen, r->pool->count * sizeof(*r->chosen));
	r->gains[r->pool->count - 1] = most;
	return r->pool->count - 1;
}

static void choose(struct reduction *r, unsigned rank)
{
	size_t i;

	r->rank = rank;
	r->gains = xrealloc(r->gains, r->pool->count * sizeof(*r->gains));
	for (i = 0; i < r->pool->count; i++)
		r->gains[i] = UINT32_MAX;
	while ((i = best(r)) != SIZE_MAX) {
		if (r->gains[i] >= CLIMB_GAIN)
			i = climb(r, i);
		cover_merge(&r->covered, &recipe_at(r, i)->cover);
		r->chosen[r->chosen_count++] = i;
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void pool_reduce(struct pool *p, uint64_t seed, uint64_t tries, struct texts *out)
{
	struct reduction r = { .pool = p, .tries = tries };

	rng_seed(&r.rng, seed);
	r.chosen = xcalloc(p->count + 1, sizeof(*r.chosen));
	for (unsigned rank = 0; rank < POOL_RANKS; rank++)
		choose(&r, rank);
	out->list = xcalloc(r.chosen_count + 1, sizeof(*out->list));
	out->count = r.chosen_count;
	for (size_t i = 0; i < r.chosen_count; i++)
		out->list[i] = pool_text(p, recipe_at(&r, r.chosen[i]));
	out->features = cover_gain(&(struct cover){ 0 }, &r.covered);
	qsort(out->list, out->count, sizeof(*out->list), by_text);
	free(r.chosen);
	free(r.gains);
}
