/* parse_struct.c: model. Struct and union bodies, and tags that refer back. */
#include <string.h>

#include "model/parse.h"

#define HINT_MEMBER "name it, as in struct { int a; }"

static const char *const keywords[] = {
	[SHAPE_STRUCT] = "struct",
	[SHAPE_UNION] = "union",
	[SHAPE_ENUM] = "enum",
};

/* A struct or union between its braces. */
struct body {
	struct shape *shape;
	struct member list[SHAPE_MAX_MEMBERS];
	uint32_t named; /* members that have a name, or hold some */
	uint64_t initials; /* of all names so far, see initial() */
	size_t flexible_at; /* of a flexible array, the last member then */
	bool is_flexible;
};

/* The member of that name, also through anonymous ones. */
static bool has_member(const struct member *list, uint32_t count, const char *name)
{
	for (uint32_t i = 0; i < count; i++) {
		const struct member *m = &list[i];

		if (m->name ? *m->name == *name && !strcmp(m->name, name)
			    : !m->is_bitfield && has_member(m->shape->members, m->shape->count, name))
			return true;
	}
	return false;
}

/* A bit for the first character: most names of a struct have one of their own. */
static uint64_t initial(const char *name)
{
	return (uint64_t)1 << (*name & 63);
}

/* A name of the struct's own, or of an anonymous member. */
static int add_name(struct parser *p, struct body *b, const char *name, size_t at)
{
	if (b->initials & initial(name) && has_member(b->list, b->shape->count, name))
		return parse_fail(p, at, "choose another name", "two members are named '%s'", name);
	b->initials |= initial(name);
	return 0;
}

/* Does a name of the anonymous member stand elsewhere already? */
static int add_anonymous(struct parser *p, struct body *b, const struct shape *s, size_t at)
{
	for (uint32_t i = 0; i < s->count; i++) {
		const struct member *m = &s->members[i];

		if (m->name ? add_name(p, b, m->name, at) < 0
			    : !m->is_bitfield && add_anonymous(p, b, m->shape, at) < 0)
			return -1;
	}
	return 0;
}

static int begin_member(struct parser *p, const struct body *b, size_t at)
{
	if (b->shape->count == SHAPE_MAX_MEMBERS)
		return parse_fail(p, at, "use fewer", "more than SHAPE_MAX_MEMBERS = %d members",
				  SHAPE_MAX_MEMBERS);
	if (b->is_flexible)
		return parse_fail(p, b->flexible_at, "make it the last member, or give it a size",
				  "only the last member can be a flexible array");
	return 0;
}

/* "struct { int a; };" as a member */
static int parse_anonymous(struct parser *p, struct body *b, const struct specifiers *s, size_t at)
{
	if (!s->untagged)
		return parse_expected(p, "the name of a member", HINT_MEMBER);
	if (s->shape->qualifiers & QUALIFIER_ATOMIC)
		return parse_fail(p, at, "give it a name", "an anonymous member cannot be atomic");
	if (parse_no_attributes(p, &s->attr, "on an anonymous member",
				"write it behind the word struct or union") < 0 ||
	    begin_member(p, b, at) < 0 || add_anonymous(p, b, s->shape, at) < 0)
		return -1;
	b->list[b->shape->count++] = (struct member){ .shape = s->shape };
	b->named += shape_has_names(s->shape);
	return 0;
}

/* ": 3"; m has its name and type. */
static int parse_width(struct parser *p, struct member *m, size_t name_at)
{
	unsigned bits = shape_bitfield_bits(m->shape);
	size_t colon = p->tok.at, at;
	uint64_t width;

	parse_take(p);
	at = p->tok.at;
	if (!bits)
		return parse_fail(p, m->name ? name_at : colon,
				  "bit-fields have an integer type or an enum, and no _Atomic",
				  "a bit-field cannot have this type");
	if (parse_integer(p, "the width of a bit-field", UINT64_MAX, &width) < 0)
		return -1;
	if (width > bits)
		return parse_fail(p, at, "choose a smaller width, or a larger type",
				  "a bit-field of %llu bits is too wide, its type has %u",
				  (unsigned long long)width, bits);
	if (!width && m->name)
		return parse_fail(p, at, "leave the name out, or choose a width",
				  "the bit-field '%s' has no width", m->name);
	m->is_bitfield = true;
	m->width = (uint8_t)width;
	return 0;
}

static int check_type(struct parser *p, const struct member *m, size_t at)
{
	const struct named *tag = parse_incomplete(m->shape);

	if (tag)
		return parse_fail_incomplete(p, at, tag);
	if (m->shape->kind == SHAPE_VOID || m->shape->kind == SHAPE_FUNCTION)
		return parse_fail(p, at, "make it a pointer", "the member '%s' cannot be %s",
				  m->name, m->shape->kind == SHAPE_VOID ? "void" : "a function");
	return 0;
}

static int check_flexible(struct parser *p, struct body *b, const struct member *m, size_t at)
{
	if (m->shape->kind != SHAPE_ARRAY || !m->shape->flexible)
		return 0;
	if (b->shape->kind == SHAPE_UNION)
		return parse_fail(p, at, "give it a size, as in [4]",
				  "a union cannot have a flexible array");
	if (!b->named)
		return parse_fail(p, at, "put a member before it, or give it a size",
				  "a flexible array cannot be the only member");
	b->is_flexible = true;
	b->flexible_at = at;
	return 0;
}

/* "a", "*b[3]", "c : 3", ": 0" and what follows; the name is at *at. */
static int parse_member_declarator(struct parser *p, struct body *b, struct specifiers *s,
				   struct member *m, size_t *at)
{
	struct declarator d;

	parse_declarator_init(p, &d);
	*at = p->tok.at;
	if (!parse_is(p, ':')) {
		if (parse_declarator(p, &d) < 0)
			return -1;
		if (d.name.kind == TOKEN_END)
			return parse_expected(p, "the name of a member", HINT_MEMBER);
		*at = d.name.at;
		m->name = parse_word(p, d.name);
		if (add_name(p, b, m->name, *at) < 0)
			return -1;
		m->shape = parse_apply(p, &d, s->shape, true);
		if (!m->shape)
			return -1;
	}
	if (parse_is(p, ':') && parse_width(p, m, *at) < 0)
		return -1;
	if (parse_attributes(p, &s->attr) < 0)
		return -1;
	if (s->attr.vector)
		m->shape = parse_trailing_vector(p, s, &d, m->is_bitfield);
	return m->shape ? 0 : -1;
}

/* One declarator of a member, its type given. */
static int parse_member(struct parser *p, struct body *b, const struct specifiers *of_all)
{
	struct member *m = &b->list[b->shape->count];
	struct specifiers s = *of_all;
	size_t at;

	if (begin_member(p, b, p->tok.at) < 0 || parse_attributes(p, &s.attr) < 0)
		return -1;
	*m = (struct member){ .shape = s.shape };
	if (parse_member_declarator(p, b, &s, m, &at) < 0)
		return -1;
	m->align = s.attr.align;
	m->packed = s.attr.packed;
	if (check_type(p, m, at) < 0 || check_flexible(p, b, m, at) < 0)
		return -1;
	b->named += m->name != NULL;
	b->shape->count++;
	return 0;
}

/* "a" and nothing more, as most are: what p->tok is the name of. The rest is for parse_member(). */
static bool is_plain(const struct parser *p, const struct shape *s)
{
	return p->tok.kind == TOKEN_NAME && !p->tok.word && p->tok.len <= CASE_MAX_NAME &&
		p->lex.at < p->lex.len && p->lex.text[p->lex.at] == ';' && s->kind != SHAPE_VOID &&
		s->kind != SHAPE_FUNCTION && s->kind != SHAPE_ARRAY;
}

static int parse_plain(struct parser *p, struct body *b, const struct specifiers *s)
{
	struct member *m = &b->list[b->shape->count];
	const char *name = parse_word(p, p->tok);

	if (begin_member(p, b, p->tok.at) < 0 || add_name(p, b, name, p->tok.at) < 0)
		return -1;
	*m = (struct member){
		.name = name, .shape = s->shape, .align = s->attr.align, .packed = s->attr.packed
	};
	b->named++;
	b->shape->count++;
	parse_take(p); /* then it is the semicolon */
	return 0;
}

/* "char a;", "int b : 3, *c;", "struct { int d; };" */
static int parse_members_of_type(struct parser *p, struct body *b)
{
	struct specifiers s;
	size_t at = p->tok.at;

	if (parse_specifiers(p, &s) < 0)
		return -1;
	if (parse_is(p, ';')) {
		if (parse_anonymous(p, b, &s, at) < 0)
			return -1;
		parse_take(p);
		return 0;
	}
	for (;;) {
		if ((is_plain(p, s.shape) ? parse_plain(p, b, &s) : parse_member(p, b, &s)) < 0)
			return -1;
		if (!parse_is(p, ','))
			break;
		parse_take(p);
	}
	return parse_expect(p, ";", "end each member with a semicolon");
}

/* "{ char a; int b, *c; }" */
static int parse_members(struct parser *p, struct shape *s)
{
	struct member *kept;
	struct body b;

	b.shape = s;
	b.named = 0;
	b.initials = 0;
	b.is_flexible = false;
	parse_take(p);
	while (!parse_is(p, '}'))
		if ((parse_is_word(p, WORD_ASSERT) ? parse_assert(p)
						   : parse_members_of_type(p, &b)) < 0)
			return -1;
	p->closing_pack = p->pack;
	parse_take(p);
	kept = arena_alloc(p->arena, s->count * sizeof(*kept));
	if (s->count)
		memcpy(kept, b.list, s->count * sizeof(*kept));
	s->members = kept;
	return 0;
}

const struct named *parse_incomplete(const struct shape *s)
{
	if (s->kind != SHAPE_VOID || !s->count)
		return NULL;
	return ((const struct incomplete *)(const void *)s)->tag;
}

int parse_fail_incomplete(struct parser *p, size_t at, const struct named *tag)
{
	if (tag->defining)
		return parse_fail(p, at, "use a pointer to it", "%s %s cannot hold itself",
				  keywords[tag->kind], tag->name);
	return parse_fail(p, at, "spell its members here, or define it in a line before",
			  "%s %s is not defined", keywords[tag->kind], tag->name);
}

static struct named *new_tag(struct parser *p, struct token tag, enum shape_kind kind)
{
	struct named *named = arena_alloc(p->arena, sizeof(*named));

	*named = (struct named){ .name = parse_word(p, tag), .kind = kind, .next = p->tags };
	p->tags = named;
	return named;
}

/* "struct tag" without a body: what was defined before, or a type one can only point to. */
static const struct shape *refer(struct parser *p, struct named *named, struct token tag,
				 enum shape_kind kind)
{
	struct incomplete *opaque;

	if (!named && kind == SHAPE_ENUM)
		return parse_fail(p, tag.at,
				  "spell its enumerators here, or define it in a line before",
				  "enum %.*s is not defined", (int)tag.len, p->lex.text + tag.at),
		       NULL;
	if (!named)
		named = new_tag(p, tag, kind);
	if (named->shape)
		return named->shape;
	if (kind == SHAPE_ENUM)
		return parse_fail_incomplete(p, tag.at, named), NULL;
	opaque = arena_alloc(p->arena, sizeof(*opaque));
	opaque->shape.kind = SHAPE_VOID;
	opaque->shape.count = 1;
	opaque->tag = named;
	return &opaque->shape;
}

/* From the opening brace on. */
static const struct shape *define(struct parser *p, enum shape_kind kind, struct attributes *attr)
{
	struct shape *s = shape_new(p->arena);
	size_t at = p->tok.at;

	s->kind = kind;
	if (parse_enter(p, p->tok.at) < 0 ||
	    (kind == SHAPE_ENUM ? parse_enumerators(p, s) : parse_members(p, s)) < 0)
		return NULL;
	p->nesting--;
	if (parse_attributes(p, attr) < 0)
		return NULL;
	if (attr->vector)
		return parse_fail(p, attr->vector_at,
				  "write it beside int, float, or another plain number",
				  "the elements of a vector are integers, float, double or _Float16"),
		       NULL;
	s->packed = attr->packed;
	s->align = attr->align;
	if (p->closing_pack && kind != SHAPE_ENUM && parse_pack(p, s, p->closing_pack, at) < 0)
		return NULL;
	return s;
}

static int check_tag(struct parser *p, const struct named *named, struct token tag,
		     enum shape_kind kind, bool defined_here)
{
	if (!named)
		return 0;
	if (named->kind != kind)
		return parse_fail(p, tag.at, "choose another tag", "%s is not the tag of %s %s",
				  named->name, kind == SHAPE_STRUCT ? "a" : "an", keywords[kind]);
	if (defined_here && (named->shape || named->defining))
		return parse_fail(p, tag.at, "choose another tag",
				  "the tag '%s' is already defined", named->name);
	return 0;
}

const struct shape *parse_tag_type(struct parser *p, bool *untagged)
{
	enum shape_kind kind = (enum shape_kind)p->tok.word->value;
	struct token tag = { .kind = TOKEN_END };
	struct attributes attr = { 0 };
	struct named *named = NULL;
	const struct shape *s;

	parse_take(p);
	if (parse_attributes(p, &attr) < 0)
		return NULL;
	*untagged = p->tok.kind != TOKEN_NAME && kind != SHAPE_ENUM;
	if (p->tok.kind == TOKEN_NAME) {
		tag = p->tok;
		if (parse_check_name(p, tag) < 0)
			return NULL;
		parse_take(p);
		named = parse_find(p, p->tags, tag);
		if (check_tag(p, named, tag, kind, parse_is(p, '{')) < 0)
			return NULL;
		if (!parse_is(p, '{')) {
			if (parse_no_attributes(p, &attr, "where a type is only referred to",
						"write it where the type is defined") < 0)
				return NULL;
			return refer(p, named, tag, kind);
		}
		if (!named)
			named = new_tag(p, tag, kind);
		named->defining = true;
	}
	if (!parse_is(p, '{'))
		return parse_expected(p, "'{' or a tag", "as in struct { int a; }, enum { A, B }"),
		       NULL;
	s = define(p, kind, &attr);
	if (named) {
		named->shape = s;
		named->defining = false;
	}
	return s;
}
