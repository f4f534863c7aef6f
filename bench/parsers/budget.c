/* budget.c: bench. Linked into a fuzz driver with --wrap: what the program under test holds of the heap, which
 * may never be more than 256 MB; libFuzzer's own memory is not counted. The most is said at the end. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#define LIMIT_BYTES ((size_t)256 << 20)

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void __real_free(void *p);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
void __wrap_free(void *p);

static size_t held, most;

static __attribute__((destructor)) void say(void)
{
	fprintf(stderr, "budget: %zu bytes at most\n", most);
}

static void *add(void *p)
{
	held += p ? malloc_usable_size(p) : 0;
	if (held > most)
		most = held;
	if (most > LIMIT_BYTES) {
		fprintf(stderr, "budget: the program holds %zu bytes\n", held);
		abort();
	}
	return p;
}

/* What a library has allocated may be freed here, and was not counted. */
static void take(void *p)
{
	size_t size = p ? malloc_usable_size(p) : 0;

	held -= size < held ? size : held;
}

void *__wrap_malloc(size_t size)
{
	return add(__real_malloc(size));
}

void *__wrap_calloc(size_t n, size_t size)
{
	return add(__real_calloc(n, size));
}

void *__wrap_realloc(void *p, size_t size)
{
	take(p);
	return add(__real_realloc(p, size));
}

void __wrap_free(void *p)
{
	take(p);
	__real_free(p);
}
