/* cmd_cover.c: cli. What of the rule book a corpus or a campaign exercises, and what no case can. */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "campaign/campaign.h"
#include "campaign/shapes.h"
#include "cli/option.h"
#include "lane/lane.h"

struct options {
	const char *corpus, *campaign;
	bool missing;
};

/* `own` is what was asked about; `known` that and the corpus that ships: what can be reached. */
struct coverage {
	struct shapes shapes;
	struct cover own, known;
};

enum { KEY_CORPUS = 0x2000, KEY_CAMPAIGN, KEY_MISSING };

static const struct argp_option option_table[] = {
	{ "corpus", KEY_CORPUS, "PATH", 0,
	  "cases of a file or of the *.txt of a directory, one a line (default: corpus/shapes)", 0 },
	{ "campaign", KEY_CAMPAIGN, "DIR", 0, "the cases that a campaign has drawn", 0 },
	{ "missing", KEY_MISSING, NULL, 0, "name every pair that is missing", 0 },
	{ 0 },
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case KEY_CORPUS:
		o->corpus = arg;
		return 0;
	case KEY_CAMPAIGN:
		o->campaign = arg;
		return 0;
	case KEY_MISSING:
		o->missing = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s' is not expected: cover takes only options", arg);
		return 0;
	case ARGP_KEY_END:
		if (o->corpus && o->campaign)
			argp_error(state, "--corpus or --campaign, not both");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = { OPTION_COMMON, { 0 } };
static const struct argp argp = {
	.options = option_table,
	.parser = parse_option,
	.doc = "Says which rules of the ABI documents, and which pairs of rules in one case, a corpus or a "
	       "campaign exercises; what it misses; and what no case can reach, and why.",
	.children = children,
};

static int load(struct coverage *c, const struct options *o, char *path, struct err *e)
{
	char *shipped = xasprintf("%s/corpus/shapes", data_dir());
	struct shapes known = { 0 };
	int rc;

	if (o->campaign) {
		json_t *campaign = campaign_read(o->campaign, e);

		rc = campaign ? 0 : -1;
		json_decref(campaign);
		if (rc == 0 && !dir_exists(path))
			rc = err_set(e, EXIT_USAGE, "%s has drawn no cases", o->campaign);
		if (rc < 0)
			goto out;
	}
	rc = shapes_load(&c->shapes, path, e);
	if (rc == 0 && !c->shapes.count)
		rc = err_set(e, EXIT_USAGE, "%s holds no case", path);
	if (rc == 0)
		rc = shapes_load(&known, shipped, e);
	shapes_cover(&c->shapes, &c->own);
	shapes_cover(&known, &c->known);
	cover_merge(&c->known, &c->own);
out:
	shapes_release(&known);
	free(shipped);
	return rc;
}

/* Missing rules, or pairs, of one ABI: why is NULL where others reach it, or nobody knows why not. */
typedef void missing_fn(int rule, int other, bool reachable, const char *why, void *ctx);

static void each_missing_rule(const struct coverage *c, int abi, missing_fn *fn, void *ctx)
{
	for (int r = 0; r < RULE_COUNT; r++)
		if ((int)rule_info[r].abi == abi && !cover_has(&c->own, (uint32_t)r)) {
			bool reachable = cover_has(&c->known, (uint32_t)r);

			fn(r, -1, reachable, reachable ? NULL : cover_why_not(r), ctx);
		}
}

static void each_missing_pair(const struct coverage *c, int abi, missing_fn *fn, void *ctx)
{
	for (int r = 0; r < RULE_COUNT; r++)
		for (int other = 0; other < r; other++) {
			bool reachable = cover_has(&c->known, cover_pair(r, other));

			if ((int)rule_info[r].abi != abi || (int)rule_info[other].abi != abi ||
			    cover_has(&c->own, cover_pair(r, other)))
				continue;
			fn(other, r, reachable, reachable ? NULL : cover_why_not_pair(other, r), ctx);
		}
}

static json_t *why_json(const char *why)
{
	return why ? json_string(why) : json_null();
}

static void add_rule(int rule, int other, bool reachable, const char *why, void *ctx)
{
	const struct rule_info *info = &rule_info[rule];

	(void)other;
	json_array_append_new(ctx,
			      json_pack("{s:s, s:s, s:s, s:b, s:o}", "rule", info->id, "section",
					info->section, "statement", info->statement, "reachable",
					reachable, "why", why_json(why)));
}

static void add_pair(int rule, int other, bool reachable, const char *why, void *ctx)
{
	json_array_append_new(ctx,
			      json_pack("{s:[ss], s:b, s:o}", "rules", rule_info[rule].id,
					rule_info[other].id, "reachable", reachable, "why",
					why_json(why)));
}

static json_t *counts_json(const struct coverage *c, enum cover_kind kind, int abi)
{
	return json_pack("{s:i, s:i}", "reached",
			 (int)cover_count_abi(&c->own, kind, (enum abi_id)abi), "reachable",
			 (int)cover_count_abi(&c->known, kind, (enum abi_id)abi));
}

static int print_json(const struct coverage *c, const char *path)
{
	json_t *abis = json_array();

	for (unsigned i = 0; abi_at(i); i++) {
		int abi = abi_id(abi_at(i));
		json_t *rules = json_array(), *pairs = json_array();

		each_missing_rule(c, abi, add_rule, rules);
		each_missing_pair(c, abi, add_pair, pairs);
		json_array_append_new(abis,
				      json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "arch",
						abi_arch(abi_at(i)), "rules",
						counts_json(c, COVER_RULES, abi), "pairs",
						counts_json(c, COVER_PAIRS, abi), "combinations",
						counts_json(c, COVER_COMBINATIONS, abi),
						"missing_rules", rules, "missing_pairs", pairs));
	}
	return option_print_json(json_pack("{s:i, s:o, s:i, s:o}", "version", 1, "source",
					   option_json_text(path), "cases", (int)c->shapes.count,
					   "abis", abis));
}

static void print_count(const struct coverage *c, enum cover_kind kind, int abi, const char *what)
{
	uint32_t reached = cover_count_abi(&c->own, kind, (enum abi_id)abi);
	uint32_t reachable = cover_count_abi(&c->known, kind, (enum abi_id)abi);

	printf("  %-36s %5u of %5u known to be reachable (%.1f %%)\n", what, reached, reachable,
	       reachable ? 100.0 * reached / reachable : 0);
}

static void print_rule(int rule, int other, bool reachable, const char *why, void *ctx)
{
	(void)other;
	(void)ctx;
	printf("  missing: %s (%s) %s\n", rule_info[rule].id, rule_info[rule].section,
	       rule_info[rule].statement);
	if (!reachable)
		printf("      %s\n", why ? why : "no case is known that reaches it");
}

struct pair_print {
	bool all;
	uint32_t reachable, unexplained, excluded;
};

static void print_pair(int rule, int other, bool reachable, const char *why, void *ctx)
{
	struct pair_print *p = ctx;

	p->reachable += reachable;
	p->excluded += why != NULL;
	p->unexplained += !reachable && !why;
	if (p->all)
		printf("  missing: %s with %s%s%s\n", rule_info[rule].id, rule_info[other].id,
		       reachable ? "" : ": ",
		       reachable     ? ""
			       : why ? why
				     : "no case is known that reaches both");
}

static void print_text(const struct coverage *c, const char *path, bool all)
{
	printf("%s: %u cases\n", path, c->shapes.count);
	for (unsigned i = 0; abi_at(i); i++) {
		struct pair_print pairs = { .all = all };
		int abi = abi_id(abi_at(i));

		printf("%s\n", abi_arch(abi_at(i)));
		print_count(c, COVER_RULES, abi, "rules");
		print_count(c, COVER_PAIRS, abi, "pairs of rules in one case");
		print_count(c, COVER_COMBINATIONS, abi, "rules by registers left and position");
		each_missing_rule(c, abi, print_rule, NULL);
		each_missing_pair(c, abi, print_pair, &pairs);
		printf("  missing pairs: %u that other cases reach, %u that none can, %u that none is known "
		       "to reach%s\n",
		       pairs.reachable, pairs.excluded, pairs.unexplained,
		       all ? "" : " (--missing names them)");
	}
}

int cmd_cover(int argc, char **argv)
{
	struct options o = { 0 };
	struct coverage *c = xcalloc(1, sizeof(*c));
	struct err e = ERR_INIT;
	int status = EXIT_CLEAN;
	char *path;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (o.campaign)
		path = xasprintf("%s/cases", o.campaign);
	else
		path = o.corpus ? xstrdup(o.corpus) : xasprintf("%s/corpus/shapes", data_dir());
	if (load(c, &o, path, &e) < 0)
		status = option_fail(&e);
	else if (option_json)
		status = print_json(c, path);
	else
		print_text(c, path, o.missing);
	shapes_release(&c->shapes);
	free(c);
	free(path);
	return status;
}
