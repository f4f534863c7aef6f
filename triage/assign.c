/* assign.c: triage. Clusters are not edited: they follow from signatures and the decisions in force. */
#include "triage/assign.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

enum field { FIELD_ALL, FIELD_LANE, FIELD_ARCH, FIELD_BUNDLE };

struct rule {
	int64_t cluster, other;
	enum field field; /* FIELD_ALL: a merge */
	char *value; /* globs, joined by ',' */
	int64_t *bundles; /* ascending */
	size_t bundle_count;
};
struct assign {
	struct rule *rules;
	size_t count;
};

void assign_free(struct assign *a)
{
	for (size_t i = 0; a && i < a->count; i++) {
		free(a->rules[i].value);
		free(a->rules[i].bundles);
	}
	if (a)
		free(a->rules);
	free(a);
}

static enum field field_of(const char *name)
{
	return !strcmp(name, "lane")	  ? FIELD_LANE
		: !strcmp(name, "arch")	  ? FIELD_ARCH
		: !strcmp(name, "bundle") ? FIELD_BUNDLE
					  : FIELD_ALL;
}

static int read_bundles(struct rule *r, struct db *d, int64_t decision, struct err *e)
{
	sqlite3_stmt *s = db_prepare(
		d, e, "SELECT bundle FROM decision_bundle WHERE decision = ?1 ORDER BY bundle", "i",
		decision);
	int rc = s ? 0 : -1;

	while (rc >= 0 && (rc = db_step(d, s, e)) > 0) {
		r->bundles = xrealloc(r->bundles, (r->bundle_count + 1) * sizeof(*r->bundles));
		r->bundles[r->bundle_count++] = sqlite3_column_int64(s, 0);
	}
	sqlite3_finalize(s);
	return rc;
}

struct assign *assign_read(struct db *d, struct err *e)
{
	sqlite3_stmt *s =
		db_prepare(d, e,
			   "SELECT id, cluster, other, field, value FROM decision"
			   " WHERE verb IN ('merge', 'split') AND undone_by IS NULL ORDER BY id",
			   "");
	struct assign *a = xcalloc(1, sizeof(*a));
	int rc = s ? 0 : -1;

	while (rc >= 0 && (rc = db_step(d, s, e)) > 0) {
		struct rule *r;

		a->rules = xrealloc(a->rules, (a->count + 1) * sizeof(*a->rules));
		r = &a->rules[a->count++];
		*r = (struct rule){ .cluster = sqlite3_column_int64(s, 1),
				    .other = sqlite3_column_int64(s, 2),
				    .field = field_of(db_text(s, 3)),
				    .value = xstrdup(db_text(s, 4)) };
		if (r->field == FIELD_BUNDLE && read_bundles(r, d, sqlite3_column_int64(s, 0), e) < 0)
			rc = -1;
	}
	sqlite3_finalize(s);
	if (rc == 0)
		return a;
	assign_free(a);
	return NULL;
}

static int by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* One lane's name, or its architecture, against globs joined by ','. */
static bool lane_fits(const struct rule *r, const char *lane)
{
	char *globs = xstrdup(r->value), *save = NULL;
	char *word = xasprintf(
		"%.*s", (int)(r->field == FIELD_ARCH ? strcspn(lane, "-") : strlen(lane)), lane);
	bool fits = false;

	for (char *g = strtok_r(globs, ",", &save); g && !fits; g = strtok_r(NULL, ",", &save))
		fits = fnmatch(g, word, 0) == 0;
	free(globs);
	free(word);
	return fits;
}

static bool fits(const struct rule *r, int64_t bundle, const char *lanes)
{
	char *copy, *save = NULL;
	bool found = false;

	if (r->field == FIELD_ALL)
		return true;
	if (r->field == FIELD_BUNDLE)
		return r->bundle_count &&
			bsearch(&bundle, r->bundles, r->bundle_count, sizeof(*r->bundles), by_id);
	copy = xstrdup(lanes);
	for (char *l = strtok_r(copy, ",", &save); l && !found; l = strtok_r(NULL, ",", &save))
		found = lane_fits(r, l);
	free(copy);
	return found;
}

int64_t assign_cluster(const struct assign *a, int64_t home, int64_t bundle, const char *lanes)
{
	int64_t at = home;

	for (size_t i = 0; i < a->count; i++)
		if (a->rules[i].cluster == at && fits(&a->rules[i], bundle, lanes))
			at = a->rules[i].other;
	return at;
}

/* Collected first: nothing is read while it is changed. */
struct move {
	int64_t bundle, to;
};

static int moves_find(struct db *d, const struct assign *a, struct move **moves, size_t *count,
		      struct err *e)
{
	sqlite3_stmt *s = db_prepare(
		d, e, "SELECT id, home, cluster, lane FROM bundle WHERE home IS NOT NULL", "");
	int rc = s ? 0 : -1;

	while (rc >= 0 && (rc = db_step(d, s, e)) > 0) {
		int64_t id = sqlite3_column_int64(s, 0);
		int64_t to = assign_cluster(a, sqlite3_column_int64(s, 1), id, db_text(s, 3));

		if (to == sqlite3_column_int64(s, 2))
			continue;
		*moves = xrealloc(*moves, (*count + 1) * sizeof(**moves));
		(*moves)[(*count)++] = (struct move){ id, to };
	}
	sqlite3_finalize(s);
	return rc;
}

int assign_all(struct db *d, uint64_t *moved, struct err *e)
{
	struct assign *a = assign_read(d, e);
	struct move *moves = NULL;
	size_t count = 0;
	int rc = a ? moves_find(d, a, &moves, &count, e) : -1;

	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = db_run(d, e, "UPDATE bundle SET cluster = ?2 WHERE id = ?1", "ii",
			    moves[i].bundle, moves[i].to);
	/* What a replay said is said of a bundle: a cluster that has lost it must be replayed again. One that
	 * is empty keeps it, for when its bundles come back. */
	if (rc == 0)
		rc = db_run(d, e,
			    "UPDATE cluster SET replayed = NULL, replayed_ok = -1, replayed_of = 0,"
			    " reference_ok = -1, reference_of = 0, replay_text = ''"
			    " WHERE EXISTS (SELECT 1 FROM bundle b WHERE b.cluster = cluster.id)"
			    " AND EXISTS (SELECT 1 FROM bundle b WHERE b.id = cluster.replayed"
			    " AND b.cluster IS NOT cluster.id)",
			    "");
	*moved = rc == 0 ? count : 0;
	free(moves);
	assign_free(a);
	return rc;
}
