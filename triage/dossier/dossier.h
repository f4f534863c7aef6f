/* dossier.h: triage. Everything that a bundle tells beyond its fault, in parts (part.def): data first,
 * and text for a person made from that data alone, so that both say the same. */
#ifndef TRIAGE_DOSSIER_DOSSIER_H
#define TRIAGE_DOSSIER_DOSSIER_H

#include <jansson.h>

#include "triage/triage.h"

/* An object with a member for each row of part.def, null where the bundle has nothing of it. Never fails:
 * what cannot be read is left out. The caller's reference. */
json_t *dossier_make(const struct bundle *b);
/* The same as text, safe for a terminal. Names of parts that are wanted, or NULL: all. */
void dossier_print(const json_t *dossier, struct buf *out);

/* What reduce, blame and emit have found of a cluster, or of a bundle (triage_findings_read); where they were not asked, the
 * command that does, for `where` as in triage/next.h. Uses reduced, blame, verdicts, upstream, smallest and lanes. */
json_t *dossier_findings(const struct triage_cluster *c, const char *where);
void dossier_print_findings(const json_t *findings, struct buf *out);

/* What the cluster's bundles say of each lane of the campaign: an array, lanes.c. NULL and e on failure. */
json_t *dossier_lanes(const char *campaign_dir, const struct triage_cluster *c, struct err *e);
void dossier_print_lanes(const json_t *lanes, struct buf *out);

#endif
