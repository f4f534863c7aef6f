/* cmd_gdb.c: cli. A bundle's guest in gdb, stopped at the fault. */
#include <stdio.h>
#include <sys/wait.h>

#include "cli/option.h"
#include "triage/debug/debug.h"
#include "triage/text.h"

struct gdb_args {
	const char *dir;
	struct debug_options o;
};

enum { KEY_BATCH = 0x2000, KEY_EARLIER };

static const struct argp_option option_table[] = {
	{ "batch", KEY_BATCH, NULL, 0, "print the stack at the fault and end", 0 },
	{ "with-earlier", KEY_EARLIER, NULL, 0,
	  "run the plans that ran before it in its process, too: see what replay says", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct gdb_args *a = state->input;

	switch (key) {
	case KEY_BATCH:
		a->o.batch = true;
		return 0;
	case KEY_EARLIER:
		a->o.with_earlier = true;
		return 0;
	case ARGP_KEY_ARG:
		if (!a->dir) {
			a->dir = arg;
			return 0;
		}
		a->o.args = state->argv + state->next - 1; /* the rest is gdb's */
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which bundle? cgofuzz gdb BUNDLE");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static int print_result(const struct bundle *b, const struct debug_result *r)
{
	struct buf text = BUF_INIT;
	int rc = EXIT_CLEAN;

	text_escape_lines(&text, r->output.ptr, r->output.len);
	if (option_json)
		rc = option_print_json(json_pack("{s:i, s:o, s:s, s:b, s:o}", "version", 1, "bundle",
						 option_json_text(b->dir), "gdb", r->gdb, "stopped",
						 r->stopped, "output", option_json_text(text.ptr)));
	else
		fwrite(text.ptr, 1, text.len, stdout);
	buf_release(&text);
	return rc != EXIT_CLEAN ? rc : r->stopped ? EXIT_CLEAN : EXIT_FOUND;
}

int cmd_gdb(int argc, char **argv)
{
	static const struct argp_child children[] = { OPTION_COMMON, { 0 } };
	static const struct argp argp = {
		option_table,
		parse,
		"BUNDLE [-- GDB ARGUMENTS]",
		"Opens a bundle's guest in gdb, stopped at its fault, with the symbols of C and Go: natively, or "
		"gdb-multiarch on QEMU's gdbstub. gdb does not get across all switches between C and Go: "
		"cgofuzz show has the whole stack.\v"
		"Of a hang: Ctrl-C. With --batch, or --json: exit status 0 if it stopped at the fault, else 1.",
		children,
		NULL,
		NULL
	};
	struct gdb_args a = { 0 };
	struct err e = ERR_INIT;
	struct debug_result r;
	struct bundle b;
	int rc;

	argp_parse(&argp, argc, argv, 0, NULL, &a);
	a.o.batch |= option_json;
	if (bundle_load(&b, a.dir, &e) < 0)
		return option_fail(&e);
	if (debug_bundle(&b, &a.o, &r, &e) < 0)
		rc = option_fail(&e);
	else if (a.o.batch)
		rc = print_result(&b, &r);
	else
		rc = WIFEXITED(r.status) ? WEXITSTATUS(r.status) : EXIT_ENVIRON;
	debug_result_release(&r);
	bundle_release(&b);
	return rc;
}
