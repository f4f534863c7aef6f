/* decision_keep.c: triage. The journal of decisions once more, as a file beside the database: what people decided cannot
 * be made again from bundles. It is written within the transaction of each decision, and read when the database was
 * lost. Clusters keep their ids. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "triage/decision_private.h"
#include "triage/text.h"

#define KEEP_VERSION 1
#define KEEP_LIMIT ((size_t)64 << 20)

/* Every cluster that a decision names, and those that these were split from. */
#define NAMED \
	"WITH RECURSIVE named(id) AS (SELECT cluster FROM decision UNION SELECT other FROM decision" \
	" UNION SELECT origin FROM cluster JOIN named USING (id)) "

static const struct table {
	const char *name, *types; /* of columns, as db_prepare() has them */
	const char *columns[11];
	const char *read, *write;
} tables[] = {
	{ "clusters",
	  "ittttii",
	  { "id", "signature", "title", "kind", "guilty", "weak", "origin" },
	  NAMED "SELECT id, signature, title, kind, guilty, weak, origin FROM cluster"
		" WHERE id IN (SELECT id FROM named) ORDER BY id",
	  "INSERT INTO cluster (id, signature, title, kind, guilty, weak, origin)"
	  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, nullif(?7, 0))" },
	{ "decisions",
	  "itttttiiii",
	  { "id", "at", "who", "verb", "field", "value", "cluster", "other", "undoes", "undone_by" },
	  "SELECT id, at, who, verb, field, value, cluster, other, undoes, undone_by FROM decision"
	  " ORDER BY id",
	  "INSERT INTO decision (id, at, who, verb, field, value, cluster, other, undoes, undone_by)"
	  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, nullif(?7, 0), nullif(?8, 0), nullif(?9, 0), nullif(?10, 0))" },
	{ "bundles",
	  "itt",
	  { "decision", "campaign", "name" },
	  "SELECT decision, c.path, b.name FROM decision_bundle JOIN bundle b ON b.id = bundle"
	  " JOIN campaign c ON c.id = b.campaign ORDER BY decision, b.id",
	  "INSERT OR IGNORE INTO decision_bundle (decision, bundle) SELECT ?1, b.id FROM bundle b"
	  " JOIN campaign c ON c.id = b.campaign WHERE c.path = ?2 AND b.name = ?3"
	  " AND EXISTS (SELECT 1 FROM decision WHERE id = ?1)" },
};
enum { CLUSTERS, DECISIONS, BUNDLES, TABLES };

static char *keep_path(const struct db *d)
{
	return xasprintf("%s.decisions", d->path);
}

static int rows_to_json(struct db *d, const struct table *t, json_t *root, struct err *e)
{
	sqlite3_stmt *s = db_prepare(d, e, t->read, "");
	json_t *rows = json_array();
	int rc = s ? 0 : -1;

	while (rc >= 0 && (rc = db_step(d, s, e)) > 0) {
		json_t *row = json_object();

		for (int i = 0; t->columns[i]; i++)
			json_object_set_new(row, t->columns[i],
					    t->types[i] == 't'
						    ? text_to_json(db_text(s, i))
						    : json_integer(sqlite3_column_int64(s, i)));
		json_array_append_new(rows, row);
	}
	sqlite3_finalize(s);
	json_object_set_new(root, t->name, rows);
	return rc;
}

int decision_keep(struct db *d, struct err *e)
{
	json_t *root = json_pack("{s:i}", "version", KEEP_VERSION);
	char *path = keep_path(d), *text;
	int rc = 0;

	for (int i = 0; rc == 0 && i < TABLES; i++)
		rc = rows_to_json(d, &tables[i], root, e);
	text = json_dumps(root, JSON_INDENT(1));
	if (rc == 0)
		rc = file_publish(path, text, strlen(text), e);
	free(text);
	free(path);
	json_decref(root);
	return rc;
}

/* A row of the file into the table; what is missing in it is 0 or "". */
static int row_restore(struct db *d, const struct table *t, const json_t *row, struct err *e)
{
	sqlite3_stmt *s = db_prepare(d, e, t->write, "");
	int rc = s ? 0 : -1;

	for (int i = 0; rc == 0 && t->columns[i]; i++) {
		const json_t *value = json_object_get(row, t->columns[i]);
		const char *text = json_string_value(value);

		if (t->types[i] == 't')
			sqlite3_bind_text(s, i + 1, text ? text : "", -1, SQLITE_TRANSIENT);
		else
			sqlite3_bind_int64(s, i + 1, json_integer_value(value));
	}
	if (rc == 0)
		rc = db_step(d, s, e);
	sqlite3_finalize(s);
	return rc < 0 ? -1 : 0;
}

static int table_restore(struct db *d, const struct table *t, const json_t *root, struct err *e)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(root, t->name), i,
			   row) if (row_restore(d, t, row, e) < 0) return -1;
	return 0;
}

/* *root NULL: there is no such file. */
static int keep_read(const struct db *d, json_t **root, struct err *e)
{
	char *path = keep_path(d);
	struct buf text = BUF_INIT;
	json_error_t where;
	int rc = 0;

	*root = NULL;
	if (file_exists(path) && (rc = file_read(path, KEEP_LIMIT, &text, e)) == 0) {
		*root = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &where);
		if (!*root)
			rc = err_set(e, EXIT_ENVIRON, "%s:%d: %s", path, where.line, where.text);
		else if (json_integer_value(json_object_get(*root, "version")) != KEEP_VERSION)
			rc = err_set(e, EXIT_ENVIRON, "%s: no version %d", path, KEEP_VERSION);
	}
	if (rc < 0) {
		json_decref(*root);
		*root = NULL;
	}
	buf_release(&text);
	free(path);
	return rc;
}

static int exists(struct db *d, const char *sql, struct err *e)
{
	sqlite3_stmt *s = db_prepare(d, e, sql, "");
	int rc = s ? db_step(d, s, e) : -1;

	sqlite3_finalize(s);
	return rc;
}

int decision_restore(struct db *d, uint32_t *count, struct err *e)
{
	json_t *root;
	int rc;

	*count = 0;
	rc = exists(d, "SELECT 1 FROM decision LIMIT 1", e);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	rc = keep_read(d, &root, e);
	if (rc < 0 || !root)
		return rc;
	rc = db_run(d, e, "BEGIN IMMEDIATE", "");
	if (rc == 0) {
		rc = db_run(d, e, "PRAGMA defer_foreign_keys = ON", "");
		rc = rc < 0 ? rc : table_restore(d, &tables[CLUSTERS], root, e);
		rc = rc < 0 ? rc : table_restore(d, &tables[DECISIONS], root, e);
		rc = db_end(d, rc, e);
	}
	if (rc == 0)
		*count = (uint32_t)json_array_size(json_object_get(root, "decisions"));
	json_decref(root);
	return rc;
}

int decision_restore_bundles(struct db *d, struct err *e)
{
	json_t *root = NULL;
	uint64_t moved;
	int rc = exists(
		d, "SELECT 1 FROM decision WHERE field = 'bundle' AND undone_by IS NULL LIMIT 1", e);

	if (rc > 0)
		rc = keep_read(d, &root, e);
	if (rc < 0 || !root)
		return rc;
	rc = db_run(d, e, "BEGIN IMMEDIATE", "");
	if (rc == 0) {
		rc = table_restore(d, &tables[BUNDLES], root, e);
		rc = rc < 0 ? rc : decision_apply(d, &moved, e);
		rc = db_end(d, rc, e);
	}
	json_decref(root);
	return rc;
}
