/* findings.c: triage. What reduction and attribution have found out, kept beside the bundle it is of. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "triage/db.h"
#include "triage/triage.h"

/* The bundle's row; the database's own campaign first, then any that has one of this name. */
static int bundle_id(struct db *d, const char *bundle, int64_t *id, struct err *e)
{
	char *name = xstrdup(bundle), *slash;
	sqlite3_stmt *s;
	int rc;

	for (size_t n = strlen(name); n && name[n - 1] == '/'; n--)
		name[n - 1] = '\0';
	slash = strrchr(name, '/');
	s = db_prepare(d, e,
		       "SELECT b.id FROM bundle b JOIN campaign m ON m.id = b.campaign"
		       " WHERE b.name = ?1 ORDER BY m.path LIMIT 1",
		       "t", slash ? slash + 1 : name);
	rc = s ? db_step(d, s, e) : -1;
	*id = rc > 0 ? sqlite3_column_int64(s, 0) : 0;
	sqlite3_finalize(s);
	free(name);
	return rc;
}

/* 1: d is open and knows the bundle; else it is closed. */
static int find(struct db *d, const char *where, const char *bundle, int64_t *id, struct err *e)
{
	char *path = dir_exists(where) ? xasprintf("%s/triage.db", where) : xstrdup(where);
	bool anew;
	int rc = !file_exists(path) ? 0 : db_open(d, where, &anew, e) < 0 ? -1 : 1;

	free(path);
	if (rc <= 0)
		return rc;
	rc = bundle_id(d, bundle, id, e);
	if (rc <= 0)
		db_close(d);
	return rc;
}

static int finish(struct db *d, int rc)
{
	db_close(d);
	return rc < 0 ? -1 : 1;
}

int triage_reduced_store(const char *where, const char *bundle, const struct triage_reduced *r,
			 struct err *e)
{
	char at[32], *path;
	struct db d;
	int64_t id;
	int rc = find(&d, where, bundle, &id, e);

	if (rc <= 0)
		return rc;
	db_now(at);
	path = path_absolute(r->path);
	rc = db_run(&d, e,
		    "INSERT OR REPLACE INTO reduced (bundle, path, steps, args, leaves, took_ms, at)"
		    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
		    "itiiiit", id, path, (int64_t)r->steps, (int64_t)r->args, (int64_t)r->leaves,
		    r->took_ms, at);
	free(path);
	return finish(&d, rc);
}

int triage_blame_store(const char *where, const char *bundle, const char *words, struct err *e)
{
	struct db d;
	char at[32];
	int64_t id;
	int rc = find(&d, where, bundle, &id, e);

	if (rc <= 0)
		return rc;
	db_now(at);
	return finish(&d,
		      db_run(&d, e,
			     "INSERT OR REPLACE INTO blame (bundle, words, at) VALUES (?1, ?2, ?3)",
			     "itt", id, words, at));
}

int triage_verdict_store(const char *where, const char *bundle, const struct triage_verdict *v,
			 struct err *e)
{
	struct db d;
	char at[32];
	int64_t id;
	int rc = find(&d, where, bundle, &id, e);

	if (rc <= 0)
		return rc;
	db_now(at);
	return finish(&d,
		      db_run(&d, e,
			     "INSERT OR REPLACE INTO verdict (bundle, lane, verdict, signature, same,"
			     " tries, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
			     "itttiit", id, v->lane, v->verdict, v->signature ? v->signature : "",
			     (int64_t)v->same, (int64_t)v->tries, at));
}
