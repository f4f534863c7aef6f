/* option.c: cli. What the verbs share: reading option values, --json, saying what went wrong. */
#include "cli/option.h"

#include <ctype.h>
#include <errno.h> /* program_invocation_name too */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"

bool option_json;

static const struct {
	const char *name;
	int64_t ms;
} units[] = { { "", 1000 },   { "ms", 1 },	{ "s", 1000 },
	      { "m", 60000 }, { "h", 3600000 }, { "d", 86400000 } };

int option_duration(const char *text, int64_t *ms, struct err *e)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text, &end, 10);
	for (size_t i = 0; isdigit((unsigned char)*text) && i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(end, units[i].name) != 0)
			continue;
		if (errno || n <= 0 || n > INT64_MAX / units[i].ms)
			break;
		*ms = n * units[i].ms;
		return 0;
	}
	return err_set(e, EXIT_USAGE, "'%s' is no duration: write 60s, 5m, 2h or plain seconds",
		       text);
}

int option_u64(const char *text, const char *what, uint64_t *value, struct err *e)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	char *end;

	errno = 0;
	*value = strtoull(text, &end, hex ? 16 : 10);
	if (!isdigit((unsigned char)text[0]) || *end || errno)
		return err_set(e, EXIT_USAGE,
			       "%s '%s' is no number: write a decimal or 0x hexadecimal one below 2^64",
			       what, text);
	return 0;
}

int option_tries(const char *text, int *tries, struct err *e)
{
	uint64_t n;

	if (option_u64(text, "--tries", &n, e) < 0)
		return -1;
	if (n < 1 || n > 1000)
		return err_set(e, EXIT_USAGE, "--tries: %s is not 1 to 1000", text);
	*tries = (int)n;
	return 0;
}

int option_choice(const char *text, const char *what, const char *const *valid, struct err *e)
{
	struct buf list = BUF_INIT;
	const char *near = option_nearest(text, valid);

	for (int i = 0; valid[i]; i++) {
		if (strcmp(text, valid[i]) == 0) {
			buf_release(&list);
			return i;
		}
		buf_addf(&list, "%s%s", i ? ", " : "", valid[i]);
	}
	err_set(e, EXIT_USAGE, "unknown %s '%s'%s%s%s; valid: %s", what, text,
		near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "", list.ptr);
	buf_release(&list);
	return -1;
}

/* Levenshtein distance; words longer than the row are far from everything. */
static size_t distance(const char *a, const char *b)
{
	size_t row[64];
	size_t len = strlen(b);

	if (len + 1 > sizeof(row) / sizeof(*row))
		return SIZE_MAX;
	for (size_t j = 0; j <= len; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t corner = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < len; j++) {
			size_t best = corner + (a[i] != b[j]);

			corner = row[j + 1];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (corner + 1 < best)
				best = corner + 1;
			row[j + 1] = best;
		}
	}
	return row[len];
}

const char *option_nearest(const char *text, const char *const *valid)
{
	const char *best = NULL;
	size_t least = strlen(text) / 2 + 1;

	for (; *valid; valid++) {
		size_t d = distance(text, *valid);

		if (d < least) {
			least = d;
			best = *valid;
		}
	}
	return best;
}

enum { KEY_JSON = 0x1000, KEY_QUIET = 'q', KEY_VERBOSE = 'v' };

static const struct argp_option common_options[] = {
	{ "json", KEY_JSON, NULL, 0, "one JSON document on standard output", 0 },
	{ "quiet", KEY_QUIET, NULL, 0, "only warnings and errors on standard error", 0 },
	{ "verbose", KEY_VERBOSE, NULL, 0, "say more on standard error", 0 },
	{ 0 },
};

#define NAMES_MAX 64

/* Long option names of a parser and its children, NULL-terminated. */
static size_t collect_names(const struct argp *argp, const char **names, size_t n)
{
	for (const struct argp_option *o = argp->options; o && (o->name || o->key || o->doc); o++)
		if (o->name && !(o->flags & OPTION_HIDDEN) && n < NAMES_MAX)
			names[n++] = o->name;
	for (const struct argp_child *c = argp->children; c && c->argp; c++)
		n = collect_names(c->argp, names, n);
	names[n] = NULL;
	return n;
}

/* getopt only says that an option is unknown; people want to know which ones there are. */
static void check_names(const struct argp_state *state)
{
	const char *names[NAMES_MAX + 1];

	collect_names(state->root_argp, names, 0); /* argp's own --help and --version too */
	for (int i = 1; i < state->argc && strcmp(state->argv[i], "--") != 0; i++) {
		const char *word = state->argv[i];
		size_t len = strcspn(word, "=");
		struct err e = ERR_INIT;
		bool known = strncmp(word, "--", 2) != 0;

		for (const char **name = names; *name && !known; name++)
			known = strncmp(word + 2, *name, len - 2) == 0;
		if (known)
			continue;
		option_choice(word + 2, "option", names, &e);
		option_reject(state, &e);
	}
}

static error_t common_parse(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	switch (key) {
	case KEY_JSON:
		option_json = true;
		return 0;
	case KEY_QUIET:
		log_level = LOG_QUIET;
		return 0;
	case KEY_VERBOSE:
		log_level = LOG_VERBOSE;
		return 0;
	case ARGP_KEY_INIT:
		check_names(state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp option_argp = { .options = common_options, .parser = common_parse };

void option_reject(const struct argp_state *state, const struct err *e)
{
	fprintf(stderr, "%s: %s\n", state->name ? state->name : program_invocation_name, e->msg);
	exit(EXIT_USAGE);
}

int option_print_json(json_t *document)
{
	int failed;

	if (!document) {
		fprintf(stderr, "cgofuzz: could not make the JSON document\n");
		return EXIT_ENVIRON;
	}
	failed = json_dumpf(document, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
	json_decref(document);
	putchar('\n');
	if (failed || fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "cgofuzz: could not write to standard output\n");
		return EXIT_ENVIRON;
	}
	return EXIT_CLEAN;
}

json_t *option_json_text(const char *text)
{
	json_t *string = json_string(text);
	char *copy;

	if (string)
		return string;
	copy = xstrdup(text);
	for (char *p = copy; *p; p++)
		if ((unsigned char)*p >= 0x80)
			*p = '?';
	string = json_string(copy);
	free(copy);
	return string;
}

int option_fail(const struct err *e)
{
	bool compiler_like = strstr(e->msg, ": error: ") != NULL;

	fflush(stdout);
	fprintf(stderr, "%s%s\n", compiler_like ? "" : "cgofuzz: ", e->msg);
	return e->status ? e->status : EXIT_ENVIRON;
}
