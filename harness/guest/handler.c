/* handler.c: guest. What ends a plan from outside the oracles: signals and exit(). */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest/runtime.h"
#include "guest/stacks.h"
#include "regs.h"

#define STACK_BYTES 65536
#define GUARD_BYTES 65536

static const int signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT };
static struct sigaction before[NSIG];

/* Go keeps a thread's alternate stack if it has one; its own has 32 KiB and no guard. */
void cgofuzz_handler_stack(void)
{
	char *p = mmap(NULL, GUARD_BYTES + STACK_BYTES, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	stack_t stack = { 0 };

	if (p == MAP_FAILED || mprotect(p, GUARD_BYTES, PROT_NONE) < 0)
		return;
	stack.ss_sp = p + GUARD_BYTES;
	stack.ss_size = STACK_BYTES;
	sigaltstack(&stack, NULL);
}

/* To whoever was there first: Go, for SEGV BUS FPE; else the default action, which takes place when
 * the instruction runs again or, for a signal that was sent, when it is sent again. */
void cgofuzz_handler_chain(int signo, siginfo_t *info, void *context)
{
	const struct sigaction *old = &before[signo];

	if (old->sa_flags & SA_SIGINFO) {
		old->sa_sigaction(signo, info, context);
		return;
	}
	if (old->sa_handler == SIG_IGN)
		return;
	if (old->sa_handler != SIG_DFL) {
		old->sa_handler(signo);
		return;
	}
	signal(signo, SIG_DFL);
	if (info->si_code <= 0)
		syscall(SYS_tgkill, getpid(), gettid(), signo);
}

static void signal_fault(struct cgofuzz_fault *f, int signo, const siginfo_t *info,
			 const ucontext_t *context, uint64_t sigreturn_pc)
{
	cgofuzz_regs_of(&f->regs, context);
	f->regs.sigreturn_pc = sigreturn_pc;
	f->signo = signo;
	f->si_code = info->si_code;
	if (info->si_code > 0)
		f->fault_addr = (uintptr_t)info->si_addr;
	cgofuzz_stack_bounds(f);
	cgofuzz_fault_close(f);
	if (cgofuzz_dir_fd < 0)
		cgofuzz_fault_print(f);
}

/* HANGING: the supervisor asks where the thread is. Anything later in the same plan is only the end
 * of the first: Go's abort after a signal in C, the default action. */
static void handler(int signo, siginfo_t *info, void *context)
{
	struct cgofuzz_recorder *r = cgofuzz_rec;
	int hang = r->stopping == CGOFUZZ_HANGING && signo == SIGSEGV && info->si_code <= 0;
	int saved = errno;

	if (r->stopping != CGOFUZZ_STOPPING) {
		struct cgofuzz_fault *f =
			cgofuzz_fault_open(hang ? CGOFUZZ_FAULT_HANG : CGOFUZZ_FAULT_SIGNAL,
					   CGOFUZZ_BY_HANDLER, r->live.slot, r->live.direction);

		if (f)
			signal_fault(f, signo, info, context, (uintptr_t)__builtin_return_address(0));
		if (r->state == CGOFUZZ_RUNNING)
			r->state = CGOFUZZ_FATAL;
	}
	errno = saved;
	cgofuzz_handler_chain(signo, info, context);
}

static void exit_hook(int status, void *unused)
{
	struct cgofuzz_recorder *r = cgofuzz_rec;
	struct cgofuzz_fault *f;

	(void)unused;
	if (r->state != CGOFUZZ_RUNNING || r->stopping == CGOFUZZ_STOPPING || r->pid != getpid())
		return;
	f = cgofuzz_fault_open(CGOFUZZ_FAULT_EXIT, CGOFUZZ_BY_HANDLER, r->live.slot,
			       r->live.direction);
	if (f) {
		f->got = (uint64_t)status;
		cgofuzz_fault_close(f);
		if (cgofuzz_dir_fd < 0)
			cgofuzz_fault_print(f);
	}
	r->state = CGOFUZZ_FATAL;
}

void cgofuzz_handler_install(void)
{
	for (unsigned i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct sigaction action = { 0 };

		action.sa_sigaction = handler;
		action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
		sigfillset(&action.sa_mask);
		/* SIGABRT must get through while Go's handler for another signal runs. */
		sigaction(signals[i], &action, &before[signals[i]]);
	}
	on_exit(exit_hook, NULL);
}
