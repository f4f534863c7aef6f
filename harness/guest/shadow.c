/* shadow.c: guest. The trampolines' slow paths that do not depend on the architecture. */
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "guest/runtime.h"
#include "guest/shadow.h"

_Thread_local struct cgofuzz_shadow_frame *cgofuzz_shadow_top = SHADOW_NONE;

/* Those of threads that have ended, for threads to come. */
#define SPARE 64
static void *spare[SPARE];
static pthread_key_t key;

static void keep(void *base)
{
	for (int i = 0; i < SPARE; i++) {
		void *none = NULL;

		if (__atomic_compare_exchange_n(&spare[i], &none, base, 0, __ATOMIC_ACQ_REL,
						__ATOMIC_RELAXED))
			return;
	}
	munmap(base, SHADOW_BYTES);
}

/* A thread ends; destructors that run later may call again, and get another one. */
static void thread_ends(void *base)
{
	cgofuzz_shadow_top = SHADOW_NONE;
	keep(base);
}

__attribute__((constructor)) static void key_make(void)
{
	if (pthread_key_create(&key, thread_ends))
		abort();
}

static void *map_aligned(void)
{
	/* Aligned to its size: the trampoline knows the end by the address. */
	char *p = mmap(NULL, 2 * SHADOW_BYTES, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
	     *base;

	if (p == MAP_FAILED)
		abort();
	base = (char *)(((uintptr_t)p + SHADOW_BYTES - 1) & ~(uintptr_t)(SHADOW_BYTES - 1));
	if (base > p)
		munmap(p, (size_t)(base - p));
	if (base < p + SHADOW_BYTES)
		munmap(base + SHADOW_BYTES, (size_t)(p + SHADOW_BYTES - base));
	return base;
}

static struct cgofuzz_shadow_frame *take_one(void)
{
	struct cgofuzz_shadow_frame *base = NULL;

	for (int i = 0; i < SPARE && !base; i++)
		if (__atomic_load_n(&spare[i], __ATOMIC_RELAXED))
			base = __atomic_exchange_n(&spare[i], NULL, __ATOMIC_ACQ_REL);
	if (!base)
		base = map_aligned();
	base->sp = UINT64_MAX;
	return base;
}

void cgofuzz_shadow_new(void)
{
	cgofuzz_shadow_top = take_one();
	pthread_setspecific(key, cgofuzz_shadow_top);
}

struct cgofuzz_shadow_frame *cgofuzz_shadow_enter(void)
{
	struct cgofuzz_shadow_frame *before = cgofuzz_shadow_top;

	cgofuzz_shadow_top = take_one();
	return before;
}

void cgofuzz_shadow_leave(struct cgofuzz_shadow_frame *before)
{
	keep((void *)((uintptr_t)cgofuzz_shadow_top & ~(uintptr_t)(SHADOW_BYTES - 1)));
	cgofuzz_shadow_top = before;
}

void cgofuzz_shadow_used(uint64_t *from, uint64_t *to)
{
	uintptr_t top = cgofuzz_shadow_top == SHADOW_NONE ? 0 : (uintptr_t)cgofuzz_shadow_top;

	*from = top & ~(uintptr_t)(SHADOW_BYTES - 1);
	*to = top ? top + SHADOW_FRAME_BYTES : 0;
}

void cgofuzz_canary_report(int kind, const struct cgofuzz_stub *stub, uint32_t reg,
			   uint64_t expected, uint64_t got)
{
	struct cgofuzz_fault *f = cgofuzz_fault_open(
		(enum cgofuzz_fault_kind)kind, CGOFUZZ_BY_TRAMPOLINE, stub->slot, stub->direction);

	if (!f)
		return;
	f->reg = reg;
	f->expected = expected;
	f->got = got;
	cgofuzz_fault_close(f);
}

void cgofuzz_canary_misaligned(const struct cgofuzz_stub *stub, uint64_t sp)
{
	cgofuzz_canary_report(CGOFUZZ_FAULT_SP_ALIGN, stub, 0, 0, sp & 15);
}
