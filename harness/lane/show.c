/* show.c: lane. A guest that runs plans one after the other: starting it, asking it, telling when it is gone. */
#include "lane/show.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/proc.h"

#define START_MS 60000
#define LOOK_MS 100
#define DYING_MS 300 /* a panic that is recovered is soon over */

/* Opened for both directions, so that neither side waits for the other, or hears of its end but by waitpid. */
static int stream(const char *dir, const char *name, char **path, struct err *e)
{
	int fd;

	*path = xasprintf("%s/%s", dir, name);
	unlink(*path);
	fd = mkfifo(*path, 0600) < 0 ? -1 : open(*path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		err_errno(e, EXIT_ENVIRON, "could not make the pipe %s", *path);
	return fd;
}

static int spawn(struct show *s, const char *in, const char *out, struct err *e)
{
	const struct show_spec *w = &s->spec;
	const char *argv[16] = { NULL }, *env[20] = { NULL };
	char *dir = xasprintf(CGOFUZZ_DIR_ENV "=%s", w->dir), *log = xasprintf("%s/stderr", w->dir);
	struct proc_spec spec = { .argv = (char *const *)argv,
				  .env = (char *const *)env,
				  .stdin_path = in,
				  .out_path = out,
				  .err_path = log,
				  .die_with_parent = true,
				  .nice = w->nice };
	struct rlimit core, none;
	int n = 0, rc;

	guest_command(w->lane, w->tools, argv, env);
	while (argv[n])
		n++;
	argv[n++] = w->exe;
	argv[n] = "--show";
	for (n = 0; env[n];)
		n++;
	env[n++] = dir;
	env[n++] = w->misuse ? CGOFUZZ_MISUSE_ENV "=1" : CGOFUZZ_MISUSE_ENV;
	env[n] = "CGOFUZZ_LOOP";
	getrlimit(RLIMIT_CORE, &core);
	none = core;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_CORE, &none);
	rc = proc_start(&spec, &s->pid, e);
	setrlimit(RLIMIT_CORE, &core);
	free(dir);
	free(log);
	return rc;
}

/* Has the guest ended by itself? It is reaped then. */
static bool gone(struct show *s)
{
	pid_t got = waitpid(s->pid, NULL, WNOHANG);

	if (got == 0 || (got < 0 && errno == EINTR))
		return false;
	s->pid = 0;
	return true;
}

/* Everything, or false: the guest is gone, has not moved for limit_ms, or is dying: what Go then says of all its
 * goroutines takes seconds, and nobody reads it. */
static bool read_all(struct show *s, void *to, size_t size, int limit_ms)
{
	uint64_t beat = s->rec->live.heartbeat;
	int64_t moved = clock_ms(), alive = moved;
	char *p = to;

	while (size) {
		struct pollfd ready = { .fd = s->from, .events = POLLIN };
		ssize_t n = poll(&ready, 1, LOOK_MS) > 0 ? read(s->from, p, size) : 0;

		if (n > 0) {
			p += n;
			size -= (size_t)n;
			continue;
		}
		if (s->rec->live.heartbeat != beat)
			moved = clock_ms();
		beat = s->rec->live.heartbeat;
		if (s->rec->state != CGOFUZZ_FATAL)
			alive = clock_ms();
		if (clock_ms() - moved > limit_ms || clock_ms() - alive > DYING_MS ||
		    (n <= 0 && gone(s)))
			return false;
	}
	return true;
}

int show_begin(struct show *s, const struct show_spec *spec, struct err *e)
{
	char *in = NULL, *out = NULL;
	int rc = -1;

	*s = (struct show){ .spec = *spec, .to = -1, .from = -1 };
	if (recorder_create(spec->dir, spec->build_id, (int)spec->lane->arch->id, e) < 0)
		return -1;
	s->to = stream(spec->dir, "asked", &in, e);
	s->from = s->to < 0 ? -1 : stream(spec->dir, "shown", &out, e);
	s->rec = s->from < 0 ? NULL : recorder_map(spec->dir, e);
	if (s->rec)
		rc = spawn(s, in, out, e);
	if (rc < 0)
		show_stop(s);
	free(in);
	free(out);
	return rc;
}

int show_ready(struct show *s, struct err *e)
{
	if (read_all(s, &s->hello, sizeof(s->hello), START_MS) &&
	    memcmp(s->hello.magic, CGOFUZZ_SHOW_MAGIC, sizeof(s->hello.magic)) == 0)
		return 0;
	err_set(e, EXIT_ENVIRON, "%s does not start in lane %s; see %s/stderr", s->spec.exe,
		s->spec.lane->name, s->spec.dir);
	show_stop(s);
	return -1;
}

int show_start(struct show *s, const struct show_spec *spec, struct err *e)
{
	return show_begin(s, spec, e) < 0 ? -1 : show_ready(s, e);
}

void show_mute(struct show *s, const uint64_t muted[CGOFUZZ_MAX_SLOTS / 64])
{
	for (int i = 0; i < CGOFUZZ_MAX_SLOTS / 64; i++)
		s->rec->muted[i] = muted[i];
}

/* A pipe holds more than one plan, and there is one at a time. */
void show_ask(struct show *s, const uint8_t *plan, uint32_t len, enum cgofuzz_wanted wanted)
{
	struct cgofuzz_ask ask = { len, wanted };
	char bytes[sizeof(ask) + CGOFUZZ_PLAN_MAX_BYTES];

	BUG_ON(len > CGOFUZZ_PLAN_MAX_BYTES);
	memcpy(bytes, &ask, sizeof(ask));
	memcpy(bytes + sizeof(ask), plan, len);
	_Static_assert(sizeof(bytes) <= 4096, "PIPE_BUF: written whole or not at all");
	(void)!write(s->to, bytes, sizeof(ask) + len);
}

bool show_answer(struct show *s, struct shown *out)
{
	const int limit_ms =
		s->spec.lane->arch->hang_ms; /* who asks goes on without it: no fault yet */

	if (read_all(s, &out->head, sizeof(out->head), limit_ms) &&
	    out->head.trail_len <= CGOFUZZ_PLAN_MAX_STEPS &&
	    read_all(s, out->trail, out->head.trail_len * sizeof(*out->trail), limit_ms))
		return true;
	show_stop(s);
	return false;
}

void show_stop(struct show *s)
{
	if (s->rec)
		s->rec->stopping = CGOFUZZ_STOPPING;
	if (s->pid) {
		kill(-s->pid, SIGKILL);
		kill(s->pid, SIGKILL);
		while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (s->rec)
		recorder_unmap(s->rec);
	if (s->to >= 0)
		close(s->to);
	if (s->from >= 0)
		close(s->from);
	s->pid = 0;
	s->rec = NULL;
	s->to = s->from = -1;
}
