/* sarif.c: triage/report. SARIF 2.1.0 (OASIS, errata 01): a result for each cluster, a rule for each kind of fault. */
#include <stdlib.h>
#include <string.h>

#include "triage/fault.h"
#include "triage/report/private.h"
#include "triage/text.h"

#define SARIF_SCHEMA \
	"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

static json_t *message(const char *s)
{
	return json_pack("{s:o}", "text", text_to_json(s));
}

/* A path as part of a URI: RFC 3986, 3.3. */
static json_t *uri_json(const char *prefix, const char *path, const char *end)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "-._~/";
	struct buf out = BUF_INIT;
	json_t *j;

	buf_addstr(&out, prefix);
	for (const char *p = path; *p; p++)
		if (strchr(plain, *p))
			buf_addch(&out, *p);
		else
			buf_addf(&out, "%%%02X", (unsigned)(unsigned char)*p);
	buf_addstr(&out, end);
	j = json_string(out.ptr);
	buf_release(&out);
	return j;
}

static json_t *rules_json(void)
{
	json_t *list = json_array();

	for (uint32_t k = 0; k < CGOFUZZ_FAULT_KINDS; k++)
		json_array_append_new(list,
				      json_pack("{s:s, s:o, s:{s:s}}", "id", fault_kind_name(k),
						"shortDescription", message(fault_about(k)),
						"properties", "oracle", fault_oracle_name(k)));
	return list;
}

static int rule_index(const char *kind)
{
	for (uint32_t k = 0; k < CGOFUZZ_FAULT_KINDS; k++)
		if (!strcmp(kind, fault_kind_name(k)))
			return (int)k;
	return -1;
}

/* "planted_memory.c:15"; what has no line is no source. */
static json_t *frame_json(const struct report_frame *f)
{
	const char *colon = strrchr(f->where, ':');
	long line = colon ? strtol(colon + 1, NULL, 10) : 0;
	json_t *location = json_pack("{s:[{s:o, s:s}]}", "logicalLocations", "fullyQualifiedName",
				     text_to_json(f->function), "kind", "function");

	if (line > 0 && line < INT32_MAX) {
		char *file = xasprintf("%.*s", (int)(colon - f->where), f->where);

		json_object_set_new(location, "physicalLocation",
				    json_pack("{s:{s:o}, s:{s:i}}", "artifactLocation", "uri",
					      uri_json("", file, ""), "region", "startLine",
					      (int)line));
		free(file);
	}
	return json_pack("{s:o}", "location", location);
}

static json_t *stack_json(const struct report_bundle *b)
{
	json_t *frames = json_array();

	for (uint32_t i = 0; i < b->frame_count; i++)
		json_array_append_new(frames, frame_json(&b->frames[i]));
	return json_pack("{s:o, s:o}", "message",
			 message(b->frame_left_out ? "C and Go, stitched; frames in the middle left out"
						   : "C and Go, stitched"),
			 "frames", frames);
}

/* The text of the case: the one file that every bundle has. */
static json_t *location_json(const struct report *r, const struct report_cluster *c)
{
	size_t len = strlen(r->dir);
	bool below = !strncmp(c->c->bundle, r->dir, len) && c->c->bundle[len] == '/';
	json_t *artifact = json_object();

	json_object_set_new(artifact, "uri",
			    below ? uri_json("", c->c->bundle + len + 1, "/case")
				  : uri_json("file://", c->c->bundle, "/case"));
	if (below)
		json_object_set_new(artifact, "uriBaseId", json_string("CAMPAIGN"));
	return json_pack("{s:o, s:{s:i}}", "artifactLocation", artifact, "region", "startLine", 1);
}

static const char *level_of(enum report_state state)
{
	return state == REPORT_NEW				? "error"
		: state == REPORT_OPEN || state == REPORT_FLAKY ? "warning"
								: "note";
}

static json_t *lanes_json(const struct report *r, const struct report_cluster *c)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < r->lane_count; i++)
		if (c->lane_count[i])
			json_array_append_new(list, text_to_json(r->lanes[i].name));
	return list;
}

static json_t *result_json(const struct report *r, const struct report_cluster *rc)
{
	const struct triage_cluster *c = rc->c;
	enum report_state state = report_state(c);
	bool put_aside = state == REPORT_KNOWN || state == REPORT_IGNORED;
	int rule = rule_index(c->kind);
	json_t *j = json_pack(
		"{s:o, s:s, s:o, s:I, s:s, s:[{s:o}], s:{s:o}, s:{s:s, s:s, s:s, s:o, s:b, s:o}}",
		"ruleId", text_to_json(c->kind), "level", level_of(state), "message",
		message(c->title), "occurrenceCount", (json_int_t)(c->count ? c->count : 1),
		"baselineState", state == REPORT_KNOWN ? "unchanged" : "new", "locations",
		"physicalLocation", location_json(r, rc), "partialFingerprints",
		"cgofuzzSignature/v1", text_to_json(c->signature), "properties", "cluster",
		rc->name, "state", report_state_names[state], "guilty", c->guilty, "guiltyText",
		text_to_json(c->guilty_text), "weak", (int)c->weak, "lanes", lanes_json(r, rc));

	if (rule >= 0)
		json_object_set_new(j, "ruleIndex", json_integer(rule));
	if (put_aside)
		json_object_set_new(
			j, "suppressions",
			json_pack("[{s:s, s:s, s:o}]", "kind", "external", "status", "accepted",
				  "justification",
				  text_to_json(c->known ? c->known : "put aside by somebody")));
	if (rc->bundle.frame_count)
		json_object_set_new(j, "stacks", json_pack("[o]", stack_json(&rc->bundle)));
	return j;
}

static json_t *invocation_json(const struct report *r)
{
	json_t *j = json_pack("{s:b, s:o}", "executionSuccessful", strcmp(r->state, "failed") != 0,
			      "commandLine", text_to_json(r->command));

	if (*r->started)
		json_object_set_new(j, "startTimeUtc", text_to_json(r->started));
	return j;
}

int report_sarif(const struct report *r, struct buf *out, struct err *e)
{
	json_t *results = json_array(), *run, *j;
	char *text;

	(void)e;
	for (uint32_t i = 0; i < r->result.cluster_count; i++)
		json_array_append_new(results, result_json(r, &r->clusters[i]));
	run = json_pack("{s:{s:{s:s, s:o}}, s:[o], s:{s:{s:o}}, s:s, s:o}", "tool", "driver",
			"name", "cgofuzz", "rules", rules_json(), "invocations", invocation_json(r),
			"originalUriBaseIds", "CAMPAIGN", "uri", uri_json("file://", r->dir, "/"),
			"columnKind", "utf16CodeUnits", "results", results);
	j = json_pack("{s:s, s:s, s:[o]}", "$schema", SARIF_SCHEMA, "version", "2.1.0", "runs", run);
	text = json_dumps(j, JSON_INDENT(1));
	BUG_ON(!text);
	buf_addstr(out, text);
	buf_addch(out, '\n');
	free(text);
	json_decref(j);
	return 0;
}
