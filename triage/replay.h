/* replay.h: triage. The plan of a bundle once more. */
#ifndef TRIAGE_REPLAY_H
#define TRIAGE_REPLAY_H

#include "triage/suspect.h"
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

/* Plans that are no longer those of the fault: b->dir has them (plan, earlier-N), b->rec the last one and who is
 * muted, b->exe the executable. Only this signature counts. Builds nothing. */
struct replay_how {
	const char *wanted;
	const char *keep; /* where the recorder of the first that is the same goes, its standard error to KEEP.stderr; or NULL */
	int tries;
	enum guilty_side side; /* that it must be, as far as a bundle alone tells; GUILTY_NONE: any */
};
int replay_again(struct replay *r, const struct bundle *b, const struct replay_how *how,
		 struct buf *text, struct err *e);

/* Does it show only where lanes are compared, or costs? */
bool replay_compares(const struct bundle *b);
/* replay_lanes.c: the same for those faults; r->tries is set. keep: as in replay_how. */
int replay_lanes(struct replay *r, const struct bundle *b, const char *keep, bool reference,
		 struct buf *text, struct err *e);

/* A new directory below TMPDIR, malloc'd; NULL and e. Sweeps up after processes that were killed. */
char *replay_temp_make(struct err *e);

#endif
