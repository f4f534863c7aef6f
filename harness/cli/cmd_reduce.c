/* cmd_reduce.c: cli. A bundle made smaller that shows the same fault. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "base/log.h"
#include "cli/option.h"
#include "triage/command.h"
#include "triage/next.h"
#include "triage/reduce/reduce.h"
#include "triage/text.h"

enum { OPT_OUT = 256, OPT_JOBS, OPT_TIME, OPT_DB };

#define MAX_JOBS 64

struct reduce_args {
	const char *dir;
	struct reduce_options o;
};

static const struct argp_option options[] = {
	{ "out", OPT_OUT, "DIR", 0,
	  "Where the reduced bundle goes: CAMPAIGN/reduced/NAME, or BUNDLE.reduced outside of campaigns",
	  0 },
	{ "jobs", OPT_JOBS, "N", 0,
	  "Candidates tried at once (2); the result does not depend on it", 0 },
	{ "time", OPT_TIME, "T", 0, "Stop after that; the same command again goes on (10m)", 0 },
	{ "db", OPT_DB, "FILE", 0, "Tell this database; else that of the bundle's campaign", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct reduce_args *a = state->input;
	struct err e = ERR_INIT;
	uint64_t n;

	switch (key) {
	case OPT_OUT:
		a->o.out = arg;
		return 0;
	case OPT_JOBS:
		if (option_u64(arg, "--jobs", &n, &e) < 0)
			option_reject(state, &e);
		if (n < 1 || n > MAX_JOBS)
			argp_error(state, "--jobs: 1 to %d", MAX_JOBS);
		a->o.jobs = (int)n;
		return 0;
	case OPT_TIME:
		if (option_duration(arg, &a->o.time_ms, &e) < 0)
			option_reject(state, &e);
		return 0;
	case OPT_DB:
		a->o.db = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (a->dir)
			argp_error(state, "one bundle at a time: %s or %s", a->dir, arg);
		a->dir = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which bundle? cgofuzz reduce BUNDLE");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static json_t *size_json(const struct reduce_size *s)
{
	return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i}", "plans", (int)s->plans, "steps",
			 (int)s->steps, "depth", (int)s->depth, "arguments", (int)s->arguments,
			 "leaves", (int)s->leaves, "text", (int)s->text);
}

static const char *verdict(const struct reduced *r)
{
	return !r->same ? "not reproduced" : r->unfinished ? "unfinished" : "reduced";
}

static int print_json(const struct bundle *b, const struct reduced *r)
{
	return option_print_json(json_pack(
		"{s:i, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:i, s:i, s:b, s:o, s:i, s:i, s:I}",
		"version", 1, "bundle", option_json_text(b->dir), "verdict", verdict(r), "reduced",
		r->same ? option_json_text(r->dir) : json_null(), "signature",
		option_json_text(r->signature.ptr), "title", option_json_text(r->title.ptr), "case",
		option_json_text(r->case_text.ptr), "plan", option_json_text(r->plan_text.ptr),
		"before", size_json(&r->before), "after", size_json(&r->after), "same", r->same,
		"tries", r->tries, "need_earlier", r->need_earlier, "case_why",
		r->case_why ? json_string(r->case_why) : json_null(), "runs", (int)r->runs,
		"builds", (int)r->builds, "wall_ms", (json_int_t)r->wall_ms));
}

static void print_row(const char *what, uint32_t before, uint32_t after)
{
	printf("  %-10s %4" PRIu32 " -> %" PRIu32 "\n", what, before, after);
}

/* On with it, the next thing, or why not. */
static void print_next(const struct bundle *b, const struct reduced *r, const char *db)
{
	struct buf line = BUF_INIT;

	if (!r->same) {
		buf_addf(&line,
			 "not reproduced 0/%d: there is nothing to hold on to\nnext: ", r->tries);
		command_add(&line, "replay", b->dir);
		buf_addch(&line, '\n');
	} else {
		buf_addstr(&line, "look: ");
		command_add(&line, "show", r->dir);
		buf_addch(&line, '\n');
		next_of_bundle(r->unfinished ? NEXT_REDUCE : NEXT_BLAME,
			       r->unfinished ? b->dir : r->dir, db, &line);
	}
	fwrite(line.ptr, 1, line.len, stdout);
	buf_release(&line);
}

static void print_text(const struct reduced *r)
{
	const char *line = r->plan_text.ptr;
	struct buf shown = BUF_INIT;

	printf("%s\nsignature: %s\n", r->title.ptr, r->signature.ptr);
	print_row("plans", r->before.plans, r->after.plans);
	print_row("steps", r->before.steps, r->after.steps);
	print_row("depth", r->before.depth, r->after.depth);
	print_row("arguments", r->before.arguments, r->after.arguments);
	print_row("leaves", r->before.leaves, r->after.leaves);
	if (r->case_why)
		printf("  the case is as it was: %s\n", r->case_why);
	text_escape(&shown, r->case_text.ptr, r->case_text.len);
	printf("case: %s\nplan:\n", shown.ptr);
	for (; *line; line += strcspn(line, "\n") + 1)
		printf("  %.*s\n", (int)strcspn(line, "\n"), line);
	if (r->before_already)
		printf("it was reduced before, replayed %d/%d then\n", r->same, r->tries);
	else
		printf("replayed %d/%d; %" PRIu32 " runs, %" PRIu32 " builds, %.1f s%s\n", r->same,
		       r->tries, r->runs, r->builds, (double)r->wall_ms / 1000,
		       r->unfinished ? "; the time was over: the same command again goes on" : "");
	buf_release(&shown);
}

static int report(const struct bundle *b, const struct reduced *r, const char *db)
{
	if (option_json && print_json(b, r) != EXIT_CLEAN)
		return EXIT_ENVIRON;
	if (!option_json && r->same)
		print_text(r);
	if (!option_json)
		print_next(b, r, db);
	return r->same ? EXIT_CLEAN : EXIT_FOUND;
}

int cmd_reduce(int argc, char **argv)
{
	static const struct argp_child children[] = { OPTION_COMMON, { 0 } };
	static const struct argp argp = {
		options,
		parse,
		"BUNDLE",
		"Makes a bundle smaller as long as it shows the same fault, by its strict signature: fewer plans, "
		"steps and arguments, simpler types, smaller numbers.\vExit status: 0 there is a reduced "
		"bundle, 1 the fault does not show again.",
		children,
		NULL,
		NULL
	};
	struct reduce_args a = { .o = { .jobs = 2, .time_ms = 600000 } };
	struct err e = ERR_INIT;
	struct bundle b;
	struct reduced r;
	int rc;

	argp_parse(&argp, argc, argv, 0, NULL, &a);
	if (bundle_load(&b, a.dir, &e) < 0)
		return option_fail(&e);
	rc = reduce_run(&r, &b, &a.o, &e);
	if (rc == 0)
		rc = report(&b, &r, a.o.db);
	reduced_release(&r);
	bundle_release(&b);
	return rc < 0 ? option_fail(&e) : rc;
}
