/* reduce.c: bench. How small faults get: of each planted and turbulent exhibit that a short campaign has found one
 * bundle, and some of a pair of compilers over the whole type system. An exhibit's case is written by hand and stays as it is:
 * there it is the plan that gets smaller; cases of a pair are generated, and get smaller, too. CHOICE: kinds
 * (planted-amd64, ..) or exhibits by name. What a run has measured the next does not measure again: of all of it none
 * takes longer than some LIMIT_MS. */
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
#include "triage/triage.h"

#define HUNT_S "60" /* of a campaign; most are found in the first seconds */
#define LIMIT_MS 720000 /* after that no other is begun */
#define MAX_ROWS 64
#define PAIRS 12 /* different signatures */

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

static const struct kind {
	const char *name, *arch, *target; /* target NULL: a pair of compilers */
} kinds[] = {
	{ "planted-amd64", "amd64", "planted" },
	{ "planted-arm64", "arm64", "planted" },
	{ "turbulent-amd64", "amd64", "turbulent" },
	{ "turbulent-arm64", "arm64", "turbulent" },
	{ "pairs-amd64", "amd64", NULL },
	{ "pairs-arm64", "arm64", NULL },
};

struct row {
	char *name; /* of an exhibit; "1", "2" of a pair's faults */
	char *bundle; /* path of the first; NULL: not found */
	char *signature; /* of a pair's */
	bool wanted;
	double value[FIGURES]; /* SECONDS 0: not measured */
};

struct hunt {
	const struct kind *kind;
	struct child child;
	struct row rows[MAX_ROWS];
	uint32_t count;
	unsigned missing;
};

static char *piece_of(const struct hunt *h, const struct row *r)
{
	return xasprintf("%s-%s", h->kind->name, r->name);
}

static void add_row(struct hunt *h, char *name)
{
	struct row *r = &h->rows[h->count++];
	char *piece;

	BUG_ON(h->count > MAX_ROWS);
	r->name = name;
	piece = piece_of(h, r);
	r->wanted = (bench_chosen(h->kind->name) || bench_chosen(name)) &&
		(bench_choice() || !kept_take("reduce", piece, r->value, FIGURES));
	h->missing += r->wanted;
	free(piece);
}

/* Rows of the target that the architecture has; what only two lanes show is no row. */
static int list_rows(struct hunt *h, struct err *e)
{
	struct batch batch;

	if (!h->kind->target) {
		for (int i = 0; i < PAIRS; i++)
			add_row(h, xasprintf("%d", i + 1));
		return 0;
	}
	if (batch_from_target(&batch, target_find(h->kind->target),
			      (int)arch_find(h->kind->arch)->id, e) < 0)
		return -1;
	for (uint32_t i = 0; i < batch.count; i++) {
		const struct target_case *row = batch.slots[i].row;

		if (row->kind != CGOFUZZ_FAULT_DIFFERENTIAL && row->kind != CGOFUZZ_FAULT_CLIFF)
			add_row(h, xstrdup(row->name));
	}
	batch_release(&batch);
	return 0;
}

static bool is_of(const struct row *r, const struct bundle *b, const char *signature)
{
	return r->wanted && !r->bundle &&
		(signature ? *signature != '\0' : !strcmp(b->exhibit, r->name));
}

/* "" of one that a row has already, or that no value, place or layout shows. */
static void sign(const struct hunt *h, const struct bundle *b, struct buf *signature)
{
	struct buf title = BUF_INIT, stack = BUF_INIT;
	const uint32_t kind = b->rec->fault.kind;
	struct err e = ERR_INIT;
	bool weak;

	if ((kind != CGOFUZZ_FAULT_LEAF && kind != CGOFUZZ_FAULT_CAPTURE) ||
	    signature_make(b, signature, &title, &stack, &weak, &e) < 0)
		buf_reset(signature);
	for (uint32_t i = 0; i < h->count; i++)
		if (h->rows[i].signature && !strcmp(h->rows[i].signature, signature->ptr))
			buf_reset(signature);
	buf_release(&title);
	buf_release(&stack);
}

static int look_at_bundle(const char *name, void *ctx)
{
	struct hunt *h = ctx;
	struct buf signature = BUF_INIT;
	struct err e = ERR_INIT;
	struct bundle b;
	char *dir;

	if (name[0] == '.' || !child_is_new(&h->child, name))
		return 0;
	dir = xasprintf("%s/spool/%s", h->child.out, name);
	if (bundle_load(&b, dir, &e) == 0) {
		if (!h->kind->target)
			sign(h, &b, &signature);
		for (uint32_t i = 0; i < h->count; i++)
			if (is_of(&h->rows[i], &b, h->kind->target ? NULL : signature.ptr)) {
				h->rows[i].bundle = xstrdup(dir);
				h->rows[i].signature = xstrdup(signature.ptr);
				h->missing--;
				break;
			}
		bundle_release(&b);
	}
	buf_release(&signature);
	free(dir);
	return 0;
}

static int find_bundles(struct hunt *h, struct err *e)
{
	char *lane = xasprintf("%s-gcc12-clang14", h->kind->arch);
	const char *planted[] = { "--arch",	   h->kind->arch, "--target",
				  h->kind->target, "--seed",	  "1",
				  "--time",	   HUNT_S "s",	  NULL };
	const char *pairs[] = {
		"--lane", lane,	    "--population", "whole", "--turbulence", "off", "--seed",
		"1",	  "--time", HUNT_S "s",	    NULL
	};
	struct err ignored = ERR_INIT;
	char *spool;

	if (child_start(&h->child, h->kind->target ? planted : pairs, e) < 0) {
		free(lane);
		return -1;
	}
	h->child.keep = true;
	spool = xasprintf("%s/spool", h->child.out);
	while (h->missing && child_running(&h->child) &&
	       clock_ms() < h->child.start_ms + 1000 * strtol(HUNT_S, NULL, 10)) {
		dir_each(spool, look_at_bundle, h, &ignored);
		usleep(100 * 1000);
	}
	free(spool);
	free(lane);
	return 0;
}

static int reduce_row(struct hunt *h, struct row *row, struct err *e)
{
	const struct reduce_options o = { .jobs = 2 };
	struct bundle b;
	struct reduced r;
	char *piece = piece_of(h, row);
	int rc = bundle_load(&b, row->bundle, e);

	if (rc == 0) {
		rc = reduce_run(&r, &b, &o, e);
		row->value[ARGUMENTS] = r.after.arguments;
		row->value[LEAVES] = r.after.leaves;
		row->value[STEPS] = r.same ? r.after.steps : 999; /* not even seen again */
		row->value[SECONDS] = (double)r.wall_ms / 1000;
		if (rc == 0)
			printf("  %s: %u -> %u steps, %u -> %u arguments, %u -> %u leaves, %d/%d, %.1f s%s\n",
			       piece, r.before.steps, r.after.steps, r.before.arguments,
			       r.after.arguments, r.before.leaves, r.after.leaves, r.same, r.tries,
			       row->value[SECONDS],
			       !r.same				  ? " NOT SEEN AGAIN"
				       : row->value[SECONDS] > 60 ? " TOO SLOW"
								  : "");
		fflush(stdout);
		if (rc == 0 && !bench_choice())
			rc = kept_put("reduce", piece, row->value, FIGURES, e);
		reduced_release(&r);
		bundle_release(&b);
	}
	free(piece);
	return rc;
}

static void add_figure(const struct hunt *h, int f, json_t *rows)
{
	double values[MAX_ROWS];
	unsigned n = 0;
	char *name;

	for (uint32_t i = 0; i < h->count; i++)
		if (h->rows[i].value[SECONDS] > 0)
			values[n++] = h->rows[i].value[f];
	if (!n)
		return;
	name = xasprintf("%s %s, median of %u%s", h->kind->name, figures[f].name, n,
			 h->kind->target && f < STEPS ? ", as the table has them" : "");
	figure_add(rows,
		   &(struct figure){ .name = name,
				     .unit = figures[f].unit,
				     .target = figures[f].target,
				     .below = 1,
				     .value = median(values, n) });
	free(name);
	if (f != SECONDS)
		return;
	name = xasprintf("%s time, longest of %u", h->kind->name, n);
	figure_add(
		rows,
		&(struct figure){
			.name = name, .unit = "s", .target = 60, .below = 1, .value = values[n - 1] });
	free(name);
}

/* 1: the time was over before the last. */
static int reduce_rows(struct hunt *h, int64_t until, struct err *e)
{
	for (uint32_t i = 0; i < h->count; i++) {
		if (!h->rows[i].bundle && h->rows[i].wanted)
			printf("  %s %s: not found in " HUNT_S " s\n", h->kind->name,
			       h->rows[i].name);
		if (h->rows[i].bundle && clock_ms() > until)
			return 1;
		if (h->rows[i].bundle && reduce_row(h, &h->rows[i], e) < 0)
			return -1;
	}
	return 0;
}

static int reduce_kind(const struct kind *k, int64_t until, json_t *rows, struct err *e)
{
	struct hunt *h = xcalloc(1, sizeof(*h));
	struct err ignored = ERR_INIT;
	char *dir = NULL;
	int rc;

	h->kind = k;
	rc = list_rows(h, e);
	if (rc == 0 && h->missing) {
		rc = find_bundles(h, e);
		dir = h->child.out ? xstrdup(h->child.out) : NULL;
		if (rc == 0)
			child_finish(&h->child, 1);
	}
	if (rc == 0)
		rc = reduce_rows(h, until, e);
	for (int f = 0; rc == 0 && f < FIGURES; f++)
		add_figure(h, f, rows);
	for (uint32_t i = 0; i < h->count; i++) {
		free(h->rows[i].name);
		free(h->rows[i].bundle);
		free(h->rows[i].signature);
	}
	if (dir)
		dir_remove(dir, &ignored);
	free(dir);
	free(h);
	return rc;
}

int bench_reduce(json_t *rows, struct err *e)
{
	const int64_t until = clock_ms() + LIMIT_MS;
	int rc = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds) && rc == 0; i++)
		rc = reduce_kind(&kinds[i], until, rows, e);
	if (rc > 0)
		printf("  the time is over: the same command again goes on from here\n");
	return rc < 0 ? -1 : 0;
}
