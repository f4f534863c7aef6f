/* cluster_row.c: triage. One cluster, put together from its rows. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "triage/cluster.h"
#include "triage/loose.h"

char *cluster_bundle_path(const struct db *d, const char *campaign, const char *name)
{
	return xasprintf("%s/spool/%s", *campaign ? campaign : d->campaign_dir, name);
}

char *bundle_row_path(struct db *d, int64_t bundle, struct err *e)
{
	sqlite3_stmt *s = db_prepare(d, e,
				     "SELECT m.path, b.name FROM bundle b"
				     " JOIN campaign m ON m.id = b.campaign WHERE b.id = ?1",
				     "i", bundle);
	int rc = s ? db_step(d, s, e) : -1;
	char *path = rc > 0 ? cluster_bundle_path(d, db_text(s, 0), db_text(s, 1)) : NULL;

	if (rc == 0)
		err_set(e, EXIT_ENVIRON, "%s: no bundle %lld", d->path, (long long)bundle);
	sqlite3_finalize(s);
	return path;
}

/* The smallest plan stands for its cluster, with the least nesting. */
char *cluster_representative(struct db *d, int64_t cluster, int64_t *id, struct err *e)
{
	sqlite3_stmt *s = db_prepare(
		d, e,
		"SELECT m.path, b.name, b.id FROM bundle b JOIN cluster c ON c.id = b.cluster"
		" JOIN campaign m ON m.id = b.campaign"
		" WHERE c.id = ?1 ORDER BY b.id IS NOT c.replayed,"
		" b.plan_bytes, b.depth, b.name",
		"i", cluster);
	char *path = NULL;

	while (s && !path && db_step(d, s, e) > 0) {
		path = cluster_bundle_path(d, db_text(s, 0), db_text(s, 1));
		if (id)
			*id = sqlite3_column_int64(s, 2);
		if (!dir_exists(path)) {
			free(path);
			path = NULL;
		}
	}
	sqlite3_finalize(s);
	return path;
}

static char *column_dup(sqlite3_stmt *s, int column)
{
	return xstrdup(db_text(s, column));
}

static char *column_or_null(sqlite3_stmt *s, int column)
{
	return *db_text(s, column) ? column_dup(s, column) : NULL;
}

sqlite3_stmt *cluster_query(struct db *d, int64_t id, struct err *e)
{
	return db_prepare(
		d, e,
		"SELECT c.id, c.signature, c.title, c.kind, c.weak, c.replayed_ok, c.replayed_of,"
		" c.reference_ok, c.reference_of, c.replay_text, group_concat(DISTINCT b.lane), count(*),"
		" c.guilty, c.guilty_text, min(b.created), max(b.created), c.label, c.link, c.ignored"
		" FROM cluster c JOIN bundle b ON b.cluster = c.id WHERE ?1 IN (0, c.id)"
		" GROUP BY c.id ORDER BY c.id",
		"i", id);
}

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

/* Appends a word to a list joined by ',', once. */
static void list_add(struct buf *list, const char *word, size_t len)
{
	const char *at = list->ptr;

	for (; len && *at; at += strcspn(at, ","), at += *at == ',')
		if (strcspn(at, ",") == len && !memcmp(at, word, len))
			return;
	if (!len)
		return;
	if (list->len)
		buf_addch(list, ',');
	buf_add(list, word, len);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A bundle may have two lanes; what comes from outside need not be a lane's name. */
static void lanes_take(struct triage_cluster *c, const char *joined)
{
	struct buf lanes = BUF_INIT, archs = BUF_INIT, compilers = BUF_INIT;
	char *copy = xstrdup(joined), *save = NULL, **names = NULL;
	size_t count = 0;

	for (char *l = strtok_r(copy, ",", &save); l; l = strtok_r(NULL, ",", &save)) {
		names = xrealloc(names, (count + 1) * sizeof(*names));
		names[count++] = l;
	}
	if (count)
		qsort(names, count, sizeof(*names), by_name);
	for (size_t i = 0; i < count; i++) {
		struct err e = ERR_INIT;
		struct lane lane;

		list_add(&lanes, names[i], strlen(names[i]));
		list_add(&archs, names[i], strcspn(names[i], "-"));
		if (lane_parse(&lane, names[i], NULL, &e) == 0) {
			list_add(&compilers, lane.wrapper, strlen(lane.wrapper));
			list_add(&compilers, lane.callee, strlen(lane.callee));
		}
	}
	free(names);
	free(copy);
	c->lanes = buf_detach(&lanes, NULL);
	c->archs = buf_detach(&archs, NULL);
	c->compilers = buf_detach(&compilers, NULL);
}

static void columns_take(sqlite3_stmt *s, struct triage_cluster *c)
{
	c->id = sqlite3_column_int64(s, 0);
	c->signature = column_dup(s, 1);
	c->loose = loose_signature(c->signature);
	c->title = column_dup(s, 2);
	c->kind = column_dup(s, 3);
	c->weak = sqlite3_column_int(s, 4) != 0;
	c->replayed_ok = sqlite3_column_int(s, 5);
	c->replayed_of = sqlite3_column_int(s, 6);
	c->reference_ok = sqlite3_column_int(s, 7);
	c->reference_of = sqlite3_column_int(s, 8);
	lanes_take(c, db_text(s, 10));
	c->count = (uint64_t)sqlite3_column_int64(s, 11);
	c->guilty = column_dup(s, 12);
	c->guilty_text = column_dup(s, 13);
	c->first_seen = column_dup(s, 14);
	c->last_seen = column_dup(s, 15);
	c->label = column_or_null(s, 16);
	c->link = column_or_null(s, 17);
	c->ignored = sqlite3_column_int(s, 18) != 0;
}

int cluster_take(struct db *d, sqlite3_stmt *s, struct triage_cluster *c, char **replay_text,
		 struct err *e)
{
	memset(c, 0, sizeof(*c));
	columns_take(s, c);
	if (replay_text)
		*replay_text = column_dup(s, 9);
	c->bundle = cluster_representative(d, c->id, NULL, e);
	if (!c->bundle)
		c->bundle = cluster_bundle_path(d, "", "?");
	if (members_take(d, c, e) < 0 || findings_take(d, c, c->id, 0, e) < 0)
		return -1;
	c->smallest = xstrdup(c->reduced.path ? c->reduced.path : c->bundle);
	return 0;
}
