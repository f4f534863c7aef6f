/* fuzz.h: cli. What fuzz and nightly share. */
#ifndef CLI_FUZZ_H
#define CLI_FUZZ_H

#include "campaign/run.h"

/* The command line as a shell would take it, malloc'd. */
char *fuzz_command(int argc, char **argv);
/* Opens the campaign, says what is needed to do it again, runs it, hands the outcome to `also`.
 * EXIT_CLEAN, EXIT_FOUND, or -1 and e. */
int fuzz_run(const struct request *r, const char *known_issues,
	     void (*also)(const struct campaign *c, const struct outcome *o, void *ctx), void *ctx,
	     struct err *e);

#endif
