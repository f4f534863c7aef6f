/* escape.c: triage/report. Text in places where some of its characters would mean something. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/err.h"
#include "triage/report/private.h"

static void base64(struct buf *out, const unsigned char *s, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		unsigned left = len - i > 2 ? 3 : (unsigned)(len - i);
		unsigned n = (unsigned)s[i] << 16 | (left > 1 ? (unsigned)s[i + 1] << 8 : 0) |
			(left > 2 ? s[i + 2] : 0);
		char four[4] = { digits[n >> 18], digits[n >> 12 & 63],
				 left > 1 ? digits[n >> 6 & 63] : '=',
				 left > 2 ? digits[n & 63] : '=' };

		buf_add(out, four, sizeof(four));
	}
}

void report_packed_json(struct buf *out, const json_t *j)
{
	char *text = json_dumps(j, JSON_COMPACT);
	uLongf room, len;
	unsigned char *packed;

	BUG_ON(!text); /* all text is UTF-8: see report.h */
	len = room = compressBound(strlen(text));
	packed = xmalloc(room);
	BUG_ON(compress(packed, &len, (const unsigned char *)text, strlen(text)) != Z_OK);
	base64(out, packed, len);
	free(packed);
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
