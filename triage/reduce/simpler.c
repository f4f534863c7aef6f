/* simpler.c: triage/reduce. Plans that are one change simpler: fewer plans, fewer steps, smaller numbers. */
#include "triage/reduce/simpler.h"

#include "guest/turbulence.h"
#include "triage/reduce/steps.h"

#define SEEDS 32 /* so many small ones are tried */

static void add_plan(struct point_list *out, const struct point *p, uint32_t plan,
		     const struct steps *s)
{
	steps_write(s, point_list_add(out, p)->plans[plan]);
}

/* The step that failed with all that holds it, or itself, as the only plan. */
static void list_alone(const struct point *p, uint32_t failed, struct point_list *out)
{
	struct steps s, t;

	steps_read(&s, point_last(p));
	if (s.count < 2 || failed >= s.count)
		return;
	for (int whole = 0; whole < 2; whole++) {
		uint32_t first = whole ? steps_outermost(&s, failed) : failed;
		struct point *q;

		t = s;
		for (uint32_t i = 0; i < s.count; i++)
			t.dropped[i] = i < first || i > first + s.body[first];
		q = point_list_add(out, p);
		while (q->plan_count > 1)
			point_drop_plan(q, 0);
		steps_write(&t, q->plans[0]);
	}
}

static void list_plans(const struct point *p, uint32_t failed, struct point_list *out)
{
	struct point *q;

	(void)failed;
	if (p->plan_count < 2)
		return;
	q = point_list_add(out, p);
	while (q->plan_count > 1)
		point_drop_plan(q, 0);
	for (uint32_t i = 0; p->plan_count > 2 && i + 1 < p->plan_count; i++)
		point_drop_plan(point_list_add(out, p), i);
}

/* Runs of steps, long ones first; from the end, where less depends on them. A run that begins with turbulence and
 * ends in its body leaves the rest of the body. */
static void list_steps(const struct point *p, uint32_t failed, struct point_list *out)
{
	(void)failed;
	for (uint32_t plan = p->plan_count; plan-- > 0;) {
		struct steps s;

		steps_read(&s, p->plans[plan]);
		for (uint32_t run = s.count / 2; run; run /= 2)
			for (uint32_t end = s.count; end; end = end > run ? end - run : 0) {
				struct steps t = s;

				for (uint32_t i = end > run ? end - run : 0; i < end; i++)
					t.dropped[i] = true;
				add_plan(out, p, plan, &t);
			}
	}
}

/* One field of each step in turn, by change(): n-th simpler value, false past the last. */
typedef bool change_fn(struct steps *s, uint32_t i, uint32_t n);

static void list_changes(const struct point *p, struct point_list *out, change_fn *change)
{
	for (uint32_t plan = p->plan_count; plan-- > 0;) {
		struct steps s;

		steps_read(&s, p->plans[plan]);
		for (uint32_t i = s.count; i-- > 0;)
			for (uint32_t n = 0;; n++) {
				struct steps t = s;

				if (!change(&t, i, n))
					break;
				add_plan(out, p, plan, &t);
			}
	}
}

/* Parameter n / 3: the first choice, that half way, that before. */
static bool change_choice(struct steps *s, uint32_t i, uint32_t n)
{
	uint8_t *byte = &s->bytes[i][3 + n / 3 % CGOFUZZ_TURB_PARAMS];

	if (!steps_is_turbulence(s, i) || n >= 3 * CGOFUZZ_TURB_PARAMS)
		return false;
	if (*byte)
		*byte = (uint8_t)(n % 3 == 0 ? 0 : n % 3 == 1 ? *byte / 2 : *byte - 1);
	return true;
}

static bool change_depth(struct steps *s, uint32_t i, uint32_t n)
{
	uint32_t now = steps_crossing(s, i).depth;

	if (steps_is_turbulence(s, i) || n >= now || n > 10)
		return false;
	steps_put_depth(s, i, n < 8 ? n : n == 8 ? now / 4 : n == 9 ? now / 2 : now - 1);
	return true;
}

static bool change_route(struct steps *s, uint32_t i, uint32_t n)
{
	struct cgofuzz_step now = steps_crossing(s, i);

	if (steps_is_turbulence(s, i) || n > 3)
		return false;
	steps_put_route(s, i, n & 1 ? now.route : CGOFUZZ_ROUTE_OWN, n < 2 ? false : now.capture);
	return true;
}

/* Small numbers, then fewer digits of what it is. */
static bool change_seed(struct steps *s, uint32_t i, uint32_t n)
{
	uint32_t now = steps_crossing(s, i).seed, seed = n;

	if (steps_is_turbulence(s, i) || n >= SEEDS + 8)
		return false;
	if (n >= SEEDS)
		seed = now & ~(0xf0000000u >> 4 * (n - SEEDS));
	steps_put_seed(s, i, seed < now ? seed : now);
	return true;
}

static void list_choices(const struct point *p, uint32_t failed, struct point_list *out)
{
	(void)failed;
	list_changes(p, out, change_choice);
}

static void list_depths(const struct point *p, uint32_t failed, struct point_list *out)
{
	(void)failed;
	list_changes(p, out, change_depth);
}

static void list_routes(const struct point *p, uint32_t failed, struct point_list *out)
{
	(void)failed;
	list_changes(p, out, change_route);
}

static void list_seeds(const struct point *p, uint32_t failed, struct point_list *out)
{
	(void)failed;
	list_changes(p, out, change_seed);
}

const struct simpler simpler_plans[] = {
	{ "the step alone", list_alone }, { "earlier plans", list_plans },
	{ "steps", list_steps },	  { "choices of turbulence", list_choices },
	{ "depth", list_depths },	  { "routes", list_routes },
	{ "values", list_seeds },	  { 0 },
};

static void normal_step(struct steps *s, uint32_t i, struct cgofuzz_slots slots)
{
	uint64_t word = cgofuzz_plan_word(s->bytes[i], CGOFUZZ_STEP_BYTES, 0);
	struct cgofuzz_turbulence t;
	struct cgofuzz_step c;

	if (!steps_is_turbulence(s, i)) {
		c = cgofuzz_word_step(word, slots);
		steps_put_slot(s, i, c.slot);
		steps_put_route(s, i, c.route, c.capture);
		steps_put_depth(s, i, c.depth);
		return;
	}
	t = cgofuzz_word_turbulence(word);
	s->bytes[i][0] = t.kind;
	s->bytes[i][1] = 0;
	s->bytes[i][2] = CGOFUZZ_TURBULENCE_BYTE;
	for (uint32_t k = 0; k < CGOFUZZ_TURB_PARAMS; k++)
		s->bytes[i][3 + k] = t.param[k];
	s->bytes[i][7] = 0;
}

void simpler_normal(struct point *p, uint32_t slots)
{
	const struct cgofuzz_slots by = cgofuzz_slots_of(slots);

	for (uint32_t plan = 0; plan < p->plan_count; plan++) {
		struct steps s;

		steps_read(&s, p->plans[plan]);
		for (uint32_t i = 0; i < s.count; i++)
			normal_step(&s, i, by);
		steps_write(&s, p->plans[plan]);
	}
}
