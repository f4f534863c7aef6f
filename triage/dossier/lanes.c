/* lanes.c: triage. What a cluster's bundles say of each lane of their campaign. */
#include <inttypes.h>
#include <string.h>

#include "triage/db.h"
#include "triage/dossier/internal.h"

static json_t *lane_json(sqlite3_stmt *s)
{
	int64_t here = sqlite3_column_int64(s, 1);

	return json_pack("{s:s, s:s, s:I, s:s}", "lane", db_text(s, 0), "verdict",
			 here ? "fault" : "not seen", "bundles", (json_int_t)here, "first",
			 db_text(s, 2));
}

json_t *dossier_lanes(const char *campaign_dir, const struct triage_cluster *c, struct err *e)
{
	json_t *list = json_array();
	sqlite3_stmt *s;
	struct db db;
	bool anew;
	int rc;

	if (db_open(&db, campaign_dir, &anew, e) < 0) {
		json_decref(list);
		return NULL;
	}
	s = db_prepare(&db, e,
		       "SELECT lane, sum(cluster IS ?1), min(CASE WHEN cluster IS ?1 THEN created END)"
		       " FROM bundle GROUP BY lane ORDER BY lane",
		       "i", c->id);
	rc = s ? 0 : -1;
	while (rc >= 0 && (rc = db_step(&db, s, e)) > 0)
		json_array_append_new(list, lane_json(s));
	sqlite3_finalize(s);
	db_close(&db);
	if (rc >= 0)
		return list;
	json_decref(list);
	return NULL;
}

void dossier_print_lanes(const json_t *lanes, struct buf *out)
{
	const json_t *lane;
	size_t i;

	json_array_foreach(lanes, i, lane)
	{
		json_int_t n = json_integer_value(json_object_get(lane, "bundles"));

		buf_addstr(out, "  ");
		add_safe(out, json_text(lane, "lane"));
		buf_addf(out, "  %s", json_text(lane, "verdict"));
		if (n)
			buf_addf(out, ", %" JSON_INTEGER_FORMAT " bundle%s, first %s", n,
				 n == 1 ? "" : "s", json_text(lane, "first"));
		buf_addch(out, '\n');
	}
}
