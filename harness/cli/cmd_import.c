/* cmd_import.c: cli. Crashes from elsewhere become bundles of a campaign, and cluster with the rest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/option.h"
#include "lane/lane.h"
#include "triage/fault.h"
#include "triage/import/import.h"
#include "triage/text.h"

enum { OPT_OUT = 0x2000, OPT_PROGRAM, OPT_STDIN, OPT_TIME, OPT_ARCH };

struct import_args {
	struct import_options options;
	const char **files;
	int count;
	json_t *imported, *refused; /* of --json */
	int failed; /* exit status of the first that could not be imported; 0: none */
};

static const struct argp_option option_table[] = {
	{ "out", OPT_OUT, "DIR", 0, "campaign's directory that they go to; made if it is not there",
	  0 },
	{ "program", OPT_PROGRAM, "FILE", 0,
	  "run this on files that hold no traceback; of a core: its executable", 0 },
	{ "stdin", OPT_STDIN, NULL, 0,
	  "it reads its standard input; else a file as its last argument", 0 },
	{ "time", OPT_TIME, "TIME", 0, "how long it may run: a hang after that (10s)", 0 },
	{ "arch", OPT_ARCH, "ARCH", 0, "where it crashed (amd64)", 0 },
	{ 0 },
};

static void take_time(struct import_args *a, const char *arg, struct argp_state *state)
{
	struct err e = ERR_INIT;
	int64_t ms;

	if (option_duration(arg, &ms, &e) < 0)
		option_reject(state, &e);
	a->options.deadline_ms = ms > 3600000 ? 3600000 : (int)ms;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct import_args *a = state->input;

	switch (key) {
	case OPT_OUT:
		a->options.out = arg;
		return 0;
	case OPT_PROGRAM:
		a->options.program = arg;
		return 0;
	case OPT_STDIN:
		a->options.input_on_stdin = true;
		return 0;
	case OPT_TIME:
		take_time(a, arg, state);
		return 0;
	case OPT_ARCH:
		if (!arch_find(arg))
			argp_error(state, "unknown architecture '%s'; valid: amd64, arm64", arg);
		a->options.arch = arg;
		return 0;
	case ARGP_KEY_ARG:
		a->files[a->count++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (!a->count)
			argp_error(state, "which crashes? cgofuzz import --out DIR FILE...");
		if (!a->options.out)
			argp_error(state, "where to? --out DIR");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static void say(struct import_args *a, const struct import_result *r)
{
	struct buf text = BUF_INIT;

	if (option_json) {
		json_array_append_new(a->imported,
				      json_pack("{s:o, s:o, s:s, s:s, s:i, s:b}", "file",
						option_json_text(r->file), "bundle",
						option_json_text(r->bundle), "from", r->from,
						"kind", fault_kind_name(r->kind), "frames",
						(int)r->frames, "there", (int)r->there));
		return;
	}
	text_escape(&text, r->file, strlen(r->file));
	printf("%s: %s, %u frames (%s)%s\n", text.ptr, fault_kind_name(r->kind), r->frames, r->from,
	       r->there ? ", imported before" : "");
	buf_release(&text);
}

/* The others are still tried. */
static void import_one(struct import_args *a, const char *path)
{
	struct err e = ERR_INIT;
	struct import_result r;
	int status;

	if (import_file(&r, path, &a->options, &e) == 0) {
		say(a, &r);
		import_result_release(&r);
		return;
	}
	status = option_fail(&e);
	if (!a->failed)
		a->failed = status;
	json_array_append_new(a->refused,
			      json_pack("{s:o, s:o}", "file", option_json_text(path), "why",
					option_json_text(e.msg)));
}

struct walk {
	struct import_args *args;
	const char *dir;
};

/* AFL++ puts a README.txt beside its crashes. */
static int import_entry(const char *name, void *ctx)
{
	struct walk *w = ctx;
	char *path = xasprintf("%s/%s", w->dir, name);

	if (name[0] != '.' && strcmp(name, "README.txt") != 0 && !dir_exists(path))
		import_one(w->args, path);
	free(path);
	return 0;
}

static int import_all(struct import_args *a, struct err *e)
{
	for (int i = 0; i < a->count; i++) {
		struct walk w = { a, a->files[i] };

		if (!dir_exists(a->files[i]))
			import_one(a, a->files[i]);
		else if (dir_each(a->files[i], import_entry, &w, e) < 0)
			return -1;
	}
	return 0;
}

static int finish(struct import_args *a)
{
	struct buf word = BUF_INIT;
	int rc = EXIT_CLEAN;

	if (option_json) {
		rc = option_print_json(json_pack("{s:i, s:o, s:o, s:O, s:O}", "version", 1,
						 "campaign", option_json_text(a->options.out),
						 "next", json_string("cgofuzz triage"), "imported",
						 a->imported, "refused", a->refused));
	} else {
		text_shell(&word, a->options.out);
		printf("next: cgofuzz triage %s\n", word.ptr);
		buf_release(&word);
	}
	return a->failed ? a->failed : rc;
}

int cmd_import(int argc, char **argv)
{
	static const struct argp_child children[] = { OPTION_COMMON, { 0 } };
	static const struct argp argp = {
		.options = option_table,
		.parser = parse,
		.args_doc = "FILE...",
		.doc = "Makes bundles of crashes from elsewhere, which then cluster with the rest. A FILE is "
		       "text with a traceback (Go's, a sanitizer's, gdb's), an input that --program "
		       "crashes on, a core of --program, or a directory of such, as AFL++'s crashes/.\v"
		       "Without --program an input is imported only if its name tells the signal; such "
		       "clusters are weak.",
		.children = children,
	};
	struct import_args a = { .options = { .deadline_ms = 10000, .arch = "amd64" } };
	struct err e = ERR_INIT;
	int status;

	a.files = xcalloc((size_t)argc + 1, sizeof(*a.files));
	a.imported = json_array();
	a.refused = json_array();
	argp_parse(&argp, argc, argv, 0, NULL, &a);
	status = import_all(&a, &e) < 0 ? option_fail(&e) : finish(&a);
	json_decref(a.imported);
	json_decref(a.refused);
	free(a.files);
	return status;
}
