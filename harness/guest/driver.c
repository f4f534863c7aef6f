/* driver.c: guest. The engine's entry: decodes a plan and does its steps. Built with the engine's
 * coverage, once for each engine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "guest/feature.h"
#include "guest/runtime.h"
#include "guest/show.h"
#include "guest/stacks.h"
#include "guest/turbulence_run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum slot_state { SLOT_NEW, SLOT_GOOD, SLOT_BAD };

/* What is worked out once of a slot. route: the direction of a step's first crossing, by the route that
 * the plan wants. */
struct slot {
	uint8_t state; /* enum slot_state */
	uint8_t calls; /* enum cgofuzz_calls */
	uint8_t route[CGOFUZZ_ROUTES];
};

static struct slot slots[CGOFUZZ_MAX_SLOTS];
static struct cgofuzz_run run;
static uint32_t loop_count; /* CGOFUZZ_LOOP */
static int without_checks; /* CGOFUZZ_CHECKS=0: for the reference rate of CGOFUZZ_LOOP */
static uint32_t capture; /* CGOFUZZ_CAPTURE: 0 never, 1 always, else as the plan says */
static uint32_t turbulent; /* CGOFUZZ_TURBULENCE: 0: turbulence is struck out of plans */
static struct cgofuzz_slots all_slots;

static uint32_t env_number(const char *name, uint32_t otherwise)
{
	const char *text = getenv(name);

	return text && *text ? (uint32_t)strtoul(text, NULL, 10) : otherwise;
}

static int has_control(uint32_t slot)
{
	return cgofuzz_controls && cgofuzz_controls[slot].direct;
}

static int has_go(uint32_t slot)
{
	return cgofuzz_cases[slot].drive || cgofuzz_cases[slot].calls == CGOFUZZ_CALL_ONLY;
}

/* Was the case built, and do all sides agree on its layout? */
static CGOFUZZ_ONCE int slot_good(uint32_t slot)
{
	if (!has_go(slot) && !has_control(slot))
		return 0;
	return cgofuzz_layout_agrees(slot) && (!has_go(slot) || cgofuzz_go_layout(slot));
}

static uint32_t route_of(uint32_t slot, uint32_t wanted)
{
	if (!has_go(slot))
		return CGOFUZZ_C_TO_C;
	if (wanted == CGOFUZZ_ROUTE_CALLBACK && !cgofuzz_cases[slot].drive)
		return CGOFUZZ_GO_TO_C;
	if (wanted == CGOFUZZ_ROUTE_OWN || (wanted == CGOFUZZ_ROUTE_DIRECT && !has_control(slot)))
		return cgofuzz_cases[slot].route;
	return wanted == CGOFUZZ_ROUTE_CALL	   ? CGOFUZZ_GO_TO_C
		: wanted == CGOFUZZ_ROUTE_CALLBACK ? CGOFUZZ_C_TO_GO
						   : CGOFUZZ_C_TO_C;
}

static CGOFUZZ_ONCE void slots_init(void)
{
	all_slots = cgofuzz_slots_of(cgofuzz_case_count);
	for (uint32_t i = 0; i < cgofuzz_case_count; i++) {
		slots[i].calls = (uint8_t)cgofuzz_cases[i].calls;
		for (uint32_t r = 0; r < CGOFUZZ_ROUTES; r++)
			slots[i].route[r] = (uint8_t)route_of(i, r);
	}
}

static CGOFUZZ_ONCE void guest_start(void)
{
	static int started;

	if (started)
		return;
	started = 1;
	cgofuzz_recorder_open();
	cgofuzz_leaf_init(cgofuzz_live->pool);
	cgofuzz_guard_init();
	cgofuzz_snapshot_init();
	cgofuzz_handler_stack();
	cgofuzz_go_start(cgofuzz_live, &run, (void *)(uintptr_t)cgofuzz_cases);
	cgofuzz_handler_install();
	cgofuzz_stack_here(); /* a fault of this thread is to know its stack */
	slots_init();
	loop_count = env_number("CGOFUZZ_LOOP", 0);
	without_checks = !env_number("CGOFUZZ_CHECKS", 1);
	capture = env_number("CGOFUZZ_CAPTURE", 2);
	turbulent = env_number("CGOFUZZ_TURBULENCE", 1);
	cgofuzz_rec->misuse = env_number(CGOFUZZ_MISUSE_ENV, 0) != 0;
	cgofuzz_rec->starts++;
}

/* May the step run: its case was built, is not muted, and all sides agree on its layout. */
static CGOFUZZ_ONCE int step_usable(const struct cgofuzz_run_step *s)
{
	uint32_t slot = s->slot;

	if (cgofuzz_rec->muted[slot / 64] >> (slot % 64) & 1)
		return 0;
	if (__builtin_expect(slots[slot].state == SLOT_NEW, 0)) {
		cgofuzz_live->slot = slot;
		cgofuzz_live->step = s->step;
		cgofuzz_live->step_seed = s->seed;
		cgofuzz_live->depth = 0;
		cgofuzz_live->level = 0;
		cgofuzz_live->direction = has_go(slot) ? cgofuzz_cases[slot].route : CGOFUZZ_C_TO_C;
		slots[slot].state = slot_good(slot) ? SLOT_GOOD : SLOT_BAD;
	}
	return slots[slot].state == SLOT_GOOD;
}

/* A step whose first crossing is C's. */
static void c_step(const struct cgofuzz_run_step *s, uint32_t route)
{
	struct cgofuzz_live *live = cgofuzz_live;

	live->slot = s->slot;
	live->depth = s->depth & (CGOFUZZ_RUN_CAPTURE - 1);
	live->capture = s->depth / CGOFUZZ_RUN_CAPTURE;
	live->step_seed = s->seed;
	live->step = s->step;
	live->level = 0;
	live->route = route;
	if (route == CGOFUZZ_C_TO_GO)
		cgofuzz_drive(s->slot);
	else
		cgofuzz_control(s->slot);
}

/* Not every case can be nested as the plan wants. */
static uint32_t depth_of(const struct cgofuzz_step *s)
{
	const struct slot *slot = &slots[s->slot];
	uint32_t from_go;

	if (__builtin_expect(slot->calls == CGOFUZZ_CALLS_NEST, 1))
		return s->depth;
	from_go = slot->route[s->route] == CGOFUZZ_GO_TO_C;
	if (slot->calls == CGOFUZZ_NO_CALLBACK)
		return from_go || !s->depth ? 0 : 1;
	if (slot->calls == CGOFUZZ_CALL_ONLY)
		return 0;
	return from_go || s->depth ? s->depth : 1; /* CGOFUZZ_CALL_WITHIN */
}

static struct cgofuzz_run_step run_step(const struct cgofuzz_step *s, uint32_t index)
{
	uint32_t look = capture < 2 ? capture : s->capture, depth = depth_of(s);

	if (__builtin_expect(cgofuzz_live->turbulence != 0, 0)) {
		look |= CGOFUZZ_LOOK_STATE;
		depth = cgofuzz_levels_that_fit(s->slot, depth);
	}
	return (struct cgofuzz_run_step){ s->slot, depth | look * CGOFUZZ_RUN_CAPTURE, s->seed,
					  index };
}

static void call_steps(uint32_t count)
{
	if (!count)
		return;
	cgofuzz_live->route = CGOFUZZ_GO_TO_C;
	cgofuzz_go_run(0, count);
}

/* The same where steps are noted: Go has put the digest after each beside it. */
static void call_noted(uint32_t count)
{
	call_steps(count);
	for (uint32_t i = 0; i < count && !cgofuzz_live->stop; i++)
		cgofuzz_step_noted(run.steps[i].step, run.digest[i]);
}

/* Turbulence with its body, from step i on: the step behind it. */
static uint32_t turbulent_step(uint64_t word, uint32_t i, uint32_t end)
{
	struct cgofuzz_turbulence t = cgofuzz_word_turbulence(word);
	uint32_t behind = i + 1 + t.body < end ? i + 1 + t.body : end;

	cgofuzz_live->step = i;
	cgofuzz_turbulence_step(&t, i + 1, behind);
	return behind;
}

/* Consecutive Go -> C steps wait in run.steps and share one entry into Go. noting, a constant: calm plans do not
 * pay for what turbulent ones note. */
static inline __attribute__((always_inline)) void do_steps(uint32_t first, uint32_t end,
							   const int noting)
{
	void (*const call)(uint32_t) = noting ? call_noted : call_steps;
	struct cgofuzz_live *live = cgofuzz_live;
	const uint8_t *plan = cgofuzz_rec->plan;
	const uint32_t len = cgofuzz_rec->plan_len;
	uint32_t waiting = 0;

	for (uint32_t i = first; i < end && !live->stop; i++) {
		uint64_t word = cgofuzz_plan_word(plan, len, i * CGOFUZZ_STEP_BYTES);
		struct cgofuzz_step s = cgofuzz_word_step(word, all_slots);
		struct cgofuzz_run_step next;
		uint32_t route;

		if (__builtin_expect(s.turbulence, 0)) {
			call(waiting);
			waiting = 0;
			if (!live->stop)
				i = turbulent_step(word, i, end) - 1;
			continue;
		}
		if (__builtin_expect(live->turbulence != 0, 0) && !cgofuzz_crossing_fits(s.slot))
			continue;
		next = run_step(&s, i);
		if (!step_usable(&next))
			continue;
		route = slots[s.slot].route[s.route];
		cgofuzz_feature(cgofuzz_step_feature(s.slot, route, s.depth));
		if (s.capture)
			cgofuzz_feature(cgofuzz_captured_feature(s.slot, route));
		if (route == CGOFUZZ_GO_TO_C) {
			run.steps[waiting++] = next;
			continue;
		}
		call(waiting);
		waiting = 0;
		if (live->stop)
			continue;
		c_step(&next, route);
		if (noting && !live->stop)
			cgofuzz_step_done(i, cgofuzz_crossing_word(i, next.slot, route, next.depth));
	}
	if (!live->stop)
		call(waiting);
}

void cgofuzz_steps(uint32_t first, uint32_t end)
{
	if (__builtin_expect(cgofuzz_live->turbulence != 0, 0))
		cgofuzz_stack_goroutine();
	if (cgofuzz_live->noting)
		do_steps(first, end, 1);
	else
		do_steps(first, end, 0);
}

int cgofuzz_step_may_hold(uint32_t i)
{
	uint64_t word =
		cgofuzz_plan_word(cgofuzz_rec->plan, cgofuzz_rec->plan_len, i * CGOFUZZ_STEP_BYTES);
	struct cgofuzz_step s = cgofuzz_word_step(word, all_slots);

	return !s.turbulence && slots[s.slot].calls != CGOFUZZ_NO_CALLBACK;
}

uint32_t cgofuzz_step_behind(uint32_t i, uint32_t end)
{
	uint64_t word =
		cgofuzz_plan_word(cgofuzz_rec->plan, cgofuzz_rec->plan_len, i * CGOFUZZ_STEP_BYTES);
	uint32_t body = cgofuzz_word_is_turbulence(word) ? cgofuzz_word_turbulence(word).body : 0;

	return i + 1 + body < end ? i + 1 + body : end;
}

static void plan_run(const uint8_t *data, uint32_t len)
{
	const uint32_t steps = cgofuzz_plan_steps(len);

	cgofuzz_plan_begin(data, len, !turbulent);
	if (turbulent)
		cgofuzz_turbulence_begin();
	cgofuzz_steps(0, steps);
	if (steps)
		cgofuzz_feature(CGOFUZZ_FEATURE_STEPS + 31u - (unsigned)__builtin_clz(steps));
	if (turbulent)
		cgofuzz_turbulence_end();
	cgofuzz_plan_end();
	if (turbulent)
		cgofuzz_turbulence_weigh();
}

/* The same calls with nothing filled and nothing checked (live.stop 2), each crossed once to and fro. */
static void bare_run(const uint8_t *data, uint32_t len)
{
	struct cgofuzz_live *live = cgofuzz_live;
	uint32_t count = 0;

	cgofuzz_plan_begin(data, len, 1);
	live->stop = 2;
	for (uint32_t i = 0; i < cgofuzz_plan_steps(len); i++) {
		struct cgofuzz_step s = cgofuzz_word_step(
			cgofuzz_plan_word(cgofuzz_rec->plan, len, i * CGOFUZZ_STEP_BYTES), all_slots);
		struct cgofuzz_run_step next = { s.slot, s.depth, s.seed, i };

		if (step_usable(&next) && has_go(s.slot))
			run.steps[count++] = next;
	}
	call_steps(count);
	live->crossings += 2 * count;
	cgofuzz_plan_end();
}

void cgofuzz_bare(const uint8_t *data, uint32_t len)
{
	struct cgofuzz_live *live = cgofuzz_live;
	uint32_t count = 0;

	cgofuzz_plan_begin(data, len, 1);
	live->stop = 2;
	for (uint32_t i = 0; i < cgofuzz_plan_steps(len); i++) {
		struct cgofuzz_step s = cgofuzz_word_step(
			cgofuzz_plan_word(cgofuzz_rec->plan, len, i * CGOFUZZ_STEP_BYTES), all_slots);
		struct cgofuzz_run_step next = { s.slot, 0, s.seed, i };

		if (!step_usable(&next) || !has_go(s.slot))
			continue;
		if (slots[s.slot].route[s.route] == CGOFUZZ_GO_TO_C)
			run.steps[count++] = next;
		else if (slots[s.slot].route[s.route] == CGOFUZZ_C_TO_GO)
			c_step(&next, CGOFUZZ_C_TO_GO);
	}
	call_steps(count);
	cgofuzz_plan_end();
}

/* What each slot can do. Layouts are compared here and now: no plan runs, so what differs is no fault of one. */
void cgofuzz_show_hello(struct cgofuzz_hello *hello)
{
	guest_start();
	for (uint32_t i = 0; i < cgofuzz_case_count; i++) {
		struct cgofuzz_run_step s = { i, 0, 0, 0 };

		if (!step_usable(&s))
			continue;
		hello->slot[i] = (uint8_t)(CGOFUZZ_CAN_RUN | (has_go(i) ? CGOFUZZ_CAN_GO : 0) |
					   (has_control(i) ? CGOFUZZ_CAN_CONTROL : 0) |
					   slots[i].calls << CGOFUZZ_CAN_CALLS |
					   slots[i].route[CGOFUZZ_ROUTE_OWN] << CGOFUZZ_CAN_ROUTE);
	}
}

static double seconds_between(const struct timespec *from, const struct timespec *to)
{
	return (double)(to->tv_sec - from->tv_sec) + 1e-9 * (double)(to->tv_nsec - from->tv_nsec);
}

/* For the bench: the same plan again and again, and how fast that was. */
static void plan_loop(const uint8_t *data, uint32_t len)
{
	struct timespec from, to, cpu_from, cpu_to;
	uint64_t first, crossings;
	double seconds;

	plan_run(data, len); /* layouts are compared, pages touched */
	first = cgofuzz_live->crossings;
	clock_gettime(CLOCK_MONOTONIC, &from);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu_from);
	for (uint32_t i = 0; i < loop_count; i++) {
		if (without_checks)
			bare_run(data, len);
		else
			plan_run(data, len);
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu_to);
	seconds = seconds_between(&from, &to);
	crossings = cgofuzz_live->crossings - first;
	fprintf(stderr, "cgofuzz: loop plans=%u crossings=%llu seconds=%.6f rate=%.0f cpu=%.6f\n",
		loop_count, (unsigned long long)crossings, seconds, (double)crossings / seconds,
		seconds_between(&cpu_from, &cpu_to));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t len = size < CGOFUZZ_PLAN_MAX_BYTES ? (uint32_t)size : CGOFUZZ_PLAN_MAX_BYTES;

	guest_start();
	if (loop_count && len)
		plan_loop(data, len);
	else
		plan_run(data, len);
	return 0;
}
