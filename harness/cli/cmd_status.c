/* cmd_status.c: cli. cgofuzz status: how far a campaign is, live or ended. */
#include <stdio.h>
#include <stdlib.h>

#include "campaign/status.h"
#include "cli/option.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const char **dir = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (*dir)
			argp_error(state, "one DIR at a time");
		*dir = arg;
		return 0;
	case ARGP_KEY_END:
		if (!*dir)
			argp_error(state, "which campaign? Name its DIR");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = { OPTION_COMMON, { 0 } };
static const struct argp argp = { NULL,	    parse,
				  "DIR",    "Says how far the campaign in DIR is, live or ended.",
				  children, NULL,
				  NULL };

int cmd_status(int argc, char **argv)
{
	const char *dir = NULL;
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	struct status s;
	int status = EXIT_CLEAN;

	argp_parse(&argp, argc, argv, 0, NULL, &dir);
	if (status_read(&s, dir, &e) < 0) {
		status = option_fail(&e);
	} else if (option_json) {
		status = option_print_json(status_to_json(&s));
	} else {
		status_print(&s, dir, &text);
		fputs(text.ptr, stdout);
	}
	buf_release(&text);
	status_release(&s);
	return status;
}
