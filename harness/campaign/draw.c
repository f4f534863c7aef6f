/* draw.c: campaign. The cases of a batch: from the corpus, beside it, and made up. */
#include "campaign/draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/rng.h"
#include "campaign/shapes.h"
#include "lane/probe.h"
#include "model/mutate.h"

struct drawing {
	const struct config *config;
	struct rng rng;
	struct shapes corpus; /* as it ships, then what was kept */
	uint32_t shipped;
	uint32_t *order; /* of what ships */
	struct cover have;
	struct buf kept; /* kept.txt */
	bool more_kept;
	struct probe_table *probes; /* of each lane; NULL: what no lane can do is all that is known */
	struct fuzz_case *cases;
	uint32_t count;
};

/* Does some lane carry the case on its route? In the others it is unbuildable. */
static bool is_carried(const struct drawing *d, const struct fuzz_case *c)
{
	for (uint32_t i = 0; d->probes && i < d->config->lane_count; i++)
		if (probe_route(&d->probes[i], c, NULL) == c->route)
			return true;
	return !d->probes;
}

/* The route that the case wants, else a plain call, else C to C. */
static void fit_route(const struct drawing *d, struct fuzz_case *c)
{
	emit_fit_route(c);
	if (!is_carried(d, c)) {
		c->route = ROUTE_CALL;
		emit_fit_route(c);
	}
	if (!is_carried(d, c))
		c->route = ROUTE_DIRECT;
}

/* The next slot of the batch; its text makes it whole. */
static void take(struct drawing *d, struct fuzz_case *c)
{
	struct err e = ERR_INIT;

	fit_route(d, c);
	if (case_spell(c, &e) < 0)
		BUG("a case of legal size cannot be spelled: %s", e.msg);
	d->cases[d->count++] = *c;
}

static void keep_if_news(struct drawing *d, const struct fuzz_case *c)
{
	struct arena scratch = ARENA_INIT;
	struct cover cover = { 0 };

	cover_add(&cover, c, &scratch);
	arena_release(&scratch);
	if (!cover_gain(&d->have, &cover))
		return;
	cover_merge(&d->have, &cover);
	buf_addf(&d->kept, "%s\n", c->text);
	d->more_kept = true;
}

static void draw_fresh(struct drawing *d)
{
	uint8_t recipe[RECIPE_MAX_BYTES];
	struct fuzz_case c = { 0 };

	rng_fill(&d->rng, recipe, sizeof(recipe));
	case_decode_lean(&c, recipe, sizeof(recipe), d->config->population);
	/* recipes know the three routes that every Go has */
	if (d->probes && c.route != ROUTE_DIRECT && rng_below(&d->rng, 2))
		c.route = (enum route)rng_below(&d->rng, ROUTE_COUNT);
	take(d, &c);
	if (d->config->mix[MIX_CORPUS] || d->config->mix[MIX_NEIGHBOURS])
		keep_if_news(d, &d->cases[d->count - 1]);
}

static void parse(const struct drawing *d, uint32_t i, struct fuzz_case *c)
{
	const char *text = d->corpus.texts[i];
	struct err e = ERR_INIT;

	if (case_parse_lean(c, text, strlen(text), "<corpus>", &e) < 0)
		BUG("a case that was loaded does not parse: %s", e.msg);
}

static void draw_neighbour(struct drawing *d)
{
	struct fuzz_case base = { 0 }, other = { 0 }, c = { 0 };

	parse(d, (uint32_t)rng_below(&d->rng, d->corpus.count), &base);
	parse(d, (uint32_t)rng_below(&d->rng, d->corpus.count), &other);
	if (case_mutate(&c, &base, &other, &d->rng) == 0) {
		take(d, &c);
		keep_if_news(d, &d->cases[d->count - 1]);
	} else {
		case_release(&c);
		draw_fresh(d);
	}
	case_release(&base);
	case_release(&other);
}

/* Opens the corpus and what the campaign has kept, if they are wanted. */
static int open_corpus(struct drawing *d, const char *kept, struct err *e)
{
	char *shipped = xasprintf("%s/corpus/shapes", data_dir());
	int rc = shapes_load(&d->corpus, shipped, e);

	free(shipped);
	if (rc < 0)
		return -1;
	d->shipped = d->corpus.count;
	if (!d->shipped)
		return err_set(e, EXIT_ENVIRON, "corpus/shapes has no cases: make shapes");
	d->order = xcalloc(d->shipped, sizeof(*d->order));
	cover_order(d->corpus.covers, d->corpus.weights, d->shipped, d->order);
	if (kept && file_exists(kept) &&
	    (file_read(kept, 0, &d->kept, e) < 0 || shapes_load(&d->corpus, kept, e) < 0))
		return -1;
	shapes_cover(&d->corpus, &d->have);
	return 0;
}

static void close_probes(struct drawing *d, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		probe_release(&d->probes[i]);
	free(d->probes);
	d->probes = NULL;
}

/* The plain population has types and routes that every lane carries. */
static int open_probes(struct drawing *d, struct err *e)
{
	const struct config *c = d->config;

	if (c->population == POPULATION_PLAIN || !c->lane_count)
		return 0;
	d->probes = xcalloc(c->lane_count, sizeof(*d->probes));
	for (uint32_t i = 0; i < c->lane_count; i++)
		if (probe_lane(&d->probes[i], &c->lanes[i], 0, e) < 0) {
			close_probes(d, i);
			return err_prefix(e, "lane %s", c->lanes[i].name);
		}
	return 0;
}

static void draw(struct drawing *d, uint32_t index)
{
	const uint32_t *mix = d->config->mix;
	uint32_t sum = mix[MIX_CORPUS] + mix[MIX_NEIGHBOURS] + mix[MIX_FRESH];
	uint32_t total = d->config->batch_cases;
	uint32_t from_corpus = total * mix[MIX_CORPUS] / sum;
	uint32_t neighbours = total * mix[MIX_NEIGHBOURS] / sum;

	if (!mix[MIX_FRESH]) /* what rounding left */
		neighbours = mix[MIX_NEIGHBOURS] ? total - from_corpus : 0;
	if (!mix[MIX_FRESH] && !mix[MIX_NEIGHBOURS])
		from_corpus = total;
	for (uint32_t i = 0; i < from_corpus; i++) {
		uint64_t place = ((uint64_t)index * from_corpus + i) % d->shipped;
		struct fuzz_case c = { 0 };

		parse(d, d->order[place], &c);
		take(d, &c);
	}
	for (uint32_t i = 0; i < neighbours; i++)
		draw_neighbour(d);
	while (d->count < total)
		draw_fresh(d);
}

/* By way of another name: whole or absent. */
static int save(const struct batch *b, const char *path, struct err *e)
{
	char *temp = xasprintf("%s.tmp", path);
	int rc = batch_save(b, temp, e);

	if (rc == 0 && rename(temp, path) < 0)
		rc = err_errno(e, EXIT_ENVIRON, "could not rename %s", temp);
	free(temp);
	return rc;
}

static int draw_new(struct batch *b, const struct config *c, const char *kept, const char *path,
		    uint32_t index, uint64_t seed, struct err *e)
{
	struct drawing d = { .config = c, .kept = BUF_INIT };
	int rc = 0;

	rng_seed(&d.rng, seed);
	if (c->mix[MIX_CORPUS] || c->mix[MIX_NEIGHBOURS])
		rc = open_corpus(&d, kept, e);
	if (rc == 0)
		rc = open_probes(&d, e);
	if (rc == 0) {
		d.cases = xcalloc(c->batch_cases, sizeof(*d.cases));
		draw(&d, index);
		batch_take(b, d.cases, d.count);
		if (kept && d.more_kept)
			rc = file_publish(kept, d.kept.ptr, d.kept.len, e);
		if (rc == 0 && path)
			rc = save(b, path, e);
		if (rc < 0)
			batch_release(b);
	}
	if (d.probes)
		close_probes(&d, c->lane_count);
	shapes_release(&d.corpus);
	buf_release(&d.kept);
	free(d.order);
	free(d.cases);
	return rc;
}

int draw_batch(struct batch *b, const struct config *c, const char *dir, uint32_t index,
	       uint64_t seed, struct err *e)
{
	char *kept, *path;
	int rc;

	if (!dir)
		return draw_new(b, c, NULL, NULL, index, seed, e);
	kept = xasprintf("%s/kept.txt", dir);
	path = xasprintf("%s/cases/%06u.txt", dir, index);
	rc = file_exists(path) ? batch_load(b, path, e) : draw_new(b, c, kept, path, index, seed, e);
	free(kept);
	free(path);
	return rc;
}
