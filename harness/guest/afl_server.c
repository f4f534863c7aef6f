/* afl_server.c: guest. AFL++'s fork server, with a worker that answers afl-fuzz by itself.
 *
 * afl-compiler-rt.o has a fork server of its own. There the worker stops itself after each plan (SIGSTOP), the server
 * sees it, tells afl-fuzz, is told to go on, and continues the worker: for each plan four processes wake up, and all
 * threads of the worker, of which Go has some, leave their system call and enter it again. Here the worker
 * reads from and writes to afl-fuzz's pipes; the server only waits until it has died, and starts the next.
 *
 * The protocol is AFL++'s (4.04c, instrumentation/afl-compiler-rt.o.c, __afl_start_forkserver): once, 4 bytes of options
 * each way; then for each plan afl-fuzz writes 4 bytes, reads 4 bytes of process id, and waits for 4 bytes of wait
 * status. A worker that goes on says "stopped", with the id that the next plan will want behind it: afl-fuzz does not
 * have to wake up for that.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest/afl_server.h"
#include "guest/runtime.h"

/* AFL++ 4.04c: include/config.h, include/types.h */
#define CONTROL_FD 198 /* afl-fuzz asks */
#define STATUS_FD 199 /* and is answered */
#define OPTION_ENABLED 0x80000001u
#define OPTION_MAP_SIZE 0x40000000u
#define OPTION_NEW_CMPLOG 0x02000000u /* says only: a runtime of AFL++ 3.15 or later */
#define OPTION_SHARED_PLAN 0x01000000u
#define MAP_SIZE_MAX 0x800000u

#define STOPPED (0x7f | SIGSTOP << 8) /* a wait status */
#define ANSWER_MS 1000

/* afl-compiler-rt.o */
extern uint8_t *__afl_area_ptr, *__afl_fuzz_ptr;
extern uint32_t *__afl_fuzz_len, __afl_map_size;
int __afl_sharedmem_fuzzing = 1;

/* What a worker is at, for the server that finds it dead. */
enum at { AT_REST, AT_START, AT_PLAN, AT_ANSWER };

static _Atomic int *at; /* shared between server and worker; NULL: afl-fuzz did not start this process */
static int persistent, first = 1, worn;
int cgofuzz_afl_status; /* of the last worker that died; the next one tells (recorder.c) */

static void put(const void *bytes, size_t len)
{
	if (write(STATUS_FD, bytes, len) != (ssize_t)len)
		_exit(1); /* afl-fuzz has gone */
}

static int take(void)
{
	int32_t word;

	if (read(CONTROL_FD, &word, sizeof(word)) != sizeof(word))
		_exit(1);
	return word;
}

static int waiting_bytes(int fd)
{
	int n = 0;

	return ioctl(fd, FIONREAD, &n) < 0 ? 0 : n;
}

/* afl-fuzz hands plans over in memory, unless it is one of its tools that does not. */
static void shake_hands(void)
{
	uint32_t mine = OPTION_ENABLED | OPTION_NEW_CMPLOG, theirs;
	const char *shared = getenv("__AFL_SHM_FUZZ_ID");
	char *map;

	if (__afl_map_size > 1 && __afl_map_size <= MAP_SIZE_MAX)
		mine |= OPTION_MAP_SIZE | (__afl_map_size - 1) << 1;
	if (shared)
		mine |= OPTION_SHARED_PLAN;
	put(&mine, sizeof(mine));
	if (!shared)
		return;
	theirs = (uint32_t)take();
	if ((theirs & (OPTION_ENABLED | OPTION_SHARED_PLAN)) !=
	    (OPTION_ENABLED | OPTION_SHARED_PLAN)) {
		fprintf(stderr, "cgofuzz: afl-fuzz does not share plans in memory (it said %#x)\n",
			theirs);
		_exit(3);
	}
	map = shmat((int)strtol(shared, NULL, 10), NULL, 0);
	if (map == (void *)-1) {
		perror("cgofuzz: shared memory of afl-fuzz");
		_exit(3);
	}
	__afl_fuzz_len = (uint32_t *)(void *)map;
	__afl_fuzz_ptr = (uint8_t *)map + sizeof(uint32_t);
}

/*
 * Does afl-fuzz wait for a worker that died? At rest, and before it has taken the request that woke it up, it does not.
 * While it answered: if there is a request, or an answer that was not read, it had answered. Only one that was killed
 * from outside within the few instructions about its answer leaves neither, and then time tells: afl-fuzz asks again
 * if it has the answer.
 */
static int owes_an_answer(void)
{
	struct pollfd request = { .fd = CONTROL_FD, .events = POLLIN };

	if (*at == AT_REST || waiting_bytes(CONTROL_FD))
		return 0;
	if (*at == AT_PLAN)
		return 1;
	return !waiting_bytes(STATUS_FD) && poll(&request, 1, ANSWER_MS) <= 0;
}

/* Server: a worker for each request that finds none. Returns in the worker, before Go has started a thread. */
static void serve(void)
{
	int announced = 0; /* afl-fuzz knows, or has in its pipe, a process id for the next request */

	for (;;) {
		int32_t status, pid;

		take();
		*at = AT_START;
		pid = fork();
		if (pid == 0) {
			cgofuzz_orphan_dies();
			while (*at == AT_START) /* its id comes before its answer */
				usleep(50);
			return;
		}
		if (pid < 0) {
			perror("cgofuzz: fork");
			_exit(1);
		}
		if (!announced)
			put(&pid, sizeof(pid));
		*at = AT_PLAN;
		if (waitpid(pid, &status, 0) < 0)
			_exit(1);
		cgofuzz_afl_status = status;
		announced = !owes_an_answer();
		if (!announced)
			put(&status, sizeof(status));
	}
}

/* After those of afl-compiler-rt.o (0 to 5) and of the coverage, before Go's, which has no priority. */
static __attribute__((constructor(101))) void start(void)
{
	void *page;

	if (fcntl(STATUS_FD, F_SETFD, FD_CLOEXEC) < 0 || fcntl(CONTROL_FD, F_SETFD, FD_CLOEXEC) < 0)
		return;
	page = mmap(NULL, sizeof(*at), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED) {
		perror("cgofuzz: mmap");
		_exit(3);
	}
	at = page;
	persistent = getenv("__AFL_PERSISTENT") != NULL;
	shake_hands();
	serve();
}

int cgofuzz_afl_serves(void)
{
	return at != NULL;
}

/* What happened before the first plan is no coverage of it. */
static void area_clear(void)
{
	if (first)
		memset(__afl_area_ptr, 0, __afl_map_size);
	__afl_area_ptr[0] = 1; /* or afl-fuzz takes the program for one without instrumentation */
	first = 0;
}

uint32_t cgofuzz_afl_next(const uint8_t **plan)
{
	struct pollfd request = { .fd = CONTROL_FD, .events = POLLIN };

	if (!first) {
		while (poll(&request, 1, -1) < 0)
			;
		*at = AT_PLAN;
		take();
	}
	area_clear();
	*plan = __afl_fuzz_ptr;
	return __afl_fuzz_ptr ? *__afl_fuzz_len : 0;
}

int cgofuzz_afl_done(void)
{
	const int32_t answer[2] = { STOPPED, getpid() };

	if (!persistent)
		return 0; /* the server answers for it */
	*at = AT_ANSWER;
	put(answer, sizeof(answer));
	*at = AT_REST;
	return !worn;
}

void cgofuzz_afl_renew(void)
{
	worn = 1;
}
