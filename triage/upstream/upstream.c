/* upstream.c: triage. Plain reproducers: from the simplest that may do to those with more around the call, until
 * one shows the fault. */
#include "triage/upstream/upstream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/proc.h"
#include "triage/upstream/internal.h"

const char *const upstream_outcomes[] = { "shown", "not shown", "none" };

/* One of them, from files to verdict. */
static int attempt_once(struct upstream *u, const struct attempt *a, struct err *e)
{
	struct proc_result result = { 0 };
	int rc = emit_standalone_of(&a->c, &a->how, a->dir, e);

	if (rc < 0)
		return -1;
	u->attempts++;
	buf_reset(&u->output);
	buf_reset(&u->why);
	rc = attempt_run(a, &u->output, &result, e);
	if (rc < 0)
		return -1;
	snprintf(u->status, sizeof(u->status), "%s%s",
		 result.timed_out ? "no end: it was stopped after a while, " : "",
		 proc_describe(result.status));
	u->outcome = UPSTREAM_NOT_SHOWN;
	if (rc > 0)
		buf_addstr(&u->why, "it could not be built");
	else if (attempt_shows(a, &u->output, &result))
		u->outcome = UPSTREAM_SHOWN;
	else
		buf_addf(&u->why, "it was run, and ended with %s, without the fault", u->status);
	return 0;
}

/* Alone, then as deep as it was; on a thread of C's, as the harness's main is; then with what the plan did around it. */
static int attempt_all(struct upstream *u, struct attempt *a, struct err *e)
{
	const struct attempt_around x = attempt_around(a->b);
	const struct attempt_around list[] = { { 0 },
					       { .depth = x.depth },
					       { AROUND_THREAD, x.depth, x.frame, 0 },
					       { .around = x.around, .stack = x.stack },
					       x };
	const bool wanted[] = { true, x.depth, x.depth, x.around, x.around && x.depth };
	int rc = 0;

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]) && rc == 0; i++) {
		if (!wanted[i])
			continue;
		if (i && a->c.route == ROUTE_DIRECT)
			break;
		a->how.depth = list[i].depth;
		a->how.frame = list[i].frame;
		a->how.stack = list[i].stack;
		a->how.around = list[i].around;
		rc = attempt_once(u, a, e);
		if (u->outcome == UPSTREAM_SHOWN)
			break;
	}
	return rc;
}

/* What building has left. */
static void clean(const struct attempt *a)
{
	static const char *const left[] = { "case.o",	    "check.o",	    "stub.o",
					    "case-amd64.a", "case-arm64.a", "case" };

	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
		char *path = xasprintf("%s/%s", a->dir, left[i]);

		remove(path);
		free(path);
	}
}

int upstream_make(struct upstream *u, const struct bundle *b, const char *dir, struct err *e)
{
	char *path = path_absolute(dir);
	struct attempt a;
	int rc;

	*u = (struct upstream){ .outcome = UPSTREAM_NONE, .why = BUF_INIT, .output = BUF_INIT };
	rc = attempt_open(&a, b, path, &u->why, e);
	if (rc == 0) {
		rc = attempt_all(u, &a, e);
		if (rc == 0)
			rc = attempt_readme(&a, u, e);
		clean(&a);
		attempt_close(&a);
	}
	free(path);
	if (rc < 0)
		upstream_release(u);
	return rc < 0 ? -1 : 0;
}

void upstream_release(struct upstream *u)
{
	buf_release(&u->why);
	buf_release(&u->output);
}
