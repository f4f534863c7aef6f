/* run_instances.c: campaign. The instances of a run, and what becomes of what they record. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/rng.h"
#include "campaign/run.h"

#define STDERR_BYTES 16384

/* A recorder file becomes a bundle. The stack dump of a dying guest is at the end of its log. */
int run_record(void *ctx, struct instance *i, const char *rec_path, struct err *e)
{
	struct run *r = ctx;
	struct buf tail = BUF_INIT;
	struct bundle_source src = {
		.campaign_dir = r->campaign->dir,
		.build = &i->batch->builds[i->lane_index],
		.lane = i->lane,
		.engine = i->ops->id,
		.target = i->target,
		.batch = &i->batch->batches[i->lane_index],
		.seed = r->campaign->config.seed,
	};
	struct err why = ERR_INIT;
	bool kept = false;
	int rc;

	engine_tail(i->log, STDERR_BYTES, &tail);
	src.stderr_text = tail.ptr;
	rc = bundle_write(&src, rec_path, &kept, &why);
	buf_release(&tail);
	if (rc < 0) {
		*e = why;
		return err_prefix(e, "%s stays where it is", rec_path);
	}
	if (why.status)
		log_warn("a recorder was moved to quarantine: %s", why.msg);
	r->recorded++;
	r->kept += kept;
	return 0;
}

/* Instance n of the run: which lane, which engine. */
static void make_instance(struct run *r, uint32_t n, uint32_t lane, enum engine engine,
			  uint32_t replica)
{
	const struct config *c = &r->campaign->config;
	struct instance *i = &r->instances[n];
	uint64_t words[2] = { c->seed, n };

	i->ops = engine_ops_of(engine);
	i->lane = &c->lanes[lane];
	i->lane_index = lane;
	i->tools = r->tools[lane];
	i->name = replica ? xasprintf("%s-%s-%u", i->ops->name, i->lane->name, replica + 1)
			  : xasprintf("%s-%s", i->ops->name, i->lane->name);
	i->dir = xasprintf("%s/engines/%s", r->campaign->dir, i->name);
	i->log = xasprintf("%s/log/%s.log", r->campaign->dir, i->name);
	i->seed = hash_u64(words, sizeof(words));
	i->hang_ms = i->lane->arch->hang_ms;
	i->turbulence = c->turbulence;
	i->misuse = c->misuse;
	i->target = c->target.name;
	i->stacks = &r->stacks;
	i->record = run_record;
	i->record_ctx = r;
}

/* One instance for each lane and engine, more if there are more jobs. */
int run_make_instances(struct run *r, struct err *e)
{
	const struct config *c = &r->campaign->config;
	uint32_t pairs = config_pairs(c), n = 0;

	BUG_ON(!pairs);
	r->tools = xcalloc(c->lane_count, sizeof(*r->tools));
	for (uint32_t lane = 0; lane < c->lane_count; lane++)
		if (toolchain_resolve(&r->tools[lane], &c->lanes[lane], e) < 0)
			return -1;
	r->count = c->jobs > pairs ? c->jobs : pairs;
	r->instances = xcalloc(r->count, sizeof(*r->instances));
	for (uint32_t replica = 0; n < r->count; replica++)
		for (uint32_t lane = 0; lane < c->lane_count; lane++)
			for (int k = 0; k < ENGINE_COUNT && n < r->count; k++)
				if (c->engines[k])
					make_instance(r, n++, lane, (enum engine)k, replica);
	return 0;
}
