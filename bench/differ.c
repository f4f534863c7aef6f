/* bench/differ.c: bench. Plans compared between amd64 and arm64 in a second of CPU time of the busier guest (the two
 * run side by side, each on a core), and what came of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/file.h"
#include "bench/bench.h"
#include "bench/guest.h"
#include "campaign/corpus.h"
#include "triage/differ.h"

#define ROUNDS 3
#define WANTED_PER_S 200.0

static const char dir[] = "build/bench/differ";

struct side {
	struct subject subject;
	char *exe, *dir;
};

struct plans {
	const char *dir;
	struct buf *v; /* each a plan */
	uint32_t n;
};

static int add_plan(const char *name, void *ctx)
{
	struct plans *p = ctx;
	char *path = xasprintf("%s/%s", p->dir, name);
	struct err none = ERR_INIT;

	p->v = xrealloc(p->v, (p->n + 1) * sizeof(*p->v));
	buf_init(&p->v[p->n]);
	file_read(path, CGOFUZZ_PLAN_MAX_BYTES, &p->v[p->n++], &none);
	free(path);
	return 0;
}

/* What engines begin with. */
static int take_plans(struct plans *p, const char *below, bool turbulent, struct err *e)
{
	char *path = xasprintf("%s/%s", dir, below);
	int rc = corpus_seed(path, 1, BATCH_DEFAULT_CASES, turbulent, e);

	p->dir = path;
	if (rc == 0)
		rc = dir_each(path, add_plan, p, e);
	p->dir = NULL;
	free(path);
	return rc;
}

static void plans_release(struct plans *p)
{
	for (uint32_t i = 0; i < p->n; i++)
		buf_release(&p->v[i]);
	free(p->v);
}

/* CPU time of each side's guests, one after the other: one that died in a plan is followed by another. What a guest
 * took for the plan that it died of is not known, nor what the next took to start. */
struct meter {
	pid_t pid[2];
	double at[2], took[2];
};

static double cpu_s(pid_t pid)
{
	struct timespec t = { 0, 0 };
	clockid_t id;

	if (!pid || clock_getcpuclockid(pid, &id) != 0 || clock_gettime(id, &t) != 0)
		return 0;
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void meter_look(struct meter *m, const struct differ *d)
{
	for (uint32_t i = 0; i < 2; i++) {
		double now = cpu_s(d->shows[i].pid);

		if (d->shows[i].pid == m->pid[i])
			m->took[i] += now - m->at[i];
		m->pid[i] = d->shows[i].pid;
		m->at[i] = now;
	}
}

/* What comparing takes where each guest has a core. */
static double busier(const struct meter *m)
{
	return m->took[0] > m->took[1] ? m->took[0] : m->took[1];
}

static int measure(struct differ *d, const struct plans *p, const char *what, double target,
		   json_t *rows, struct err *e)
{
	double rates[ROUNDS];
	uint32_t ends[DIFFER_UNSTEADY + 1] = { 0 }, at;
	char name[96];
	enum differ_end end;

	for (int r = 0; r < ROUNDS; r++) {
		struct meter meter = { 0 };

		meter_look(&meter, d);
		for (uint32_t i = 0; i < p->n; i++) {
			if (differ_plan(d, (const uint8_t *)p->v[i].ptr, (uint32_t)p->v[i].len,
					&end, &at, e) < 0)
				return -1;
			meter_look(&meter, d);
			ends[end]++;
		}
		rates[r] = p->n / busier(&meter);
	}
	snprintf(name, sizeof(name), "amd64 beside arm64, %s plans", what);
	figure_add(rows,
		   &(struct figure){ .name = name,
				     .unit = "/cpu-s",
				     .value = median(rates, ROUNDS),
				     .target = target });
	snprintf(name, sizeof(name), "%s: differences, faults, deaths", what);
	figure_add(rows,
		   &(struct figure){ .name = name,
				     .unit = "plans",
				     .value = ends[DIFFER_FOUND] + ends[DIFFER_FAULT] +
					     ends[DIFFER_GONE],
				     .reference = "of",
				     .reference_value = ROUNDS * (double)p->n });
	snprintf(name, sizeof(name), "%s: not comparable, effects were left out", what);
	figure_add(rows,
		   &(struct figure){ .name = name, .unit = "plans", .value = ends[DIFFER_CAPPED] });
	return 0;
}

static int side_open(struct side *s, struct show_spec *spec, const struct arch_info *arch,
		     struct err *e)
{
	if (subject_build(&s->subject, arch, e) < 0)
		return -1;
	s->exe = build_plain(&s->subject.build);
	s->dir = xasprintf("%s/%s", dir, arch->name);
	*spec = (struct show_spec){ .lane = &s->subject.lane,
				    .tools = &s->subject.tools,
				    .exe = s->exe,
				    .build_id = s->subject.build.id,
				    .dir = s->dir };
	return 0;
}

static int compare(struct show_spec *specs, json_t *rows, struct err *e)
{
	struct plans calm = { 0 }, turbulent = { 0 }, both = { 0 };
	struct differ d = { 0 };
	int rc = take_plans(&calm, "calm", false, e);

	if (rc == 0)
		rc = take_plans(&turbulent, "turbulent", true, e);
	while (rc == 0 && both.n < turbulent.n) /* as many of both: campaigns alternate */
		rc = take_plans(&both, "calm", false, e);
	if (rc == 0)
		rc = take_plans(&both, "turbulent", true, e);
	if (rc == 0)
		rc = differ_open(&d, specs, 2, e);
	if (rc == 0)
		rc = measure(&d, &calm, "calm", 0, rows, e);
	if (rc == 0)
		rc = measure(&d, &turbulent, "turbulent", 0, rows, e);
	if (rc == 0)
		rc = measure(&d, &both, "both kinds of", WANTED_PER_S, rows, e);
	differ_close(&d);
	plans_release(&calm);
	plans_release(&turbulent);
	plans_release(&both);
	return rc;
}

int bench_differ(json_t *rows, struct err *e)
{
	struct side sides[2] = { 0 };
	struct show_spec specs[2];
	int rc = dir_remove(dir, e);

	for (unsigned i = 0; i < 2 && rc == 0; i++)
		rc = side_open(&sides[i], &specs[i], arch_at(i), e);
	if (rc == 0)
		rc = compare(specs, rows, e);
	for (unsigned i = 0; i < 2; i++) {
		if (sides[i].exe)
			subject_release(&sides[i].subject);
		free(sides[i].exe);
		free(sides[i].dir);
	}
	return rc;
}
