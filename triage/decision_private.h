/* decision_private.h: triage, for its own files. What decisions leave behind. */
#ifndef TRIAGE_DECISION_PRIVATE_H
#define TRIAGE_DECISION_PRIVATE_H

#include "triage/db.h"

/* Brings clusters in line with what was decided, within the caller's transaction; *moved: how many bundles. */
int decision_apply(struct db *d, uint64_t *moved, struct err *e);

/* Writes DATABASE.decisions, within the transaction of a decision: nobody comes between. */
int decision_keep(struct db *d, struct err *e);
/* Into a database that has no decisions, before any bundle: decisions and the clusters they are about, under their old
 * ids. *count: how many decisions. A file that cannot be read is an error; that there is none is not. */
int decision_restore(struct db *d, uint32_t *count, struct err *e);
/* When the bundles are there again: those that splits in force name. */
int decision_restore_bundles(struct db *d, struct err *e);

#endif
