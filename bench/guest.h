/* guest.h: bench. Fuzz binaries run by hand: plans made for a purpose, rates read back. */
#ifndef BENCH_GUEST_H
#define BENCH_GUEST_H

#include <stdint.h>

#include "base/err.h"
#include "lane/build.h"

/* The batch that all parts measure: 64 generated cases of seed 1, in the default lane of arch. */
struct subject {
	struct lane lane;
	struct toolchain tools;
	struct batch batch;
	struct build build;
};
int subject_build(struct subject *s, const struct arch_info *arch, struct err *e);
void subject_release(struct subject *s);

enum plan_style {
	PLAN_CALLS, /* depth 0, Go -> C and back */
	PLAN_STEPS, /* C -> Go -> C -> Go -> C: four passages a step */
	PLAN_MIXED, /* every route, depths 0 to 3 */
};
/* Writes a plan of `steps` steps over all slots to path. */
int plan_write(const char *path, enum plan_style style, uint32_t steps, uint64_t seed, struct err *e);

/* Runs fuzz-plain over one plan `loops` times; crossings in a second of CPU time, as the guest
 * measured them: what else the machine does at the time counts little. */
enum guest_loop {
	GUEST_BARE, /* nothing filled, nothing checked */
	GUEST_CHECKED, /* every oracle but capture */
	GUEST_CAPTURED, /* and capture at every crossing */
};
int guest_loop(const struct subject *s, const char *plan, uint32_t loops, enum guest_loop how,
	       double *rate, struct err *e);

/* Runs a program that says "crossings=N ... cpu=SECONDS" on standard error. */
int plans_of(const char *const *argv, const char *const *env, double *crossings, double *plans,
	     struct err *e); /* and "plans=N": both a second of CPU time */
int rate_of(const char *const *argv, const char *const *env, double *rate, struct err *e);

/* bench/raw, built for the subject's architecture: path of the program, malloc'd; and how many times a
 * second of CPU time it crosses the boundary. */
int raw_build(const struct subject *s, char **exe, struct err *e);
int raw_loop(const struct subject *s, const char *exe, uint64_t crossings, double *rate,
	     struct err *e);

/* One engine process for `seconds` on plans of min_steps to max_steps; what the recorder counted. */
struct engine_rate {
	double executions, crossings; /* a second, start-up left out */
	double stability_percent; /* AFL++; -1: not known */
};
int engine_measure(const struct subject *s, enum engine engine, uint32_t min_steps,
		   uint32_t max_steps, int persistent, int seconds, struct engine_rate *out,
		   struct err *e);

#endif
