/* db.h: triage, for its own files. The campaign's SQLite database, prepared statements only. */
#ifndef TRIAGE_DB_H
#define TRIAGE_DB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct db {
	sqlite3 *h;
	char *path;
	int failed; /* SQLite's code of the last error */
	char *campaign_dir; /* absolute: the directory it lies in */
};

/* Opens WHERE/triage.db, or the file WHERE if that is no directory; made if it is not there, brought to
 * this schema if it is of an older one: WAL, foreign keys, waits for other processes.
 * A damaged one is moved to quarantine/ and begun anew: *anew then. One of a later schema is refused
 * with EXIT_ENVIRON. */
int db_open(struct db *d, const char *where, bool *anew, struct err *e);
void db_close(struct db *d);
/* Is the error that of a damaged file? Then db_discard() and open again. */
bool db_is_damaged(const struct db *d);
bool db_is_full(const struct db *d); /* of a full disk, or of a file system that gave up */
int db_discard(struct db *d, struct err *e); /* closes d, moves the file aside */

/* args: one character each: 't' const char * (NULL: NULL), 'i' int64_t. */
sqlite3_stmt *db_prepare(struct db *d, struct err *e, const char *sql, const char *args, ...);
/* 1: a row, 0: none left, -1. */
int db_step(struct db *d, sqlite3_stmt *s, struct err *e);
/* Prepares, runs to the end, finalises. */
int db_run(struct db *d, struct err *e, const char *sql, const char *args, ...);
int db_script(struct db *d, const char *sql, struct err *e); /* several statements of ours */
/* Ends a transaction that has come to rc: COMMIT if 0, else, or if that fails, ROLLBACK and -1. */
int db_end(struct db *d, int rc, struct err *e);
void db_now(char out[32]); /* RFC 3339, UTC, as bundles have it */
const char *db_text(sqlite3_stmt *s, int column); /* never NULL; lives until the next step */

#endif
