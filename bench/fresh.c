/* fresh.c: bench. From a bare container with git and make to the first arm64 execution. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/proc.h"
#include "bench/bench.h"

/* bench/fresh prints "first-execution SECONDS". */
int bench_fresh(json_t *rows, struct err *e)
{
	struct buf out = BUF_INIT;
	char *argv[] = { "bench/fresh", NULL };
	const char *at;
	int rc = proc_must(&(struct proc_spec){ .argv = argv, .out = &out }, e);

	at = rc == 0 ? strstr(out.ptr, "first-execution ") : NULL;
	if (at)
		figure_add(rows,
			   &(struct figure){ .name = "bare container to the first arm64 execution",
					     .unit = "s",
					     .below = 1,
					     .target = 180,
					     .value = strtod(at + strlen("first-execution "), NULL) });
	else if (rc == 0)
		rc = err_set(e, EXIT_ENVIRON, "bench/fresh printed no time: %s", out.ptr);
	buf_release(&out);
	return rc;
}
