/* parse_type.c: model. Left of a declarator: scalars, typedef names, qualifiers. */
#include <string.h>

#include "model/parse.h"

/* By the bit of a word: 1 more than the scalar that it makes alone, with signed, and with unsigned; 0: none
 * (C17 6.7.2). */
static const uint8_t combinations[][4] = {
#define ROW(word, alone, with_signed, with_unsigned) \
	[__builtin_ctz(word)] = { 1 + SCALAR_##alone, 1 + SCALAR_##with_signed, \
				  1 + SCALAR_##with_unsigned }
#define ALONE(word, alone) [__builtin_ctz(word)] = { 1 + SCALAR_##alone }
	ROW(W_SHORT, SHORT, SHORT, USHORT),
	ROW(W_INT, INT, INT, UINT),
	ROW(W_LONG, LONG, LONG, ULONG),
	ROW(W_LLONG, LLONG, LLONG, ULLONG),
	ROW(W_CHAR, CHAR, SCHAR, UCHAR),
	ROW(W_INT128, INT128, INT128, UINT128),
	ALONE(W_BOOL, BOOL),
	ALONE(W_FLOAT, FLOAT),
	ALONE(W_DOUBLE, DOUBLE),
	ALONE(W_FLOAT16, FLOAT16),
	[__builtin_ctz(W_COMPLEX)] = { 0 },
#undef ROW
#undef ALONE
};

/* The scalar that these words make together; -1: none. */
static int combined(unsigned words)
{
	unsigned sign = words & (W_SIGNED | W_UNSIGNED), word = words & ~sign;

	_Static_assert(W_SIGNED == 1 && W_UNSIGNED == 2, "they count in the second dimension");
	if (words == (W_LONG | W_DOUBLE))
		return SCALAR_LDOUBLE;
	if (!word && sign)
		word = W_INT;
	if (!word || word & (word - 1))
		return -1;
	return combinations[__builtin_ctz(word)][sign] - 1;
}

static const struct shape void_shape = { .kind = SHAPE_VOID };
static const struct shape complex_shapes[SCALAR_COUNT] = {
#define COMPLEX(id) [SCALAR_##id] = { .kind = SHAPE_COMPLEX, .target = &shape_scalars[SCALAR_##id] }
	COMPLEX(FLOAT),
	COMPLEX(DOUBLE),
	COMPLEX(LDOUBLE),
	COMPLEX(FLOAT16),
#undef COMPLEX
};

/* What has been read of the specifiers so far. */
struct reading {
	struct specifiers *out;
	const struct shape *type; /* a struct, enum, typedef name or _Atomic(...) */
	unsigned words; /* of a scalar */
	size_t words_at;
	unsigned qualifiers;
	size_t qualifiers_at;
};

bool parse_starts_type(struct parser *p, const struct token *t)
{
	if (t->kind != TOKEN_NAME)
		return false;
	if (!t->word)
		return parse_find(p, p->typedefs, *t) != NULL;
	return t->word->kind != WORD_KEYWORD;
}

int parse_integer(struct parser *p, const char *what, uint64_t max, uint64_t *value)
{
	const char *s = p->lex.text + p->tok.at;
	size_t len = p->tok.len, i = 0;
	unsigned base = 10;
	uint64_t x = 0;

	if (p->tok.kind != TOKEN_NUMBER)
		return parse_expected(p, what, "write a plain integer constant, as in 4 or 0x10");
	if (len == 1) { /* most */
		*value = (uint64_t)(*s - '0');
		parse_take(p);
		return 0;
	}
	if (len > 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
		base = 16;
		i = 2;
	} else if (s[0] == '0') {
		base = 8;
	}
	for (; i < len; i++) {
		unsigned digit = s[i] >= '0' && s[i] <= '9' ? (unsigned)(s[i] - '0')
			: (s[i] | 32) >= 'a' && (s[i] | 32) <= 'f'
			? (unsigned)((s[i] | 32) - 'a') + 10
			: 99;

		if (digit >= base)
			break;
		if (__builtin_mul_overflow(x, base, &x) || __builtin_add_overflow(x, digit, &x) ||
		    x > max)
			return parse_fail(p, p->tok.at, "choose a smaller number",
					  "%s of more than %llu", what, (unsigned long long)max);
	}
	if (i < len)
		return parse_fail(p, p->tok.at, "write a plain integer constant, as in 4 or 0x10",
				  "expected %s, found '%.*s'", what, len < 40 ? (int)len : 40, s);
	parse_take(p);
	*value = x;
	return 0;
}

static int too_many(struct parser *p)
{
	return parse_expected(p, "a declarator", "one type is enough");
}

/* One of the words that make a scalar, in any order: "long unsigned int long". */
static int read_word(struct parser *p, struct reading *r)
{
	unsigned bit = p->tok.word->value;

	if (r->type)
		return too_many(p);
	if (!r->words)
		r->words_at = p->tok.at;
	if (bit == W_LONG && (r->words & W_LONG))
		r->words = (r->words & ~(unsigned)W_LONG) | W_LLONG;
	else if ((r->words & bit) || (bit == W_LONG && (r->words & W_LLONG)))
		return parse_fail(p, p->tok.at, "leave it out", "'%s' once too often",
				  p->tok.word->text);
	else
		r->words |= bit;
	parse_take(p);
	return 0;
}

/* "_Atomic(int *)", the parenthesis is next. */
static int read_atomic(struct parser *p, struct reading *r, size_t at)
{
	const struct shape *s;
	struct specifiers inner;
	struct declarator d;

	if (r->type || r->words)
		return too_many(p);
	if (parse_enter(p, p->tok.at) < 0)
		return -1;
	parse_take(p);
	parse_declarator_init(p, &d);
	if (parse_specifiers(p, &inner) < 0 || parse_declarator(p, &d) < 0 ||
	    parse_no_attributes(p, &inner.attr, "in the parentheses of _Atomic",
				"declare the type by a typedef first") < 0)
		return -1;
	if (d.name.kind != TOKEN_END)
		return parse_fail(p, d.name.at, "as in _Atomic(int *)",
				  "expected a type without a name");
	s = parse_apply(p, &d, inner.shape, false);
	if (!s)
		return -1;
	if (s->qualifiers)
		return parse_fail(p, at, "write the qualifier before _Atomic",
				  "_Atomic of a type that has qualifiers");
	if (parse_expect(p, ")", "close the parenthesis, as in _Atomic(int *)") < 0)
		return -1;
	p->nesting--;
	r->type = parse_qualify(p, s, QUALIFIER_ATOMIC, at);
	return r->type ? 0 : -1;
}

static int read_qualifier(struct parser *p, struct reading *r)
{
	unsigned bit = p->tok.word->value;
	size_t at = p->tok.at;

	parse_take(p);
	if (bit == QUALIFIER_ATOMIC && parse_is(p, '('))
		return read_atomic(p, r, at);
	if (!r->qualifiers)
		r->qualifiers_at = at;
	r->qualifiers |= bit;
	return 0;
}

/* "typedef struct s T;" before "struct s { ... };": T is complete now, too. */
static const struct shape *completed(struct parser *p, const struct shape *s)
{
	const struct named *tag = parse_incomplete(s);

	if (!tag || !tag->shape)
		return s;
	return parse_qualify(p, tag->shape, s->qualifiers, p->tok.at);
}

/* A typedef of the case, or a name of the C library. 0 if it is neither. */
static int read_name(struct parser *p, struct reading *r)
{
	struct named *named = parse_find(p, p->typedefs, p->tok);

	if (named)
		r->type = completed(p, named->shape);
	else if (parse_is_word(p, WORD_LIBRARY))
		r->type = &shape_scalars[p->tok.word->value];
	else
		return 0;
	parse_take(p);
	return 1;
}

/* Takes one token or more of a type. 1: go on; 0: the next token is none of it. */
static int read_one(struct parser *p, struct reading *r)
{
	const struct word *w = p->tok.word;

	if (p->tok.kind != TOKEN_NAME)
		return 0;
	if (!w || w->kind == WORD_LIBRARY)
		return r->type || r->words ? 0 : read_name(p, r);
	switch (w->kind) {
	case WORD_SCALAR:
		return read_word(p, r) < 0 ? -1 : 1;
	case WORD_QUALIFIER:
		return read_qualifier(p, r) < 0 ? -1 : 1;
	case WORD_TAG:
		if (r->type || r->words)
			return too_many(p);
		r->type = parse_tag_type(p, &r->out->untagged);
		return r->type ? 1 : -1;
	case WORD_ATTRIBUTE:
		return parse_attributes(p, &r->out->attr) < 0 ? -1 : 1;
	case WORD_ALIGNAS:
		return parse_alignas(p, &r->out->attr) < 0 ? -1 : 1;
	case WORD_UNSUPPORTED:
		return r->type || r->words ? too_many(p) : 0;
	case WORD_IGNORED:
		parse_take(p);
		return 1;
	case WORD_RESTRICT:
		return parse_fail(p, p->tok.at, "leave it out, or write it behind a star",
				  "only a pointer can be '%s'", w->text);
	default:
		return 0;
	}
}

static const struct shape *scalar_of(struct parser *p, const struct reading *r)
{
	unsigned words = r->words & ~(unsigned)W_COMPLEX;
	int scalar;

	if (words == W_VOID && words == r->words)
		return &void_shape;
	if ((words & W_INT) && (words & (W_SIGNED | W_UNSIGNED | W_SHORT | W_LONG | W_LLONG)) &&
	    !(words & W_CHAR))
		words &= ~(unsigned)W_INT; /* "short int" is "short" */
	scalar = combined(words);
	if (scalar >= 0 && !(r->words & W_COMPLEX))
		return &shape_scalars[scalar];
	if (scalar >= 0 && complex_shapes[scalar].target)
		return &complex_shapes[scalar];
	if (r->words & W_COMPLEX)
		return parse_fail(p, r->words_at, "write float _Complex, or another floating type",
				  "_Complex needs a floating type"),
		       NULL;
	return parse_fail(p, r->words_at, "write one of C's types, as in unsigned long",
			  "these words do not make a type together"),
	       NULL;
}

static int unknown_type(struct parser *p)
{
	if (p->tok.kind == TOKEN_NAME && !p->tok.word)
		return parse_fail(p, p->tok.at, "spell it in place, or define it first by a typedef",
				  "unknown type '%.*s'", p->tok.len < 40 ? (int)p->tok.len : 40,
				  p->lex.text + p->tok.at);
	return parse_expected(p, "a type", HINT_EXAMPLE);
}

int parse_specifiers(struct parser *p, struct specifiers *s)
{
	struct reading r = { .out = s };
	int rc;

	*s = (struct specifiers){ 0 };
	while ((rc = read_one(p, &r)) > 0)
		;
	if (rc < 0)
		return -1;
	if (!r.type && !r.words)
		return unknown_type(p);
	s->shape = r.type ? r.type : scalar_of(p, &r);
	if (s->shape && s->attr.vector)
		s->shape = parse_vector(p, s->shape, s->attr.vector, s->attr.vector_at);
	s->attr.vector = 0;
	if (s->shape && r.qualifiers)
		s->shape = parse_qualify(p, s->shape, r.qualifiers, r.qualifiers_at);
	return s->shape ? 0 : -1;
}
