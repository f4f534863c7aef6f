/* debug.c: triage. gdb on a bundle's guest. */
#include "triage/debug/debug.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/proc.h"
#include "lane/build.h"
#include "triage/debug/internal.h"
#include "triage/replay.h"

/* Layouts are compared at the first use of a slot, and end the plan: where a batch has bad ones the plan has to
 * run again, at most so often. */
#define REPEATED 12
#define BATCH_MS 60000
#define ATTEMPTS 3 /* under QEMU 7.2 with threads now and then no stop is told to gdb */
#define SOCKET_MS 20000
#define MOST_ARGS 64

struct words {
	const char *list[MOST_ARGS];
	size_t count;
};

static void add(struct words *w, const char *word)
{
	if (w->count < MOST_ARGS - 1)
		w->list[w->count++] = word;
}

static int find_lane(struct session *s, struct err *e)
{
	struct toolchain tools = { 0 };
	struct err ignored = ERR_INIT;

	s->engine = ENGINE_COUNT;
	for (unsigned i = 0; i < ENGINE_COUNT; i++)
		if (!strcmp(engine_names[i], s->b->engine))
			s->engine = (enum engine)i;
	if (lane_parse(&s->lane, s->b->lane, arch_of((int)s->b->rec->arch), e) < 0)
		return err_prefix(e, "%s", s->b->name);
	if (toolchain_resolve(&tools, &s->lane, &ignored) == 0)
		s->goroot = xstrdup(tools.goroot);
	if (!*s->lane.arch->qemu)
		return 0;
	s->qemu = tools.qemu ? tools.qemu : proc_which(s->lane.arch->qemu);
	return s->qemu
		? 0
		: err_set(e, EXIT_ENVIRON, "no %s in PATH: run `cgofuzz doctor`", s->lane.arch->qemu);
}

/* The slots that were skipped when it happened are skipped again. */
static int make_recorder(const struct session *s, struct err *e)
{
	char *dir = xasprintf("%s/recorder", s->dir);
	int rc = recorder_create(dir, s->b->build_id, (int)s->b->rec->arch, e);
	struct cgofuzz_recorder *r = rc == 0 ? recorder_map(dir, e) : NULL;
	uint32_t slot = s->b->rec->fault.slot;

	for (unsigned i = 0; r && i < CGOFUZZ_MAX_SLOTS / 64; i++)
		r->muted[i] = s->b->rec->muted[i];
	if (r) {
		r->muted[slot / 64] &= ~(1ull << (slot % 64));
		recorder_unmap(r);
	}
	free(dir);
	return r ? 0 : -1;
}

static int session_open(struct session *s, struct err *e)
{
	const struct cgofuzz_fault *f = &s->b->rec->fault;

	if (f->kind == CGOFUZZ_FAULT_DIFFERENTIAL || f->kind == CGOFUZZ_FAULT_CLIFF)
		return err_set(
			e, EXIT_USAGE,
			"%s: it shows only when lanes are compared, there is no place to stop at",
			s->b->name);
	if (find_lane(s, e) < 0)
		return -1;
	s->exe = bundle_exe(s->b);
	if (!file_exists(s->exe))
		return err_set(e, EXIT_ENVIRON,
			       "%s: its executable %s is not there: copy the bundle with its campaign's "
			       "builds/%s",
			       s->b->name, s->exe, s->b->build_id);
	s->dir = replay_temp_make(e);
	if (!s->dir)
		return -1;
	if (s->qemu)
		s->socket = xasprintf("%s/gdb", s->dir);
	return make_recorder(s, e);
}

static void session_close(struct session *s)
{
	struct err ignored;

	if (s->dir)
		dir_remove(s->dir, &ignored);
	free(s->goroot);
	free(s->exe);
	free(s->dir);
	free(s->socket);
}

/* Plans of the command line; malloc'd, NULL-terminated. */
static char **plans(const struct session *s)
{
	uint32_t earlier = s->o->with_earlier ? s->b->earlier_count : 0, n = 0;
	char **list = xcalloc(earlier + REPEATED + 1, sizeof(*list));

	for (; n < earlier; n++)
		list[n] = xasprintf("%s/earlier-%u", s->b->dir, n);
	for (int i = 0; i < REPEATED; i++)
		list[n++] = xasprintf("%s/plan", s->b->dir);
	return list;
}

static void plans_free(char **list)
{
	for (char **p = list; *p; p++)
		free(*p);
	free(list);
}

/* The guest under QEMU, waiting for gdb at the socket. */
static int start_guest(const struct session *s, char *const *env, char *const *list, pid_t *pid,
		       struct err *e)
{
	char *log = xasprintf("%s/guest.log", s->dir);
	struct words w = { 0 };
	struct proc_spec spec = {
		.argv = (char *const *)w.list, .env = env, .err_path = log, .die_with_parent = true
	};
	int64_t began = clock_ms();
	int rc;

	add(&w, s->qemu);
	add(&w, "-g");
	add(&w, s->socket);
	add(&w, s->exe);
	guest_engine_flags(s->engine, w.list);
	for (w.count = 0; w.list[w.count]; w.count++)
		;
	for (char *const *p = list; *p; p++)
		add(&w, *p);
	rc = proc_start(&spec, pid, e);
	while (rc == 0 && access(s->socket, F_OK) < 0 && clock_ms() - began < SOCKET_MS)
		usleep(20000);
	free(log);
	return rc;
}

static void end_guest(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(-pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* gdb with the terminal that we have; what is typed is its own. */
static int talk(const struct words *w, char *const *env, struct debug_result *r, struct err *e)
{
	pid_t pid;
	int rc;

	for (; *env; env++)
		putenv(*env); /* this process does nothing else any more */
	signal(SIGINT, SIG_IGN);
	rc = posix_spawnp(&pid, w->list[0], NULL, NULL, (char *const *)w->list, environ);
	if (rc) {
		errno = rc;
		return err_errno(e, EXIT_ENVIRON, "could not run %s", w->list[0]);
	}
	while (waitpid(pid, &r->status, 0) < 0 && errno == EINTR)
		;
	return 0;
}

/* gdb alone. Nothing stops a hang but a signal: to gdb, or to QEMU, which does not look for gdb's. */
static int listen(const struct session *s, const struct words *w, char *const *env, pid_t guest,
		  struct debug_result *r, struct err *e)
{
	char *log = xasprintf("%s/gdb.log", s->dir), *errors = xasprintf("%s/gdb.errors", s->dir);
	struct proc_spec spec = { .argv = (char *const *)w->list,
				  .env = env,
				  .out_path = log,
				  .err_path = errors,
				  .die_with_parent = true };
	bool hang = s->b->rec->fault.kind == CGOFUZZ_FAULT_HANG, asked = false;
	const int hang_ms = s->lane.arch ? 3 * s->lane.arch->hang_ms + 8000 : 0;
	int64_t began = clock_ms();
	pid_t pid = 0;
	int rc = proc_start(&spec, &pid, e);

	while (rc == 0 && waitpid(pid, &r->status, WNOHANG) == 0) {
		int64_t now = clock_ms() - began;

		if (hang && !asked && now > hang_ms) {
			kill(guest > 0 ? guest : pid, SIGINT);
			asked = true;
		}
		if (now > BATCH_MS)
			kill(-pid, SIGKILL);
		usleep(20000);
	}
	if (rc == 0)
		rc = file_read(log, 4 << 20, &r->output, e);
	r->stopped = strstr(r->output.ptr, "\n#0 ") != NULL;
	if (rc == 0 && !r->stopped) /* why */
		rc = file_read(errors, 4 << 20, &r->output, e);
	free(log);
	free(errors);
	return rc;
}

static int run_gdb(const struct session *s, const char *script, char *const *env, char *const *list,
		   pid_t guest, struct debug_result *r, struct err *e)
{
	char *safe = s->goroot ? xasprintf("add-auto-load-safe-path %s", s->goroot) : NULL;
	struct words w = { 0 };
	int rc;

	add(&w, r->gdb);
	add(&w, "-q");
	add(&w, "-nx");
	if (s->o->batch)
		add(&w, "-batch");
	if (safe) { /* before --args loads the program, which names the runtime's support */
		add(&w, "-iex");
		add(&w, safe);
	}
	add(&w, "-x");
	add(&w, script);
	for (char *const *p = s->o->args; p && *p; p++)
		add(&w, *p);
	if (!s->socket) {
		size_t at = w.count + 2;

		add(&w, "--args");
		add(&w, s->exe);
		guest_engine_flags(s->engine, w.list);
		for (w.count = at; w.list[w.count]; w.count++)
			;
		for (char *const *p = list; *p; p++)
			add(&w, *p);
	}
	rc = s->o->batch ? listen(s, &w, env, guest, r, e) : talk(&w, env, r, e);
	free(safe);
	return rc;
}

static int run(const struct session *s, struct debug_result *r, struct err *e)
{
	char *dir = xasprintf("%s=%s/recorder", CGOFUZZ_DIR_ENV, s->dir);
	char *script = xasprintf("%s/script", s->dir), **list = plans(s);
	struct toolchain tools = { .qemu = s->qemu };
	char *calm = NULL;
	const char *env[24] = { NULL }, *argv[8] = { NULL };
	struct buf text = BUF_INIT;
	pid_t guest = 0;
	size_t n = 0;
	int rc;

	guest_command(&s->lane, &tools, argv, env);
	for (; env[n]; n++)
		if (s->socket && !strncmp(env[n], "GODEBUG=", 8)) {
			/* Each SIGURG would go through gdb, which sometimes does not come back from it. */
			calm = xasprintf("%s,asyncpreemptoff=1", env[n]);
			env[n] = calm;
		}
	env[n++] = dir;
	if (s->b->rec->misuse == 1)
		env[n++] = CGOFUZZ_MISUSE_ENV "=1";
	session_script(s, &text);
	rc = file_write(script, text.ptr, text.len, e);
	if (rc == 0 && s->socket)
		rc = start_guest(s, (char *const *)env, list, &guest, e);
	if (rc == 0)
		rc = run_gdb(s, script, (char *const *)env, list, guest, r, e);
	end_guest(guest);
	plans_free(list);
	buf_release(&text);
	free(calm);
	free(script);
	free(dir);
	return rc;
}

/* A session of its own. */
static int try_once(const struct bundle *b, const struct debug_options *o, struct debug_result *r,
		    struct err *e)
{
	struct session s = { .b = b, .o = o };
	int rc = session_open(&s, e);

	if (rc == 0)
		rc = run(&s, r, e);
	session_close(&s);
	return rc;
}

int debug_bundle(const struct bundle *b, const struct debug_options *o, struct debug_result *r,
		 struct err *e)
{
	char *found;
	int rc = 0;

	setrlimit(RLIMIT_CORE,
		  &(struct rlimit){ 0 }); /* gdb is there instead; this process does nothing else */
	*r = (struct debug_result){ .output = BUF_INIT };
	r->gdb = b->rec->arch == CGOFUZZ_ARCH_ARM64 ? "gdb-multiarch" : "gdb";
	found = proc_which(r->gdb);
	if (!found)
		return err_set(e, EXIT_ENVIRON, "no %s in PATH; try: apt-get install %s", r->gdb,
			       r->gdb);
	free(found);
	for (int i = 0; i < ATTEMPTS && rc == 0; i++) {
		buf_reset(&r->output);
		rc = try_once(b, o, r, e);
		if (!o->batch || r->stopped || !WIFSIGNALED(r->status))
			break;
	}
	return rc;
}

void debug_result_release(struct debug_result *r)
{
	buf_release(&r->output);
}
