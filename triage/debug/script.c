/* script.c: triage. What gdb is told before a person, or nobody, takes over. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "triage/debug/internal.h"
#include "triage/fault.h"

/* Go's runtime sends and handles these all the time (runtime/signal_unix.go, runtime/proc.go). */
static const char *const passing[] = { "SIGURG",    "SIGPROF", "SIGPIPE", "SIGCHLD",  "SIGALRM",
				       "SIGVTALRM", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIG34" };

static bool is_signal(const struct cgofuzz_fault *f)
{
	return f->kind == CGOFUZZ_FAULT_SIGNAL && f->signo > 0;
}

static void add_stop(const struct session *s, struct buf *out)
{
	const struct cgofuzz_fault *f = &s->b->rec->fault;
	bool arm = s->b->rec->arch == CGOFUZZ_ARCH_ARM64;

	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		buf_addf(out, "handle %s nostop noprint pass\n", passing[i]);
	if (is_signal(f) && *signal_name(f->signo) == 'S') {
		buf_addf(out, "handle %s stop print pass\n", signal_name(f->signo));
	} else if (f->kind == CGOFUZZ_FAULT_DEATH) {
		/* Nobody in the program sees it coming. */
		buf_addstr(out,
			   s->socket ? "break kill\nbreak raise\n" /* QEMU 7.2 cannot catch calls */
				     : "catch syscall kill\ncatch syscall tgkill\n");
	} else if (f->kind != CGOFUZZ_FAULT_HANG) {
		/* cgofuzz_fault_open(kind, seer, slot, direction), before its first instruction. Layouts of other
		 * slots come by here too. */
		buf_addf(out,
			 "break *cgofuzz_fault_open if (unsigned)$%s == %u && (unsigned)$%s == %u\n",
			 arm ? "x0" : "rdi", f->kind, arm ? "x2" : "rdx", f->slot);
	}
}

static void add_sources(const struct session *s, struct buf *out)
{
	char *kept = bundle_build_file(s->b, "callee.c");

	if (file_exists(kept)) {
		*strrchr(kept, '/') = '\0';
		buf_addf(out, "set substitute-path %s/build/%s %s\ndirectory %s\n", cache_dir(),
			 s->b->build_id, kept, kept);
	}
	buf_addf(out, "directory %s\n", data_dir());
	free(kept);
}

void session_script(const struct session *s, struct buf *out)
{
	char *support = xasprintf("%s/src/runtime/runtime-gdb.py", s->goroot ? s->goroot : "");

	buf_addstr(out,
		   "set pagination off\nset confirm off\nset startup-with-shell off\n"
		   "set print thread-events off\nset breakpoint pending on\nset language c\n");
	add_sources(s, out);
	if (s->socket)
		buf_addf(out, "set sysroot %s\n", s->lane.arch->ld_prefix);
	buf_addf(out, "file %s\n", s->exe);
	/* Twice does no harm: gdb may have loaded it on its own, from the path that the executable names. */
	if (s->goroot && file_exists(support))
		buf_addf(out, "source %s\n", support);
	add_stop(s, out);
	if (s->socket)
		buf_addf(out, "target remote %s\ncontinue\n", s->socket);
	else
		buf_addstr(out, "run\n");
	if (s->o->batch)
		buf_addstr(out, "backtrace\nkill\n");
	free(support);
}
