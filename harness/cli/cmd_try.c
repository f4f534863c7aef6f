/* cmd_try.c: cli. Builds and runs cases now, in the given lanes; one verdict each. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"
#include "base/rng.h"
#include "cli/cases.h"
#include "cli/option.h"
#include "cli/try_table.h"

struct options {
	uint64_t seed;
	struct lane_list lanes;
	const struct target *target; /* NULL: cases from the command line */
	struct plan *plan; /* NULL: plans made from the seed */
	bool misuse;
	char **texts; /* of the cases, checked; names of rows of the target */
	uint32_t count;
};

enum { KEY_LANE = 0x2000, KEY_SEED, KEY_TARGET, KEY_PLAN, KEY_MISUSE };

static const struct argp_option option_table[] = {
	{ "lane", KEY_LANE, "LANE", 0,
	  "as arm64-gcc12-clang14-O2 or a named set; repeated or joined by ',' (amd64)", 0 },
	{ "seed", KEY_SEED, "N", 0, "same seed, same values (1)", 0 },
	{ "plan", KEY_PLAN, "TEXT|@FILE", 0,
	  "do this instead, whatever slots it names; docs/turbulence.md has the language", 0 },
	{ "misuse", KEY_MISUSE, NULL, 0, "do its steps that documentation forbids, too", 0 },
	{ "target", KEY_TARGET, "NAME", 0,
	  "cases of this target instead: those named by CASE..., else all", 0 },
	{ 0 },
};

/* Checks the case, so that an error names the place it came from. */
static int add_case(const char *text, size_t len, const char *name, void *ctx, struct err *e)
{
	struct options *o = ctx;
	struct fuzz_case c = { 0 };

	if (o->count == BATCH_MAX_CASES)
		return err_set(e, EXIT_USAGE, "more than BATCH_MAX_CASES = %d cases at once",
			       BATCH_MAX_CASES);
	if (case_parse(&c, text, len, name, e) < 0) {
		case_release(&c);
		return -1;
	}
	cases_note(&c, name);
	o->texts = xrealloc(o->texts, (o->count + 1) * sizeof(*o->texts));
	o->texts[o->count++] = xstrdup(c.text);
	case_release(&c);
	return 0;
}

static const struct target_case *row_find(const struct target *t, const char *name)
{
	for (uint32_t i = 0; i < t->case_count; i++)
		if (!strcmp(t->cases[i].name, name))
			return &t->cases[i];
	return NULL;
}

/* Arguments come before it is known what they are. */
static int settle(struct options *o, struct err *e)
{
	char **texts = o->texts;
	uint32_t count = o->count;
	int rc = 0;

	if (o->target) {
		for (uint32_t i = 0; i < count; i++)
			if (!row_find(o->target, texts[i]))
				return err_set(e, EXIT_USAGE,
					       "target %s has no case '%s'; see: cgofuzz targets",
					       o->target->name, texts[i]);
		return 0;
	}
	if (!count)
		return err_set(e, EXIT_USAGE, "no case given: a C declaration of f, '-' or @FILE");
	o->texts = NULL;
	o->count = 0;
	for (uint32_t i = 0; i < count; i++) {
		if (rc == 0)
			rc = cases_each(texts[i], add_case, o, e);
		free(texts[i]);
	}
	free(texts);
	return rc < 0 || o->count ? rc : err_set(e, EXIT_USAGE, "no case in what was given");
}

static int take_target(struct options *o, const char *name, struct err *e)
{
	const char *names[32] = { NULL };

	for (uint32_t i = 0, n = 0; target_at(i) && n < 31; i++)
		if (target_at(i)->cases)
			names[n++] = target_at(i)->name;
	if (option_choice(name, "target with cases of its own", names, e) < 0)
		return -1;
	o->target = target_find(name);
	return 0;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	struct err e = ERR_INIT;
	int rc = 0;

	switch (key) {
	case KEY_LANE:
		rc = lane_list_add(&o->lanes, arg, NULL, &e);
		break;
	case KEY_SEED:
		rc = option_u64(arg, "--seed", &o->seed, &e);
		break;
	case KEY_PLAN:
		rc = cases_plan(&o->plan, arg, &e);
		break;
	case KEY_MISUSE:
		o->misuse = true;
		break;
	case KEY_TARGET:
		rc = take_target(o, arg, &e);
		break;
	case ARGP_KEY_ARG:
		o->texts = xrealloc(o->texts, (o->count + 1) * sizeof(*o->texts));
		o->texts[o->count++] = xstrdup(arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	if (rc < 0)
		option_reject(state, &e);
	return 0;
}

static json_t *fault_json(const struct try_fault *f)
{
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:s, s:o, s:o}", "oracle",
			 f->oracle, "direction", f->direction, "leaf", option_json_text(f->leaf),
			 "expected", option_json_text(f->expected), "got", option_json_text(f->got),
			 "place", option_json_text(f->place), "text", option_json_text(f->text),
			 "guilty", guilty_names[f->guilty.side], "compiler", f->guilty.compiler,
			 "section", option_json_text(f->guilty.section.ptr), "reason",
			 option_json_text(f->guilty.reason.ptr));
}

static json_t *result_json(const struct batch_slot *slot, const char *lane,
			   const struct try_result *r)
{
	const struct try_fault *speaker = try_speaker(r);
	json_t *faults = json_array();
	json_t *json;

	for (uint32_t i = 0; i < r->fault_count; i++)
		json_array_append_new(faults, fault_json(&r->faults[i]));
	json = json_pack("{s:o, s:s, s:s, s:o, s:s, s:I, s:o, s:o}", "case",
			 option_json_text(slot->c.text), "lane", lane, "verdict",
			 try_verdict_names[r->verdict], "signature",
			 option_json_text(r->fault_count ? r->faults[0].signature : ""), "guilty",
			 guilty_names[speaker ? speaker->guilty.side : GUILTY_NONE], "crossings",
			 (json_int_t)r->crossings, "faults", faults, "detail",
			 option_json_text(r->detail ? r->detail : ""));
	if (json && slot->row)
		json_object_set_new(json, "name", json_string(slot->row->name));
	return json;
}

static void print_indented(const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		printf("    %.*s\n", (int)len, text);
		text += len + (text[len] == '\n');
	}
}

static void print_fault(const struct try_fault *f)
{
	struct buf words = BUF_INIT;

	guilty_words(&f->guilty, &words);
	printf("    %s: %s: %s\n      guilty: %s\n", f->oracle, f->direction, f->text, words.ptr);
	buf_release(&words);
}

void try_details_print(const struct try_result *r)
{
	for (uint32_t i = 0; i < r->fault_count; i++)
		print_fault(&r->faults[i]);
	if (r->detail)
		print_indented(r->detail);
}

static void print_result(const struct batch_slot *slot, const char *lane, const struct try_result *r)
{
	printf("%-11s %s  ", try_verdict_names[r->verdict], lane);
	if (slot->row)
		printf("%s: ", slot->row->name);
	fputs(slot->c.text, stdout);
	if (r->verdict != TRY_UNBUILDABLE)
		printf("  (%" PRIu64 " crossings)", r->crossings);
	putchar('\n');
	try_details_print(r);
}

struct tally {
	uint32_t faults, judged, lost; /* lost: not one crossing */
	struct try_table table; /* if the lanes fit one */
	struct err failed; /* of the first lane that failed */
};

/* The table takes the result over. */
static void take_result(const struct options *o, const struct batch_slot *slot, const struct lane *l,
			struct try_result *r, json_t *json, struct tally *tally)
{
	tally->faults += r->verdict == TRY_FAULT;
	tally->judged += r->verdict != TRY_UNBUILDABLE && r->verdict != TRY_TIMEOUT;
	tally->lost += r->verdict == TRY_TIMEOUT && r->crossings == 0;
	if (json)
		json_array_append_new(json, result_json(slot, l->name, r));
	else if (try_table_fits(&o->lanes))
		try_table_add(&tally->table, slot, l, r);
	else
		print_result(slot, l->name, r);
}

/* Of a target: the rows that were named, or all. */
static bool is_wanted(const struct options *o, const struct batch_slot *slot)
{
	if (!o->target || !o->count)
		return true;
	for (uint32_t i = 0; i < o->count; i++)
		if (!strcmp(o->texts[i], slot->row->name))
			return true;
	return false;
}

static int make_batch(const struct options *o, struct batch *b, const struct lane *l, struct err *e)
{
	int rc = o->target ? batch_from_target(b, o->target, (int)l->arch->id, e)
			   : batch_from_cases(b, (const char *const *)o->texts, o->count, e);

	if (rc == 0)
		batch_with_control(b);
	return rc;
}

static void run_lane(const struct options *o, const struct lane *l, json_t *json, struct tally *tally)
{
	const struct try_order order = { o->seed, o->plan, o->misuse };
	struct try_result *results;
	struct err e = ERR_INIT;
	struct batch b;
	bool *which;
	int rc = make_batch(o, &b, l, &e);

	if (rc == 0) {
		results = xcalloc(b.count, sizeof(*results));
		which = xcalloc(b.count, sizeof(*which));
		for (uint32_t i = 0; i < b.count; i++)
			which[i] = is_wanted(o, &b.slots[i]);
		rc = try_lane(&b, which, l, &order, results, &e);
		for (uint32_t i = 0; i < b.count; i++) {
			if (rc == 0 && which[i])
				take_result(o, &b.slots[i], l, &results[i], json, tally);
			try_result_release(&results[i]);
		}
		fflush(stdout);
		free(results);
		free(which);
		batch_release(&b);
	}
	if (rc < 0) {
		option_fail(&e);
		if (!tally->failed.status)
			tally->failed = e;
	}
}

static int run_all(const struct options *o)
{
	json_t *json = option_json ? json_array() : NULL;
	struct tally tally = { 0 };
	int status = EXIT_CLEAN;

	for (uint32_t i = 0; i < o->lanes.count; i++) {
		if (o->lanes.count > 2)
			log_status("%u of %u lanes: %s", i + 1, o->lanes.count,
				   o->lanes.lanes[i].name);
		run_lane(o, &o->lanes.lanes[i], json, &tally);
	}
	if (o->lanes.count > 2)
		log_status_end();
	try_table_print(&tally.table);
	try_table_release(&tally.table);
	if (json)
		status = option_print_json(json_pack("{s:i, s:o}", "version", 1, "results", json));
	if (status)
		return status;
	return tally.faults		      ? EXIT_FOUND
		: tally.failed.status	      ? tally.failed.status
		: !tally.judged || tally.lost ? EXIT_ENVIRON
					      : EXIT_CLEAN;
}

int cmd_try(int argc, char **argv)
{
	static const struct argp_child children[] = { OPTION_COMMON, { 0 } };
	static const struct argp argp = {
		.options = option_table,
		.parser = parse_option,
		.args_doc = "CASE...",
		.doc = "Builds and runs cases now, a budget of values and turbulence each, and prints one verdict for each and for each lane.\v"
		       "CASE is a C declaration of f, types spelled in place, options in brackets before it "
		       "(\"[route=callback] void f(struct { char a; double b; })\"); '-': standard input, one a "
		       "line; @FILE. Typedefs and tags may come before it, attributes are taken as GCC takes them: "
		       "docs/grammar.md. Types alone, as in a header or bug report, are a case whose f takes and "
		       "returns the last struct.\nExit status: 0 clean, 1 a fault, 2 wrong use, 3 the environment failed, no "
		       "case could be built and run to its end, or one made no crossing.",
		.children = children,
	};
	struct options o = { .seed = 1 };
	struct err e = ERR_INIT;
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (settle(&o, &e) < 0 || (!o.lanes.count && lane_list_add(&o.lanes, "amd64", NULL, &e) < 0))
		status = option_fail(&e);
	else
		status = run_all(&o);
	for (uint32_t i = 0; i < o.count; i++)
		free(o.texts[i]);
	free(o.plan);
	free(o.texts);
	lane_list_release(&o.lanes);
	return status;
}
