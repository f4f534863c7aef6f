/* memory.c: bench. What a running campaign holds in memory, all its processes together. */
#include <unistd.h>

#include "base/proc.h"
#include "bench/bench.h"
#include "bench/child.h"

int bench_memory(json_t *rows, struct err *e)
{
	static const char *const args[] = { "--arch", "all",	"--engine", "all", "--time",
					    "45s",    "--seed", "1",	    NULL };
	struct child c;
	uint64_t peak = 0;

	if (child_start(&c, args, e) < 0)
		return -1;
	while (child_running(&c)) {
		uint64_t now = tree_memory(c.pid);

		peak = now > peak ? now : peak;
		usleep(250 * 1000);
	}
	child_finish(&c, 0);
	figure_add(rows,
		   &(struct figure){ .name = "both architectures, both engines, 45 s: peak PSS",
				     .unit = "MiB",
				     .value = (double)peak / (1 << 20),
				     .target = 1024,
				     .below = 1 });
	return 0;
}
