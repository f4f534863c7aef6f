/* publish.c: triage/reduce. The smallest that holds, as a bundle that has its own executable. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "triage/reduce/steps.h"
#include "triage/reduce/under_way.h"
#include "triage/replay.h"

static int copy_to(const char *from_dir, const char *to_dir, const char *name, struct err *e)
{
	char *from = xasprintf("%s/%s", from_dir, name), *to = xasprintf("%s/%s", to_dir, name);
	int rc = file_exists(from) ? file_copy(from, to, e) : 0;

	free(from);
	free(to);
	return rc;
}

/* dir/builds/ID: what replays and triage want of a build. */
static int keep_build(const char *dir, const char *id, const char *exe, struct err *e)
{
	const char *slash = strrchr(exe, '/');
	char *from = xasprintf("%.*s", (int)(slash - exe), exe);
	char *to = xasprintf("%s/builds/%s", dir, id);
	const char *const names[] = { slash + 1, "cases", "unbuildable", "lane" };
	int rc = dir_make(to, e);

	for (size_t i = 0; rc == 0 && i < sizeof(names) / sizeof(*names); i++)
		rc = copy_to(from, to, names[i], e);
	free(from);
	free(to);
	return rc;
}

static int keep_builds(const struct under_way *u, const struct stage *s, const char *dir,
		       struct err *e)
{
	char *other = *u->b->other_build_id ? bundle_other_file(u->b, "fuzz-plain") : NULL;
	int rc = keep_build(dir, s->build_id, s->exe, e);

	if (rc == 0 && other)
		rc = keep_build(dir, u->b->other_build_id, other, e);
	free(other);
	return rc;
}

static int load_batch(const struct under_way *u, const struct stage *s, struct batch *batch,
		      struct err *e)
{
	char *path = s->build.dir ? xasprintf("%s/cases", s->build.dir)
				  : bundle_build_file(u->b, "cases");
	int rc = batch_load(batch, path, e);

	free(path);
	return rc;
}

/* What standard error said, as far as a person would read. */
static void read_stderr(const char *rec, struct buf *out)
{
	char *path = xasprintf("%s.stderr", rec);
	struct err ignored = ERR_INIT;

	if (file_exists(path))
		file_read(path, (size_t)1 << 20, out, &ignored);
	free(path);
}

static int fill(const struct under_way *u, const struct stage *s, const char *rec_path,
		const char *dir, struct err *e)
{
	const struct bundle *b = u->b;
	struct build other = { .hold = -1 };
	struct bundle_source src = { .target = b->target, .seed = b->seed };
	struct buf bytes = BUF_INIT, said = BUF_INIT;
	struct lane lane, other_lane;
	struct batch batch;
	int rc = lane_parse(&lane, b->lane, NULL, e);

	if (rc == 0 && *b->other_lane)
		rc = lane_parse(&other_lane, b->other_lane, NULL, e);
	if (rc == 0)
		rc = load_batch(u, s, &batch, e);
	if (rc < 0)
		return -1;
	memcpy(other.id, b->other_build_id, sizeof(other.id));
	src.lane = &lane;
	src.other_lane = *b->other_lane ? &other_lane : NULL;
	src.other_build = *b->other_lane ? &other : NULL;
	src.engine = (enum engine)stage_engine(b);
	src.batch = &batch;
	read_stderr(rec_path, &said);
	src.stderr_text = said.ptr;
	rc = file_read(rec_path, 4 * sizeof(*b->rec), &bytes, e);
	if (rc == 0)
		rc = recorder_check(bytes.ptr, bytes.len, e);
	if (rc == 0)
		rc = bundle_put(dir, &src, (const void *)bytes.ptr, e);
	batch_release(&batch);
	buf_release(&bytes);
	buf_release(&said);
	return rc;
}

static void measure_case(struct reduce_size *size, const char *text)
{
	struct fuzz_case c = { 0 };
	struct err e = ERR_INIT;

	if (!text || case_parse(&c, text, strlen(text), "case", &e) < 0)
		return;
	size->text = (uint32_t)strlen(c.text);
	size->arguments = c.proto.arg_count;
	size->leaves = shape_leaf_count(c.proto.result);
	for (uint32_t i = 0; i < c.proto.arg_count; i++)
		size->leaves += shape_leaf_count(c.proto.args[i]);
	case_release(&c);
}

static void measure(struct reduce_size *size, const struct point *p, const char *case_text)
{
	*size = (struct reduce_size){ .plans = p->plan_count };
	for (uint32_t i = 0; i < p->plan_count; i++) {
		struct steps s;

		steps_read(&s, p->plans[i]);
		size->steps += s.count;
		for (uint32_t k = 0; k < s.count; k++)
			if (!steps_is_turbulence(&s, k) && steps_crossing(&s, k).depth > size->depth)
				size->depth = steps_crossing(&s, k).depth;
	}
	measure_case(size, case_text);
}

/* The build it runs in: the bundle's, that of the smallest cases, or another. */
static const struct stage *stage_of(struct under_way *u, const struct point *p, struct err *e)
{
	if (!p->case_count)
		return &u->own;
	stage_release(&u->stage);
	u->trials.builds++;
	return stage_build(&u->stage, u->b, p, 1, u->control, e) < 0 ? NULL : &u->stage;
}

/* 1: it holds, and dir is a bundle of it. 0: it shows less often than the bundle did. */
static int publish_one(struct under_way *u, const struct point *p, const char *dir, struct err *e)
{
	const struct stage *s = stage_of(u, p, e);
	char *rec = xasprintf("%s/recorder", u->trials.temp), *said = xasprintf("%s.stderr", rec);
	struct buf text = BUF_INIT;
	struct err ignored = ERR_INIT;
	int same = 0, rc = s ? 0 : -1;

	(void)remove(said);
	if (rc == 0)
		rc = trials_confirm(&u->trials, s, p, REDUCE_TRIES, rec, &text, &same, e);
	if (rc == 0 && same >= u->r->same) {
		rc = dir_remove(dir, e) < 0 || dir_make(dir, e) < 0 ||
				fill(u, s, rec, dir, e) < 0 || keep_builds(u, s, dir, e) < 0
			? -1
			: 1;
		u->r->same = same;
		u->r->need_earlier = p->plan_count > 1;
		measure(&u->r->after, p, p->case_count ? p->cases[0] : u->b->case_text);
		buf_addstr(&u->r->case_text, p->case_count ? p->cases[0] : u->b->case_text);
		for (uint32_t i = 0; i < p->plan_count; i++)
			plan_print(p->plans[i]->bytes, p->plans[i]->len, s->slots, PLAN_NO_MARK,
				   &u->r->plan_text);
	}
	dir_remove(rec, &ignored);
	buf_release(&text);
	free(said);
	free(rec);
	return rc;
}

int reduce_publish(struct under_way *u, struct err *e)
{
	char *dir = xasprintf("%s/" UNDER_WAY_BUNDLE, u->part);
	int rc = 0;

	measure(&u->r->before, &u->history.points[0], u->b->case_text);
	for (uint32_t i = u->history.count; i-- > 0 && rc == 0;)
		rc = publish_one(u, &u->history.points[i], dir, e);
	if (rc == 0)
		rc = err_set(e, EXIT_ENVIRON,
			     "%s: what showed it before does not any more: is the machine busy?",
			     u->b->name);
	free(dir);
	return rc < 0 ? -1 : 0;
}
