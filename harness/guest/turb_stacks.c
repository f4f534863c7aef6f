/* turb_stacks.c: guest. Turbulence of the family stacks: C that runs on stacks of its own. */
#include <signal.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "guest/shadow.h"
#include "guest/turb_thread.h"

/* C that changes stacks between Go -> C and C -> Go, on a thread that C made: Go looks up the bounds of the stack
 * it is called on, or guesses them, and puts back what was there (runtime/cgocall.go, cgocallbackg and
 * callbackUpdateSystemStack; runtime/testdata/testprogcgo/stackswitch.c, Go 1.26). On threads that Go made it
 * does not: golang/go#62130. */
struct turb_co {
	ucontext_t here, back; /* back: who is to run when it yields or ends */
	const struct cgofuzz_turb *turb;
	struct cgofuzz_made_stack *stack;
	struct turb_co *other; /* takes turns with it; NULL: there is none */
	uint32_t next; /* its next step of the body */
	uint32_t done;
};

static int turb_on_main(void)
{
	return getpid() == (pid_t)syscall(SYS_gettid);
}

static int turb_made_by_c(void)
{
	return cgofuzz_c_thread || turb_on_main();
}

/* Each callback from a stack that is not the thread's own has Go ask for the thread's bounds, and of the main thread the
 * C library knows them from /proc/self/maps alone (nptl/pthread_getattr_np.c): 10 to 14 ms under QEMU. So little is done
 * there, and only by the plans that ask for it; the rest on a thread that C keeps. */
#define MAIN_BODY 2u

static void turb_by(const struct cgofuzz_turb *turb, void (*run)(const struct cgofuzz_turb *))
{
	const int asked = turb->t->value[2] != 0, little = turb->end - turb->first <= MAIN_BODY;

	if (turb_on_main() && !(asked && little)) {
		cgofuzz_live->capped += asked;
		if (cgofuzz_on_worker(0, turb, run))
			return;
	}
	run(turb);
}

/* makecontext hands over ints. */
static struct turb_co *turb_co_of(unsigned high, unsigned low)
{
	return (struct turb_co *)((uintptr_t)high << 32 | low);
}

/* then: who runs when it has ended. */
static int turb_co_make(struct turb_co *co, void (*run)(unsigned, unsigned), ucontext_t *then)
{
	const uint32_t *value = co->turb->t->value;
	uintptr_t address = (uintptr_t)co;

	co->stack = cgofuzz_made_stack_get(value[0], value[1], CGOFUZZ_OF_COROUTINE);
	if (!co->stack || getcontext(&co->here))
		return 0;
	co->here.uc_stack.ss_sp = co->stack->low;
	co->here.uc_stack.ss_size = co->stack->bytes;
	co->here.uc_link = then;
	makecontext(&co->here, (void (*)(void))run, 2, (unsigned)(address >> 32), (unsigned)address);
	return 1;
}

static struct cgofuzz_stack turb_bounds(const struct turb_co *co)
{
	uintptr_t low = (uintptr_t)co->stack->low;

	return (struct cgofuzz_stack){ low,
				       low + co->stack->bytes,
				       0,
				       CGOFUZZ_OF_COROUTINE,
				       turb_made_by_c() ? CGOFUZZ_OTHER_OF_C : CGOFUZZ_OTHER_OF_GO,
				       0 };
}

/* Until somebody comes back here: all that belongs to the stack is changed with it. */
static void turb_co_run(struct turb_co *co)
{
	const struct cgofuzz_stack outer = cgofuzz_stack_set(turb_bounds(co));
	struct cgofuzz_shadow_frame *shadow = cgofuzz_shadow_enter();

	swapcontext(&co->back, &co->here);
	cgofuzz_shadow_leave(shadow);
	cgofuzz_stack_set(outer);
}

static void turb_co_body(unsigned high, unsigned low)
{
	cgofuzz_body(turb_co_of(high, low)->turb);
}

static void turb_on_coroutine(const struct cgofuzz_turb *turb)
{
	struct turb_co co = { .turb = turb };

	if (turb_co_make(&co, turb_co_body, &co.back))
		turb_co_run(&co);
	else
		cgofuzz_body(turb);
	if (co.stack)
		cgofuzz_made_stack_put(co.stack, 0);
}

static void turb_carry_coroutine(const struct cgofuzz_turb *turb)
{
	cgofuzz_carry_by(turb, turb_on_coroutine);
}

void cgofuzz_turb_FOREIGN_COROUTINE(const struct cgofuzz_turb *turb)
{
	turb_by(turb, turb_carry_coroutine);
}

void cgofuzz_turb_COROUTINE(const struct cgofuzz_turb *turb)
{
	if (turb_made_by_c())
		cgofuzz_turb_FOREIGN_COROUTINE(turb);
	else
		cgofuzz_body(turb);
}

/* Every second step of the body, and after each the other's turn. Steps are over then: no frame of Go's waits on
 * either stack. */
static void turb_co_turns(unsigned high, unsigned low)
{
	struct turb_co *co = turb_co_of(high, low);

	for (uint32_t i = 0, at = co->turb->first; at < co->turb->end; i++) {
		uint32_t behind = cgofuzz_step_behind(at, co->turb->end);

		if (i % 2 == co->next) {
			cgofuzz_steps(at, behind);
			if (!co->other->done) {
				cgofuzz_stack_set(turb_bounds(co->other));
				swapcontext(&co->here, &co->other->here);
			}
		}
		at = behind;
	}
	co->done = 1;
	if (co->other->done)
		return; /* the second to end goes back to who began */
	cgofuzz_stack_set(turb_bounds(co->other));
	swapcontext(&co->here, &co->other->here);
}

static void turb_switch(const struct cgofuzz_turb *turb)
{
	struct turb_co a = { .turb = turb, .next = 0 }, b = { .turb = turb, .next = 1, .other = &a };

	a.other = &b;
	if (turb_co_make(&a, turb_co_turns, &a.back) && turb_co_make(&b, turb_co_turns, &a.back)) {
		turb_co_run(&a);
	} else {
		cgofuzz_body(turb);
	}
	if (a.stack)
		cgofuzz_made_stack_put(a.stack, 0);
	if (b.stack)
		cgofuzz_made_stack_put(b.stack, 0);
}

static void turb_carry_switch(const struct cgofuzz_turb *turb)
{
	cgofuzz_carry_by(turb, turb_switch);
}

void cgofuzz_turb_SWITCH(const struct cgofuzz_turb *turb)
{
	if (turb_made_by_c())
		turb_by(turb, turb_carry_switch);
	else
		cgofuzz_body(turb);
}

/* From Go 1.21 on a thread of C keeps what its first call into Go found: one that had an alternate stack of C's then and
 * has none later dies of any signal (docs/findings.md, docs/reproducers/alt_stack_left.go). So it calls Go before. */
static void turb_call_go_before(void)
{
	stack_t now;

	if (!sigaltstack(NULL, &now) && now.ss_flags & SS_DISABLE)
		cgofuzz_go_call(CGOFUZZ_GO_GOROUTINES, 0);
}

/* sigaltstack(2); Go finds out at its next signal (runtime/signal_unix.go, adjustGoSignalStack). */
void cgofuzz_turb_ALT_STACK(const struct cgofuzz_turb *turb)
{
	const long least = sysconf(_SC_SIGSTKSZ), page = 4096;
	const size_t bytes = turb->t->value[0] ? turb->t->value[0]
					       : (size_t)((least + page - 1) & ~(page - 1));
	struct cgofuzz_made_stack *s =
		cgofuzz_made_stack_get(bytes, CGOFUZZ_STACK_GUARDED, CGOFUZZ_OF_ALTERNATE);
	stack_t stack = { 0 }, before;

	if (!s) {
		cgofuzz_body(turb);
		return;
	}
	turb_call_go_before();
	stack.ss_sp = s->low;
	stack.ss_size = s->bytes;
	if (sigaltstack(&stack, &before))
		cgofuzz_turb_fault(CGOFUZZ_FAULT_OUTCOME, 0, 1, "C cannot set an alternate stack");
	cgofuzz_body(turb);
	if (sigaltstack(&before, NULL))
		cgofuzz_turb_fault(CGOFUZZ_FAULT_OUTCOME, 0, 1,
				   "C cannot put the alternate stack back");
	cgofuzz_made_stack_put(s, 0);
}
