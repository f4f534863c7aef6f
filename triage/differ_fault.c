/* differ_fault.c: triage. A difference between lanes as a fault, so that it becomes a bundle like any other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "guest/turbulence.h"
#include "triage/differ.h"

static const char *const words[DIFFER_HOWS] = {
#define DIFFER(id, words) words,
#include "triage/differ.def"
#undef DIFFER
};

static const char *const routes[] = { "a call of C by Go", "a call of Go by C", "a call of C by C" };

struct looking {
	const uint8_t *plan;
	uint32_t len, step;
	struct cgofuzz_fault *f;
};

/* Of the turbulence around a step the innermost, and all its families. */
static void around(struct looking *l, uint32_t first, uint32_t end)
{
	for (uint32_t i = first; i < end && i <= l->step;) {
		uint64_t word = cgofuzz_plan_word(l->plan, l->len, i * CGOFUZZ_STEP_BYTES);
		struct cgofuzz_turbulence t;
		uint32_t behind = i + 1;

		if (cgofuzz_word_is_turbulence(word)) {
			t = cgofuzz_word_turbulence(word);
			behind = i + 1 + t.body < end ? i + 1 + t.body : end;
			if (l->step < behind) {
				l->f->turbulence_kind = 1u + t.kind;
				l->f->turbulence |= 1u << cgofuzz_turbulence_rows[t.kind].family;
				around(l, i + 1, behind);
				return;
			}
		}
		i = behind;
	}
}

/* The first crossing at or behind the step: turbulence has no case of its own. */
static void take_crossing(struct looking *l, struct cgofuzz_slots slots)
{
	for (uint32_t i = l->step; i < cgofuzz_plan_steps(l->len); i++) {
		struct cgofuzz_step s = cgofuzz_word_step(
			cgofuzz_plan_word(l->plan, l->len, i * CGOFUZZ_STEP_BYTES), slots);

		if (s.turbulence)
			continue;
		l->f->slot = s.slot;
		l->f->depth = s.depth;
		l->f->step_seed = s.seed;
		l->f->direction = s.route == CGOFUZZ_ROUTE_CALLBACK ? CGOFUZZ_C_TO_GO
			: s.route == CGOFUZZ_ROUTE_DIRECT	    ? CGOFUZZ_C_TO_C
								    : CGOFUZZ_GO_TO_C;
		l->f->route = l->f->direction;
		return;
	}
}

void differ_fault(struct cgofuzz_fault *f, const struct difference *d, const uint8_t *plan,
		  uint32_t len, uint32_t slots)
{
	/* a guest may say anything */
	const uint32_t step = d->step < cgofuzz_plan_steps(len) ? d->step : 0;
	struct looking l = { plan, len, step, f };
	uint64_t word = len ? cgofuzz_plan_word(plan, len, step * CGOFUZZ_STEP_BYTES) : 0;
	struct timespec now;

	memset(f, 0, sizeof(*f));
	clock_gettime(CLOCK_REALTIME, &now);
	f->kind = CGOFUZZ_FAULT_DIFFERENTIAL;
	f->seen_by = CGOFUZZ_BY_SUPERVISOR;
	f->step = step;
	f->expected = d->expected;
	f->got = d->got;
	f->time_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	around(&l, 0, cgofuzz_plan_steps(len));
	take_crossing(&l, cgofuzz_slots_of(slots));
	/* which of two steps that changed places is chance */
	snprintf(f->text, sizeof(f->text), "%s%s%s", words[d->how],
		 d->how == DIFFER_VALUE ? ": " : "",
		 d->how != DIFFER_VALUE ? ""
			 : cgofuzz_word_is_turbulence(word)
			 ? cgofuzz_turbulence_rows[cgofuzz_word_turbulence(word).kind].name
			 : routes[f->direction % 3]);
}

struct cgofuzz_recorder *recorder_make(const struct show_spec *spec, const uint8_t *plan, uint32_t len)
{
	struct cgofuzz_recorder *r = xcalloc(1, sizeof(*r));

	memcpy(r->magic, CGOFUZZ_WIRE_MAGIC, sizeof(r->magic));
	r->version = CGOFUZZ_WIRE_VERSION;
	r->size = sizeof(*r);
	memcpy(r->build_id, spec->build_id, strnlen(spec->build_id, HASH_HEX_LEN));
	r->arch = spec->lane->arch->id;
	r->misuse = spec->misuse;
	r->pid = getpid();
	r->plan_len = len;
	memcpy(r->plan, plan, len);
	return r;
}

struct cgofuzz_recorder *differ_record(const struct differ *d, const uint8_t *plan, uint32_t len,
				       uint32_t at, uint32_t slots)
{
	struct cgofuzz_recorder *r = recorder_make(&d->specs[0], plan, len);
	const struct shown *mine = &d->shown[0];
	struct difference difference;

	r->trail_len = mine->head.trail_len;
	memcpy(r->trail, mine->trail, sizeof(r->trail));
	for (int i = 0; i < CGOFUZZ_MAX_SLOTS / 64; i++)
		r->muted[i] = d->muted[i];
	difference_of(&difference, mine, &d->shown[at]);
	differ_fault(&r->fault, &difference, plan, len, slots);
	return r;
}
