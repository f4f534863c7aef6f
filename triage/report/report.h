/* report.h: triage/report. What a campaign found, gathered once and written in several forms. */
#ifndef TRIAGE_REPORT_REPORT_H
#define TRIAGE_REPORT_REPORT_H

#include <jansson.h>

#include "abi/cover.h"
#include "triage/triage.h"

/* All text in a model is well-formed UTF-8 in which what hides or reorders its neighbours is spelled (\xNN): each
 * form only escapes what means something in itself. "" is "not known". */

struct report_frame {
	char *function; /* "planted_null_read+0x24", or "?" */
	char *where; /* "planted_memory.c:15", a file's name, or "" */
	char *how; /* row of found.def, with a note: "cfi" */
	const char *side; /* static: "go", "c" */
	bool plumbing; /* of libc, Go's runtime or the harness: no word of a signature */
};

/* What a cluster's representative says; empty where the bundle is gone or cannot be read. */
struct report_bundle {
	char *lane, *other_lane, *engine, *target, *exhibit;
	char *created; /* RFC 3339, UTC */
	char *case_text;
	char *fault; /* describe_fault() */
	char *plan; /* describe_plan() */
	char *leaf; /* "arg0.b", "result", or "" */
	const char *oracle, *direction; /* static, or "" */
	struct report_frame *frames; /* innermost first */
	uint32_t frame_count;
	uint32_t frame_left_out; /* behind those that are here */
	char *stack_end; /* why the stack ends there, or "" */
};

struct report_cluster {
	struct triage_cluster *c; /* of the model's result */
	char *name; /* "12": its number */
	uint32_t *lane_count; /* bundles kept of it, by lane */
	char *replay_text;
	struct report_bundle bundle;
};

/* What stands for one in a verdict: is it news, and how sure is that? */
enum report_state {
#define STATE(id, name, about) REPORT_##id,
#include "triage/report/state.def"
#undef STATE
	REPORT_STATES
};
extern const char *const report_state_names[REPORT_STATES];
extern const char *const report_state_about[REPORT_STATES];
enum report_state report_state(const struct triage_cluster *c);

struct report_lane {
	char *name;
	char *arch; /* "amd64", or "" */
	uint64_t run_ms, crossings, executions; /* all its engines together */
};

struct report {
	char *where; /* what was asked for, absolute: a campaign's directory, or a database */
	char *dir; /* absolute: the directory the database lies in */
	char *name; /* last part of where */
	char *target, *seed, *command; /* of the first run */
	char *started; /* RFC 3339 */
	char *state; /* "running", "ended", "failed", as last written */
	double elapsed_s;
	uint64_t executions, crossings, batches, cases;
	struct report_lane *lanes;
	uint32_t lane_count;
	struct triage_result result;
	struct report_cluster *clusters; /* those of result, in its order */
	uint64_t waiting; /* bundles in the spool that triage has not read */
	uint32_t cover_cases; /* of the campaign, looked at for its cover; 0: it has drawn none */
	bool cover_cut; /* there are more than were looked at */
	struct cover own, known; /* what its cases exercise; that and what those that ship do */
};

struct report_options {
	const char *known_issues; /* path or NULL: corpus/known-issues.yaml of the data directory */
};

/* Reads; alters nothing but that an older database may be brought up to date. EXIT_USAGE: no campaign, or no
 * clusters yet. A bundle, campaign.json or status.json that cannot be read only leaves its part empty. */
int report_gather(struct report *r, const char *where, const struct report_options *o, struct err *e);
void report_release(struct report *r);

/* The forms. write: appends the whole document. */
struct report_format {
	const char *name; /* "sarif" */
	const char *file; /* what its file is called by default */
	const char *about;
	int (*write)(const struct report *r, struct buf *out, struct err *e);
};
enum report_format_id {
#define FORMAT(name, file, about) REPORT_FORMAT_##name,
#include "triage/report/format.def"
#undef FORMAT
	REPORT_FORMATS
};
extern const struct report_format report_formats[REPORT_FORMATS];

/* The document of "report --json"; what stands in the page, too. */
json_t *report_to_json(const struct report *r);

#endif
