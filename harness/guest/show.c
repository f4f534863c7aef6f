/* show.c: guest. fuzz-plain --show: runs plans for somebody who compares lanes (show.h). */
#include "guest/show.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "guest/runtime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of each of the two loops, so that a tick of the machine is small beside it. */
#define LOOP_NS 100000u
#define ROUNDS 3

static int from_host, to_host;

/* What plans start and print is not to come between. */
static int own_streams(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	from_host = fcntl(0, F_DUPFD_CLOEXEC, 64);
	to_host = fcntl(1, F_DUPFD_CLOEXEC, 64);
	return null < 0 || from_host < 0 || to_host < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0;
}

static int read_all(void *to, size_t size)
{
	char *p = to;

	while (size) {
		ssize_t n = read(from_host, p, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		p += n;
		size -= (size_t)n;
	}
	return 0;
}

static int write_all(const void *from, size_t size)
{
	const char *p = from;

	while (size) {
		ssize_t n = write(to_host, p, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		p += n;
		size -= (size_t)n;
	}
	return 0;
}

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

__attribute__((noinline)) static uint64_t turn(uint64_t x)
{
	return (x ^ x >> 31) * 0x9e3779b97f4a7c15u;
}

static void turns(uint32_t n, const uint8_t *plan, uint32_t len)
{
	static uint64_t (*volatile const one)(uint64_t) = turn;
	static volatile uint64_t kept;
	uint64_t x = len + plan[0];

	while (n--)
		x = one(x);
	kept = x;
}

static void checked(uint32_t n, const uint8_t *plan, uint32_t len)
{
	while (n--)
		LLVMFuzzerTestOneInput(plan, len);
}

static void bare(uint32_t n, const uint8_t *plan, uint32_t len)
{
	while (n--)
		cgofuzz_bare(plan, len);
}

typedef void work_fn(uint32_t n, const uint8_t *plan, uint32_t len);

static uint64_t time_of(work_fn *work, uint32_t n, const uint8_t *plan, uint32_t len)
{
	uint64_t from = cpu_ns();

	work(n, plan, len);
	return cpu_ns() - from;
}

/* How often work has to be done to be seen. */
static uint32_t enough(work_fn *work, const uint8_t *plan, uint32_t len)
{
	uint32_t n = 1;

	while (n < 1u << 24 && time_of(work, n, plan, len) < LOOP_NS)
		n *= 2;
	return n;
}

static void cost(struct cgofuzz_shown *s, work_fn *work, const uint8_t *plan, uint32_t len)
{
	const uint32_t n = enough(work, plan, len);
	static uint32_t m;

	if (!m)
		m = enough(turns, plan, len);
	s->plan_ps = s->turn_ps = UINT64_MAX;
	for (int i = 0; i < ROUNDS; i++) {
		uint64_t mine = time_of(work, n, plan, len) * 1000 / n;
		uint64_t reference = time_of(turns, m, plan, len) * 1000 / m;

		s->plan_ps = mine < s->plan_ps ? mine : s->plan_ps;
		s->turn_ps = reference < s->turn_ps ? reference : s->turn_ps;
	}
}

static int show(const struct cgofuzz_ask *ask, const uint8_t *plan)
{
	const struct cgofuzz_recorder *r = cgofuzz_rec;
	struct cgofuzz_shown s = { 0 };

	LLVMFuzzerTestOneInput(plan, ask->len);
	s.fault = r->fault.kind;
	s.capped = r->live.capped;
	s.digest = r->live.digest;
	s.trail_len = r->trail_len;
	if (ask->wanted != CGOFUZZ_WANT_DIGEST && ask->len && s.fault == CGOFUZZ_FAULT_NONE)
		cost(&s, ask->wanted == CGOFUZZ_WANT_BARE ? bare : checked, plan, ask->len);
	if (ask->wanted != CGOFUZZ_WANT_DIGEST)
		s.trail_len = 0;
	return write_all(&s, sizeof(s)) < 0 ||
			write_all(r->trail, s.trail_len * sizeof(*r->trail)) < 0
		? -1
		: 0;
}

int cgofuzz_show(void)
{
	static uint8_t plan[CGOFUZZ_PLAN_MAX_BYTES];
	static struct cgofuzz_hello hello = { .magic = CGOFUZZ_SHOW_MAGIC };
	struct cgofuzz_ask ask;

	if (own_streams())
		return 3;
	cgofuzz_show_hello(&hello);
	if (write_all(&hello, sizeof(hello)) < 0)
		return 3;
	while (read_all(&ask, sizeof(ask)) == 0) {
		if (ask.len > sizeof(plan) || read_all(plan, ask.len) < 0 || show(&ask, plan) < 0)
			return 3;
	}
	return 0;
}
