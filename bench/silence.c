/* silence.c: bench. Crossings without a false alarm: turbulent ones in the default lane, and calm ones over the whole
 * type system with one compiler on both sides. A campaign each, until it has made so many; CHOICE: rows by name, small
 * for a hundredth of that. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "bench/bench.h"
#include "bench/child.h"
#include "campaign/status.h"

#define LIMIT "4h" /* whoever is slower than that has a row short of crossings */

static const struct row {
	const char *name, *lanes, *turbulence, *population;
	double crossings;
} table[] = {
	{ "turbulent-amd64", "amd64", "on", "plain", 100e6 },
	{ "turbulent-arm64", "arm64", "on", "plain", 10e6 },
	{ "calm-amd64", "amd64-gcc12,amd64-clang14", "off", "whole", 100e6 },
	{ "calm-arm64", "arm64-gcc12,arm64-clang14", "off", "whole", 10e6 },
};

static int run_row(const struct row *r, struct status *s, struct err *e)
{
	const double wanted = bench_small() ? r->crossings / 100 : r->crossings;
	const char *args[] = { "--lane",
			       r->lanes,
			       "--turbulence",
			       r->turbulence,
			       "--population",
			       r->population,
			       "--seed",
			       "1",
			       "--time",
			       LIMIT,
			       NULL };
	struct child c;
	int rc = 0;

	if (child_start(&c, args, e) < 0)
		return -1;
	while (rc == 0 && (double)s->crossings < wanted && child_running(&c)) {
		struct err early = ERR_INIT; /* there is no status yet */

		usleep(500 * 1000);
		status_release(s);
		if (status_read(s, c.out, &early) < 0)
			*s = (struct status){ 0 };
	}
	kill(c.pid, SIGINT); /* once: what was found is replayed */
	while (child_running(&c))
		usleep(100 * 1000);
	status_release(s);
	rc = status_read(s, c.out, e);
	c.keep = s->fresh > 0;
	if (c.keep)
		printf("  kept: %s\n", c.out);
	child_finish(&c, 0);
	return rc;
}

int bench_silence(json_t *rows, struct err *e)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct status s = { 0 };
		char *name = xasprintf("%s: news", table[i].name);
		int rc = 0;

		if (bench_chosen(table[i].name))
			rc = run_row(&table[i], &s, e);
		if (rc == 0 && s.crossings)
			figure_add(rows,
				   &(struct figure){ .name = name,
						     .unit = "clusters",
						     .value = (double)s.fresh,
						     .below = 1,
						     .target = 0.5,
						     .reference = "crossings",
						     .reference_value = (double)s.crossings });
		status_release(&s);
		free(name);
		if (rc < 0)
			return -1;
	}
	return 0;
}
