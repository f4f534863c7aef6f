/* regress.c: campaign. The files of corpus/regress/: read, built, run and judged. */
#include "campaign/regress.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/rng.h"
#include "campaign/collect.h"
#include "campaign/corpus.h"
#include "emit/batch.h"
#include "guest/plan.h"

#define PLANS 64
#define DEADLINE_MS 60000

static const char *const kinds[] = {
#define FAULT(id, name, oracle, survivable, about) name,
#include "guest/fault.def"
#undef FAULT
};

static bool known_verdict(const char *text)
{
	if (strcmp(text, "ok") == 0 || strcmp(text, "unbuildable") == 0)
		return true;
	for (size_t i = 1; i < CGOFUZZ_FAULT_KINDS; i++)
		if (strcmp(text, kinds[i]) == 0)
			return true;
	return false;
}

static const char *value_of(const char *line, const char *key)
{
	size_t len = strlen(key);

	if (strncmp(line, key, len) != 0 || line[len] != ':')
		return NULL;
	return line + len + 1 + strspn(line + len + 1, " \t");
}

static int take_line(struct regress *r, const char *line, struct err *e)
{
	const char *value;

	if (!*line || *line == '#')
		return 0;
	if ((value = value_of(line, "lane"))) {
		free(r->lanes);
		r->lanes = xstrdup(value);
	} else if ((value = value_of(line, "expect"))) {
		if (!known_verdict(value))
			return err_set(e, EXIT_USAGE,
				       "'%s' is no verdict: ok, unbuildable or a kind "
				       "of harness/guest/fault.def",
				       value);
		free(r->expect);
		r->expect = xstrdup(value);
	} else {
		r->cases = xrealloc(r->cases, (r->case_count + 1) * sizeof(*r->cases));
		r->cases[r->case_count++] = xstrdup(line);
	}
	return 0;
}

int regress_load(struct regress *r, const char *path, struct err *e)
{
	struct buf text = BUF_INIT;
	char *save = NULL, *line;
	int rc;

	*r = (struct regress){ .path = xstrdup(path), .expect = xstrdup("ok") };
	rc = file_read(path, 1 << 20, &text, e);
	for (line = rc == 0 ? strtok_r(text.ptr, "\n", &save) : NULL; line && rc == 0;
	     line = strtok_r(NULL, "\n", &save)) {
		line += strspn(line, " \t");
		line[strcspn(line, "\r")] = '\0';
		rc = take_line(r, line, e);
	}
	if (rc == 0 && !r->case_count)
		rc = err_set(e, EXIT_USAGE, "no case in it");
	buf_release(&text);
	return rc < 0 ? err_prefix(e, "%s", path) : 0;
}

void regress_release(struct regress *r)
{
	for (uint32_t i = 0; i < r->case_count; i++)
		free(r->cases[i]);
	free(r->cases);
	free(r->path);
	free(r->expect);
	free(r->lanes);
	*r = (struct regress){ 0 };
}

/* Plans that call every case in both routes, at all depths and with many values. */
static int write_plans(const char *dir, char **paths, struct err *e)
{
	uint8_t plan[64 * CGOFUZZ_STEP_BYTES];
	struct rng rng;
	int rc = 0;

	rng_seed(&rng, 1);
	for (uint32_t i = 0; i < PLANS && rc == 0; i++) {
		rng_fill(&rng, plan, sizeof(plan));
		cgofuzz_plan_calm(plan, plan, sizeof(plan));
		paths[i] = xasprintf("%s/plan-%02u", dir, i);
		rc = file_write(paths[i], plan, sizeof(plan), e);
	}
	return rc;
}

static int first_kind(const char *name, void *ctx)
{
	const char **found = ctx;
	struct cgofuzz_fault fault;
	char *path;

	path = xasprintf("%s/pending/%s", found[1], name);
	if (!found[0] && collect_read_fault(path, &fault) && fault.kind < CGOFUZZ_FAULT_KINDS)
		found[0] = kinds[fault.kind];
	free(path);
	return 0;
}

/* What the recorder and its files say after the guest has ended. */
static int judge(const char *dir, const struct guest_result *result, struct buf *verdict,
		 struct err *e)
{
	const char *found[2] = { NULL, dir };
	char *pending = xasprintf("%s/pending", dir);
	struct cgofuzz_recorder *rec = recorder_map(dir, e);
	int rc = rec ? dir_each(pending, first_kind, found, e) : -1;

	if (rc == 0 && !found[0] && rec->state != CGOFUZZ_IDLE) {
		uint32_t kind = rec->fault.kind;

		found[0] = kind && kind < CGOFUZZ_FAULT_KINDS ? kinds[kind]
			: result->hung			      ? kinds[CGOFUZZ_FAULT_HANG]
							      : kinds[CGOFUZZ_FAULT_DEATH];
	}
	if (rc == 0 && !found[0] && result->executions == 0)
		rc = err_set(e, EXIT_ENVIRON, "the guest has run no plan (%s/stderr.txt)", dir);
	if (rc == 0)
		buf_addstr(verdict, found[0] ? found[0] : "ok");
	if (rec)
		recorder_unmap(rec);
	free(pending);
	return rc;
}

static int run_build(const struct build *b, const struct lane *l, const char *dir,
		     struct buf *verdict, struct err *e)
{
	char *paths[PLANS] = { NULL }, *exe = build_plain(b);
	char *log = xasprintf("%s/stderr.txt", dir);
	struct guest_run run = { .exe = exe,
				 .engine = ENGINE_COUNT, /* none: it runs the plans and ends */
				 .plans = (const char *const *)paths,
				 .plan_count = PLANS,
				 .recorder_dir = dir,
				 .stderr_path = log,
				 .deadline_ms = DEADLINE_MS };
	struct guest_result result;
	struct toolchain tools;
	int rc = -1;

	if (toolchain_resolve(&tools, l, e) == 0 && dir_remove(dir, e) == 0 &&
	    dir_make(dir, e) == 0 && recorder_create(dir, b->id, (int)l->arch->id, e) == 0 &&
	    write_plans(dir, paths, e) == 0 && guest_run(&run, l, &tools, &result, e) == 0)
		rc = judge(dir, &result, verdict, e);
	for (int i = 0; i < PLANS; i++)
		free(paths[i]);
	free(log);
	free(exe);
	return rc;
}

int regress_run(const struct regress *r, const struct lane *l, const char *dir, struct buf *verdict,
		struct err *e)
{
	struct batch batch = { 0 };
	struct build build = { .hold = -1 };
	int rc = batch_from_cases(&batch, (const char *const *)r->cases, r->case_count, e);

	if (rc == 0)
		rc = build_batch(&build, &batch, l, BUILD_PLAIN, 0, e);
	if (rc == 0 && build.unbuildable)
		buf_addstr(verdict, "unbuildable");
	else if (rc == 0)
		rc = run_build(&build, l, dir, verdict, e);
	build_release(&build);
	batch_release(&batch);
	return rc < 0 ? err_prefix(e, "%s, lane %s", r->path, l->name) : 0;
}
