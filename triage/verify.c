/* verify.c: triage. Does a cluster happen again? Representatives are replayed, on both paths. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "triage/assign.h"
#include "triage/cluster.h"
#include "triage/ingest.h"
#include "triage/replay.h"
#include "triage/suspect.h"
#include "triage/text.h"

#define SMALLEST "ORDER BY plan_bytes, depth, name"

struct id_list {
	int64_t *id;
	size_t count, cap;
};

static void id_list_add(struct id_list *l, int64_t id)
{
	if (l->count == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 16;
		l->id = xrealloc(l->id, l->cap * sizeof(*l->id));
	}
	l->id[l->count++] = id;
}

/* First column of a query with one number. Collected first: nothing is read while it is changed. */
static int id_list_query(struct id_list *l, struct db *d, const char *sql, int64_t n, struct err *e)
{
	sqlite3_stmt *s = db_prepare(d, e, sql, "i", n);
	int rc = s ? 0 : -1;

	memset(l, 0, sizeof(*l));
	while (rc >= 0 && (rc = db_step(d, s, e)) > 0)
		id_list_add(l, sqlite3_column_int64(s, 0));
	sqlite3_finalize(s);
	return rc;
}

/* A replay that cannot be done is no verdict: it stays to be tried another time. */
int verify_replay(struct replay *r, const struct bundle *b, int tries, bool reference,
		  struct buf *text)
{
	struct err e = ERR_INIT;
	int rc;

	buf_addf(text, "%s:\n", reference ? "reference path" : "fast path");
	rc = replay_run(r, b, tries, reference, text, &e);
	if (rc < 0) {
		buf_addf(text, "  %s\n", e.msg);
		log_warn("%s could not be replayed%s: %s", b->name,
			 reference ? " on the reference path" : "", e.msg);
	}
	return rc;
}

/* The text may hold anything that a tool or a guest said. */
static int verdict_store(struct db *d, int64_t cluster, int64_t bundle, const struct replay *fast,
			 const struct replay *reference, const struct buf *text, struct err *e)
{
	struct buf clean = BUF_INIT;
	int rc;

	text_escape_lines(&clean, text->ptr, text->len);
	rc = db_run(d, e,
		    "UPDATE cluster SET replayed = ?2, replayed_ok = ?3, replayed_of = ?4,"
		    " reference_ok = ?5, reference_of = ?6, replay_text = ?7 WHERE id = ?1",
		    "iiiiiit", cluster, bundle, (int64_t)fast->same, (int64_t)fast->tries,
		    (int64_t)(reference ? reference->same : -1),
		    (int64_t)(reference ? reference->tries : 0), clean.ptr);
	buf_release(&clean);
	return rc;
}

/* Who is guilty, where more runs can tell. That it cannot be told is no failure. */
static int examine(struct db *d, int64_t id, const struct bundle *b, struct err *e)
{
	struct err why = ERR_INIT;
	struct suspect s;
	int rc;

	suspect_open(&s, b);
	if (suspect_examine(&s, &why) < 0)
		log_warn("%s: %s", b->name, why.msg);
	rc = cluster_suspect(d, id, &s, e);
	suspect_release(&s);
	return rc;
}

/* On the fast path, then if it was seen again on the reference path. 1: seen, 0: not, -1: error. */
static int verify_bundle(struct db *d, int64_t id, int64_t bundle, int tries, struct err *e)
{
	struct replay fast = { 0 }, reference = { 0 };
	char *path = bundle_row_path(d, bundle, e);
	struct buf text = BUF_INIT;
	struct err why = ERR_INIT;
	struct bundle b;
	int rc = path ? 0 : -1;

	if (path && dir_exists(path) && bundle_load(&b, path, &why) == 0) {
		/* What is foreign has nothing to replay it with: that is no verdict. */
		if (!b.foreign && verify_replay(&fast, &b, tries, false, &text) == 0) {
			bool both = fast.same > 0 &&
				verify_replay(&reference, &b, tries, true, &text) == 0;

			rc = verdict_store(d, id, bundle, &fast, both ? &reference : NULL, &text, e);
			if (rc == 0 && fast.same > 0)
				rc = examine(d, id, &b, e);
		}
		replay_release(&fast);
		replay_release(&reference);
		bundle_release(&b);
	}
	buf_release(&text);
	free(path);
	return rc < 0 ? -1 : fast.same > 0;
}

/* Where the smallest does not happen again, the next may. */
static int verify_cluster(struct db *d, int64_t id, int tries, struct err *e)
{
	struct id_list bundles;
	int rc = id_list_query(
		&bundles, d, "SELECT id FROM bundle WHERE cluster = ?1 " SMALLEST " LIMIT 3", id, e);

	for (size_t i = 0; rc == 0 && i < bundles.count; i++)
		rc = verify_bundle(d, id, bundles.id[i], tries, e);
	free(bundles.id);
	return rc < 0 ? -1 : 0;
}

/* The reference path alone, for a cluster where it could not be tried before. */
static int verify_reference(struct db *d, int64_t id, int tries, struct err *e)
{
	char *path = cluster_representative(d, id, NULL, e);
	struct replay reference = { 0 };
	struct buf text = BUF_INIT;
	struct err why = ERR_INIT;
	struct bundle b;
	int rc = 0;

	if (path && bundle_load(&b, path, &why) == 0) {
		if (verify_replay(&reference, &b, tries, true, &text) == 0)
			rc = db_run(d, e,
				    "UPDATE cluster SET reference_ok = ?2, reference_of = ?3 WHERE id = ?1",
				    "iii", id, (int64_t)reference.same, (int64_t)reference.tries);
		replay_release(&reference);
		bundle_release(&b);
	}
	buf_release(&text);
	free(path);
	return rc;
}

/* All deaths of a pre-signature stand or fall with the one that was replayed. */
static int death_store(struct db *d, const struct bundle *b, const struct replay *fast, struct err *e)
{
	char presig[24];
	uint64_t moved;
	int64_t cluster;
	int rc;

	snprintf(presig, sizeof(presig), "%016" PRIx64, b->presig);
	if (fast->same == 0)
		return db_run(d, e,
			      "UPDATE bundle SET tried = 1 WHERE presig = ?1 AND cluster IS NULL",
			      "t", presig);
	if (db_run(d, e, "BEGIN IMMEDIATE", "") < 0)
		return -1;
	rc = cluster_get(d, fast->signature.ptr, fast->title.ptr, "death", fast->weak, &cluster, e);
	if (rc == 0)
		rc = db_run(d, e,
			    "UPDATE bundle SET tried = 1, cluster = ?2, home = ?2"
			    " WHERE presig = ?1 AND cluster IS NULL",
			    "ti", presig, cluster);
	if (rc == 0)
		rc = assign_all(d, &moved, e);
	return db_end(d, rc, e);
}

static int verify_death(struct db *d, int64_t bundle, int tries, struct err *e)
{
	char *path = bundle_row_path(d, bundle, e);
	struct buf text = BUF_INIT;
	struct err why = ERR_INIT;
	struct replay fast;
	struct bundle b;
	int rc = path ? 0 : -1;

	if (path && dir_exists(path) && bundle_load(&b, path, &why) == 0) {
		if (verify_replay(&fast, &b, tries, false, &text) == 0)
			rc = death_store(d, &b, &fast, e);
		replay_release(&fast);
		bundle_release(&b);
	}
	buf_release(&text);
	free(path);
	return rc;
}

typedef int verify_fn(struct db *d, int64_t id, int tries, struct err *e);

static int verify_all(struct db *d, const struct id_list *ids, verify_fn *fn, int tries,
		      struct err *e)
{
	for (size_t i = 0; i < ids->count; i++)
		if (fn(d, ids->id[i], tries, e) < 0)
			return -1;
	return 0;
}

int cluster_verify(struct db *d, int tries, struct err *e)
{
	struct id_list deaths = { 0 }, clusters = { 0 }, references = { 0 };
	int rc = id_list_query(&deaths, d,
			       "SELECT id FROM (SELECT id, name, presig, row_number() OVER"
			       " (PARTITION BY presig " SMALLEST ") AS n FROM bundle"
			       " WHERE cluster IS NULL AND tried = ?1) WHERE n = 1 ORDER BY name",
			       0, e);

	for (size_t i = 0; rc == 0 && i < deaths.count; i++)
		rc = verify_death(d, deaths.id[i], tries, e);
	if (rc == 0)
		rc = id_list_query(&references, d,
				   "SELECT id FROM cluster WHERE replayed_ok > 0 AND reference_of = ?1"
				   " ORDER BY id",
				   0, e);
	if (rc == 0)
		rc = id_list_query(&clusters, d,
				   "SELECT id FROM cluster WHERE replayed_of = ?1 ORDER BY id", 0, e);
	if (rc == 0)
		rc = verify_all(d, &references, verify_reference, tries, e);
	if (rc == 0)
		rc = verify_all(d, &clusters, verify_cluster, tries, e);
	free(deaths.id);
	free(references.id);
	free(clusters.id);
	return rc;
}
