/* nightly.h: campaign. A campaign against the baseline of known issues: what counts as news, and what
 * as having done less than was promised. */
#ifndef CAMPAIGN_NIGHTLY_H
#define CAMPAIGN_NIGHTLY_H

#include "campaign/run.h"

/* A lane under an engine that gets fewer checked crossings in a second of its time is not at work. */
#define NIGHTLY_MIN_RATE 1000

/* Appends a line for everything that fell short of the configuration; false if nothing did. */
bool nightly_fell_short(const struct config *c, const struct outcome *o, struct buf *out);
/* Is the cluster news: confirmed and no known issue? */
bool nightly_is_news(const struct triage_cluster *c);
/* Appends a line for each cluster that is news. */
void nightly_news(const struct outcome *o, struct buf *out);

#endif
