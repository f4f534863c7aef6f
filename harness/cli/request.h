/* request.h: cli. What is asked of a campaign on the command line, for every verb that runs one. */
#ifndef CLI_REQUEST_H
#define CLI_REQUEST_H

#include <argp.h>

#include "campaign/config.h"

/*
 * --arch, --engine, --target, --lane, --seed, --turbulence, --misuse, --population, --mix,
 * --jobs. A verb's argp names it as its first child, and its
 * parser hands the request over:
 *     static const struct argp_child children[] = { REQUEST_OPTIONS, OPTION_COMMON, { 0 } };
 *     case ARGP_KEY_INIT: state->child_inputs[0] = r;
 */
extern const struct argp request_argp;
#define REQUEST_OPTIONS \
	{ \
		&request_argp, 0, NULL, 0 \
	}

/* 1 to UINT32_MAX; else 0 or nonsense, and e: EXIT_USAGE. what: "--jobs". */
uint32_t request_number(const char *text, const char *what, struct err *e);
void request_release(struct request *r); /* the list of lanes; their names are the command line's */

#endif
