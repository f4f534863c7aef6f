/* parse_struct.c: model. Struct and enum types: bodies, and tags that refer back. */
#include <string.h>

#include "model/parse.h"

static int parse_enumerator(struct parser *p, struct enumerator *list, uint32_t i, int64_t *next)
{
	size_t at = p->tok.at;
	bool negative = false;
	uint64_t value;

	if (p->tok.kind != TOKEN_NAME)
		return parse_expected(p, "the name of an enumerator",
				      "name its values, as in enum { A, B = 7 }");
	if (parse_check_name(p, p->tok) < 0)
		return -1;
	list[i].name = parse_word(p, p->tok);
	for (uint32_t j = 0; j < i; j++)
		if (!strcmp(list[j].name, list[i].name))
			return parse_fail(p, at, "choose another name",
					  "two enumerators are named '%s'", list[i].name);
	parse_take(p);
	if (parse_is(p, "=")) {
		parse_take(p);
		at = p->tok.at;
		negative = parse_is(p, "-");
		if (negative || parse_is(p, "+"))
			parse_take(p);
		if (parse_integer(p, "an integer", UINT32_MAX, &value) < 0)
			return -1;
		*next = negative ? -(int64_t)value : (int64_t)value;
	}
	if (*next > INT32_MAX || *next < INT32_MIN)
		return parse_fail(p, at, "choose a value from -2147483648 to 2147483647",
				  "the value %lld of '%s' does not fit an int", (long long)*next,
				  list[i].name);
	list[i].value = (*next)++;
	return 0;
}

/* "{ A, B = 7 }" */
static int parse_enumerators(struct parser *p, struct shape *s)
{
	struct enumerator list[SHAPE_MAX_MEMBERS], *kept;
	int64_t next = 0;

	parse_take(p);
	do {
		if (s->count == SHAPE_MAX_MEMBERS)
			return parse_fail(p, p->tok.at, "use fewer",
					  "more than SHAPE_MAX_MEMBERS = %d enumerators",
					  SHAPE_MAX_MEMBERS);
		if (parse_enumerator(p, list, s->count, &next) < 0)
			return -1;
		s->count++;
		if (!parse_is(p, ","))
			break;
		parse_take(p);
	} while (!parse_is(p, "}"));
	kept = arena_alloc(p->arena, s->count * sizeof(*kept));
	memcpy(kept, list, s->count * sizeof(*kept));
	s->enumerators = kept;
	if (!parse_is(p, "}"))
		return parse_expected(p, "',' or '}'", "as in enum { A, B = 7 }");
	parse_take(p);
	return 0;
}

/* One declarator of a member, its type given. */
static int parse_member(struct parser *p, const struct shape *base, struct member *list, uint32_t i)
{
	struct declarator d = { 0 };
	size_t at;

	if (!parse_is(p, ":") && parse_declarator(p, &d) < 0)
		return -1;
	if (parse_is(p, ":"))
		return parse_fail(p, p->tok.at, "write a plain member; a later version may know them",
				  "bit-fields are not supported yet");
	if (d.name.kind == TOKEN_END)
		return parse_expected(p, "the name of a member", "name it, as in struct { int a; }");
	at = d.name.at;
	list[i].name = parse_word(p, d.name);
	list[i].shape = parse_apply(p, &d, base);
	if (!list[i].shape)
		return -1;
	for (uint32_t j = 0; j < i; j++)
		if (!strcmp(list[j].name, list[i].name))
			return parse_fail(p, at, "choose another name",
					  "two members are named '%s'", list[i].name);
	if (list[i].shape->kind == SHAPE_VOID || list[i].shape->kind == SHAPE_FUNCTION)
		return parse_fail(p, at, "make it a pointer", "the member '%s' cannot be %s",
				  list[i].name,
				  list[i].shape->kind == SHAPE_VOID ? "void" : "a function");
	return 0;
}

/* "{ char a; int b, *c; }" */
static int parse_members(struct parser *p, struct shape *s)
{
	struct member list[SHAPE_MAX_MEMBERS], *kept;
	const struct shape *base;

	parse_take(p);
	if (parse_is(p, "}"))
		return parse_fail(p, p->tok.at, "give it a member",
				  "empty structs are not supported yet");
	while (!parse_is(p, "}")) {
		base = parse_specifiers(p);
		if (!base)
			return -1;
		for (;;) {
			if (s->count == SHAPE_MAX_MEMBERS)
				return parse_fail(p, p->tok.at, "use fewer",
						  "more than SHAPE_MAX_MEMBERS = %d members",
						  SHAPE_MAX_MEMBERS);
			if (parse_member(p, base, list, s->count) < 0)
				return -1;
			s->count++;
			if (!parse_is(p, ","))
				break;
			parse_take(p);
		}
		if (parse_expect(p, ";", "end each member with a semicolon") < 0)
			return -1;
	}
	parse_take(p);
	kept = arena_alloc(p->arena, s->count * sizeof(*kept));
	memcpy(kept, list, s->count * sizeof(*kept));
	s->members = kept;
	return 0;
}

/* "struct tag" or "enum tag" without a body: what was defined before. */
static const struct shape *find_tag(struct parser *p, struct token tag, bool is_struct)
{
	const struct named *named = parse_find(p, p->tags, tag);
	const char *kind = is_struct ? "struct" : "enum";
	const char *name = parse_word(p, tag);

	if (!named)
		return parse_fail(p, tag.at, "spell its members here, or define it in a line before",
				  "%s %.64s is not defined", kind, name),
		       NULL;
	if (named->is_struct != is_struct)
		return parse_fail(p, tag.at, "choose another tag", "%.64s is not the tag of %s %s",
				  name, is_struct ? "a" : "an", kind),
		       NULL;
	if (!named->shape)
		return parse_fail(p, tag.at, "use void * to point to it",
				  "%s %.64s refers to itself, which is not supported yet", kind,
				  name),
		       NULL;
	return named->shape;
}

const struct shape *parse_struct_or_enum(struct parser *p)
{
	bool is_struct = parse_is(p, "struct");
	struct token tag = { TOKEN_END, 0, 0 };
	struct named *named = NULL;
	struct shape *s;
	int rc;

	parse_take(p);
	if (p->tok.kind == TOKEN_NAME) {
		tag = p->tok;
		if (parse_check_name(p, tag) < 0)
			return NULL;
		parse_take(p);
		if (!parse_is(p, "{"))
			return find_tag(p, tag, is_struct);
		if (parse_find(p, p->tags, tag))
			return parse_fail(p, tag.at, "choose another tag",
					  "the tag '%.*s' is already defined", (int)tag.len,
					  p->lex.text + tag.at),
			       NULL;
		named = arena_alloc(p->arena, sizeof(*named));
		*named = (struct named){ parse_word(p, tag), NULL, is_struct, p->tags };
		p->tags = named;
	}
	if (!parse_is(p, "{"))
		return parse_expected(p, tag.kind == TOKEN_END ? "'{' or a tag" : "'{'",
				      "as in struct { int a; }, enum { A, B }"),
		       NULL;
	if (parse_enter(p, p->tok.at) < 0)
		return NULL;
	s = arena_alloc(p->arena, sizeof(*s));
	s->kind = is_struct ? SHAPE_STRUCT : SHAPE_ENUM;
	rc = is_struct ? parse_members(p, s) : parse_enumerators(p, s);
	p->nesting--;
	if (named)
		named->shape = s;
	return rc < 0 ? NULL : s;
}
