/* cluster.c: triage. All clusters: how often each was seen, who knows of it, which are news. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "triage/cluster.h"
#include "triage/known.h"
#include "triage/spool.h"

static int count_quarantined(const char *name, void *ctx)
{
	size_t len = strlen(name);

	if (name[0] != '.' && !(len > 7 && !strcmp(name + len - 7, ".reason")))
		++*(uint64_t *)ctx;
	return 0;
}

/* The counts of one campaign, added to the clusters they belong to. */
static int add_counts_of(struct db *d, int64_t campaign, const char *dir,
			 struct triage_cluster *clusters, uint32_t count, struct err *e)
{
	sqlite3_stmt *s;
	struct spool spool;
	int rc;

	if (spool_open(&spool, dir, e) < 0)
		return -1;
	s = db_prepare(d, e,
		       "SELECT presig, count(*), min(cluster) FROM bundle"
		       " WHERE cluster IS NOT NULL AND campaign = ?1 GROUP BY presig",
		       "i", campaign);
	rc = s ? 0 : -1;
	while (rc >= 0 && (rc = db_step(d, s, e)) > 0) {
		uint64_t seen = spool_count(&spool, strtoull(db_text(s, 0), NULL, 16));
		uint64_t kept = (uint64_t)sqlite3_column_int64(s, 1);

		for (uint32_t i = 0; i < count && seen > kept; i++)
			if (clusters[i].id == sqlite3_column_int64(s, 2))
				clusters[i].count += seen - kept;
	}
	sqlite3_finalize(s);
	return spool_close(&spool, rc, e);
}

typedef int campaign_fn(struct db *d, int64_t id, const char *dir, void *ctx, struct err *e);

/* Of those that are still there. */
static int campaigns_each(struct db *d, campaign_fn *fn, void *ctx, struct err *e)
{
	sqlite3_stmt *s = db_prepare(d, e, "SELECT id, path FROM campaign", "");
	int rc = s ? 0 : -1;

	while (rc >= 0 && (rc = db_step(d, s, e)) > 0) {
		const char *path = *db_text(s, 1) ? db_text(s, 1) : d->campaign_dir;

		if (dir_exists(path))
			rc = fn(d, sqlite3_column_int64(s, 0), path, ctx, e);
	}
	sqlite3_finalize(s);
	return rc;
}

struct counted {
	struct triage_cluster *clusters;
	uint32_t count;
};

static int add_counts_in(struct db *d, int64_t id, const char *dir, void *ctx, struct err *e)
{
	const struct counted *c = ctx;
	char *spool = xasprintf("%s/spool", dir);
	int rc = dir_exists(spool) ? add_counts_of(d, id, dir, c->clusters, c->count, e) : 0;

	free(spool);
	return rc;
}

/* What the spools saw and did not keep counts too, for the cluster of the first of its kind. */
static int add_counted(struct db *d, struct triage_cluster *clusters, uint32_t count, struct err *e)
{
	struct counted c = { clusters, count };

	return campaigns_each(d, add_counts_in, &c, e);
}

static int add_quarantined(struct db *d, int64_t id, const char *dir, void *ctx, struct err *e)
{
	char *quarantine = xasprintf("%s/quarantine", dir);
	int rc = dir_exists(quarantine) ? dir_each(quarantine, count_quarantined, ctx, e) : 0;

	(void)d;
	(void)id;
	free(quarantine);
	return rc;
}

int cluster_read(struct db *d, int64_t id, struct triage_cluster *c, char **replay_text,
		 struct err *e)
{
	sqlite3_stmt *s = cluster_query(d, id, e);
	int rc = s ? db_step(d, s, e) : -1;

	if (rc == 0)
		rc = err_set(e, EXIT_USAGE, "%s: no cluster %lld; `cgofuzz triage %s` lists them",
			     d->campaign_dir, (long long)id, d->campaign_dir);
	else if (rc > 0)
		rc = cluster_take(d, s, c, replay_text, e);
	sqlite3_finalize(s);
	return rc < 0 ? -1 : add_counted(d, c, 1, e);
}

static bool is_news(const struct triage_cluster *c)
{
	return !c->known && !c->ignored && !(c->replayed_of > 0 && c->replayed_ok <= 0) &&
		!(c->reference_of > 0 && c->reference_ok <= 0);
}

void cluster_judge(struct triage_cluster *c, const struct known_issues *known, bool with_note)
{
	const struct known_issue *k;
	char today[32];
	struct known_case question = { c->signature, c->guilty,	     c->lanes,
				       today,	     c->replayed_ok, c->replayed_of };

	db_now(today);
	switch (known_find(known, &question, &k)) {
	case KNOWN_EXPLAINED:
		c->known = with_note && k->note ? xasprintf("%s (%s)", k->link, k->note)
						: xstrdup(k->link);
		return;
	case KNOWN_EXPIRED:
		c->outdated = xasprintf("%s expired on %s", k->link, k->expires);
		break;
	case KNOWN_FIXED:
		c->outdated = xasprintf("%s is said to be fixed", k->link);
		break;
	case KNOWN_STEADY:
		c->outdated = xasprintf("%s is said to be flaky", k->link);
		break;
	case KNOWN_NOT:
		break;
	}
	c->known = c->link ? xstrdup(c->link) : NULL;
}

static int add_known(struct triage_result *r, const char *path, struct err *e)
{
	struct known_issues known;

	if (known_read(&known, path, e) < 0)
		return -1;
	for (uint32_t i = 0; i < r->cluster_count; i++) {
		cluster_judge(&r->clusters[i], &known, false);
		r->fresh += is_news(&r->clusters[i]);
	}
	known_release(&known);
	return 0;
}

int cluster_list(struct db *d, const char *known_issues, struct triage_result *r, struct err *e)
{
	sqlite3_stmt *s = cluster_query(d, 0, e);
	uint32_t cap = 0;
	int rc = s ? 0 : -1;

	while (rc >= 0 && (rc = db_step(d, s, e)) > 0) {
		if (r->cluster_count == cap) {
			cap = cap ? 2 * cap : 32;
			r->clusters = xrealloc(r->clusters, cap * sizeof(*r->clusters));
		}
		if (cluster_take(d, s, &r->clusters[r->cluster_count++], NULL, e) < 0)
			rc = -1;
	}
	sqlite3_finalize(s);
	s = rc < 0 ? NULL : db_prepare(d, e, "SELECT count(*) FROM bundle", "");
	rc = s ? db_step(d, s, e) : -1;
	r->bundles = rc > 0 ? (uint64_t)sqlite3_column_int64(s, 0) : 0;
	sqlite3_finalize(s);
	if (rc < 0 || add_counted(d, r->clusters, r->cluster_count, e) < 0 ||
	    campaigns_each(d, add_quarantined, &r->quarantined, e) < 0)
		return -1;
	return add_known(r, known_issues, e);
}
