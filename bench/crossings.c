/* crossings.c: bench. How fast checked crossings are in a loop inside the guest, on one core. */
#include "bench/bench.h"
#include "bench/guest.h"

#define ROUNDS 5

static const char plan_path[] = "build/bench/crossings.plan";

/* Checked and unchecked in turn, so that both see the same machine. */
static int compare(const struct subject *s, const char *what, enum plan_style style, uint32_t loops,
		   double target, json_t *rows, struct err *e)
{
	double checked[ROUNDS], bare[ROUNDS], captured[ROUNDS];
	char name[96];

	if (plan_write(plan_path, style, CGOFUZZ_PLAN_MAX_STEPS, 1, e) < 0)
		return -1;
	for (int i = 0; i < ROUNDS; i++)
		if (guest_loop(s, plan_path, loops, GUEST_CHECKED, &checked[i], e) < 0 ||
		    guest_loop(s, plan_path, loops / 10, GUEST_CAPTURED, &captured[i], e) < 0 ||
		    guest_loop(s, plan_path, loops, GUEST_BARE, &bare[i], e) < 0)
			return -1;
	snprintf(name, sizeof(name), "%s, %s, checked", s->lane.arch->name, what);
	figure_add(rows,
		   &(struct figure){ .name = name,
				     .unit = "/cpu-s",
				     .target = target,
				     .value = median(checked, ROUNDS),
				     .reference = "bare calls",
				     .reference_value = median(bare, ROUNDS) });
	snprintf(name, sizeof(name), "%s, %s, every one captured", s->lane.arch->name, what);
	figure_add(rows,
		   &(struct figure){ .name = name,
				     .unit = "/cpu-s",
				     .value = median(captured, ROUNDS),
				     .reference = "checked, not captured",
				     .reference_value = median(checked, ROUNDS) });
	return 0;
}

int bench_crossings(json_t *rows, struct err *e)
{
	for (unsigned i = 0; arch_at(i); i++) {
		const struct arch_info *arch = arch_at(i);
		uint32_t loops = *arch->qemu ? 1000 : 20000;
		double target = *arch->qemu ? 1.2e6 : 15e6;
		struct subject s;
		int rc;

		if (subject_build(&s, arch, e) < 0)
			return -1;
		rc = compare(&s, "C-Go-C-Go-C steps", PLAN_STEPS, loops, target, rows, e);
		if (rc == 0)
			rc = compare(&s, "Go-C calls", PLAN_CALLS, loops, 0, rows, e);
		if (rc == 0)
			rc = compare(&s, "all routes, depth 0-3", PLAN_MIXED, loops, 0, rows, e);
		subject_release(&s);
		if (rc < 0)
			return -1;
	}
	return 0;
}
