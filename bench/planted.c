/* planted.c: bench. How long each planted fault stays hidden, from an empty corpus: those of the target planted, and
 * those that only turbulence brings out. CHOICE: a hunt ("amd64", "turbulent-arm64") or faults by name. Each campaign's
 * findings are kept until all are done, so that a run that was stopped goes on where it was. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/proc.h"
#include "bench/bench.h"
#include "bench/child.h"
#include "bench/kept.h"
#include "emit/batch.h"
#include "guest/turbulence.h"
#include "model/plan_text.h"
#include "triage/bundle.h"
#include "triage/exhibit.h"

#define SEEDS 5
#define LIMIT_S 120 /* a fault not found by then counts as found then */
#define MAX_ROWS 64

/* Campaigns that look for faults of a target: those that one architecture alone shows, or those that show only where
 * lanes are compared, of which some need two levels. */
enum looks_for { ALONE, COMPARED, COMPARED_LEVELS };
static const struct hunt_kind {
	const char *name, *target;
	const char *option, *lanes; /* of fuzz */
	enum cgofuzz_arch arch; /* whose rows */
	enum looks_for looks_for;
} kinds[] = {
	{ "amd64", "planted", "--arch", "amd64", CGOFUZZ_ARCH_AMD64, ALONE },
	{ "arm64", "planted", "--arch", "arm64", CGOFUZZ_ARCH_ARM64, ALONE },
	{ "turbulent-amd64", "turbulent", "--arch", "amd64", CGOFUZZ_ARCH_AMD64, ALONE },
	{ "turbulent-arm64", "turbulent", "--arch", "arm64", CGOFUZZ_ARCH_ARM64, ALONE },
	{ "turbulent-all", "turbulent", "--arch", "all", CGOFUZZ_ARCH_AMD64, COMPARED },
	{ "turbulent-levels", "turbulent", "--lane", "amd64-O1,amd64-O2", CGOFUZZ_ARCH_AMD64,
	  COMPARED_LEVELS },
};

struct hunt {
	const struct hunt_kind *kind;
	struct child child;
	struct batch batch;
	uint64_t start_ns; /* CLOCK_REALTIME, as faults have it */
	double found_s[MAX_ROWS]; /* 0: not yet, below: not looked for */
	unsigned missing;
};

static uint64_t realtime_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Compilers order what they like at -O2 only. */
static enum looks_for shows_in(const struct target_case *row)
{
	if (row->kind != CGOFUZZ_FAULT_DIFFERENTIAL && row->kind != CGOFUZZ_FAULT_CLIFF)
		return ALONE;
	return strcmp(row->name, "order-of-callbacks") ? COMPARED : COMPARED_LEVELS;
}

static bool is_wanted(const struct hunt_kind *k, const struct target_case *row)
{
	return shows_in(row) == k->looks_for && (bench_chosen(k->name) || bench_chosen(row->name));
}

/* Found when the guest has recorded it; a bundle says that it was kept. */
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
		const double s = (double)(int64_t)(b.rec->fault.time_ns - h->start_ns) / 1e9;
		const uint32_t slot = exhibit_slot(&h->batch, b.rec);

		if (slot < h->batch.count && h->found_s[slot] == 0)
			h->missing--;
		if (slot < h->batch.count && h->found_s[slot] >= 0 &&
		    (h->found_s[slot] == 0 || s < h->found_s[slot]))
			h->found_s[slot] = s;
		bundle_release(&b);
	}
	free(dir);
	return 0;
}

static void start_looking(struct hunt *h)
{
	h->missing = 0;
	for (uint32_t i = 0; i < h->batch.count; i++) {
		h->found_s[i] = is_wanted(h->kind, h->batch.slots[i].row) ? 0 : -1;
		h->missing += h->found_s[i] == 0;
	}
}

static int hunt_once(struct hunt *h, unsigned seed, struct err *e)
{
	const struct hunt_kind *k = h->kind;
	char number[16], limit[16];
	const char *args[] = { k->option, k->lanes, "--target",	    k->target, "--seed", number,
			       "--time",  limit,    "--turbulence", "on",      NULL };
	struct err ignored = ERR_INIT;
	char *spool;

	if (strcmp(k->target, "turbulent") != 0)
		args[8] = NULL;
	snprintf(number, sizeof(number), "%u", seed);
	snprintf(limit, sizeof(limit), "%ds", LIMIT_S);
	start_looking(h);
	h->start_ns = realtime_ns();
	if (child_start(&h->child, args, e) < 0)
		return -1;
	spool = xasprintf("%s/spool", h->child.out);
	while (h->missing && child_running(&h->child)) {
		dir_each(spool, look_at_bundle, h, &ignored);
		usleep(100 * 1000);
	}
	free(spool);
	child_finish(&h->child, 1);
	for (uint32_t i = 0; i < h->batch.count; i++)
		if (h->found_s[i] == 0)
			h->found_s[i] = LIMIT_S;
	return 0;
}

static char *piece_of(const struct hunt_kind *k, unsigned seed)
{
	return xasprintf("%s-%u", k->name, seed);
}

static int hunt_seed(struct hunt *h, unsigned seed, struct err *e)
{
	char *piece = piece_of(h->kind, seed);
	int rc = 0;

	if (bench_choice() || !kept_take("planted", piece, h->found_s, h->batch.count)) {
		rc = hunt_once(h, seed, e);
		if (rc == 0 && !bench_choice())
			rc = kept_put("planted", piece, h->found_s, h->batch.count, e);
	}
	free(piece);
	return rc;
}

/* Threads and signals take their time, and so do two architectures on the same machine. */
static double target_s(const struct hunt_kind *k, const struct target_case *row)
{
	struct cgofuzz_turbulence t;
	struct err e = ERR_INIT;
	struct plan plan;

	if (strcmp(k->target, "turbulent") != 0 ||
	    plan_parse(&plan, row->plan, strlen(row->plan), row->name, &e) < 0)
		return 10;
	t = cgofuzz_word_turbulence(cgofuzz_plan_word(plan.bytes, plan.len, 0));
	if (cgofuzz_turbulence_rows[t.kind].family == CGOFUZZ_FAMILY_THREADS ||
	    cgofuzz_turbulence_rows[t.kind].family == CGOFUZZ_FAMILY_SIGNALS)
		return 30;
	return k->looks_for == ALONE ? 10 : 20;
}

static void report(const struct hunt *h, double (*found)[MAX_ROWS], json_t *rows)
{
	for (uint32_t i = 0; i < h->batch.count; i++) {
		const struct target_case *row = h->batch.slots[i].row;
		char *name = xasprintf("%s %s", h->kind->name, row->name);
		double times[SEEDS];

		for (unsigned s = 0; s < SEEDS; s++)
			times[s] = found[s][i];
		if (times[0] >= 0)
			figure_add(rows,
				   &(struct figure){ .name = name,
						     .unit = "s",
						     .target = target_s(h->kind, row),
						     .below = 1,
						     .value = median(times, SEEDS) });
		free(name);
	}
}

static int hunt_seeds(struct hunt *h, json_t *rows, struct err *e)
{
	double found[SEEDS][MAX_ROWS];

	for (unsigned s = 0; s < SEEDS; s++) {
		if (hunt_seed(h, s + 1, e) < 0)
			return -1;
		memcpy(found[s], h->found_s, sizeof(found[s]));
	}
	report(h, found, rows);
	return 0;
}

static int hunt_kind(const struct hunt_kind *k, json_t *rows, struct err *e)
{
	struct hunt *h = xcalloc(1, sizeof(*h));
	int rc = batch_from_target(&h->batch, target_find(k->target), k->arch, e);

	if (rc == 0) {
		h->kind = k;
		BUG_ON(h->batch.count > MAX_ROWS);
		start_looking(h);
		if (h->missing)
			rc = hunt_seeds(h, rows, e);
		batch_release(&h->batch);
	}
	free(h);
	return rc;
}

int bench_planted(json_t *rows, struct err *e)
{
	const size_t count = sizeof(kinds) / sizeof(*kinds);

	for (size_t i = 0; i < count; i++)
		if (hunt_kind(&kinds[i], rows, e) < 0)
			return -1;
	for (size_t i = 0; i < count && !bench_choice(); i++) /* the next run begins anew */
		for (unsigned s = 0; s < SEEDS; s++) {
			char *piece = piece_of(&kinds[i], s + 1);

			kept_drop("planted", piece);
			free(piece);
		}
	return 0;
}
