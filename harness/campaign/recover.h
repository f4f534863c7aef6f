/* recover.h: campaign. What a run that was killed has left behind. */
#ifndef CAMPAIGN_RECOVER_H
#define CAMPAIGN_RECOVER_H

#include "campaign/campaign.h"
#include "campaign/instance.h"

/*
 * Ends processes that outlived the last run, then turns what lies in every slice directory into
 * bundles by `record`, and removes it. A slice that cannot be read is moved to quarantine/ with its
 * reason. A guest that was killed together with its supervisor is no fault. -1: EXIT_ENVIRON.
 */
int recover(const struct campaign *c,
	    int (*record)(void *ctx, struct instance *i, const char *rec_path, struct err *e),
	    void *ctx, struct err *e);

#endif
