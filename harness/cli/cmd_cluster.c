/* cmd_cluster.c: cli. What a person decides about clusters: merge, split, label, link, ignore; undo and log. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/option.h"
#include "triage/decision.h"
#include "triage/text.h"

enum { OPT_LANE = 256, OPT_ARCH, OPT_OFF };

struct cluster_args {
	const char **word; /* the action, the campaign, what it wants */
	uint32_t count;
	const char *lane, *arch;
	bool off;
};

static const struct argp_option options[] = {
	{ "lane", OPT_LANE, "GLOB", 0,
	  "split: what was seen in these lanes; of bundles to come, too", 0 },
	{ "arch", OPT_ARCH, "ARCH", 0, "split: what was seen on this architecture; likewise", 0 },
	{ "off", OPT_OFF, NULL, 0, "ignore: no longer", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct cluster_args *a = state->input;

	switch (key) {
	case OPT_LANE:
		a->lane = arg;
		return 0;
	case OPT_ARCH:
		a->arch = arg;
		return 0;
	case OPT_OFF:
		a->off = true;
		return 0;
	case ARGP_KEY_ARG:
		a->word = xrealloc(a->word, (a->count + 1) * sizeof(*a->word));
		a->word[a->count++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (a->count < 2)
			argp_error(state, "what of which campaign? cgofuzz cluster ACTION DIR ...");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static int read_id(const char *text, const char *what, int64_t *id, struct err *e)
{
	uint64_t n = 0;

	*id = 0;
	if (option_u64(text, what, &n, e) < 0)
		return -1;
	if (!n || n > INT64_MAX)
		return err_set(e, EXIT_USAGE, "%s: %s is no number from 1 on", what, text);
	*id = (int64_t)n;
	return 0;
}

/* How many words come after the campaign. */
static int want_words(const struct cluster_args *a, uint32_t least, uint32_t most,
		      const char *usage, struct err *e)
{
	uint32_t n = a->count - 2;

	return n >= least && n <= most
		? 0
		: err_set(e, EXIT_USAGE, "%s: cgofuzz cluster %s", a->word[0], usage);
}

static int do_merge(const struct cluster_args *a, struct decision_list *made, struct err *e)
{
	int64_t into = 0, *ids;
	int rc = 0;

	if (want_words(a, 2, UINT32_MAX, "merge DIR INTO ID...", e) < 0 ||
	    read_id(a->word[2], "merge", &into, e) < 0)
		return -1;
	ids = xcalloc(a->count, sizeof(*ids));
	for (uint32_t i = 3; rc == 0 && i < a->count; i++)
		rc = read_id(a->word[i], "merge", &ids[i - 3], e);
	if (rc == 0)
		rc = decide_merge(a->word[1], into, ids, a->count - 3, made, e);
	free(ids);
	return rc;
}

static int do_split(const struct cluster_args *a, struct decision_list *made, struct err *e)
{
	bool column = a->lane || a->arch;
	int64_t id = 0;

	if (want_words(a, column ? 1 : 2, column ? 1 : UINT32_MAX,
		       "split DIR ID --lane GLOB, --arch ARCH or BUNDLE...", e) < 0 ||
	    read_id(a->word[2], "split", &id, e) < 0)
		return -1;
	if (a->lane && a->arch)
		return err_set(e, EXIT_USAGE, "split: by --lane or by --arch, one at a time");
	if (column)
		return decide_split(a->word[1], id, a->lane ? "lane" : "arch",
				    a->lane ? &a->lane : &a->arch, 1, made, e);
	return decide_split(a->word[1], id, "bundle", a->word + 3, a->count - 3, made, e);
}

static int do_word(const struct cluster_args *a, struct decision_list *made, struct err *e)
{
	bool ignore = !strcmp(a->word[0], "ignore");
	char *usage = xasprintf("%s DIR ID %s", a->word[0], ignore ? "[--off]" : "TEXT");
	int64_t id = 0;
	int rc = want_words(a, ignore ? 1 : 2, ignore ? 1 : 2, usage, e);

	free(usage);
	if (rc < 0 || read_id(a->word[2], a->word[0], &id, e) < 0)
		return -1;
	return decide_word(a->word[1], id, a->word[0], ignore ? (a->off ? "0" : "1") : a->word[3],
			   made, e);
}

static int do_undo(const struct cluster_args *a, struct decision_list *made, struct err *e)
{
	int64_t id = 0;

	if (want_words(a, 0, 1, "undo DIR [DECISION]", e) < 0 ||
	    (a->count > 2 && read_id(a->word[2], "undo", &id, e) < 0))
		return -1;
	return decide_undo(a->word[1], id, made, e);
}

static int do_log(const struct cluster_args *a, struct decision_list *made, struct err *e)
{
	return want_words(a, 0, 0, "log DIR", e) < 0 ? -1 : decision_log(a->word[1], made, e);
}

static const struct action {
	const char *name;
	int (*run)(const struct cluster_args *a, struct decision_list *made, struct err *e);
} actions[] = { { "merge", do_merge }, { "split", do_split }, { "label", do_word },
		{ "link", do_word },   { "ignore", do_word }, { "undo", do_undo },
		{ "log", do_log } };
#define ACTIONS (sizeof(actions) / sizeof(actions[0]))

static const struct action *find_action(const char *name, struct err *e)
{
	const char *names[ACTIONS + 1] = { NULL };
	int i;

	for (size_t k = 0; k < ACTIONS; k++)
		names[k] = actions[k].name;
	i = option_choice(name, "action", names, e);
	return i < 0 ? NULL : &actions[i];
}

static json_t *id_json(int64_t id)
{
	return id ? json_sprintf("%" PRId64, id) : json_null();
}

static int print_json(const struct decision_list *l)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < l->count; i++) {
		const struct decision *d = &l->at[i];

		json_array_append_new(
			list,
			json_pack("{s:o, s:s, s:o, s:s, s:o, s:o, s:s, s:o, s:o, s:o}", "id",
				  id_json(d->id), "at", d->at, "who", option_json_text(d->who),
				  "action", d->verb, "cluster", id_json(d->cluster), "other",
				  id_json(d->other), "field", d->field, "value",
				  option_json_text(d->value), "undoes", id_json(d->undoes),
				  "undone_by", id_json(d->undone_by)));
	}
	return option_print_json(json_pack("{s:i, s:I, s:o}", "version", 1, "moved",
					   (json_int_t)l->moved, "decisions", list));
}

static void describe(const struct decision *d, struct buf *out)
{
	if (!strcmp(d->verb, "merge"))
		buf_addf(out, "cluster %" PRId64 " into %" PRId64, d->cluster, d->other);
	else if (!strcmp(d->verb, "split"))
		buf_addf(out, "cluster %" PRId64 ": %s ", d->cluster, d->field);
	else if (!strcmp(d->verb, "undo"))
		buf_addf(out, "decision %" PRId64, d->undoes);
	else if (!strcmp(d->verb, "ignore"))
		buf_addf(out, "cluster %" PRId64 "%s", d->cluster,
			 strcmp(d->value, "1") ? ": no longer" : "");
	else
		buf_addf(out, "cluster %" PRId64 ": ", d->cluster);
	if (strcmp(d->verb, "ignore") != 0)
		text_escape(out, d->value, strlen(d->value));
	if (!strcmp(d->verb, "split"))
		buf_addf(out, " to cluster %" PRId64, d->other);
	if (d->undone_by)
		buf_addf(out, " (undone by %" PRId64 ")", d->undone_by);
}

static void print_text(const struct cluster_args *a, const struct decision_list *l)
{
	bool log = !strcmp(a->word[0], "log");
	struct buf text = BUF_INIT, word = BUF_INIT;

	for (uint32_t i = 0; i < l->count; i++) {
		const struct decision *d = &l->at[i];

		buf_reset(&text);
		describe(d, &text);
		printf("%-3" PRId64 " %s  %-8s %-6s  %s\n", d->id, d->at, d->who, d->verb, text.ptr);
	}
	if (log && !l->count)
		puts("nothing was decided");
	if (!log && l->count) {
		text_shell(&word, a->word[1]);
		printf("%" PRIu64
		       " bundles moved; to take it back: cgofuzz cluster undo %s %" PRId64 "\n",
		       l->moved, word.ptr, l->at[l->count - 1].id);
	}
	buf_release(&text);
	buf_release(&word);
}

int cmd_cluster(int argc, char **argv)
{
	static const struct argp_child children[] = { OPTION_COMMON, { 0 } };
	static const struct argp argp = {
		options,
		parse,
		"merge DIR INTO ID...\nsplit DIR ID [BUNDLE...]\nlabel DIR ID TEXT\nlink DIR ID URL\n"
		"ignore DIR ID\nundo DIR [DECISION]\nlog DIR",
		"What you decide about clusters. Every decision is kept in a journal and can be undone; "
		"bundles that come later follow it.\vDIR is a campaign that was triaged, or the file that "
		"--db named. An empty TEXT takes a label or a link away. A cluster with a link is known, "
		"one that is ignored is no news. Undoing an undo does it again.",
		children,
		NULL,
		NULL
	};
	struct cluster_args a = { 0 };
	struct decision_list made = { 0 };
	const struct action *action;
	struct err e = ERR_INIT;
	int rc;

	argp_parse(&argp, argc, argv, 0, NULL, &a);
	action = find_action(a.word[0], &e);
	if (!action || action->run(&a, &made, &e) < 0) {
		rc = option_fail(&e);
	} else {
		rc = EXIT_CLEAN;
		if (option_json)
			rc = print_json(&made);
		else
			print_text(&a, &made);
	}
	decision_list_release(&made);
	free(a.word);
	return rc;
}
