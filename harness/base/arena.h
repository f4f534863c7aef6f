/* arena.h: base. Memory that is freed together: one arena per batch, per parse. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#define ARENA_ALIGN 16

/* From used on, all of it is 0. */
struct arena_block {
	struct arena_block *next;
	size_t used;
	size_t size;
	_Alignas(ARENA_ALIGN) char data[];
};

struct arena {
	struct arena_block *head;
	size_t total; /* bytes handed out, for limits */
};

#define ARENA_INIT \
	{ \
		NULL, 0 \
	}

void *arena_alloc_block(struct arena *a, size_t size); /* from a new block */
/* Zeroed, aligned to 16; never NULL. */
static inline void *arena_alloc(struct arena *a, size_t size)
{
	struct arena_block *block = a->head;
	size_t room = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	void *p;

	if (!block || room < size || block->size - block->used < room)
		return arena_alloc_block(a, size);
	p = block->data + block->used;
	block->used += room;
	a->total += room;
	return p;
}
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void arena_reset(struct arena *a); /* frees all but one block, which is used again */
void arena_release(struct arena *a); /* frees all; a may be used again */

#endif
