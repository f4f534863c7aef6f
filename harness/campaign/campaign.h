/* campaign.h: campaign. A campaign's directory: configuration, who holds it, what it has done. */
#ifndef CAMPAIGN_CAMPAIGN_H
#define CAMPAIGN_CAMPAIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "campaign/config.h"

#define CAMPAIGN_VERSION 1

struct campaign {
	char *dir; /* absolute */
	int lock; /* descriptor */
	bool resumed;
	struct config config;
};

/*
 * Makes the directory asked for (or one of its own below build/campaigns/), or opens the campaign
 * that is there. Takes the lock. EXIT_USAGE: contradicting options, a directory that holds something
 * else; EXIT_ENVIRON: another version, in use (by whom), cannot be written.
 */
int campaign_open(struct campaign *c, const struct request *r, struct err *e);
/* Adds this run's command and the versions of its tools (may be NULL) to campaign.json. */
int campaign_record(const struct campaign *c, json_t *versions, struct err *e);
char *campaign_path(const struct campaign *c, const char *name); /* malloc'd DIR/name */
void campaign_close(struct campaign *c);

/* Is the campaign in dir held by a process? Its number, or 0; -1 if that cannot be told. */
long campaign_holder(const char *dir);
/* campaign.json of a directory, version checked; NULL and e if it is not one. */
json_t *campaign_read(const char *dir, struct err *e);

#endif
