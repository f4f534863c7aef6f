/* planted.c: bench. How long each planted fault stays hidden, from an empty corpus. Each hunt is kept until all
 * are done, so that a run that was stopped goes on where it was. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
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
#define SCRATCH "build/bench/planted"

struct hunt {
	struct child child;
	const struct batch *batch;
	uint64_t start_ns; /* CLOCK_REALTIME, as faults have it */
	double *found_s; /* [batch->count], 0: not yet, below: not looked for */
	unsigned missing;
};

/* Is the word one of the choice, or is there none? */
static bool chosen(const char *word)
{
	const char *at = bench_choice();
	size_t len = strlen(word);

	for (; at && *at; at += strcspn(at, ","), at += *at == ',')
		if (strcspn(at, ",") == len && !strncmp(at, word, len))
			return true;
	return !at;
}

static bool chosen_fault(const char *arch, const char *name)
{
	return !bench_choice() || chosen(name) || chosen(arch);
}

static uint64_t realtime_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Found when the guest has recorded it; a bundle says that it was kept. */
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
		const struct cgofuzz_fault *f = &b.rec->fault;
		double s = (double)(int64_t)(f->time_ns - h->start_ns) / 1e9;

		if (f->slot < h->batch->count && h->found_s[f->slot] == 0)
			h->missing--;
		if (f->slot < h->batch->count && h->found_s[f->slot] >= 0 &&
		    (h->found_s[f->slot] == 0 || s < h->found_s[f->slot]))
			h->found_s[f->slot] = s;
		bundle_release(&b);
	}
	free(dir);
	return 0;
}

static void start_looking(struct hunt *h, const char *arch)
{
	for (uint32_t i = 0; i < h->batch->count; i++) {
		h->found_s[i] = chosen_fault(arch, h->batch->slots[i].row->name) ? 0 : -1;
		h->missing += h->found_s[i] == 0;
	}
}

static int hunt_once(const char *arch, unsigned seed, struct batch *batch, double *found_s,
		     struct err *e)
{
	char number[16], limit[16];
	const char *args[] = { "--arch", arch,	   "--target", "planted", "--seed",
			       number,	 "--time", limit,      NULL };
	struct hunt h = { .batch = batch, .found_s = found_s, .start_ns = realtime_ns() };
	struct err ignored = ERR_INIT;
	char *spool;

	snprintf(number, sizeof(number), "%u", seed);
	snprintf(limit, sizeof(limit), "%ds", LIMIT_S);
	start_looking(&h, arch);
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

static char *kept_path(const char *arch, unsigned seed)
{
	return xasprintf(SCRATCH "/%s-%u", arch, seed);
}

/* What a run that was stopped has measured of this program. */
static bool take_kept(const char *path, const struct batch *batch, double *found_s)
{
	struct buf text = BUF_INIT;
	struct err none = ERR_INIT;
	struct stat measured, built;
	bool ok = !bench_choice() && stat(path, &measured) == 0 &&
		stat("build/cgofuzz", &built) == 0 && measured.st_mtime > built.st_mtime &&
		file_read(path, 0, &text, &none) == 0;
	char *at = text.ptr;

	for (uint32_t i = 0; ok && i < batch->count; i++) {
		char *end;

		found_s[i] = strtod(at, &end);
		ok = end != at;
		at = end;
	}
	buf_release(&text);
	return ok;
}

static int hunt_seed(const char *arch, unsigned seed, struct batch *batch, double *found_s,
		     struct err *e)
{
	char *path = kept_path(arch, seed);
	struct buf text = BUF_INIT;
	int rc = 0;

	if (!take_kept(path, batch, found_s)) {
		rc = hunt_once(arch, seed, batch, found_s, e);
		for (uint32_t i = 0; i < batch->count; i++)
			buf_addf(&text, "%.3f\n", found_s[i]);
		if (rc == 0 && !bench_choice())
			rc = file_write(path, text.ptr, text.len, e);
	}
	buf_release(&text);
	free(path);
	return rc;
}

static void report(const struct batch *batch, const char *arch, double (*found)[MAX_ROWS],
		   json_t *rows)
{
	for (uint32_t i = 0; i < batch->count; i++) {
		char *name = xasprintf("%s %s", arch, batch->slots[i].row->name);
		double times[SEEDS];

		for (unsigned s = 0; s < SEEDS; s++)
			times[s] = found[s][i];
		if (times[0] >= 0)
			figure_add(rows,
				   &(struct figure){ .name = name,
						     .unit = "s",
						     .target = 10,
						     .below = 1,
						     .value = median(times, SEEDS) });
		free(name);
	}
}

static bool any_chosen(const struct batch *batch, const char *arch)
{
	for (uint32_t i = 0; i < batch->count; i++)
		if (chosen_fault(arch, batch->slots[i].row->name))
			return true;
	return false;
}

static int hunt_arch(const struct arch_info *arch, json_t *rows, struct err *e)
{
	double found[SEEDS][MAX_ROWS] = { 0 };
	struct batch batch;
	int rc = 0;

	if (batch_from_target(&batch, target_find("planted"), (int)arch->id, e) < 0)
		return -1;
	BUG_ON(batch.count > MAX_ROWS);
	if (any_chosen(&batch, arch->name)) {
		for (unsigned s = 0; s < SEEDS && rc == 0; s++)
			rc = hunt_seed(arch->name, s + 1, &batch, found[s], e);
		if (rc == 0)
			report(&batch, arch->name, found, rows);
	}
	batch_release(&batch);
	return rc;
}

int bench_planted(json_t *rows, struct err *e)
{
	if (dir_make(SCRATCH, e) < 0)
		return -1;
	for (unsigned i = 0; arch_at(i); i++)
		if (hunt_arch(arch_at(i), rows, e) < 0)
			return -1;
	/* measured in full: the next run begins anew */
	return bench_choice() ? 0 : dir_remove(SCRATCH, e);
}
