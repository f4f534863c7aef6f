/* turb_misuse.c: guest. Turbulence that documentation forbids, families signals and control. What is documented to
 * end the program is done in a child, which must end so and say why; the guest goes on. */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest/turbulence_run.h"

#define TURB_CHILD_SECONDS \
	10 /* a child that a lock of another thread stops, which it does not have */
#define TURB_LOOK_MS 300
#define TURB_WORDS 4096

/* What of the recorder the child changes is its own. */
static int turb_own_recorder(void)
{
	const size_t size = sizeof(*cgofuzz_rec);
	void *copy = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (copy == MAP_FAILED)
		return -1;
	memcpy(copy, cgofuzz_rec, size);
	return mremap(copy, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, cgofuzz_rec) == MAP_FAILED
		? -1
		: 0;
}

static void turb_child(uint32_t how, int words)
{
	static const int ends[] = { SIGABRT, SIGQUIT, SIGALRM, SIGTRAP, SIGILL };
	const struct rlimit none = { 0, 0 };
	struct sigaction action = { 0 };

	if (turb_own_recorder())
		_exit(0);
	for (unsigned i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		sigaction(ends[i], &action, NULL);
	setrlimit(RLIMIT_CORE, &none);
	dup2(words, STDERR_FILENO);
	alarm(TURB_CHILD_SECONDS);
	cgofuzz_go_call(CGOFUZZ_GO_ENDS, how);
	_exit(0);
}

/* The first words; the rest is read too, lest the child waits. */
static void turb_listen(int from, char words[TURB_WORDS])
{
	char rest[TURB_WORDS];
	size_t have = 0;
	ssize_t n;

	for (;;) {
		struct pollfd wait = { .fd = from, .events = POLLIN };
		size_t room = TURB_WORDS - 1 - have;

		cgofuzz_live->heartbeat++; /* its alarm ends the child */
		if (poll(&wait, 1, TURB_LOOK_MS) <= 0)
			continue;
		n = read(from, room ? words + have : rest, room ? room : sizeof(rest));
		if (n > 0 && room)
			have += (size_t)n;
		if (n == 0 || (n < 0 && errno != EINTR))
			break;
	}
	words[have] = '\0';
}

/* how: of go/turb_misuse.go; Go must say one of two things. */
static void turb_must_end(uint32_t how, const char *says, const char *or_says)
{
	char words[TURB_WORDS];
	int ends[2], status = 0;
	pid_t pid;

	if (cgofuzz_live->stop || !cgofuzz_take(&cgofuzz_budget.exec, 1, CGOFUZZ_EXEC_MAX) ||
	    pipe(ends) < 0)
		return;
	pid = fork();
	if (pid == 0)
		turb_child(how, ends[1]);
	close(ends[1]);
	if (pid > 0) {
		turb_listen(ends[0], words);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	close(ends[0]);
	if (pid < 0 || (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM))
		cgofuzz_live->capped++;
	else if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		cgofuzz_turb_fault(CGOFUZZ_FAULT_OUTCOME, 1, 0,
				   "misuse that is documented to end the program did not");
	else if (!strstr(words, says) && !strstr(words, or_says))
		cgofuzz_turb_fault(CGOFUZZ_FAULT_OUTCOME, 1, (uint64_t)status,
				   "misuse ended the program otherwise than documented");
}

/* os/signal: "it must use the SA_ONSTACK flag with sigaction. Failing to do so is likely to cause the program to
 * crash if the signal is received"; runtime/signal_unix.go, sigNotOnStack. */
void cgofuzz_turb_OFF_STACK(const struct cgofuzz_turb *turb)
{
	cgofuzz_body(turb);
	turb_must_end(0, "non-Go code set up signal handler without SA_ONSTACK flag",
		      "handler not on signal stack");
}

static struct sigaction turb_of_go;

static void turb_off_stack_handler(int signo, siginfo_t *info, void *context)
{
	turb_of_go.sa_sigaction(signo, info, context);
}

/* In the child: C's handler for SIGURG, which Go handles from the start, calls Go's. */
uint64_t cgofuzz_turb_off_stack(uint64_t a, uint64_t b)
{
	struct sigaction action = { 0 };

	(void)a;
	(void)b;
	cgofuzz_turb_signal_bare(SIGURG);
	sigaction(SIGURG, NULL, &turb_of_go);
	action.sa_sigaction = turb_off_stack_handler;
	action.sa_flags = SA_SIGINFO | SA_RESTART;
	sigaction(SIGURG, &action, NULL);
	return 0;
}

/* runtime/panic.go, Goexit: "It crashes if called from a thread not created by the Go runtime." */
void cgofuzz_turb_GOEXIT_IN_C(const struct cgofuzz_turb *turb)
{
	cgofuzz_body(turb);
	turb_must_end(1, "runtime.Goexit called in a thread that was not created by the Go runtime",
		      "exited a goroutine internally locked to the OS thread"); /* go.dev/issue/68275 */
}

/* Nothing says what longjmp over frames of Go does (go.dev/issue/63829): whatever it breaks is reported. */
static jmp_buf turb_over_go;

uint64_t cgofuzz_turb_jump_from(uint64_t a, uint64_t b)
{
	jmp_buf outer;

	(void)a;
	(void)b;
	memcpy(outer, turb_over_go, sizeof(outer));
	if (!setjmp(turb_over_go))
		cgofuzz_go_call(CGOFUZZ_GO_JUMP, 0);
	memcpy(turb_over_go, outer, sizeof(outer));
	return 0;
}

uint64_t cgofuzz_turb_jump(uint64_t a, uint64_t b)
{
	(void)a;
	(void)b;
	longjmp(turb_over_go, 1);
}

void cgofuzz_turb_LONGJMP_GO(const struct cgofuzz_turb *turb)
{
	cgofuzz_turb_in_go(turb);
}
