/* turb_control.c: guest. Turbulence of the family control. */
#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest/leak.h"
#include "guest/turbulence_run.h"

void cgofuzz_turb_WITHIN(const struct cgofuzz_turb *turb)
{
	struct cgofuzz_live *live = cgofuzz_live;
	uint32_t others = turb->first + 1;
	int hold = others < turb->end && cgofuzz_step_may_hold(turb->first);

	live->inner = hold ? others << 16 | turb->end : 0;
	cgofuzz_steps(turb->first, others);
	if (live->inner || !hold) { /* nobody did them */
		live->inner = 0;
		cgofuzz_steps(others, turb->end);
	}
}

void cgofuzz_turb_REPEAT(const struct cgofuzz_turb *turb)
{
	const uint32_t times = turb->t->value[0];
	const int look = times >= CGOFUZZ_LEAK_TIMES && !cgofuzz_leak_looking;
	struct cgofuzz_left left;
	uint32_t i;

	cgofuzz_leak_looking += (uint32_t)look;
	for (i = 0; i < times && !cgofuzz_live->stop; i++) {
		if (!cgofuzz_take(&cgofuzz_budget.steps, turb->end - turb->first, CGOFUZZ_STEPS_MAX))
			break;
		if (look && i == times / 2)
			left = cgofuzz_left_now(1);
		cgofuzz_body(turb);
	}
	if (look && i == times && !cgofuzz_live->stop)
		cgofuzz_leak_look(turb, &left, times - times / 2);
	cgofuzz_leak_looking -= (uint32_t)look;
}

/* C recursion as deep as asked, the body at its bottom, and back in one jump. No frame of Go lies between:
 * the body has returned. */
struct turb_jump {
	jmp_buf plain;
	sigjmp_buf with_mask;
	int restore_mask;
};

__attribute__((noinline)) static void turb_jump_down(const struct cgofuzz_turb *turb,
						     struct turb_jump *jump, uint32_t more)
{
	volatile uint64_t *frame = __builtin_alloca(turb->t->value[1]);

	frame[0] = more;
	if (more > 1) {
		turb_jump_down(turb, jump, more - 1);
	} else {
		cgofuzz_body(turb);
		if (jump->restore_mask)
			siglongjmp(jump->with_mask, 1);
		longjmp(jump->plain, 1);
	}
	frame[0] = 0; /* not a tail call */
}

static const volatile uint64_t turb_mark = CGOFUZZ_FRAME_MARK; /* in no register that longjmp sets */

void cgofuzz_turb_LONGJMP(const struct cgofuzz_turb *turb)
{
	const uint32_t depth = cgofuzz_turb_frames_room(turb->t->value[0], 0, turb->t->value[1]);
	volatile uint64_t mark = turb_mark;
	struct turb_jump jump = { .restore_mask = turb->t->value[2] != 0 };

	if (!depth) {
		cgofuzz_body(turb);
		return;
	}
	if (jump.restore_mask ? !sigsetjmp(jump.with_mask, 1) : !setjmp(jump.plain)) {
		turb_jump_down(turb, &jump, depth);
		cgofuzz_turb_fault(CGOFUZZ_FAULT_OUTCOME, 1, 0, "longjmp did not jump");
	}
	if (mark != turb_mark)
		cgofuzz_turb_fault(CGOFUZZ_FAULT_FRAME, CGOFUZZ_FRAME_MARK, mark,
				   "a word of the frame that longjmp went back to changed");
}

/* One C frame between two of Go, which may be left by a panic or Goexit: nothing behind the call is relied on
 * (runtime/cgocall.go, unwindm). The thread may be another than the caller's. */
uint64_t cgofuzz_turb_down(uint64_t a, uint64_t b)
{
	volatile uint64_t mark = CGOFUZZ_FRAME_MARK;

	(void)a;
	(void)b;
	cgofuzz_live->heartbeat++;
	cgofuzz_rec->tid = gettid();
	cgofuzz_go_call(CGOFUZZ_GO_DOWN, 0);
	if (mark != CGOFUZZ_FRAME_MARK)
		cgofuzz_turb_fault(CGOFUZZ_FAULT_FRAME, CGOFUZZ_FRAME_MARK, mark,
				   "a word of a C frame changed below which Go went down");
	return 0;
}

static void turb_down_in_go(const struct cgofuzz_turb *turb)
{
	const int32_t tid = cgofuzz_rec->tid;

	if (cgofuzz_turb_levels_room(turb->t->value[0]))
		cgofuzz_turb_in_go(turb);
	else
		cgofuzz_body(turb);
	cgofuzz_rec->tid = tid;
}

void cgofuzz_turb_PANIC(const struct cgofuzz_turb *turb)
{
	turb_down_in_go(turb);
}

void cgofuzz_turb_GOEXIT(const struct cgofuzz_turb *turb)
{
	turb_down_in_go(turb);
}

/* Go's runtime makes its system calls itself (runtime/sys_linux_ARCH.s), so libc's errno is not its business;
 * the callback runs on the thread that called. What the body does to errno is hidden. */
static const struct cgofuzz_turb *turb_errno_step;

uint64_t cgofuzz_turb_errno_body(uint64_t a, uint64_t b)
{
	const struct cgofuzz_turb *turb = turb_errno_step;
	const int before = errno;

	(void)a;
	(void)b;
	cgofuzz_body(turb);
	turb_errno_step = turb;
	errno = before;
	return 0;
}

uint64_t cgofuzz_turb_errno(uint64_t a, uint64_t b)
{
	(void)b;
	errno = (int)a;
	return 0;
}

void cgofuzz_turb_ERRNO(const struct cgofuzz_turb *turb)
{
	const struct cgofuzz_turb *outer = turb_errno_step;
	const uint32_t value = turb->t->value[0];
	uint32_t way = turb->t->value[1];
	int got;

	if (way == 1 && !cgofuzz_take(&cgofuzz_budget.gc, 1, CGOFUZZ_GC_MAX))
		way = 0;
	turb_errno_step = turb;
	errno = (int)value;
	cgofuzz_go_call(CGOFUZZ_GO_ERRNO, way << 16 | value);
	got = errno;
	turb_errno_step = outer;
	if (got != (int)value && !cgofuzz_live->stop)
		cgofuzz_turb_fault(CGOFUZZ_FAULT_OUTCOME, value, (uint32_t)got,
				   "errno changed while C called Go");
	cgofuzz_note((uint32_t)got);
}

/* Variables are numbered by how many of these steps are under way. */
#define TURB_LONG 4000

static uint32_t turb_variables;

static void turb_variable(char name[32], char value[TURB_LONG + 1], uint64_t number, uint64_t kind)
{
	snprintf(name, 32, "CGOFUZZ_TURB_%u", (unsigned)number);
	memset(value, 'v', TURB_LONG);
	value[kind == 0 ? 5 : kind == 1 ? 0 : TURB_LONG] = '\0';
}

uint64_t cgofuzz_turb_environment(uint64_t number, uint64_t kind)
{
	char name[32], value[TURB_LONG + 1];
	const char *has;

	turb_variable(name, value, number, kind);
	has = getenv(name);
	return kind == 3 ? !has : has && !strcmp(has, value);
}

static void turb_expect_variable(uint32_t number, uint32_t kind)
{
	if (!cgofuzz_live->stop && !cgofuzz_turb_environment(number, kind))
		cgofuzz_turb_fault(CGOFUZZ_FAULT_OUTCOME, 1, 0,
				   "C does not find what C put into the environment");
}

void cgofuzz_turb_SETENV(const struct cgofuzz_turb *turb)
{
	const uint32_t number = turb_variables++, kind = turb->t->value[1];
	char name[32], value[TURB_LONG + 1];

	if (turb->t->value[0]) {
		cgofuzz_go_call(CGOFUZZ_GO_NUMBER, number);
		cgofuzz_turb_in_go(turb);
	} else {
		turb_variable(name, value, number, kind);
		setenv(name, value, 1);
		turb_expect_variable(number, kind);
		cgofuzz_body(turb);
		turb_expect_variable(number, kind);
		unsetenv(name);
		turb_expect_variable(number, 3);
	}
	turb_variables = number;
}
