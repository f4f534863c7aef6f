/* cmd_stacks.c: cli. How much of each kind of stack plans use: of a campaign, or of plans that are run now. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/campaign.h"
#include "cli/cases.h"
#include "cli/option.h"
#include "cli/stacks.h"

struct options {
	const char *dir; /* NULL: run plans */
	char *case_text;
	struct plan *plan;
	struct lane_list lanes;
	struct headroom headroom;
	uint64_t seed;
	bool plans, misuse, runs; /* runs: an option says what to run */
};

enum { KEY_LANE = 0x2000, KEY_CASE, KEY_PLAN, KEY_SEED, KEY_HEADROOM, KEY_PLANS, KEY_MISUSE };

static const struct argp_option option_table[] = {
	{ "lane", KEY_LANE, "LANE", 0,
	  "where to run: as arm64-clang14 or a named set; repeated or joined by ',' (amd64,arm64)",
	  0 },
	{ "case", KEY_CASE, "CASE", 0, "cross this case (eight generated ones)", 0 },
	{ "plan", KEY_PLAN, "TEXT|@FILE", 0, "run this (each kind of turbulence, with each choice)",
	  0 },
	{ "seed", KEY_SEED, "N", 0, "of the generated cases (1)", 0 },
	{ "misuse", KEY_MISUSE, NULL, 0, "do what documentation forbids, too", 0 },
	{ "headroom", KEY_HEADROOM, "SIZE|N%", 0, "warn where less than this is left (2K)", 0 },
	{ "plans", KEY_PLANS, NULL, 0, "print the plan that used most, and its case", 0 },
	{ 0 },
};

static int take_headroom(struct options *o, const char *text, struct err *e)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (end != text && *text != '-' && !strcmp(end, "%") && n <= 100) {
		o->headroom = (struct headroom){ 0, (unsigned)n };
		return 0;
	}
	if (end != text && *text != '-' && n < 1u << 30 &&
	    (!*end || (strchr("KM", *end) && !end[1]))) {
		o->headroom = (struct headroom){ (uint64_t)n << (*end == 'K'	? 10
									 : *end ? 20
										: 0),
						 0 };
		return 0;
	}
	return err_set(e, EXIT_USAGE, "--headroom wants a size as 512, 4K, 1M, or 10%%, not '%s'",
		       text);
}

static int take_case(const char *text, size_t len, const char *name, void *ctx, struct err *e)
{
	struct options *o = ctx;
	struct fuzz_case c = { 0 };
	int rc = o->case_text ? err_set(e, EXIT_USAGE, "one case at a time")
			      : case_parse(&c, text, len, name, e);

	if (rc == 0)
		o->case_text = xstrdup(c.text);
	case_release(&c);
	return rc;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	struct err e = ERR_INIT;
	int rc = 0;

	o->runs |= key >= KEY_LANE && key <= KEY_SEED;
	switch (key) {
	case KEY_LANE:
		rc = lane_list_add(&o->lanes, arg, NULL, &e);
		break;
	case KEY_CASE:
		rc = cases_each(arg, take_case, o, &e);
		break;
	case KEY_PLAN:
		rc = cases_plan(&o->plan, arg, &e);
		break;
	case KEY_SEED:
		rc = option_u64(arg, "--seed", &o->seed, &e);
		break;
	case KEY_HEADROOM:
		rc = take_headroom(o, arg, &e);
		break;
	case KEY_MISUSE:
		o->misuse = o->runs = true;
		break;
	case KEY_PLANS:
		o->plans = true;
		break;
	case ARGP_KEY_ARG:
		if (o->dir)
			argp_error(state, "one DIR at a time: %s or %s", o->dir, arg);
		o->dir = arg;
		break;
	case ARGP_KEY_END:
		if (o->dir && o->runs)
			argp_error(state, "%s has what its plans used; nothing is run for it",
				   o->dir);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	if (rc < 0)
		option_reject(state, &e);
	return 0;
}

static int of_campaign(const struct options *o, struct stack_uses *uses, struct err *e)
{
	json_t *j = campaign_read(o->dir, e);
	int rc = j ? stacks_read(uses, o->dir, e) : -1;

	json_decref(j);
	return rc;
}

static int of_plans(struct options *o, struct stack_uses *uses, struct err *e)
{
	const struct stacks_order order = { o->seed, o->case_text, o->plan, o->misuse };
	uint32_t died = 0;
	int rc = o->lanes.count ? 0 : lane_list_add(&o->lanes, "amd64,arm64", NULL, e);

	for (uint32_t i = 0; i < o->lanes.count && rc == 0; i++)
		rc = stacks_run(uses, &o->lanes.lanes[i], &order, &died, e);
	if (died)
		fprintf(stderr, "cgofuzz: %u plan%s ended the guest; `try --plan` says how\n", died,
			died == 1 ? "" : "s");
	return rc;
}

static int print(const struct options *o, const struct stack_uses *uses)
{
	struct buf text = BUF_INIT;

	if (option_json)
		return option_print_json(stacks_to_json(uses, &o->headroom));
	stacks_print(uses, &o->headroom, o->plans, &text);
	fputs(text.ptr, stdout);
	buf_release(&text);
	return EXIT_CLEAN;
}

int cmd_stacks(int argc, char **argv)
{
	static const struct argp_child children[] = { OPTION_COMMON, { 0 } };
	static const struct argp argp = {
		.options = option_table,
		.parser = parse_option,
		.args_doc = "[DIR]",
		.doc = "Prints how much of each kind and size of stack turbulent plans have used, and "
		       "which used most.\vDIR: a campaign. Without one, plans are run now.\nExit status: 0 it was "
		       "printed, whatever it says; 2 wrong use, 3 the environment failed.",
		.children = children,
	};
	struct options o = { .headroom = { HEADROOM_BYTES, 0 }, .seed = 1 };
	struct stack_uses uses = { 0 };
	struct err e = ERR_INIT;
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if ((o.dir ? of_campaign(&o, &uses, &e) : of_plans(&o, &uses, &e)) < 0)
		status = option_fail(&e);
	else
		status = print(&o, &uses);
	stacks_release(&uses);
	lane_list_release(&o.lanes);
	free(o.case_text);
	free(o.plan);
	return status;
}
