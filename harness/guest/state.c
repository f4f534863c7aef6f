/* state.c: guest. The thread-state oracle. It runs where live.capture asks for it, in turbulent plans only. */
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest/runtime.h"
#include "guest/state.h"

#define BIT(signo) (1ull << ((signo)-1))

/* blockableSig in runtime/signal_unix.go: sigPreempt, and those that sigtab_linux_generic.go marks
 * _SigUnblock: 16 is SIGSTKFLT, 32 to 34 the C library's own. */
#define GO_UNBLOCKS \
	(BIT(SIGILL) | BIT(SIGTRAP) | BIT(SIGBUS) | BIT(SIGFPE) | BIT(SIGSEGV) | BIT(16) | \
	 BIT(SIGCHLD) | BIT(SIGPROF) | BIT(SIGURG) | BIT(32) | BIT(33) | BIT(34))

struct cgofuzz_thread_state cgofuzz_state_now(void)
{
	struct cgofuzz_thread_state s = { .in_go = cgofuzz_snapshot_has_g(), .known = 1 };
	stack_t stack;

	syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, &s.mask, sizeof(s.mask));
	if (!sigaltstack(NULL, &stack) && !(stack.ss_flags & SS_DISABLE)) {
		s.alt_low = (uintptr_t)stack.ss_sp;
		s.alt_bytes = stack.ss_size;
	}
	return s;
}

enum cgofuzz_state_part cgofuzz_state_differs(const struct cgofuzz_thread_state *before,
					      const struct cgofuzz_thread_state *after)
{
	int first = !before->in_go && after->in_go;
	uint64_t changed = before->mask ^ after->mask;

	if (first)
		changed &= ~(before->mask & GO_UNBLOCKS);
	if (changed)
		return CGOFUZZ_STATE_MASK;
	if (first && !before->alt_bytes)
		return CGOFUZZ_STATE_SAME;
	return before->alt_low != after->alt_low || before->alt_bytes != after->alt_bytes
		? CGOFUZZ_STATE_ALT_STACK
		: CGOFUZZ_STATE_SAME;
}

void cgofuzz_state_check(const struct cgofuzz_thread_state *before, uint32_t by, uint32_t slot,
			 uint32_t direction)
{
	const struct cgofuzz_thread_state now = cgofuzz_state_now();
	enum cgofuzz_state_part part = cgofuzz_state_differs(before, &now);
	struct cgofuzz_fault *f;
	const char *text;

	if (__builtin_expect(part == CGOFUZZ_STATE_SAME, 1))
		return;
	text = part == CGOFUZZ_STATE_MASK ? "the thread's signal mask was left changed"
					  : "the thread's alternate stack was left changed";
	f = cgofuzz_fault_open(CGOFUZZ_FAULT_STATE, (enum cgofuzz_seer)by, slot, direction);
	if (!f)
		return;
	f->reg = part;
	f->expected = part == CGOFUZZ_STATE_MASK ? before->mask : before->alt_low;
	f->got = part == CGOFUZZ_STATE_MASK ? now.mask : now.alt_low;
	f->expected_high = part == CGOFUZZ_STATE_MASK ? 0 : before->alt_bytes;
	f->got_high = part == CGOFUZZ_STATE_MASK ? 0 : now.alt_bytes;
	for (unsigned i = 0; text[i]; i++)
		f->text[i] = text[i];
	cgofuzz_fault_close(f);
}
