/* child.c: bench. A campaign run as a user runs it, watched from outside. */
#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/proc.h"
#include "bench/child.h"

#define CHILD_MAX_ARGS 32

int child_start(struct child *c, const char *const *args, struct err *e)
{
	const char *argv[CHILD_MAX_ARGS + 6] = { "build/cgofuzz", "fuzz" };
	static unsigned serial;
	char *log;
	int n = 2, rc;

	for (int i = 0; args[i]; i++) {
		BUG_ON(i >= CHILD_MAX_ARGS);
		argv[n++] = args[i];
	}
	c->out = xasprintf("build/bench/campaign-%d-%u", (int)getpid(), serial++);
	if (dir_remove(c->out, e) < 0)
		return -1;
	argv[n++] = "--out";
	argv[n++] = c->out;
	log = xasprintf("%s.log", c->out);
	c->start_ms = clock_ms();
	c->seen_count = 0;
	c->keep = false;
	rc = proc_start(&(struct proc_spec){ .argv = (char *const *)argv,
					     .out_path = log,
					     .err_path = log,
					     .die_with_parent = true },
			&c->pid, e);
	free(log);
	return rc;
}

int child_running(struct child *c)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && !info.si_pid;
}

bool child_is_new(struct child *c, const char *bundle)
{
	uint64_t key = hash_u64(bundle, strlen(bundle));

	for (uint32_t i = 0; i < c->seen_count; i++)
		if (c->seen[i] == key)
			return false;
	if (c->seen_count < CHILD_SEEN_MAX)
		c->seen[c->seen_count++] = key;
	return true;
}

int child_finish(struct child *c, int interrupt)
{
	struct err e = ERR_INIT;
	int status = -1;

	if (interrupt) { /* twice, so that nothing is replayed: nobody waits for verdicts */
		kill(c->pid, SIGINT);
		kill(c->pid, SIGTERM);
	}
	waitpid(c->pid, &status, 0);
	if (!c->keep)
		dir_remove(c->out, &e);
	free(c->out);
	c->out = NULL;
	return status;
}

static uint64_t pss_of(int pid)
{
	char path[64], line[256];
	unsigned long long kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
	f = fopen(path, "r");
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "Pss: %llu kB", &kib) == 1)
			break;
	fclose(f);
	return kib * 1024;
}

static int parent_of(int pid)
{
	char path[64], line[512];
	int parent = 0;
	char *close;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	if (!f)
		return 0;
	if (fgets(line, sizeof(line), f) && (close = strrchr(line, ')')))
		sscanf(close + 1, " %*c %d", &parent);
	fclose(f);
	return parent;
}

uint64_t tree_memory(pid_t root)
{
	uint64_t sum = 0;
	struct dirent *d;
	DIR *proc = opendir("/proc");

	while (proc && (d = readdir(proc))) {
		int pid = isdigit((unsigned char)d->d_name[0]) ? (int)strtol(d->d_name, NULL, 10) : 0;

		for (int p = pid; p > 1; p = parent_of(p))
			if (p == root) {
				sum += pss_of(pid);
				break;
			}
	}
	if (proc)
		closedir(proc);
	return sum;
}
