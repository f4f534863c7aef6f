/* cmd_show.c: cli. Everything about one cluster or bundle, for a person. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "cli/campaigns.h"
#include "cli/option.h"
#include "model/plan_text.h"
#include "triage/command.h"
#include "triage/dossier/dossier.h"
#include "triage/suspect.h"
#include "triage/text.h"
#include "triage/triage.h"

struct show_args {
	const char *arg[2]; /* BUNDLE, ID, or DIR and ID; with --plan a FILE too */
	int count;
	bool plan;
};

enum { KEY_PLAN = 0x2000 };

static const struct argp_option option_table[] = {
	{ "plan", KEY_PLAN, NULL, 0,
	  "only the plan, as text that \"try --plan\" takes; of a FILE too that an engine keeps", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct show_args *a = state->input;

	switch (key) {
	case KEY_PLAN:
		a->plan = true;
		return 0;
	case ARGP_KEY_ARG:
		if (a->count == 2)
			argp_error(state, "too many arguments: %s", arg);
		a->arg[a->count++] = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "what? cgofuzz show DIR ID, or cgofuzz show BUNDLE");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* What is known of the bundle beyond its fault, the commands at the end. */
static void print_dossier(const struct bundle *b)
{
	struct buf text = BUF_INIT;
	json_t *dossier = dossier_make(b);

	dossier_print(dossier, &text);
	fwrite(text.ptr, 1, text.len, stdout);
	buf_release(&text);
	json_decref(dossier);
}

static json_t *own_lane(const struct bundle *b)
{
	return json_pack("[{s:s, s:s, s:i, s:o}]", "lane", b->lane, "verdict", "fault", "bundles",
			 1, "first", option_json_text(b->created));
}

static int show_json(const struct bundle *b, const struct triage_cluster *c, json_t *lanes,
		     json_t *findings)
{
	struct buf signature = BUF_INIT, title = BUF_INIT, stack = BUF_INIT, text = BUF_INIT;
	struct err e = ERR_INIT;
	char *command = command_text("replay", b->dir), id[24] = "";
	struct suspect suspect;
	bool weak;
	int rc;

	if (signature_make(b, &signature, &title, &stack, &weak, &e) < 0)
		return option_fail(&e);
	suspect_open(&suspect, b);
	describe_bundle(b, &text);
	if (c)
		snprintf(id, sizeof(id), "%" PRId64, c->id);
	rc = option_print_json(json_pack(
		"{s:i, s:s, s:o, s:s, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"version", 1, "cluster", id, "signature", option_json_text(signature.ptr), "guilty",
		c ? c->guilty : guilty_names[suspect.side], "guilty_text",
		option_json_text(c ? c->guilty_text : suspect.words.ptr), "title",
		option_json_text(title.ptr), "weak", weak, "bundle", option_json_text(b->dir),
		"lane", option_json_text(b->lane), "case", option_json_text(b->case_text),
		"exhibit", option_json_text(b->exhibit), "stack", option_json_text(stack.ptr),
		"text", option_json_text(text.ptr), "replay", option_json_text(command), "lanes",
		lanes ? lanes : own_lane(b), "findings", findings, "dossier", dossier_make(b)));
	free(command);
	suspect_release(&suspect);
	buf_release(&signature);
	buf_release(&title);
	buf_release(&stack);
	buf_release(&text);
	return rc;
}

static int print_plan(const uint8_t *plan, uint32_t len, uint32_t slots)
{
	struct buf text = BUF_INIT;
	int rc = EXIT_CLEAN;

	plan_print(plan, len, slots, PLAN_NO_MARK, &text);
	if (option_json)
		rc = option_print_json(json_pack("{s:i, s:s}", "version", 1, "plan", text.ptr));
	else
		fwrite(text.ptr, 1, text.len, stdout);
	buf_release(&text);
	return rc;
}

static int show_plan_of_bundle(const char *dir)
{
	struct err e = ERR_INIT;
	struct bundle b;
	int rc;

	if (bundle_load(&b, dir, &e) < 0)
		return option_fail(&e);
	rc = print_plan(b.rec->plan, b.rec->plan_len, b.slots);
	bundle_release(&b);
	return rc;
}

/* Bytes as an engine has them; of how many cases its batch is nobody knows. */
static int show_plan_file(const char *path)
{
	struct buf plan = BUF_INIT;
	struct err e = ERR_INIT;
	uint32_t len;
	int rc;

	if (file_read(path, 1 << 20, &plan, &e) < 0) {
		e.status = EXIT_USAGE;
		return option_fail(&e);
	}
	len = plan.len < CGOFUZZ_PLAN_MAX_BYTES ? (uint32_t)plan.len : CGOFUZZ_PLAN_MAX_BYTES;
	rc = print_plan((const uint8_t *)plan.ptr, len, UINT16_MAX + 1);
	buf_release(&plan);
	return rc;
}

/* As of a cluster of this bundle alone. */
static json_t *findings_of(const struct bundle *b)
{
	struct triage_cluster c = { 0 };
	char *home = triage_home(b->dir);
	struct err e = ERR_INIT;
	json_t *findings;

	if (home && triage_findings_read(home, b->dir, &c, &e) < 0)
		log_warn("%s: %s", b->name, e.msg);
	c.smallest = xstrdup(c.reduced.path ? c.reduced.path : b->dir);
	c.lanes = xstrdup(b->lane);
	findings = dossier_findings(&c, home);
	triage_cluster_release(&c);
	free(home);
	return findings;
}

static void print_findings(json_t *findings)
{
	struct buf text = BUF_INIT;

	dossier_print_findings(findings, &text);
	fwrite(text.ptr, 1, text.len, stdout);
	buf_release(&text);
	json_decref(findings);
}

static int show_bundle(const char *dir)
{
	struct buf signature = BUF_INIT, title = BUF_INIT, text = BUF_INIT;
	struct err e = ERR_INIT;
	struct suspect suspect;
	struct bundle b;
	bool weak;
	int rc = EXIT_CLEAN;

	if (bundle_load(&b, dir, &e) < 0)
		return option_fail(&e);
	if (option_json) {
		rc = show_json(&b, NULL, NULL, findings_of(&b));
	} else if (signature_make(&b, &signature, &title, &text, &weak, &e) < 0) {
		rc = option_fail(&e);
	} else {
		buf_reset(&text);
		describe_bundle(&b, &text);
		suspect_open(&suspect, &b);
		printf("%s%s\nsignature: %s\nguilty: %s\n%s", title.ptr, weak ? " (weak)" : "",
		       signature.ptr, suspect.words.len ? suspect.words.ptr : "unknown", text.ptr);
		print_findings(findings_of(&b));
		print_dossier(&b);
		suspect_release(&suspect);
	}
	bundle_release(&b);
	buf_release(&signature);
	buf_release(&title);
	buf_release(&text);
	return rc;
}

static void print_verdict(const struct triage_cluster *c, const char *replay_text)
{
	if (!c->replayed_of)
		printf("verdict: not replayed yet\n");
	else
		printf("verdict: %s (%d/%d), reference path: %s (%d/%d)\n",
		       c->replayed_ok == c->replayed_of ? "reproduced"
			       : c->replayed_ok > 0	? "flaky"
							: "not reproduced",
		       c->replayed_ok, c->replayed_of,
		       c->reference_of == 0	     ? "not tried"
			       : c->reference_ok > 0 ? "reproduced"
						     : "not reproduced: an artefact of the fast path",
		       c->reference_ok < 0 ? 0 : c->reference_ok, c->reference_of);
	if (*c->guilty_text)
		printf("guilty: %s\n", c->guilty_text);
	if (c->known)
		printf("known: %s\n", c->known);
	if (*replay_text)
		printf("replays:\n%s", replay_text);
}

static void print_cluster(const struct triage_cluster *c, const struct bundle *b,
			  const json_t *lanes, const char *replay_text, const char *where)
{
	struct buf text = BUF_INIT;

	printf("cluster %" PRId64 ": %s%s\nsignature: %s\nseen: %" PRIu64 " times, %u bundles kept\n",
	       c->id, c->title, c->weak ? " (weak)" : "", c->signature, c->count, c->member_count);
	dossier_print_lanes(lanes, &text);
	printf("lanes:\n%s", text.ptr);
	print_verdict(c, replay_text);
	print_findings(dossier_findings(c, where));
	buf_reset(&text);
	describe_bundle(b, &text);
	fwrite(text.ptr, 1, text.len, stdout);
	print_dossier(b);
	buf_release(&text);
}

static int show_cluster(const char *campaign, int64_t id, bool plan)
{
	struct triage_cluster c = { 0 };
	char *replay_text = NULL;
	struct err e = ERR_INIT;
	json_t *lanes = NULL;
	struct bundle b;
	int rc = EXIT_CLEAN;

	if (triage_cluster_read(campaign, id, &c, &replay_text, &e) < 0)
		return option_fail(&e);
	if (plan) {
		rc = show_plan_of_bundle(c.bundle);
	} else if (bundle_load(&b, c.bundle, &e) < 0) {
		rc = option_fail(&e);
	} else {
		lanes = dossier_lanes(campaign, &c, &e);
		if (!lanes)
			rc = option_fail(&e);
		else if (option_json)
			rc = show_json(&b, &c, lanes, dossier_findings(&c, campaign));
		else
			print_cluster(&c, &b, lanes, replay_text, campaign);
		if (!option_json)
			json_decref(lanes);
		bundle_release(&b);
	}
	free(replay_text);
	triage_cluster_release(&c);
	return rc;
}

/* One argument that is neither a bundle nor an ID. */
static int check_alone(const char *arg, struct err *e)
{
	char *json = xasprintf("%s/campaign.json", arg);
	bool campaign = file_exists(json);

	free(json);
	if (campaign)
		return err_set(
			e, EXIT_USAGE,
			"%s is a campaign: name one of its clusters too; `cgofuzz triage` lists them",
			arg);
	if (strchr(arg, '/') && !dir_exists(arg))
		return err_set(e, EXIT_USAGE, "there is no bundle %s", arg);
	return 0;
}

int cmd_show(int argc, char **argv)
{
	static const struct argp_child children[] = { OPTION_COMMON, { 0 } };
	static const struct argp argp = {
		option_table,
		parse,
		"DIR ID\nID\nBUNDLE\n--plan FILE",
		"Shows one cluster of a campaign, or one bundle. An ID alone is "
		"looked for in the current directory, then in the last campaign.",
		children,
		NULL,
		NULL
	};
	struct show_args a = { 0 };
	struct err e = ERR_INIT;
	char *campaign;
	uint64_t id;
	int rc;

	argp_parse(&argp, argc, argv, 0, NULL, &a);
	if (a.plan && a.count == 1 && file_exists(a.arg[0]) && !dir_exists(a.arg[0]))
		return show_plan_file(a.arg[0]);
	if (a.count == 1 && check_alone(a.arg[0], &e) < 0)
		return option_fail(&e);
	if (a.count == 1 && dir_exists(a.arg[0]))
		return a.plan ? show_plan_of_bundle(a.arg[0]) : show_bundle(a.arg[0]);
	if (option_u64(a.arg[a.count - 1], "cluster", &id, &e) < 0)
		return option_fail(&e);
	campaign = a.count == 2 ? xstrdup(a.arg[0]) : campaign_last("triage.db");
	if (!campaign) {
		err_set(&e, EXIT_USAGE, "no campaign found: cgofuzz show DIR %s", a.arg[0]);
		return option_fail(&e);
	}
	rc = show_cluster(campaign, (int64_t)id, a.plan);
	free(campaign);
	return rc;
}
