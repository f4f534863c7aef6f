/* campaigns.h: cli. Which campaign is meant where none is named. */
#ifndef CLI_CAMPAIGNS_H
#define CLI_CAMPAIGNS_H

/* The directory we stand in, if it has that file ("triage.db", "campaign.json"), else the campaign of build/campaigns
 * whose file is the youngest; malloc'd, NULL: none. */
char *campaign_last(const char *file);

#endif
