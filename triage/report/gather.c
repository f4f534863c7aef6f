/* gather.c: triage/report. From a campaign's directory to the model of a report. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "triage/cluster.h"
#include "triage/report/private.h"
#include "triage/text.h"

const char *const report_state_names[REPORT_STATES] = {
#define STATE(id, name, about) name,
#include "triage/report/state.def"
#undef STATE
};
const char *const report_state_about[REPORT_STATES] = {
#define STATE(id, name, about) about,
#include "triage/report/state.def"
#undef STATE
};

const struct report_format report_formats[REPORT_FORMATS] = {
#define FORMAT(name, file, about) { #name, file, about, report_##name },
#include "triage/report/format.def"
#undef FORMAT
};

enum report_state report_state(const struct triage_cluster *c)
{
	if (c->ignored)
		return REPORT_IGNORED;
	if (c->known)
		return REPORT_KNOWN;
	if (c->replayed_of <= 0)
		return REPORT_OPEN;
	if (c->replayed_ok <= 0)
		return REPORT_GONE;
	if (c->reference_of > 0 && c->reference_ok <= 0)
		return REPORT_FAST;
	return c->replayed_ok < c->replayed_of ? REPORT_FLAKY : REPORT_NEW;
}

char *report_text(const char *s, size_t len)
{
	struct buf out = BUF_INIT;

	text_escape_lines(&out, s, len);
	return buf_detach(&out, NULL);
}

char *report_line(const char *s)
{
	struct buf out = BUF_INIT;

	if (s && !strpbrk(s, "\n\t"))
		return report_text(s, strlen(s));
	text_escape(&out, s ? s : "", s ? strlen(s) : 0);
	return buf_detach(&out, NULL);
}

static void clean(char **s)
{
	char *text = *s ? report_line(*s) : NULL;

	free(*s);
	*s = text;
}

static struct report_cluster *cluster_of(struct report *r, int64_t id)
{
	for (uint32_t i = 0; i < r->result.cluster_count; i++)
		if (r->clusters[i].c->id == id)
			return &r->clusters[i];
	return NULL;
}

/* lanes: one, or two by a comma. Lanes may be added, so every cluster's counts may have to grow. */
static void take_lanes(struct report *r, struct report_cluster *c, const char *lanes, uint32_t count)
{
	char *copy = xstrdup(lanes), *save = NULL;

	for (char *l = strtok_r(copy, ",", &save); l; l = strtok_r(NULL, ",", &save)) {
		uint32_t before = r->lane_count, lane = report_lane(r, l);

		for (uint32_t i = 0; before < r->lane_count && i < r->result.cluster_count; i++) {
			uint32_t **n = &r->clusters[i].lane_count;

			*n = xrealloc(*n, r->lane_count * sizeof(**n));
			(*n)[lane] = 0;
		}
		c->lane_count[lane] += count;
	}
	free(copy);
}

static int gather_seen(struct report *r, struct db *d, struct err *e)
{
	sqlite3_stmt *s = db_prepare(d, e,
				     "SELECT cluster, lane, count(*)"
				     " FROM bundle WHERE cluster IS NOT NULL"
				     " GROUP BY cluster, lane ORDER BY cluster, lane",
				     "");
	int rc = s ? 0 : -1;

	while (rc >= 0 && (rc = db_step(d, s, e)) > 0) {
		struct report_cluster *c = cluster_of(r, sqlite3_column_int64(s, 0));

		if (c)
			take_lanes(r, c, db_text(s, 1), (uint32_t)sqlite3_column_int64(s, 2));
	}
	sqlite3_finalize(s);
	return rc;
}

static int gather_replays(struct report *r, struct db *d, struct err *e)
{
	sqlite3_stmt *s = db_prepare(d, e, "SELECT id, replay_text FROM cluster", "");
	int rc = s ? 0 : -1;

	while (rc >= 0 && (rc = db_step(d, s, e)) > 0) {
		struct report_cluster *c = cluster_of(r, sqlite3_column_int64(s, 0));
		const char *text = db_text(s, 1);

		if (!c)
			continue;
		free(c->replay_text);
		c->replay_text = report_text(text, strlen(text));
	}
	sqlite3_finalize(s);
	return rc;
}

static void cluster_begin(const struct report *r, struct report_cluster *rc, struct triage_cluster *c)
{
	char **texts[] = { &c->signature,  &c->loose,	  &c->title, &c->guilty_text, &c->known,
			   &c->first_seen, &c->last_seen, &c->blame, &c->label };

	rc->c = c;
	rc->name = xasprintf("%lld", (long long)c->id);
	rc->replay_text = xstrdup("");
	rc->lane_count = xcalloc(r->lane_count + 1, sizeof(*rc->lane_count));
	report_bundle_read(&rc->bundle, c->bundle);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		clean(texts[i]);
}

static int gather_clusters(struct report *r, struct db *d, struct err *e)
{
	r->clusters = xcalloc(r->result.cluster_count + 1, sizeof(*r->clusters));
	for (uint32_t i = 0; i < r->result.cluster_count; i++)
		cluster_begin(r, &r->clusters[i], &r->result.clusters[i]);
	return gather_seen(r, d, e) < 0 ? -1 : gather_replays(r, d, e);
}

static int count_entry(const char *name, void *ctx)
{
	if (name[0] != '.')
		++*(uint64_t *)ctx;
	return 0;
}

/* What lies in the spool; it may hold much that has not been looked at. */
static uint64_t count_spool(const struct report *r)
{
	char *path = xasprintf("%s/spool", r->dir);
	struct err ignored = ERR_INIT;
	uint64_t n = 0;

	if (dir_exists(path))
		dir_each(path, count_entry, &n, &ignored);
	free(path);
	return n;
}

static int gather_in(struct report *r, const struct report_options *o, struct err *e)
{
	uint64_t kept;
	struct db d = { 0 };
	bool anew;
	int rc = triage_read(r->where, o->known_issues, &r->result, e);

	if (rc == 0)
		rc = db_open(&d, r->where, &anew, e);
	if (rc < 0)
		return -1;
	r->dir = xstrdup(d.campaign_dir);
	report_campaign_read(r);
	rc = gather_clusters(r, &d, e);
	db_close(&d);
	if (rc < 0)
		return -1;
	report_cover_read(r);
	kept = count_spool(r);
	r->waiting = kept > r->result.bundles ? kept - r->result.bundles : 0;
	return 0;
}

int report_gather(struct report *r, const char *where, const struct report_options *o, struct err *e)
{
	const char *slash;
	int rc;

	memset(r, 0, sizeof(*r));
	r->where = path_absolute(where);
	slash = strrchr(r->where, '/');
	r->name = report_line(slash ? slash + 1 : r->where);
	rc = gather_in(r, o, e);
	if (rc < 0)
		report_release(r);
	return rc;
}

void report_release(struct report *r)
{
	for (uint32_t i = 0; r->clusters && i < r->result.cluster_count; i++) {
		struct report_cluster *c = &r->clusters[i];

		free(c->name);
		free(c->lane_count);
		free(c->replay_text);
		report_bundle_release(&c->bundle);
	}
	for (uint32_t i = 0; i < r->lane_count; i++) {
		free(r->lanes[i].name);
		free(r->lanes[i].arch);
	}
	free(r->clusters);
	free(r->lanes);
	free(r->where);
	free(r->dir);
	free(r->name);
	free(r->target);
	free(r->seed);
	free(r->command);
	free(r->started);
	free(r->state);
	triage_result_release(&r->result);
	memset(r, 0, sizeof(*r));
}
