/* parse_bare.c: model. A type without a function, as a bug report shows it, and what was read past. */
#include "model/parse.h"

void parse_remember(struct parser *p, const struct shape *s, size_t at)
{
	if (parse_incomplete(s) || (p->bare && shape_is_aggregate(p->bare) && !shape_is_aggregate(s)))
		return;
	p->bare = s;
	p->bare_at = at;
}

int parse_finish(struct parser *p, struct fuzz_case *c, struct case_problem *problem)
{
	return case_finish_at(c, p->lean ? FINISH_LEAN : FINISH_PARSED, problem);
}

int parse_bare(struct parser *p, struct fuzz_case *c, const struct shape *s, size_t at)
{
	struct case_problem problem;
	const struct shape **args;

	if (parse_incomplete(s))
		return parse_fail_incomplete(p, at, parse_incomplete(s));
	if (s->kind == SHAPE_VOID || s->kind == SHAPE_FUNCTION || s->kind == SHAPE_ARRAY)
		return parse_fail(p, at, "put it into a struct, or declare f as it is used",
				  "a function f cannot take %s by value and return it",
				  s->kind == SHAPE_VOID		   ? "void"
					  : s->kind == SHAPE_ARRAY ? "an array"
								   : "a function");
	args = arena_alloc(p->arena, sizeof(*args));
	args[0] = s;
	c->proto = (struct proto){ .result = s, .args = args, .arg_count = 1 };
	p->notes |= PARSE_NOTE_BARE;
	if (parse_finish(p, c, &problem) < 0)
		return parse_fail(p, at, problem.hint, "%s", problem.msg);
	return 0;
}

/* "_Static_assert(sizeof(int) == 4, "words (any)");" is passed over, whatever it says. */
int parse_assert(struct parser *p)
{
	const char *text = p->lex.text;
	size_t at = p->lex.at, word = p->tok.at, depth = 0;
	char quote = '\0';

	for (; at < p->lex.len; at++) {
		if (quote && text[at] == '\\') {
			at++;
		} else if (quote) {
			quote = text[at] == quote ? '\0' : quote;
		} else if (text[at] == '"' || text[at] == '\'') {
			quote = text[at];
		} else if (text[at] == '(') {
			depth++;
		} else if (text[at] == ')' && depth && --depth == 0) {
			break;
		} else if (text[at] == ';' && !depth) {
			break;
		}
	}
	if (at >= p->lex.len || text[at] == ';')
		return parse_fail(p, word, "leave it out",
				  "this static assertion does not end, as in "
				  "_Static_assert(sizeof(int) == 4, \"int\");");
	p->lex.at = at + 1;
	p->lex.passed_over = true;
	p->notes |= PARSE_NOTE_ASSERT;
	parse_take(p);
	return parse_expect(p, ";", "end the static assertion with a semicolon");
}

void parse_write_notes(const struct parser *p, struct fuzz_case *c)
{
	struct buf out = BUF_INIT;

	if (p->notes & PARSE_NOTE_LINE)
		buf_addstr(&out, "lines that begin with # are passed over, but for #pragma pack\n");
	if (p->notes & PARSE_NOTE_ASSERT)
		buf_addstr(&out, "static assertions are passed over\n");
	if (p->notes & PARSE_NOTE_PACK)
		buf_addstr(&out, "what #pragma pack does is written as packed and aligned(N)\n");
	if (p->notes & PARSE_NOTE_BARE)
		buf_addf(&out,
			 "no function f is declared: it takes the last struct or union (or else type) "
			 "by value and returns it: %s\n",
			 c->text);
	if (out.len)
		c->notes = arena_strndup(&c->arena, out.ptr, out.len);
	buf_release(&out);
}
