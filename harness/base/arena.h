/* arena.h: base. Memory that is freed together: one arena per batch, per parse. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;
struct arena {
	struct arena_block *head;
	size_t total; /* bytes handed out, for limits */
};

#define ARENA_INIT \
	{ \
		NULL, 0 \
	}

void *arena_alloc(struct arena *a, size_t size); /* zeroed, aligned to 16; never NULL */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void arena_release(struct arena *a); /* frees all; a may be used again */

#endif
