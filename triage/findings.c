/* findings.c: triage. What reduction and attribution have found out, kept beside the bundle it is of. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "triage/cluster.h"

static int first_id(struct db *d, const char *sql, const char *text, int64_t *id, struct err *e)
{
	sqlite3_stmt *s = db_prepare(d, e, sql, "t", text);
	int rc = s ? db_step(d, s, e) : -1;

	*id = rc > 0 ? sqlite3_column_int64(s, 0) : 0;
	sqlite3_finalize(s);
	return rc;
}

/* The bundle's row: what a reduced one is of, wherever that lies; else by its name, the database's own campaign first,
 * then any that has one of this name. */
static int bundle_id(struct db *d, const char *bundle, int64_t *id, struct err *e)
{
	char *name = path_absolute(bundle), *slash;
	int rc;

	for (size_t n = strlen(name); n && name[n - 1] == '/'; n--)
		name[n - 1] = '\0';
	slash = strrchr(name, '/');
	rc = first_id(d, "SELECT bundle FROM reduced WHERE path = ?1", name, id, e);
	if (rc == 0)
		rc = first_id(d,
			      "SELECT b.id FROM bundle b JOIN campaign m ON m.id = b.campaign"
			      " WHERE b.name = ?1 ORDER BY m.path LIMIT 1",
			      slash ? slash + 1 : name, id, e);
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

int triage_upstream_store(const char *where, const char *bundle, const struct triage_upstream *u,
			  struct err *e)
{
	char at[32], *path;
	struct db d;
	int64_t id;
	int rc = find(&d, where, bundle, &id, e);

	if (rc <= 0)
		return rc;
	db_now(at);
	path = *u->path ? path_absolute(u->path) : xstrdup("");
	rc = db_run(&d, e,
		    "INSERT OR REPLACE INTO upstream (bundle, outcome, path, why, at)"
		    " VALUES (?1, ?2, ?3, ?4, ?5)",
		    "itttt", id, u->outcome, path, u->why, at);
	free(path);
	return finish(&d, rc);
}

int triage_findings_read(const char *where, const char *bundle, struct triage_cluster *c,
			 struct err *e)
{
	struct db d;
	int64_t id;
	int rc = find(&d, where, bundle, &id, e);

	if (rc <= 0)
		return rc;
	return finish(&d, findings_take(&d, c, 0, id, e));
}

char *triage_home(const char *bundle)
{
	static const char *const folders[] = { "/spool", "/reduced" };
	char *path = path_absolute(bundle), *slash;
	size_t len = strlen(path);

	while (len && path[len - 1] == '/')
		path[--len] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
	slash = strrchr(path, '/');
	for (size_t i = 0; slash && i < sizeof(folders) / sizeof(*folders); i++)
		if (!strcmp(slash, folders[i])) {
			*slash = '\0';
			return path;
		}
	free(path);
	return NULL;
}
