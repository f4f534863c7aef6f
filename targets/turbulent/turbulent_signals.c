/* turbulent_signals.c: targets/turbulent. Exhibits of the families signals and control. */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "turbulent.h"

/* The callee installs the handler that is there once more, without SA_ONSTACK. */
void turbulent_off_stack(int phase, void *block)
{
	struct sigaction action;

	(void)block;
	if (phase != CALLEE_BODY || !turbulent_open(CGOFUZZ_TURB_SIGNAL))
		return;
	sigaction(SIGUSR1, NULL, &action);
	action.sa_flags &= ~SA_ONSTACK;
	sigaction(SIGUSR1, &action, NULL);
}

/* The interrupted code goes on with the mask that the frame of the signal holds. */
static void block_one(int signo, siginfo_t *info, void *context)
{
	ucontext_t *to = context;

	(void)signo;
	(void)info;
	sigaddset(&to->uc_sigmask, SIGWINCH);
}

/* A handler of the callee leaves the mask changed. */
void turbulent_mask_left(int phase, void *block)
{
	struct sigaction action = { .sa_sigaction = block_one, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	struct sigaction before;

	(void)block;
	if (phase != CALLEE_BODY || !turbulent_open(CGOFUZZ_TURB_SIGNAL))
		return;
	sigaction(SIGUSR2, &action, &before);
	syscall(SYS_tgkill, getpid(), gettid(), SIGUSR2);
	sigaction(SIGUSR2, &before, NULL);
}

/* The callee loads a library that was linked with -Ofast: its constructor turns flushing to zero on (GCC before
 * 13, PR55522; Clang, llvm/llvm-project#57589). */
void turbulent_library(int phase, void *block)
{
	(void)block;
	if (phase == CALLEE_BODY && turbulent_open(CGOFUZZ_TURB_DLOPEN))
		cgofuzz_turb_load(cgofuzz_library_fast, cgofuzz_library_fast_end, RTLD_NOW);
}

static struct sigaction not_asked; /* who was there before */

/* What cannot be mended is left to others after all: the instruction would be done again for ever. */
static void mend(int signo, siginfo_t *info, void *context)
{
	void *page = (void *)((uintptr_t)info->si_addr & ~(uintptr_t)4095);

	(void)context;
	if (mprotect(page, 4096, PROT_READ | PROT_WRITE))
		sigaction(signo, &not_asked, NULL);
}

/* The callee puts a handler of its own over C's, which chains to nobody. */
void turbulent_not_chained(int phase, void *block)
{
	struct sigaction action = { .sa_sigaction = mend, .sa_flags = SA_SIGINFO | SA_ONSTACK };

	(void)block;
	if (phase == CALLEE_BODY && turbulent_open(CGOFUZZ_TURB_C_FAULT))
		sigaction(SIGSEGV, &action, &not_asked);
}

/* The callee changes a variable that its caller relies on. */
void turbulent_environment(int phase, void *block)
{
	(void)block;
	if (phase == CALLEE_BODY && turbulent_open(CGOFUZZ_TURB_SETENV))
		setenv("CGOFUZZ_TURB_0", "another value", 1);
}

static void damage_frames(volatile uint64_t *word)
{
	uint32_t left = (uint32_t)((cgofuzz_stack_here().high - (uintptr_t)word) / 8);

	for (uint32_t i = 0; i < left && i < 8192; i++)
		if (word[i] == CGOFUZZ_FRAME_MARK) /* of the frame, or left over below it */
			word[i] ^= 1;
}

/* The callee writes over a word above the frames that longjmp, or a panic, leaves out. */
void turbulent_jump_mark(int phase, void *block)
{
	(void)block;
	if (phase == CALLEE_BODY && turbulent_open(CGOFUZZ_TURB_LONGJMP))
		damage_frames(__builtin_frame_address(0));
}

void turbulent_unwound_frame(int phase, void *block)
{
	(void)block;
	if (phase == CALLEE_BODY && turbulent_open(CGOFUZZ_TURB_UNWIND))
		damage_frames(__builtin_frame_address(0));
}

void turbulent_profile_taken(int phase, void *block)
{
	(void)block;
	if (phase == CALLEE_BODY && turbulent_open(CGOFUZZ_TURB_CPU_PROFILE))
		signal(SIGPROF, SIG_IGN);
}

static struct sigaction replaced;

static void hand_on(int signo, siginfo_t *info, void *context)
{
	replaced.sa_sigaction(signo, info, context);
}

void turbulent_handler_replaced(int phase, void *block)
{
	struct sigaction action = { .sa_sigaction = hand_on, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	struct sigaction before;

	(void)block;
	if (phase != CALLEE_BODY || !turbulent_open(CGOFUZZ_TURB_TIMER))
		return;
	sigaction(SIGUSR1, NULL, &before);
	if (!(before.sa_flags & SA_SIGINFO) || before.sa_sigaction == hand_on)
		return;
	replaced = before;
	sigaction(SIGUSR1, &action, NULL);
}
