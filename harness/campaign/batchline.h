/* batchline.h: campaign. The next batch is built while the current one runs. */
#ifndef CAMPAIGN_BATCHLINE_H
#define CAMPAIGN_BATCHLINE_H

#include <stdbool.h>

#include "base/job.h"
#include "campaign/prepared.h"

#define BATCHLINE_NICE 2 /* of the builds beside engines */
#define BATCHLINE_TRIES 3 /* batches in a row that may fail to build */

/*
 * Batch after batch of a campaign, numbered from first_index on and made from the campaign's seed, the
 * number and what was kept until then (draw.h): who resumes with the number of the next batch goes on where the last run ended.
 *
 *     init; loop { poll; if it said 1 and a batch is wanted: take, use, prepared_drop }; release
 *
 * A child builds into the cache; the supervisor itself only finds what is there, in milliseconds. One
 * batch is built ahead, no more. Of a target with a table every batch is the same: take one.
 */
struct batchline {
	const struct config *config; /* borrowed, must outlive the line; so is dir */
	const char *dir; /* the campaign's, where it keeps its cases */
	struct job job;
	uint32_t index; /* batch under way */
	struct prepared *next; /* ready; the line is its user */
	int failures; /* in a row */
	bool first; /* nothing has been built yet: as fast as can be */
};

void batchline_init(struct batchline *l, const struct config *c, const char *dir,
		    uint32_t first_index);
/* Call often; never waits. Starts the child, or takes its result. 1: a batch is ready; 0: not yet; -1:
 * no batch could be built (the first, or BATCHLINE_TRIES in a row; e is what the last one said), or no
 * child started. A batch that fails otherwise is skipped with a word. */
int batchline_poll(struct batchline *l, struct err *e);
/* Hands over the batch that is ready, for the caller to drop; the next poll starts on another one.
 * NULL: none is. */
struct prepared *batchline_take(struct batchline *l);
void batchline_release(struct batchline *l); /* kills the child, drops what is ready */

#endif
