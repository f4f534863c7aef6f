/* planted.c: bench. How long each planted fault stays hidden, from an empty corpus. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/proc.h"
#include "bench/bench.h"
#include "bench/child.h"
#include "emit/batch.h"
#include "triage/bundle.h"

#define SEEDS 5
#define LIMIT_S 120 /* a fault not found by then counts as found then */
#define MAX_ROWS 64

struct hunt {
	struct child child;
	const struct batch *batch;
	double *found_s; /* [batch->count], 0: not yet */
	unsigned missing;
};

static int look_at_bundle(const char *name, void *ctx)
{
	struct hunt *h = ctx;
	struct err e = ERR_INIT;
	struct bundle b;
	char *dir;

	if (name[0] == '.')
		return 0;
	dir = xasprintf("%s/spool/%s", h->child.out, name);
	if (bundle_load(&b, dir, &e) == 0) {
		uint32_t slot = b.rec->fault.slot;

		if (slot < h->batch->count && h->found_s[slot] == 0) {
			h->found_s[slot] = (double)(clock_ms() - h->child.start_ms) / 1000;
			h->missing--;
		}
		bundle_release(&b);
	}
	free(dir);
	return 0;
}

static int hunt_once(const char *arch, unsigned seed, struct batch *batch, double *found_s,
		     struct err *e)
{
	char number[16], limit[16];
	const char *args[] = { "--arch", arch,	   "--target", "planted", "--seed",
			       number,	 "--time", limit,      NULL };
	struct hunt h = { .batch = batch, .found_s = found_s, .missing = batch->count };
	struct err ignored = ERR_INIT;
	char *spool;

	snprintf(number, sizeof(number), "%u", seed);
	snprintf(limit, sizeof(limit), "%ds", LIMIT_S);
	if (child_start(&h.child, args, e) < 0)
		return -1;
	spool = xasprintf("%s/spool", h.child.out);
	while (h.missing && child_running(&h.child)) {
		dir_each(spool, look_at_bundle, &h, &ignored);
		usleep(100 * 1000);
	}
	free(spool);
	child_finish(&h.child, 1);
	for (uint32_t i = 0; i < batch->count; i++)
		if (found_s[i] == 0)
			found_s[i] = LIMIT_S;
	return 0;
}

static int hunt_arch(const struct arch_info *arch, json_t *rows, struct err *e)
{
	double found[SEEDS][MAX_ROWS] = { 0 };
	struct batch batch;

	if (batch_from_target(&batch, target_find("planted"), (int)arch->id, e) < 0)
		return -1;
	BUG_ON(batch.count > MAX_ROWS);
	for (unsigned s = 0; s < SEEDS; s++)
		if (hunt_once(arch->name, s + 1, &batch, found[s], e) < 0)
			return -1;
	for (uint32_t i = 0; i < batch.count; i++) {
		char *name = xasprintf("%s %s", arch->name, batch.slots[i].row->name);
		double times[SEEDS];

		for (unsigned s = 0; s < SEEDS; s++)
			times[s] = found[s][i];
		figure_add(rows,
			   &(struct figure){ .name = name,
					     .unit = "s",
					     .target = 10,
					     .below = 1,
					     .value = median(times, SEEDS) });
		free(name);
	}
	batch_release(&batch);
	return 0;
}

int bench_planted(json_t *rows, struct err *e)
{
	for (unsigned i = 0; arch_at(i); i++)
		if (hunt_arch(arch_at(i), rows, e) < 0)
			return -1;
	return 0;
}
