/* cmd_blame.c: cli. Which component of a bundle's lane decides. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/option.h"
#include "triage/blame/blame.h"
#include "triage/next.h"
#include "triage/text.h"

enum { OPT_LANE = 256, OPT_ONLY, OPT_JOBS, OPT_TRIES, OPT_DB };

#define MAX_JOBS 64

struct blame_args {
	const char *dir;
	struct blame_options o;
	struct buf lanes;
};

static const struct argp_option options[] = {
	{ "lane", OPT_LANE, "LANE", 0, "Try this lane, too (several by commas, or again)", 0 },
	{ "only", OPT_ONLY, "NAME", 0,
	  "Change only this component (several by commas; a name that is none lists all)", 0 },
	{ "jobs", OPT_JOBS, "N", 0, "Lanes at once (2)", 0 },
	{ "tries", OPT_TRIES, "N", 0, "How often in each lane (2)", 0 },
	{ "db", OPT_DB, "FILE", 0, "Tell this database; else that of the bundle's campaign", 0 },
	{ 0 },
};

static int take_only(const char *text, uint32_t *only, struct err *e)
{
	*only = 0;
	while (*text) {
		const size_t len = strcspn(text, ",");
		char *name = xasprintf("%.*s", (int)len, text);
		const int c = option_choice(name, "--only", component_names, e);

		free(name);
		if (c < 0)
			return -1;
		*only |= 1u << c;
		text += len + (text[len] == ',');
	}
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct blame_args *a = state->input;
	struct err e = ERR_INIT;
	uint64_t n;

	switch (key) {
	case OPT_LANE:
		buf_addf(&a->lanes, "%s%s", a->lanes.len ? "," : "", arg);
		return 0;
	case OPT_ONLY:
		if (take_only(arg, &a->o.only, &e) < 0)
			option_reject(state, &e);
		return 0;
	case OPT_JOBS:
		if (option_u64(arg, "--jobs", &n, &e) < 0)
			option_reject(state, &e);
		if (n < 1 || n > MAX_JOBS)
			argp_error(state, "--jobs: 1 to %d", MAX_JOBS);
		a->o.jobs = (int)n;
		return 0;
	case OPT_TRIES:
		if (option_tries(arg, &a->o.tries, &e) < 0)
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
		argp_error(state, "which bundle? cgofuzz blame BUNDLE");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static json_t *components_json(uint32_t set)
{
	json_t *list = json_array();

	for (int c = 0; c < COMPONENTS; c++)
		if (set >> c & 1)
			json_array_append_new(list, json_string(component_words[c]));
	return list;
}

static json_t *text_or_null(const char *text)
{
	return text ? option_json_text(text) : json_null();
}

static int print_json(const struct bundle *b, const struct blamed *r)
{
	json_t *lanes = json_array();

	for (uint32_t i = 0; i < r->count; i++) {
		const struct blame_lane *l = &r->lanes[i];

		json_array_append_new(lanes,
				      json_pack("{s:s, s:o, s:s, s:o, s:i, s:i, s:o}", "lane",
						l->lane.name, "changed", components_json(l->changed),
						"verdict", lane_verdict_words[l->verdict], "signature",
						text_or_null(l->signature), "same", l->same,
						"tries", l->tries, "why", text_or_null(l->why)));
	}
	return option_print_json(json_pack(
		"{s:i, s:o, s:s, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:I}", "version", 1, "bundle",
		option_json_text(b->dir), "verdict",
		!r->reproduced		 ? "not reproduced"
			: r->set.decides ? "decided"
					 : "undecided",
		"signature", option_json_text(r->signature.ptr), "title",
		option_json_text(r->title.ptr), "decides", components_json(r->set.decides),
		"together", r->set.together, "sufficient",
		r->set.known ? json_boolean(r->set.sufficient) : json_null(), "words",
		option_json_text(r->words.ptr), "lanes", lanes, "wall_ms", (json_int_t)r->wall_ms));
}

static void print_text(const struct bundle *b, const struct blamed *r)
{
	struct buf safe = BUF_INIT;

	if (!r->reproduced) {
		printf("not reproduced: nothing can be said; %s\n", r->words.ptr);
		return;
	}
	text_escape(&safe, r->title.ptr, r->title.len);
	printf("%s\nin %s\n%s\n", safe.ptr, b->lane, r->words.ptr);
	for (uint32_t i = 0; i < r->count; i++) {
		const struct blame_lane *l = &r->lanes[i];
		const char *more = l->why			   ? l->why
			: l->verdict == LANE_OTHER && l->signature ? l->signature
								   : "";

		buf_reset(&safe);
		text_escape(&safe, more, strlen(more));
		printf("  %-11s %d/%d  %s%s%.200s\n", lane_verdict_words[l->verdict], l->same,
		       l->tries, l->lane.name, safe.len ? "  " : "", safe.ptr);
	}
	buf_release(&safe);
}

static void print_next(const struct bundle *b, const char *db)
{
	struct buf line = BUF_INIT;

	next_of_bundle(NEXT_EMIT, b->dir, db, &line);
	fwrite(line.ptr, 1, line.len, stdout);
	buf_release(&line);
}

static int report(const struct bundle *b, const struct blamed *r, const char *db)
{
	if (option_json && print_json(b, r) != EXIT_CLEAN)
		return EXIT_ENVIRON;
	if (!option_json) {
		print_text(b, r);
		print_next(b, db);
	}
	return r->reproduced ? EXIT_CLEAN : EXIT_FOUND;
}

int cmd_blame(int argc, char **argv)
{
	static const struct argp_child children[] = { OPTION_COMMON, { 0 } };
	static const struct argp argp = {
		options,
		parse,
		"BUNDLE",
		"Runs the plan of a bundle in lanes that differ from its own in one component (architecture, "
		"compilers, levels, Go release, settings), as far as they can be built here, and says which "
		"decide.\vExit status: 0 it did its job, 1 the fault does not show again.",
		children,
		NULL,
		NULL
	};
	struct blame_args a = { .o = { .only = COMPONENTS_ALL, .jobs = 2, .tries = 2 },
				.lanes = BUF_INIT };
	struct err e = ERR_INIT;
	struct bundle b;
	struct blamed r;
	int rc;

	argp_parse(&argp, argc, argv, 0, NULL, &a);
	if (bundle_load(&b, a.dir, &e) < 0)
		return option_fail(&e);
	a.o.lanes = a.lanes.len ? a.lanes.ptr : NULL;
	rc = blame_run(&r, &b, &a.o, &e);
	if (rc == 0)
		rc = report(&b, &r, a.o.db);
	blamed_release(&r);
	bundle_release(&b);
	buf_release(&a.lanes);
	return rc < 0 ? option_fail(&e) : rc;
}
