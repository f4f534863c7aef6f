/* batchline.h: campaign. The next batch is built while the current one runs. */
#ifndef CAMPAIGN_BATCHLINE_H
#define CAMPAIGN_BATCHLINE_H

#include <stdbool.h>

#include "campaign/job.h"
#include "campaign/prepared.h"

#define BATCHLINE_NICE 2
#define BATCHLINE_TRIES 3 /* batches in a row that may fail to build */

struct batchline {
	const struct config *config;
	struct job job;
	uint32_t index; /* batch under way */
	struct prepared *next; /* ready */
	int failures; /* in a row */
	bool first; /* nothing has been built yet: as fast as can be */
};

void batchline_init(struct batchline *l, const struct config *c, uint32_t first_index);
/* Call often. Starts the child, or takes its result. 1: a batch is ready; 0: not yet; -1: no batch
 * could be built (the first, or several in a row). A batch that fails is skipped with a word. */
int batchline_poll(struct batchline *l, struct err *e);
/* Hands over the batch that is ready; the next poll starts on another one. NULL: none is. */
struct prepared *batchline_take(struct batchline *l);
void batchline_release(struct batchline *l);

#endif
