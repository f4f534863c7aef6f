/* resign.h: triage, for its own files. Rows of an earlier version of signatures. */
#ifndef TRIAGE_RESIGN_H
#define TRIAGE_RESIGN_H

#include "triage/db.h"

/* Signs bundles anew whose cluster has a signature of another version. A cluster keeps its id, and what people decided
 * of it, for the signature that most of its bundles have now; the others move. Of bundles that are gone nothing is known:
 * they stay where they are, and a cluster of which all are gone keeps the signature it has. A kill leaves each cluster
 * done or not begun. */
int resign_all(struct db *d, struct err *e);

#endif
