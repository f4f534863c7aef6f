/* leak.c: guest. The leak oracle. What Go and the C library keep for later use grows as well, but not with every
 * repetition: a suspicion is one window of them, a leak is several in a row. */
#include "guest/leak.h"

#include <malloc.h>
#include <sys/stat.h>

#define WINDOWS 4
#define WINDOW \
	16u /* repetitions: more than malloc keeps of a size for a thread, which counts as in use */
#define CHUNK 32u /* bytes: what malloc takes at least (malloc/malloc.c, MINSIZE) */

struct cgofuzz_left cgofuzz_left_now(void)
{
	struct mallinfo2 heap = mallinfo2();
	struct cgofuzz_left left;
	struct stat task;

	/* one link for each thread: fs/proc/base.c, proc_task_getattr */
	left.count[CGOFUZZ_LEFT_THREADS] = stat("/proc/self/task", &task) ? 0 : task.st_nlink;
	left.count[CGOFUZZ_LEFT_GOROUTINES] = cgofuzz_go_call(CGOFUZZ_GO_GOROUTINES, 0);
	left.count[CGOFUZZ_LEFT_BYTES] = heap.uordblks + heap.hblkhd;
	return left;
}

enum cgofuzz_left_kind cgofuzz_left_by(const struct cgofuzz_left *before,
				       const struct cgofuzz_left *now, uint32_t times)
{
	static const uint32_t one[CGOFUZZ_LEFTS] = { 1, 1, CHUNK };
	uint32_t kind = 0;

	while (kind < CGOFUZZ_LEFTS && now->count[kind] < before->count[kind] + one[kind] * times)
		kind++;
	return (enum cgofuzz_left_kind)kind;
}

/* One more window, with as much to spend as a plan has, and garbage collected after it. */
static enum cgofuzz_left_kind window(const struct cgofuzz_turb *turb, struct cgofuzz_left *left)
{
	const struct cgofuzz_left before = *left;

	for (uint32_t i = 0; i < WINDOW && !cgofuzz_live->stop; i++) {
		cgofuzz_budget = (struct cgofuzz_budget){ 0 };
		cgofuzz_body(turb);
	}
	cgofuzz_go_call(CGOFUZZ_GO_GOROUTINES, 1);
	*left = cgofuzz_left_now();
	return cgofuzz_left_by(&before, left, WINDOW);
}

void cgofuzz_leak_look(const struct cgofuzz_turb *turb, const struct cgofuzz_left *before,
		       uint32_t times)
{
	static const char *const texts[CGOFUZZ_LEFTS] = { "each repetition leaves a thread behind",
							  "each repetition leaves a goroutine behind",
							  "each repetition leaves C memory behind" };
	const struct cgofuzz_budget budget = cgofuzz_budget;
	const uint64_t digest = cgofuzz_live->digest;
	struct cgofuzz_left now = cgofuzz_left_now(), first;
	enum cgofuzz_left_kind kind = cgofuzz_left_by(before, &now, times);

	if (kind == CGOFUZZ_LEFTS)
		return;
	cgofuzz_go_call(CGOFUZZ_GO_GOROUTINES, 1);
	first = now = cgofuzz_left_now();
	for (int i = 0; i < WINDOWS && kind != CGOFUZZ_LEFTS; i++)
		kind = window(turb, &now);
	cgofuzz_budget = budget;
	cgofuzz_live->digest = digest;
	if (kind != CGOFUZZ_LEFTS && !cgofuzz_live->stop)
		cgofuzz_turb_fault(CGOFUZZ_FAULT_LEAK, first.count[kind], now.count[kind],
				   texts[kind]);
}
