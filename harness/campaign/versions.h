/* versions.h: campaign. Which tools a run uses, said first and stored always. */
#ifndef CAMPAIGN_VERSIONS_H
#define CAMPAIGN_VERSIONS_H

#include <jansson.h>

#include "base/buf.h"
#include "campaign/config.h"

/* {"afl":"...","kernel":"...","lanes":{NAME:{"go":...,...}}} and the same as lines of text. What
 * cannot be found out is left out; the run itself says what is missing. */
json_t *versions_collect(const struct config *c, struct buf *text);

#endif
