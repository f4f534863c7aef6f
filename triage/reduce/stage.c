/* stage.c: triage/reduce. One build for many candidates: their cases are its slots. */
#include "triage/reduce/stage.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "triage/reduce/steps.h"

int stage_open(struct stage *s, const struct bundle *b, struct err *e)
{
	*s = (struct stage){ .b = b, .slots = b->slots, .build = { .hold = -1 } };
	s->exe = bundle_exe(b);
	memcpy(s->build_id, b->build_id, sizeof(s->build_id));
	if (file_exists(s->exe))
		return 0;
	return err_set(e, EXIT_ENVIRON, "%s: its executable %s is not there", b->name, s->exe);
}

unsigned stage_engine(const struct bundle *b)
{
	unsigned i = 0;

	while (i < ENGINE_COUNT && strcmp(engine_names[i], b->engine) != 0)
		i++;
	return i;
}

static int texts_find(const char *const *texts, uint32_t count, const char *text)
{
	for (uint32_t i = 0; i < count; i++)
		if (!strcmp(texts[i], text))
			return (int)i;
	return -1;
}

/* Those that have no room any more are as if they did not build. */
static uint32_t texts_collect(const char **texts, const struct point *points, uint32_t count)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < count; i++)
		for (uint32_t k = 0; k < points[i].case_count && n < BATCH_MAX_CASES; k++)
			if (texts_find(texts, n, points[i].cases[k]) < 0)
				texts[n++] = points[i].cases[k];
	return n;
}

int stage_build(struct stage *s, const struct bundle *b, const struct point *points, uint32_t count,
		bool control, struct err *e)
{
	const char *texts[BATCH_MAX_CASES];
	struct lane lane;
	uint32_t n = texts_collect(texts, points, count);

	*s = (struct stage){ .b = b, .build = { .hold = -1 } };
	if (lane_parse(&lane, b->lane, arch_of((int)b->rec->arch), e) < 0 ||
	    batch_from_cases(&s->batch, texts, n, e) < 0)
		return -1;
	if (control)
		batch_with_control(&s->batch);
	s->slots = s->batch.count;
	if (build_batch_any(&s->build, &s->batch, &lane, 1u << stage_engine(b), 0, e) < 0) {
		stage_release(s);
		return -1;
	}
	memcpy(s->build_id, s->build.id, sizeof(s->build_id));
	s->exe = xasprintf("%s/fuzz-%s", s->build.dir, b->engine);
	return 0;
}

void stage_release(struct stage *s)
{
	if (s->build.dir)
		build_release(&s->build);
	batch_release(&s->batch);
	free(s->exe);
	*s = (struct stage){ .build = { .hold = -1 } };
}

static uint32_t slot_of(const struct stage *s, const char *text)
{
	for (uint32_t i = 0; i < s->batch.count; i++)
		if (!strcmp(s->batch.slots[i].c.text, text))
			return i;
	return 0;
}

void stage_plan(const struct stage *s, const struct point *p, const struct plan *from, struct plan *to)
{
	struct steps steps;

	*to = *from;
	if (!p->case_count)
		return;
	steps_read(&steps, from);
	for (uint32_t i = 0; i < steps.count; i++) {
		uint32_t slot = steps_crossing(&steps, i).slot % p->case_count;

		if (!steps_is_turbulence(&steps, i))
			steps_put_slot(&steps, i, slot_of(s, p->cases[slot]));
	}
	steps_write(&steps, to);
}

uint32_t stage_slot(const struct stage *s, const struct point *p)
{
	return p->case_count ? slot_of(s, p->cases[0]) : s->b->rec->fault.slot;
}
