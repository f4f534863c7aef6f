/* corpus.c: campaign. Plans for the engines to begin with, and what is carried over. */
#include "campaign/corpus.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/rng.h"
#include "guest/turbulence.h"

static int count_entry(const char *name, void *ctx)
{
	if (name[0] != '.')
		++*(uint32_t *)ctx;
	return 0;
}

/* Ranges of depth, as guest/feature.h counts them; deep steps take long, so fewer share a plan. Shallow ones
 * come with several values each, and with capture, which in a random step is seldom on. */
static const struct layer {
	uint8_t low, range; /* depths low .. low + range - 1 */
	uint8_t steps; /* of a plan */
	uint8_t rounds; /* how often, each time with other values */
	bool captured; /* and then in the third route too */
} layers[] = {
	{ 0, 1, 64, 4, false }, { 1, 1, 64, 4, false },	  { 2, 1, 64, 4, false },
	{ 3, 1, 64, 4, false }, { 0, 1, 64, 4, true },	  { 1, 1, 64, 2, true },
	{ 2, 1, 64, 2, true },	{ 3, 1, 64, 2, true },	  { 4, 4, 64, 1, false },
	{ 8, 8, 48, 1, false }, { 16, 16, 32, 1, false }, { 32, 32, 16, 1, false },
};

static uint8_t depth_byte(uint32_t depth)
{
	return (uint8_t)(depth < 4 ? depth : depth + 191);
}

struct seeds {
	const char *dir;
	struct rng rng;
	uint32_t slots, serial;
};

/* The name begins at random: AFL++ goes by names, and is not to try one kind of plan after the other. */
static int write_plan(struct seeds *s, const uint8_t *plan, size_t len, struct err *e)
{
	char *path = xasprintf("%s/seed-%04x-%03u", s->dir, (unsigned)rng_below(&s->rng, 1 << 16),
			       s->serial++);
	int rc = file_write(path, plan, len, e);

	free(path);
	return rc;
}

static void make_step(struct rng *rng, const struct layer *layer, uint32_t slot, uint32_t route,
		      uint8_t *step)
{
	rng_fill(rng, step, CGOFUZZ_STEP_BYTES);
	step[0] = (uint8_t)slot;
	step[1] = (uint8_t)(slot >> 8);
	step[2] = (uint8_t)(layer->captured ? CGOFUZZ_CAPTURED_BYTE + route : route);
	step[3] = depth_byte(layer->low + (uint32_t)rng_below(rng, layer->range));
}

/* All cases in all the layer's routes, in plans of its length. */
static int write_layer(struct seeds *s, const struct layer *layer, struct err *e)
{
	const uint32_t routes = layer->captured ? 3 : 2, count = layer->rounds * routes * s->slots;
	uint8_t plan[CGOFUZZ_PLAN_MAX_BYTES];
	size_t len = 0;
	int rc = 0;

	for (uint32_t n = 0; n < count && rc == 0; n++) {
		make_step(&s->rng, layer, n / routes % s->slots, CGOFUZZ_ROUTE_CALL + n % routes,
			  plan + len);
		len += CGOFUZZ_STEP_BYTES;
		if (len < layer->steps * CGOFUZZ_STEP_BYTES && n + 1 < count)
			continue;
		rc = write_plan(s, plan, len, e);
		len = 0;
	}
	return rc;
}

/* A crossing of any case, on any route; shallow, every second without further levels. */
static void any_crossing(struct rng *rng, uint32_t slots, uint8_t *step)
{
	static const struct layer flat = { 0, 1, 0, 0, false }, shallow = { 0, 4, 0, 0, false };

	make_step(rng, rng_below(rng, 2) ? &flat : &shallow, (uint32_t)rng_below(rng, slots),
		  CGOFUZZ_ROUTE_CALL + (uint32_t)rng_below(rng, 2), step);
}

static void any_turbulence(struct rng *rng, uint32_t kind, uint32_t choice, uint32_t body,
			   uint8_t *step)
{
	rng_fill(rng, step, CGOFUZZ_STEP_BYTES);
	step[0] = (uint8_t)kind;
	step[1] = (uint8_t)(body < 8 ? body : 128 + body);
	step[2] = CGOFUZZ_TURBULENCE_BYTE;
	step[3] = (uint8_t)choice;
}

#define KIND_PLANS 5
#define KIND_PLANS_MOST 8
#define KIND_ROUNDS 3 /* of all cases in each plan: there, back, and either way */
#define KIND_BODY_MOST 120 /* crossings cost little beside most turbulence */
#define CROWD_BODY 4 /* of what does it again and again */
#define REPEATED_BODY 12

static uint32_t kind_body(const struct seeds *s, uint32_t kind)
{
	const uint32_t wanted = KIND_ROUNDS * s->slots;

	if (cgofuzz_turbulence_rows[kind].body == 2)
		return kind == CGOFUZZ_TURB_REPEAT ? REPEATED_BODY : CROWD_BODY;
	return wanted > KIND_BODY_MOST ? KIND_BODY_MOST : wanted;
}

/* The body of one plan of a kind, and a crossing behind: of one case after the other, from *slot on. */
static void write_body(struct seeds *s, uint32_t count, uint32_t *slot, uint8_t *step)
{
	for (uint32_t i = 0; i < count; i++, step += CGOFUZZ_STEP_BYTES) {
		any_crossing(&s->rng, s->slots, step);
		if (i / s->slots < 2)
			step[2] = (uint8_t)(CGOFUZZ_ROUTE_CALL + i / s->slots);
		step[0] = (uint8_t)*slot;
		step[1] = (uint8_t)(*slot >> 8);
		*slot = (*slot + 1) % s->slots;
	}
}

/* Some plans of a kind, with each choice if there are not too many. */
static int write_kind(struct seeds *s, uint32_t kind, struct err *e)
{
	const uint32_t choices = cgofuzz_turbulence_rows[kind].params[0].count;
	const uint32_t most = choices > KIND_PLANS_MOST ? KIND_PLANS_MOST : choices;
	const uint32_t plans = most > KIND_PLANS ? most : KIND_PLANS, body = kind_body(s, kind);
	uint32_t slot = (uint32_t)rng_below(&s->rng, s->slots);
	uint8_t plan[(KIND_BODY_MOST + 2) * CGOFUZZ_STEP_BYTES];
	int rc = 0;

	for (uint32_t n = 0; n < plans && rc == 0; n++) {
		uint32_t choice = choices > most ? (uint32_t)rng_below(&s->rng, choices)
						 : n % choices;

		any_turbulence(&s->rng, kind, choice, body, plan);
		write_body(s, body + 1, &slot, plan + CGOFUZZ_STEP_BYTES);
		rc = write_plan(s, plan, (body + 2) * CGOFUZZ_STEP_BYTES, e);
	}
	return rc;
}

#define MIXED_PLANS 32
#define MIXED_STEPS 64

/* Crossings, and every fourth step turbulence of any kind around the next few. */
static int write_mixed(struct seeds *s, struct err *e)
{
	uint8_t plan[MIXED_STEPS * CGOFUZZ_STEP_BYTES];
	struct rng *rng = &s->rng;
	int rc = 0;

	for (uint32_t n = 0; n < MIXED_PLANS && rc == 0; n++) {
		uint32_t steps = 16 + (uint32_t)rng_below(rng, MIXED_STEPS - 15);

		for (uint32_t i = 0; i < steps; i++) {
			uint8_t *step = plan + i * CGOFUZZ_STEP_BYTES;

			if (rng_below(rng, 4))
				any_crossing(rng, s->slots, step);
			else
				any_turbulence(rng, (uint32_t)rng_below(rng, CGOFUZZ_TURBULENCES),
					       (uint32_t)rng_below(rng, 256),
					       1 + (uint32_t)rng_below(rng, 6), step);
		}
		rc = write_plan(s, plan, steps * CGOFUZZ_STEP_BYTES, e);
	}
	return rc;
}

static int write_turbulent(struct seeds *s, struct err *e)
{
	int rc = 0;

	for (uint32_t kind = 0; kind < CGOFUZZ_TURBULENCES && rc == 0; kind++)
		rc = write_kind(s, kind, e);
	return rc < 0 ? rc : write_mixed(s, e);
}

int corpus_seed(const char *dir, uint64_t seed, uint32_t slots, bool turbulent, struct err *e)
{
	struct seeds s = { .dir = dir, .slots = slots };
	uint32_t have = 0;
	int rc = 0;

	if (dir_make(dir, e) < 0 || dir_each(dir, count_entry, &have, e) < 0)
		return -1;
	if (have)
		return 0;
	rng_seed(&s.rng, seed);
	if (turbulent)
		return write_turbulent(&s, e);
	for (size_t i = 0; i < sizeof(layers) / sizeof(*layers) && rc == 0; i++)
		rc = write_layer(&s, &layers[i], e);
	return rc;
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

struct dropping {
	const char *dir;
	const void *plan;
	size_t len;
};

static int drop_entry(const char *name, void *ctx)
{
	const struct dropping *d = ctx;
	char *path = xasprintf("%s/%s", d->dir, name);
	struct buf text = BUF_INIT;
	struct err unread = ERR_INIT; /* then it is no plan of the engine's either */

	if (name[0] != '.' && file_read(path, 0, &text, &unread) == 0 && text.len == d->len &&
	    !memcmp(text.ptr, d->plan, d->len))
		unlink(path);
	buf_release(&text);
	free(path);
	return 0;
}

int corpus_drop(const char *dir, const void *plan, size_t len, struct err *e)
{
	struct dropping d = { dir, plan, len };

	return len ? dir_each(dir, drop_entry, &d, e) : 0;
}
