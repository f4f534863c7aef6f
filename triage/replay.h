/* replay.h: triage. The plan of a bundle once more. */
#ifndef TRIAGE_REPLAY_H
#define TRIAGE_REPLAY_H

#include "triage/triage.h"

struct replay {
	int same, tries; /* how many of the tries gave the bundle's signature */
	bool with_earlier; /* only together with the plans that ran before */
	bool weak;
	struct buf signature, title; /* of the fault as it was seen again; "" if never */
};

/* Builds nothing if the bundle's executable is kept; reference: builds its batch by plain `go build`
 * first. 0: tried, look at r. -1: could not be tried (no executable, no QEMU, nothing built). `text` gets a
 * line for each run. Several at once are safe. */
int replay_run(struct replay *r, const struct bundle *b, int tries, bool reference,
	       struct buf *text, struct err *e);
void replay_release(struct replay *r);

/* replay_lanes.c: the same for faults that show in comparison of two lanes; r->tries is set. */
int replay_lanes(struct replay *r, const struct bundle *b, bool reference, struct buf *text,
		 struct err *e);

/* A new directory below TMPDIR, malloc'd; NULL and e. Sweeps up after processes that were killed. */
char *replay_temp_make(struct err *e);

#endif
