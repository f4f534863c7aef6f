/* upstream.c: bench. Of how many planted faults a plain reproducer shows the fault when it is tried, of those for which
 * one can exist: a campaign on each architecture, one bundle of each exhibit that it has found. CHOICE: architectures
 * or exhibits by name, small for a short campaign. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "bench/bench.h"
#include "bench/child.h"
#include "triage/upstream/upstream.h"

#define LIMIT "60s"
#define SMALL_LIMIT "10s"
#define MAX_ROWS 64

struct count {
	struct child child;
	const struct target *target;
	bool tried[MAX_ROWS];
	unsigned shown, not_shown, none;
	char *out, *dir; /* the campaign; the reproducers */
	struct err *e;
};

static void try_one(struct count *c, const struct bundle *b, const char *name)
{
	char *dir = xasprintf("%s/%s", c->dir, name);
	struct upstream u;
	struct err e = ERR_INIT;

	if (upstream_make(&u, b, dir, &e) < 0) {
		fprintf(stderr, "%s: %s\n", name, e.msg);
		c->not_shown++;
	} else {
		c->shown += u.outcome == UPSTREAM_SHOWN;
		c->not_shown += u.outcome == UPSTREAM_NOT_SHOWN;
		c->none += u.outcome == UPSTREAM_NONE;
		if (u.outcome != UPSTREAM_SHOWN)
			fprintf(stderr, "%s: %s: %s\n", name, upstream_outcomes[u.outcome],
				u.why.ptr);
		upstream_release(&u);
	}
	free(dir);
}

static int look(const char *name, void *ctx)
{
	struct count *c = ctx;
	char *dir = xasprintf("%s/spool/%s", c->out, name);
	struct err e = ERR_INIT;
	struct bundle b;

	if (name[0] != '.' && bundle_load(&b, dir, &e) == 0) {
		for (uint32_t i = 0; i < c->target->case_count && i < MAX_ROWS; i++) {
			if (c->tried[i] || strcmp(c->target->cases[i].name, b.exhibit) != 0)
				continue;
			c->tried[i] = true;
			if (bench_chosen(arch_of((int)b.rec->arch)->name) || bench_chosen(b.exhibit))
				try_one(c, &b, b.exhibit);
		}
		bundle_release(&b);
	}
	free(dir);
	return 0;
}

static void report(const struct count *c, const struct arch_info *arch, json_t *rows)
{
	const unsigned can = c->shown + c->not_shown;
	char *name = xasprintf("%s: %u planted faults shown of %u, none can exist of %u",
			       arch->name, c->shown, can, c->none);

	if (can)
		figure_add(rows,
			   &(struct figure){ .name = name,
					     .unit = "%",
					     .value = 100.0 * c->shown / can,
					     .target = 90 });
	free(name);
}

static int count_arch(const struct arch_info *arch, json_t *rows, struct err *e)
{
	const char *args[] = { "--arch",   arch->name,
			       "--target", "planted",
			       "--seed",   "1",
			       "--time",   bench_small() ? SMALL_LIMIT : LIMIT,
			       NULL };
	struct count *c = xcalloc(1, sizeof(*c));
	struct err ignored = ERR_INIT;
	char *spool;
	int rc;

	c->target = target_find("planted");
	rc = child_start(&c->child, args, e);
	if (rc == 0) {
		sleep(bench_small() ? 12 : 62); /* found is enough: nobody wants its clusters */
		c->child.keep = true;
		c->out = xstrdup(c->child.out);
		child_finish(&c->child, 1);
		spool = xasprintf("%s/spool", c->out);
		c->dir = xasprintf("%s/upstream", c->out);
		rc = dir_each(spool, look, c, e);
		report(c, arch, rows);
		if (c->not_shown)
			fprintf(stderr, "kept: %s\n", c->dir);
		else
			dir_remove(c->out, &ignored);
		free(spool);
		free(c->out);
		free(c->dir);
	}
	free(c);
	return rc;
}

int bench_upstream(json_t *rows, struct err *e)
{
	bool named = false; /* a choice of exhibits alone is for every architecture */

	for (unsigned i = 0; arch_at(i); i++)
		named |= bench_choice() && strstr(bench_choice(), arch_at(i)->name);
	for (unsigned i = 0; arch_at(i); i++)
		if ((!named || bench_chosen(arch_at(i)->name)) && count_arch(arch_at(i), rows, e) < 0)
			return -1;
	return 0;
}
