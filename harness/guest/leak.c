/* leak.c: guest. The leak oracle. What Go and the C library keep for later use grows as well, but not with every
 * repetition: a suspicion is one window of them, a leak is several in a row. */
#include "guest/leak.h"

#include <malloc.h>
#include <sys/stat.h>
#include <time.h>

#include "guest/feature.h"

/*
 * Each window has twice the repetitions of the one before. What malloc keeps for a thread (tcache) counts as in use, and
 * Go does a body now on this, now on that thread: caches fill in leaps, a few hundred bytes here and there. A leak has
 * to keep pace: 512 bytes and more in the first window, 8 KiB in the last.
 */
#define WINDOWS 5
#define WINDOW 16u /* repetitions in the first */
#define ALL_WINDOWS (WINDOW * ((1u << WINDOWS) - 1))
#define CHUNK 32u /* bytes: what malloc takes at least (malloc/malloc.c, MINSIZE) */

/* Most bodies leave nothing: two short windows show that, 10,000 repetitions in all that something is left. */
#define SOAK_WINDOWS 10
#define SOAK_SHORT 200u
#define SOAK_LONG 1200u
#define SOAK_ONE_IN 100u /* repetitions: what is left behind less often is not told from noise */
#define SOAK_SHARE 16u /* of a slice's time goes into soaking: one part */
#define SOAK_NS_MAX 1000000000u

uint32_t cgofuzz_leak_looking;

struct cgofuzz_left cgofuzz_left_now(int begin)
{
	struct mallinfo2 heap = mallinfo2();
	struct cgofuzz_left left;
	struct stat task;

	/* one link for each thread: fs/proc/base.c, proc_task_getattr */
	left.count[CGOFUZZ_LEFT_THREADS] = stat("/proc/self/task", &task) ? 0 : task.st_nlink;
	left.count[CGOFUZZ_LEFT_GOROUTINES] = cgofuzz_go_call(CGOFUZZ_GO_GOROUTINES, 0);
	left.count[CGOFUZZ_LEFT_HANDLES] = cgofuzz_go_call(CGOFUZZ_GO_HANDLES, begin != 0);
	left.count[CGOFUZZ_LEFT_BYTES] = heap.uordblks + heap.hblkhd;
	return left;
}

enum cgofuzz_left_kind cgofuzz_left_by(const struct cgofuzz_left *before,
				       const struct cgofuzz_left *now, uint32_t times)
{
	static const uint32_t one[CGOFUZZ_LEFTS] = { 1, 1, 1, CHUNK };
	uint32_t kind = 0;

	while (kind < CGOFUZZ_LEFTS && now->count[kind] < before->count[kind] + one[kind] * times)
		kind++;
	return (enum cgofuzz_left_kind)kind;
}

/* One more window, with as much to spend as a plan has, and garbage collected after it. */
static enum cgofuzz_left_kind window(const struct cgofuzz_turb *turb, uint32_t times,
				     struct cgofuzz_left *left)
{
	const struct cgofuzz_left before = *left;

	for (uint32_t i = 0; i < times && !cgofuzz_live->stop; i++) {
		cgofuzz_budget = (struct cgofuzz_budget){ 0 };
		cgofuzz_body(turb);
	}
	cgofuzz_go_call(CGOFUZZ_GO_GOROUTINES, 1);
	*left = cgofuzz_left_now(0);
	return cgofuzz_left_by(&before, left, times);
}

void cgofuzz_leak_look(const struct cgofuzz_turb *turb, const struct cgofuzz_left *before,
		       uint32_t times)
{
	static const char *const texts[CGOFUZZ_LEFTS] = {
		"each repetition leaves a thread behind", "each repetition leaves a goroutine behind",
		"each repetition leaves a cgo.Handle behind", "each repetition leaves C memory behind"
	};
	const struct cgofuzz_budget budget = cgofuzz_budget;
	const uint64_t digest = cgofuzz_live->digest;
	struct cgofuzz_left now = cgofuzz_left_now(0), first;
	enum cgofuzz_left_kind kind = cgofuzz_left_by(before, &now, times);

	if (kind == CGOFUZZ_LEFTS)
		return;
	cgofuzz_go_call(CGOFUZZ_GO_GOROUTINES, 1);
	first = now = cgofuzz_left_now(0);
	for (int i = 0; i < WINDOWS && kind != CGOFUZZ_LEFTS; i++)
		kind = window(turb, WINDOW << i, &now);
	cgofuzz_budget = budget;
	cgofuzz_live->digest = digest;
	if (kind != CGOFUZZ_LEFTS && !cgofuzz_live->stop)
		cgofuzz_turb_fault(CGOFUZZ_FAULT_LEAK, first.count[kind], now.count[kind],
				   texts[kind]);
}

static uint64_t soak_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* One that does not end in time is left out, never judged. */
static int soak_window(const struct cgofuzz_turb *turb, uint32_t times, uint64_t from)
{
	for (uint32_t i = 0; i < times; i++) {
		if (cgofuzz_live->stop || soak_clock() - from >= SOAK_NS_MAX)
			return 0;
		cgofuzz_budget = (struct cgofuzz_budget){ 0 };
		cgofuzz_body(turb);
	}
	cgofuzz_go_call(CGOFUZZ_GO_GOROUTINES, 1);
	return !cgofuzz_live->stop;
}

/* What grows in each window but the first, in which pools fill. */
static void soak(const struct cgofuzz_turb *turb)
{
	static const char *const texts[CGOFUZZ_LEFTS] = {
		"repeated 10,000 times, steps leave threads behind",
		"repeated 10,000 times, steps leave goroutines behind",
		"repeated 10,000 times, steps leave cgo.Handles behind",
		"repeated 10,000 times, steps leave C memory behind"
	};
	struct cgofuzz_left before, now = cgofuzz_left_now(1), first = now;
	enum cgofuzz_left_kind kind = CGOFUZZ_LEFTS, by;
	const uint64_t from = soak_clock();

	for (int i = 0; i < SOAK_WINDOWS; i++) {
		const uint32_t times = i < 2 ? SOAK_SHORT : SOAK_LONG;

		before = now;
		if (!soak_window(turb, times - (i == 0), from)) /* once was before */
			return;
		now = cgofuzz_left_now(0);
		by = cgofuzz_left_by(&before, &now, times / SOAK_ONE_IN);
		if (i == 0)
			first = now;
		else if (by == CGOFUZZ_LEFTS || (i > 1 && by != kind))
			return; /* the rest could not change what is said */
		kind = by;
	}
	cgofuzz_turb_fault(CGOFUZZ_FAULT_LEAK, first.count[kind], now.count[kind], texts[kind]);
}

/* Whether it soaks, nobody sees but who finds a leak: not the engine, not the digest. The first is due at once, so
 * that a replay does what it replays. */
void cgofuzz_turb_SOAK(const struct cgofuzz_turb *turb)
{
	const uint64_t from = soak_clock();
	uint64_t behind;
	struct cgofuzz_budget budget;
	uint64_t digest;

	cgofuzz_body(turb);
	if (cgofuzz_live->stop || cgofuzz_leak_looking || from < cgofuzz_rec->soak_due_ns)
		return;
	budget = cgofuzz_budget;
	digest = cgofuzz_live->digest;
	cgofuzz_leak_looking++;
	cgofuzz_feature_pause(1);
	soak(turb);
	cgofuzz_feature_pause(0);
	cgofuzz_leak_looking--;
	cgofuzz_budget = budget;
	cgofuzz_live->digest = digest;
	behind = soak_clock();
	cgofuzz_rec->soak_due_ns = behind + (SOAK_SHARE - 1) * (behind - from);
}
