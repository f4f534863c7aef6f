/* config_choose.h: campaign. What words choose: engines, lanes, a target. For config.c only. */
#ifndef CAMPAIGN_CONFIG_CHOOSE_H
#define CAMPAIGN_CONFIG_CHOOSE_H

#include "base/buf.h"
#include "campaign/config.h"

void config_list_add(struct buf *list, const char *name); /* ", name" */

/* Each: 0, or -1 with e (EXIT_USAGE), which lists the valid words. */
int config_choose_engines(bool engines[ENGINE_COUNT], const char *text, struct err *e);
int config_choose_lanes(struct config *c, const struct request *r, struct err *e);
int config_choose_target(struct config *c, const char *text, struct err *e);
/* arch NULL: the name says it itself. A lane that is there already is not added twice. */
int config_add_lane(struct config *c, const char *text, const struct arch_info *arch, struct err *e);

#endif
