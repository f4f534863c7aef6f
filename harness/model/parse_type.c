/* parse_type.c: model. Left of a declarator: scalars, typedef names, unsupported words. */
#include <string.h>

#include "model/parse.h"

/* The words that make a scalar type; each at most once, but long. */
enum word {
	W_SIGNED = 1,
	W_UNSIGNED = 2,
	W_SHORT = 4,
	W_LONG = 8,
	W_LLONG = 16,
	W_CHAR = 32,
	W_INT = 64,
	W_FLOAT = 128,
	W_DOUBLE = 256,
	W_BOOL = 512,
	W_VOID = 1024,
};

static const struct {
	const char *text;
	enum word word;
} words[] = {
	{ "signed", W_SIGNED }, { "unsigned", W_UNSIGNED }, { "short", W_SHORT },
	{ "long", W_LONG },	{ "char", W_CHAR },	    { "int", W_INT },
	{ "float", W_FLOAT },	{ "double", W_DOUBLE },	    { "_Bool", W_BOOL },
	{ "void", W_VOID },
};

/* C17 6.7.2 */
static const struct {
	unsigned words;
	enum scalar scalar;
} combinations[] = {
	{ W_BOOL, SCALAR_BOOL },
	{ W_CHAR, SCALAR_CHAR },
	{ W_SIGNED | W_CHAR, SCALAR_SCHAR },
	{ W_UNSIGNED | W_CHAR, SCALAR_UCHAR },
	{ W_SHORT, SCALAR_SHORT },
	{ W_SIGNED | W_SHORT, SCALAR_SHORT },
	{ W_UNSIGNED | W_SHORT, SCALAR_USHORT },
	{ W_SIGNED, SCALAR_INT },
	{ W_INT, SCALAR_INT },
	{ W_UNSIGNED, SCALAR_UINT },
	{ W_LONG, SCALAR_LONG },
	{ W_SIGNED | W_LONG, SCALAR_LONG },
	{ W_UNSIGNED | W_LONG, SCALAR_ULONG },
	{ W_LLONG, SCALAR_LLONG },
	{ W_SIGNED | W_LLONG, SCALAR_LLONG },
	{ W_UNSIGNED | W_LLONG, SCALAR_ULLONG },
	{ W_FLOAT, SCALAR_FLOAT },
	{ W_DOUBLE, SCALAR_DOUBLE },
};

/* Names of the C library that mean the same scalar on both architectures. */
static const struct {
	const char *name;
	enum scalar scalar;
} library_types[] = {
	{ "bool", SCALAR_BOOL },     { "int8_t", SCALAR_SCHAR },    { "uint8_t", SCALAR_UCHAR },
	{ "int16_t", SCALAR_SHORT }, { "uint16_t", SCALAR_USHORT }, { "int32_t", SCALAR_INT },
	{ "uint32_t", SCALAR_UINT }, { "int64_t", SCALAR_LONG },    { "uint64_t", SCALAR_ULONG },
	{ "intptr_t", SCALAR_LONG }, { "uintptr_t", SCALAR_ULONG }, { "ptrdiff_t", SCALAR_LONG },
	{ "intmax_t", SCALAR_LONG }, { "uintmax_t", SCALAR_ULONG }, { "size_t", SCALAR_ULONG },
	{ "ssize_t", SCALAR_LONG },
};

#define HINT_LATER "take another type; a later version may know this one"
#define HINT_DROP "leave it out: it does not change how a value is passed"
static const struct {
	const char *word;
	const char *what;
	const char *hint;
} unsupported[] = {
	{ "union", "unions are", HINT_LATER },
	{ "_Complex", "complex numbers are", HINT_LATER },
	{ "__complex__", "complex numbers are", HINT_LATER },
	{ "_Imaginary", "complex numbers are", HINT_LATER },
	{ "__int128", "128-bit integers are", HINT_LATER },
	{ "__int128_t", "128-bit integers are", HINT_LATER },
	{ "__uint128_t", "128-bit integers are", HINT_LATER },
	{ "_BitInt", "bit-precise integers are", HINT_LATER },
	{ "_Float16", "half-precision floats are", HINT_LATER },
	{ "__fp16", "half-precision floats are", HINT_LATER },
	{ "__bf16", "half-precision floats are", HINT_LATER },
	{ "_Float128", "128-bit floats are", HINT_LATER },
	{ "__float128", "128-bit floats are", HINT_LATER },
	{ "_Decimal32", "decimal floats are", HINT_LATER },
	{ "_Decimal64", "decimal floats are", HINT_LATER },
	{ "_Decimal128", "decimal floats are", HINT_LATER },
	{ "wchar_t", "types that differ between the architectures are", "write int or unsigned int" },
	{ "va_list", "types that differ between the architectures are", HINT_LATER },
	{ "_Atomic", "atomic types are", HINT_LATER },
	{ "__attribute__", "attributes (vectors, packing, alignment) are",
	  "leave it out; a later version may know it" },
	{ "__attribute", "attributes (vectors, packing, alignment) are",
	  "leave it out; a later version may know it" },
	{ "_Alignas", "alignment specifiers are", "leave it out; a later version may know it" },
	{ "typeof", "typeof is", "write the type itself" },
	{ "__typeof__", "typeof is", "write the type itself" },
	{ "const", "qualifiers are", HINT_DROP },
	{ "volatile", "qualifiers are", HINT_DROP },
	{ "restrict", "qualifiers are", HINT_DROP },
	{ "__restrict", "qualifiers are", HINT_DROP },
	{ "extern", "storage classes are", HINT_DROP },
	{ "static", "storage classes are", HINT_DROP },
	{ "register", "storage classes are", HINT_DROP },
	{ "auto", "storage classes are", HINT_DROP },
	{ "_Thread_local", "storage classes are", HINT_DROP },
	{ "inline", "function specifiers are", HINT_DROP },
	{ "_Noreturn", "function specifiers are", HINT_DROP },
	{ "_Static_assert", "static assertions are", "leave it out" },
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

const char *parse_unsupported(const struct parser *p, struct token t, const char **hint)
{
	for (size_t i = 0; t.kind == TOKEN_NAME && i < COUNT(unsupported); i++)
		if (lex_is(&p->lex, t, unsupported[i].word)) {
			*hint = unsupported[i].hint;
			return unsupported[i].what;
		}
	return NULL;
}

/* The bit of a scalar's word, 0 for other tokens. */
static unsigned word_bit(const struct parser *p)
{
	for (size_t i = 0; p->tok.kind == TOKEN_NAME && i < COUNT(words); i++)
		if (parse_is(p, words[i].text))
			return words[i].word;
	return 0;
}

static const struct shape *new_scalar(struct parser *p, enum scalar scalar)
{
	struct shape *s = arena_alloc(p->arena, sizeof(*s));

	s->kind = SHAPE_SCALAR;
	s->scalar = scalar;
	return s;
}

/* A typedef of the case, or a name of the C library; NULL without a message if it is neither. */
static const struct shape *typedef_name(struct parser *p)
{
	struct named *named = parse_find(p, p->typedefs, p->tok);

	if (named)
		return named->shape;
	for (size_t i = 0; i < COUNT(library_types); i++)
		if (parse_is(p, library_types[i].name))
			return new_scalar(p, library_types[i].scalar);
	return NULL;
}

bool parse_starts_type(struct parser *p)
{
	const char *hint;

	return p->tok.kind == TOKEN_NAME &&
		(word_bit(p) || parse_is(p, "struct") || parse_is(p, "enum") || typedef_name(p) ||
		 parse_unsupported(p, p->tok, &hint));
}

int parse_integer(struct parser *p, const char *what, uint64_t max, uint64_t *value)
{
	const char *s = p->lex.text + p->tok.at;
	size_t len = p->tok.len, i = 0;
	unsigned base = 10;
	uint64_t x = 0;

	if (p->tok.kind != TOKEN_NUMBER)
		return parse_expected(p, what, "write a plain integer constant, as in 4 or 0x10");
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
		if (x > (max - digit) / base || digit > max)
			return parse_fail(p, p->tok.at, "choose a smaller number",
					  "%s of more than %llu", what, (unsigned long long)max);
		x = x * base + digit;
	}
	if (i < len)
		return parse_fail(p, p->tok.at, "write a plain integer constant, as in 4 or 0x10",
				  "expected %s, found '%.*s'", what, len < 40 ? (int)len : 40, s);
	parse_take(p);
	*value = x;
	return 0;
}

/* The scalar that some words make, in any order: "long unsigned int long". */
static const struct shape *parse_scalar(struct parser *p)
{
	size_t at = p->tok.at;
	unsigned all = 0, bit;

	for (; (bit = word_bit(p)) != 0; parse_take(p)) {
		if (bit == W_LONG && (all & W_LONG)) {
			all = (all & ~(unsigned)W_LONG) | W_LLONG;
			continue;
		}
		if ((all & bit) || (bit == W_LONG && (all & W_LLONG)))
			return parse_fail(p, p->tok.at, "leave it out", "'%.*s' once too often",
					  (int)p->tok.len, p->lex.text + p->tok.at),
			       NULL;
		all |= bit;
	}
	if (all == W_VOID) {
		struct shape *s = arena_alloc(p->arena, sizeof(*s));

		s->kind = SHAPE_VOID;
		return s;
	}
	if (all == (W_LONG | W_DOUBLE))
		return parse_fail(p, at, "write double; a later version may know it",
				  "long double is not supported yet"),
		       NULL;
	if ((all & W_INT) && (all & (W_SIGNED | W_UNSIGNED | W_SHORT | W_LONG | W_LLONG)) &&
	    !(all & W_CHAR))
		all &= ~(unsigned)W_INT; /* "short int" is "short" */
	for (size_t i = 0; i < COUNT(combinations); i++)
		if (combinations[i].words == all)
			return new_scalar(p, combinations[i].scalar);
	return parse_fail(p, at, "write one of C's types, as in unsigned long",
			  "these words do not make a type together"),
	       NULL;
}

static int unknown_type(struct parser *p)
{
	const char *hint;

	if (p->tok.kind == TOKEN_NAME && !parse_unsupported(p, p->tok, &hint) &&
	    !parse_is(p, "typedef"))
		return parse_fail(p, p->tok.at, "spell it in place, or define it first by a typedef",
				  "unknown type '%.*s'", p->tok.len < 40 ? (int)p->tok.len : 40,
				  p->lex.text + p->tok.at);
	return parse_expected(p, "a type", HINT_EXAMPLE);
}

const struct shape *parse_specifiers(struct parser *p)
{
	const struct shape *s = NULL;
	const char *hint;

	if (parse_is(p, "struct") || parse_is(p, "enum")) {
		s = parse_struct_or_enum(p);
	} else if (word_bit(p)) {
		s = parse_scalar(p);
	} else if (p->tok.kind == TOKEN_NAME && (s = typedef_name(p))) {
		parse_take(p);
	} else {
		return unknown_type(p), NULL;
	}
	if (s && (parse_unsupported(p, p->tok, &hint) || word_bit(p)))
		return parse_expected(p, "a declarator", "one type is enough"), NULL;
	return s;
}
