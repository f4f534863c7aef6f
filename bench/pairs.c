/* pairs.c: bench. How long it takes until a wrapper of gcc 12 and a callee of clang 14 are seen to disagree,
 * from an empty campaign over the whole type system. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/proc.h"
#include "bench/bench.h"
#include "bench/child.h"
#include "triage/suspect.h"

#define SEEDS 5
#define LIMIT_S 120 /* nothing by then counts as found then */
#define TARGET_S 60

struct hunt {
	struct child child;
	double found_s; /* 0: not yet */
};

/* A value, a place or a layout on which C's two sides are at odds; crashes do not count, nor what cgo does. */
static int look_at_bundle(const char *name, void *ctx)
{
	struct hunt *h = ctx;
	struct err e = ERR_INIT;
	struct bundle b;
	char *dir;

	if (name[0] == '.' || h->found_s > 0)
		return 0;
	dir = xasprintf("%s/spool/%s", h->child.out, name);
	if (bundle_load(&b, dir, &e) == 0) {
		uint32_t kind = b.rec->fault.kind;

		if (kind == CGOFUZZ_FAULT_LEAF || kind == CGOFUZZ_FAULT_CAPTURE ||
		    kind == CGOFUZZ_FAULT_LAYOUT) {
			struct suspect s;

			suspect_open(&s, &b);
			if (s.side != GUILTY_GO) {
				h->found_s = (double)(clock_ms() - h->child.start_ms) / 1000;
				printf("  %s: %s: %s\n", b.lane, b.case_text, s.words.ptr);
			}
			suspect_release(&s);
		}
		bundle_release(&b);
	}
	free(dir);
	return 0;
}

static int hunt_once(const char *arch, unsigned seed, double *found_s, struct err *e)
{
	char number[16], limit[16], lane[64];
	const char *args[] = { "--lane", lane,	 "--population", "whole", "--engine", "libfuzzer",
			       "--seed", number, "--time",	 limit,	  NULL };
	struct hunt h = { .found_s = 0 };
	struct err ignored = ERR_INIT;
	char *spool;

	snprintf(lane, sizeof(lane), "%s-gcc12-clang14", arch);
	snprintf(number, sizeof(number), "%u", seed);
	snprintf(limit, sizeof(limit), "%ds", LIMIT_S);
	if (child_start(&h.child, args, e) < 0)
		return -1;
	spool = xasprintf("%s/spool", h.child.out);
	while (h.found_s == 0 && child_running(&h.child)) {
		dir_each(spool, look_at_bundle, &h, &ignored);
		usleep(100 * 1000);
	}
	free(spool);
	child_finish(&h.child, 1);
	*found_s = h.found_s > 0 ? h.found_s : LIMIT_S;
	return 0;
}

int bench_pairs(json_t *rows, struct err *e)
{
	for (unsigned i = 0; arch_at(i); i++) {
		char *name = xasprintf("%s gcc12-clang14, first mismatch", arch_at(i)->name);
		double found[SEEDS];

		for (unsigned s = 0; s < SEEDS; s++)
			if (hunt_once(arch_at(i)->name, s + 1, &found[s], e) < 0) {
				free(name);
				return -1;
			}
		figure_add(rows,
			   &(struct figure){ .name = name,
					     .unit = "s",
					     .target = TARGET_S,
					     .below = 1,
					     .value = median(found, SEEDS) });
		free(name);
	}
	return 0;
}
