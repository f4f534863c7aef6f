/* cmd_emit.c: cli. Writes a standalone reproducer of a case: plain C and Go with a Makefile. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "cli/cases.h"
#include "cli/option.h"
#include "emit/batch.h"
#include "triage/next.h"
#include "triage/text.h"
#include "triage/upstream/upstream.h"

struct options {
	const char *text, *dir, *bundle, *db;
	uint64_t seed;
};

enum { KEY_DIR = 0x2000, KEY_SEED, KEY_BUNDLE, KEY_DB };

#define EXIT_NONE 4 /* of --bundle: none can exist */

static const struct argp_option option_table[] = {
	{ "dir", KEY_DIR, "DIR", 0,
	  "Where to; made if it is not there. Of a bundle: CAMPAIGN/upstream/NAME, or BUNDLE.upstream",
	  0 },
	{ "bundle", KEY_BUNDLE, "BUNDLE", 0,
	  "of the call that failed in a bundle, instead of a case; tried before it is offered", 0 },
	{ "db", KEY_DB, "FILE", 0,
	  "Of --bundle: tell this database; else that of the bundle's campaign", 0 },
	{ "seed", KEY_SEED, "N", 0, "same seed, same values (1)", 0 },
	{ 0 },
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	struct err e = ERR_INIT;

	switch (key) {
	case KEY_DIR:
		o->dir = arg;
		return 0;
	case KEY_BUNDLE:
		o->bundle = arg;
		return 0;
	case KEY_DB:
		o->db = arg;
		return 0;
	case KEY_SEED:
		if (option_u64(arg, "--seed", &o->seed, &e) < 0)
			option_reject(state, &e);
		return 0;
	case ARGP_KEY_ARG:
		if (o->text) {
			err_set(&e, EXIT_USAGE, "one case at a time; quote it");
			option_reject(state, &e);
		}
		o->text = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->text == !o->bundle || (o->text && !o->dir)) {
			err_set(&e, EXIT_USAGE, "%s",
				o->text && o->bundle ? "a case or a bundle, not both"
					: o->text || o->bundle
					? "--dir DIR is missing"
					: "no case given: a C declaration of f, '-' or @FILE");
			option_reject(state, &e);
		}
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The first case ends the reading. */
static int take_case(const char *text, size_t len, const char *name, void *ctx, struct err *e)
{
	if (case_parse(ctx, text, len, name, e) < 0)
		return -1;
	cases_note(ctx, name);
	return 1;
}

static int read_case(const char *arg, struct fuzz_case *c, struct err *e)
{
	int rc = cases_each(arg, take_case, c, e);

	return rc == 0 ? err_set(e, EXIT_USAGE, "no case in what was given") : rc;
}

static int print_done(const struct options *o, const struct fuzz_case *c)
{
	const char *const files[] = { "case.h", "case.c", emit_standalone_main(c), "Makefile",
				      "README" };
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		json_array_append_new(list, json_string(files[i]));
	return option_print_json(json_pack("{s:i, s:o, s:o, s:o}", "version", 1, "case",
					   option_json_text(c->text), "dir",
					   option_json_text(o->dir), "files", list));
}

static int list_file(const char *name, void *ctx)
{
	json_array_append_new(ctx, option_json_text(name));
	return 0;
}

static int print_upstream(const struct options *o, const struct upstream *u)
{
	json_t *list = json_array();
	struct err e = ERR_INIT;

	if (u->outcome != UPSTREAM_NONE)
		dir_each(o->dir, list_file, list, &e);
	return option_print_json(
		json_pack("{s:i, s:o, s:o, s:s, s:o, s:i, s:s, s:o}", "version", 1, "bundle",
			  option_json_text(o->bundle), "dir", option_json_text(o->dir), "outcome",
			  upstream_outcomes[u->outcome], "why", option_json_text(u->why.ptr),
			  "attempts", (int)u->attempts, "status", u->status, "files", list));
}

static char *upstream_dir(const struct options *o)
{
	char *home = triage_home(o->bundle), *path = path_absolute(o->bundle), *dir;
	const char *slash = strrchr(path, '/');

	if (o->dir)
		dir = xstrdup(o->dir);
	else if (home && slash)
		dir = xasprintf("%s/upstream/%s", home, slash + 1);
	else
		dir = xasprintf("%s.upstream", path);
	free(path);
	free(home);
	return dir;
}

static void print_outcome(const struct options *o, const struct upstream *u)
{
	struct buf line = BUF_INIT;

	if (u->outcome == UPSTREAM_SHOWN)
		printf("%s: shows it (%s); README there is the issue's text\n", o->dir, u->status);
	else if (u->outcome == UPSTREAM_NOT_SHOWN)
		printf("%s: does not show it: %s\n", o->dir, u->why.ptr);
	else
		printf("no plain program can show it: %s\n", u->why.ptr);
	if (u->outcome == UPSTREAM_SHOWN) {
		buf_addstr(&line, "read: ");
		text_shell(&line, o->dir);
		buf_addstr(&line, "/README\n");
	}
	next_of_bundle(NEXT_NOTHING, o->bundle, o->db, &line);
	fwrite(line.ptr, 1, line.len, stdout);
	buf_release(&line);
}

/* For `triage`, if it has been there. That it cannot be told is no failure. */
static void tell(const struct options *o, const struct upstream *u)
{
	const struct triage_upstream row = {
		.outcome = (char *)upstream_outcomes[u->outcome],
		.path = u->outcome == UPSTREAM_NONE ? (char *)"" : (char *)o->dir,
		.why = u->why.ptr,
	};
	char *where = o->db ? xstrdup(o->db) : triage_home(o->bundle);
	struct err e = ERR_INIT;

	if (where && triage_upstream_store(where, o->bundle, &row, &e) < 0)
		log_warn("%s: %s", o->bundle, e.msg);
	free(where);
}

/* Only what showed the fault is offered. */
static int emit_bundle(struct options *o)
{
	static const int statuses[] = {
		[UPSTREAM_SHOWN] = EXIT_CLEAN, [UPSTREAM_NOT_SHOWN] = EXIT_FOUND, [UPSTREAM_NONE] = EXIT_NONE
	};
	struct err e = ERR_INIT;
	struct bundle b;
	struct upstream u;
	int status;
	char *dir;

	if (bundle_load(&b, o->bundle, &e) < 0)
		return option_fail(&e);
	dir = upstream_dir(o);
	o->dir = dir;
	if (upstream_make(&u, &b, dir, &e) < 0) {
		status = option_fail(&e);
	} else {
		tell(o, &u);
		status = statuses[u.outcome];
		if (option_json && print_upstream(o, &u) != EXIT_CLEAN)
			status = EXIT_ENVIRON;
		if (!option_json)
			print_outcome(o, &u);
		upstream_release(&u);
	}
	free(dir);
	bundle_release(&b);
	return status;
}

int cmd_emit(int argc, char **argv)
{
	static const struct argp_child children[] = { OPTION_COMMON, { 0 } };
	static const struct argp argp = {
		.options = option_table,
		.parser = parse_option,
		.args_doc = "CASE --dir DIR\n--bundle BUNDLE [--dir DIR]",
		.doc = "Writes a standalone reproducer of a case: main.go, case.c, case.h, Makefile, README. It "
		       "shows the values that are passed and checks them in plain C and Go.\v"
		       "CASE is a C declaration of f, '-' (standard input) or @FILE: the first in it. In DIR: make, or "
		       "make ARCH=arm64 under QEMU. With --bundle: exit status 0 if the program shows the "
		       "bundle's fault, 1 if it does not, 4 if no plain program can.",
		.children = children,
	};
	struct options o = { .seed = 1 };
	struct err e = ERR_INIT;
	struct fuzz_case c = { 0 };
	int status = EXIT_CLEAN;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (o.bundle)
		return emit_bundle(&o);
	if (read_case(o.text, &c, &e) < 0 || emit_standalone(&c, o.seed, o.dir, &e) < 0)
		status = option_fail(&e);
	else if (option_json)
		status = print_done(&o, &c);
	else
		printf("%s: run make there, or make ARCH=arm64\n", o.dir);
	case_release(&c);
	return status;
}
