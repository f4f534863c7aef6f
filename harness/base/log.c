/* log.c: base. Messages to a person, on standard error. */
#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/proc.h"

#define PLAIN_STATUS_MS 10000

enum log_level log_level = LOG_NORMAL;

static bool status_shown; /* a status line stands on the terminal, without a line end */
static int64_t status_last_ms = -PLAIN_STATUS_MS;

static void log_line(const char *prefix, const char *fmt, va_list ap)
{
	if (status_shown)
		fputs("\r\033[K", stderr);
	status_shown = false;
	fputs(prefix, stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	fflush(stderr);
}

void log_say(const char *fmt, ...)
{
	va_list ap;

	if (log_level < LOG_NORMAL)
		return;
	va_start(ap, fmt);
	log_line("", fmt, ap);
	va_end(ap);
}

void log_detail(const char *fmt, ...)
{
	va_list ap;

	if (log_level < LOG_VERBOSE)
		return;
	va_start(ap, fmt);
	log_line("", fmt, ap);
	va_end(ap);
}

void log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line("warning: ", fmt, ap);
	va_end(ap);
}

void log_status(const char *fmt, ...)
{
	static int terminal = -1;
	int64_t now = clock_ms();
	va_list ap;

	if (log_level < LOG_NORMAL)
		return;
	if (terminal < 0)
		terminal = isatty(STDERR_FILENO);
	if (!terminal && now - status_last_ms < PLAIN_STATUS_MS)
		return;
	status_last_ms = now;
	if (terminal)
		fputc('\r', stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputs(terminal ? "\033[K" : "\n", stderr);
	status_shown = terminal;
	fflush(stderr);
}

void log_status_end(void)
{
	if (status_shown)
		fputc('\n', stderr);
	status_shown = false;
	status_last_ms = -PLAIN_STATUS_MS;
	fflush(stderr);
}
