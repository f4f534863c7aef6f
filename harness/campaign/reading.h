/* reading.h: campaign. What an engine that begins by reading its corpus has still to read. One that dies while it reads
 * goes on behind the plan that killed it, instead of reading all again. */
#ifndef CAMPAIGN_READING_H
#define CAMPAIGN_READING_H

#include <stdint.h>

#include "base/err.h"
#include "campaign/strlist.h"

#define READING_AGAIN \
	32 /* plans already read that are read again, so that there is something to change */

struct reading {
	struct strlist names; /* of the files of dir, in the order of reading */
	char *dir;
	uint32_t next; /* of names: the first not yet given */
	uint32_t given; /* from there, by the last reading_give() */
	uint32_t again; /* of names: the next to be read again */
};

/* All files of dir, in an order that the seed decides. */
int reading_begin(struct reading *r, const char *dir, uint64_t seed, struct err *e);
/* Writes what is to be read next to path, as libFuzzer's -seed_inputs=@path wants it: paths joined by ','. */
int reading_give(struct reading *r, const char *path, struct err *e);
/* So many of the plans that were given last have been run, the last of them perhaps not to its end. */
void reading_went(struct reading *r, uint32_t plans);
/* A further file of dir that has been read already. */
void reading_add(struct reading *r, const char *name);
void reading_release(struct reading *r); /* may be begun again */

#endif
