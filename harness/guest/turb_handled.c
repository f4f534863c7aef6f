/* turb_handled.c: guest. Turbulence of the family signals: errors of C that C handles itself, chained to who was
 * there before for all others. */
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest/turbulence_run.h"

#define TURB_PAGE 4096u
#define TURB_NIL 4096u /* below it: a nil pointer of Go */

enum turb_handled { BY_LONGJMP, BY_FIXUP, BY_GO };

/* The error that is on its way. Those that are not expected go to the handler before. */
static struct turb_expected {
	volatile int signo; /* 0: none */
	volatile int of_go;
	int32_t tid;
	uint32_t how; /* enum turb_handled */
	uintptr_t page;
	sigjmp_buf *back;
} turb_expected;

static struct sigaction turb_handled_before[NSIG];
static int turb_handled_depth[NSIG]; /* steps that handle it */
static volatile uint32_t turb_handled_count;

static void turb_chain(int signo, siginfo_t *info, void *context)
{
	const struct sigaction *old = &turb_handled_before[signo];

	if (old->sa_flags & SA_SIGINFO)
		old->sa_sigaction(signo, info, context);
	else if (old->sa_handler != SIG_DFL && old->sa_handler != SIG_IGN)
		old->sa_handler(signo);
}

static void turb_on_error(int signo, siginfo_t *info, void *context)
{
	struct turb_expected *e = &turb_expected;
	uintptr_t at = (uintptr_t)info->si_addr;

	if (info->si_code > 0 && e->of_go && signo == SIGSEGV && at < TURB_NIL) {
		turb_handled_count++;
		cgofuzz_handler_chain(signo, info, context); /* Go's: it is no fault here */
		return;
	}
	if (info->si_code <= 0 || signo != e->signo || gettid() != e->tid ||
	    (e->page && at - e->page >= TURB_PAGE)) {
		turb_chain(signo, info, context);
		return;
	}
	turb_handled_count++;
	e->signo = 0;
	if (e->how == BY_FIXUP)
		mprotect((void *)e->page, TURB_PAGE, PROT_READ | PROT_WRITE);
	else
		siglongjmp(*e->back, 1);
}

static void turb_handle(int signo)
{
	struct sigaction action = { 0 };

	if (turb_handled_depth[signo]++)
		return;
	action.sa_sigaction = turb_on_error;
	action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
	sigfillset(&action.sa_mask);
	sigaction(signo, &action, &turb_handled_before[signo]);
}

static void turb_handle_no_more(int signo)
{
	if (--turb_handled_depth[signo] == 0)
		sigaction(signo, &turb_handled_before[signo], NULL);
}

/* A page that cannot be written: private, or behind the end of a file. */
static volatile uint8_t *turb_bad_page(int signo)
{
	static volatile uint8_t *page, *hole;

	if (signo == SIGBUS) {
		if (!hole) {
			int fd = memfd_create("cgofuzz", MFD_CLOEXEC);

			hole = mmap(NULL, TURB_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
			close(fd);
		}
		return hole;
	}
	if (!page)
		page = mmap(NULL, TURB_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	else
		mprotect((void *)(uintptr_t)page, TURB_PAGE, PROT_NONE);
	return page;
}

static void turb_make(int signo, volatile uint8_t *page)
{
	if (page)
		*page = 1;
	else if (signo == SIGILL)
#ifdef __aarch64__
		__asm__ volatile("udf #0");
	else
		__asm__ volatile("brk #0");
#else
		__asm__ volatile("ud2");
	else
		__asm__ volatile("int3");
#endif
}

/* Only what a page causes can be mended in place. */
static void turb_error_in_c(int signo, uint32_t how)
{
	const uint32_t first = turb_handled_count;
	volatile uint8_t *page = signo == SIGSEGV || signo == SIGBUS ? turb_bad_page(signo) : NULL;
	volatile uint64_t mark = CGOFUZZ_FRAME_MARK;
	sigjmp_buf back;

	turb_expected.tid = gettid();
	turb_expected.how = signo == SIGSEGV ? how : (uint32_t)BY_LONGJMP;
	turb_expected.page = (uintptr_t)page;
	turb_expected.back = &back;
	if (!sigsetjmp(back, 1)) {
		turb_expected.signo = signo;
		turb_make(signo, page);
	}
	turb_expected.signo = 0;
	if (turb_handled_count != first + 1)
		cgofuzz_turb_fault(CGOFUZZ_FAULT_OUTCOME, 1, turb_handled_count - first,
				   "errors that came to the handler of C that was there for them");
	if (mark != CGOFUZZ_FRAME_MARK)
		cgofuzz_turb_fault(CGOFUZZ_FAULT_FRAME, CGOFUZZ_FRAME_MARK, mark,
				   "a word of the frame changed in which an error was handled");
}

uint64_t cgofuzz_turb_go_fault(uint64_t on, uint64_t unused)
{
	(void)unused;
	turb_expected.of_go = on != 0;
	return turb_handled_count;
}

void cgofuzz_turb_C_FAULT(const struct cgofuzz_turb *turb)
{
	const uint32_t how = turb->t->value[1];
	const int signo = how == BY_GO ? SIGSEGV : (int)turb->t->value[0];

	turb_handle(signo);
	if (how == BY_GO) {
		cgofuzz_turb_in_go(turb);
	} else {
		cgofuzz_body(turb);
		if (!cgofuzz_live->stop)
			turb_error_in_c(signo, how);
	}
	turb_handle_no_more(signo);
}
