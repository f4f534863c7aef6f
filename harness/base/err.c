/* err.c: base. Error messages on their way up, and the end of the program for our own mistakes. */
#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Formats aside first: an argument may be e->msg itself. */
static void err_format(struct err *e, int status, const char *fmt, va_list ap)
{
	char msg[sizeof(e->msg)];

	vsnprintf(msg, sizeof(msg), fmt, ap);
	memcpy(e->msg, msg, sizeof(msg));
	e->status = status;
}

/* Adds ": text", cut to what fits. */
static void err_append(char *msg, size_t size, const char *text)
{
	size_t len = strlen(msg);
	size_t more = strlen(text);

	if (len + 3 > size)
		return;
	memcpy(msg + len, ": ", 2);
	len += 2;
	if (more > size - 1 - len)
		more = size - 1 - len;
	memcpy(msg + len, text, more);
	msg[len + more] = '\0';
}

int err_set(struct err *e, int status, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -1;
	va_start(ap, fmt);
	err_format(e, status, fmt, ap);
	va_end(ap);
	return -1;
}

int err_errno(struct err *e, int status, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;

	if (!e)
		return -1;
	va_start(ap, fmt);
	err_format(e, status, fmt, ap);
	va_end(ap);
	err_append(e->msg, sizeof(e->msg), strerror(saved));
	errno = saved;
	return -1;
}

int err_prefix(struct err *e, const char *fmt, ...)
{
	char msg[sizeof(e->msg)];
	va_list ap;

	if (!e)
		return -1;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	err_append(msg, sizeof(msg), e->msg);
	memcpy(e->msg, msg, sizeof(msg));
	return -1;
}

void bug_at(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fprintf(stderr, "BUG: %s:%d: ", file, line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}
