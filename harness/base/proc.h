/* proc.h: base. Child processes with a deadline; never through a shell. */
#ifndef BASE_PROC_H
#define BASE_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

struct proc_spec {
	char *const *argv; /* NULL-terminated; argv[0] is looked up in PATH */
	char *const *env; /* NULL: inherit; else additions "NAME=value" on top of what is inherited,
			     "NAME" alone removes */
	const char *cwd; /* NULL: inherit */
	const char *stdin_path; /* NULL: /dev/null */
	struct buf *out; /* standard output is appended; NULL: /dev/null */
	struct buf *err; /* standard error; NULL: /dev/null; may be the same as out */
	const char *out_path; /* instead of out: a file, truncated */
	const char *err_path; /* instead of err: a file, truncated */
	size_t limit; /* bytes kept of each stream; 0: 16 MiB; the rest is drained */
	int deadline_ms; /* 0: none; then the process group gets SIGKILL */
	bool die_with_parent; /* PR_SET_PDEATHSIG SIGKILL */
	int nice; /* added to the child's niceness */
};

struct proc_result {
	int status; /* as of waitpid */
	bool timed_out;
	int64_t wall_ms;
};

/* Runs to the end. Returns 0 if the program was started (look at result), -1 and e if not. */
int proc_run(const struct proc_spec *spec, struct proc_result *result, struct err *e);
/* Starts and returns at once (own process group, out/err must be paths or NULL). */
int proc_start(const struct proc_spec *spec, pid_t *pid, struct err *e);
/* Runs; anything but exit status 0 is an error whose message holds the command and the last lines
 * of its standard error. */
int proc_must(const struct proc_spec *spec, struct err *e);
/* "exit status 3", "signal 11 (SIGSEGV)", in a static buffer. */
const char *proc_describe(int wait_status);
/* Absolute path of a program in PATH, malloc'd, or NULL. */
char *proc_which(const char *name);
int64_t clock_ms(void); /* CLOCK_MONOTONIC */

#endif
