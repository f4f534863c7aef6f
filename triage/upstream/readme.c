/* readme.c: triage. The text of an issue, with what a reader needs to see the same. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/proc.h"
#include "triage/suspect.h"
#include "triage/text.h"
#include "triage/upstream/internal.h"

#define OUTPUT_KEPT 3000

/* The first line that a program says of itself. */
static void add_version(struct buf *out, const char *program, const char *option)
{
	char *name = xasprintf("%.*s", (int)strcspn(program, " "), program);
	char *argv[] = { name, (char *)option, NULL };
	char *env[] = { (char *)"GOTOOLCHAIN=local", (char *)"LC_ALL=C", NULL };
	struct buf said = BUF_INIT;
	struct proc_spec spec = {
		.argv = argv, .env = env, .out = &said, .limit = 4096, .deadline_ms = 20000
	};
	struct proc_result result;
	struct err e = ERR_INIT;

	if (proc_run(&spec, &result, &e) == 0 && result.status == 0 && said.len) {
		buf_addstr(out, "- ");
		text_escape(out, said.ptr, strcspn(said.ptr, "\n"));
		buf_addch(out, '\n');
	}
	buf_release(&said);
	free(name);
}

static void add_versions(struct buf *out, const struct attempt *a)
{
	char *go = xasprintf("%s/bin/go", a->tools.goroot);

	add_version(out, go, "version");
	add_version(out, a->tools.wrapper_cc, "--version");
	if (strcmp(a->tools.wrapper_cc, a->tools.callee_cc) != 0)
		add_version(out, a->tools.callee_cc, "--version");
	if (a->tools.qemu)
		add_version(out, a->tools.qemu, "--version");
	buf_addf(out, "- %s; wrappers `%s`, case.c `%s`", a->lane.arch->name, a->wrapper_flags,
		 a->callee_flags);
	if (*a->lane.settings)
		buf_addf(out, "; run with %s", a->lane.settings);
	buf_addch(out, '\n');
	free(go);
}

static void add_output(struct buf *out, const struct upstream *u)
{
	size_t from = 0, at = 0, len;
	struct buf safe = BUF_INIT;
	const char *line;

	/* Of a dump the beginning says what it is, of a table the end. */
	len = u->output.len < OUTPUT_KEPT ? u->output.len : OUTPUT_KEPT;
	text_escape_lines(&safe, u->output.ptr + from, len);
	while ((line = buf_line(&safe, &at, &len)))
		buf_addf(out, "    %.*s\n", (int)len, line);
	if (u->output.len > OUTPUT_KEPT)
		buf_addstr(out, "    ...\n");
	buf_release(&safe);
}

static void add_title(struct buf *out, const struct bundle *b)
{
	struct buf signature = BUF_INIT, title = BUF_INIT, stack = BUF_INIT;
	struct err e = ERR_INIT;
	bool weak;

	if (signature_make(b, &signature, &title, &stack, &weak, &e) == 0)
		text_escape(out, title.ptr, title.len);
	buf_release(&signature);
	buf_release(&title);
	buf_release(&stack);
}

static void add_guilty(struct buf *out, const struct bundle *b)
{
	struct suspect suspect;

	suspect_open(&suspect, b);
	if (suspect.side != GUILTY_UNKNOWN && suspect.side != GUILTY_NONE) {
		buf_addstr(out, "\n## Who\n\n");
		text_escape(out, suspect.words.ptr, suspect.words.len);
		buf_addch(out, '\n');
	}
	suspect_release(&suspect);
}

int attempt_readme(const struct attempt *a, const struct upstream *u, struct err *e)
{
	bool shown = u->outcome == UPSTREAM_SHOWN;
	struct buf out = BUF_INIT;
	char *path = xasprintf("%s/README", a->dir);
	int rc;

	buf_addstr(&out, "# ");
	add_title(&out, a->b);
	buf_addf(&out, "\n\n    %s\n\n", a->c.text);
	if (!shown)
		buf_addf(&out, "This program DOES NOT SHOW the fault: %s. Do not report it.\n\n",
			 u->why.ptr);
	buf_addstr(&out, "## Steps\n\n    make\n\nWants the tools below");
	buf_addf(&out, "%s.\n\n## Output\n\n",
		 a->tools.qemu ? ", on amd64 with qemu-user and the arm64 cross compiler" : "");
	add_output(&out, u);
	buf_addf(&out, "\nIt ends with %s.\n", u->status);
	if (shown)
		buf_addstr(&out,
			   "Expected: every line without WRONG, \"all as expected\", exit status 0.\n");
	add_guilty(&out, a->b);
	buf_addstr(&out, "\n## Versions\n\n");
	add_versions(&out, a);
	rc = file_write(path, out.ptr, out.len, e);
	buf_release(&out);
	free(path);
	return rc;
}
