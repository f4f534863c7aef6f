/* turbulence.c: bench. Turbulent plans: how many a second, how stable under AFL++, what the default mix of calm and
 * turbulent slices makes. CHOICE: plans, stability, mix; small: shorter. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/proc.h"
#include "bench/bench.h"
#include "bench/child.h"
#include "bench/guest.h"
#include "campaign/status.h"
#include "model/plan_text.h"

#define ROUNDS 5
#define PLAN_PATH "build/bench/turbulence.plan"

/* 64 steps: a GC, a thread and a signal, and crossings on all routes, some within, some captured. */
static int write_mixed_plan(struct err *e)
{
	struct buf text = BUF_INIT;
	struct plan plan;
	int rc;

	buf_addstr(&text,
		   "gc\nthread {\ncallback 1 seed=1\ncall 2 depth=1 seed=2\n}\n"
		   "signal {\ncall 3 seed=3\n}\n"
		   "go-stack depth=16 frame=1K {\ncall 4 seed=4\n}\n"
		   "levels count=8 {\ncallback 5 seed=5\n}\n"
		   "call 6 depth=1 seed=6 {\ncallback 7 seed=7\n}\n");
	for (int i = 13; i < 64; i++) /* the above are 13 steps */
		buf_addf(&text, "%s %d depth=%d seed=%d%s\n", i % 2 ? "call" : "callback", i, i % 4,
			 i, i % 8 ? "" : " captured");
	rc = plan_parse(&plan, text.ptr, text.len, "<plan>", e);
	BUG_ON(rc == 0 && plan.len != 64 * CGOFUZZ_STEP_BYTES);
	buf_release(&text);
	return rc < 0 ? -1 : file_write(PLAN_PATH, plan.bytes, plan.len, e);
}

/* Plans a second of CPU time, all threads of the guest together: loops / cpu. */
static int plans_a_second(const struct subject *s, uint32_t loops, double *rate, struct err *e)
{
	char *exe = build_plain(&s->build), *loop = xasprintf("CGOFUZZ_LOOP=%u", loops);
	const char *argv[16] = { NULL }, *env[16] = { NULL };
	double crossings;
	int n = 0, rc;

	guest_command(&s->lane, &s->tools, argv, env);
	while (argv[n])
		n++;
	argv[n++] = exe;
	argv[n] = PLAN_PATH;
	for (n = 0; env[n];)
		n++;
	env[n] = loop;
	rc = plans_of(argv, env, &crossings, rate, e);
	free(loop);
	free(exe);
	return rc;
}

static int measure_plans(const struct arch_info *arch, json_t *rows, struct err *e)
{
	bool emulated = arch->qemu[0];
	char *name = xasprintf("%s, 64 steps with a GC, a thread and a signal", arch->name);
	double rates[ROUNDS];
	struct subject s;
	int rc = subject_build(&s, arch, e);

	if (rc < 0)
		goto out;
	for (int i = 0; i < ROUNDS && rc == 0; i++)
		rc = plans_a_second(&s, (emulated ? 200 : 2000) / (bench_small() ? 4 : 1),
				    &rates[i], e);
	if (rc == 0)
		figure_add(rows,
			   &(struct figure){ .name = name,
					     .unit = "plans/cpu-s",
					     .value = median(rates, ROUNDS),
					     .target = emulated ? 100 : 1000 });
	subject_release(&s);
out:
	free(name);
	return rc;
}

/* A campaign to its end; what its status says then. */
static int run_campaign(const char *const *args, struct status *status, struct err *e)
{
	struct child c;
	int rc;

	if (child_start(&c, args, e) < 0)
		return -1;
	while (child_running(&c))
		usleep(100 * 1000);
	rc = status_read(status, c.out, e);
	child_finish(&c, 0);
	return rc;
}

static int measure_stability(json_t *rows, struct err *e)
{
	const char *const args[] = {
		"--arch",	"arm64", "--engine", "afl", "--time", bench_small() ? "30s" : "75s",
		"--turbulence", "on",	 "--seed",   "1",   NULL
	};
	struct status s = { 0 };
	int rc = run_campaign(args, &s, e);

	if (rc == 0 && s.lane_count)
		figure_add(rows,
			   &(struct figure){ .name = "arm64, AFL++ on turbulent plans, stability",
					     .unit = "%",
					     .value = s.lanes[0].stability_percent,
					     .target = 90 });
	status_release(&s);
	return rc;
}

static void report_mix(const struct status_lane *l, json_t *rows)
{
	char *name = xasprintf("%s, %s, default mix: time in turbulent slices", l->lane, l->engine);

	figure_add(rows,
		   &(struct figure){ .name = name,
				     .unit = "%",
				     .value = 100 * (double)l->turbulent_ms / (double)l->run_ms });
	free(name);
	name = xasprintf("%s, %s, default mix: turbulent slices", l->lane, l->engine);
	figure_add(rows,
		   &(struct figure){
			   .name = name,
			   .unit = "crossings/s",
			   .value = 1000 * (double)l->turbulent_crossings / (double)l->turbulent_ms,
			   .reference = "calm slices",
			   .reference_value = 1000 * (double)(l->crossings - l->turbulent_crossings) /
				   (double)(l->run_ms - l->turbulent_ms) });
	free(name);
}

static int measure_mix(json_t *rows, struct err *e)
{
	const char *const args[] = { "--arch", "all", "--time", bench_small() ? "45s" : "90s",
				     "--seed", "1",   NULL };
	struct status s = { 0 };
	int rc = run_campaign(args, &s, e);

	for (uint32_t i = 0; rc == 0 && i < s.lane_count; i++)
		if (s.lanes[i].turbulent_ms && s.lanes[i].run_ms > s.lanes[i].turbulent_ms)
			report_mix(&s.lanes[i], rows);
	status_release(&s);
	return rc;
}

int bench_turbulence(json_t *rows, struct err *e)
{
	if (write_mixed_plan(e) < 0)
		return -1;
	for (unsigned i = 0; arch_at(i) && bench_chosen("plans"); i++)
		if (measure_plans(arch_at(i), rows, e) < 0)
			return -1;
	if (bench_chosen("stability") && measure_stability(rows, e) < 0)
		return -1;
	return bench_chosen("mix") ? measure_mix(rows, e) : 0;
}
