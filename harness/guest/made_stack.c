/* made_stack.c: guest. Stacks for threads and coroutines, kept from plan to plan. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest/stacks.h"
#include "guest/turb_thread.h"

#define PAGE 4096u
#define GUARD_BYTES 65536u
#define CLEAR_BYTES \
	(256u << 10) /* what is worth clearing; more goes back to the kernel, if it is not malloc's */

static struct cgofuzz_made_stack *pool;

/* Signal 0 finds out. The number may be another thread's by now: then the stack only waits longer. */
static int still_there(struct cgofuzz_made_stack *s)
{
	if (s->tid && syscall(SYS_tgkill, getpid(), s->tid, 0) < 0)
		s->tid = 0;
	return s->tid != 0;
}

/* Offset of the first word that is not zero. */
static size_t untouched(const struct cgofuzz_made_stack *s)
{
	return cgofuzz_stack_lowest((uintptr_t)s->low, (uintptr_t)s->low + s->bytes) -
		(uintptr_t)s->low;
}

static void clear(struct cgofuzz_made_stack *s, size_t from)
{
	if (s->bytes - from > CLEAR_BYTES && s->kind != CGOFUZZ_STACK_HEAP)
		madvise(s->low, s->bytes, MADV_DONTNEED);
	else
		memset(s->low + from, 0, s->bytes - from);
	s->dirty = 0;
}

static struct cgofuzz_made_stack *from_pool(size_t bytes, uint32_t kind)
{
	for (struct cgofuzz_made_stack **at = &pool; *at; at = &(*at)->next) {
		struct cgofuzz_made_stack *s = *at;

		if (s->bytes == bytes && s->kind == kind && !still_there(s)) {
			*at = s->next;
			if (s->dirty)
				clear(s, untouched(s));
			return s;
		}
	}
	return NULL;
}

static char *map_stack(size_t bytes, size_t guard)
{
	char *p = mmap(NULL, guard + bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	if (guard && mprotect(p, guard, PROT_NONE) < 0) {
		munmap(p, guard + bytes);
		return NULL;
	}
	return p + guard;
}

static struct cgofuzz_made_stack *make(size_t bytes, uint32_t kind)
{
	struct cgofuzz_made_stack *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->low = kind == CGOFUZZ_STACK_HEAP
		? calloc(1, bytes)
		: map_stack(bytes, kind == CGOFUZZ_STACK_GUARDED ? GUARD_BYTES : 0);
	if (!s->low) {
		free(s);
		return NULL;
	}
	s->bytes = bytes;
	s->kind = kind;
	return s;
}

struct cgofuzz_made_stack *cgofuzz_made_stack_get(size_t bytes, uint32_t kind,
						  enum cgofuzz_stack_of of)
{
	struct cgofuzz_made_stack *s;

	if (!cgofuzz_take(&cgofuzz_budget.memory, (uint32_t)bytes, CGOFUZZ_MEMORY_MAX))
		return NULL;
	s = from_pool(bytes, kind);
	if (!s)
		s = make(bytes, kind);
	if (s)
		s->of = of;
	else
		cgofuzz_live->capped++;
	return s;
}

void cgofuzz_made_stack_put(struct cgofuzz_made_stack *s, int32_t tid)
{
	const size_t at = untouched(s), used = s->bytes - at;

	if (used)
		cgofuzz_stack_mark((enum cgofuzz_stack_of)s->of, s->bytes, used, 0);
	s->tid = tid;
	s->dirty = tid != 0; /* a thread that is leaving may still need what is there */
	if (!s->dirty)
		clear(s, at);
	s->next = pool;
	pool = s;
}
