/* parse.c: model. The text form of a case: options, typedefs, the declaration of f. */
#include "model/parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define HINT_OPTIONS "the options are route, as in [route=callback]"

int parse_fail(struct parser *p, size_t at, const char *hint, const char *fmt, ...)
{
	char msg[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	return lex_error(&p->lex, p->name, at, msg, hint, p->e);
}

/* Words that are known but not taken say so, wherever they stand. */
int parse_expected(struct parser *p, const char *what, const char *hint)
{
	const char *text = p->lex.text + p->tok.at;
	int len = p->tok.len < 40 ? (int)p->tok.len : 40;

	if (parse_is_word(p, WORD_UNSUPPORTED))
		return parse_fail(p, p->tok.at, p->tok.word->hint, "'%.*s': %s not supported yet",
				  len, text, p->tok.word->why);
	if (p->tok.kind == TOKEN_END)
		return parse_fail(p, p->tok.at, hint, "expected %s, found the end of the case", what);
	if (p->tok.kind == TOKEN_LINE)
		return parse_fail(p, p->tok.at,
				  "only #include and #pragma pack of 1, 2, 4, 8 or 16 are known; "
				  "paste what gcc -E makes of the text",
				  "expected %s, found a line for the preprocessor", what);
	if (p->tok.kind == TOKEN_BAD && p->tok.len == 2 && text[0] == '/')
		return parse_fail(p, p->tok.at, "close it with */", "this comment does not end");
	if (p->tok.kind == TOKEN_BAD)
		return parse_fail(p, p->tok.at, "write plain C, in ASCII outside of comments",
				  "expected %s, found a character that has no place here", what);
	return parse_fail(p, p->tok.at, hint, "expected %s, found '%.*s'", what, len, text);
}

int parse_expected_word(struct parser *p, const char *word, const char *hint)
{
	char what[16];

	snprintf(what, sizeof(what), "'%s'", word);
	return parse_expected(p, what, hint);
}

int parse_enter(struct parser *p, size_t at)
{
	if (++p->nesting > PARSE_MAX_NESTING)
		return parse_fail(p, at, "simplify the type",
				  "parentheses and braces are nested more than %d deep",
				  PARSE_MAX_NESTING);
	return 0;
}

struct named *parse_find(struct parser *p, struct named *list, struct token t)
{
	for (; list; list = list->next)
		if (lex_is(&p->lex, t, list->name))
			return list;
	return NULL;
}

/* A name with hyphens is several tokens: the text is compared, and gone on behind it. */
static bool route_is(struct parser *p, const char *name)
{
	size_t at = p->tok.at, len = strlen(name);
	char next;

	if (p->lex.len - at < len || memcmp(p->lex.text + at, name, len) != 0)
		return false;
	next = at + len < p->lex.len ? p->lex.text[at + len] : ' ';
	if (next == '-' || next == '_' || (next >= '0' && next <= '9') ||
	    ((next | 32) >= 'a' && (next | 32) <= 'z'))
		return false;
	p->lex.at = at + len;
	parse_take(p);
	return true;
}

static int parse_route(struct parser *p, struct fuzz_case *c)
{
	struct buf hint = BUF_INIT;
	int rc;

	for (int i = 0; i < ROUTE_COUNT; i++)
		if (route_is(p, route_names[i])) {
			c->route = (enum route)i;
			return 0;
		}
	buf_addstr(&hint, "the routes are");
	for (int i = 0; i < ROUTE_COUNT; i++)
		buf_addf(&hint, "%s %s", i ? "," : "", route_names[i]);
	if (p->tok.kind == TOKEN_NAME)
		rc = parse_fail(p, p->tok.at, hint.ptr, "unknown route '%.*s'",
				p->tok.len < 40 ? (int)p->tok.len : 40, p->lex.text + p->tok.at);
	else
		rc = parse_expected(p, "the name of a route", hint.ptr);
	buf_release(&hint);
	return rc;
}

/* "[route=callback]" */
static int parse_options(struct parser *p, struct fuzz_case *c)
{
	bool have_route = false;

	parse_take(p);
	for (;;) {
		if (p->tok.kind != TOKEN_NAME)
			return parse_expected(p, "the name of an option", HINT_OPTIONS);
		if (!lex_is(&p->lex, p->tok, "route"))
			return parse_fail(p, p->tok.at, HINT_OPTIONS, "unknown option '%.*s'",
					  p->tok.len < 40 ? (int)p->tok.len : 40,
					  p->lex.text + p->tok.at);
		if (have_route)
			return parse_fail(p, p->tok.at, "leave one out", "'route' is given twice");
		have_route = true;
		parse_take(p);
		if (parse_expect(p, "=", HINT_OPTIONS) < 0 || parse_route(p, c) < 0)
			return -1;
		if (!parse_is(p, ','))
			break;
		parse_take(p);
	}
	if (!parse_is(p, ']'))
		return parse_expected(p, "',' or ']'", "close the options, as in [route=callback]");
	parse_take(p);
	return 0;
}

/* One name of a typedef. */
static const struct shape *typedef_shape(struct parser *p, struct specifiers *s,
					 const struct declarator *d)
{
	const struct shape *shape;

	if (s->attr.packed)
		return parse_fail(p, s->attr.packed_at,
				  "write it behind the word struct, union or enum",
				  "'packed' has no effect on a typedef"),
		       NULL;
	shape = parse_trailing_vector(p, s, d, false);
	if (shape)
		shape = parse_apply(p, d, shape, false);
	if (!shape || !s->attr.align)
		return shape;
	if (parse_incomplete(shape))
		return parse_fail_incomplete(p, d->name.at, parse_incomplete(shape)), NULL;
	return parse_align(p, shape, s->attr.align, s->attr.align_at);
}

static int parse_typedef_name(struct parser *p, const struct specifiers *of_all)
{
	struct specifiers s = *of_all;
	struct declarator d;
	struct named *named;

	parse_declarator_init(p, &d);
	if (parse_attributes(p, &s.attr) < 0 || parse_declarator(p, &d) < 0 ||
	    parse_attributes(p, &s.attr) < 0)
		return -1;
	if (d.name.kind == TOKEN_END)
		return parse_expected(p, "the name of the type",
				      "name it, as in typedef int number;");
	if (parse_find(p, p->typedefs, d.name))
		return parse_fail(p, d.name.at, "choose another name",
				  "the type '%.*s' is already defined", (int)d.name.len,
				  p->lex.text + d.name.at);
	named = arena_alloc(p->arena, sizeof(*named));
	*named = (struct named){ .name = parse_word(p, d.name),
				 .shape = typedef_shape(p, &s, &d),
				 .next = p->typedefs };
	p->typedefs = named;
	if (named->shape)
		parse_remember(p, named->shape, d.name.at);
	return named->shape ? 0 : -1;
}

/* "typedef int a, *b;" */
static int parse_typedef(struct parser *p)
{
	struct specifiers s;

	parse_take(p);
	if (parse_specifiers(p, &s) < 0)
		return -1;
	for (;;) {
		if (parse_typedef_name(p, &s) < 0)
			return -1;
		if (!parse_is(p, ','))
			break;
		parse_take(p);
	}
	return parse_expect(p, ";", "end the typedef with a semicolon");
}

/* Points at the argument in question, or at the name f. */
static int report_problem(struct parser *p, const struct case_problem *problem, size_t result_at,
			  const struct declarator *d)
{
	size_t at = d->name.at;

	if (problem->where == 0)
		at = result_at;
	else if (problem->where > 0 && d->step_count && d->steps[0].kind == SHAPE_FUNCTION)
		at = d->steps[0].arg_at[problem->where - 1];
	return parse_fail(p, at, problem->hint, "%s", problem->msg);
}

static int check_function(struct parser *p, const struct specifiers *base,
			  const struct declarator *d, const struct shape *s)
{
	if (s->kind != SHAPE_FUNCTION)
		return parse_fail(p, d->name.at, "write its arguments, or (void) if there are none",
				  "f is not declared as a function");
	if (parse_no_attributes(p, &base->attr, "on a function", "leave it out") < 0)
		return -1;
	if (parse_is(p, '{'))
		return parse_fail(p, p->tok.at, "declare it only: what f does is generated",
				  "expected the end of the case, found '{'");
	if (parse_is(p, ';'))
		parse_take(p);
	if (p->tok.kind != TOKEN_END)
		return parse_expected(p, "the end of the case",
				      "a case declares one function and nothing after it");
	return 0;
}

/* From the declarator of f to the end of the text. */
static int parse_function(struct parser *p, struct fuzz_case *c, struct specifiers *base, size_t at)
{
	struct case_problem problem;
	struct declarator d;
	const struct shape *s;

	parse_declarator_init(p, &d);
	if (parse_declarator(p, &d) < 0)
		return -1;
	if (d.name.kind == TOKEN_END)
		return parse_expected(p, "the name f", HINT_EXAMPLE);
	if (!lex_is(&p->lex, d.name, "f"))
		return parse_fail(p, d.name.at, "a case declares one function, and its name is f",
				  "expected the name f, found '%.*s'", (int)d.name.len,
				  p->lex.text + d.name.at);
	if (parse_attributes(p, &base->attr) < 0)
		return -1;
	s = parse_apply(p, &d, base->shape, false);
	if (!s || check_function(p, base, &d, s) < 0)
		return -1;
	c->proto = *s->function;
	if (parse_finish(p, c, &problem) < 0)
		return report_problem(p, &problem, at, &d);
	return 0;
}

/* "struct tag { ... };" for what follows, or the case itself. 1: that was the end. */
static int parse_declaration(struct parser *p, struct fuzz_case *c)
{
	struct specifiers s;
	size_t at = p->tok.at;

	if (parse_is_word(p, WORD_ASSERT))
		return parse_assert(p);
	if (p->tok.kind == TOKEN_END && p->bare)
		return parse_bare(p, c, p->bare, p->bare_at) < 0 ? -1 : 1;
	if (parse_specifiers(p, &s) < 0)
		return -1;
	if (p->tok.kind != TOKEN_END &&
	    (!parse_is(p, ';') ||
	     !(shape_is_aggregate(s.shape) || s.shape->kind == SHAPE_ENUM ||
	       parse_incomplete(s.shape))))
		return parse_function(p, c, &s, at) < 0 ? -1 : 1;
	if (parse_no_attributes(p, &s.attr, "where nothing is declared",
				"write it behind the word struct, union or enum") < 0)
		return -1;
	if (p->tok.kind == TOKEN_END)
		return parse_bare(p, c, s.shape, at) < 0 ? -1 : 1;
	parse_remember(p, s.shape, at);
	parse_take(p);
	return 0;
}

static int parse_case(struct parser *p, struct fuzz_case *c)
{
	bool have_options = false;
	int rc = 0;

	parse_take(p);
	while (rc == 0) {
		if (parse_is(p, '[')) {
			if (have_options)
				return parse_fail(p, p->tok.at,
						  "put all options into one pair of brackets",
						  "options are given twice");
			have_options = true;
			rc = parse_options(p, c);
		} else if (p->tok.word && lex_is(&p->lex, p->tok, "typedef")) {
			rc = parse_typedef(p);
		} else {
			rc = parse_declaration(p, c);
		}
	}
	return rc < 0 ? -1 : 0;
}

/* That of bytes that no text has; any other error came of them, perhaps. */
static int check_bytes(struct parser *p)
{
	size_t bad = lex_bad_byte(p->lex.text, p->lex.len);

	if (bad == p->lex.len)
		return 0;
	if (!p->lex.text[bad])
		return parse_fail(p, bad, "a case is text; is this a binary file?",
				  "a NUL byte in the case");
	return parse_fail(p, bad, "a case is ASCII; comments may be UTF-8",
			  "the byte 0x%02x is not UTF-8", (unsigned char)p->lex.text[bad]);
}

static int parse_bytes(struct parser *p, struct fuzz_case *c)
{
	int rc;

	if (p->lex.len > CASE_MAX_TEXT)
		return parse_fail(p, CASE_MAX_TEXT, "use fewer or smaller types",
				  "the case has %zu bytes, CASE_MAX_TEXT = %d is the most",
				  p->lex.len, CASE_MAX_TEXT);
	rc = parse_case(p, c);
	if (rc == 0 && !p->lex.passed_over) /* all else was tokens */
		return 0;
	return check_bytes(p) < 0 ? -1 : rc;
}

static int parse_text(struct fuzz_case *c, bool lean, const char *text, size_t len,
		      const char *name, struct err *e)
{
	struct parser p = { .lex = { .text = text ? text : "", .len = len },
			    .arena = &c->arena,
			    .lean = lean,
			    .name = name,
			    .e = e };

	word_prepare();
	if (parse_bytes(&p, c) < 0) {
		case_release(c);
		return -1;
	}
	if (p.notes && !lean)
		parse_write_notes(&p, c);
	return 0;
}

int case_parse(struct fuzz_case *c, const char *text, size_t len, const char *name, struct err *e)
{
	*c = (struct fuzz_case){ 0 };
	return parse_text(c, false, text, len, name, e);
}

int case_parse_lean(struct fuzz_case *c, const char *text, size_t len, const char *name,
		    struct err *e)
{
	case_reset(c);
	return parse_text(c, true, text, len, name, e);
}
