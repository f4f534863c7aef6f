/* prepared.c: campaign. A batch, built in every lane of the campaign. */
#include "campaign/prepared.h"

#include <stdlib.h>

#include "base/buf.h"
#include "campaign/differ.h"
#include "campaign/draw.h"

uint64_t prepared_seed(const struct config *c, uint32_t index)
{
	uint64_t words[2] = { c->seed, index };

	return hash_u64(words, sizeof(words));
}

static void prepared_free(struct prepared *p)
{
	for (uint32_t i = 0; i < p->lane_count; i++) {
		batch_release(&p->batches[i]);
		build_release(&p->builds[i]);
	}
	free(p->batches);
	free(p->builds);
	free(p);
}

static int prepare_lane(struct prepared *p, const struct config *c, const char *dir, uint32_t lane,
			int nice, struct err *e)
{
	struct batch *b = &p->batches[lane];
	unsigned programs = 0;

	if (config_fixed(c)) {
		if (batch_from_target(b, &c->target, (int)c->lanes[lane].arch->id, e) < 0)
			return -1;
	} else if (draw_batch(b, c, dir, p->index, p->seed, e) < 0) {
		return -1;
	}
	for (unsigned i = 0; i < ENGINE_COUNT; i++)
		programs |= (unsigned)c->engines[i] << i;
	if (differ_wanted(c, p->index))
		programs |= BUILD_PLAIN;
	if (build_batch(&p->builds[lane], b, &c->lanes[lane], programs, nice, e) < 0)
		return err_prefix(e, "lane %s", c->lanes[lane].name);
	return 0;
}

struct prepared *prepared_build(const struct config *c, const char *dir, uint32_t index, int nice,
				struct err *e)
{
	struct prepared *p = xcalloc(1, sizeof(*p));

	p->index = index;
	p->seed = prepared_seed(c, index);
	p->lane_count = c->lane_count;
	p->batches = xcalloc(c->lane_count, sizeof(*p->batches));
	p->builds = xcalloc(c->lane_count, sizeof(*p->builds));
	p->users = 1;
	for (uint32_t i = 0; i < c->lane_count; i++)
		p->builds[i].hold = -1;
	for (uint32_t i = 0; i < c->lane_count; i++)
		if (prepare_lane(p, c, dir, i, nice, e) < 0) {
			prepared_free(p);
			return NULL;
		}
	return p;
}

struct prepared *prepared_use(struct prepared *p)
{
	p->users++;
	return p;
}

void prepared_drop(struct prepared *p)
{
	if (p && --p->users == 0)
		prepared_free(p);
}
