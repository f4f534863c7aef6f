/* differ_alone.c: campaign. A fault that a plan of another lane shows in this one: the lane's engines may never come to
 * that plan, so their program runs it, and what it records is as good as found by them. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "campaign/differ.h"
#include "campaign/run.h"

#define DEADLINE_MS 20000

struct looking {
	const char *pending;
	char *path; /* of a record; NULL: none yet */
};

static int take_pending(const char *name, void *ctx)
{
	struct looking *l = ctx;

	if (!l->path && strstr(name, ".rec"))
		l->path = xasprintf("%s/%s", l->pending, name);
	return 0;
}

/* A fault that was survived is a file by now; what ended the guest is in the recorder itself. */
static char *find_record(const char *dir, const struct guest_result *g, struct err *e)
{
	char *pending = xasprintf("%s/pending", dir);
	struct looking l = { .pending = pending };
	struct cgofuzz_recorder *rec = recorder_map(dir, e);

	if (rec && rec->state != CGOFUZZ_IDLE && !g->timed_out &&
	    (rec->fault.kind != CGOFUZZ_FAULT_NONE || !g->hung)) {
		rec->fault.wait_status = g->wait_status;
		l.path = xasprintf("%s/recorder", dir);
	} else if (rec && dir_each(pending, take_pending, &l, e) < 0) {
		free(l.path);
		l.path = NULL;
	}
	if (rec)
		recorder_unmap(rec);
	free(pending);
	return l.path;
}

enum engine differ_engine(const struct config *c)
{
	return c->engines[ENGINE_LIBFUZZER] ? ENGINE_LIBFUZZER : ENGINE_AFL;
}

/* The plan alone, nothing skipped that was not skipped before. */
static int run_plan(const struct run *r, const char *dir, const char *plan, uint32_t lane,
		    const uint64_t *muted, struct guest_result *g, struct err *e)
{
	const struct config *c = &r->campaign->config;
	const struct build *build = &r->differing.batch->builds[lane];
	char *exe = build_exe(build, differ_engine(c)), *log = xasprintf("%s/stderr", dir);
	const struct guest_run run = { .exe = exe,
				       .engine = differ_engine(c),
				       .plans = &plan,
				       .plan_count = 1,
				       .recorder_dir = dir,
				       .stderr_path = log,
				       .deadline_ms = DEADLINE_MS,
				       .misuse = c->misuse };
	struct cgofuzz_recorder *rec;
	int rc = recorder_create(dir, build->id, (int)c->lanes[lane].arch->id, e);

	rec = rc == 0 ? recorder_map(dir, e) : NULL;
	if (rec) {
		for (int i = 0; i < CGOFUZZ_MAX_SLOTS / 64; i++)
			rec->muted[i] = muted[i];
		recorder_unmap(rec);
		rc = guest_run(&run, &c->lanes[lane], &r->tools[lane], g, e);
	}
	free(log);
	free(exe);
	return rec ? rc : -1;
}

int differ_alone(const struct run *r, uint32_t lane, const uint8_t *plan, uint32_t len,
		 const uint64_t *muted, const char *to, struct err *e)
{
	char *dir = xasprintf("%s/alone", r->differing.dir), *path = xasprintf("%s/plan", dir);
	struct guest_result g = { 0 };
	char *record = NULL;
	int rc = dir_remove(dir, e) < 0 || dir_make(dir, e) < 0 ? -1 : file_write(path, plan, len, e);

	if (rc == 0)
		rc = run_plan(r, dir, path, lane, muted, &g, e);
	if (rc == 0)
		record = find_record(dir, &g, e);
	if (record)
		rc = file_copy(record, to, e) < 0 ? -1 : 1;
	free(record);
	free(path);
	free(dir);
	return rc;
}
