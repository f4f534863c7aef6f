/* ingest.h: triage, for its own files. From bundles in the spool to rows, from rows to clusters. */
#ifndef TRIAGE_INGEST_H
#define TRIAGE_INGEST_H

#include "triage/db.h"
#include "triage/triage.h"

/* Every bundle of a campaign's spool/ that has no row yet gets one, and a stack.txt; what cannot be read moves to
 * quarantine/, but what another version has written stays and is added to *others. May be killed at any time and done again; two at once are safe. */
int ingest_spool(struct db *d, const char *campaign_dir, uint64_t *others, struct err *e);

/* The cluster with that signature, made if it is not there. */
int cluster_get(struct db *d, const char *signature, const char *title, const char *kind, bool weak,
		int64_t *id, struct err *e);
/* What is known of who is guilty, unless as much was known before. */
struct suspect;
int cluster_suspect(struct db *d, int64_t id, const struct suspect *s, struct err *e);
/* Replays representatives that were not yet; deaths that a replay confirms get their cluster. */
int cluster_verify(struct db *d, int tries, struct err *e);
/* Replays a bundle into text; -1: it could not be tried, which is no verdict. */
struct replay;
int verify_replay(struct replay *r, const struct bundle *b, int tries, bool reference,
		  struct buf *text);

#endif
