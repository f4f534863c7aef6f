/* assign.h: triage, for its own files. Which cluster a bundle is in, by its signature and what people decided. */
#ifndef TRIAGE_ASSIGN_H
#define TRIAGE_ASSIGN_H

#include "triage/db.h"

/* The merges and splits in force, in the order they were decided. */
struct assign;
struct assign *assign_read(struct db *d, struct err *e); /* NULL and e */
void assign_free(struct assign *a);
/* home: the cluster of its signature. bundle: its row, 0: it has none yet. lanes: joined by ','. */
int64_t assign_cluster(const struct assign *a, int64_t home, int64_t bundle, const char *lanes);
/* Brings rows in line with the decisions in force, within the caller's transaction; *moved: how many bundles. */
int assign_all(struct db *d, uint64_t *moved, struct err *e);

#endif
