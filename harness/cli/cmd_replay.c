/* cmd_replay.c: cli. The plan of a bundle once more: 0 the same fault, 1 not, 4 not every time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/option.h"
#include "triage/replay.h"

enum { OPT_TRIES = 256, OPT_REFERENCE };

struct replay_args {
	const char *dir;
	int tries;
	bool reference;
};

static const struct argp_option options[] = {
	{ "tries", OPT_TRIES, "N", 0, "How often (3)", 0 },
	{ "reference", OPT_REFERENCE, NULL, 0, "Build its cases again by plain `go build` first", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct replay_args *a = state->input;
	struct err e = ERR_INIT;

	switch (key) {
	case OPT_TRIES:
		if (option_tries(arg, &a->tries, &e) < 0)
			option_reject(state, &e);
		return 0;
	case OPT_REFERENCE:
		a->reference = true;
		return 0;
	case ARGP_KEY_ARG:
		if (a->dir)
			argp_error(state, "one bundle at a time: %s or %s", a->dir, arg);
		a->dir = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which bundle? cgofuzz replay BUNDLE");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const char *verdict(const struct replay *r)
{
	return r->same == r->tries ? "reproduced" : r->same ? "flaky" : "not reproduced";
}

static int print_json(const struct bundle *b, const struct replay *r, const char *signature,
		      const char *title)
{
	return option_print_json(json_pack("{s:i, s:o, s:s, s:o, s:o, s:i, s:i, s:b}", "version", 1,
					   "bundle", option_json_text(b->dir), "verdict",
					   verdict(r), "signature", option_json_text(signature),
					   "title", option_json_text(title), "same", r->same,
					   "tries", r->tries, "with_earlier", r->with_earlier));
}

static int replay_one(const struct replay_args *a, const struct bundle *b, struct err *e)
{
	struct buf signature = BUF_INIT, title = BUF_INIT, stack = BUF_INIT, text = BUF_INIT;
	struct replay r;
	bool weak;
	int rc = signature_make(b, &signature, &title, &stack, &weak, e);

	if (rc == 0)
		rc = replay_run(&r, b, a->tries, a->reference, &text, e);
	if (rc == 0) {
		rc = r.same == r.tries ? EXIT_CLEAN : r.same ? EXIT_FLAKY : EXIT_FOUND;
		if (option_json && print_json(b, &r, signature.ptr, title.ptr) != EXIT_CLEAN)
			rc = EXIT_ENVIRON;
		else if (!option_json)
			printf("%s\n%s%s %d/%d%s\n", title.ptr, text.ptr, verdict(&r), r.same,
			       r.tries,
			       r.same && r.with_earlier ? " (with the plans that ran before it)"
							: "");
		replay_release(&r);
	}
	buf_release(&signature);
	buf_release(&title);
	buf_release(&stack);
	buf_release(&text);
	return rc;
}

int cmd_replay(int argc, char **argv)
{
	static const struct argp_child children[] = { OPTION_COMMON, { 0 } };
	static const struct argp argp = {
		options,
		parse,
		"BUNDLE",
		"Runs the plan of a bundle again, with the executable that found it.\vExit status: 0 the "
		"same fault every time, 1 never, 4 not every time.",
		children,
		NULL,
		NULL
	};
	struct replay_args a = { .tries = 3 };
	struct err e = ERR_INIT;
	struct bundle b;
	int rc;

	argp_parse(&argp, argc, argv, 0, NULL, &a);
	if (bundle_load(&b, a.dir, &e) < 0)
		return option_fail(&e);
	rc = replay_one(&a, &b, &e);
	bundle_release(&b);
	return rc < 0 ? option_fail(&e) : rc;
}
