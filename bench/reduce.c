/* reduce.c: bench. How small planted faults get: one bundle of each, found by a short campaign, reduced. CHOICE: amd64,
 * arm64, or exhibits by name. What a run that was stopped has measured is not measured again. */
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
#include "triage/reduce/reduce.h"

#define LIMIT_S 60 /* of a campaign; most are found in the first seconds */
#define SEED "1"
#define MAX_ROWS 64

enum { ARGUMENTS, LEAVES, STEPS, SECONDS, FIGURES };
static const struct {
	const char *name, *unit;
	double target;
} figures[FIGURES] = {
	{ "arguments", "", 2 },
	{ "leaves", "", 3 },
	{ "steps", "", 3 },
	{ "time", "s", 60 },
};

struct hunt {
	struct child child;
	struct batch batch;
	const struct arch_info *arch;
	bool wanted[MAX_ROWS];
	char *bundle[MAX_ROWS]; /* path of the first of each row */
	unsigned missing;
	double value[MAX_ROWS][FIGURES];
};

static char *piece_of(const struct hunt *h, uint32_t row)
{
	return xasprintf("%s-%s", h->arch->name, h->batch.slots[row].row->name);
}

/* The first of each row stands for it. */
static int look_at_bundle(const char *name, void *ctx)
{
	struct hunt *h = ctx;
	struct err e = ERR_INIT;
	struct bundle b;
	char *dir;

	if (name[0] == '.' || !child_is_new(&h->child, name))
		return 0;
	dir = xasprintf("%s/spool/%s", h->child.out, name);
	if (bundle_load(&b, dir, &e) == 0) {
		const uint32_t row = b.rec->fault.slot;

		if (row < h->batch.count && h->wanted[row] && !h->bundle[row]) {
			h->bundle[row] = xstrdup(dir);
			h->missing--;
		}
		bundle_release(&b);
	}
	free(dir);
	return 0;
}

/* Which are not measured yet. */
static void begin(struct hunt *h)
{
	for (uint32_t i = 0; i < h->batch.count; i++) {
		char *piece = piece_of(h, i);

		h->wanted[i] =
			(bench_chosen(h->arch->name) || bench_chosen(h->batch.slots[i].row->name)) &&
			(bench_choice() || !kept_take("reduce", piece, h->value[i], FIGURES));
		h->missing += h->wanted[i];
		free(piece);
	}
}

static int find_bundles(struct hunt *h, struct err *e)
{
	char limit[16];
	const char *args[] = { "--arch", h->arch->name, "--target", "planted", "--seed",
			       SEED,	 "--time",	limit,	    NULL };
	struct err ignored = ERR_INIT;
	char *spool;

	snprintf(limit, sizeof(limit), "%ds", LIMIT_S);
	if (child_start(&h->child, args, e) < 0)
		return -1;
	h->child.keep = true;
	spool = xasprintf("%s/spool", h->child.out);
	while (h->missing && child_running(&h->child)) {
		dir_each(spool, look_at_bundle, h, &ignored);
		usleep(100 * 1000);
	}
	free(spool);
	return 0;
}

static int reduce_row(struct hunt *h, uint32_t row, struct err *e)
{
	const struct reduce_options o = { .jobs = 2 };
	struct bundle b;
	struct reduced r;
	char *piece = piece_of(h, row);
	double *value = h->value[row];
	int rc = bundle_load(&b, h->bundle[row], e);

	if (rc == 0) {
		rc = reduce_run(&r, &b, &o, e);
		value[ARGUMENTS] = r.after.arguments;
		value[LEAVES] = r.after.leaves;
		value[STEPS] = r.same ? r.after.steps : 999; /* not even seen again */
		value[SECONDS] = (double)r.wall_ms / 1000;
		if (rc == 0)
			printf("  %s: %u -> %u steps, %u -> %u arguments, %u -> %u leaves, %d/%d, %.1f s\n",
			       piece, r.before.steps, r.after.steps, r.before.arguments,
			       r.after.arguments, r.before.leaves, r.after.leaves, r.same, r.tries,
			       value[SECONDS]);
		fflush(stdout);
		if (rc == 0 && !bench_choice())
			rc = kept_put("reduce", piece, value, FIGURES, e);
		reduced_release(&r);
		bundle_release(&b);
	}
	free(piece);
	return rc;
}

static void report(const struct hunt *h, json_t *rows)
{
	for (int f = 0; f < FIGURES; f++) {
		double values[MAX_ROWS];
		char *name = xasprintf("%s %s, median", h->arch->name, figures[f].name);
		unsigned n = 0;

		for (uint32_t i = 0; i < h->batch.count; i++)
			if (h->value[i][SECONDS] > 0)
				values[n++] = h->value[i][f];
		if (n)
			figure_add(rows,
				   &(struct figure){ .name = name,
						     .unit = figures[f].unit,
						     .target = figures[f].target,
						     .below = 1,
						     .value = median(values, n) });
		if (n && f == SECONDS) {
			free(name);
			name = xasprintf("%s time, longest of %u", h->arch->name, n);
			figure_add(rows,
				   &(struct figure){ .name = name,
						     .unit = "s",
						     .target = 60,
						     .below = 1,
						     .value = values[n - 1] });
		}
		free(name);
	}
}

static int reduce_arch(const struct arch_info *arch, json_t *rows, struct err *e)
{
	struct hunt *h = xcalloc(1, sizeof(*h));
	struct err ignored = ERR_INIT;
	char *dir = NULL;
	int rc = batch_from_target(&h->batch, target_find("planted"), (int)arch->id, e);

	BUG_ON(h->batch.count > MAX_ROWS);
	h->arch = arch;
	if (rc == 0)
		begin(h);
	if (rc == 0 && h->missing) {
		rc = find_bundles(h, e);
		dir = h->child.out ? xstrdup(h->child.out) : NULL;
		if (rc == 0)
			child_finish(&h->child, 1);
	}
	for (uint32_t i = 0; i < h->batch.count && rc == 0; i++)
		if (h->bundle[i])
			rc = reduce_row(h, i, e);
		else if (h->wanted[i])
			printf("  %s %s: not found in %d s\n", arch->name,
			       h->batch.slots[i].row->name, LIMIT_S);
	if (rc == 0)
		report(h, rows);
	for (uint32_t i = 0; i < h->batch.count; i++)
		free(h->bundle[i]);
	if (dir)
		dir_remove(dir, &ignored);
	free(dir);
	batch_release(&h->batch);
	free(h);
	return rc;
}

int bench_reduce(json_t *rows, struct err *e)
{
	for (unsigned i = 0; arch_at(i); i++)
		if (reduce_arch(arch_at(i), rows, e) < 0)
			return -1;
	return 0;
}
