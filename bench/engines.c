/* engines.c: bench. What the engines reach, beside AFL++ that forks for each execution. */
#include "bench/bench.h"
#include "bench/guest.h"

#define SECONDS 15

struct run {
	enum engine engine;
	uint32_t min_steps, max_steps;
	const char *what;
	double executions,
		crossings; /* targets; 0: none (one step under AFL++: 400 times fork per exec) */
};

static int one(const struct subject *s, const struct run *r, double reference, json_t *rows,
	       struct err *e)
{
	struct engine_rate rate;
	char name[96];

	if (engine_measure(s, r->engine, r->min_steps, r->max_steps, 1, SECONDS, &rate, e) < 0)
		return -1;
	snprintf(name, sizeof(name), "%s %s, %s: executions", s->lane.arch->name,
		 engine_names[r->engine], r->what);
	figure_add(rows,
		   &(struct figure){ .name = name,
				     .unit = "/s",
				     .value = rate.executions,
				     .target = r->executions > 0 ? r->executions : reference * 400,
				     .reference = reference > 0 ? "fork per exec" : NULL,
				     .reference_value = reference });
	snprintf(name, sizeof(name), "%s %s, %s: checked crossings", s->lane.arch->name,
		 engine_names[r->engine], r->what);
	figure_add(rows,
		   &(struct figure){ .name = name,
				     .unit = "/s",
				     .value = rate.crossings,
				     .target = r->crossings });
	if (rate.stability_percent >= 0) {
		snprintf(name, sizeof(name), "%s %s, %s: stability", s->lane.arch->name,
			 engine_names[r->engine], r->what);
		figure_add(rows,
			   &(struct figure){ .name = name,
					     .unit = "%",
					     .target = 98,
					     .value = rate.stability_percent });
	}
	return 0;
}

/* What a user of plain AFL++ would get: the same binary, a new process for each plan. */
static int fork_per_exec(const struct subject *s, double *reference, json_t *rows, struct err *e)
{
	struct engine_rate rate;

	if (engine_measure(s, ENGINE_AFL, 1, 1, 0, SECONDS, &rate, e) < 0)
		return -1;
	*reference = rate.executions;
	figure_add(rows,
		   &(struct figure){ .name = "arm64 afl, one step, fork per exec: executions",
				     .unit = "/s",
				     .value = rate.executions });
	return 0;
}

int bench_engines(json_t *rows, struct err *e)
{
	static const struct run arm64[] = {
		{ ENGINE_AFL, 1, 1, "one step", 0, 0 },
		{ ENGINE_LIBFUZZER, 1, 1, "one step", 20000, 0 },
		{ ENGINE_AFL, 16, 64, "16 to 64 steps", 0, 300000 },
		{ ENGINE_LIBFUZZER, 16, 64, "16 to 64 steps", 0, 600000 },
	};
	static const struct run amd64[] = {
		{ ENGINE_AFL, 16, 64, "16 to 64 steps", 0, 0 },
		{ ENGINE_LIBFUZZER, 16, 64, "16 to 64 steps", 0, 4e6 },
	};
	struct subject s;
	double reference = 0;
	int rc;

	if (subject_build(&s, arch_find("arm64"), e) < 0)
		return -1;
	rc = fork_per_exec(&s, &reference, rows, e);
	for (unsigned i = 0; rc == 0 && i < sizeof(arm64) / sizeof(arm64[0]); i++)
		rc = one(&s, &arm64[i], i == 0 ? reference : 0, rows, e);
	subject_release(&s);
	if (rc < 0 || subject_build(&s, arch_find("amd64"), e) < 0)
		return -1;
	for (unsigned i = 0; rc == 0 && i < sizeof(amd64) / sizeof(amd64[0]); i++)
		rc = one(&s, &amd64[i], 0, rows, e);
	subject_release(&s);
	return rc;
}
