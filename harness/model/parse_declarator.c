/* parse_declarator.c: model. What stands around a declared name: stars, sizes, parameters. */
#include <string.h>

#include "model/parse.h"

static int add_step(struct parser *p, struct declarator *d, const struct step *step)
{
	if (d->step_count == SHAPE_MAX_DEPTH)
		return parse_fail(p, step->at, "simplify the type",
				  "types are nested more than SHAPE_MAX_DEPTH = %d deep",
				  SHAPE_MAX_DEPTH);
	d->steps[d->step_count++] = *step;
	return 0;
}

int parse_refuse_name(struct parser *p, struct token t)
{
	if (t.word && t.word->kind == WORD_UNSUPPORTED)
		return parse_expected(p, "a name", "choose another name");
	if (t.word && t.word->kind != WORD_LIBRARY)
		return parse_fail(p, t.at, "choose another name",
				  "expected a name, found the keyword '%s'", t.word->text);
	return parse_fail(p, t.at, "choose a shorter name",
			  "a name of %u characters, CASE_MAX_NAME = %d is the most", t.len,
			  CASE_MAX_NAME);
}

/* As a parameter: arrays and functions become pointers (C17 6.7.6.3). */
static const struct shape *adjusted(struct parser *p, const struct shape *s)
{
	struct shape *pointer;

	if (s->kind != SHAPE_ARRAY && s->kind != SHAPE_FUNCTION)
		return s;
	pointer = shape_new(p->arena);
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

static int check_parameter(struct parser *p, const struct specifiers *s, size_t at,
			   const struct shape *arg)
{
	const struct named *tag = parse_incomplete(arg);

	if (tag)
		return parse_fail_incomplete(p, at, tag);
	if (arg->kind == SHAPE_VOID)
		return parse_fail(p, at, "give it a type, or a star: void *",
				  "an argument cannot be void");
	return parse_no_attributes(p, &s->attr, "on an argument",
				   s->attr.packed ? "leave it out"
						  : "only a typedef can say it, as in "
						    "typedef double T __attribute__((aligned(4)));");
}

/* Nothing behind the specifiers, and nothing to be said of them, as with most. */
static bool is_plain(const struct parser *p, const struct specifiers *s)
{
	return (parse_is(p, ',') || parse_is(p, ')')) && s->shape->kind != SHAPE_VOID &&
		s->shape->kind != SHAPE_FUNCTION && s->shape->kind != SHAPE_ARRAY &&
		!s->attr.packed && !s->attr.align && !s->attr.vector;
}

/* One parameter; returns 1 for the lone "void" of an empty list. */
static int parse_parameter(struct parser *p, uint32_t count, const struct shape **arg,
			   struct token *name)
{
	struct specifiers s;
	struct declarator d;
	size_t at = p->tok.at;

	if (p->tok.len == 3 && lex_is(&p->lex, p->tok, "..."))
		return parse_fail(p, at, "leave it out", "variable arguments are not supported yet");
	if (parse_specifiers(p, &s) < 0)
		return -1;
	if (is_plain(p, &s)) {
		*arg = s.shape;
		name->kind = TOKEN_END;
		return 0;
	}
	parse_declarator_init(p, &d);
	if (parse_declarator(p, &d) < 0)
		return -1;
	if (s.shape->kind == SHAPE_VOID && !d.step_count && d.name.kind == TOKEN_END &&
	    count == 0 && parse_is(p, ')') && !parse_incomplete(s.shape))
		return 1;
	if (parse_attributes(p, &s.attr) < 0)
		return -1;
	*arg = parse_trailing_vector(p, &s, &d, false);
	if (*arg)
		*arg = parse_apply(p, &d, *arg, true);
	if (!*arg || check_parameter(p, &s, at, *arg) < 0)
		return -1;
	*arg = adjusted(p, *arg);
	*name = d.name;
	return 0;
}

/* "(...)" of a function, up to and with the closing parenthesis. */
static int parse_parameters(struct parser *p, struct step *step)
{
	const struct shape *args[PROTO_MAX_ARGS];
	struct token names[PROTO_MAX_ARGS];
	size_t at[PROTO_MAX_ARGS], *kept_at;
	const struct shape **kept;
	struct proto *proto = arena_alloc(p->arena, sizeof(*proto));
	uint32_t count = 0;
	int empty;

	parse_take(p);
	if (parse_is(p, ')'))
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
		if (!parse_is(p, ','))
			break;
		parse_take(p);
	}
	if (!parse_is(p, ')'))
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

/* "[N]" or "[]" */
static int parse_size(struct parser *p, struct step *step)
{
	uint64_t count;
	size_t at;

	parse_take(p);
	if (parse_is(p, ']')) {
		step->flexible = true;
		parse_take(p);
		return 0;
	}
	at = p->tok.at;
	if (parse_is(p, '-'))
		return parse_fail(p, at, "choose another size", "the size of an array is negative");
	if (parse_integer(p, "an array size", UINT64_MAX, &count) < 0)
		return -1;
	if (count > SHAPE_MAX_TARGET_BYTES)
		return parse_fail(p, at, "choose another size",
				  "an array has 0 to %d elements, not %llu", SHAPE_MAX_TARGET_BYTES,
				  (unsigned long long)count);
	step->count = (uint32_t)count;
	return parse_expect(p, "]", "close the bracket after the size");
}

static int parse_suffixes(struct parser *p, struct declarator *d)
{
	while (parse_is(p, '[') || parse_is(p, '(')) {
		struct step step = { .at = p->tok.at };
		int rc;

		if (parse_enter(p, p->tok.at) < 0)
			return -1;
		if (parse_is(p, '[')) {
			step.kind = SHAPE_ARRAY;
			rc = parse_size(p, &step);
		} else {
			step.kind = SHAPE_FUNCTION;
			rc = parse_parameters(p, &step);
		}
		p->nesting--;
		if (rc < 0 || add_step(p, d, &step) < 0)
			return -1;
	}
	return 0;
}

/* Does the parenthesis at p->tok open a declarator, as in (*x), or the parameters of a function? */
static bool opens_declarator(struct parser *p)
{
	struct lexer ahead = p->lex;
	struct token next;

	lex_next(&ahead, &next);
	return next.punct != ')' && !lex_is(&ahead, next, "...") && !parse_starts_type(p, &next);
}

/* What may follow a star. */
static int parse_pointer_qualifiers(struct parser *p, unsigned *qualifiers)
{
	for (;;) {
		struct token t = p->tok;

		if (parse_is_word(p, WORD_ATTRIBUTE))
			return parse_fail(p, t.at,
					  "write it at the end, or in a typedef of the pointer",
					  "attributes have no place behind a star");
		if (!parse_is_word(p, WORD_QUALIFIER) && !parse_is_word(p, WORD_RESTRICT))
			return 0;
		*qualifiers |= t.word->value; /* restrict says nothing about passing */
		parse_take(p);
		if (t.word->value == QUALIFIER_ATOMIC && parse_is(p, '('))
			return parse_fail(p, t.at,
					  "write _Atomic(int *) (*x)[4], the type in parentheses",
					  "_Atomic and a parenthesis have no place behind a star");
	}
}

/* "*const *": kept as steps, the innermost last; they are added behind the suffixes. */
static int parse_stars(struct parser *p, struct step *stars, uint32_t *count)
{
	while (parse_is(p, '*')) {
		unsigned qualifiers = 0;

		if (*count == SHAPE_MAX_DEPTH)
			return parse_fail(p, p->tok.at, "simplify the type",
					  "types are nested more than SHAPE_MAX_DEPTH = %d deep",
					  SHAPE_MAX_DEPTH);
		stars[*count] = (struct step){ .kind = SHAPE_POINTER, .at = p->tok.at };
		parse_take(p);
		if (parse_pointer_qualifiers(p, &qualifiers) < 0)
			return -1;
		stars[(*count)++].qualifiers = (uint8_t)qualifiers;
	}
	return 0;
}

void parse_declarator_init(const struct parser *p, struct declarator *d)
{
	d->name = (struct token){ .kind = TOKEN_END, .at = p->tok.at };
	d->step_count = 0;
}

static int parse_core(struct parser *p, struct declarator *d)
{
	if (parse_is(p, '(') && opens_declarator(p)) {
		if (parse_enter(p, p->tok.at) < 0)
			return -1;
		parse_take(p);
		if (parse_declarator(p, d) < 0 ||
		    parse_expect(p, ")", "close the parenthesis of the declarator") < 0)
			return -1;
		p->nesting--;
	} else if (p->tok.kind == TOKEN_NAME && !parse_is_word(p, WORD_ATTRIBUTE)) {
		if (parse_check_name(p, p->tok) < 0)
			return -1;
		d->name = p->tok;
		parse_take(p);
	} else {
		d->name = (struct token){ .kind = TOKEN_END, .at = p->tok.at };
	}
	return parse_suffixes(p, d);
}

int parse_declarator(struct parser *p, struct declarator *d)
{
	struct step stars[SHAPE_MAX_DEPTH];
	uint32_t count = 0;

	if (parse_is(p, '*') && parse_stars(p, stars, &count) < 0)
		return -1;
	if (parse_core(p, d) < 0)
		return -1;
	while (count-- > 0)
		if (add_step(p, d, &stars[count]) < 0)
			return -1;
	return 0;
}

const struct shape *parse_trailing_vector(struct parser *p, struct specifiers *s,
					  const struct declarator *d, bool elsewhere)
{
	uint32_t bytes = s->attr.vector;

	s->attr.vector = 0;
	if (!bytes)
		return s->shape;
	if (d->step_count || elsewhere)
		return parse_fail(p, s->attr.vector_at, "write it beside the element's type",
				  "'vector_size' has no place here"),
		       NULL;
	return parse_vector(p, s->shape, bytes, s->attr.vector_at);
}

/* What C forbids: the element or result is target. */
static int check_step(struct parser *p, const struct step *step, const struct shape *target)
{
	const struct named *tag = step->kind == SHAPE_POINTER ? NULL : parse_incomplete(target);
	bool function = target->kind == SHAPE_FUNCTION;

	if (tag)
		return parse_fail_incomplete(p, step->at, tag);
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

static const struct shape *apply_step(struct parser *p, const struct step *step,
				      const struct shape *base)
{
	struct shape *s = shape_new(p->arena);

	s->kind = step->kind;
	s->qualifiers = step->qualifiers;
	if (step->function) {
		struct proto *proto = arena_alloc(p->arena, sizeof(*proto));

		*proto = *step->function;
		proto->result = base;
		s->function = proto;
	} else {
		s->target = base;
		s->count = step->count;
		s->flexible = step->flexible;
	}
	return s;
}

const struct shape *parse_apply(struct parser *p, const struct declarator *d,
				const struct shape *base, bool may_be_flexible)
{
	for (uint32_t i = d->step_count; i-- > 0;) {
		const struct step *step = &d->steps[i];

		if (check_step(p, step, base) < 0)
			return NULL;
		if (step->flexible && (i || !may_be_flexible))
			return parse_fail(
				       p, step->at, "write its size, as in [4]",
				       "only a member or an argument can be an array without a size"),
			       NULL;
		base = apply_step(p, step, base);
	}
	return base;
}
