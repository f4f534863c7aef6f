/* proc_must.c: base. Programs that must succeed, how they ended in words, and where they are. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/proc.h"

#define TAIL_LINES 12
#define TAIL_BYTES 1200

const char *proc_describe(int wait_status)
{
	static char text[64];
	const char *name;

	if (WIFEXITED(wait_status)) {
		snprintf(text, sizeof(text), "exit status %d", WEXITSTATUS(wait_status));
	} else if (WIFSIGNALED(wait_status)) {
		name = sigabbrev_np(WTERMSIG(wait_status));
		snprintf(text, sizeof(text), "signal %d (%s%s)", WTERMSIG(wait_status),
			 name ? "SIG" : "unknown", name ? name : "");
	} else {
		snprintf(text, sizeof(text), "wait status %#x", (unsigned)wait_status);
	}
	return text;
}

/* The last lines of text. */
static const char *tail(const char *text, size_t len)
{
	const char *p = text + len;
	int lines = 0;

	while (p > text && text + len - p < TAIL_BYTES) {
		if (p[-1] == '\n' && ++lines > TAIL_LINES)
			break;
		p--;
	}
	return p;
}

static void command_line(char *const *argv, struct buf *out)
{
	for (; *argv; argv++)
		buf_addf(out, "%s%s", out->len ? " " : "", *argv);
	if (out->len > 400) {
		out->len = 400;
		out->ptr[400] = '\0';
		buf_addstr(out, "...");
	}
}

int proc_must(const struct proc_spec *spec, struct err *e)
{
	struct proc_spec run = *spec;
	struct buf own = BUF_INIT, command = BUF_INIT;
	struct proc_result result;
	size_t before;
	int rc;

	if (!run.err && !run.err_path)
		run.err = &own;
	before = run.err ? run.err->len : 0;
	rc = proc_run(&run, &result, e);
	if (rc == 0 && (result.timed_out || result.status != 0)) {
		command_line(run.argv, &command);
		if (run.err)
			buf_rtrim(run.err);
		rc = err_set(e, EXIT_ENVIRON, "%s: %s%s%s", command.ptr,
			     result.timed_out ? "killed at its deadline"
					      : proc_describe(result.status),
			     run.err && run.err->len > before ? "\n" : "",
			     run.err && run.err->len > before
				     ? tail(run.err->ptr + before, run.err->len - before)
				     : "");
		if (run.err_path) {
			size_t len = strlen(e->msg);

			snprintf(e->msg + len, sizeof(e->msg) - len, "; see %s", run.err_path);
		}
	}
	buf_release(&command);
	buf_release(&own);
	return rc;
}

static bool executable(const char *path)
{
	return file_exists(path) && access(path, X_OK) == 0;
}

char *proc_which(const char *name)
{
	const char *path = getenv("PATH");

	if (!*name)
		return NULL;
	if (strchr(name, '/'))
		return executable(name) ? path_absolute(name) : NULL;
	if (!path)
		path = "/usr/local/bin:/usr/bin:/bin";
	for (;;) {
		size_t len = strcspn(path, ":");
		char *candidate = xasprintf("%.*s/%s", len ? (int)len : 1, len ? path : ".", name);

		if (executable(candidate)) {
			char *absolute = candidate[0] == '/' ? xstrdup(candidate)
							     : path_absolute(candidate);

			free(candidate);
			return absolute;
		}
		free(candidate);
		if (!path[len])
			return NULL;
		path += len + 1;
	}
}
