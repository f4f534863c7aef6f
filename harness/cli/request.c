/* request.c: cli. What is asked of a campaign on the command line, for every verb that runs one. */
#include "cli/request.h"

#include <stdlib.h>

#include "base/buf.h"
#include "cli/option.h"

enum { KEY_TURBULENCE = 0x3000, KEY_MISUSE };

static const struct argp_option options[] = {
	{ "arch", 'a', "ARCH", 0, "amd64, arm64 or all (the default)", 0 },
	{ "engine", 'e', "ENGINE", 0, "afl, libfuzzer or all (the default)", 0 },
	{ "target", 't', "NAME", 0,
	  "what is fuzzed (see \"cgofuzz targets\"): cgo, the default; or "
	  "rows of a table: planted:null-read,abort",
	  0 },
	{ "lane", 'l', "LANE", 0, "how to build and run; may be repeated or hold a comma list", 0 },
	{ "seed", 's', "N", 0, "of everything random; without it a new one, which is printed", 0 },
	{ "turbulence", KEY_TURBULENCE, "MODE", 0,
	  "mix (every second slice of an engine, the default), off, or on (the default of target turbulent)",
	  0 },
	{ "misuse", KEY_MISUSE, NULL, 0, "turbulence may do what documentation forbids, too", 0 },
	{ "population", 'p', "NAME", 0,
	  "of the cases that are made up: plain (the default), whole (the whole type system) or mixed",
	  0 },
	{ "mix", 'm', "C:N:F", 0,
	  "cases of the corpus to their neighbours to fresh ones (2:1:1; of the plain population 0:0:1)",
	  0 },
	{ "jobs", 'j', "N", 0, "engine processes at a time (default: one for each lane and engine)",
	  0 },
	{ 0 },
};

uint32_t request_number(const char *text, const char *what, struct err *e)
{
	uint64_t n = 0;

	if (option_u64(text, what, &n, e) == 0 && (n == 0 || n > UINT32_MAX))
		err_set(e, EXIT_USAGE, "%s %s is out of range", what, text);
	return (uint32_t)n;
}

static void add_lane(struct request *r, const char *text)
{
	const char **lanes = (const char **)r->lanes;

	lanes = xrealloc(lanes, (r->lane_count + 1) * sizeof(*lanes));
	lanes[r->lane_count++] = text;
	r->lanes = lanes;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *r = state->input;
	struct err e = ERR_INIT;

	switch (key) {
	case 'a':
		r->arch = arg;
		break;
	case 'e':
		r->engine = arg;
		break;
	case 't':
		r->target = arg;
		break;
	case 'l':
		add_lane(r, arg);
		break;
	case 's':
		r->has_seed = option_u64(arg, "--seed", &r->seed, &e) == 0;
		break;
	case KEY_TURBULENCE:
		r->turbulence = arg;
		break;
	case KEY_MISUSE:
		r->misuse = true;
		break;
	case 'p':
		r->population = arg;
		break;
	case 'm':
		r->mix = arg;
		break;
	case 'j':
		r->jobs = request_number(arg, "--jobs", &e);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	if (e.status)
		option_reject(state, &e);
	return 0;
}

const struct argp request_argp = { .options = options, .parser = parse };

void request_release(struct request *r)
{
	free((void *)r->lanes);
	r->lanes = NULL;
	r->lane_count = 0;
}
