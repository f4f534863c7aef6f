/* stacks.c: guest. High-water marks of stacks. What nobody has touched is zero, and a page that nobody has touched is
 * not there: to touch it is a page fault of the thread, and as long as it has had none there is little to look at. */
#include "guest/stacks.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define PAGE 4096u
#define SLACK 1024u /* below the frame that clears */
/* Of the main thread's stack, which grows: the kernel leaves at least so much room for it (arch/x86/mm/mmap.c,
 * mmap_base: 128 MiB), so nothing else lies there. */
#define MAIN_MOST (64u << 20)
/* runtime/proc.go, main: maxstacksize where a pointer has 64 bits. */
#define GOROUTINE_LIMIT 1000000000u

static _Thread_local struct cgofuzz_stack alternate;
static _Thread_local long faults; /* of pages, when this thread's stacks were last looked at */
static _Thread_local int faults_count; /* 1: they are counted here */

static long faults_now(void)
{
	struct rusage u;

	return getrusage(RUSAGE_THREAD, &u) ? -1 : u.ru_minflt + u.ru_majflt;
}

/* Is the page there; in which page of a part the first one is that was touched. */
static int mapped(uintptr_t page)
{
	unsigned char there;

	return mincore((void *)page, 1, &there) == 0;
}

static uintptr_t first_touched(uintptr_t low, uintptr_t high)
{
	unsigned char there[256];
	const uintptr_t step = PAGE * sizeof(there);

	for (uintptr_t at = low; at < high; at += step) {
		const size_t pages = ((high - at < step ? high - at : step) + PAGE - 1) / PAGE;

		if (mincore((void *)at, pages * PAGE, there) < 0)
			return at;
		for (size_t i = 0; i < pages; i++)
			if (there[i] & 1)
				return at + i * PAGE;
	}
	return high;
}

uintptr_t cgofuzz_stack_lowest(uintptr_t low, uintptr_t high)
{
	uintptr_t at = first_touched(low & ~(uintptr_t)(PAGE - 1), high);

	at = at < low ? low : at;
	while (at < high && !*(const uint64_t *)at)
		at += 8;
	return at;
}

/* The lowest page that the main thread's stack has grown to: all above it are there. It only grows. */
static uintptr_t grown_to(const struct cgofuzz_stack *s)
{
	static uintptr_t there;
	uintptr_t least = s->high - MAIN_MOST;
	uintptr_t absent = (s->low > least ? s->low : least) & ~(uintptr_t)(PAGE - 1);

	if (there && (there == absent || !mapped(there - PAGE)))
		return there;
	there = there ? there : s->line & ~(uintptr_t)(PAGE - 1);
	if (mapped(absent))
		there = absent;
	while (there - absent > PAGE) {
		uintptr_t middle = absent + (there - absent) / 2 / PAGE * PAGE;

		if (mapped(middle))
			there = middle;
		else
			absent = middle;
	}
	return there;
}

/* Is a page that is touched for the first time counted? Not by every kernel, nor if QEMU did not give the page back. */
static int counts_faults(uintptr_t page)
{
	long before = faults_now();

	(void)*(const volatile char *)page;
	return faults_now() > before;
}

static uintptr_t bottom(const struct cgofuzz_stack *s)
{
	return s->of == CGOFUZZ_OF_MAIN ? grown_to(s) : s->low;
}

/* Whatever was there before: other plans, threads that had the stack before. */
static __attribute__((noinline)) void clear(struct cgofuzz_stack *s, uintptr_t sp)
{
	uintptr_t low, page = sp & ~(uintptr_t)(PAGE - 1);

	s->line = sp;
	low = bottom(s);
	faults_now(); /* the dynamic linker binds at first calls, on this stack */
	if (low < page) {
		madvise((void *)low, page - low, MADV_DONTNEED); /* QEMU may know better */
		faults_count = counts_faults(page - PAGE);
	}
	faults = -1;
	for (low = cgofuzz_stack_lowest(low, sp); low < sp; low += 8)
		*(volatile uint64_t *)low = 0;
}

/* fresh: pages may have been touched for the first time since. */
static void look(struct cgofuzz_stack *s, int fresh)
{
	uintptr_t lowest;

	if (fresh) {
		s->there = first_touched(bottom(s) & ~(uintptr_t)(PAGE - 1), s->line);
		s->there = s->there < s->low ? s->low : s->there;
	}
	for (lowest = s->there; lowest < s->line && !*(const uint64_t *)lowest;)
		lowest += 8;
	if (lowest >= s->line)
		return;
	s->line = lowest;
	cgofuzz_stack_mark((enum cgofuzz_stack_of)s->of, s->high - s->low, s->high - lowest, 0);
}

/* Go's own lies in Go's heap, and holds what was there before. It is the thread's as long as that lives. */
static void watch_alternate(void)
{
	stack_t stack;
	uintptr_t low;

	if (sigaltstack(NULL, &stack) || stack.ss_flags & (SS_DISABLE | SS_ONSTACK))
		return;
	low = ((uintptr_t)stack.ss_sp + 7) & ~(uintptr_t)7;
	alternate.low = low;
	alternate.high = ((uintptr_t)stack.ss_sp + stack.ss_size) & ~(uintptr_t)7;
	alternate.line = alternate.high;
	alternate.of = CGOFUZZ_OF_ALTERNATE;
	low = cgofuzz_stack_lowest(low, alternate.high);
	memset((void *)low, 0, alternate.high - low);
}

void cgofuzz_stack_watch(void)
{
	struct cgofuzz_stack s = cgofuzz_stack_here();

	if (s.of != CGOFUZZ_OF_MAIN && s.of != CGOFUZZ_OF_GO_THREAD)
		return;
	if (s.line || !s.low)
		return;
	watch_alternate();
	clear(&s, ((uintptr_t)__builtin_frame_address(0) - SLACK) & ~(uintptr_t)7);
	cgofuzz_stack_set(s);
	cgofuzz_stack_mark((enum cgofuzz_stack_of)s.of, s.high - s.low, s.high - s.line,
			   0); /* at least */
}

void cgofuzz_stack_keep(void)
{
	struct cgofuzz_stack s = cgofuzz_stack_here();

	s.line = ((uintptr_t)__builtin_frame_address(0) - SLACK) & ~(uintptr_t)7;
	cgofuzz_stack_set(s);
}

void cgofuzz_stack_look(void)
{
	struct cgofuzz_stack s = cgofuzz_stack_here();
	long now;
	int fresh;

	if (!s.line)
		return;
	now = faults_count ? faults_now() : -1;
	fresh = now < 0 || now != faults;
	faults = now;
	look(&s, fresh);
	cgofuzz_stack_set(s);
	if (alternate.low)
		look(&alternate, fresh);
}

static void fill(struct cgofuzz_mark *m)
{
	const struct cgofuzz_recorder *r = cgofuzz_rec;

	m->step = cgofuzz_step_under_way;
	m->turbulence_kind = r->live.turbulence_kind;
	m->slot = r->live.slot;
	m->misuse = r->misuse;
	m->plan_len = r->plan_len;
	memcpy(m->plan, r->plan, r->plan_len);
}

/* There is one main thread's stack, of a size that depends on the environment's. */
static int is_of(const struct cgofuzz_mark *m, enum cgofuzz_stack_of of, uint64_t size)
{
	return m->of == (uint32_t)of && (m->size == size || of == CGOFUZZ_OF_MAIN);
}

/* What Go gave a goroutine's stack counts for more than how much of it was used. */
static int is_more(const struct cgofuzz_mark *m, uint64_t used, uint64_t grown)
{
	return grown > m->grown || (grown == m->grown && used > m->used);
}

void cgofuzz_stack_mark(enum cgofuzz_stack_of of, uint64_t size, uint64_t used, uint64_t grown)
{
	for (uint32_t i = 0; i < CGOFUZZ_MARKS; i++) {
		struct cgofuzz_mark *m = &cgofuzz_rec->marks[i];

		if (m->of != CGOFUZZ_OF_NONE && !is_of(m, of, size))
			continue;
		if (!is_more(m, used, grown))
			return;
		fill(m);
		m->size = size;
		m->grown = grown;
		m->used = used;
		m->of = of;
		return;
	}
}

/* At each crossing: most are no news, and the recorder's marks lie far apart. */
void cgofuzz_stack_goroutine(void)
{
	static uint64_t most_used, most_grown; /* by this process */
	struct cgofuzz_bounds g0, g;
	uint64_t sp = cgofuzz_snapshot_stacks(0, &g0, &g), used = g.high - sp;

	if (sp <= g.low || sp > g.high || g.high - g.low < most_grown ||
	    (g.high - g.low == most_grown && used <= most_used))
		return;
	most_used = used;
	most_grown = g.high - g.low;
	cgofuzz_stack_mark(CGOFUZZ_OF_GOROUTINE, GOROUTINE_LIMIT, used, most_grown);
}

void cgofuzz_stack_bounds(struct cgofuzz_fault *f)
{
	const struct cgofuzz_stack s = cgofuzz_stack_known();
	struct cgofuzz_bounds *b = f->bounds;
	stack_t stack;

	memset(b, 0, sizeof(f->bounds));
	b[CGOFUZZ_BOUNDS_C] = (struct cgofuzz_bounds){ s.low, s.high, s.of, 0 };
	if (!sigaltstack(NULL, &stack) && !(stack.ss_flags & SS_DISABLE))
		b[CGOFUZZ_BOUNDS_ALTERNATE] =
			(struct cgofuzz_bounds){ (uintptr_t)stack.ss_sp,
						 (uintptr_t)stack.ss_sp + stack.ss_size,
						 CGOFUZZ_OF_ALTERNATE, 0 };
	cgofuzz_snapshot_stacks(f->regs.thread_pointer, &b[CGOFUZZ_BOUNDS_G0],
				&b[CGOFUZZ_BOUNDS_GOROUTINE]);
}
