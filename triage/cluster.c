/* cluster.c: triage. Clusters: which bundle stands for one, how many there are, who knows of it. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "triage/ingest.h"
#include "triage/known.h"
#include "triage/spool.h"

char *cluster_bundle_path(const struct db *d, const char *name)
{
	return xasprintf("%s/spool/%s", d->campaign_dir, name);
}

/* The smallest plan stands for its cluster, with the least nesting. */
char *cluster_representative(struct db *d, int64_t cluster, struct err *e)
{
	sqlite3_stmt *s = db_prepare(d, e,
				     "SELECT b.name FROM bundle b JOIN cluster c ON c.id = b.cluster"
				     " WHERE c.id = ?1 ORDER BY b.name IS NOT c.replayed,"
				     " b.plan_bytes, b.depth, b.name",
				     "i", cluster);
	char *name = NULL;

	while (s && !name && db_step(d, s, e) > 0) {
		char *path = cluster_bundle_path(d, db_text(s, 0));

		if (dir_exists(path))
			name = xstrdup(db_text(s, 0));
		free(path);
	}
	sqlite3_finalize(s);
	return name;
}

static char *column_dup(sqlite3_stmt *s, int column)
{
	return xstrdup(db_text(s, column));
}

#define CLUSTER_COLUMNS \
	"SELECT c.id, c.signature, c.title, c.kind, c.weak, c.replayed_ok, c.replayed_of," \
	" c.reference_ok, c.reference_of, c.replay_text, group_concat(DISTINCT b.lane), count(*)," \
	" c.guilty, c.guilty_text" \
	" FROM cluster c JOIN bundle b ON b.cluster = c.id "

static int members_take(struct db *d, struct triage_cluster *c, struct err *e)
{
	sqlite3_stmt *s = db_prepare(
		d, e, "SELECT name FROM bundle WHERE cluster = ?1 ORDER BY name", "i", c->id);
	int rc = s ? 0 : -1;

	while (rc >= 0 && (rc = db_step(d, s, e)) > 0) {
		c->members = xrealloc(c->members, (c->member_count + 1) * sizeof(*c->members));
		c->members[c->member_count++] = column_dup(s, 0);
	}
	sqlite3_finalize(s);
	return rc;
}

static int cluster_take(struct db *d, sqlite3_stmt *s, struct triage_cluster *c, struct err *e)
{
	char *name;

	memset(c, 0, sizeof(*c));
	c->id = sqlite3_column_int64(s, 0);
	c->signature = column_dup(s, 1);
	c->title = column_dup(s, 2);
	c->kind = column_dup(s, 3);
	c->weak = sqlite3_column_int(s, 4) != 0;
	c->replayed_ok = sqlite3_column_int(s, 5);
	c->replayed_of = sqlite3_column_int(s, 6);
	c->reference_ok = sqlite3_column_int(s, 7);
	c->reference_of = sqlite3_column_int(s, 8);
	c->lanes = column_dup(s, 10);
	c->count = (uint64_t)sqlite3_column_int64(s, 11);
	c->guilty = column_dup(s, 12);
	c->guilty_text = column_dup(s, 13);
	name = cluster_representative(d, c->id, e);
	c->bundle = cluster_bundle_path(d, name ? name : "?");
	free(name);
	return members_take(d, c, e);
}

/* What the spool saw and did not keep counts too, for the cluster of the first of its kind. */
static int add_counted(struct db *d, struct triage_cluster *clusters, uint32_t count, struct err *e)
{
	sqlite3_stmt *s = db_prepare(d, e,
				     "SELECT presig, count(*), min(cluster) FROM bundle"
				     " WHERE cluster IS NOT NULL GROUP BY presig",
				     "");
	struct spool spool;
	int rc;

	if (!s || spool_open(&spool, d->campaign_dir, e) < 0) {
		sqlite3_finalize(s);
		return -1;
	}
	while ((rc = db_step(d, s, e)) > 0) {
		uint64_t seen = spool_count(&spool, strtoull(db_text(s, 0), NULL, 16));
		uint64_t kept = (uint64_t)sqlite3_column_int64(s, 1);

		for (uint32_t i = 0; i < count && seen > kept; i++)
			if (clusters[i].id == sqlite3_column_int64(s, 2))
				clusters[i].count += seen - kept;
	}
	sqlite3_finalize(s);
	return spool_close(&spool, rc, e);
}

int cluster_read(struct db *d, int64_t id, struct triage_cluster *c, char **replay_text,
		 struct err *e)
{
	sqlite3_stmt *s = db_prepare(d, e, CLUSTER_COLUMNS "WHERE c.id = ?1 GROUP BY c.id", "i", id);
	int rc = s ? db_step(d, s, e) : -1;

	if (rc == 0)
		rc = err_set(e, EXIT_USAGE, "%s: no cluster %lld; `cgofuzz triage %s` lists them",
			     d->campaign_dir, (long long)id, d->campaign_dir);
	else if (rc > 0)
		rc = cluster_take(d, s, c, e);
	if (rc == 0 && replay_text)
		*replay_text = column_dup(s, 9);
	sqlite3_finalize(s);
	return rc < 0 ? -1 : add_counted(d, c, 1, e);
}

static bool is_news(const struct triage_cluster *c)
{
	return !c->known && !(c->replayed_of > 0 && c->replayed_ok <= 0) &&
		!(c->reference_of > 0 && c->reference_ok <= 0);
}

static int add_known(struct triage_result *r, const char *path, struct err *e)
{
	struct known_issues known;

	if (known_read(&known, path, e) < 0)
		return -1;
	for (uint32_t i = 0; i < r->cluster_count; i++) {
		struct triage_cluster *c = &r->clusters[i];
		const struct known_issue *k = known_find(&known, c->signature, c->guilty, c->lanes);

		c->known = k ? xstrdup(k->link) : NULL;
		r->fresh += is_news(c);
	}
	known_release(&known);
	return 0;
}

int cluster_list(struct db *d, const char *known_issues, struct triage_result *r, struct err *e)
{
	sqlite3_stmt *s = db_prepare(d, e, CLUSTER_COLUMNS "GROUP BY c.id ORDER BY c.id", "");
	uint32_t cap = 0;
	int rc = s ? 0 : -1;

	while (rc >= 0 && (rc = db_step(d, s, e)) > 0) {
		if (r->cluster_count == cap) {
			cap = cap ? 2 * cap : 32;
			r->clusters = xrealloc(r->clusters, cap * sizeof(*r->clusters));
		}
		if (cluster_take(d, s, &r->clusters[r->cluster_count++], e) < 0)
			rc = -1;
	}
	sqlite3_finalize(s);
	s = rc < 0 ? NULL : db_prepare(d, e, "SELECT count(*) FROM bundle", "");
	rc = s ? db_step(d, s, e) : -1;
	r->bundles = rc > 0 ? (uint64_t)sqlite3_column_int64(s, 0) : 0;
	sqlite3_finalize(s);
	if (rc < 0 || add_counted(d, r->clusters, r->cluster_count, e) < 0)
		return -1;
	return add_known(r, known_issues, e);
}
