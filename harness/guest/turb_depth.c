/* turb_depth.c: guest. Turbulence of the family depth: frames between the thread's entry and a crossing. */
#include "guest/turb_thread.h"

/* One C frame of at least `bytes`, all pages of it touched, `more` frames below it and then the steps. Its first
 * and last word must still be there afterwards. */
__attribute__((noinline)) static void turb_frames(const struct cgofuzz_turb *turb, uint32_t bytes,
						  uint32_t more,
						  void (*bottom)(const struct cgofuzz_turb *))
{
	const uint32_t words = bytes / 8;
	volatile uint64_t *frame = __builtin_alloca(bytes);

	for (uint32_t at = 0; at < words; at += 512)
		frame[at] = more;
	frame[0] = frame[words - 1] = CGOFUZZ_FRAME_MARK;
	if (more > 1)
		turb_frames(turb, bytes, more - 1, bottom);
	else
		bottom(turb);
	if (frame[0] != CGOFUZZ_FRAME_MARK || frame[words - 1] != CGOFUZZ_FRAME_MARK)
		cgofuzz_turb_fault(CGOFUZZ_FAULT_FRAME, CGOFUZZ_FRAME_MARK,
				   frame[0] != CGOFUZZ_FRAME_MARK ? frame[0] : frame[words - 1],
				   "a word of a C frame changed while calls below it were under way");
}

/* What a frame takes besides its own bytes: Go's and C's bookkeeping of a level, on C's stack (measured: 400
 * to 800 bytes, Go 1.26). */
#define LEVEL_BYTES 2048u

int cgofuzz_turb_levels_room(uint32_t n)
{
	if (n * LEVEL_BYTES <= cgofuzz_stack_left())
		return cgofuzz_take(&cgofuzz_budget.levels, n, CGOFUZZ_LEVELS_MAX);
	cgofuzz_live->capped++;
	return 0;
}

uint32_t cgofuzz_turb_frames_room(uint32_t count, uint32_t go_bytes, uint32_t c_bytes)
{
	uint32_t *taken = &cgofuzz_budget.frames;
	uint32_t each = go_bytes + c_bytes, fit = (CGOFUZZ_FRAMES_MAX - *taken) / each;
	uint32_t deep = cgofuzz_stack_left() / (c_bytes + LEVEL_BYTES);

	if (c_bytes && deep < fit)
		fit = deep;
	if (fit < count) {
		cgofuzz_live->capped++;
		count = fit;
	}
	*taken += count * each;
	return count;
}

void cgofuzz_below_frame(const struct cgofuzz_turb *turb, uint32_t bytes,
			 void (*bottom)(const struct cgofuzz_turb *))
{
	if (bytes <= cgofuzz_stack_left())
		turb_frames(turb, bytes, 1, bottom);
	else
		bottom(turb);
}

void cgofuzz_turb_C_STACK(const struct cgofuzz_turb *turb)
{
	uint32_t depth = cgofuzz_turb_frames_room(turb->t->value[0], 0, turb->t->value[1]);

	if (depth)
		turb_frames(turb, turb->t->value[1], depth, cgofuzz_body);
	else
		cgofuzz_body(turb);
}

void cgofuzz_turb_GO_STACK(const struct cgofuzz_turb *turb)
{
	struct cgofuzz_turbulence fit = *turb->t;
	const struct cgofuzz_turb now = { &fit, turb->first, turb->end };

	fit.value[0] = cgofuzz_turb_frames_room(fit.value[0], fit.value[1], 0);
	if (fit.value[0])
		cgofuzz_turb_in_go(&now);
	else
		cgofuzz_body(turb);
}

/* C's frame, Go's frame, and so on: Go's half does one level and calls the next through
 * cgofuzz_turb_levels_next(). What is left to do lies here: there is one thread of execution. */
static uint32_t levels_left;
static struct cgofuzz_turb levels_turb;

void cgofuzz_turb_levels_next(void)
{
	const struct cgofuzz_turb turb = levels_turb;
	const uint32_t left = levels_left;

	cgofuzz_live->heartbeat++;
	if (left) {
		levels_left = left - 1;
		turb_frames(&turb, turb.t->value[2], 1, cgofuzz_turb_in_go);
	} else {
		cgofuzz_body(&turb);
	}
	levels_turb = turb;
	levels_left = left;
}

/*
 * Where C has changed to another stack Go asks at each callback where it ends (runtime/cgo, gcc_stack_unix.c), and glibc
 * reads /proc/self/maps to answer for a process's first thread: 1.6 ms a level under QEMU (measured, 1,000 levels).
 */
#define OTHER_STACK_LEVELS 64u

static uint32_t levels_worth(uint32_t count)
{
	if (count <= OTHER_STACK_LEVELS || cgofuzz_stack_here().other == CGOFUZZ_OWN_STACK)
		return count;
	cgofuzz_live->capped++;
	return OTHER_STACK_LEVELS;
}

void cgofuzz_turb_LEVELS(const struct cgofuzz_turb *turb)
{
	const struct cgofuzz_turb outer = levels_turb;
	const uint32_t left = levels_left;
	uint32_t count = cgofuzz_turb_frames_room(levels_worth(turb->t->value[0]),
						  turb->t->value[1], turb->t->value[2]);

	if (count && cgofuzz_take(&cgofuzz_budget.levels, count, CGOFUZZ_LEVELS_MAX)) {
		levels_turb = *turb;
		levels_left = count;
		cgofuzz_turb_levels_next();
	} else {
		cgofuzz_body(turb);
	}
	levels_turb = outer;
	levels_left = left;
}
