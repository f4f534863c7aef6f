/* json.c: triage/report. The report as one JSON document: docs/json.md. */
#include <stdlib.h>
#include <string.h>

#include "triage/fault.h"
#include "triage/report/private.h"
#include "triage/text.h"

static json_t *text(const char *s)
{
	return text_to_json(s ? s : "");
}

static json_t *word_json(const char *s)
{
	struct buf word = BUF_INIT;
	json_t *j;

	text_shell(&word, s);
	j = text(word.ptr);
	buf_release(&word);
	return j;
}

static json_t *path_json(const char *path)
{
	char *clean = report_line(path);
	json_t *j = text(clean);

	free(clean);
	return j;
}

static json_t *lanes_json(const struct report *r)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < r->lane_count; i++) {
		const struct report_lane *l = &r->lanes[i];

		json_array_append_new(list,
				      json_pack("{s:o, s:s, s:I, s:I, s:I}", "lane", text(l->name),
						"arch", l->arch, "run_ms", (json_int_t)l->run_ms,
						"executions", (json_int_t)l->executions,
						"crossings", (json_int_t)l->crossings));
	}
	return list;
}

static json_t *rules_json(const struct report *r, int abi)
{
	json_t *list = json_array();

	for (int i = 0; i < RULE_COUNT; i++)
		if ((int)rule_info[i].abi == abi)
			json_array_append_new(
				list,
				json_pack("{s:s, s:s, s:s, s:b, s:b}", "rule", rule_info[i].id,
					  "section", rule_info[i].section, "statement",
					  rule_info[i].statement, "reached",
					  (int)cover_has(&r->own, (uint32_t)i), "reachable",
					  (int)cover_has(&r->known, (uint32_t)i)));
	return list;
}

static json_t *counts_json(const struct report *r, enum cover_kind kind, int abi)
{
	return json_pack("{s:i, s:i}", "reached",
			 (int)cover_count_abi(&r->own, kind, (enum abi_id)abi), "reachable",
			 (int)cover_count_abi(&r->known, kind, (enum abi_id)abi));
}

static json_t *cover_json(const struct report *r)
{
	json_t *abis = json_array();

	for (unsigned i = 0; abi_at(i); i++) {
		int abi = abi_id(abi_at(i));

		json_array_append_new(abis,
				      json_pack("{s:s, s:o, s:o, s:o, s:o}", "arch",
						abi_arch(abi_at(i)), "rules",
						counts_json(r, COVER_RULES, abi), "pairs",
						counts_json(r, COVER_PAIRS, abi), "combinations",
						counts_json(r, COVER_COMBINATIONS, abi), "rows",
						rules_json(r, abi)));
	}
	return json_pack("{s:i, s:b, s:o}", "cases", (int)r->cover_cases, "cut", (int)r->cover_cut,
			 "abis", abis);
}

/* Tables of what many clusters share: rows by the text that they are made of. */
struct tables {
	json_t *frames, *cases; /* arrays */
	json_t *frame_at, *case_at; /* objects: key to index */
};

static json_t *table_index(json_t *at, json_t *rows, const char *key)
{
	json_t *index = json_object_get(at, key);

	if (!index) {
		index = json_integer((json_int_t)json_array_size(rows));
		json_object_set_new(at, key, index);
		return json_incref(index);
	}
	return json_incref(index);
}

static json_t *frame_index(struct tables *t, const struct report_frame *f)
{
	size_t before = json_array_size(t->frames);
	struct buf key = BUF_INIT;
	json_t *index;

	buf_addf(&key, "%s\n%s\n%s\n%s", f->function, f->where, f->how, f->side);
	index = table_index(t->frame_at, t->frames, key.ptr);
	buf_release(&key);
	if (json_integer_value(index) == (json_int_t)before)
		json_array_append_new(t->frames,
				      json_pack("{s:o, s:o, s:o, s:s, s:b}", "function",
						text(f->function), "where", text(f->where), "how",
						text(f->how), "side", f->side, "plumbing",
						(int)f->plumbing));
	return index;
}

static json_t *stack_json(struct tables *t, const struct report_bundle *b)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < b->frame_count; i++)
		json_array_append_new(list, frame_index(t, &b->frames[i]));
	return list;
}

/* Architectures of the lanes that a cluster was seen in, joined by ','. */
static void archs_of(const struct report *r, const struct report_cluster *c, struct buf *out)
{
	for (uint32_t i = 0; i < r->lane_count; i++)
		if (c->lane_count[i] && !strstr(out->ptr, r->lanes[i].arch))
			buf_addf(out, "%s%s", out->len ? "," : "", r->lanes[i].arch);
}

static json_t *case_index(struct tables *t, const char *case_text, const char *archs)
{
	size_t before = json_array_size(t->cases);
	struct buf key = BUF_INIT;
	json_t *index;

	if (!*case_text)
		return json_null();
	buf_addf(&key, "%s\n%s", archs, case_text);
	index = table_index(t->case_at, t->cases, key.ptr);
	buf_release(&key);
	if (json_integer_value(index) == (json_int_t)before)
		json_array_append_new(t->cases,
				      json_pack("{s:o, s:o}", "text", text(case_text), "abis",
						report_picture(case_text, archs)));
	return index;
}

static json_t *counts_of(const struct report *r, const struct report_cluster *c)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < r->lane_count; i++)
		json_array_append_new(list, json_integer(c->lane_count[i]));
	return list;
}

static json_t *times_json(int ok, int of)
{
	return json_sprintf("%d/%d", ok < 0 ? 0 : ok, of);
}

static json_t *members_json(const struct triage_cluster *c)
{
	enum { SHOWN = 8 };
	json_t *list = json_array();

	for (uint32_t i = 0; i < c->member_count && i < SHOWN; i++) {
		char *name = report_line(c->members[i]);

		json_array_append_new(list, text(name));
		free(name);
	}
	return list;
}

static json_t *bundle_json(struct tables *t, const struct report_bundle *b, const char *archs)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:i, s:o}",
			 "lane", text(b->lane), "other_lane", text(b->other_lane), "engine",
			 text(b->engine), "target", text(b->target), "exhibit", text(b->exhibit),
			 "oracle", b->oracle, "direction", b->direction, "leaf", text(b->leaf),
			 "case", case_index(t, b->case_text, archs), "fault", text(b->fault),
			 "plan", text(b->plan), "stack", stack_json(t, b), "frames_left_out",
			 (int)b->frame_left_out, "stack_end", text(b->stack_end));
}

/* What reduction, attribution and people have added. */
static void add_findings(json_t *j, const struct triage_cluster *c)
{
	json_t *verdicts = json_array();

	for (uint32_t i = 0; i < c->verdict_count; i++) {
		const struct triage_verdict *v = &c->verdicts[i];
		char *lane = report_line(v->lane), *verdict = report_line(v->verdict);

		json_array_append_new(verdicts,
				      json_pack("{s:o, s:o, s:o}", "lane", text(lane), "verdict",
						text(verdict), "times",
						times_json(v->same, v->tries)));
		free(lane);
		free(verdict);
	}
	json_object_set_new(j, "verdicts", verdicts);
	json_object_set_new(j, "blame", c->blame ? text(c->blame) : json_null());
	json_object_set_new(j, "label", c->label ? text(c->label) : json_null());
	json_object_set_new(j, "reduced",
			    c->reduced.path
				    ? json_pack("{s:o, s:o, s:i, s:i, s:i}", "bundle",
						path_json(c->reduced.path), "word",
						word_json(c->reduced.path), "steps",
						(int)c->reduced.steps, "args", (int)c->reduced.args,
						"leaves", (int)c->reduced.leaves)
				    : json_null());
}

static json_t *cluster_json(const struct report *r, const struct report_cluster *rc, struct tables *t)
{
	const struct triage_cluster *c = rc->c;
	struct buf archs = BUF_INIT;
	json_t *j;

	archs_of(r, rc, &archs);
	j = json_pack("{s:s, s:o, s:o, s:s, s:s, s:s, s:o, s:b, s:I, s:o, s:o, s:o, s:o, s:o}",
		      "id", rc->name, "title", text(c->title), "signature", text(c->signature),
		      "kind", c->kind, "state", report_state_names[report_state(c)], "guilty",
		      c->guilty, "guilty_text", text(c->guilty_text), "weak", (int)c->weak, "count",
		      (json_int_t)c->count, "replayed", times_json(c->replayed_ok, c->replayed_of),
		      "reference", times_json(c->reference_ok, c->reference_of), "first_seen",
		      text(c->first_seen), "last_seen", text(c->last_seen), "archs", text(archs.ptr));
	json_object_set_new(j, "known", c->known ? text(c->known) : json_null());
	json_object_set_new(j, "lanes", counts_of(r, rc));
	json_object_set_new(j, "bundle", path_json(c->bundle));
	json_object_set_new(j, "bundle_word", word_json(c->bundle));
	json_object_set_new(j, "kept", json_integer(c->member_count));
	json_object_set_new(j, "members", members_json(c));
	json_object_set_new(j, "replays", text(rc->replay_text));
	json_object_set_new(j, "of_bundle", bundle_json(t, &rc->bundle, archs.ptr));
	add_findings(j, c);
	buf_release(&archs);
	return j;
}

static json_t *states_json(void)
{
	json_t *list = json_array();

	for (int i = 0; i < REPORT_STATES; i++)
		json_array_append_new(list,
				      json_pack("{s:s, s:s}", "state", report_state_names[i],
						"about", report_state_about[i]));
	return list;
}

static json_t *commands_json(void)
{
	static const struct {
		const char *command, *about;
	} next[] = {
#define NEXT(command, about) { command, about },
#include "triage/report/next.def"
#undef NEXT
	};
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(next) / sizeof(next[0]); i++)
		json_array_append_new(list,
				      json_pack("{s:s, s:s}", "command", next[i].command, "about",
						next[i].about));
	return list;
}

static json_t *campaign_json(const struct report *r)
{
	json_t *j = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:f, s:I, s:I, s:I, s:I}", "dir",
			      path_json(r->where), "name", text(r->name), "target", text(r->target),
			      "seed", text(r->seed), "command", text(r->command), "started",
			      text(r->started), "state", text(r->state), "elapsed_s", r->elapsed_s,
			      "executions", (json_int_t)r->executions, "crossings",
			      (json_int_t)r->crossings, "batches", (json_int_t)r->batches, "cases",
			      (json_int_t)r->cases);

	json_object_set_new(j, "word", word_json(r->where));
	return j;
}

json_t *report_to_json(const struct report *r)
{
	struct tables t = { json_array(), json_array(), json_object(), json_object() };
	json_t *clusters = json_array(), *j;

	for (uint32_t i = 0; i < r->result.cluster_count; i++)
		json_array_append_new(clusters, cluster_json(r, &r->clusters[i], &t));
	j = json_pack("{s:i, s:o, s:I, s:I, s:I, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "version",
		      1, "campaign", campaign_json(r), "bundles", (json_int_t)r->result.bundles,
		      "quarantined", (json_int_t)r->result.quarantined, "waiting",
		      (json_int_t)r->waiting, "fresh", (int)r->result.fresh, "states",
		      states_json(), "commands", commands_json(), "lanes", lanes_json(r), "cover",
		      cover_json(r), "clusters", clusters, "frames", t.frames, "cases", t.cases);
	json_decref(t.frame_at);
	json_decref(t.case_at);
	return j;
}
