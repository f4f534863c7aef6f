/* buf.c: base. A growing byte string, and memory that is never NULL. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"

char buf_empty[1];

__attribute__((noreturn)) static void out_of_memory(size_t size)
{
	fprintf(stderr, "cgofuzz: out of memory: could not get %zu bytes\n", size);
	_exit(EXIT_ENVIRON);
}

void *xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		out_of_memory(size);
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		out_of_memory(n * size);
	return p;
}

void *xrealloc(void *p, size_t size)
{
	p = realloc(p, size ? size : 1);
	if (!p)
		out_of_memory(size);
	return p;
}

char *xstrdup(const char *s)
{
	size_t size = strlen(s) + 1;

	return memcpy(xmalloc(size), s, size);
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		out_of_memory(strlen(fmt));
	va_end(ap);
	return s;
}

void buf_init(struct buf *b)
{
	b->ptr = buf_empty;
	b->len = 0;
	b->cap = 0;
}

void buf_release(struct buf *b)
{
	if (b->cap)
		free(b->ptr);
	buf_init(b);
}

void buf_reset(struct buf *b)
{
	b->len = 0;
	if (b->cap)
		b->ptr[0] = '\0';
}

/* Makes room for extra bytes and the NUL. */
static void buf_grow(struct buf *b, size_t extra)
{
	size_t need;

	if (extra >= SIZE_MAX / 2 - b->len)
		out_of_memory(extra);
	need = b->len + extra + 1;
	if (need <= b->cap)
		return;
	if (need < b->cap + b->cap / 2)
		need = b->cap + b->cap / 2;
	if (need < 64)
		need = 64;
	b->ptr = xrealloc(b->cap ? b->ptr : NULL, need);
	b->cap = need;
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	if (!len)
		return;
	buf_grow(b, len);
	memcpy(b->ptr + b->len, data, len);
	b->len += len;
	b->ptr[b->len] = '\0';
}

void buf_addstr(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addch(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int len;

	BUG_ON(!fmt);
	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		BUG("bad format: %s", fmt);
	buf_grow(b, (size_t)len);
	va_start(ap, fmt);
	vsnprintf(b->ptr + b->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)len;
}

void buf_rtrim(struct buf *b)
{
	while (b->len && strchr(" \t\r\n\v\f", b->ptr[b->len - 1]) && b->ptr[b->len - 1])
		b->len--;
	if (b->cap)
		b->ptr[b->len] = '\0';
}

const char *buf_line(const struct buf *b, size_t *at, size_t *len)
{
	const char *line = b->ptr + *at, *end;

	if (*at >= b->len)
		return NULL;
	end = memchr(line, '\n', b->len - *at);
	*len = end ? (size_t)(end - line) : b->len - *at;
	*at += *len + 1;
	return line;
}

char *buf_detach(struct buf *b, size_t *len)
{
	char *p = b->cap ? b->ptr : xstrdup("");

	if (len)
		*len = b->len;
	buf_init(b);
	return p;
}
