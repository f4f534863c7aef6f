/* parse_line.c: model. Lines that begin with '#'. Includes and what only tells a compiler about files or
 * warnings are passed over; #pragma pack is followed; all else is the parser's to refuse. */
#include <string.h>

#include "model/parse.h"

/* A number that #pragma pack takes (GCC manual, 6.62.11); 0: it is none. */
static uint8_t boundary(const struct lexer *l, struct token t)
{
	static const char *const numbers[] = { "1", "2", "4", "8", "16" };

	for (unsigned i = 0; t.kind == TOKEN_NUMBER && i < sizeof(numbers) / sizeof(*numbers); i++)
		if (strlen(numbers[i]) == t.len && !memcmp(l->text + t.at, numbers[i], t.len))
			return (uint8_t)(1u << i);
	return 0;
}

/* "push", "push, 4", "pop", "4" or nothing; t is the first token of it. What the boundary is then. */
static bool read_pack(struct parser *p, struct lexer *l, struct token *t, uint8_t *pack)
{
	if (t->punct == ')') {
		*pack = 0;
		return true;
	}
	if (lex_is(l, *t, "pop")) {
		*pack = p->pack_depth ? p->pack_saved[--p->pack_depth] : 0;
		lex_next(l, t);
		return true;
	}
	if (lex_is(l, *t, "push")) {
		if (p->pack_depth == PARSE_MAX_PACK)
			return false;
		p->pack_saved[p->pack_depth++] = p->pack;
		lex_next(l, t);
		if (t->punct != ',')
			return true;
		lex_next(l, t);
	}
	*pack = boundary(l, *t);
	lex_next(l, t);
	return *pack != 0;
}

/* Behind "#pragma pack". */
static bool take_pack(struct parser *p, struct lexer *l)
{
	uint8_t pack = p->pack;
	struct token t;

	lex_next(l, &t);
	if (t.punct != '(')
		return false;
	lex_next(l, &t);
	if (!read_pack(p, l, &t, &pack) || t.punct != ')')
		return false;
	p->pack = pack;
	lex_next(l, &t);
	return t.kind == TOKEN_END;
}

static bool take_pragma(struct parser *p, struct lexer *l)
{
	struct token t;

	lex_next(l, &t);
	if (lex_is(l, t, "pack"))
		return take_pack(p, l);
	p->notes |= PARSE_NOTE_LINE;
	if (lex_is(l, t, "once"))
		return true;
	if (!lex_is(l, t, "GCC") && !lex_is(l, t, "clang"))
		return false;
	lex_next(l, &t);
	return lex_is(l, t, "diagnostic");
}

bool parse_line(struct parser *p)
{
	struct lexer line = { .text = p->lex.text, .len = p->tok.at + p->tok.len, .at = p->tok.at + 1 };
	struct token t;

	lex_next(&line, &t);
	if (lex_is(&line, t, "pragma"))
		return take_pragma(p, &line);
	p->notes |= PARSE_NOTE_LINE;
	return t.kind == TOKEN_END || t.kind == TOKEN_NUMBER || lex_is(&line, t, "include") ||
		lex_is(&line, t, "line");
}
