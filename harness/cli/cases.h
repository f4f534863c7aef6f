/* cases.h: cli. CASE on the command line of every verb that takes one: its text, "-" or "@FILE". */
#ifndef CLI_CASES_H
#define CLI_CASES_H

#include <stddef.h>

#include "base/err.h"
#include "model/case.h"
#include "model/plan_text.h"

/* What to do with one case. name says where its text came from, for the parser's messages: "<case>",
 * "<stdin> line 3", "FILE line 3". Not 0 ends the reading. */
typedef int case_fn(const char *text, size_t len, const char *name, void *ctx, struct err *e);

/* Hands over the case that arg is, or the lines of standard input ("-") or of a file ("@FILE") that are neither
 * empty nor begin with '#'; a file whose name ends in .h or .c, and what has a line that leaves a brace,
 * parenthesis or comment open, is one case as a whole. Returns what take returned last, 0 if there was none; -1 and EXIT_USAGE if the
 * file cannot be read. */
int cases_each(const char *arg, case_fn *take, void *ctx, struct err *e);
/* To standard error what the parser tells who wrote the case, if anything. */
void cases_note(const struct fuzz_case *c, const char *name);

/* The plan that arg is, or that is in its file ("@FILE"), to *plan, malloc'd if it is NULL. EXIT_USAGE. */
int cases_plan(struct plan **plan, const char *arg, struct err *e);

#endif
