/* known.c: bench. How long a default campaign needs until it meets each of a few bugs that released toolchains have:
 * golang/go and compiler issues, found without code that knows of them. CHOICE: rows by name. Each hunt is kept until
 * its row is told, so that a run that was stopped goes on where it was. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/proc.h"
#include "bench/bench.h"
#include "bench/child.h"
#include "bench/kept.h"
#include "triage/triage.h"

#define SEEDS 3
#define LIMIT_S 600
#define NOT_FOUND_S \
	(2 * LIMIT_S) /* what counts for a hunt in vain: no median of them is within the limit */

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

	if (name[0] == '.' || h->found_s > 0 || !child_is_new(&h->child, name))
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

/* A campaign that ends before its time has not looked for anything. */
static int hunt_end(struct hunt *h, double *found_s, struct err *e)
{
	bool early = h->found_s == 0 && clock_ms() - h->child.start_ms < (int64_t)LIMIT_S * 1000;
	char *log = xasprintf("%s.log", h->child.out);
	int status = child_finish(&h->child, 1);

	*found_s = h->found_s > 0 ? h->found_s : NOT_FOUND_S;
	if (early)
		err_set(e, EXIT_ENVIRON, "the campaign ended too early (%s); see %s",
			proc_describe(status), log);
	free(log);
	return early ? -1 : 0;
}

static int hunt_once(const struct bug *bug, unsigned seed, double *found_s, struct err *e)
{
	char number[16], limit[16];
	const char *args[] = { "--lane", bug->lane, "--seed",	 number,
			       "--time", limit,	    bug->option, NULL };
	struct hunt *h = xcalloc(1, sizeof(*h));
	struct err ignored = ERR_INIT;
	char *spool;
	int rc;

	h->bug = bug;
	snprintf(number, sizeof(number), "%u", seed);
	snprintf(limit, sizeof(limit), "%ds", LIMIT_S);
	rc = child_start(&h->child, args, e);
	if (rc == 0) {
		spool = xasprintf("%s/spool", h->child.out);
		while (h->found_s == 0 && child_running(&h->child)) {
			dir_each(spool, look_at_bundle, h, &ignored);
			usleep(250 * 1000);
		}
		dir_each(spool, look_at_bundle, h, &ignored);
		free(spool);
		rc = hunt_end(h, found_s, e);
	}
	free(h);
	return rc;
}

static char *piece_of(const struct bug *bug, unsigned seed)
{
	return xasprintf("%s-%u", bug->name, seed);
}

static int hunt_seed(const struct bug *bug, unsigned seed, double *found_s, struct err *e)
{
	char *piece = piece_of(bug, seed);
	int rc = 0;

	if (!kept_take("known", piece, found_s, 1)) {
		rc = hunt_once(bug, seed, found_s, e);
		if (rc == 0)
			rc = kept_put("known", piece, found_s, 1, e);
	}
	if (rc == 0)
		printf("  %s, seed %u: %.1f s%s\n", bug->name, seed, *found_s,
		       *found_s < NOT_FOUND_S ? "" : ", which means not at all");
	fflush(stdout);
	free(piece);
	return rc;
}

static int hunt_bug(const struct bug *bug, json_t *rows, struct err *e)
{
	char *name = xasprintf("%s, lane %s", bug->name, bug->lane);
	double found[SEEDS];
	int rc = 0;

	for (unsigned s = 0; s < SEEDS && rc == 0; s++)
		rc = hunt_seed(bug, s + 1, &found[s], e);
	if (rc == 0)
		figure_add(rows,
			   &(struct figure){ .name = name,
					     .unit = "s",
					     .target = LIMIT_S,
					     .below = 1,
					     .value = median(found, SEEDS) });
	free(name);
	return rc;
}

int bench_known(json_t *rows, struct err *e)
{
	const size_t count = sizeof(bugs) / sizeof(*bugs);

	for (size_t i = 0; i < count; i++)
		if (bench_chosen(bugs[i].name) && hunt_bug(&bugs[i], rows, e) < 0)
			return -1;
	for (size_t i = 0; i < count; i++)
		for (unsigned s = 0; s < SEEDS && bench_chosen(bugs[i].name); s++) {
			char *piece = piece_of(&bugs[i], s + 1);

			kept_drop("known", piece);
			free(piece);
		}
	return 0;
}
