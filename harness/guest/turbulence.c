/* turbulence.c: guest. Does a plan's steps of turbulence, within what a plan may have. */
#include <stdio.h>
#include <unistd.h>

#include "guest/feature.h"
#include "guest/fp.h"
#include "guest/stacks.h"
#include "guest/state.h"
#include "guest/turb_memory.h"
#include "guest/turbulence_run.h"

/* QEMU 7.2 keeps some 90 KiB of each thread that has ended (docs/findings.md). */
#define RESIDENT_MAX ((uint64_t)256 << 20)
#define PLANS_A_WEIGHING 16

struct cgofuzz_budget cgofuzz_budget;
uint32_t cgofuzz_step_under_way;
static uint64_t thinned_out; /* 1: this plan leaves out the kinds of cgofuzz_rec->thinned */

int cgofuzz_take(uint32_t *taken, uint32_t n, uint32_t most)
{
	if (n > most || *taken > most - n) {
		cgofuzz_live->capped++;
		return 0;
	}
	*taken += n;
	return 1;
}

/* The plan decides, not chance: it is to do the same each time. */
static uint64_t plan_is_thinned_out(void)
{
	uint64_t x = cgofuzz_rec->plan_len;

	for (uint32_t at = 0; at < cgofuzz_rec->plan_len; at += CGOFUZZ_STEP_BYTES) {
		x = (x ^ cgofuzz_plan_word(cgofuzz_rec->plan, cgofuzz_rec->plan_len, at)) *
			0x9e3779b97f4a7c15u;
		x ^= x >> 32;
	}
	return x % 8 != 0;
}

void cgofuzz_turbulence_begin(void)
{
	thinned_out = cgofuzz_rec->thinned && plan_is_thinned_out();
	cgofuzz_budget = (struct cgofuzz_budget){ 0 };
	cgofuzz_live->capped = 0;
	cgofuzz_live->turbulence = cgofuzz_live->turbulence_kind = 0;
	cgofuzz_fp_set_control(cgofuzz_fp_default); /* whatever misuse left */
	cgofuzz_fp_across = 0;
	cgofuzz_unwind = 0;
	cgofuzz_digest_begin();
}

/* What the process holds, under QEMU what QEMU does. 0: not known. */
static CGOFUZZ_ONCE uint64_t resident_bytes(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	unsigned long long pages = 0;

	if (f && fscanf(f, "%*u %llu", &pages) != 1)
		pages = 0;
	if (f)
		fclose(f);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

void cgofuzz_turbulence_end(void)
{
	cgofuzz_rec->capped += cgofuzz_live->capped != 0;
	cgofuzz_turb_free_all();
	cgofuzz_live->noting = 0;
}

CGOFUZZ_ONCE void cgofuzz_turbulence_weigh(void)
{
	static uint32_t plans;

	if (++plans % PLANS_A_WEIGHING == 0 && resident_bytes() > RESIDENT_MAX)
		cgofuzz_engine_renew();
}

void cgofuzz_body(const struct cgofuzz_turb *turb)
{
	cgofuzz_steps(turb->first, turb->end);
}

/* On a small stack there are crossings only. */
static int turb_has_room(void)
{
	int room = cgofuzz_stack_room() >= CGOFUZZ_STEP_STACK;

	cgofuzz_live->capped += !room;
	return room;
}

void cgofuzz_turbulence_step(const struct cgofuzz_turbulence *t, uint32_t first, uint32_t end)
{
	static cgofuzz_turb_fn *const does[] = {
#define TURBULENCE(id, name, family, body, p0, p1, p2, p3, about) cgofuzz_turb_##id,
#include "guest/turbulence.def"
#undef TURBULENCE
	};
	const struct cgofuzz_turbulence_row *row = &cgofuzz_turbulence_rows[t->kind];
	const struct cgofuzz_turb turb = { t, first, end };
	struct cgofuzz_live *live = cgofuzz_live;
	const uint32_t families = live->turbulence, kind = live->turbulence_kind;
	const uint32_t outer = cgofuzz_step_under_way;
	struct cgofuzz_thread_state state;

	if (!cgofuzz_take(&cgofuzz_budget.steps, 1, CGOFUZZ_STEPS_MAX) || (row->body && first == end))
		return;
	if ((row->misuse && !cgofuzz_rec->misuse) ||
	    (cgofuzz_rec->thinned >> t->kind & thinned_out) || !turb_has_room()) {
		cgofuzz_steps(first, end);
		return;
	}
	live->heartbeat++;
	live->turbulence |= 1u << row->family;
	live->turbulence_kind = 1u + t->kind;
	cgofuzz_feature(cgofuzz_turbulence_feature(t->kind, t->param[0]));
	cgofuzz_feature(cgofuzz_turbulence_pair(kind, t->kind));
	cgofuzz_step_under_way = first - 1;
	if (!families)
		cgofuzz_stack_watch();
	state = cgofuzz_state_now();
	does[t->kind](&turb);
	if (!families)
		cgofuzz_stack_look();
	if (!live->stop)
		cgofuzz_state_check(&state, CGOFUZZ_BY_C, live->slot, live->direction);
	if (!live->stop)
		cgofuzz_step_done(first - 1, (uint64_t)(t->kind + 1u) << 48 | first);
	live->turbulence = families;
	live->turbulence_kind = kind;
	cgofuzz_step_under_way = outer;
}

uint32_t cgofuzz_unwind;

void cgofuzz_inner(void)
{
	struct cgofuzz_live *live = cgofuzz_live;
	const struct cgofuzz_live before = *live;
	const uint32_t unwind = cgofuzz_unwind;
	const uint32_t levels = before.depth / 2 + 1;

	live->inner = cgofuzz_unwind = 0;
	if (cgofuzz_take(&live->base, levels, CGOFUZZ_BASE_MAX)) {
		cgofuzz_steps(before.inner >> 16, before.inner & 0xffff);
		live->base = before.base;
	}
	live->slot = before.slot;
	live->level = before.level;
	live->depth = before.depth;
	live->step = before.step;
	live->route = before.route;
	live->step_seed = before.step_seed;
	live->seed = before.seed;
	live->direction = before.direction;
	live->capture = before.capture;
	live->control = before.control;
	if (unwind && !live->stop)
		cgofuzz_go_call(CGOFUZZ_GO_UNWIND, unwind - 1);
}

void cgofuzz_turb_fault(enum cgofuzz_fault_kind kind, uint64_t expected, uint64_t got,
			const char *text)
{
	struct cgofuzz_fault *f =
		cgofuzz_fault_open(kind, CGOFUZZ_BY_C, cgofuzz_live->slot, cgofuzz_live->direction);

	if (!f)
		return;
	f->expected = expected;
	f->got = got;
	for (unsigned i = 0; text[i] && i + 1 < sizeof(f->text); i++)
		f->text[i] = text[i];
	cgofuzz_fault_close(f);
}

unsigned long long cgofuzz_turb_call(unsigned what, unsigned long long a, unsigned long long b)
{
	static cgofuzz_turb_answer *const answers[CGOFUZZ_ASKS] = {
		[CGOFUZZ_ASK_DOWN] = cgofuzz_turb_down,
		[CGOFUZZ_ASK_ERRNO_BODY] = cgofuzz_turb_errno_body,
		[CGOFUZZ_ASK_ERRNO] = cgofuzz_turb_errno,
		[CGOFUZZ_ASK_ENVIRONMENT] = cgofuzz_turb_environment,
		[CGOFUZZ_ASK_SIGNAL_INSTALL] = cgofuzz_turb_signal_install,
		[CGOFUZZ_ASK_SIGNAL_REMOVE] = cgofuzz_turb_signal_remove,
		[CGOFUZZ_ASK_SIGNAL_SEND] = cgofuzz_turb_signal_send,
		[CGOFUZZ_ASK_SIGNAL_BLOCKED] = cgofuzz_turb_signal_blocked,
		[CGOFUZZ_ASK_SIGNAL_COUNT] = cgofuzz_turb_signal_count,
		[CGOFUZZ_ASK_GO_FAULT] = cgofuzz_turb_go_fault,
		[CGOFUZZ_ASK_OFF_STACK] = cgofuzz_turb_off_stack,
		[CGOFUZZ_ASK_JUMP_FROM] = cgofuzz_turb_jump_from,
		[CGOFUZZ_ASK_JUMP] = cgofuzz_turb_jump,
		[CGOFUZZ_ASK_UNWIND] = cgofuzz_turb_unwind,
		[CGOFUZZ_ASK_ERROR] = cgofuzz_turb_error,
		[CGOFUZZ_ASK_ERROR_BODY] = cgofuzz_turb_error_body,
		[CGOFUZZ_ASK_PROFILE] = cgofuzz_turb_profile,
		[CGOFUZZ_ASK_KEPT] = cgofuzz_turb_kept,
		[CGOFUZZ_ASK_RESULT] = cgofuzz_turb_result,
	};

	return answers[what](a, b);
}

/* Go's half is found by name, once each. */
static CGOFUZZ_ONCE int turb_number(uint32_t kind)
{
	static int number[CGOFUZZ_TURBULENCES]; /* + 1 */

	if (!number[kind])
		number[kind] = 1 +
			cgofuzz_go_turbulence_find(
				       (char *)(uintptr_t)cgofuzz_turbulence_rows[kind].name);
	if (!number[kind])
		__builtin_trap(); /* a row without its Go half: tests/guest/turbulence.t runs each */
	return number[kind] - 1;
}

void cgofuzz_turb_in_go(const struct cgofuzz_turb *turb)
{
	const struct cgofuzz_turbulence *t = turb->t;
	const int number = turb_number(t->kind);
	unsigned values[CGOFUZZ_TURB_PARAMS];

	for (int i = 0; i < CGOFUZZ_TURB_PARAMS; i++)
		values[i] = t->value[i];
	cgofuzz_go_turbulence(number, values, turb->first, turb->end);
}
