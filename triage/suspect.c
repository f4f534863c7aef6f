/* suspect.c: triage. Who is guilty of what is in a bundle. */
#include "triage/suspect.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "triage/evidence.h"

#define SAID_BYTES ((size_t)1 << 20)

static bool read_case(const struct bundle *b, struct fuzz_case *c)
{
	struct err e = ERR_INIT;

	return b->case_text && case_parse(c, b->case_text, strlen(b->case_text), "case", &e) == 0;
}

static int read_lane(const struct bundle *b, struct lane *lane, struct err *e)
{
	return lane_parse(lane, b->lane, arch_of((int)b->rec->arch), e);
}

static void judge(struct suspect *s)
{
	struct fuzz_case c;
	struct lane lane;
	struct err e = ERR_INIT;
	struct guilty g;

	if (read_lane(s->b, &lane, &e) < 0 || !read_case(s->b, &c))
		return;
	guilty_judge(&g, &s->b->rec->fault, &s->facts, &lane, &c);
	s->side = g.side;
	buf_reset(&s->words);
	guilty_words(&g, &s->words);
	guilty_release(&g);
	case_release(&c);
}

void suspect_open(struct suspect *s, const struct bundle *b)
{
	char *path = xasprintf("%s/stderr.txt", b->dir);
	struct buf said = BUF_INIT;
	struct err ignored = ERR_INIT;

	*s = (struct suspect){ .b = b, .side = GUILTY_UNKNOWN, .words = BUF_INIT };
	if (file_exists(path))
		file_read(path, SAID_BYTES, &said, &ignored);
	s->facts = guilty_facts_of(&b->rec->fault, said.ptr);
	judge(s);
	buf_release(&said);
	free(path);
}

static int run_build(struct suspect *s, const struct batch *batch, const struct lane *lane,
		     struct err *e)
{
	struct toolchain tools;
	struct build build;
	int rc = toolchain_resolve(&tools, lane, e);

	if (rc == 0)
		rc = build_batch(&build, batch, lane, BUILD_PLAIN, 0, e);
	if (rc == 0) {
		char *exe = build_plain(&build);
		struct evidence_guest g = { exe,  ENGINE_COUNT, build.id,
					    lane, &tools,	s->b->rec->misuse == 1 };

		rc = evidence_gather(&s->facts, &s->b->rec->fault, s->b->rec->plan,
				     s->b->rec->plan_len, &g, e);
		build_release(&build);
		free(exe);
	}
	return rc;
}

/* The whole batch: slots keep their numbers, which plans name. */
int suspect_examine(struct suspect *s, struct err *e)
{
	char *path;
	struct batch batch;
	struct lane lane;
	int rc;

	if (!evidence_wanted(&s->b->rec->fault, &s->facts))
		return 0;
	path = bundle_build_file(s->b, "cases");
	rc = read_lane(s->b, &lane, e);
	if (rc == 0)
		rc = batch_load(&batch, path, e);
	if (rc == 0) {
		batch_with_control(&batch);
		rc = run_build(s, &batch, &lane, e);
		batch_release(&batch);
		judge(s);
	}
	free(path);
	return rc < 0 ? err_prefix(e, "looking for the guilty side") : 0;
}

void suspect_release(struct suspect *s)
{
	buf_release(&s->words);
}
