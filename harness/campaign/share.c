/* share.c: campaign. What a process had of the machine. */
#include "campaign/share.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/file.h"

struct adding {
	pid_t pid;
	struct share *to;
	bool any;
};

static int add_thread(const char *tid, void *ctx)
{
	struct adding *a = ctx;
	char *path = xasprintf("/proc/%ld/task/%s/schedstat", (long)a->pid, tid);
	FILE *f = fopen(path, "re");
	uint64_t ran, waited;

	if (f && fscanf(f, "%" SCNu64 " %" SCNu64, &ran, &waited) == 2) {
		a->to->ran_ns += ran;
		a->to->waited_ns += waited;
		a->any = true;
	}
	if (f)
		fclose(f);
	free(path);
	return 0;
}

bool share_read(pid_t pid, struct share *s)
{
	struct adding a = { pid, s, false };
	struct err none = ERR_INIT;
	char *path = xasprintf("/proc/%ld/task", (long)pid);

	*s = (struct share){ 0, 0 };
	if (pid > 0)
		dir_each(path, add_thread, &a, &none);
	free(path);
	return a.any;
}
