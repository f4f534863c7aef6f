/* lex.c: model. Tokens of the text form, and places shown as a compiler does. */
#include "model/lex.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"

#define SHOWN_COLUMNS 100
#define SHOWN_BEFORE 70 /* columns before the place, where a line is cut */

/* The first three begin nearly all tokens; the second and third make names. */
enum char_class { CHAR_PUNCT, CHAR_NAME, CHAR_DIGIT, CHAR_SPACE, CHAR_OTHER };

static const unsigned char classes[256] = {
	[0 ... '\b'] = CHAR_OTHER,  ['\t' ... '\r'] = CHAR_SPACE, [14 ... 31] = CHAR_OTHER,
	[' '] = CHAR_SPACE,	    ['!' ... '\''] = CHAR_OTHER,  ['(' ... '-'] = CHAR_PUNCT,
	['.' ... '/'] = CHAR_OTHER, ['0' ... '9'] = CHAR_DIGIT,	  [':' ... ';'] = CHAR_PUNCT,
	['<'] = CHAR_OTHER,	    ['='] = CHAR_PUNCT,		  ['>' ... '@'] = CHAR_OTHER,
	['A' ... 'Z'] = CHAR_NAME,  ['['] = CHAR_PUNCT,		  ['\\'] = CHAR_OTHER,
	[']'] = CHAR_PUNCT,	    ['^'] = CHAR_OTHER,		  ['_'] = CHAR_NAME,
	['`'] = CHAR_OTHER,	    ['a' ... 'z'] = CHAR_NAME,	  ['{'] = CHAR_PUNCT,
	['|'] = CHAR_OTHER,	    ['}'] = CHAR_PUNCT,		  ['~' ... 255] = CHAR_OTHER,
};

static enum char_class class_of(char c)
{
	return (enum char_class)classes[(unsigned char)c];
}

static bool is_name_char(char c)
{
	return class_of(c) == CHAR_NAME || class_of(c) == CHAR_DIGIT;
}

static bool starts_with(const struct lexer *l, const char *s)
{
	size_t len = strlen(s);

	return l->len - l->at >= len && memcmp(l->text + l->at, s, len) == 0;
}

/* Over comments and the white space behind them; false at a comment that does not end. */
static bool skip_comments(struct lexer *l)
{
	while (starts_with(l, "//") || starts_with(l, "/*")) {
		size_t start = l->at;

		l->passed_over = true;
		if (l->text[l->at + 1] == '/') {
			while (l->at < l->len && l->text[l->at] != '\n')
				l->at++;
		} else {
			l->at += 2;
			while (l->at < l->len && !starts_with(l, "*/"))
				l->at++;
			if (l->at == l->len) {
				l->at = start;
				return false;
			}
			l->at += 2;
		}
		while (l->at < l->len && class_of(l->text[l->at]) == CHAR_SPACE)
			l->at++;
	}
	return true;
}

/* Is it a '#' with nothing but blanks before it in its line? */
static bool begins_line(const struct lexer *l, size_t at)
{
	if (l->text[at] != '#')
		return false;
	while (at && (l->text[at - 1] == ' ' || l->text[at - 1] == '\t'))
		at--;
	return !at || l->text[at - 1] == '\n';
}

/* Is it the end of a line, without a backslash before it? */
static bool ends_line(const struct lexer *l, size_t at)
{
	return l->text[at] == '\n' && l->text[at - 1] != '\\';
}

static void take_other(struct lexer *l, struct token *t)
{
	if (begins_line(l, t->at)) {
		t->kind = TOKEN_LINE;
		l->passed_over = true;
		while (t->at + t->len < l->len && !ends_line(l, t->at + t->len))
			t->len++;
	} else if (starts_with(l, "...")) {
		t->kind = TOKEN_PUNCT;
		t->len = 3;
	} else {
		while (t->at + t->len < l->len &&
		       ((unsigned char)l->text[t->at + t->len] & 0xc0) == 0x80)
			t->len++; /* all of one UTF-8 character */
	}
}

/* All but names and single characters; also what white space and comments are before. */
static __attribute__((noinline)) void take_rest(struct lexer *l, struct token *t)
{
	size_t last = l->at;
	bool ok = true;

	while (l->at < l->len && class_of(l->text[l->at]) == CHAR_SPACE)
		l->at++;
	if (l->at < l->len && l->text[l->at] == '/')
		ok = skip_comments(l);
	*t = (struct token){ .kind = TOKEN_BAD, .at = (uint32_t)l->at, .len = 1 };
	if (l->at == l->len) {
		*t = (struct token){ .kind = TOKEN_END, .at = (uint32_t)last };
		return;
	}
	if (class_of(l->text[l->at]) <= CHAR_DIGIT) {
		lex_next(l, t);
		return;
	}
	if (ok)
		take_other(l, t);
	else
		t->len = 2;
	l->at += t->len;
}

/* What begins with a digit; len: as far as it is made of what names are. */
static __attribute__((noinline)) void take_number(struct lexer *l, struct token *t)
{
	const char *p = l->text + t->at + t->len, *end = l->text + l->len;

	t->kind = TOKEN_NUMBER;
	while (p < end && (is_name_char(*p) || *p == '.'))
		p++;
	t->len = (uint32_t)(p - l->text) - t->at;
	l->at = (size_t)(p - l->text);
}

static __attribute__((noinline)) void take_any_word(struct lexer *l, struct token *t)
{
	t->word = word_look_up(l->text + t->at, t->len);
}

static void take_word(struct lexer *l, struct token *t)
{
	const char *text = l->text + t->at;

	if (t->len > WORD_SHORT || l->len - t->at < WORD_SHORT)
		take_any_word(l, t);
	else
		t->word = word_find(text, t->len);
}

/* Nearly all tokens are names, numbers or one character, behind one blank at most. A third of
 * the time of a parse is spent here: no call but at the end, so that no register is saved. */
void lex_next(struct lexer *l, struct token *t)
{
	const char *start = l->text + l->at, *end = l->text + l->len, *p;
	enum char_class class;

	if (start < end && *start == ' ')
		start++;
	class = start < end ? class_of(*start) : CHAR_OTHER;
	if (class > CHAR_DIGIT) {
		take_rest(l, t);
		return;
	}
	p = start + 1;
	t->at = (uint32_t)(start - l->text);
	t->word = NULL;
	if (class == CHAR_PUNCT) {
		t->kind = TOKEN_PUNCT;
		t->punct = *start;
		t->len = 1;
		l->at = t->at + 1;
		return;
	}
	while (p < end && is_name_char(*p))
		p++;
	t->kind = TOKEN_NAME;
	t->punct = '\0';
	t->len = (uint32_t)(p - start);
	l->at = (size_t)(p - l->text);
	if (class == CHAR_DIGIT)
		take_number(l, t);
	else if (t->len > 1)
		take_word(l, t);
}

bool lex_is(const struct lexer *l, struct token t, const char *word)
{
	if (t.kind != TOKEN_NAME && t.kind != TOKEN_PUNCT)
		return false;
	if (l->text[t.at] != *word) /* mostly */
		return false;
	return !strncmp(l->text + t.at, word, t.len) && !word[t.len];
}

/* Bytes of the UTF-8 character at p, 0 if it is none. */
static size_t utf8_len(const unsigned char *p, size_t left)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = *p < 0x80 ? 1
		: *p < 0xc0    ? 0
		: *p < 0xe0    ? 2
		: *p < 0xf0    ? 3
		: *p < 0xf8    ? 4
			       : 0;
	uint32_t code;

	if (len <= 1)
		return len;
	if (len > left)
		return 0;
	code = *p & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3f);
	}
	if (code < least[len] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	return len;
}

/* Bytes of ASCII without NUL at the start, in steps of 8: all but a few, mostly. */
static size_t ascii_len(const char *text, size_t len)
{
	static const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
	size_t at = 0;
	uint64_t x;

	for (; len - at >= sizeof(x); at += sizeof(x)) {
		memcpy(&x, text + at, sizeof(x));
		if ((x | ((x - ones) & ~x)) & tops)
			break;
	}
	return at;
}

size_t lex_bad_byte(const char *text, size_t len)
{
	size_t at = ascii_len(text, len);

	while (at < len && text[at]) {
		size_t n;

		if (text[at] > 0) {
			at++;
			continue;
		}
		n = utf8_len((const unsigned char *)text + at, len - at);

		if (!n)
			break;
		at += n;
	}
	return at;
}

/* Is this byte the first of a character, and so one column wide? */
static bool is_column(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

/* What stands for it in a message, one column wide and harmless to a terminal. */
static char shown_char(char c)
{
	if (c == '\t')
		return ' ';
	return c >= ' ' && c <= '~' ? c : '?';
}

/* The line, one column a character, cut to what is shown; *column becomes the one shown at. */
static void show_line(struct buf *out, const char *line, size_t len, size_t *column)
{
	size_t columns = 0, from = 0, to, n = 0;

	for (size_t i = 0; i < len; i++)
		columns += is_column(line[i]);
	if (columns > SHOWN_COLUMNS && *column > SHOWN_BEFORE)
		from = *column - SHOWN_BEFORE;
	if (from && columns < from + SHOWN_COLUMNS)
		from = columns - SHOWN_COLUMNS;
	to = from + SHOWN_COLUMNS;
	for (size_t i = 0; i < len && n < to; i++) {
		bool cut;

		if (!is_column(line[i]))
			continue;
		cut = (from && n < from + 3) || (to < columns && n + 3 >= to);
		if (n >= from)
			buf_addch(out, cut ? '.' : shown_char(line[i]));
		n++;
	}
	*column -= from;
}

int lex_error(const struct lexer *l, const char *name, size_t at, const char *msg, const char *hint,
	      struct err *e)
{
	size_t start = 0, end = at, line = 1, column = 0, shown;
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < at; i++) {
		if (l->text[i] == '\n') {
			start = i + 1;
			line++;
			column = 0;
		} else {
			column += is_column(l->text[i]);
		}
	}
	while (end < l->len && l->text[end] != '\n')
		end++;
	shown = column;
	show_line(&out, l->text + start, end - start, &shown);
	buf_rtrim(&out);
	buf_addf(&out, "\n%*s^", (int)shown, "");
	err_set(e, EXIT_USAGE, "%.400s:%zu:%zu: error: %s\n%s\nhint: %s", name, line, column + 1,
		msg, out.ptr, hint);
	buf_release(&out);
	return -1;
}
