/* upstream.c: bench. Of how many planted and turbulent faults a plain reproducer shows the fault when it is tried, of those
 * for which one can exist: a campaign of each target on each architecture, one bundle of each exhibit that it has found.
 * The rest are listed with the reason. CHOICE: kinds (planted-amd64, ..) or exhibits by name, small for short campaigns.
 * What a run has tried the next does not try again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/proc.h"
#include "bench/bench.h"
#include "bench/child.h"
#include "bench/kept.h"
#include "emit/batch.h"
#include "triage/upstream/upstream.h"

#define LIMIT_S 60
#define SMALL_S 10
#define MAX_ROWS 64

static const struct kind {
	const char *name, *arch, *target;
} kinds[] = {
	{ "planted-amd64", "amd64", "planted" },
	{ "planted-arm64", "arm64", "planted" },
	{ "turbulent-amd64", "amd64", "turbulent" },
	{ "turbulent-arm64", "arm64", "turbulent" },
};

struct count {
	const struct kind *kind;
	struct child child;
	struct batch batch;
	double outcome[MAX_ROWS]; /* of each row: enum upstream_outcome; -1: not found; -2: not asked for */
	unsigned missing;
	char *out; /* the campaign, with the reproducers in it */
};

static char *piece_of(const struct count *c, uint32_t row)
{
	return xasprintf("%s-%s", c->kind->name, c->batch.slots[row].row->name);
}

static int try_one(struct count *c, const struct bundle *b, uint32_t row)
{
	char *piece = piece_of(c, row), *dir = xasprintf("%s/upstream/%s", c->out, piece);
	struct upstream u;
	struct err e = ERR_INIT;
	int rc = upstream_make(&u, b, dir, &e);

	if (rc < 0) {
		printf("  %s: %s\n", piece, e.msg);
		c->outcome[row] = UPSTREAM_NOT_SHOWN;
	} else {
		c->outcome[row] = u.outcome;
		printf("  %s: %s%s%s\n", piece, upstream_outcomes[u.outcome],
		       u.outcome == UPSTREAM_SHOWN ? "" : ": ", u.why.ptr);
		upstream_release(&u);
	}
	fflush(stdout);
	if (!bench_choice())
		rc = kept_put("upstream", piece, &c->outcome[row], 1, &e);
	free(piece);
	free(dir);
	return rc;
}

/* Tries it, if it is the first of an exhibit that is looked for. */
static int look(const char *name, void *ctx)
{
	struct count *c = ctx;
	char *dir = xasprintf("%s/spool/%s", c->out, name);
	struct err e = ERR_INIT;
	struct bundle b;

	if (name[0] != '.' && child_is_new(&c->child, name) && bundle_load(&b, dir, &e) == 0) {
		for (uint32_t i = 0; i < c->batch.count; i++)
			if (c->outcome[i] == -1 && !strcmp(c->batch.slots[i].row->name, b.exhibit)) {
				c->missing--;
				try_one(c, &b, i);
			}
		bundle_release(&b);
	}
	free(dir);
	return 0;
}

/* Which are to be tried; of the others it is known, or nobody asks. */
static void begin(struct count *c)
{
	for (uint32_t i = 0; i < c->batch.count; i++) {
		char *piece = piece_of(c, i);

		c->outcome[i] = -2;
		if ((bench_chosen(c->kind->name) || bench_chosen(c->batch.slots[i].row->name)) &&
		    (bench_choice() || !kept_take("upstream", piece, &c->outcome[i], 1))) {
			c->outcome[i] = -1;
			c->missing++;
		}
		free(piece);
	}
}

static void report(const struct count *c, json_t *rows)
{
	unsigned shown = 0, not_shown = 0, none = 0, not_found = 0;
	char *name;

	for (uint32_t i = 0; i < c->batch.count; i++) {
		shown += c->outcome[i] == UPSTREAM_SHOWN;
		not_shown += c->outcome[i] == UPSTREAM_NOT_SHOWN;
		none += c->outcome[i] == UPSTREAM_NONE;
		not_found += c->outcome[i] == -1;
		if (c->outcome[i] == -1)
			printf("  %s-%s: not found\n", c->kind->name, c->batch.slots[i].row->name);
	}
	name = xasprintf("%s: %u shown of %u, of %u none can exist, %u not found", c->kind->name,
			 shown, shown + not_shown, none, not_found);
	if (shown + not_shown)
		figure_add(rows,
			   &(struct figure){ .name = name,
					     .unit = "%",
					     .value = 100.0 * shown / (shown + not_shown),
					     .target = 90 });
	free(name);
}

/* The campaign runs to its end, or until all are found: nothing is tried meanwhile. */
static int hunt(struct count *c, struct err *e)
{
	const int64_t limit_s = bench_small() ? SMALL_S : LIMIT_S;
	char *limit = xasprintf("%lds", limit_s), *spool;
	const char *args[] = { "--arch", c->kind->arch, "--target", c->kind->target, "--seed", "1",
			       "--time", limit,		NULL };
	struct err ignored = ERR_INIT;
	int rc = child_start(&c->child, args, e);

	if (rc == 0) {
		c->child.keep = true;
		c->out = xstrdup(c->child.out);
		while (child_running(&c->child) && clock_ms() < c->child.start_ms + 1000 * limit_s)
			usleep(200 * 1000);
		child_finish(&c->child, 1);
		spool = xasprintf("%s/spool", c->out);
		rc = dir_each(spool, look, c, e);
		if (rc == 0)
			dir_remove(c->out, &ignored);
		free(spool);
		free(c->out);
	}
	free(limit);
	return rc;
}

static int count_kind(const struct kind *k, json_t *rows, struct err *e)
{
	struct count *c = xcalloc(1, sizeof(*c));
	int rc;

	c->kind = k;
	rc = batch_from_target(&c->batch, target_find(k->target), (int)arch_find(k->arch)->id, e);
	if (rc == 0) {
		BUG_ON(c->batch.count > MAX_ROWS);
		begin(c);
		if (c->missing)
			rc = hunt(c, e);
		if (rc == 0)
			report(c, rows);
		batch_release(&c->batch);
	}
	free(c);
	return rc;
}

int bench_upstream(json_t *rows, struct err *e)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (count_kind(&kinds[i], rows, e) < 0)
			return -1;
	return 0;
}
