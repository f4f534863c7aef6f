/* guest.c: bench. Fuzz binaries run by hand: plans made for a purpose, rates read back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/proc.h"
#include "base/rng.h"
#include "bench/guest.h"

int subject_build(struct subject *s, const struct arch_info *arch, struct err *e)
{
	memset(s, 0, sizeof(*s));
	if (lane_parse(&s->lane, NULL, arch, e) < 0 || toolchain_resolve(&s->tools, &s->lane, e) < 0)
		return -1;
	batch_generate(&s->batch, BATCH_DEFAULT_CASES, 1);
	if (build_batch(&s->build, &s->batch, &s->lane, BUILD_ALL, 0, e) == 0)
		return 0;
	batch_release(&s->batch);
	return -1;
}

void subject_release(struct subject *s)
{
	build_release(&s->build);
	batch_release(&s->batch);
}

int plan_write(const char *path, enum plan_style style, uint32_t steps, uint64_t seed, struct err *e)
{
	uint8_t plan[CGOFUZZ_PLAN_MAX_BYTES];
	struct rng r;

	BUG_ON(steps > CGOFUZZ_PLAN_MAX_STEPS);
	rng_seed(&r, seed);
	rng_fill(&r, plan, sizeof(plan));
	for (uint32_t i = 0; i < steps; i++) {
		uint8_t *step = plan + (size_t)i * CGOFUZZ_STEP_BYTES;

		step[0] = (uint8_t)(i % BATCH_DEFAULT_CASES);
		step[1] = 0;
		step[2] = style == PLAN_CALLS ? 1 : style == PLAN_STEPS ? 2 : step[2];
		step[3] = style == PLAN_CALLS ? 0 : style == PLAN_STEPS ? 1 : step[3] & 3;
	}
	return file_write(path, plan, (size_t)steps * CGOFUZZ_STEP_BYTES, e);
}

static double number_behind(const char *text, const char *word)
{
	const char *at = strstr(text, word);

	return at ? strtod(at + strlen(word), NULL) : 0;
}

int plans_of(const char *const *argv, const char *const *env, double *crossings, double *plans,
	     struct err *e)
{
	struct buf text = BUF_INIT;
	double cpu;
	int rc = proc_must(&(struct proc_spec){ .argv = (char *const *)argv,
						.env = (char *const *)env,
						.err = &text,
						.deadline_ms = 120000 },
			   e);

	cpu = number_behind(text.ptr, "cpu=");
	*crossings = cpu > 0 ? number_behind(text.ptr, "crossings=") / cpu : 0;
	*plans = cpu > 0 ? number_behind(text.ptr, "plans=") / cpu : 0;
	if (rc == 0 && *crossings <= 0)
		rc = err_set(e, EXIT_ENVIRON, "%s printed no rate: %s", argv[0], text.ptr);
	buf_release(&text);
	return rc;
}

int rate_of(const char *const *argv, const char *const *env, double *rate, struct err *e)
{
	double plans;

	return plans_of(argv, env, rate, &plans, e);
}

int guest_loop(const struct subject *s, const char *plan, uint32_t loops, enum guest_loop how,
	       double *rate, struct err *e)
{
	char *exe = build_plain(&s->build), *loop = xasprintf("CGOFUZZ_LOOP=%u", loops);
	const char *argv[16] = { NULL }, *env[16] = { NULL };
	int n = 0, rc;

	guest_command(&s->lane, &s->tools, argv, env);
	while (argv[n])
		n++;
	argv[n++] = exe;
	argv[n] = plan;
	for (n = 0; env[n];)
		n++;
	env[n++] = loop;
	env[n++] = "CGOFUZZ_TURBULENCE=0";
	env[n++] = how == GUEST_BARE ? "CGOFUZZ_CHECKS=0" : "CGOFUZZ_CHECKS=1";
	env[n] = how == GUEST_CAPTURED ? "CGOFUZZ_CAPTURE=1" : "CGOFUZZ_CAPTURE=0";
	rc = rate_of(argv, env, rate, e);
	free(loop);
	free(exe);
	return rc;
}
