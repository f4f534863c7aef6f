/* trampoline.c: tests. The trampolines alone, C to C, as TAP: what they must carry, survive and see. */
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>

#include "guest/capture.h"
#include "guest/runtime.h"
#include "guest/shadow.h"

/* Instead of fault.c: the last fault a trampoline reported. */
static struct cgofuzz_fault last;
static unsigned faults, test;

struct cgofuzz_fault *cgofuzz_fault_open(enum cgofuzz_fault_kind kind, enum cgofuzz_seer by,
					 uint32_t slot, uint32_t direction)
{
	memset(&last, 0, sizeof(last));
	last.kind = kind;
	last.seen_by = by;
	last.slot = slot;
	last.direction = direction;
	faults++;
	return &last;
}

void cgofuzz_fault_close(struct cgofuzz_fault *f)
{
	(void)f;
}

/* Instead of the recorder's and capture.c: what the trampoline handed over last. */
static struct cgofuzz_live live;
struct cgofuzz_live *cgofuzz_live = &live;
static struct cgofuzz_captured entry, after;
static const void *stacked;
static unsigned captures;

void cgofuzz_capture_entry(struct cgofuzz_shadow_frame *frame, const struct cgofuzz_captured *captured)
{
	entry = *captured;
	stacked = cgofuzz_stacked(frame);
	captures++;
}

void cgofuzz_capture_return(struct cgofuzz_shadow_frame *frame,
			    const struct cgofuzz_captured *captured)
{
	(void)frame;
	after = *captured;
	captures++;
}

static void ok(int passed, const char *what)
{
	printf("%sok %u - %s\n", passed ? "" : "not ", ++test, what);
}

struct big {
	long a[6];
};
struct pair {
	double x, y;
};

/* Called through stubs (trampoline.S of the test): wrap_NAME -> trampoline -> NAME. */
long many(long a, long b, long c, long d, long e, long f, long g, long h, double x, long i,
	  struct big s, float y);
struct big sret(long a, double b);
struct pair two(double x, double y);
long double wide(long double x);
long jump(int depth);
long dive(int depth);
long wrap_many(long a, long b, long c, long d, long e, long f, long g, long h, double x, long i,
	       struct big s, float y);
struct big wrap_sret(long a, double b);
struct pair wrap_two(double x, double y);
long double wrap_wide(long double x);
long wrap_jump(int depth);
long wrap_dive(int depth);
struct pair wrap_two_damaged(double x, double y);
long double wrap_wide_damaged(long double x);

long many(long a, long b, long c, long d, long e, long f, long g, long h, double x, long i,
	  struct big s, float y)
{
	return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + (long)(9 * x) + 10 * i +
		11 * s.a[0] + 12 * s.a[5] + (long)(13 * y);
}

struct big sret(long a, double b)
{
	return (struct big){ { a, (long)b, 3, 4, 5, 6 } };
}

struct pair two(double x, double y)
{
	return (struct pair){ y, x };
}

long double wide(long double x)
{
	return x * 3;
}

static jmp_buf out;

long jump(int depth)
{
	if (!depth)
		longjmp(out, 1);
	return wrap_jump(depth - 1) + 1;
}

long dive(int depth)
{
	volatile char room[64] = { 0 };

	return depth ? wrap_dive(depth - 1) + 1 + room[3] : 0;
}

static ucontext_t home, away;
static char *high; /* 64 KiB further up on the main stack than any call */
static long away_result;

static void on_other_stack(void)
{
	away_result = wrap_dive(5);
}

long elsewhere(int depth);
long wrap_elsewhere(int depth);

long elsewhere(int depth)
{
	static _Alignas(16) char low[65536]; /* below every thread's stack */

	getcontext(&away);
	away.uc_stack.ss_sp = depth ? low : high;
	away.uc_stack.ss_size = sizeof(low);
	away.uc_link = &home;
	makecontext(&away, on_other_stack, 0);
	swapcontext(&home, &away);
	return away_result + 1;
}

static void carries(void)
{
	struct big s = { { 1, 2, 3, 4, 5, 6 } }, r;
	unsigned before = faults;
	struct pair p;

	ok(wrap_many(1, 2, 3, 4, 5, 6, 7, 8, 9.5, 10, s, 2.5f) ==
		   many(1, 2, 3, 4, 5, 6, 7, 8, 9.5, 10, s, 2.5f),
	   "arguments in registers and on the stack arrive");
	r = wrap_sret(7, 8.0);
	ok(r.a[0] == 7 && r.a[1] == 8 && r.a[5] == 6, "a result in memory comes back");
	p = wrap_two(1.5, 2.5);
	ok(p.x == 2.5 && p.y == 1.5, "two floating-point results come back");
	ok(wrap_wide(2) == 6, "a long double comes back");
	ok(faults == before, "clean calls are silent");
}

static void survives(void)
{
	int jumps = 0;

	for (volatile int i = 0; i < 1000; i++)
		if (setjmp(out))
			jumps++;
		else
			wrap_jump(3);
	ok(jumps == 1000 && wrap_dive(3) == 3, "a thousand longjmps past trampolines");
	ok(wrap_dive(70) == 70, "seventy levels");
	ok(wrap_dive(1000) == 1000, "more levels than the shadow stack has");
	ok(wrap_elsewhere(1) == 6, "calls on a stack that lies lower");
	ok(wrap_elsewhere(0) == 6, "calls on a stack that lies higher");
	ok(faults == 0, "none of that is a fault");
}

static void sees(void)
{
	struct pair p = wrap_two_damaged(1.5, 2.5);

	ok(faults == 1 && last.kind == CGOFUZZ_FAULT_GPR && last.slot == 9 && last.direction == 1,
	   "a changed register is seen, with slot and direction");
	ok(p.x == 2.5 && p.y == 1.5, "and the result still comes back");
	ok(wrap_wide_damaged(2) == 6 && faults == 2, "so does a long double");
	ok(wrap_dive(3) == 3 && faults == 2, "and the next calls are clean");
}

static int holds(const void *place, const void *value, size_t size)
{
	return !memcmp(place, value, size);
}

/* With capture on everything arrives as before, and C has seen it where it was. */
static void captures_all(void)
{
	double x = 1.5, y = -2.25;
	long double w = 7.125L, three = w * 3;
	struct big s = { { 61, 0, 0, 0, 0, 66 } };
	struct pair p;
	long sum;

	live.capture = 1;
	carries();
	ok(captures > 0, "the calls just made were captured");
	wrap_many(1, 2, 3, 4, 5, 6, 7, 8, x, 10, s, 2.5f);
	sum = entry.general[0] + entry.general[1] * 10;
	ok(sum == 21, "general argument registers are captured in their order");
	ok(holds(entry.vector[0], &x, 8), "vector argument registers are captured");
	p = wrap_two(x, y);
	ok(holds(after.vector[0], &p.x, 8) && holds(after.vector[1], &p.y, 8),
	   "vector result registers are captured");
	ok(wrap_wide(w) == three, "a long double comes back through a captured call");
	ok(holds(after.x87[0], &three, 10) || holds(after.vector[0], &three, 16),
	   "and is captured on its way");
	captures = 0;
	live.capture = 0;
	wrap_two(x, y);
	ok(captures == 0, "nothing is captured when it is off");
}

int main(void)
{
	_Alignas(16) char room[65536];

	high = room;
	carries();
	survives();
	sees();
	captures_all();
	printf("1..%u\n", test);
	return 0;
}
