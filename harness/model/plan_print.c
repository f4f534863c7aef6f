/* plan_print.c: model. A plan as text. */
#include "guest/turbulence.h"
#include "model/plan_text.h"

static const char *const routes[CGOFUZZ_ROUTES] = { "own", "call", "callback", "direct" };

struct printer {
	const uint8_t *plan;
	uint32_t len, mark;
	struct cgofuzz_slots slots;
	struct buf *out;
};

static uint64_t word_of(const struct printer *p, uint32_t i)
{
	return cgofuzz_plan_word(p->plan, p->len, i * CGOFUZZ_STEP_BYTES);
}

static void begin_line(const struct printer *p, uint32_t i, int indent)
{
	if (p->mark != PLAN_NO_MARK)
		buf_addstr(p->out, i == p->mark ? "> " : "  ");
	for (int n = 0; n < indent; n++)
		buf_addstr(p->out, "  ");
}

static void print_crossing(const struct printer *p, uint32_t i)
{
	struct cgofuzz_step s = cgofuzz_word_step(word_of(p, i), p->slots);

	buf_addf(p->out, "%s %u", routes[s.route], s.slot);
	if (s.depth)
		buf_addf(p->out, " depth=%u", s.depth);
	buf_addf(p->out, " seed=0x%x", s.seed);
	if (s.capture)
		buf_addstr(p->out, " captured");
}

static void print_turbulence(const struct printer *p, const struct cgofuzz_turbulence *t)
{
	const struct cgofuzz_turbulence_row *row = &cgofuzz_turbulence_rows[t->kind];

	buf_addstr(p->out, row->name);
	for (int i = 0; i < CGOFUZZ_TURB_PARAMS; i++)
		if (row->params[i].name)
			buf_addf(p->out, " %s=%s", row->params[i].name,
				 row->params[i].choices[t->param[i]].word);
}

static void print_steps(const struct printer *p, uint32_t first, uint32_t end, int indent);

/* A step with its body: the step behind it. */
static uint32_t print_step(const struct printer *p, uint32_t i, uint32_t end, int indent)
{
	uint64_t word = word_of(p, i);
	struct cgofuzz_turbulence t;
	uint32_t behind, inside = i + 1;

	begin_line(p, i, indent);
	if (!cgofuzz_word_is_turbulence(word)) {
		print_crossing(p, i);
		buf_addch(p->out, '\n');
		return i + 1;
	}
	t = cgofuzz_word_turbulence(word);
	behind = i + 1 + t.body < end ? i + 1 + t.body : end;
	if (t.kind == CGOFUZZ_TURB_WITHIN && behind - inside > 1 &&
	    !cgofuzz_word_is_turbulence(word_of(p, inside)))
		print_crossing(p, inside++);
	else
		print_turbulence(p, &t);
	if (inside == behind) {
		buf_addch(p->out, '\n');
		return behind;
	}
	buf_addstr(p->out, " {\n");
	print_steps(p, inside, behind, indent + 1);
	begin_line(p, PLAN_NO_MARK - 1, indent);
	buf_addstr(p->out, "}\n");
	return behind;
}

static void print_steps(const struct printer *p, uint32_t first, uint32_t end, int indent)
{
	while (first < end)
		first = print_step(p, first, end, indent);
}

void plan_print(const uint8_t *plan, uint32_t len, uint32_t slots, uint32_t mark, struct buf *out)
{
	const struct printer p = { plan, len, mark, cgofuzz_slots_of(slots), out };

	print_steps(&p, 0, cgofuzz_plan_steps(len), 0);
}
