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
		else if (!memcmp(p, "\xe2\x80", 2) && (p[2] == '\xa8' || p[2] == '\xa9'))
			buf_addf(out, "\\u20%02x", (unsigned)(unsigned char)p[2] - 0x80), p += 2;
		else
			buf_addch(out, *p);
	}
	free(text);
}

void report_escape(struct buf *out, const char *s)
{
	for (; *s; s++)
		switch (*s) {
		case '<':
			buf_addstr(out, "&lt;");
			break;
		case '>':
			buf_addstr(out, "&gt;");
			break;
		case '&':
			buf_addstr(out, "&amp;");
			break;
		case '"':
			buf_addstr(out, "&quot;");
			break;
		case '\'':
			buf_addstr(out, "&#39;");
			break;
		default:
			buf_addch(out, *s);
		}
}
