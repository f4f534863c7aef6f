/* parse_declarator.c: model. What stands around a declared name: stars, sizes, parameters. */
#include <string.h>

#include "model/parse.h"

static int add_step(struct parser *p, struct declarator *d, struct step step)
{
	if (d->step_count == SHAPE_MAX_DEPTH)
		return parse_fail(p, step.at, "simplify the type",
				  "types are nested more than SHAPE_MAX_DEPTH = %d deep",
				  SHAPE_MAX_DEPTH);
	d->steps[d->step_count++] = step;
	return 0;
}

int parse_check_name(struct parser *p, struct token t)
{
	static const char *const keywords[] = {
		"break", "case",    "continue", "default", "do",      "else",
		"for",	 "goto",    "if",	"return",  "sizeof",  "switch",
		"while", "typedef", "struct",	"enum",	   "char",    "short",
		"int",	 "long",    "float",	"double",  "signed",  "unsigned",
		"void",	 "_Bool",   "_Generic", "asm",	   "__asm__",
	};
	const char *hint;

	if (parse_unsupported(p, t, &hint))
		return parse_expected(p, "a name", "choose another name");
	for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++)
		if (lex_is(&p->lex, t, keywords[i]))
			return parse_fail(p, t.at, "choose another name",
					  "expected a name, found the keyword '%s'", keywords[i]);
	if (t.len > CASE_MAX_NAME)
		return parse_fail(p, t.at, "choose a shorter name",
				  "a name of %zu characters, CASE_MAX_NAME = %d is the most", t.len,
				  CASE_MAX_NAME);
	return 0;
}

/* As a parameter: arrays and functions become pointers (C17 6.7.6.3). */
static const struct shape *adjusted(struct parser *p, const struct shape *s)
{
	struct shape *pointer;

	if (s->kind != SHAPE_ARRAY && s->kind != SHAPE_FUNCTION)
		return s;
	pointer = arena_alloc(p->arena, sizeof(*pointer));
	pointer->kind = SHAPE_POINTER;
	pointer->target = s->kind == SHAPE_ARRAY ? s->target : s;
	return pointer;
}

/* Names of arguments are taken and forgotten, but must differ. */
static int check_argument_name(struct parser *p, const struct token *names, uint32_t count)
{
	struct token t = names[count];

	for (uint32_t i = 0; t.kind == TOKEN_NAME && i < count; i++)
		if (names[i].kind == TOKEN_NAME && names[i].len == t.len &&
		    !memcmp(p->lex.text + names[i].at, p->lex.text + t.at, t.len))
			return parse_fail(p, t.at, "choose another name, or leave it out",
					  "two arguments are named '%.*s'", (int)t.len,
					  p->lex.text + t.at);
	return 0;
}

/* One parameter; returns 1 for the lone "void" of an empty list. */
static int parse_parameter(struct parser *p, uint32_t count, const struct shape **arg,
			   struct token *name)
{
	struct declarator d = { 0 };
	const struct shape *base;
	size_t at = p->tok.at;

	if (parse_is(p, "...")) {
		return parse_fail(p, at, "leave it out", "variable arguments are not supported yet");
	}
	base = parse_specifiers(p);
	if (!base || parse_declarator(p, &d) < 0)
		return -1;
	if (base->kind == SHAPE_VOID && !d.step_count && d.name.kind == TOKEN_END && count == 0 &&
	    parse_is(p, ")"))
		return 1;
	*arg = parse_apply(p, &d, base);
	if (!*arg)
		return -1;
	if ((*arg)->kind == SHAPE_VOID)
		return parse_fail(p, at, "give it a type, or a star: void *",
				  "an argument cannot be void");
	*arg = adjusted(p, *arg);
	*name = d.name;
	return 0;
}

/* "(...)" of a function, up to and with the closing parenthesis. */
static int parse_parameters(struct parser *p, struct step *step)
{
	const struct shape *args[PROTO_MAX_ARGS];
	struct token names[PROTO_MAX_ARGS] = { { TOKEN_END, 0, 0 } };
	size_t at[PROTO_MAX_ARGS], *kept_at;
	const struct shape **kept;
	struct proto *proto = arena_alloc(p->arena, sizeof(*proto));
	uint32_t count = 0;
	int empty;

	parse_take(p);
	if (parse_is(p, ")"))
		return parse_fail(p, p->tok.at, "write (void) if there are none",
				  "expected the types of the arguments, found ')'");
	for (;;) {
		if (count == PROTO_MAX_ARGS)
			return parse_fail(p, p->tok.at, "pass some of them in a struct",
					  "more than PROTO_MAX_ARGS = %d arguments", PROTO_MAX_ARGS);
		at[count] = p->tok.at;
		empty = parse_parameter(p, count, &args[count], &names[count]);
		if (empty < 0 || (!empty && check_argument_name(p, names, count) < 0))
			return -1;
		if (empty)
			break;
		count++;
		if (!parse_is(p, ","))
			break;
		parse_take(p);
	}
	if (!parse_is(p, ")"))
		return parse_expected(p, "',' or ')'",
				      "separate the arguments by commas and close the parenthesis");
	parse_take(p);
	kept = arena_alloc(p->arena, count * sizeof(struct shape *));
	kept_at = arena_alloc(p->arena, count * sizeof(*kept_at));
	if (count) {
		memcpy(kept, args, count * sizeof(struct shape *));
		memcpy(kept_at, at, count * sizeof(*kept_at));
	}
	proto->args = kept;
	proto->arg_count = count;
	step->function = proto;
	step->arg_at = kept_at;
	return 0;
}

/* "[N]" */
static int parse_size(struct parser *p, struct step *step)
{
	uint64_t count;
	size_t at;

	parse_take(p);
	if (parse_is(p, "]"))
		return parse_fail(p, p->tok.at, "write its size, as in [4]",
				  "expected an array size, found ']'");
	at = p->tok.at;
	if (parse_integer(p, "an array size", UINT64_MAX, &count) < 0)
		return -1;
	if (count < 1 || count > SHAPE_MAX_TARGET_BYTES)
		return parse_fail(p, at, "choose another size",
				  "an array has 1 to %d elements, not %llu", SHAPE_MAX_TARGET_BYTES,
				  (unsigned long long)count);
	step->count = (uint32_t)count;
	return parse_expect(p, "]", "close the bracket after the size");
}

static int parse_suffixes(struct parser *p, struct declarator *d)
{
	while (parse_is(p, "[") || parse_is(p, "(")) {
		struct step step = { .at = p->tok.at };
		int rc;

		if (parse_enter(p, p->tok.at) < 0)
			return -1;
		if (parse_is(p, "[")) {
			step.kind = SHAPE_ARRAY;
			rc = parse_size(p, &step);
		} else {
			step.kind = SHAPE_FUNCTION;
			rc = parse_parameters(p, &step);
		}
		p->nesting--;
		if (rc < 0 || add_step(p, d, step) < 0)
			return -1;
	}
	return 0;
}

/* Does the parenthesis at p->tok open a declarator, as in (*x), or the parameters of a function? */
static bool opens_declarator(struct parser *p)
{
	struct parser ahead = *p;

	if (!parse_is(p, "("))
		return false;
	ahead.tok = lex_next(&ahead.lex);
	return !parse_is(&ahead, ")") && !parse_is(&ahead, "...") && !parse_starts_type(&ahead);
}

int parse_declarator(struct parser *p, struct declarator *d)
{
	uint32_t stars = 0;
	size_t at = p->tok.at;

	d->name = (struct token){ TOKEN_END, p->tok.at, 0 };
	while (parse_is(p, "*")) {
		if (++stars > SHAPE_MAX_DEPTH)
			return parse_fail(p, p->tok.at, "simplify the type",
					  "types are nested more than SHAPE_MAX_DEPTH = %d deep",
					  SHAPE_MAX_DEPTH);
		parse_take(p);
	}
	if (opens_declarator(p)) {
		if (parse_enter(p, p->tok.at) < 0)
			return -1;
		parse_take(p);
		if (parse_declarator(p, d) < 0 ||
		    parse_expect(p, ")", "close the parenthesis of the declarator") < 0)
			return -1;
		p->nesting--;
	} else if (p->tok.kind == TOKEN_NAME) {
		if (parse_check_name(p, p->tok) < 0)
			return -1;
		d->name = p->tok;
		parse_take(p);
	}
	if (parse_suffixes(p, d) < 0)
		return -1;
	while (stars-- > 0)
		if (add_step(p, d, (struct step){ .kind = SHAPE_POINTER, .at = at }) < 0)
			return -1;
	return 0;
}

/* What C forbids: the element or result is target. */
static int check_step(struct parser *p, const struct step *step, const struct shape *target)
{
	bool function = target->kind == SHAPE_FUNCTION;

	if (step->kind == SHAPE_ARRAY && (function || target->kind == SHAPE_VOID))
		return parse_fail(p, step->at, "use pointers: (*v[4])(void), void *v[4]",
				  "an array cannot have %s as elements",
				  function ? "functions" : "void");
	if (step->kind == SHAPE_FUNCTION && (function || target->kind == SHAPE_ARRAY))
		return parse_fail(p, step->at, "return a pointer, or a struct that holds it",
				  "a function cannot return %s",
				  function ? "a function" : "an array");
	return 0;
}

const struct shape *parse_apply(struct parser *p, const struct declarator *d, const struct shape *base)
{
	for (uint32_t i = d->step_count; i-- > 0;) {
		const struct step *step = &d->steps[i];
		struct shape *s = arena_alloc(p->arena, sizeof(*s));

		if (check_step(p, step, base) < 0)
			return NULL;
		s->kind = step->kind;
		if (step->function) {
			struct proto *proto = arena_alloc(p->arena, sizeof(*proto));

			*proto = *step->function;
			proto->result = base;
			s->function = proto;
		} else {
			s->target = base;
			s->count = step->count;
		}
		base = s;
	}
	return base;
}
