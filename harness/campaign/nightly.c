/* nightly.c: campaign. A campaign against the baseline of known issues. */
#include "campaign/nightly.h"

#include <inttypes.h>
#include <string.h>

static const struct status_lane *find(const struct status *s, const char *lane, const char *engine)
{
	for (uint32_t i = 0; i < s->lane_count; i++)
		if (strcmp(s->lanes[i].lane, lane) == 0 && strcmp(s->lanes[i].engine, engine) == 0)
			return &s->lanes[i];
	return NULL;
}

static bool lane_short(const struct lane *lane, const char *engine, uint64_t min_rate,
		       const struct outcome *o, struct buf *out)
{
	const struct status_lane *l = find(&o->status, lane->name, engine);
	/* turbulent plans cross as seldom as what they do otherwise takes */
	uint64_t crossings = l ? l->crossings - l->turbulent_crossings : 0;
	uint64_t ms = l ? l->run_ms - l->turbulent_ms : 0;

	if (!l || l->executions == 0)
		buf_addf(out, "%s never ran in lane %s\n", engine, lane->name);
	else if (crossings * 1000 < min_rate * ms)
		buf_addf(out, "%s made %" PRIu64 " crossings in %" PRIu64 " s in lane %s\n", engine,
			 crossings, ms / 1000, lane->name);
	else
		return false;
	return true;
}

bool nightly_fell_short(const struct config *c, const struct outcome *o, struct buf *out)
{
	/* where the few cases of a table kill their guests they are muted, and nothing is left to cross */
	uint64_t min_rate = config_fixed(c) ? 0 : NIGHTLY_MIN_RATE;
	bool is_short = false;

	if (o->interrupted) {
		buf_addf(out, "stopped before its time: %" PRId64 " of %" PRId64 " s\n",
			 o->ran_ms / 1000, c->time_ms / 1000);
		is_short = true;
	}
	if (!o->judged) {
		buf_addstr(out, "what was found could not be judged\n");
		is_short = true;
	}
	for (uint32_t lane = 0; lane < c->lane_count; lane++)
		for (int k = 0; k < ENGINE_COUNT; k++)
			if (c->engines[k])
				is_short |= lane_short(&c->lanes[lane], engine_names[k], min_rate,
						       o, out);
	return is_short;
}

bool nightly_is_news(const struct triage_cluster *c)
{
	return !c->known && !c->ignored && !(c->replayed_of > 0 && c->replayed_ok <= 0) &&
		!(c->reference_of > 0 && c->reference_ok <= 0);
}

void nightly_news(const struct outcome *o, struct buf *out)
{
	for (uint32_t i = 0; i < o->triage.cluster_count && o->triage.fresh; i++) {
		const struct triage_cluster *c = &o->triage.clusters[i];

		if (nightly_is_news(c))
			buf_addf(out, "new: %s (%" PRIu64 " times, %s) %s%s%s\n",
				 c->title ? c->title : c->signature, c->count, c->lanes, c->bundle,
				 c->outdated ? "; known: " : "", c->outdated ? c->outdated : "");
	}
}
