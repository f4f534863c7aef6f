/* private.h: triage/report, for its own files. */
#ifndef TRIAGE_REPORT_PRIVATE_H
#define TRIAGE_REPORT_PRIVATE_H

#include "triage/db.h"
#include "triage/report/report.h"

#define FORMAT(name, file, about) \
	int report_##name(const struct report *r, struct buf *out, struct err *e);
#include "triage/report/format.def"
#undef FORMAT

/* Text of any bytes as all text in a model is: malloc'd. */
char *report_text(const char *s, size_t len);
char *report_line(const char *s); /* of one line, too; NULL: "" */

/* What the representative at dir says. */
void report_bundle_read(struct report_bundle *b, const char *dir);
void report_bundle_release(struct report_bundle *b);
/* From the text of stack_print(): any bytes. Keeps the first and the last frames of a long one. */
void report_frames_parse(struct report_bundle *b, const char *text, size_t len);

/* campaign.json and status.json: any bytes; what they lack stays empty. */
void report_campaign_read(struct report *r);
/* The lane of that name, added if there is none. */
uint32_t report_lane(struct report *r, const char *name);
/* What the campaign's cases exercise of the rule book. */
void report_cover_read(struct report *r);

/* Where each leaf of a case lies by each ABI document whose architecture is among archs ("amd64,arm64"): an array, one
 * object for each; docs/json.md. Empty for what is no case. */
json_t *report_picture(const char *case_text, const char *archs);

/* Files that are part of the page, as they stand in triage/report/. */
struct report_asset {
	const char *start, *end;
};
extern const struct report_asset report_page_css, report_page_js, report_cluster_js, report_draw_js;

/* Appends JSON deflated (RFC 1950) and in base64: a tenth of its size, and nothing in it means anything in HTML. */
void report_packed_json(struct buf *out, const json_t *j);
/* Appends text with the five characters of HTML and XML escaped. */
void report_escape(struct buf *out, const char *s);
/* One of them, at *at, which is left on its last byte. */
void report_escape_char(struct buf *out, const char **at);

#endif
