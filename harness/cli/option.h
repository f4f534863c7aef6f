/* option.h: cli. What the verbs share: reading option values, --json, saying what went wrong. */
#ifndef CLI_OPTION_H
#define CLI_OPTION_H

#include <argp.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* Every verb: one function, argv[0] is "cgofuzz VERB", returns an exit_status. */
#define COMMAND(name, about) int cmd_##name(int argc, char **argv);
#include "cli/command.def"
#undef COMMAND

/* "60s", "5m", "2h", "500ms", "1d", plain seconds; 0 is refused. EXIT_USAGE. */
int option_duration(const char *text, int64_t *ms, struct err *e);
/* Decimal or 0x hexadecimal, all of uint64_t. what: "--seed", for the message. */
int option_u64(const char *text, const char *what, uint64_t *value, struct err *e);
/* How often to replay: 1 to 1000. EXIT_USAGE. */
int option_tries(const char *text, int *tries, struct err *e);
/* Index of text in a NULL-terminated list; -1 and a message that lists the valid ones. */
int option_choice(const char *text, const char *what, const char *const *valid, struct err *e);
/* The entry nearest to text by edit distance, NULL if none is near. NULL-terminated list. */
const char *option_nearest(const char *text, const char *const *valid);

/*
 * Options of every verb: --json, --quiet, --verbose. A verb's argp names it as a child:
 *     static const struct argp_child children[] = { OPTION_COMMON, { 0 } };
 */
extern bool option_json;
extern const struct argp option_argp;
#define OPTION_COMMON \
	{ \
		&option_argp, 0, "Common options:", 0 \
	}

/* For parsers of verbs: what was wrong with an option's value; ends the program with EXIT_USAGE. */
__attribute__((noreturn)) void option_reject(const struct argp_state *state, const struct err *e);

/* Prints the one document of --json to standard output and releases it; EXIT_CLEAN or, if
 * it cannot be written, EXIT_ENVIRON. */
int option_print_json(json_t *document);
/* Text from outside as a JSON string; bytes that are no UTF-8 become "?". */
json_t *option_json_text(const char *text);

/* Prints "cgofuzz: MESSAGE" to standard error and returns the error's status. Messages of the case
 * parser, which already look like a compiler's, are printed as they are. */
int option_fail(const struct err *e);

#endif
