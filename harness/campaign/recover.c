/* recover.c: campaign. What a run that was killed has left behind. */
#include "campaign/recover.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "campaign/collect.h"
#include "campaign/prepared.h"

struct recovery {
	const struct campaign *campaign;
	int (*record)(void *ctx, struct instance *i, const char *rec_path, struct err *e);
	void *ctx;
	struct err *e;
	const char *engine_dir; /* of the slices being walked */
};

static int read_lane(struct instance *i, const json_t *j, struct lane *lane, struct err *e)
{
	const char *name, *engine, *dir, *id;
	json_error_t why;

	if (json_unpack_ex((json_t *)j, &why, 0, "{s:s, s:s, s:s, s:s}", "lane", &name, "engine",
			   &engine, "build_dir", &dir, "build_id", &id) < 0)
		return err_set(e, EXIT_ENVIRON, "slice.json: %s", why.text);
	for (int k = 0; k < ENGINE_COUNT; k++)
		if (strcmp(engine, engine_names[k]) == 0)
			i->ops = engine_ops_of((enum engine)k);
	if (!i->ops)
		return err_set(e, EXIT_ENVIRON, "slice.json: unknown engine '%s'", engine);
	if (lane_parse(lane, name, NULL, e) < 0)
		return -1;
	i->lane = lane;
	i->build.dir = xstrdup(dir);
	snprintf(i->build.id, sizeof(i->build.id), "%s", id);
	return 0;
}

static int read_slice(struct instance *i, struct lane *lane, struct err *e)
{
	char *path = xasprintf("%s/slice.json", i->slice_dir);
	struct buf text = BUF_INIT;
	json_error_t why;
	json_t *j = NULL;
	int rc = file_read(path, 1 << 20, &text, e);

	if (rc == 0) {
		j = json_loadb(text.ptr, text.len, 0, &why);
		rc = j ? read_lane(i, j, lane, e)
		       : err_set(e, EXIT_ENVIRON, "%s: %s", path, why.text);
	}
	json_decref(j);
	buf_release(&text);
	free(path);
	return rc;
}

/* The batch of the slice, as the build has kept it. */
static int read_batch(struct instance *i, struct err *e)
{
	struct prepared *p = xcalloc(1, sizeof(*p));
	char *path = xasprintf("%s/cases", i->build.dir);
	int rc;

	p->users = 1;
	p->batches = xcalloc(1, sizeof(*p->batches));
	p->builds = xcalloc(1, sizeof(*p->builds));
	p->builds[0].hold = -1;
	rc = batch_load(p->batches, path, e);
	if (rc == 0) {
		p->lane_count = 1;
		p->builds[0].dir = xstrdup(i->build.dir);
		memcpy(p->builds[0].id, i->build.id, sizeof(i->build.id));
	}
	i->batch = p;
	free(path);
	return rc;
}

static int recover_slice(struct recovery *r, struct instance *i, struct err *e)
{
	struct lane lane;
	int rc = -1;

	if (read_slice(i, &lane, e) < 0 || read_batch(i, e) < 0)
		return -1;
	i->rec = recorder_map(i->slice_dir, e);
	if (!i->rec)
		return -1;
	rc = 0;
	if (i->rec->state != CGOFUZZ_IDLE && i->rec->fault.kind != CGOFUZZ_FAULT_NONE &&
	    !collect_has(i->slice_dir, &i->rec->fault))
		rc = collect_recorder(i, CGOFUZZ_FAULT_DEATH, 0, e);
	if (rc == 0)
		rc = collect_pending(i, r->e);
	return rc;
}

/* A slice that makes no sense is kept, out of the way, with the reason. */
static int set_aside(struct recovery *r, const char *slice_dir, const char *reason)
{
	const char *engine = strrchr(r->engine_dir, '/') + 1, *slice = strrchr(slice_dir, '/') + 1;
	char *to = xasprintf("%s/quarantine/%s-%s-%ld", r->campaign->dir, engine, slice,
			     (long)getpid());
	char *note = xasprintf("%s.reason", to);
	int rc = 0;

	log_warn("%s could not be read and is moved to %s: %s", slice_dir, to, reason);
	if (rename(slice_dir, to) < 0)
		rc = err_errno(r->e, EXIT_ENVIRON, "could not move %s to %s", slice_dir, to);
	else
		rc = file_write(note, reason, strlen(reason), r->e);
	free(note);
	free(to);
	return rc;
}

static int each_slice(const char *name, void *ctx)
{
	struct recovery *r = ctx;
	struct instance i = { .record = r->record, .record_ctx = r->ctx };
	struct err why = ERR_INIT;
	int rc;

	if (strncmp(name, "slice-", 6) != 0)
		return 0;
	i.slice_dir = xasprintf("%s/%s", r->engine_dir, name);
	i.name = xstrdup(strrchr(r->engine_dir, '/') + 1);
	i.log = xasprintf("%s/log/%s.log", r->campaign->dir, i.name);
	i.target = r->campaign->config.target.name;
	r->e->status = 0;
	if (recover_slice(r, &i, &why) == 0)
		rc = dir_remove(i.slice_dir, r->e);
	else
		rc = r->e->status ? -1 : set_aside(r, i.slice_dir, why.msg);
	if (i.records)
		log_say("%llu fault%s recovered from the last run (%s)",
			(unsigned long long)i.records, i.records == 1 ? "" : "s", i.name);
	prepared_drop(i.batch);
	free(i.build.dir);
	instance_release(&i);
	return rc;
}

static int each_engine(const char *name, void *ctx)
{
	struct recovery *r = ctx;
	char *dir = xasprintf("%s/engines/%s", r->campaign->dir, name);
	int rc = 0;

	r->engine_dir = dir;
	if (dir_exists(dir))
		rc = dir_each(dir, each_slice, r, r->e);
	free(dir);
	return rc;
}

int recover(const struct campaign *c,
	    int (*record)(void *ctx, struct instance *i, const char *rec_path, struct err *e),
	    void *ctx, struct err *e)
{
	struct recovery r = { .campaign = c, .record = record, .ctx = ctx, .e = e };
	char *engines = campaign_path(c, "engines");
	int killed = slice_kill_all(engines), rc;

	if (killed)
		log_detail("%d processes of an earlier run ended", killed);
	rc = dir_each(engines, each_engine, &r, e);
	free(engines);
	return rc;
}
