/* cmd_fuzz.c: cli. cgofuzz fuzz: runs a campaign. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "campaign/run.h"
#include "campaign/versions.h"
#include "cli/fuzz.h"
#include "cli/option.h"
#include "cli/request.h"
#include "triage/text.h"

static const struct argp_option options[] = {
	{ "time", 'T', "TIME", 0, "how long: 60s, 5m, 2h; without it until Ctrl-C", 0 },
	{ "out", 'o', "DIR", 0, "the campaign's directory; one that exists is resumed", 0 },
	{ "batch-time", 'B', "TIME", 0, "how long each batch of cases is run (default 10s)", 0 },
	{ "batch-cases", 'C', "N", 0, "cases in a batch (default 64)", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *r = state->input;
	struct err e = ERR_INIT;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = r;
		break;
	case 'T':
		option_duration(arg, &r->time_ms, &e);
		break;
	case 'o':
		r->out = arg;
		break;
	case 'B':
		option_duration(arg, &r->batch_time_ms, &e);
		break;
	case 'C':
		r->batch_cases = request_number(arg, "--batch-cases", &e);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	if (e.status)
		option_reject(state, &e);
	return 0;
}

static const struct argp_child children[] = { REQUEST_OPTIONS, OPTION_COMMON, { 0 } };
static const struct argp argp = {
	options,
	parse,
	NULL,
	"Runs a campaign: generated cases cross the boundary in guests under the engines; what breaks "
	"becomes bundles and clusters.\vExit status: 0 nothing new, 1 faults that are not known issues, "
	"2 wrong use, 3 the environment failed.",
	children,
	NULL,
	NULL
};

char *fuzz_command(int argc, char **argv)
{
	struct buf b = BUF_INIT;

	buf_addstr(&b, argv[0]);
	for (int i = 1; i < argc; i++) {
		buf_addch(&b, ' ');
		text_shell(&b, argv[i]);
	}
	return buf_detach(&b, NULL);
}

/* First of all what is needed to do it again. */
static int announce(const struct campaign *c, struct err *e)
{
	struct buf text = BUF_INIT;
	json_t *versions = versions_collect(&c->config, &text);
	int rc;

	log_say("campaign %s%s", c->dir, c->resumed ? " (resumed)" : "");
	log_say("command  %s", c->config.command);
	log_say("seed     %llu", (unsigned long long)c->config.seed);
	buf_rtrim(&text);
	log_say("%s", text.ptr);
	rc = campaign_record(c, versions, e);
	json_decref(versions);
	buf_release(&text);
	return rc;
}

int fuzz_run(const struct request *r, const char *known_issues,
	     void (*also)(const struct campaign *c, const struct outcome *o, void *ctx), void *ctx,
	     struct err *e)
{
	struct outcome o = { 0 };
	struct campaign c;
	int status = EXIT_CLEAN;

	if (campaign_open(&c, r, e) < 0 || announce(&c, e) < 0) {
		campaign_close(&c);
		return -1;
	}
	if (run_campaign(&c, known_issues, &o, e) < 0)
		status = -1;
	else if (o.triage.fresh)
		status = EXIT_FOUND;
	also(&c, &o, ctx);
	outcome_release(&o);
	campaign_close(&c);
	return status;
}

static void print_outcome(const struct campaign *c, const struct outcome *o, void *ctx)
{
	struct buf text = BUF_INIT;

	(void)ctx;
	if (option_json) {
		option_print_json(summary_to_json(c, o));
		return;
	}
	summary_print(c, o, &text);
	fputs(text.ptr, stdout);
	fflush(stdout);
	buf_release(&text);
}

int cmd_fuzz(int argc, char **argv)
{
	struct request r = { 0 };
	struct err e = ERR_INIT;
	char *command = fuzz_command(argc, argv);
	int status;

	r.command = command;
	argp_parse(&argp, argc, argv, 0, NULL, &r);
	if (!r.time_ms)
		r.time_ms = INT64_MAX / 4;
	status = fuzz_run(&r, NULL, print_outcome, NULL, &e);
	request_release(&r);
	free(command);
	return status < 0 ? option_fail(&e) : status;
}
