/* crossings.c: bench. How fast checked crossings are in a loop inside the guest, on one core. */
#include <stdlib.h>

#include "bench/bench.h"
#include "bench/guest.h"

#define ROUNDS 9
#define CROSSINGS_A_LOOP (4 * CGOFUZZ_PLAN_MAX_STEPS) /* of C-Go-C-Go-C steps */

static const char plan_path[] = "build/bench/crossings.plan";

/* What each architecture is asked for, and what the prototype of issue 3 did there. */
static const struct aim {
	uint32_t loops;
	double checked; /* crossings a second, on a quiet machine like the prototype's */
	double prototype, prototype_raw;
} native = { 2000, 15e6, 22e6, 48e6 }, emulated = { 400, 1.2e6, 1.5e6, 5e6 };

struct contest {
	const struct subject *subject;
	const struct aim *aim;
	char *raw; /* program */
	const char *what; /* style of the plan */
	double target;
	/* Of one round each; those of a ratio saw the same machine. */
	double checked[ROUNDS], captured[ROUNDS], bare[ROUNDS], raw_rate[ROUNDS];
	double of_raw[ROUNDS], of_bare[ROUNDS], captured_of_checked[ROUNDS];
};

static int round_run(struct contest *c, int i, struct err *e)
{
	const struct subject *s = c->subject;
	uint32_t loops = c->aim->loops;

	if (guest_loop(s, plan_path, loops, GUEST_CHECKED, &c->checked[i], e) < 0 ||
	    raw_loop(s, c->raw, (uint64_t)loops * CROSSINGS_A_LOOP, &c->raw_rate[i], e) < 0 ||
	    guest_loop(s, plan_path, loops, GUEST_BARE, &c->bare[i], e) < 0 ||
	    guest_loop(s, plan_path, loops / 5, GUEST_CAPTURED, &c->captured[i], e) < 0)
		return -1;
	c->of_raw[i] = c->checked[i] / c->raw_rate[i];
	c->of_bare[i] = c->checked[i] / c->bare[i];
	c->captured_of_checked[i] = c->captured[i] / c->checked[i];
	return 0;
}

static void add(json_t *rows, const struct contest *c, const char *kind, struct figure f)
{
	char name[96];

	snprintf(name, sizeof(name), "%s, %s, %s", c->subject->lane.arch->name, c->what, kind);
	f.name = name;
	figure_add(rows, &f);
}

static void report(struct contest *c, json_t *rows)
{
	const struct aim *a = c->aim;

	add(rows, c, "checked",
	    (struct figure){ .unit = "/cpu-s",
			     .target = c->target,
			     .value = median(c->checked, ROUNDS),
			     .reference = "raw loop",
			     .reference_value = median(c->raw_rate, ROUNDS) });
	add(rows, c, "checked, of the raw loop",
	    (struct figure){ .unit = "",
			     .target = c->target / a->prototype_raw,
			     .value = median(c->of_raw, ROUNDS),
			     .reference = "the prototype's steps",
			     .reference_value = a->prototype / a->prototype_raw });
	add(rows, c, "checked, of the same calls unchecked",
	    (struct figure){ .unit = "", .value = median(c->of_bare, ROUNDS) });
	add(rows, c, "every one captured",
	    (struct figure){ .unit = "/cpu-s", .value = median(c->captured, ROUNDS) });
	add(rows, c, "captured, of checked",
	    (struct figure){ .unit = "", .value = median(c->captured_of_checked, ROUNDS) });
}

/* All ways in turn, so that they see the same machine. */
static int compare(struct contest *c, const char *what, enum plan_style style, double target,
		   json_t *rows, struct err *e)
{
	c->what = what;
	c->target = target;
	if (plan_write(plan_path, style, CGOFUZZ_PLAN_MAX_STEPS, 1, e) < 0)
		return -1;
	for (int i = 0; i < ROUNDS; i++)
		if (round_run(c, i, e) < 0)
			return -1;
	report(c, rows);
	return 0;
}

int bench_crossings(json_t *rows, struct err *e)
{
	for (unsigned i = 0; arch_at(i); i++) {
		const struct arch_info *arch = arch_at(i);
		struct contest c = { .aim = *arch->qemu ? &emulated : &native };
		struct subject s;
		int rc;

		if (subject_build(&s, arch, e) < 0)
			return -1;
		c.subject = &s;
		rc = raw_build(&s, &c.raw, e);
		if (rc == 0)
			rc = compare(&c, "C-Go-C-Go-C steps", PLAN_STEPS, c.aim->checked, rows, e);
		if (rc == 0)
			rc = compare(&c, "Go-C calls", PLAN_CALLS, 0, rows, e);
		if (rc == 0)
			rc = compare(&c, "all routes, depth 0-3", PLAN_MIXED, 0, rows, e);
		free(c.raw);
		subject_release(&s);
		if (rc < 0)
			return -1;
	}
	return 0;
}
