/* judge.c: triage. Does what a plain reproducer printed, and how it ended, show the bundle's fault? */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/proc.h"
#include "triage/fault.h"
#include "triage/leaf.h"
#include "triage/signature.h"
#include "triage/unwind_arch.h"
#include "triage/upstream/internal.h"

#define NULL_BYTES 65536u

/* A line that names `what` and ends in WRONG. */
static bool wrong_line(const struct buf *out, const char *what)
{
	size_t at = 0, len, n = strlen(what);
	const char *line;

	while ((line = buf_line(out, &at, &len))) {
		const char *name = memmem(line, len, what, n);

		if (name && len > 5 && !memcmp(line + len - 5, "WRONG", 5) && name > line &&
		    name[-1] == ' ' && strchr(" .[,", name[n]))
			return true;
	}
	return false;
}

/* "arg0.b" is "a0.b" in a reproducer. */
static bool shows_leaf(const struct attempt *a, const struct buf *out)
{
	struct fault_leaf leaf = leaf_find(a->f, &a->c);
	char name[100];

	if (a->f->leaf == CGOFUZZ_LEAF_ERRNO)
		return wrong_line(out, "errno");
	if (!leaf.found)
		return a->f->kind == CGOFUZZ_FAULT_CAPTURE && wrong_line(out, "result");
	snprintf(name, sizeof(name), "%s%s", a->f->is_result ? "result" : "a",
		 leaf.name + strlen(a->f->is_result ? "result" : "arg"));
	return wrong_line(out, name);
}

static bool shows_layout(const struct attempt *a, const struct buf *out)
{
	const struct cgofuzz_fault *f = a->f;
	const char *what = f->leaf == CGOFUZZ_LAYOUT_SIZE ? "size of "
		: f->leaf == CGOFUZZ_LAYOUT_ALIGN	  ? "alignment of "
							  : "offset of ";
	size_t at = 0, len;
	const char *line;
	char name[40];

	if (f->is_result)
		snprintf(name, sizeof(name), "%sresult", what);
	else
		snprintf(name, sizeof(name), "%sa%u", what, f->arg);
	while ((line = buf_line(out, &at, &len)))
		if (memmem(line, len, name, strlen(name)) && len > 5 &&
		    !memcmp(line + len - 5, "WRONG", 5))
			return true;
	return false;
}

static bool shows_register(const struct attempt *a, const struct buf *out)
{
	const struct unwind_arch *regs = unwind_arch_of((int)a->b->rec->arch);
	bool arm = a->b->rec->arch == CGOFUZZ_ARCH_ARM64;
	char name[16];

	switch (a->f->kind) {
	case CGOFUZZ_FAULT_GPR:
		return a->f->reg < UNWIND_REGS && regs->wire[a->f->reg] >= 0 &&
			wrong_line(out, regs->names[regs->wire[a->f->reg]]);
	case CGOFUZZ_FAULT_FPR:
		snprintf(name, sizeof(name), "d%u", a->f->reg >= 64 ? a->f->reg - 64 : a->f->reg);
		return wrong_line(out, name);
	case CGOFUZZ_FAULT_SP_ALIGN:
		return wrong_line(out, "stack pointer at entry, modulo 16");
	case CGOFUZZ_FAULT_SP_CHANGED:
		return wrong_line(out, arm ? "sp" : "rsp");
	case CGOFUZZ_FAULT_DIRECTION:
		return wrong_line(out, "direction flag");
	default:
		return wrong_line(out, arm ? "fpcr" : "mxcsr") || wrong_line(out, "x87");
	}
}

/* What Go says where a stack has ended: its own words of it may lie before what is kept of standard error. */
static char *overflow_of(const struct attempt *a)
{
	static const char *const words[][2] = { { "|goroutine-stack|", "fatal error: stack overflow" },
						{ "|g0-stack|", "morestack on g0" } };
	struct buf signature = BUF_INIT, title = BUF_INIT, stack = BUF_INIT;
	struct err e = ERR_INIT;
	char *found = NULL;
	bool weak;

	if (signature_make(a->b, &signature, &title, &stack, &weak, &e) == 0)
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (strstr(signature.ptr, words[i][0]))
				found = xstrdup(words[i][1]);
	buf_release(&signature);
	buf_release(&title);
	buf_release(&stack);
	return found;
}

/* Go's own last word of the bundle's guest, "fatal error: ...", malloc'd; NULL: none, or only that of a signal. */
static char *fatal_of(const struct attempt *a)
{
	char *path = xasprintf("%s/stderr.txt", a->b->dir), *found = NULL;
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	const char *at;

	if (file_exists(path) && file_read(path, 64 << 20, &text, &e) == 0 &&
	    (at = strstr(text.ptr, "fatal error: ")) &&
	    strncmp(at, "fatal error: unexpected", 23) != 0)
		found = xasprintf("%.*s", (int)strcspn(at, "\n"), at);
	buf_release(&text);
	free(path);
	return found ? found : overflow_of(a);
}

/* Go's "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x...]" has the address. */
static bool same_address(const struct attempt *a, const struct buf *out)
{
	const char *at = strstr(out->ptr, " addr=0x");
	bool null = !strcmp(signature_address_class(a->b->rec), "null");

	return !at || null == (strtoull(at + 6, NULL, 16) < NULL_BYTES);
}

static bool shows_signal(const struct attempt *a, const struct buf *out,
			 const struct proc_result *result)
{
	char *fatal = a->f->signo == 6 ? fatal_of(a) : NULL;
	const char *name = signal_name(a->f->signo);
	bool shows;

	if (fatal)
		shows = strstr(out->ptr, fatal) != NULL;
	else if (WIFSIGNALED(result->status) && WTERMSIG(result->status) == a->f->signo)
		shows = true;
	else
		shows = result->status && strstr(out->ptr, name) && same_address(a, out);
	free(fatal);
	return shows && !result->timed_out;
}

/* Nothing printed may mean that all went well. */
static bool ended_well(const struct buf *out)
{
	return strstr(out->ptr, "all as expected") != NULL;
}

static bool shows_panic(const struct attempt *a, const struct buf *out,
			const struct proc_result *result)
{
	char *panic = xasprintf("panic: %.200s", a->f->text);
	bool shows = WIFEXITED(result->status) && WEXITSTATUS(result->status) == 2 &&
		strstr(out->ptr, panic);

	free(panic);
	return shows;
}

bool attempt_shows(const struct attempt *a, const struct buf *out, const struct proc_result *result)
{
	const struct cgofuzz_fault *f = a->f;
	const int status = result->status;

	switch (f->kind) {
	case CGOFUZZ_FAULT_LEAF:
	case CGOFUZZ_FAULT_CAPTURE:
		return shows_leaf(a, out);
	case CGOFUZZ_FAULT_LAYOUT:
		return shows_layout(a, out);
	case CGOFUZZ_FAULT_SIGNAL:
		return shows_signal(a, out, result);
	case CGOFUZZ_FAULT_PANIC:
		return shows_panic(a, out, result);
	case CGOFUZZ_FAULT_EXIT:
		return WIFEXITED(status) && (uint64_t)WEXITSTATUS(status) == f->got &&
			!ended_well(out);
	case CGOFUZZ_FAULT_DEATH:
		return WIFSIGNALED(status) && !result->timed_out &&
			(!f->wait_status || WTERMSIG(status) == WTERMSIG(f->wait_status));
	case CGOFUZZ_FAULT_HANG:
		return result->timed_out || strstr(out->ptr, "all goroutines are asleep - deadlock!");
	default:
		return shows_register(a, out);
	}
}
