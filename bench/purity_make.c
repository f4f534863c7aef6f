/* purity_make.c: bench. A set of labelled bundles: on each of many lanes plans for every exhibit, a campaign on all
 * planted faults, and campaigns on some turbulent ones, which are armed one by one, so that it is known who acts. */
#include "bench/purity_make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/job.h"
#include "base/proc.h"
#include "bench/child.h"
#include "bench/purity.h"

#define PLANTED_S 12
#define ARMED_S 4
#define COMPARED_S 20
#define START_S 120 /* until a first bundle */
#define LANES_FOR_EXHIBIT 8 /* of so many lanes, one has a campaign on it */

/* Compilers on either side, both ends of the levels, releases of Go; each on both architectures. Go 1.22 takes a hundred
 * times as long to call from C (golang/go#68587), and 1.21 to 1.23 on the main thread, which is too long under QEMU. */
static const char *const lanes[][2] = {
	{ "amd64-gcc12-gcc12-O0-wO0", "arm64-gcc12-gcc12-O0-wO0" },
	{ "amd64-clang14-clang14-O2-wO2", "arm64-clang14-clang14-O2-wO2" },
	{ "amd64-gcc12-gcc12-O2-wO2", "arm64-gcc12-gcc12-O2-wO2" },
	{ "amd64-clang14-clang14-O0-wO0", "arm64-clang14-clang14-O0-wO0" },
	{ "amd64-gcc12-clang14-O2-wO0", "arm64-gcc12-clang14-O2-wO0" },
	{ "amd64-clang14-gcc12-O0-wO2", "arm64-clang14-gcc12-O0-wO2" },
	{ "amd64-gcc12-gcc12-O2-wO2-go1.22.12", "arm64-gcc12-gcc12-O2-wO2-go1.20.14" },
	{ "amd64-clang14-clang14-O0-wO0-go1.22.12", "arm64-clang14-clang14-O0-wO0-go1.20.14" },
	{ "amd64-gcc12-gcc12-O0-wO0-go1.19.13", "arm64-gcc12-gcc12-O0-wO0-go1.19.13" },
	{ "amd64-clang14-clang14-O2-wO2-go1.19.13", "arm64-clang14-clang14-O2-wO2-go1.19.13" },
	{ "amd64-gcc12-gcc12-O2-wO0-go1.25.4", "arm64-gcc12-gcc12-O2-wO0-go1.25.4" },
	{ "amd64-clang14-clang14-O2-wO0-go1.21.13", "arm64-clang14-clang14-O2-wO0-go1.20.14" },
};
#define LANES (sizeof(lanes) / sizeof(*lanes))

static char *done_path(const char *piece)
{
	return xasprintf("%s/done/%s", PURITY_SET, piece);
}

int piece_is_done(const char *piece, const char *build_id, bool *done, struct err *e)
{
	char *path = done_path(piece);
	struct buf id = BUF_INIT;
	int rc = 0;

	*done = file_exists(path);
	if (*done)
		rc = file_read(path, 4096, &id, e);
	if (rc == 0 && *done && strcmp(id.ptr, build_id))
		rc = err_set(
			e, EXIT_ENVIRON,
			"the bundles in %s are of guests of other sources: remove it, so that they are made anew",
			PURITY_SET);
	buf_release(&id);
	free(path);
	return rc;
}

int piece_done(const char *piece, const char *build_id, struct err *e)
{
	char *path = done_path(piece);
	int rc = file_write(path, build_id, strlen(build_id), e);

	free(path);
	return rc;
}

static int ground_open(struct purity_ground *g, const char *target, const char *lane, unsigned nth,
		       struct err *e)
{
	memset(g, 0, sizeof(*g));
	g->target = target;
	g->engine = (enum engine)(nth % ENGINE_COUNT);
	if (lane_parse(&g->lane, lane, NULL, e) < 0 || toolchain_resolve(&g->tools, &g->lane, e) < 0 ||
	    batch_from_target(&g->batch, target_find(target), (int)g->lane.arch->id, e) < 0)
		return -1;
	if (build_batch(&g->build, &g->batch, &g->lane, 1u << g->engine, 0, e) == 0)
		return 0;
	batch_release(&g->batch);
	return -1;
}

static void ground_close(struct purity_ground *g)
{
	build_release(&g->build);
	batch_release(&g->batch);
}

struct move {
	const char *from, *to;
	uint32_t moved;
	struct err *e;
};

static int move_one(const char *name, void *ctx)
{
	struct move *m = ctx;
	char *from = xasprintf("%s/%s", m->from, name), *to = xasprintf("%s/%s", m->to, name);
	int rc = 0;

	if (name[0] != '.' && !file_exists(to) && !dir_exists(to)) {
		rc = rename(from, to);
		if (rc < 0)
			err_errno(m->e, EXIT_ENVIRON, "could not move %s to %s", from, to);
		m->moved += rc == 0;
	}
	free(from);
	free(to);
	return rc;
}

/* A build that is there may lack the executable of an engine that this campaign has. */
static int move_build(const char *name, void *ctx)
{
	struct move *m = ctx;
	char *from = xasprintf("%s/%s", m->from, name), *to = xasprintf("%s/%s", m->to, name);
	struct move files = { from, to, 0, m->e };
	int rc = 0;

	if (name[0] != '.')
		rc = dir_exists(to) ? dir_each(from, move_one, &files, m->e) : move_one(name, ctx);
	free(from);
	free(to);
	return rc;
}

/* What a campaign has found becomes the set's. */
static int take_over(const char *campaign, uint32_t *bundles, struct err *e)
{
	char *spool = xasprintf("%s/spool", campaign), *builds = xasprintf("%s/builds", campaign);
	struct move builds_move = { builds, PURITY_SET "/builds", 0, e };
	struct move spool_move = { spool, PURITY_SET "/spool", 0, e };
	int rc = 0;

	if (dir_exists(builds))
		rc = dir_each(builds, move_build, &builds_move, e);
	if (rc == 0 && dir_exists(spool))
		rc = dir_each(spool, move_one, &spool_move, e);
	*bundles = spool_move.moved;
	free(spool);
	free(builds);
	return rc;
}

static int count_one(const char *name, void *ctx)
{
	*(uint32_t *)ctx += name[0] != '.';
	return 0;
}

static uint32_t bundles_of(const struct child *c)
{
	char *spool = xasprintf("%s/spool", c->out);
	struct err none = ERR_INIT;
	uint32_t n = 0;

	if (dir_exists(spool))
		dir_each(spool, count_one, &n, &none);
	free(spool);
	return n;
}

/* The clock runs from the first bundle on: builds take what they take. */
static void wait_for_bundles(struct child *c, int seconds)
{
	int64_t until = clock_ms() + START_S * 1000;
	bool first = true;

	while (clock_ms() < until && child_running(c)) {
		if (first && bundles_of(c)) {
			until = clock_ms() + (int64_t)seconds * 1000;
			first = false;
		}
		usleep(200 * 1000);
	}
}

int purity_campaign(const char *target, const char *lanes_text, unsigned seed, int seconds,
		    struct err *e)
{
	const char *args[] = { "--lane", lanes_text, "--target",     target, "--seed", NULL,
			       "--time", "10m",	     "--batch-time", "2s",   NULL };
	struct child *c = xcalloc(1, sizeof(*c));
	char number[16], *out;
	struct err none = ERR_INIT;
	uint32_t bundles = 0;
	int rc;

	snprintf(number, sizeof(number), "%u", seed);
	args[5] = number;
	rc = child_start(c, args, e);
	if (rc == 0) {
		c->keep = true;
		out = xstrdup(c->out);
		wait_for_bundles(c, seconds);
		child_finish(c, 1);
		rc = take_over(out, &bundles, e);
		if (bundles || rc < 0)
			dir_remove(out, &none);
		printf("  %s, %s: %u bundles of a campaign%s\n", target, lanes_text, bundles,
		       bundles ? "" : "; see its log");
		fflush(stdout);
		free(out);
	}
	free(c);
	return rc;
}

/* Both targets' plans at once, on two cores. */
struct plans {
	struct purity_ground *g;
	unsigned round;
};

static int plans_of(void *ctx, struct buf *out, struct err *e)
{
	const struct plans *p = ctx;

	(void)out;
	return purity_plans(p->g, p->round, e);
}

static int wait_for(struct job *j, int started, struct err *e)
{
	int rc = started;

	while (rc == 0 && (rc = job_poll(j, e)) == 0)
		usleep(20 * 1000);
	job_release(j);
	return rc < 0 ? -1 : 0;
}

static int make_plans(struct purity_ground *planted, struct purity_ground *turbulent,
		      unsigned round, struct err *e)
{
	struct plans a = { planted, round }, b = { turbulent, round };
	struct job first = JOB_INIT, second = JOB_INIT;
	int rc;

	fflush(stdout);
	rc = job_start(&first, plans_of, &a, 0, e);
	if (rc == 0)
		rc = wait_for(&second, job_start(&second, plans_of, &b, 0, e), e);
	return wait_for(&first, rc, e);
}

/* A piece that is a campaign. */
static int make_campaign(const struct purity_ground *g, const char *piece, const char *settings,
			 unsigned seed, int seconds, struct err *e)
{
	char *lane = xasprintf("%s%s", g->lane.name, settings);
	bool done;
	int rc = piece_is_done(piece, g->build.id, &done, e);

	if (rc == 0 && !done)
		rc = purity_campaign(g->target, lane, seed, seconds, e);
	if (rc == 0 && !done)
		rc = piece_done(piece, g->build.id, e);
	free(lane);
	return rc;
}

/* Plans for all exhibits, then a campaign on the planted ones. */
static int make_lane(const char *lane, unsigned nth, struct err *e)
{
	struct purity_ground planted, turbulent;
	char *piece = xasprintf("planted-%s", lane), *plans = xasprintf("plans-%s", lane);
	char *any = xasprintf("%s+PLANTED_DEPTH=any", lane);
	bool done;
	int rc = ground_open(&planted, "planted", any, nth, e);

	if (rc == 0) {
		rc = ground_open(&turbulent, "turbulent", lane, nth + 1, e);
		if (rc == 0) {
			rc = piece_is_done(plans, turbulent.build.id, &done, e);
			if (rc == 0 && !done)
				rc = make_plans(&planted, &turbulent, nth, e);
			if (rc == 0 && !done)
				rc = piece_done(plans, turbulent.build.id, e);
			ground_close(&turbulent);
		}
		if (rc == 0)
			rc = make_campaign(&planted, piece, "", nth + 1, PLANTED_S, e);
		ground_close(&planted);
	}
	free(any);
	free(plans);
	free(piece);
	return rc;
}

static int make_armed(const char *lane, unsigned nth, struct err *e)
{
	struct purity_ground g;
	int rc = ground_open(&g, "turbulent", lane, nth + 1, e);

	if (rc < 0)
		return -1;
	for (uint32_t i = 0; rc == 0 && i < g.batch.count; i++) {
		const struct target_case *row = g.batch.slots[i].row;
		char settings[40], *piece = xasprintf("armed-%s-%s", lane, row->name);

		snprintf(settings, sizeof(settings), "+TURBULENT_ARMED=%u", i);
		if ((i + nth) % LANES_FOR_EXHIBIT == 0 && row->kind != CGOFUZZ_FAULT_DIFFERENTIAL &&
		    row->kind != CGOFUZZ_FAULT_CLIFF)
			rc = make_campaign(&g, piece, settings, nth + 1, ARMED_S, e);
		free(piece);
	}
	ground_close(&g);
	return rc;
}

/* Every lane on both architectures. */
static int each_lane(unsigned count, int (*make)(const char *lane, unsigned nth, struct err *e),
		     struct err *e)
{
	for (unsigned i = 0; i < 2 * count; i++) {
		const char *lane = lanes[i / 2][i % 2];

		if (make(lane, i / 2, e) < 0)
			return err_prefix(e, "lane %s", lane);
	}
	return 0;
}

/* Exhibits that show only where lanes are compared. */
static int make_compared(struct err *e)
{
	static const char *const rows[][2] = {
		{ "turbulent:differs-on-arm64,slow-on-arm64", "amd64,arm64" },
		{ "turbulent:differs-on-arm64,slow-on-arm64",
		  "amd64-clang14-clang14-O2,arm64-clang14-clang14-O2" },
		{ "turbulent:order-of-callbacks", "amd64-O1,amd64-O2" },
		{ "turbulent:order-of-callbacks", "arm64-O1,arm64-O2" },
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *piece = xasprintf("compared-%u", i);
		bool done;
		int rc = piece_is_done(piece, "", &done, e);

		if (rc == 0 && !done)
			rc = purity_campaign(rows[i][0], rows[i][1], i + 1, COMPARED_S, e);
		if (rc == 0 && !done)
			rc = piece_done(piece, "", e);
		free(piece);
		if (rc < 0)
			return -1;
	}
	return 0;
}

int purity_make(bool small, struct err *e)
{
	if (dir_make(PURITY_SET "/spool", e) < 0 || dir_make(PURITY_SET "/builds", e) < 0 ||
	    dir_make(PURITY_SET "/done", e) < 0)
		return -1;
	if (small)
		return each_lane(2, make_lane, e);
	return each_lane(LANES, make_lane, e) < 0 || make_compared(e) < 0
		? -1
		: each_lane(LANES, make_armed, e);
}
