/* schema.h: triage, for its own files. The tables of the database, and how old ones become new. */
#ifndef TRIAGE_SCHEMA_H
#define TRIAGE_SCHEMA_H

#include "triage/db.h"

/* Kept in PRAGMA user_version: how many steps have been made. A later one is refused. */
#define SCHEMA_VERSION 4

/* Makes the steps from version `from` (0: an empty file) on, in one transaction: all or none. What people
 * decided is not in the spool, so no step may drop it. Foreign keys must be off. */
int schema_migrate(struct db *d, int64_t from, struct err *e);

#endif
