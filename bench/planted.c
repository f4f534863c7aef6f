/* planted.c: bench. How long each planted fault stays hidden, from an empty corpus: those of the target planted all at
 * once, and those that only turbulence brings out one by one, the other cases being sound. CHOICE: a hunt ("amd64",
 * "turbulent-arm64") or faults by name. Each campaign's findings are kept until all are done, so that a run that was
 * stopped goes on where it was. */
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
#include "campaign/strlist.h"
#include "emit/batch.h"
#include "guest/turbulence.h"
#include "model/plan_text.h"
#include "triage/bundle.h"
#include "triage/exhibit.h"

#define SEEDS 5
#define LIMIT_S 120 /* a fault not found by then counts as found then */
#define MAX_ROWS 64
#define ALL -1

/* Campaigns that look for faults of a target: those that one architecture alone shows, or those that show only where
 * lanes are compared, of which some need two levels. */
enum looks_for { ALONE, COMPARED, COMPARED_LEVELS };
static const struct hunt_kind {
	const char *name, *target;
	const char *lanes; /* joined by ',' */
	enum cgofuzz_arch arch; /* whose rows */
	enum looks_for looks_for;
} kinds[] = {
	{ "amd64", "planted", "amd64", CGOFUZZ_ARCH_AMD64, ALONE },
	{ "arm64", "planted", "arm64", CGOFUZZ_ARCH_ARM64, ALONE },
	{ "turbulent-amd64", "turbulent", "amd64", CGOFUZZ_ARCH_AMD64, ALONE },
	{ "turbulent-arm64", "turbulent", "arm64", CGOFUZZ_ARCH_ARM64, ALONE },
	{ "turbulent-all", "turbulent", "amd64,arm64", CGOFUZZ_ARCH_AMD64, COMPARED },
	{ "turbulent-levels", "turbulent", "amd64-O1,amd64-O2", CGOFUZZ_ARCH_AMD64, COMPARED_LEVELS },
};

struct hunt {
	struct strlist *pieces; /* that were kept */
	const struct hunt_kind *kind;
	struct child child;
	struct batch batch;
	int armed; /* the only slot that is, of a campaign; ALL */
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

static bool is_looked_for(const struct hunt *h, uint32_t slot)
{
	return is_wanted(h->kind, h->batch.slots[slot].row) &&
		(h->armed == ALL || h->armed == (int)slot);
}

static void start_looking(struct hunt *h)
{
	h->missing = 0;
	for (uint32_t i = 0; i < h->batch.count; i++) {
		h->found_s[i] = is_looked_for(h, i) ? 0 : -1;
		h->missing += h->found_s[i] == 0;
	}
}

static void look_until_found(struct hunt *h)
{
	char *spool = xasprintf("%s/spool", h->child.out);
	struct err none = ERR_INIT;

	while (h->missing && child_running(&h->child)) {
		dir_each(spool, look_at_bundle, h, &none);
		usleep(100 * 1000);
	}
	free(spool);
	for (uint32_t i = 0; i < h->batch.count; i++)
		if (h->found_s[i] == 0)
			h->found_s[i] = LIMIT_S;
}

static char *lanes_of(const struct hunt *h)
{
	char settings[40] = "";
	struct buf lanes = BUF_INIT;

	if (h->armed != ALL)
		snprintf(settings, sizeof(settings), "+TURBULENT_ARMED=%d", h->armed);
	for (const char *at = h->kind->lanes, *end; *at; at = end + (*end == ',')) {
		end = at + strcspn(at, ",");
		buf_addf(&lanes, "%s%.*s%s", lanes.len ? "," : "", (int)(end - at), at, settings);
	}
	return buf_detach(&lanes, NULL);
}

static int hunt_once(struct hunt *h, unsigned seed, struct err *e)
{
	const bool turbulent = h->armed != ALL;
	char number[16], limit[16], *lanes = lanes_of(h);
	const char *args[] = { "--lane",
			       lanes,
			       "--target",
			       h->kind->target,
			       "--seed",
			       number,
			       "--time",
			       limit,
			       turbulent ? "--turbulence" : NULL,
			       "on",
			       NULL };
	int rc;

	snprintf(number, sizeof(number), "%u", seed);
	snprintf(limit, sizeof(limit), "%ds", LIMIT_S);
	start_looking(h);
	h->start_ns = realtime_ns();
	rc = child_start(&h->child, args, e);
	if (rc == 0) {
		look_until_found(h);
		child_finish(&h->child, 1);
	}
	free(lanes);
	return rc;
}

static char *piece_of(const struct hunt *h, unsigned seed)
{
	return xasprintf("%s-%u%s%s", h->kind->name, seed, h->armed == ALL ? "" : "-",
			 h->armed == ALL ? "" : h->batch.slots[h->armed].row->name);
}

static int hunt_armed(struct hunt *h, unsigned seed, int armed, struct err *e)
{
	char *piece;
	int rc = 0;

	h->armed = armed;
	piece = piece_of(h, seed);
	if (bench_choice() || !kept_take("planted", piece, h->found_s, h->batch.count)) {
		rc = hunt_once(h, seed, e);
		if (rc == 0 && !bench_choice())
			rc = kept_put("planted", piece, h->found_s, h->batch.count, e);
	}
	strlist_add(h->pieces, "%s", piece);
	free(piece);
	return rc;
}

/* Of many that turbulence brings out, each would end the plans that the others need. */
static bool is_one_by_one(const struct hunt *h)
{
	return strcmp(h->kind->target, "turbulent") == 0;
}

static int hunt_seed(struct hunt *h, unsigned seed, double *found_s, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < h->batch.count && is_one_by_one(h) && rc == 0; i++) {
		found_s[i] = -1;
		if (!is_wanted(h->kind, h->batch.slots[i].row))
			continue;
		rc = hunt_armed(h, seed, (int)i, e);
		found_s[i] = h->found_s[i];
	}
	if (rc == 0 && !is_one_by_one(h)) {
		rc = hunt_armed(h, seed, ALL, e);
		memcpy(found_s, h->found_s, h->batch.count * sizeof(*found_s));
	}
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

	for (unsigned s = 0; s < SEEDS; s++)
		if (hunt_seed(h, s + 1, found[s], e) < 0)
			return -1;
	report(h, found, rows);
	return 0;
}

static int hunt_kind(const struct hunt_kind *k, struct strlist *pieces, json_t *rows, struct err *e)
{
	struct hunt *h = xcalloc(1, sizeof(*h));
	int rc = batch_from_target(&h->batch, target_find(k->target), k->arch, e);

	if (rc == 0) {
		h->kind = k;
		h->pieces = pieces;
		h->armed = ALL;
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
	struct strlist pieces = STRLIST_INIT;
	int rc = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds) && rc == 0; i++)
		rc = hunt_kind(&kinds[i], &pieces, rows, e);
	for (size_t i = 0; i < pieces.n && rc == 0 && !bench_choice(); i++)
		kept_drop("planted", pieces.v[i]); /* the next run begins anew */
	strlist_release(&pieces);
	return rc;
}
