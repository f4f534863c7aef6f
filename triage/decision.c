/* decision.c: triage. The journal of decisions: each is one transaction, with all that follows from it. */
#include "triage/decision.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "triage/assign.h"
#include "triage/cluster.h"
#include "triage/decision_private.h"
#include "triage/text.h"

#define COLUMNS \
	"SELECT id, at, who, verb, cluster, other, field, value, undoes, undone_by FROM decision "

/* What the last decision of this kind says of the cluster at hand. */
#define LAST_VALUE(verb, none) \
	"coalesce((SELECT j.value FROM decision j WHERE j.cluster = cluster.id AND j.verb = " verb \
	" AND j.undone_by IS NULL ORDER BY j.id DESC LIMIT 1), " none ")"

void decision_list_release(struct decision_list *l)
{
	for (uint32_t i = 0; i < l->count; i++) {
		free(l->at[i].at);
		free(l->at[i].who);
		free(l->at[i].verb);
		free(l->at[i].field);
		free(l->at[i].value);
	}
	free(l->at);
	memset(l, 0, sizeof(*l));
}

/* Appends the rows s gives; releases s. */
static int list_take(struct decision_list *l, struct db *d, sqlite3_stmt *s, struct err *e)
{
	int rc = s ? 0 : -1;

	while (rc >= 0 && (rc = db_step(d, s, e)) > 0) {
		l->at = xrealloc(l->at, (l->count + 1) * sizeof(*l->at));
		l->at[l->count++] = (struct decision){ .id = sqlite3_column_int64(s, 0),
						       .at = xstrdup(db_text(s, 1)),
						       .who = xstrdup(db_text(s, 2)),
						       .verb = xstrdup(db_text(s, 3)),
						       .cluster = sqlite3_column_int64(s, 4),
						       .other = sqlite3_column_int64(s, 5),
						       .field = xstrdup(db_text(s, 6)),
						       .value = xstrdup(db_text(s, 7)),
						       .undoes = sqlite3_column_int64(s, 8),
						       .undone_by = sqlite3_column_int64(s, 9) };
	}
	sqlite3_finalize(s);
	return rc;
}

static const char *user_name(void)
{
	const struct passwd *p = getpwuid(getuid());

	return p && p->pw_name ? p->pw_name : "?";
}

/* Writes a decision and appends it to made. */
static int journal(struct db *d, const struct decision *what, struct decision_list *made,
		   struct err *e)
{
	char at[32];
	int rc;

	db_now(at);
	rc = db_run(d, e,
		    "INSERT INTO decision (at, who, verb, cluster, other, field, value, undoes) VALUES"
		    " (?1, ?2, ?3, nullif(?4, 0), nullif(?5, 0), ?6, ?7, nullif(?8, 0))",
		    "tttiitti", at, user_name(), what->verb, what->cluster, what->other,
		    what->field ? what->field : "", what->value ? what->value : "", what->undoes);
	if (rc < 0)
		return -1;
	return list_take(made, d,
			 db_prepare(d, e, COLUMNS "WHERE id = ?1", "i",
				    (int64_t)sqlite3_last_insert_rowid(d->h)),
			 e);
}

/* Begins a transaction on a database that must be there. */
static int begin(struct db *d, const char *where, struct err *e)
{
	if (triage_open_old(d, where, e) < 0)
		return -1;
	if (db_run(d, e, "BEGIN IMMEDIATE", "") == 0)
		return 0;
	db_close(d);
	return -1;
}

int decision_apply(struct db *d, uint64_t *moved, struct err *e)
{
	int rc = assign_all(d, moved, e);

	if (rc == 0)
		rc = db_run(
			d, e,
			"UPDATE cluster SET label = " LAST_VALUE("'label'", "''") ", link = " LAST_VALUE(
				"'link'",
				"''") ", ignored = " LAST_VALUE("'ignore'",
								"'0'") " = '1' WHERE id IN (SELECT cluster FROM decision)",
			"");
	return rc;
}

/* Ends the transaction of a decision, with all that follows from it. */
static int finish(struct db *d, int rc, struct decision_list *made, struct err *e)
{
	uint64_t moved = 0;

	if (rc == 0)
		rc = decision_apply(d, &moved, e);
	made->moved += moved;
	if (rc == 0)
		rc = decision_keep(d, e);
	rc = db_end(d, rc, e);
	db_close(d);
	return rc;
}

static int one_number(struct db *d, const char *sql, int64_t arg, int64_t *n, struct err *e)
{
	sqlite3_stmt *s = db_prepare(d, e, sql, "i", arg);
	int rc = s ? db_step(d, s, e) : -1;

	*n = rc > 0 ? sqlite3_column_int64(s, 0) : 0;
	sqlite3_finalize(s);
	return rc < 0 ? -1 : 0;
}

/* Is it one that has bundles? */
static int check_cluster(struct db *d, int64_t id, struct err *e)
{
	struct assign *a;
	int64_t bundles, now;

	if (one_number(d, "SELECT count(*) FROM bundle WHERE cluster = ?1", id, &bundles, e) < 0)
		return -1;
	if (bundles)
		return 0;
	a = assign_read(d, e);
	if (!a)
		return -1;
	now = assign_cluster(a, id, 0, "");
	assign_free(a);
	return now != id
		? err_set(e, EXIT_USAGE,
			  "cluster %lld was merged into %lld; `cgofuzz cluster log` tells when",
			  (long long)id, (long long)now)
		: err_set(e, EXIT_USAGE, "%s: no cluster %lld; `cgofuzz triage` lists them",
			  d->campaign_dir, (long long)id);
}

int decide_merge(const char *where, int64_t into, const int64_t *ids, uint32_t count,
		 struct decision_list *made, struct err *e)
{
	struct db d;
	int rc;

	memset(made, 0, sizeof(*made));
	if (begin(&d, where, e) < 0)
		return -1;
	rc = check_cluster(&d, into, e);
	for (uint32_t i = 0; rc == 0 && i < count; i++) {
		struct decision what = { .verb = (char[]){ "merge" },
					 .cluster = ids[i],
					 .other = into };

		rc = check_cluster(&d, ids[i], e);
		if (rc == 0 && ids[i] == into)
			rc = err_set(e, EXIT_USAGE, "cluster %lld cannot be merged into itself",
				     (long long)into);
		for (uint32_t k = 0; rc == 0 && k < i; k++)
			if (ids[k] == ids[i])
				rc = err_set(e, EXIT_USAGE, "cluster %lld is named twice",
					     (long long)ids[i]);
		if (rc == 0)
			rc = journal(&d, &what, made, e);
	}
	return finish(&d, rc, made, e);
}

/* An empty cluster like the one it comes from. */
static int copy_cluster(struct db *d, int64_t from, int64_t *id, struct err *e)
{
	if (db_run(d, e,
		   "INSERT INTO cluster (signature, origin, title, kind, weak, guilty, guilty_text)"
		   " SELECT signature, id, title, kind, weak, guilty, guilty_text FROM cluster"
		   " WHERE id = ?1",
		   "i", from) < 0)
		return -1;
	*id = sqlite3_last_insert_rowid(d->h);
	return 0;
}

static int add_bundle(struct db *d, int64_t decision, int64_t cluster, const char *name,
		      struct err *e)
{
	const char *slash = strrchr(name, '/');
	int rc = db_run(d, e,
			"INSERT OR IGNORE INTO decision_bundle (decision, bundle)"
			" SELECT ?1, id FROM bundle WHERE cluster = ?2 AND name = ?3",
			"iit", decision, cluster, slash && slash[1] ? slash + 1 : name);

	if (rc == 0 && !sqlite3_changes(d->h))
		rc = err_set(e, EXIT_USAGE, "%s is no bundle of cluster %lld, or is named twice",
			     name, (long long)cluster);
	return rc;
}

/* Some of its bundles, but not all: else nothing would be split. */
static int check_split(struct db *d, const struct decision *what, struct err *e)
{
	int64_t left, taken;

	if (one_number(d, "SELECT count(*) FROM bundle WHERE cluster = ?1", what->cluster, &left,
		       e) < 0 ||
	    one_number(d, "SELECT count(*) FROM bundle WHERE cluster = ?1", what->other, &taken, e) <
		    0)
		return -1;
	if (left && taken)
		return 0;
	return err_set(e, EXIT_USAGE, "%s bundle of cluster %lld has %s %s: nothing to split",
		       left ? "no" : "every", (long long)what->cluster, what->field, what->value);
}

int decide_split(const char *where, int64_t id, const char *field, const char *const *values,
		 uint32_t count, struct decision_list *made, struct err *e)
{
	bool names = !strcmp(field, "bundle");
	struct decision what = { .verb = (char[]){ "split" }, .cluster = id };
	struct buf joined = BUF_INIT;
	struct db d;
	int rc;

	memset(made, 0, sizeof(*made));
	if (begin(&d, where, e) < 0)
		return -1;
	for (uint32_t i = 0; i < count; i++)
		buf_addf(&joined, "%s%s", i ? "," : "", values[i]);
	what.field = xstrdup(field);
	what.value = names ? xasprintf("%u by name", count) : xstrdup(joined.ptr);
	rc = check_cluster(&d, id, e);
	if (rc == 0)
		rc = copy_cluster(&d, id, &what.other, e);
	if (rc == 0)
		rc = journal(&d, &what, made, e);
	for (uint32_t i = 0; rc == 0 && names && i < count; i++)
		rc = add_bundle(&d, made->at[0].id, id, values[i], e);
	if (rc == 0)
		rc = assign_all(&d, &made->moved, e);
	if (rc == 0)
		rc = check_split(&d, &what, e);
	rc = finish(&d, rc, made, e);
	free(what.field);
	free(what.value);
	buf_release(&joined);
	return rc;
}

int decide_word(const char *where, int64_t id, const char *verb, const char *value,
		struct decision_list *made, struct err *e)
{
	struct decision what = { .cluster = id };
	struct buf clean = BUF_INIT;
	struct db d;
	int rc;

	memset(made, 0, sizeof(*made));
	if (begin(&d, where, e) < 0)
		return -1;
	text_escape(&clean, value, strlen(value)); /* as titles are: safe for a terminal */
	what.verb = xstrdup(verb);
	what.value = clean.ptr;
	rc = check_cluster(&d, id, e);
	if (rc == 0)
		rc = journal(&d, &what, made, e);
	rc = finish(&d, rc, made, e);
	free(what.verb);
	buf_release(&clean);
	return rc;
}

/* The decision to undo: the one of that number, or the last in force that is no undo itself. */
static int find_decision(struct db *d, int64_t id, struct decision_list *l, struct err *e)
{
	sqlite3_stmt *s = id ? db_prepare(d, e, COLUMNS "WHERE id = ?1", "i", id)
			     : db_prepare(d, e,
					  COLUMNS "WHERE undone_by IS NULL AND verb <> 'undo'"
						  " ORDER BY id DESC LIMIT 1",
					  "");

	if (list_take(l, d, s, e) < 0)
		return -1;
	if (!l->count)
		return id ? err_set(e, EXIT_USAGE,
				    "no decision %lld; `cgofuzz cluster log` lists them",
				    (long long)id)
			  : err_set(e, EXIT_USAGE, "nothing was decided that could be undone");
	return l->at[0].undone_by
		? err_set(e, EXIT_USAGE, "decision %lld is undone already, by %lld",
			  (long long)l->at[0].id, (long long)l->at[0].undone_by)
		: 0;
}

/* Both the decision and, of an undo, what it had undone. */
static int mark_undone(struct db *d, const struct decision *old, int64_t by, struct err *e)
{
	if (db_run(d, e, "UPDATE decision SET undone_by = ?2 WHERE id = ?1", "ii", old->id, by) < 0)
		return -1;
	return !old->undoes ? 0
			    : db_run(d, e, "UPDATE decision SET undone_by = NULL WHERE id = ?1",
				     "i", old->undoes);
}

int decide_undo(const char *where, int64_t decision, struct decision_list *made, struct err *e)
{
	struct decision what = { .verb = (char[]){ "undo" } };
	struct decision_list old = { 0 };
	struct db d;
	int rc;

	memset(made, 0, sizeof(*made));
	if (begin(&d, where, e) < 0)
		return -1;
	rc = find_decision(&d, decision, &old, e);
	if (rc == 0) {
		what.undoes = old.at[0].id;
		rc = journal(&d, &what, made, e);
	}
	if (rc == 0)
		rc = mark_undone(&d, &old.at[0], made->at[0].id, e);
	decision_list_release(&old);
	return finish(&d, rc, made, e);
}

int decision_log(const char *where, struct decision_list *l, struct err *e)
{
	struct db d;
	int rc;

	memset(l, 0, sizeof(*l));
	if (triage_open_old(&d, where, e) < 0)
		return -1;
	rc = list_take(l, &d, db_prepare(&d, e, COLUMNS "ORDER BY id", ""), e);
	db_close(&d);
	return rc;
}
