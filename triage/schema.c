/* schema.c: triage. The steps of the schema. A step that was released is never edited: add one. */
#include "triage/schema.h"

#include <stdlib.h>

#include "base/buf.h"

static const char *const steps[SCHEMA_VERSION] = {
	/* 1 */
	"CREATE TABLE cluster ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" signature TEXT NOT NULL UNIQUE,"
	" title TEXT NOT NULL,"
	" kind TEXT NOT NULL,"
	" weak INTEGER NOT NULL,"
	" replayed TEXT,"
	" replayed_ok INTEGER NOT NULL DEFAULT -1,"
	" replayed_of INTEGER NOT NULL DEFAULT 0,"
	" reference_ok INTEGER NOT NULL DEFAULT -1,"
	" reference_of INTEGER NOT NULL DEFAULT 0,"
	" replay_text TEXT NOT NULL DEFAULT ''"
	") STRICT;"
	"CREATE TABLE bundle ("
	" name TEXT PRIMARY KEY NOT NULL,"
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
	") STRICT;",
	/* 2: which side, and guilty_words(); told from a bundle, settled by verification */
	"ALTER TABLE cluster ADD COLUMN guilty TEXT NOT NULL DEFAULT 'unknown';"
	"ALTER TABLE cluster ADD COLUMN guilty_text TEXT NOT NULL DEFAULT '';",
	/* 3: several campaigns; what people decide; what reduction and attribution find */
	"ALTER TABLE cluster RENAME TO old_cluster;"
	"ALTER TABLE bundle RENAME TO old_bundle;"
	"CREATE TABLE campaign ("
	" id INTEGER PRIMARY KEY,"
	" path TEXT NOT NULL UNIQUE" /* '': the one the database lies in, which may be moved */
	") STRICT;"
	"CREATE TABLE cluster ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" signature TEXT NOT NULL,"
	" origin INTEGER REFERENCES cluster(id)," /* that a person split it from */
	" title TEXT NOT NULL,"
	" kind TEXT NOT NULL,"
	" weak INTEGER NOT NULL,"
	/* The bundle that was replayed and what came of it: -1 of 0 is not tried. */
	" replayed INTEGER REFERENCES bundle(id),"
	" replayed_ok INTEGER NOT NULL DEFAULT -1,"
	" replayed_of INTEGER NOT NULL DEFAULT 0,"
	" reference_ok INTEGER NOT NULL DEFAULT -1,"
	" reference_of INTEGER NOT NULL DEFAULT 0,"
	" replay_text TEXT NOT NULL DEFAULT '',"
	" guilty TEXT NOT NULL DEFAULT 'unknown',"
	" guilty_text TEXT NOT NULL DEFAULT '',"
	/* What the decisions in force make of it. */
	" label TEXT NOT NULL DEFAULT '',"
	" link TEXT NOT NULL DEFAULT '',"
	" ignored INTEGER NOT NULL DEFAULT 0"
	") STRICT;"
	"CREATE TABLE bundle ("
	" id INTEGER PRIMARY KEY,"
	" campaign INTEGER NOT NULL REFERENCES campaign(id),"
	" name TEXT NOT NULL,"
	/* NULL: a death that no replay has confirmed. home: by its signature; cluster: by what people
	 * decided since. */
	" home INTEGER REFERENCES cluster(id),"
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
	" tried INTEGER NOT NULL DEFAULT 0,"
	" UNIQUE (campaign, name)"
	") STRICT;"
	"INSERT INTO campaign (id, path) VALUES (1, '');"
	"INSERT INTO bundle (campaign, name, home, cluster, kind, lane, engine, target, exhibit, build_id,"
	" case_text, presig, plan_bytes, depth, created, tried)"
	" SELECT 1, name, cluster, cluster, kind, lane, engine, target, exhibit, build_id,"
	" case_text, presig, plan_bytes, depth, created, tried FROM old_bundle ORDER BY name;"
	"INSERT INTO cluster (id, signature, title, kind, weak, replayed, replayed_ok, replayed_of,"
	" reference_ok, reference_of, replay_text, guilty, guilty_text)"
	" SELECT id, signature, title, kind, weak,"
	" (SELECT b.id FROM bundle b WHERE b.name = old_cluster.replayed), replayed_ok, replayed_of,"
	" reference_ok, reference_of, replay_text, guilty, guilty_text FROM old_cluster;"
	"UPDATE sqlite_sequence SET seq = max(seq, coalesce("
	"(SELECT seq FROM sqlite_sequence WHERE name = 'old_cluster'), 0)) WHERE name = 'cluster';"
	"DROP TABLE old_bundle;"
	"DROP TABLE old_cluster;"
	"CREATE UNIQUE INDEX cluster_signature ON cluster(signature) WHERE origin IS NULL;"
	"CREATE INDEX bundle_cluster ON bundle(cluster);"
	"CREATE INDEX bundle_home ON bundle(home);"
	"CREATE INDEX bundle_presig ON bundle(presig);"
	/* The journal, never shortened: what undoes a decision is one more. */
	"CREATE TABLE decision ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" at TEXT NOT NULL,"
	" who TEXT NOT NULL,"
	" verb TEXT NOT NULL,"
	" cluster INTEGER REFERENCES cluster(id)," /* NULL: undo */
	" other INTEGER REFERENCES cluster(id)," /* merge: into which; split: the new one */
	" field TEXT NOT NULL DEFAULT ''," /* split: lane, arch, bundle */
	" value TEXT NOT NULL DEFAULT ''," /* label, link, glob, 1 or 0 of ignore */
	" undoes INTEGER REFERENCES decision(id),"
	" undone_by INTEGER REFERENCES decision(id)" /* NULL: in force */
	") STRICT;"
	"CREATE TABLE decision_bundle (" /* of a split by bundles */
	" decision INTEGER NOT NULL REFERENCES decision(id),"
	" bundle INTEGER NOT NULL REFERENCES bundle(id),"
	" PRIMARY KEY (decision, bundle)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE reduced ("
	" bundle INTEGER PRIMARY KEY REFERENCES bundle(id),"
	" path TEXT NOT NULL,"
	" steps INTEGER NOT NULL,"
	" args INTEGER NOT NULL,"
	" leaves INTEGER NOT NULL,"
	" took_ms INTEGER NOT NULL,"
	" at TEXT NOT NULL"
	") STRICT;"
	"CREATE TABLE blame ("
	" bundle INTEGER PRIMARY KEY REFERENCES bundle(id),"
	" words TEXT NOT NULL,"
	" at TEXT NOT NULL"
	") STRICT;"
	"CREATE TABLE verdict ("
	" bundle INTEGER NOT NULL REFERENCES bundle(id),"
	" lane TEXT NOT NULL,"
	" verdict TEXT NOT NULL,"
	" signature TEXT NOT NULL,"
	" same INTEGER NOT NULL,"
	" tries INTEGER NOT NULL,"
	" at TEXT NOT NULL,"
	" PRIMARY KEY (bundle, lane)"
	") STRICT, WITHOUT ROWID;",
	/* 4: plain programs for upstream */
	"CREATE TABLE upstream ("
	" bundle INTEGER PRIMARY KEY REFERENCES bundle(id),"
	" outcome TEXT NOT NULL,"
	" path TEXT NOT NULL,"
	" why TEXT NOT NULL,"
	" at TEXT NOT NULL"
	") STRICT;",
};

int schema_migrate(struct db *d, int64_t from, struct err *e)
{
	char *version = xasprintf("PRAGMA user_version = %d", SCHEMA_VERSION);
	int rc = db_run(d, e, "BEGIN IMMEDIATE", "");

	if (rc == 0) {
		for (int64_t i = from; rc == 0 && i < SCHEMA_VERSION; i++)
			rc = db_script(d, steps[i], e);
		if (rc == 0)
			rc = db_run(d, e, version, "");
		rc = db_end(d, rc, e);
	}
	free(version);
	return rc < 0 ? err_prefix(e, "bringing the database from schema version %lld to %d",
				   (long long)from, SCHEMA_VERSION)
		      : 0;
}
