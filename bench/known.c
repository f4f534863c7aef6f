/* known.c: bench. How long a default campaign needs until it meets each of a few bugs that released toolchains have:
 * golang/go and compiler issues, found without code that knows of them. CHOICE: rows by name. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/proc.h"
#include "bench/bench.h"
#include "bench/child.h"
#include "triage/triage.h"

#define SEEDS 3
#define LIMIT_S 600

static const struct bug {
	const char *name, *lane, *option; /* option: of fuzz, or NULL */
	const char *signature; /* a glob over what the bug's bundles are signed with */
} bugs[] = {
#define BUG_ROW(name, lane, option, signature, about) { name, lane, option, signature },
#include "bench/known.def"
#undef BUG_ROW
};

struct hunt {
	const struct bug *bug;
	struct child child;
	double found_s; /* 0: not yet */
};

static bool is_it(const struct bug *bug, const struct bundle *b)
{
	struct buf signature = BUF_INIT, title = BUF_INIT, stack = BUF_INIT;
	struct err e = ERR_INIT;
	bool weak,
		it = signature_make(b, &signature, &title, &stack, &weak, &e) == 0 &&
		fnmatch(bug->signature, signature.ptr, 0) == 0;

	if (it)
		printf("  %s: %s\n", bug->name, signature.ptr);
	buf_release(&signature);
	buf_release(&title);
	buf_release(&stack);
	return it;
}

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
		if (is_it(h->bug, &b))
			h->found_s = (double)(clock_ms() - h->child.start_ms) / 1000;
		bundle_release(&b);
	}
	free(dir);
	return 0;
}

static int hunt_once(const struct bug *bug, unsigned seed, double *found_s, struct err *e)
{
	char number[16], limit[16];
	const char *args[] = { "--lane", bug->lane, "--seed",	 number,
			       "--time", limit,	    bug->option, NULL };
	struct hunt h = { .bug = bug };
	struct err ignored = ERR_INIT;
	char *spool;

	snprintf(number, sizeof(number), "%u", seed);
	snprintf(limit, sizeof(limit), "%ds", LIMIT_S);
	if (child_start(&h.child, args, e) < 0)
		return -1;
	spool = xasprintf("%s/spool", h.child.out);
	while (h.found_s == 0 && child_running(&h.child)) {
		dir_each(spool, look_at_bundle, &h, &ignored);
		usleep(250 * 1000);
	}
	free(spool);
	child_finish(&h.child, 1);
	*found_s = h.found_s > 0 ? h.found_s : LIMIT_S;
	printf("  %s, seed %u: %.1f s\n", bug->name, seed, *found_s);
	fflush(stdout);
	return 0;
}

int bench_known(json_t *rows, struct err *e)
{
	const char *choice = bench_choice();

	for (size_t i = 0; i < sizeof(bugs) / sizeof(*bugs); i++) {
		char *name = xasprintf("%s, lane %s", bugs[i].name, bugs[i].lane);
		double found[SEEDS];
		int rc = 0;

		for (unsigned s = 0;
		     s < SEEDS && rc == 0 && (!choice || strstr(choice, bugs[i].name)); s++)
			rc = hunt_once(&bugs[i], s + 1, &found[s], e);
		if (rc == 0 && (!choice || strstr(choice, bugs[i].name)))
			figure_add(rows,
				   &(struct figure){ .name = name,
						     .unit = "s",
						     .target = LIMIT_S,
						     .below = 1,
						     .value = median(found, SEEDS) });
		free(name);
		if (rc < 0)
			return -1;
	}
	return 0;
}
