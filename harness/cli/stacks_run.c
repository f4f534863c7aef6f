/* stacks_run.c: cli. Runs plans in one guest of a lane, one after the other, and takes its marks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/stacks.h"
#include "guest/turbulence.h"
#include "lane/show.h"

#define CASES 8 /* where none is given */
#define CROSSINGS 4 /* in the body of a plan of ours, and a signal around one more */
#define BODY (CROSSINGS + 2)

struct session {
	const struct stacks_order *order;
	struct stack_uses *uses;
	struct batch batch;
	struct build build;
	struct show show;
	struct show_spec spec;
	uint32_t died;
};

/* A guest that is gone is started again; its recorder is made anew, so what it marked is taken first. */
static int ask(struct session *s, const uint8_t *plan, uint32_t len, struct err *e)
{
	static struct shown shown;
	struct cgofuzz_recorder *r = s->show.rec;

	show_ask(&s->show, plan, len, CGOFUZZ_WANT_DIGEST);
	if (!show_answer(&s->show, &shown)) {
		s->died++;
		return show_start(&s->show, &s->spec, e);
	}
	stacks_take(s->uses, s->spec.lane->name, r, &s->batch);
	return 0;
}

/* Crossings of all slots, to and fro, nested a little; a signal, so that alternate stacks are used as well. */
static void fill_body(uint8_t *plan, uint32_t slots, uint32_t n)
{
	for (uint32_t i = 1; i <= BODY; i++) {
		uint8_t *step = plan + i * CGOFUZZ_STEP_BYTES;

		if (i == CROSSINGS + 1) {
			step[0] = CGOFUZZ_TURB_SIGNAL;
			step[1] = 1;
			step[2] = CGOFUZZ_TURBULENCE_BYTE;
			continue;
		}
		step[0] = (uint8_t)((n + i) % slots);
		step[2] = (uint8_t)(i % 2 ? CGOFUZZ_ROUTE_CALL : CGOFUZZ_ROUTE_CALLBACK);
		step[3] = (uint8_t)i;
		step[4] = (uint8_t)n;
	}
}

/* One parameter after the other takes each of its choices, the others their first and then their last. */
static int run_kind(struct session *s, uint32_t kind, struct err *e)
{
	const struct cgofuzz_turbulence_row *row = &cgofuzz_turbulence_rows[kind];
	uint32_t n = 0;

	for (int p = 0; p < CGOFUZZ_TURB_PARAMS; p++)
		for (uint32_t c = 0;
		     c < 2 * row->params[p].count && (p == 0 || row->params[p].name); c++, n++) {
			uint8_t plan[(1 + BODY) * CGOFUZZ_STEP_BYTES] = { (uint8_t)kind, BODY,
									  CGOFUZZ_TURBULENCE_BYTE };

			for (int q = 0; q < CGOFUZZ_TURB_PARAMS; q++)
				plan[3 + q] = (uint8_t)(c % 2 ? row->params[q].count - 1 : 0);
			plan[3 + p] = (uint8_t)(c / 2);
			fill_body(plan, s->batch.count, n);
			if (ask(s, plan, sizeof(plan), e) < 0)
				return -1;
		}
	return 0;
}

/* Its crossings are of the case that was given, if one was. */
static int run_given(struct session *s, struct err *e)
{
	struct plan plan = *s->order->plan;

	for (uint32_t at = 0; at < plan.len && s->order->case_text; at += CGOFUZZ_STEP_BYTES)
		if (!cgofuzz_word_is_turbulence(cgofuzz_plan_word(plan.bytes, plan.len, at)))
			plan.bytes[at] = plan.bytes[at + 1] = 0;
	return ask(s, plan.bytes, plan.len, e);
}

static int run_plans(struct session *s, struct err *e)
{
	int rc = 0;

	if (s->order->plan)
		return run_given(s, e);
	for (uint32_t kind = 0; kind < CGOFUZZ_TURBULENCES && rc == 0; kind++)
		if (s->order->misuse || !cgofuzz_turbulence_rows[kind].misuse)
			rc = run_kind(s, kind, e);
	return rc;
}

static int make_batch(struct session *s, struct err *e)
{
	if (s->order->case_text)
		return batch_from_cases(&s->batch, &s->order->case_text, 1, e);
	batch_generate(&s->batch, CASES, s->order->seed);
	return 0;
}

/* In a directory of its own, which is gone afterwards. */
static int run_in(struct session *s, const char *dir, struct err *e)
{
	char *exe = build_plain(&s->build), *work = xasprintf("%s/guest", dir);
	int rc;

	s->spec.exe = exe;
	s->spec.build_id = s->build.id;
	s->spec.dir = work;
	s->spec.misuse = s->order->misuse;
	rc = show_start(&s->show, &s->spec, e);
	if (rc == 0)
		rc = run_plans(s, e);
	show_stop(&s->show);
	free(work);
	free(exe);
	return rc;
}

int stacks_run(struct stack_uses *uses, const struct lane *l, const struct stacks_order *order,
	       uint32_t *died, struct err *e)
{
	struct session s = { .order = order, .uses = uses, .build = { .hold = -1 } };
	struct toolchain tools;
	const char *tmp = getenv("TMPDIR");
	char *dir = xasprintf("%s/cgofuzz-stacks-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	struct err none = ERR_INIT;
	int rc = toolchain_resolve(&tools, l, e);

	s.show.to = s.show.from = -1;
	s.spec.lane = l;
	s.spec.tools = &tools;
	if (rc == 0)
		rc = make_batch(&s, e);
	if (rc == 0)
		rc = build_batch(&s.build, &s.batch, l, BUILD_PLAIN, 0, e);
	if (rc == 0 && !mkdtemp(dir))
		rc = err_errno(e, EXIT_ENVIRON, "could not make %s", dir);
	else if (rc == 0) {
		rc = run_in(&s, dir, e);
		dir_remove(dir, &none);
	}
	*died += s.died;
	build_release(&s.build);
	batch_release(&s.batch);
	free(dir);
	return rc;
}
