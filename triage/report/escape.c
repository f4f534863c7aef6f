/* escape.c: triage/report. Text in places where some of its characters would mean something. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "triage/report/private.h"

void report_script_json(struct buf *out, const json_t *j)
{
	char *text = json_dumps(j, JSON_COMPACT);

	BUG_ON(!text); /* all text is UTF-8: see report.h */
	for (const char *p = text; *p; p++) {
		if (*p == '<' || *p == '>' || *p == '&')
			buf_addf(out, "\\u%04x", (unsigned)*p);
		else if (!strncmp(p, "\xe2\x80", 2) && (p[2] == '\xa8' || p[2] == '\xa9'))
			buf_addf(out, "\\u20%02x", (unsigned)(unsigned char)p[2] - 0x80), p += 2;
		else
			buf_addch(out, *p);
	}
	free(text);
}

void report_escape_char(struct buf *out, const char **at)
{
	static const struct {
		char c;
		const char *entity;
	} entities[] = {
		{ '<', "&lt;" },   { '>', "&gt;" },   { '&', "&amp;" },
		{ '"', "&quot;" }, { '\'', "&#39;" },
	};
	const char *s = *at;

	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
		if (*s == entities[i].c) {
			buf_addstr(out, entities[i].entity);
			return;
		}
	/* U+FFFE and U+FFFF are no characters of XML (1.0, 2.2). */
	if (!strncmp(s, "\xef\xbf", 2) && (s[2] == '\xbe' || s[2] == '\xbf')) {
		buf_addf(out, "\\u{fff%c}", s[2] == '\xbe' ? 'e' : 'f');
		*at += 2;
	} else {
		buf_addch(out, *s);
	}
}

void report_escape(struct buf *out, const char *s)
{
	for (; *s; s++)
		report_escape_char(out, &s);
}
