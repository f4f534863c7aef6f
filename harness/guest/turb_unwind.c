/* turb_unwind.c: guest. Turbulence of the family control: what leaves functions of Go and C in turn on its way up, a
 * panic or Goexit through a case's own functions, and an error that each level returns. */
#include <unistd.h>

#include "guest/turbulence_run.h"

/* Read again where it is compared: no register, which may be damaged as well, keeps it. */
static const volatile uint64_t turb_mark = CGOFUZZ_FRAME_MARK;

/* Called by Go, which is to get a panic from below, or whose goroutine is to end. */
uint64_t cgofuzz_turb_unwind(uint64_t steps, uint64_t how)
{
	const uint32_t first = (uint32_t)(steps >> 16), end = steps & 0xffff;
	struct cgofuzz_live *live = cgofuzz_live;

	cgofuzz_rec->tid = gettid();
	live->inner = (first + 1) << 16 | end;
	cgofuzz_unwind = 1 + (uint32_t)how;
	cgofuzz_steps(first, first + 1);
	if (!live->inner)
		return !live->stop;
	live->inner = cgofuzz_unwind = 0; /* the crossing was left out */
	cgofuzz_steps(first + 1, end);
	return 0;
}

/* Nothing behind the call into Go is done in the frames that are left: live is as the crossing had it. */
void cgofuzz_turb_UNWIND(const struct cgofuzz_turb *turb)
{
	struct cgofuzz_live *live = cgofuzz_live;
	const struct cgofuzz_live before = *live;
	const int32_t tid = cgofuzz_rec->tid;
	volatile uint64_t mark = turb_mark;

	if (!cgofuzz_step_may_hold(turb->first)) {
		cgofuzz_body(turb);
		return;
	}
	cgofuzz_turb_in_go(turb);
	cgofuzz_rec->tid = tid;
	live->inner = 0;
	live->base = before.base;
	live->level = before.level;
	live->capture = before.capture;
	live->control = before.control;
	if (mark != turb_mark)
		cgofuzz_turb_fault(CGOFUZZ_FAULT_FRAME, CGOFUZZ_FRAME_MARK, mark,
				   "a word of a C frame changed below which others were unwound");
}

/* One C frame between two of Go, which passes on what it gets. */
uint64_t cgofuzz_turb_error(uint64_t a, uint64_t b)
{
	volatile uint64_t mark = turb_mark;
	uint64_t error;

	(void)b;
	cgofuzz_live->heartbeat++;
	error = cgofuzz_go_call(CGOFUZZ_GO_ERROR, a);
	if (mark != turb_mark)
		cgofuzz_turb_fault(CGOFUZZ_FAULT_FRAME, CGOFUZZ_FRAME_MARK, mark,
				   "a word of a C frame changed through which an error went up");
	return error;
}

static const struct cgofuzz_turb *turb_error_step;

uint64_t cgofuzz_turb_error_body(uint64_t error, uint64_t b)
{
	(void)b;
	cgofuzz_body(turb_error_step);
	return error;
}

void cgofuzz_turb_GO_ERROR(const struct cgofuzz_turb *turb)
{
	const struct cgofuzz_turb *outer = turb_error_step;

	turb_error_step = turb;
	if (cgofuzz_turb_levels_room(turb->t->value[0]))
		cgofuzz_turb_in_go(turb);
	else
		cgofuzz_body(turb);
	turb_error_step = outer;
}
