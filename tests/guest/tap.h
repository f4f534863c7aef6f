/* tap.h: guest tests. TAP for the programs that planted.t and clusters.t compile; one file each. */
#ifndef TESTS_GUEST_TAP_H
#define TESTS_GUEST_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"

static int test_count, failures;
static const char *tap_prefix = ""; /* before each name */

__attribute__((noreturn)) static void bail(const struct err *e)
{
	printf("Bail out! %s\n", e->msg);
	exit(1);
}

__attribute__((format(printf, 2, 3))) static bool ok(bool good, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - %s", good ? "" : "not ", ++test_count, tap_prefix);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
	failures += !good;
	return good;
}

#endif
