/* replay_temp.c: triage. Temporary directories of replays, and those that killed ones left. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "triage/replay.h"

#define TEMP_PREFIX "cgofuzz-replay-"
#define SWEEP_S 600 /* younger ones may belong to a process that another container knows */

struct sweep {
	const char *tmp;
	time_t before;
};

/* Left by a process that was killed: its number is in the name, and it is not there any more. */
static int sweep_one(const char *name, void *ctx)
{
	const struct sweep *w = ctx;
	char *path, *end;
	struct stat st;
	struct err e;
	long pid;

	if (strncmp(name, TEMP_PREFIX, sizeof(TEMP_PREFIX) - 1))
		return 0;
	pid = strtol(name + sizeof(TEMP_PREFIX) - 1, &end, 10);
	if (*end != '-' || pid <= 0 || kill((pid_t)pid, 0) == 0 || errno != ESRCH)
		return 0;
	path = xasprintf("%s/%s", w->tmp, name);
	if (lstat(path, &st) == 0 && st.st_uid == geteuid() && st.st_mtime < w->before)
		dir_remove(path, &e);
	free(path);
	return 0;
}

char *replay_temp_make(struct err *e)
{
	const char *tmp = getenv("TMPDIR");
	struct sweep w = { tmp && *tmp ? tmp : "/tmp", time(NULL) - SWEEP_S };
	struct err ignored;
	char *dir;

	dir_each(w.tmp, sweep_one, &w, &ignored);
	dir = xasprintf("%s/" TEMP_PREFIX "%ld-XXXXXX", w.tmp, (long)getpid());
	if (mkdtemp(dir))
		return dir;
	err_errno(e, EXIT_ENVIRON, "could not make %s", dir);
	free(dir);
	return NULL;
}
