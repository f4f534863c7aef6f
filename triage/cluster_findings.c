/* cluster_findings.c: triage. What reduction, attribution and plain programs have said of a cluster's bundles, or of one. */
#include <stdlib.h>

#include "base/file.h"
#include "triage/cluster.h"

static char *column_dup(sqlite3_stmt *s, int column)
{
	return xstrdup(db_text(s, column));
}

/* The best that reduction has come to, of what is still there. */
static int reduced_take(struct db *d, struct triage_cluster *c, int64_t cluster, int64_t bundle,
			struct err *e)
{
	sqlite3_stmt *s = db_prepare(
		d, e,
		"SELECT r.path, r.steps, r.args, r.leaves, r.took_ms FROM reduced r JOIN bundle b"
		" ON b.id = r.bundle WHERE (b.cluster = ?1 OR b.id = ?2)"
		" ORDER BY r.leaves, r.args, r.steps, r.at DESC",
		"ii", cluster, bundle);
	int rc = s ? 0 : -1;

	while (rc >= 0 && !c->reduced.path && (rc = db_step(d, s, e)) > 0)
		if (dir_exists(db_text(s, 0)))
			c->reduced = (struct triage_reduced){
				.path = column_dup(s, 0),
				.steps = (uint32_t)sqlite3_column_int64(s, 1),
				.args = (uint32_t)sqlite3_column_int64(s, 2),
				.leaves = (uint32_t)sqlite3_column_int64(s, 3),
				.took_ms = sqlite3_column_int64(s, 4),
			};
	sqlite3_finalize(s);
	return rc < 0 ? -1 : 0;
}

static int blame_take(struct db *d, struct triage_cluster *c, int64_t cluster, int64_t bundle,
		      struct err *e)
{
	sqlite3_stmt *s =
		db_prepare(d, e,
			   "SELECT l.words FROM blame l JOIN bundle b ON b.id = l.bundle"
			   " WHERE (b.cluster = ?1 OR b.id = ?2) ORDER BY l.at DESC, b.name LIMIT 1",
			   "ii", cluster, bundle);
	int rc = s ? db_step(d, s, e) : -1;

	if (rc > 0)
		c->blame = column_dup(s, 0);
	sqlite3_finalize(s);
	return rc < 0 ? -1 : 0;
}

/* The latest of each lane, whichever bundle was run there. */
static int verdicts_take(struct db *d, struct triage_cluster *c, int64_t cluster, int64_t bundle,
			 struct err *e)
{
	sqlite3_stmt *s = db_prepare(
		d, e,
		"SELECT lane, verdict, signature, same, tries FROM (SELECT v.*, row_number() OVER"
		" (PARTITION BY v.lane ORDER BY v.at DESC, v.bundle) AS n FROM verdict v JOIN bundle b"
		" ON b.id = v.bundle WHERE (b.cluster = ?1 OR b.id = ?2)) WHERE n = 1 ORDER BY lane",
		"ii", cluster, bundle);
	int rc = s ? 0 : -1;

	while (rc >= 0 && (rc = db_step(d, s, e)) > 0) {
		c->verdicts = xrealloc(c->verdicts, (c->verdict_count + 1) * sizeof(*c->verdicts));
		c->verdicts[c->verdict_count++] = (struct triage_verdict){
			.lane = column_dup(s, 0),
			.verdict = column_dup(s, 1),
			.signature = column_dup(s, 2),
			.same = sqlite3_column_int(s, 3),
			.tries = sqlite3_column_int(s, 4),
		};
	}
	sqlite3_finalize(s);
	return rc;
}

/* What shows it, of what is still there; else the latest. */
static int upstream_take(struct db *d, struct triage_cluster *c, int64_t cluster, int64_t bundle,
			 struct err *e)
{
	sqlite3_stmt *s = db_prepare(d, e,
				     "SELECT u.outcome, u.path, u.why FROM upstream u JOIN bundle b"
				     " ON b.id = u.bundle WHERE (b.cluster = ?1 OR b.id = ?2)"
				     " ORDER BY u.outcome = 'shown' DESC, u.at DESC, b.name",
				     "ii", cluster, bundle);
	int rc = s ? 0 : -1;

	while (rc >= 0 && !c->upstream.outcome && (rc = db_step(d, s, e)) > 0)
		if (!*db_text(s, 1) || dir_exists(db_text(s, 1)))
			c->upstream = (struct triage_upstream){
				.outcome = column_dup(s, 0),
				.path = column_dup(s, 1),
				.why = column_dup(s, 2),
			};
	sqlite3_finalize(s);
	return rc < 0 ? -1 : 0;
}

int findings_take(struct db *d, struct triage_cluster *c, int64_t cluster, int64_t bundle,
		  struct err *e)
{
	return reduced_take(d, c, cluster, bundle, e) < 0 ||
			blame_take(d, c, cluster, bundle, e) < 0 ||
			upstream_take(d, c, cluster, bundle, e) < 0 ||
			verdicts_take(d, c, cluster, bundle, e) < 0
		? -1
		: 0;
}
