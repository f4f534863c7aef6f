/* cluster.h: triage, for its own files. Clusters as rows of the database. */
#ifndef TRIAGE_CLUSTER_H
#define TRIAGE_CLUSTER_H

#include "triage/db.h"
#include "triage/triage.h"

/* Opens the database of a campaign, or the one that is named; it must be there: else EXIT_USAGE. */
int triage_open_old(struct db *d, const char *where, struct err *e);

/* The rows of one cluster or (id 0) of all that have bundles; cluster_take() reads the row it is at. */
sqlite3_stmt *cluster_query(struct db *d, int64_t id, struct err *e);
int cluster_take(struct db *d, sqlite3_stmt *s, struct triage_cluster *c, char **replay_text,
		 struct err *e);

/* The bundle that was replayed, else the smallest that is still there; malloc'd path, NULL: none. id: its
 * row, may be NULL. */
char *cluster_representative(struct db *d, int64_t cluster, int64_t *id, struct err *e);
/* campaign: its path in the database, "" for the database's own. malloc'd. */
char *cluster_bundle_path(const struct db *d, const char *campaign, const char *name);
char *bundle_row_path(struct db *d, int64_t bundle, struct err *e); /* malloc'd, NULL and e */

/* One cluster; EXIT_USAGE if there is none of the id. replay_text: malloc'd, may be NULL. */
int cluster_read(struct db *d, int64_t id, struct triage_cluster *c, char **replay_text,
		 struct err *e);
/* Do known issues explain it? Sets known, or outdated. */
struct known_issues;
void cluster_judge(struct triage_cluster *c, const struct known_issues *known, bool with_note);
/* reduced, blame, upstream and verdicts of a cluster's bundles, or (cluster 0) of one. */
int findings_take(struct db *d, struct triage_cluster *c, int64_t cluster, int64_t bundle,
		  struct err *e);
/* Reads all clusters. */
int cluster_list(struct db *d, const char *known_issues, struct triage_result *r, struct err *e);

#endif
