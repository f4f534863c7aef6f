/* findings.c: triage. What reduction, attribution and plain programs have said, or the command that asks them. */
#include <stdlib.h>
#include <string.h>

#include "triage/command.h"
#include "triage/dossier/dossier.h"
#include "triage/dossier/internal.h"
#include "triage/next.h"
#include "triage/text.h"

static json_t *reduced_json(const struct triage_reduced *r)
{
	if (!r->path)
		return json_null();
	return json_pack("{s:o, s:i, s:i, s:i, s:I}", "bundle", text_to_json(r->path), "steps",
			 (int)r->steps, "arguments", (int)r->args, "leaves", (int)r->leaves,
			 "wall_ms", (json_int_t)r->took_ms);
}

static json_t *upstream_json(const struct triage_upstream *u)
{
	if (!u->outcome)
		return json_null();
	return json_pack("{s:s, s:o, s:o}", "outcome", u->outcome, "dir", text_to_json(u->path),
			 "why", text_to_json(u->why));
}

static json_t *verdicts_json(const struct triage_cluster *c)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < c->verdict_count; i++) {
		const struct triage_verdict *v = &c->verdicts[i];

		json_array_append_new(
			list,
			json_pack("{s:o, s:o, s:o, s:i, s:i}", "lane", text_to_json(v->lane),
				  "verdict", text_to_json(v->verdict), "signature",
				  text_to_json(v->signature), "same", v->same, "tries", v->tries));
	}
	return list;
}

/* Null where it was asked already, or where nothing comes of asking. */
static json_t *ask(bool known, enum next_step step, const struct triage_cluster *c, const char *where)
{
	bool never = c->replayed_of && c->replayed_ok <= 0;
	struct buf out = BUF_INIT;
	json_t *json = json_null();

	if (!known && !never && !strstr(c->lanes, "-foreign")) {
		next_add(step, c->smallest, where, &out);
		json = text_to_json(out.ptr);
	}
	buf_release(&out);
	return json;
}

json_t *dossier_findings(const struct triage_cluster *c, const char *where)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "reduced",
			 reduced_json(&c->reduced), "blame", text_to_json(c->blame), "verdicts",
			 verdicts_json(c), "upstream", upstream_json(&c->upstream), "ask_reduce",
			 ask(c->reduced.path, NEXT_REDUCE, c, where), "ask_blame",
			 ask(c->blame, NEXT_BLAME, c, where), "ask_upstream",
			 ask(c->upstream.outcome, NEXT_EMIT, c, where));
}

static json_int_t number(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static void print_reduced(const json_t *r, struct buf *out)
{
	buf_addf(out,
		 "reduced: %" JSON_INTEGER_FORMAT " steps, %" JSON_INTEGER_FORMAT
		 " arguments, %" JSON_INTEGER_FORMAT " leaves: ",
		 number(r, "steps"), number(r, "arguments"), number(r, "leaves"));
	text_shell(out, json_text(r, "bundle"));
	buf_addch(out, '\n');
}

static void print_blame(const json_t *findings, struct buf *out)
{
	const json_t *v;
	size_t i;

	buf_addstr(out, "blame: ");
	add_safe(out, json_text(findings, "blame"));
	buf_addch(out, '\n');
	json_array_foreach(json_object_get(findings, "verdicts"), i, v)
	{
		buf_addstr(out, "  ");
		add_safe(out, json_text(v, "lane"));
		buf_addf(out, "  %s %" JSON_INTEGER_FORMAT "/%" JSON_INTEGER_FORMAT "\n",
			 json_text(v, "verdict"), number(v, "same"), number(v, "tries"));
	}
}

static void print_upstream(const json_t *u, struct buf *out)
{
	bool shown = !strcmp(json_text(u, "outcome"), "shown");

	buf_addstr(out, shown ? "upstream: " : "upstream: no plain program shows it: ");
	if (shown)
		text_shell(out, json_text(u, "dir"));
	else
		add_safe(out, json_text(u, "why"));
	buf_addch(out, '\n');
}

static void print_ask(const json_t *findings, const char *name, const char *words, struct buf *out)
{
	const char *command = json_text(findings, name);

	if (*command)
		buf_addf(out, "%s: %s\n", words, command);
}

void dossier_print_findings(const json_t *findings, struct buf *out)
{
	if (json_object_get(json_object_get(findings, "reduced"), "bundle"))
		print_reduced(json_object_get(findings, "reduced"), out);
	if (*json_text(findings, "blame"))
		print_blame(findings, out);
	if (json_object_get(json_object_get(findings, "upstream"), "outcome"))
		print_upstream(json_object_get(findings, "upstream"), out);
	print_ask(findings, "ask_reduce", "not reduced yet", out);
	print_ask(findings, "ask_blame", "not blamed yet", out);
	print_ask(findings, "ask_upstream", "no plain program yet", out);
}
