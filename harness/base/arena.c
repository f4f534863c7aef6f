/* arena.c: base. Memory that is freed together. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"

#define ARENA_BLOCK 8192
#define ARENA_ALIGN 16

struct arena_block {
	struct arena_block *next;
	size_t used;
	size_t size;
	_Alignas(ARENA_ALIGN) char data[];
};

static struct arena_block *arena_block_new(struct arena *a, size_t size)
{
	struct arena_block *block = xmalloc(sizeof(*block) + size);

	block->used = 0;
	block->size = size;
	/* A large request gets a block of its own behind the head, which is still being filled. */
	if (a->head && size > ARENA_BLOCK) {
		block->next = a->head->next;
		a->head->next = block;
	} else {
		block->next = a->head;
		a->head = block;
	}
	return block;
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct arena_block *block = a->head;
	void *p;

	if (size > SIZE_MAX / 2)
		BUG("arena_alloc of %zu bytes", size);
	size = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	if (!block || block->size - block->used < size)
		block = arena_block_new(a, size > ARENA_BLOCK ? size : ARENA_BLOCK);
	p = block->data + block->used;
	block->used += size;
	a->total += size;
	return memset(p, 0, size);
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	if (len)
		memcpy(copy, s, len);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *s;
	int len;

	BUG_ON(!fmt);
	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		BUG("bad format: %s", fmt);
	s = arena_alloc(a, (size_t)len + 1);
	va_start(ap, fmt);
	vsnprintf(s, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return s;
}

void arena_release(struct arena *a)
{
	struct arena_block *block = a->head;

	while (block) {
		struct arena_block *next = block->next;

		free(block);
		block = next;
	}
	a->head = NULL;
	a->total = 0;
}
