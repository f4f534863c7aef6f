/* cmd_nightly.c: cli. cgofuzz nightly: regressions, then a campaign against the known issues. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "campaign/nightly.h"
#include "campaign/regress.h"
#include "cli/fuzz.h"
#include "cli/option.h"
#include "cli/request.h"

#define DEFAULT_TIME_MS (10 * 60 * 1000)

struct nightly {
	struct request request;
	const char *also; /* a second target */
	const char *known;
	const char *corpus;
	const char *out;
	/* what came of it */
	struct buf news, missing;
	json_t *campaigns;
	bool stopped; /* by Ctrl-C: no further campaign */
};

static const struct argp_option options[] = {
	{ "time", 'T', "TIME", 0, "budget of the campaign (default 10m)", 0 },
	{ "also", 'A', "NAME", 0,
	  "a second, shorter campaign with this target: planted:null-read shows "
	  "that a fault would be told",
	  0 },
	{ "out", 'o', "DIR", 0, "where the campaigns go (default build/campaigns/DATE-nightly)", 0 },
	{ "known-issues", 'k', "FILE", 0, "instead of corpus/known-issues.yaml", 0 },
	{ "regress", 'r', "DIR", 0, "instead of corpus/regress", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct nightly *n = state->input;
	struct err e = ERR_INIT;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &n->request;
		break;
	case 'T':
		option_duration(arg, &n->request.time_ms, &e);
		break;
	case 'A':
		n->also = arg;
		break;
	case 'k':
		n->known = arg;
		break;
	case 'r':
		n->corpus = arg;
		break;
	case 'o':
		n->out = arg;
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
	"Runs the regressions of corpus/regress, then a campaign, and compares what was found with the "
	"known issues.\vExit status: 0 no news, 1 news, which are named, 2 wrong use, 3 it did less than "
	"it promised.",
	children,
	NULL,
	NULL
};

/* What is asked for wrongly is told now, not after the regressions. */
static int check_request(const struct nightly *n, struct err *e)
{
	const char *targets[] = { n->request.target, n->also };
	int rc = 0;

	if (n->known && access(n->known, R_OK) < 0)
		return err_errno(e, EXIT_USAGE, "could not read the known issues of %s", n->known);
	for (int i = 0; i < (n->also ? 2 : 1) && rc == 0; i++) {
		struct request r = n->request;
		struct config c = { 0 };

		r.target = targets[i];
		r.time_ms = DEFAULT_TIME_MS;
		rc = config_make(&c, &r, e);
		config_release(&c);
	}
	return rc;
}

static void keep_outcome(const struct campaign *c, const struct outcome *o, void *ctx)
{
	struct nightly *n = ctx;
	struct buf text = BUF_INIT;

	n->stopped |= o->interrupted;
	nightly_news(o, &n->news);
	nightly_fell_short(&c->config, o, &n->missing);
	json_array_append_new(n->campaigns, summary_to_json(c, o));
	if (!option_json) {
		summary_print(c, o, &text);
		fputs(text.ptr, stdout);
		fflush(stdout);
	}
	buf_release(&text);
}

/* One campaign of the night; what ends it early is something missing. */
static void campaign(struct nightly *n, const char *name, const char *target, int64_t time_ms)
{
	struct request r = n->request;
	struct err e = ERR_INIT;
	char *out = xasprintf("%s/%s", n->out, name);

	r.out = out;
	r.target = target;
	r.time_ms = time_ms;
	if (fuzz_run(&r, n->known, keep_outcome, n, &e) < 0) {
		if (e.status == EXIT_USAGE)
			exit(option_fail(&e));
		buf_addf(&n->missing, "%s: %s\n", name, e.msg);
	}
	free(out);
}

static void regressions(struct nightly *n, struct regress_sum *sum)
{
	char *corpus = n->corpus ? xstrdup(n->corpus) : xasprintf("%s/corpus/regress", data_dir());
	char *work = xasprintf("%s/regress", n->out);
	struct err e = ERR_INIT;

	log_say("regressions of %s", corpus);
	if (regress_all(corpus, work, sum, &e) < 0)
		buf_addf(&n->missing, "regressions: %s\n", e.msg);
	if (sum->failed)
		buf_addf(&n->news, "%u of %u regressions do not give what they should, see %s\n",
			 sum->failed, sum->ran, work);
	log_say("%u regressions, %u not as expected", sum->ran, sum->failed);
	free(work);
	free(corpus);
}

static int report(struct nightly *n, struct regress_sum *sum)
{
	int status = n->missing.len ? EXIT_ENVIRON : n->news.len ? EXIT_FOUND : EXIT_CLEAN;

	if (option_json)
		option_print_json(json_pack("{s:i, s:i, s:o, s:o, s:o, s:o}", "version", 1, "status",
					    status, "regressions", sum->results, "campaigns",
					    n->campaigns, "news", option_json_text(n->news.ptr),
					    "missing", option_json_text(n->missing.ptr)));
	else
		printf("\n%s%s%s", n->news.len ? n->news.ptr : "no news\n",
		       n->missing.len ? "less than promised:\n" : "", n->missing.ptr);
	return status;
}

static char *default_out(void)
{
	time_t now = time(NULL);
	char stamp[32];
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &tm);
	return xasprintf("%s/build/campaigns/%s-nightly", data_dir(), stamp);
}

int cmd_nightly(int argc, char **argv)
{
	struct nightly n = { .news = BUF_INIT, .missing = BUF_INIT };
	char *command = fuzz_command(argc, argv), *out;
	struct regress_sum sum = { 0 };
	struct err e = ERR_INIT;
	int64_t time_ms;
	int status;

	n.request.command = command;
	argp_parse(&argp, argc, argv, 0, NULL, &n);
	if (check_request(&n, &e) < 0) {
		request_release(&n.request);
		free(command);
		return option_fail(&e);
	}
	out = n.out ? path_absolute(n.out) : default_out();
	n.out = out;
	n.campaigns = json_array();
	time_ms = n.request.time_ms ? n.request.time_ms : DEFAULT_TIME_MS;
	regressions(&n, &sum);
	campaign(&n, "main", n.request.target, time_ms);
	if (n.also && !n.stopped)
		campaign(&n, "also", n.also, time_ms / 5 < 20000 ? 20000 : time_ms / 5);
	status = report(&n, &sum);
	buf_release(&n.news);
	buf_release(&n.missing);
	request_release(&n.request);
	free(out);
	free(command);
	return status;
}
