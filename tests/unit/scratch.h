/* scratch.h: tests. A directory for one test program, made by scratch_make, removed as its group's
 * teardown. After cmocka.h. */
#ifndef TESTS_UNIT_SCRATCH_H
#define TESTS_UNIT_SCRATCH_H

#include <stdlib.h>

#include "base/buf.h"
#include "base/file.h"

static char scratch[] = "/tmp/cgofuzz-test-XXXXXX";

/* NAME in it, malloc'd. */
__attribute__((unused)) static char *in_scratch(const char *name)
{
	return xasprintf("%s/%s", scratch, name);
}

static int scratch_make(void **state)
{
	(void)state;
	return mkdtemp(scratch) ? 0 : -1;
}

static int scratch_remove(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	return dir_remove(scratch, &e);
}

#endif
