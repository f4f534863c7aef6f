/* text.c: triage. Text from outside, made safe to be shown on a terminal. */
#include "triage/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Length of the well-formed UTF-8 sequence at s (Unicode 15, table 3-7), 0 if there is none. */
static size_t sequence(const uint8_t *s, size_t len, uint32_t *rune)
{
	size_t n = s[0] < 0x80		      ? 1
		: s[0] >= 0xc2 && s[0] < 0xe0 ? 2
		: s[0] >= 0xe0 && s[0] < 0xf0 ? 3
		: s[0] >= 0xf0 && s[0] < 0xf5 ? 4
					      : 0;
	static const uint8_t mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	if (!n || n > len)
		return 0;
	*rune = s[0] & mask[n];
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*rune = *rune << 6 | (s[i] & 0x3f);
	}
	if (*rune < least[n] || *rune > 0x10ffff || (*rune >= 0xd800 && *rune < 0xe000))
		return 0;
	return n;
}

/* Controls (C0, DEL, C1), and what hides or reorders its neighbours. */
static bool hides(uint32_t r)
{
	return r < 0x20 || (r >= 0x7f && r < 0xa0) || r == 0xad || r == 0x61c ||
		(r >= 0x200b && r <= 0x200f) || (r >= 0x2028 && r <= 0x202e) ||
		(r >= 0x2060 && r <= 0x206f) || r == 0xfeff || (r >= 0xfff9 && r <= 0xfffb) ||
		(r >= 0xe0000 && r <= 0xe007f);
}

static void escape(struct buf *out, const char *text, size_t len, bool lines)
{
	const uint8_t *s = (const uint8_t *)text;

	for (size_t i = 0; i < len;) {
		uint32_t rune = 0;
		size_t n = sequence(s + i, len - i, &rune);

		if (n == 0)
			buf_addf(out, "\\x%02x", s[i]);
		else if (lines && (rune == '\n' || rune == '\t'))
			buf_addch(out, (char)rune);
		else if (rune == '\n')
			buf_addstr(out, "\\n");
		else if (rune == '\t')
			buf_addstr(out, "\\t");
		else if (rune == '\\' && !lines)
			buf_addstr(out, "\\\\");
		else if (hides(rune) && rune < 0x80)
			buf_addf(out, "\\x%02x", (unsigned)rune);
		else if (hides(rune))
			buf_addf(out, "\\u{%x}", (unsigned)rune);
		else
			buf_add(out, text + i, n);
		i += n ? n : 1;
	}
}

void text_escape(struct buf *out, const char *s, size_t len)
{
	escape(out, s, len, false);
}

void text_escape_lines(struct buf *out, const char *s, size_t len)
{
	escape(out, s, len, true);
}

/* $'...': every byte that is not plain ASCII is spelled. */
static void spell(struct buf *out, const char *word)
{
	buf_addstr(out, "$'");
	for (const uint8_t *p = (const uint8_t *)word; *p; p++)
		if (*p < 0x20 || *p >= 0x7f)
			buf_addf(out, "\\x%02x", *p);
		else
			buf_addf(out, *p == '\'' || *p == '\\' ? "\\%c" : "%c", *p);
	buf_addch(out, '\'');
}

void text_shell(struct buf *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "/._-+:@%,=";
	struct buf shown = BUF_INIT;

	escape(&shown, word, strlen(word), true);
	if (*word && !word[strspn(word, plain)]) {
		buf_addstr(out, word);
	} else if (strcmp(shown.ptr, word) != 0 || strpbrk(word, "\n\t")) {
		spell(out, word);
	} else {
		buf_addch(out, '\'');
		for (const char *p = word; *p; p++)
			buf_addf(out, *p == '\'' ? "'\\%c'" : "%c", *p);
		buf_addch(out, '\'');
	}
	buf_release(&shown);
}

json_t *text_to_json(const char *text)
{
	struct buf escaped = BUF_INIT;
	json_t *j;

	if (!text)
		return json_null();
	j = json_string(text);
	if (!j) {
		text_escape(&escaped, text, strlen(text));
		j = json_string(escaped.ptr);
		buf_release(&escaped);
	}
	return j;
}
