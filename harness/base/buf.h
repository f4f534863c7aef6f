/* buf.h: base. A growing byte string, always NUL-terminated at ptr[len]. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>

struct buf {
	char *ptr; /* never NULL after BUF_INIT or buf_release: then "" */
	size_t len;
	size_t cap; /* 0 while ptr is not allocated */
};

extern char buf_empty[1];
#define BUF_INIT \
	{ \
		buf_empty, 0, 0 \
	}

void buf_init(struct buf *b);
void buf_release(struct buf *b); /* frees; b may be used again */
void buf_reset(struct buf *b); /* length 0, memory kept */
void buf_add(struct buf *b, const void *data, size_t len);
void buf_addstr(struct buf *b, const char *s);
void buf_addch(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_rtrim(struct buf *b); /* drops trailing white space */
/* The line that begins at *at, and its length without the newline; *at goes on to the next. NULL after
 * the last. A NUL byte does not end it. */
const char *buf_line(const struct buf *b, size_t *at, size_t *len);
/* Hands the memory to the caller, to be free()d; b is empty afterwards. */
char *buf_detach(struct buf *b, size_t *len);

/* xmalloc family: never return NULL; out of memory ends the program with a message. */
void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
