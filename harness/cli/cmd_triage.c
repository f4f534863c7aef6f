/* cmd_triage.c: cli. Clusters of what a campaign found. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/campaigns.h"
#include "cli/option.h"
#include "triage/next.h"
#include "triage/text.h"
#include "triage/triage.h"

enum { OPT_KNOWN = 256, OPT_TRIES, OPT_NO_REPLAY, OPT_DB };

struct triage_args {
	const char **dirs;
	uint32_t count;
	struct triage_options options;
};

static const struct argp_option options[] = {
	{ "known-issues", OPT_KNOWN, "FILE", 0, "Instead of corpus/known-issues.yaml", 0 },
	{ "db", OPT_DB, "FILE", 0, "The database; else triage.db of the first campaign", 0 },
	{ "tries", OPT_TRIES, "N", 0, "Replays of each cluster that was not replayed yet (3)", 0 },
	{ "no-replay", OPT_NO_REPLAY, NULL, 0, "Only read and cluster; deaths stay unconfirmed", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct triage_args *a = state->input;
	struct err e = ERR_INIT;

	switch (key) {
	case OPT_KNOWN:
		a->options.known_issues = arg;
		return 0;
	case OPT_TRIES:
		if (option_tries(arg, &a->options.tries, &e) < 0)
			option_reject(state, &e);
		return 0;
	case OPT_NO_REPLAY:
		a->options.verify = false;
		return 0;
	case OPT_DB:
		a->options.db = arg;
		return 0;
	case ARGP_KEY_ARG:
		a->dirs = xrealloc(a->dirs, (a->count + 1) * sizeof(*a->dirs));
		a->dirs[a->count++] = arg;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static json_t *text_or_null(const char *text)
{
	return text ? option_json_text(text) : json_null();
}

/* Words joined by ','. */
static json_t *words_json(const char *joined)
{
	char *copy = xstrdup(joined), *save = NULL;
	json_t *words = json_array();

	for (char *w = strtok_r(copy, ",", &save); w; w = strtok_r(NULL, ",", &save))
		json_array_append_new(words, option_json_text(w));
	free(copy);
	return words;
}

static json_t *cluster_json(const struct triage_cluster *c)
{
	json_t *lanes = words_json(c->lanes), *members = json_array();
	char id[24], replayed[32], reference[32];
	json_t *out;

	for (uint32_t i = 0; i < c->member_count; i++)
		json_array_append_new(members, option_json_text(c->members[i]));
	snprintf(id, sizeof(id), "%" PRId64, c->id);
	snprintf(replayed, sizeof(replayed), "%d/%d", c->replayed_ok < 0 ? 0 : c->replayed_ok,
		 c->replayed_of);
	snprintf(reference, sizeof(reference), "%d/%d", c->reference_ok < 0 ? 0 : c->reference_ok,
		 c->reference_of);
	out = json_pack("{s:s, s:o, s:o, s:s, s:s, s:I, s:o, s:b, s:s, s:s, s:o, s:o}", "id", id,
			"signature", option_json_text(c->signature), "title",
			option_json_text(c->title), "kind", c->kind, "guilty", c->guilty, "count",
			(json_int_t)c->count, "lanes", lanes, "weak", c->weak, "replayed", replayed,
			"reference", reference, "bundle", option_json_text(c->bundle), "members",
			members);
	json_object_set_new(out, "known", text_or_null(c->known));
	json_object_set_new(out, "outdated", text_or_null(c->outdated));
	json_object_set_new(out, "loose", option_json_text(c->loose));
	json_object_set_new(out, "label", text_or_null(c->label));
	json_object_set_new(out, "link", text_or_null(c->link));
	json_object_set_new(out, "ignored", json_boolean(c->ignored));
	json_object_set_new(out, "first_seen", option_json_text(c->first_seen));
	json_object_set_new(out, "last_seen", option_json_text(c->last_seen));
	json_object_set_new(out, "archs", words_json(c->archs));
	json_object_set_new(out, "compilers", words_json(c->compilers));
	json_object_set_new(out, "smallest", option_json_text(c->smallest));
	json_object_set_new(out, "blame", text_or_null(c->blame));
	return out;
}

static int print_json(const struct triage_result *r)
{
	json_t *clusters = json_array();

	for (uint32_t i = 0; i < r->cluster_count; i++)
		json_array_append_new(clusters, cluster_json(&r->clusters[i]));
	return option_print_json(json_pack(
		"{s:i, s:I, s:I, s:I, s:i, s:o}", "version", 1, "bundles", (json_int_t)r->bundles,
		"quarantined", (json_int_t)r->quarantined, "other_version",
		(json_int_t)r->other_version, "fresh", (int)r->fresh, "clusters", clusters));
}

static void print_text(const struct triage_result *r, const char *dir)
{
	struct buf next = BUF_INIT;
	uint64_t members = 0;

	printf("%" PRIu64 " bundles, %" PRIu64 " quarantined, ", r->bundles, r->quarantined);
	if (r->other_version)
		printf("%" PRIu64 " of another version, ", r->other_version);
	printf("%u clusters (%u new)\n", r->cluster_count, r->fresh);
	if (r->cluster_count)
		printf("  %-4s %8s  %-8s  %-9s  %-7s  %-6s  %s\n", "ID", "SEEN", "REPLAYED",
		       "REFERENCE", "GUILTY", "LEFT", "TITLE");
	for (uint32_t i = 0; i < r->cluster_count; i++) {
		const struct triage_cluster *c = &r->clusters[i];
		char replayed[32] = "-", reference[32] = "-";

		members += c->member_count;
		if (c->replayed_of)
			snprintf(replayed, sizeof(replayed), "%d/%d", c->replayed_ok, c->replayed_of);
		if (c->reference_of)
			snprintf(reference, sizeof(reference), "%d/%d", c->reference_ok,
				 c->reference_of);
		printf("  %-4" PRId64 " %8" PRIu64 "  %-8s  %-9s  %-7s  %-6s  %s%s%s%s%s%s\n",
		       c->id, c->count, replayed, reference, c->guilty, next_words[next_step_of(c)],
		       c->label ? c->label : c->title, c->weak ? " (weak)" : "",
		       c->label ? " (label)" : "", c->ignored ? "  ignored" : "",
		       c->known || c->outdated ? "  known: " : "",
		       c->known		     ? c->known
			       : c->outdated ? c->outdated
					     : "");
	}
	if (members < r->bundles)
		printf("  and %" PRIu64 " bundles of deaths that no replay has confirmed\n",
		       r->bundles - members);
	next_of_clusters(r->clusters, r->cluster_count, dir, &next);
	fwrite(next.ptr, 1, next.len, stdout);
	buf_release(&next);
}

/* The last campaign, where none is named. */
static int find_campaign(struct triage_args *a, char **last, struct err *e)
{
	*last = a->count ? NULL : campaign_last("campaign.json");
	if (a->count)
		return 0;
	if (!*last)
		return err_set(e, EXIT_USAGE,
			       "which campaign? There is none in build/campaigns: cgofuzz triage DIR");
	a->dirs = xcalloc(1, sizeof(*a->dirs));
	a->dirs[a->count++] = *last;
	if (!option_json)
		printf("campaign %s\n", *last);
	return 0;
}

/* A directory of something else stays as it is; one that is not there triage_run knows to name. */
static int check_args(const struct triage_args *a, struct err *e)
{
	const char *known = a->options.known_issues;

	for (uint32_t i = 0; i < a->count; i++) {
		char *spool = xasprintf("%s/spool", a->dirs[i]);
		bool foreign = dir_exists(a->dirs[i]) && !dir_exists(spool);

		free(spool);
		if (foreign)
			return err_set(e, EXIT_USAGE, "%s is not a campaign: it has no spool",
				       a->dirs[i]);
	}
	if (known && access(known, R_OK) < 0)
		return err_errno(e, EXIT_USAGE, "could not read the known issues of %s", known);
	return 0;
}

int cmd_triage(int argc, char **argv)
{
	static const struct argp_child children[] = { OPTION_COMMON, { 0 } };
	static const struct argp argp = {
		options,
		parse,
		"[DIR...]",
		"Reads the bundles of campaigns, clusters them and replays one of each cluster, on the "
		"fast path and on the reference path.\vMay run while the campaigns do, and be killed and run again at any time. Without DIR: the campaign "
		"in the current directory, else the last of build/campaigns. LEFT says what is left to do of a "
		"cluster: reduce, blame, emit; \"next:\" is the command for the first of them.",
		children,
		NULL,
		NULL
	};
	struct triage_args a = { .options = { .verify = true, .tries = 3 } };
	struct triage_result r;
	struct err e = ERR_INIT;
	char *last = NULL;
	int rc;

	argp_parse(&argp, argc, argv, 0, NULL, &a);
	if (find_campaign(&a, &last, &e) < 0 || check_args(&a, &e) < 0 ||
	    triage_run_all(a.dirs, a.count, &a.options, &r, &e) < 0) {
		rc = option_fail(&e);
	} else {
		rc = EXIT_CLEAN;
		if (option_json)
			rc = print_json(&r);
		else
			print_text(&r, a.options.db ? a.options.db : a.dirs[0]);
		triage_result_release(&r);
	}
	free(a.dirs);
	free(last);
	return rc;
}
