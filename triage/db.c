/* db.c: triage. Opening the database so that neither a kill nor a second process does harm. */
#include "triage/db.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "triage/bundle.h"
#include "triage/schema.h"

#define BUSY_MS 60000

static int db_fail(struct db *d, struct err *e)
{
	d->failed = d->h ? sqlite3_errcode(d->h) & 0xff : SQLITE_OK;
	return err_set(e, EXIT_ENVIRON, "%s: %s", d->path, d->h ? sqlite3_errmsg(d->h) : "not open");
}

bool db_is_damaged(const struct db *d)
{
	return d->failed == SQLITE_CORRUPT || d->failed == SQLITE_NOTADB;
}

bool db_is_full(const struct db *d)
{
	return d->failed == SQLITE_FULL || d->failed == SQLITE_IOERR;
}

static int bind(sqlite3_stmt *s, const char *args, va_list ap)
{
	int rc = SQLITE_OK;

	for (int i = 1; *args && rc == SQLITE_OK; args++, i++)
		rc = *args == 't'
			? sqlite3_bind_text(s, i, va_arg(ap, const char *), -1, SQLITE_TRANSIENT)
			: sqlite3_bind_int64(s, i, va_arg(ap, int64_t));
	return rc;
}

static sqlite3_stmt *prepare(struct db *d, struct err *e, const char *sql, const char *args,
			     va_list ap)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(d->h, sql, -1, &s, NULL) == SQLITE_OK && bind(s, args, ap) == SQLITE_OK)
		return s;
	db_fail(d, e);
	sqlite3_finalize(s);
	return NULL;
}

sqlite3_stmt *db_prepare(struct db *d, struct err *e, const char *sql, const char *args, ...)
{
	sqlite3_stmt *s;
	va_list ap;

	va_start(ap, args);
	s = prepare(d, e, sql, args, ap);
	va_end(ap);
	return s;
}

int db_step(struct db *d, sqlite3_stmt *s, struct err *e)
{
	int rc = sqlite3_step(s);

	if (rc == SQLITE_ROW)
		return 1;
	return rc == SQLITE_DONE ? 0 : db_fail(d, e);
}

int db_run(struct db *d, struct err *e, const char *sql, const char *args, ...)
{
	sqlite3_stmt *s;
	va_list ap;
	int rc;

	va_start(ap, args);
	s = prepare(d, e, sql, args, ap);
	va_end(ap);
	if (!s)
		return -1;
	do
		rc = db_step(d, s, e);
	while (rc > 0);
	sqlite3_finalize(s);
	return rc;
}

int db_end(struct db *d, int rc, struct err *e)
{
	struct err ignored;

	if (rc == 0)
		rc = db_run(d, e, "COMMIT", "");
	if (rc < 0) {
		int failed = d->failed;

		if (!sqlite3_get_autocommit(d->h)) /* SQLite may have done it */
			db_run(d, &ignored, "ROLLBACK", "");
		d->failed = failed;
	}
	return rc;
}

const char *db_text(sqlite3_stmt *s, int column)
{
	const unsigned char *t = sqlite3_column_text(s, column);

	return t ? (const char *)t : "";
}

void db_now(char out[32])
{
	time_t s = time(NULL);
	struct tm tm;

	if (!gmtime_r(&s, &tm) || !strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm))
		out[0] = '\0';
}

static int user_version(struct db *d, int64_t *version, struct err *e)
{
	sqlite3_stmt *s = db_prepare(d, e, "PRAGMA user_version", "");
	int rc = s ? db_step(d, s, e) : -1;

	*version = rc > 0 ? sqlite3_column_int64(s, 0) : 0;
	sqlite3_finalize(s);
	return rc < 0 ? -1 : 0;
}

static int check_whole(struct db *d, struct err *e)
{
	sqlite3_stmt *s = db_prepare(d, e, "PRAGMA quick_check(1)", "");
	int rc = s ? db_step(d, s, e) : -1;

	if (rc > 0 && strcmp(db_text(s, 0), "ok")) {
		d->failed = SQLITE_CORRUPT;
		rc = err_set(e, EXIT_ENVIRON, "%s: %s", d->path, db_text(s, 0));
	}
	sqlite3_finalize(s);
	return rc < 0 ? -1 : 0;
}

int db_script(struct db *d, const char *sql, struct err *e)
{
	return sqlite3_exec(d->h, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : db_fail(d, e);
}

/* From an empty file or an older version. Two processes meet at the lock of db_open(). */
static int migrate(struct db *d, int64_t version, bool *damaged, struct err *e)
{
	if (version == SCHEMA_VERSION)
		return 0;
	if (db_run(d, e, "PRAGMA foreign_keys = OFF", "") == 0 && schema_migrate(d, version, e) == 0)
		return 0;
	/* Tables without a version: not ours, or damaged. A full disk is neither. */
	*damaged = db_is_damaged(d) || (version == 0 && d->failed == SQLITE_ERROR);
	return -1;
}

/* 0: good; -1: e says why not; *damaged: it can be begun anew. */
static int open_once(struct db *d, bool *damaged, struct err *e)
{
	int64_t version;

	*damaged = false;
	if (sqlite3_open_v2(d->path, &d->h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
	    SQLITE_OK)
		return db_fail(d, e);
	sqlite3_busy_timeout(d->h, BUSY_MS);
	if (user_version(d, &version, e) < 0) {
		*damaged = db_is_damaged(d);
		return -1;
	}
	if (version > SCHEMA_VERSION)
		return err_set(e, EXIT_ENVIRON,
			       "%s: schema version %lld, this program knows %d: use a later cgofuzz",
			       d->path, (long long)version, SCHEMA_VERSION);
	if (check_whole(d, e) < 0) {
		*damaged = db_is_damaged(d);
		return -1;
	}
	if (migrate(d, version, damaged, e) < 0)
		return -1;
	if (db_run(d, e, "PRAGMA journal_mode = WAL", "") < 0 ||
	    db_run(d, e, "PRAGMA synchronous = NORMAL", "") < 0 ||
	    db_run(d, e, "PRAGMA foreign_keys = ON", "") < 0) {
		*damaged = db_is_damaged(d);
		return -1;
	}
	return 0;
}

static void close_handle(struct db *d)
{
	sqlite3_close(d->h);
	d->h = NULL;
}

/* The log and the index of the log belong to the file: they must not meet a new one. */
static int discard(struct db *d, const char *why, struct err *e)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-journal" };
	int rc = 0;

	close_handle(d);
	for (size_t i = 0; rc == 0 && i < sizeof(tails) / sizeof(tails[0]); i++) {
		char *path = xasprintf("%s%s", d->path, tails[i]);

		if (file_exists(path))
			rc = quarantine_move(d->campaign_dir, path, why, e);
		free(path);
	}
	return rc;
}

/* A campaign's own, or one that was named. */
static void place(struct db *d, const char *where)
{
	char *slash;

	if (dir_exists(where)) {
		d->campaign_dir = path_absolute(where);
		d->path = xasprintf("%s/triage.db", d->campaign_dir);
		return;
	}
	d->path = path_absolute(where);
	d->campaign_dir = xstrdup(d->path);
	slash = strrchr(d->campaign_dir, '/');
	if (slash)
		slash[slash == d->campaign_dir] = '\0';
}

int db_open(struct db *d, const char *where, bool *anew, struct err *e)
{
	struct err why = ERR_INIT;
	bool damaged = false;
	char *lock_path;
	int lock, rc = -1;

	memset(d, 0, sizeof(*d));
	place(d, where);
	lock_path = xasprintf("%s/.triage.lock", d->campaign_dir);
	*anew = false;
	/* Looking and moving aside is one step, also for a second process. */
	lock = file_lock_wait(lock_path, e);
	if (lock >= 0) {
		rc = open_once(d, &damaged, &why);
		if (rc < 0 && damaged && discard(d, why.msg, e) == 0) {
			*anew = true;
			rc = open_once(d, &damaged, &why);
		}
		if (rc < 0)
			*e = why;
		file_unlock(lock);
	}
	free(lock_path);
	if (rc < 0)
		db_close(d);
	return rc;
}

int db_discard(struct db *d, struct err *e)
{
	struct err why = *e;
	int rc = discard(d, why.msg, e);

	db_close(d);
	return rc;
}

void db_close(struct db *d)
{
	close_handle(d);
	free(d->path);
	free(d->campaign_dir);
	memset(d, 0, sizeof(*d));
}
