/* draw.h: campaign. The cases of a batch: from the corpus, beside it, and made up. */
#ifndef CAMPAIGN_DRAW_H
#define CAMPAIGN_DRAW_H

#include "campaign/config.h"
#include "emit/batch.h"

/*
 * Batch `index` of a campaign, drawn as config.mix says:
 * - cases of corpus/shapes, best first (cover_order()), batch after batch, then from the first again;
 * - neighbours of those and of what this campaign has kept (case_mutate());
 * - fresh ones of the campaign's population.
 * Neighbours and fresh ones that cover more than the corpus and all that was kept are kept, in
 * DIR/kept.txt. What was drawn is in DIR/cases/, a file a batch, and is not drawn again: it depends on the
 * seed, on the index and on what was kept until then. dir is the campaign's; NULL: nothing is kept.
 * What cgo cannot carry as the case wants it goes from C to C (route direct), so that no slot is lost.
 */
int draw_batch(struct batch *b, const struct config *c, const char *dir, uint32_t index,
	       uint64_t seed, struct err *e);

#endif
