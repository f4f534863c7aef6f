/* resign.c: triage. What was signed by an earlier version is signed again, while the bundles are there. */
#include "triage/resign.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "triage/assign.h"
#include "triage/cluster.h"
#include "triage/ingest.h"
#include "triage/signature.h"

struct signed_bundle {
	int64_t id;
	char *signature, *title;
	bool weak;
	uint32_t alike; /* how many of the cluster have the same now */
};
struct old_cluster {
	int64_t id;
	char *signature, *kind;
	struct signed_bundle *bundles; /* those that could be signed */
	uint32_t count;
};

static void old_cluster_release(struct old_cluster *c)
{
	for (uint32_t i = 0; i < c->count; i++) {
		free(c->bundles[i].signature);
		free(c->bundles[i].title);
	}
	free(c->bundles);
	free(c->signature);
	free(c->kind);
}

static bool is_of_now(const char *signature)
{
	return strtol(signature, NULL, 10) == SIGNATURE_VERSION;
}

static void sign_one(struct old_cluster *c, int64_t id, const char *path)
{
	struct buf signature = BUF_INIT, title = BUF_INIT, stack = BUF_INIT;
	struct err ignored = ERR_INIT;
	struct bundle b;
	bool weak;

	if (!dir_exists(path) || bundle_load(&b, path, &ignored) < 0)
		return;
	if (signature_make(&b, &signature, &title, &stack, &weak, &ignored) == 0) {
		c->bundles = xrealloc(c->bundles, (c->count + 1) * sizeof(*c->bundles));
		c->bundles[c->count++] =
			(struct signed_bundle){ .id = id,
						.signature = buf_detach(&signature, NULL),
						.title = buf_detach(&title, NULL),
						.weak = weak };
	}
	buf_release(&signature);
	buf_release(&title);
	buf_release(&stack);
	bundle_release(&b);
}

static int sign_bundles(struct old_cluster *c, struct db *d, struct err *e)
{
	sqlite3_stmt *s =
		db_prepare(d, e, "SELECT id FROM bundle WHERE home = ?1 ORDER BY id", "i", c->id);
	int rc = s ? 0 : -1;

	while (rc >= 0 && (rc = db_step(d, s, e)) > 0) {
		int64_t id = sqlite3_column_int64(s, 0);
		char *path = bundle_row_path(d, id, e);

		if (path)
			sign_one(c, id, path);
		else
			rc = -1;
		free(path);
	}
	sqlite3_finalize(s);
	return rc;
}

/* How a death ended is known of a replay, not of the bundle: its signature has kept its words in all versions. */
static char *death_signature(const struct old_cluster *c)
{
	return xasprintf("%d%s", SIGNATURE_VERSION, c->signature + strcspn(c->signature, "|"));
}

static const struct signed_bundle *most_of(struct old_cluster *c)
{
	const struct signed_bundle *best = NULL;

	for (uint32_t i = 0; i < c->count; i++) {
		struct signed_bundle *b = &c->bundles[i];

		for (uint32_t k = 0; k < c->count; k++)
			b->alike += !strcmp(b->signature, c->bundles[k].signature);
		if (!best || b->alike > best->alike)
			best = b;
	}
	return best;
}

/* The cluster's own row, unless another has that signature already. */
static int rename_cluster(struct db *d, int64_t id, const char *signature, const char *title,
			  bool weak, struct err *e)
{
	return db_run(d, e,
		      "UPDATE cluster SET signature = ?2, title = coalesce(?3, title), weak = ?4"
		      " WHERE id = ?1 AND NOT EXISTS"
		      " (SELECT 1 FROM cluster o WHERE o.signature = ?2 AND o.origin IS NULL)",
		      "itti", id, signature, title, (int64_t)weak);
}

static int store_bundles(struct db *d, struct old_cluster *c, struct err *e)
{
	const struct signed_bundle *most = most_of(c);
	int rc = most ? rename_cluster(d, c->id, most->signature, most->title, most->weak, e) : 0;

	for (uint32_t i = 0; rc == 0 && i < c->count; i++) {
		const struct signed_bundle *b = &c->bundles[i];
		int64_t home;

		rc = cluster_get(d, b->signature, b->title, c->kind, b->weak, &home, e);
		if (rc == 0 && home != c->id)
			rc = db_run(d, e, "UPDATE bundle SET home = ?2 WHERE id = ?1", "ii", b->id,
				    home);
	}
	return rc;
}

static int store(struct db *d, struct old_cluster *c, struct err *e)
{
	uint64_t moved;
	int rc;

	if (db_run(d, e, "BEGIN IMMEDIATE", "") < 0)
		return -1;
	if (!strcmp(c->kind, "death")) {
		char *signature = death_signature(c);

		rc = rename_cluster(d, c->id, signature, NULL, false, e);
		free(signature);
	} else {
		rc = store_bundles(d, c, e);
	}
	/* Those that people have split from it show its signature. */
	if (rc == 0)
		rc = db_run(d, e,
			    "UPDATE cluster SET signature ="
			    " (SELECT o.signature FROM cluster o WHERE o.id = ?1) WHERE origin = ?1",
			    "i", c->id);
	if (rc == 0)
		rc = assign_all(d, &moved, e);
	return db_end(d, rc, e);
}

/* Collected first: nothing is read while it is changed. */
static int old_clusters(struct db *d, struct old_cluster **v, uint32_t *n, struct err *e)
{
	sqlite3_stmt *s = db_prepare(d, e,
				     "SELECT id, signature, kind FROM cluster c WHERE origin IS NULL"
				     " AND EXISTS (SELECT 1 FROM bundle b WHERE b.home = c.id)",
				     "");
	int rc = s ? 0 : -1;

	while (rc >= 0 && (rc = db_step(d, s, e)) > 0) {
		if (is_of_now(db_text(s, 1)))
			continue;
		*v = xrealloc(*v, (*n + 1) * sizeof(**v));
		(*v)[(*n)++] = (struct old_cluster){ .id = sqlite3_column_int64(s, 0),
						     .signature = xstrdup(db_text(s, 1)),
						     .kind = xstrdup(db_text(s, 2)) };
	}
	sqlite3_finalize(s);
	return rc;
}

int resign_all(struct db *d, struct err *e)
{
	struct old_cluster *v = NULL;
	uint32_t n = 0, again = 0;
	int rc = old_clusters(d, &v, &n, e);

	for (uint32_t i = 0; i < n; i++) {
		if (rc == 0)
			rc = sign_bundles(&v[i], d, e);
		if (rc == 0 && (v[i].count || !strcmp(v[i].kind, "death"))) {
			rc = store(d, &v[i], e);
			again++;
		}
		old_cluster_release(&v[i]);
	}
	free(v);
	if (rc == 0 && again)
		log_detail("%u clusters had signatures of an earlier version: their bundles are signed anew",
			   again);
	return rc < 0 ? err_prefix(e, "signing bundles anew") : 0;
}
