/* prepared.h: campaign. A batch, built in every lane of the campaign. */
#ifndef CAMPAIGN_PREPARED_H
#define CAMPAIGN_PREPARED_H

#include "campaign/config.h"
#include "emit/batch.h"
#include "lane/build.h"

struct prepared {
	uint32_t index; /* which batch of the campaign */
	uint64_t seed; /* of its cases */
	uint32_t lane_count;
	struct batch *batches; /* [lane_count]: a target's rows differ by architecture */
	struct build *builds; /* [lane_count] */
	uint32_t users; /* instances that run it, and the run itself */
};

/* The seed of a campaign's batch. */
uint64_t prepared_seed(const struct config *c, uint32_t index);
/* Makes the cases and builds them in every lane, one after the other; quick if all is cached.
 * NULL and e if a lane cannot be built. dir: the campaign's (draw.h), or NULL. nice: for the tools. */
struct prepared *prepared_build(const struct config *c, const char *dir, uint32_t index, int nice,
				struct err *e);
struct prepared *prepared_use(struct prepared *p);
void prepared_drop(struct prepared *p); /* frees with the last user; NULL is fine */

#endif
