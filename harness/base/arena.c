/* arena.c: base. Memory that is freed together. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"

#define ARENA_BLOCK 8192 /* the first; each next one is twice as large */
#define ARENA_BLOCK_MAX 65536

static struct arena_block *arena_block_new(struct arena *a, size_t size)
{
	struct arena_block *block = xcalloc(1, sizeof(*block) + size);

	block->size = size;
	/* A large request gets a block of its own behind the head, which is still being filled. */
	if (a->head && size > ARENA_BLOCK_MAX) {
		block->next = a->head->next;
		a->head->next = block;
	} else {
		block->next = a->head;
		a->head = block;
	}
	return block;
}

void *arena_alloc_block(struct arena *a, size_t size)
{
	struct arena_block *block;
	size_t usual = a->head ? 2 * a->head->size : ARENA_BLOCK;

	if (size > SIZE_MAX / 2)
		BUG("arena_alloc of %zu bytes", size);
	size = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	usual = usual < ARENA_BLOCK_MAX ? usual : ARENA_BLOCK_MAX;
	block = arena_block_new(a, size > usual ? size : usual);
	block->used = size;
	a->total += size;
	return block->data;
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

void arena_reset(struct arena *a)
{
	struct arena_block *block = a->head;

	if (!block || block->size > ARENA_BLOCK_MAX) {
		arena_release(a);
		return;
	}
	a->head = block->next;
	arena_release(a);
	block->next = NULL;
	memset(block->data, 0, block->used); /* once for all that was handed out */
	block->used = 0;
	a->head = block;
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
