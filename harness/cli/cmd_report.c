/* cmd_report.c: cli. What a campaign found, as files: a page and other forms. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/option.h"
#include "triage/report/report.h"
#include "triage/text.h"

enum { OPT_KNOWN = 0x2000, OPT_FORMAT };

struct report_args {
	const char *dir;
	struct report_options options;
	const char *files[REPORT_FORMATS]; /* NULL: not asked for */
	bool asked;
};

static const struct argp_option options[] = {
#define FORMAT(name, file, about) \
	{ #name, OPT_FORMAT + REPORT_FORMAT_##name, "FILE", 0, about "; '-': standard output", 0 },
#include "triage/report/format.def"
#undef FORMAT
	{ "known-issues", OPT_KNOWN, "FILE", 0, "Instead of corpus/known-issues.yaml", 0 },
	{ 0 },
};

static void take_file(struct report_args *a, int format, char *arg, struct argp_state *state)
{
	a->files[format] = arg;
	a->asked = true;
	for (int i = 0; i < REPORT_FORMATS; i++)
		if (i != format && a->files[i] && !strcmp(a->files[i], arg))
			argp_error(state, "--%s and --%s both to %s", report_formats[i].name,
				   report_formats[format].name, arg);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct report_args *a = state->input;

	if (key >= OPT_FORMAT && key < OPT_FORMAT + (int)REPORT_FORMATS) {
		take_file(a, key - OPT_FORMAT, arg, state);
		return 0;
	}
	switch (key) {
	case OPT_KNOWN:
		a->options.known_issues = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (a->dir)
			argp_error(state, "one campaign or database at a time: %s or %s", a->dir,
				   arg);
		a->dir = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which campaign? cgofuzz report DIR");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static void say_written(const char *path)
{
	struct buf word = BUF_INIT;

	if (option_json)
		return;
	text_shell(&word, path);
	printf("%s\n", word.ptr);
	buf_release(&word);
}

static int write_format(const struct report *r, const struct report_format *format,
			const char *path, struct err *e)
{
	struct buf out = BUF_INIT;
	int rc = format->write(r, &out, e);

	if (rc == 0 && strcmp(path, "-") != 0) {
		rc = file_publish(path, out.ptr, out.len, e);
		if (rc == 0)
			say_written(path);
	} else if (rc == 0 && (fwrite(out.ptr, 1, out.len, stdout) != out.len || fflush(stdout))) {
		rc = err_errno(e, EXIT_ENVIRON, "standard output");
	}
	buf_release(&out);
	return rc;
}

/* What was asked for; the page beside the clusters if nothing was. */
static int write_all(const struct report_args *a, const struct report *r, struct err *e)
{
	char *page = NULL;
	int rc = 0;

	if (!a->asked && !option_json) {
		page = xasprintf("%s/%s", r->dir, report_formats[REPORT_FORMAT_html].file);
		rc = write_format(r, &report_formats[REPORT_FORMAT_html], page, e);
		free(page);
	}
	for (int i = 0; i < REPORT_FORMATS && rc == 0; i++)
		if (a->files[i])
			rc = write_format(r, &report_formats[i], a->files[i], e);
	return rc;
}

static int check_args(const struct report_args *a, struct err *e)
{
	const char *known = a->options.known_issues;

	for (int i = 0; i < REPORT_FORMATS; i++)
		if (option_json && a->files[i] && !strcmp(a->files[i], "-"))
			return err_set(e, EXIT_USAGE,
				       "--json and --%s - both want standard output: name a file",
				       report_formats[i].name);
	if (known && access(known, R_OK) < 0)
		return err_errno(e, EXIT_USAGE, "could not read the known issues of %s", known);
	return 0;
}

int cmd_report(int argc, char **argv)
{
	static const struct argp_child children[] = { OPTION_COMMON, { 0 } };
	static const struct argp argp = {
		options,
		parse,
		"DIR\nDATABASE",
		"Writes what triage made of a campaign: a page, and forms that other programs read. "
		"Without a form: --html DIR/report.html.\vReads what `cgofuzz triage DIR` has written; may "
		"run while the campaign does.",
		children,
		NULL,
		NULL
	};
	struct report_args a = { 0 };
	struct err e = ERR_INIT;
	struct report r;
	int rc;

	argp_parse(&argp, argc, argv, 0, NULL, &a);
	if (check_args(&a, &e) < 0 || report_gather(&r, a.dir, &a.options, &e) < 0)
		return option_fail(&e);
	rc = write_all(&a, &r, &e);
	if (rc < 0)
		rc = option_fail(&e);
	else
		rc = option_json ? option_print_json(report_to_json(&r)) : EXIT_CLEAN;
	report_release(&r);
	return rc;
}
