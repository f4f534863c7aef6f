/* schema.h: triage. The campaign's database. Everything in it can be made again from the spool. */
#ifndef TRIAGE_SCHEMA_H
#define TRIAGE_SCHEMA_H

/* Kept in PRAGMA user_version. A later one is refused; an older one is dropped and rebuilt. */
#define SCHEMA_VERSION 2

static const char schema_sql[] =
	"CREATE TABLE cluster ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" signature TEXT NOT NULL UNIQUE,"
	" title TEXT NOT NULL,"
	" kind TEXT NOT NULL,"
	" weak INTEGER NOT NULL,"
	/* The bundle that was replayed and what came of it: -1 of 0 is not tried. */
	" replayed TEXT,"
	" replayed_ok INTEGER NOT NULL DEFAULT -1,"
	" replayed_of INTEGER NOT NULL DEFAULT 0,"
	" reference_ok INTEGER NOT NULL DEFAULT -1,"
	" reference_of INTEGER NOT NULL DEFAULT 0,"
	" replay_text TEXT NOT NULL DEFAULT '',"
	/* Which side, and guilty_words(); told from a bundle, settled by verification. */
	" guilty TEXT NOT NULL DEFAULT 'unknown',"
	" guilty_text TEXT NOT NULL DEFAULT ''"
	") STRICT;"
	"CREATE TABLE bundle ("
	" name TEXT PRIMARY KEY NOT NULL,"
	/* NULL: a death that no replay has confirmed. */
	" cluster INTEGER REFERENCES cluster(id),"
	" kind TEXT NOT NULL,"
	" lane TEXT NOT NULL,"
	" engine TEXT NOT NULL,"
	" target TEXT NOT NULL,"
	" exhibit TEXT NOT NULL,"
	" build_id TEXT NOT NULL,"
	" case_text TEXT NOT NULL,"
	" presig TEXT NOT NULL,"
	" plan_bytes INTEGER NOT NULL,"
	" depth INTEGER NOT NULL,"
	" created TEXT NOT NULL,"
	" tried INTEGER NOT NULL DEFAULT 0"
	") STRICT;"
	"CREATE INDEX bundle_cluster ON bundle(cluster);"
	"CREATE INDEX bundle_presig ON bundle(presig);";

#endif
