/* parse.h: model, for its own files. The parser's state: one case, one pass, one arena. */
#ifndef MODEL_PARSE_H
#define MODEL_PARSE_H

#include "model/case.h"
#include "model/finish.h"
#include "model/lex.h"

/* Parentheses and braces within each other; each costs stack. Types end at SHAPE_MAX_DEPTH. */
#define PARSE_MAX_NESTING 40

#define PARSE_MAX_PACK 16 /* of #pragma pack(push) in each other */

/* What was read in a way that its writer is told of. */
enum parse_note {
	PARSE_NOTE_BARE = 1, /* a type without a function */
	PARSE_NOTE_LINE = 2, /* a line with '#' was passed over */
	PARSE_NOTE_PACK = 4,
	PARSE_NOTE_ASSERT = 8,
};

/* A typedef name, or the tag of a struct, union or enum. */
struct named {
	const char *name;
	const struct shape *shape; /* NULL while the type is not defined */
	enum shape_kind kind; /* of tags */
	bool defining; /* between its braces */
	struct named *next;
};

/* A struct that is not defined (yet): a void to everybody but the parser, who marks it by a count of
 * 1. Good for pointers: what they point to is never looked at. */
struct incomplete {
	struct shape shape;
	const struct named *tag;
};

struct parser {
	struct lexer lex;
	struct token tok; /* looked at, not yet taken */
	struct arena *arena;
	struct named *typedefs;
	struct named *tags;
	int nesting;
	unsigned notes; /* enum parse_note */
	uint8_t pack, closing_pack; /* of #pragma pack, 0: none; where the last '}' was */
	uint8_t pack_saved[PARSE_MAX_PACK], pack_depth;
	struct pack_memo *packs; /* parse_pack.c */
	const struct shape *bare; /* what f takes if the text declares none */
	size_t bare_at;
	bool lean; /* neither text nor id is wanted */
	const char *name; /* of the text */
	struct err *e;
};

/* What attributes and _Alignas said, and where; a place counts only if the value is set. */
struct attributes {
	bool packed;
	uint32_t align; /* 0: none */
	uint32_t vector; /* bytes; 0: none */
	size_t packed_at, align_at, vector_at;
};

/* Everything left of a declarator. */
struct specifiers {
	const struct shape *shape;
	struct attributes attr; /* for what is declared; vector_size is in the shape already */
	bool untagged; /* a struct or union defined here, without a tag */
};

/* One step of a declarator, in the order in which a person reads it, from the name outwards. */
struct step {
	enum shape_kind kind; /* SHAPE_POINTER, SHAPE_ARRAY, SHAPE_FUNCTION */
	uint8_t qualifiers; /* of a pointer */
	bool flexible; /* [] */
	uint32_t count;
	const struct proto *function;
	const size_t *arg_at; /* where each argument begins */
	size_t at;
};

struct declarator {
	struct token name; /* TOKEN_END if there is none */
	uint32_t step_count;
	struct step steps[SHAPE_MAX_DEPTH + 1];
};

/* parse.c: -1 always, with the message in p->e. */
int parse_fail(struct parser *p, size_t at, const char *hint, const char *fmt, ...)
	__attribute__((cold, format(printf, 4, 5)));
/* "expected WHAT, found ...", or what is known of a word that is not supported. */
int parse_expected(struct parser *p, const char *what, const char *hint) __attribute__((cold));
/* parse_line.c: p->tok is a line with '#'. Is it done with? Else the parser refuses it. */
bool parse_line(struct parser *p);
static inline void parse_take(struct parser *p) /* goes on to the next token */
{
	do
		lex_next(&p->lex, &p->tok);
	while (p->tok.kind == TOKEN_LINE && parse_line(p));
}
static inline bool parse_is(const struct parser *p, char c)
{
	return p->tok.punct == c;
}
static inline bool parse_is_word(const struct parser *p, enum word_kind kind)
{
	return p->tok.word && p->tok.word->kind == kind;
}

/* word: one character, which is taken. */
int parse_expected_word(struct parser *p, const char *word, const char *hint) __attribute__((cold));
static inline int parse_expect(struct parser *p, const char *word, const char *hint)
{
	if (!parse_is(p, *word))
		return parse_expected_word(p, word, hint);
	parse_take(p);
	return 0;
}

/* What to do about a text that is no declaration at all. */
#define HINT_EXAMPLE "write a C declaration, as in void f(int, struct { char a; })"
int parse_enter(struct parser *p, size_t at); /* one level deeper; p->nesting-- leaves it */
static inline const char *parse_word(struct parser *p, struct token t) /* lives as long as the arena */
{
	const char *text = p->lex.text + t.at;

	return t.len == 1 ? word_letter(*text) : arena_strndup(p->arena, text, t.len);
}
struct named *parse_find(struct parser *p, struct named *list, struct token t);

/* parse_bare.c: the last type that the text names, and a case made of it. */
void parse_remember(struct parser *p, const struct shape *s, size_t at);
int parse_bare(struct parser *p, struct fuzz_case *c, const struct shape *s, size_t at);
int parse_finish(struct parser *p, struct fuzz_case *c, struct case_problem *problem);
int parse_assert(struct parser *p); /* p->tok is _Static_assert */
void parse_write_notes(const struct parser *p, struct fuzz_case *c);

/* parse_pack.c: s is laid out under #pragma pack(pack); at: for what it cannot say. */
int parse_pack(struct parser *p, struct shape *s, uint32_t pack, size_t at);

/* parse_type.c: everything left of a declarator. */
int parse_specifiers(struct parser *p, struct specifiers *s);
bool parse_starts_type(struct parser *p, const struct token *t); /* does t begin a type? */
/* An integer constant of at most max; takes it. what: "an array size". */
int parse_integer(struct parser *p, const char *what, uint64_t max, uint64_t *value);

/* parse_attribute.c: lists of attributes, as many as follow, added to a. */
int parse_attribute_lists(struct parser *p, struct attributes *a);
static inline int parse_attributes(struct parser *p, struct attributes *a)
{
	return parse_is_word(p, WORD_ATTRIBUTE) ? parse_attribute_lists(p, a) : 0;
}
int parse_alignas(struct parser *p, struct attributes *a);
/* An error if there is any: none has a place here. */
int parse_no_attributes(struct parser *p, const struct attributes *a, const char *where,
			const char *hint);

/* parse_variant.c: the same type with something added. NULL after an error. */
const struct shape *parse_qualify(struct parser *p, const struct shape *s, unsigned qualifiers,
				  size_t at);
const struct shape *parse_vector(struct parser *p, const struct shape *s, uint32_t bytes, size_t at);
const struct shape *parse_align(struct parser *p, const struct shape *s, uint32_t align, size_t at);

/* parse_struct.c: p->tok is "struct", "union" or "enum". NULL after an error. */
const struct shape *parse_tag_type(struct parser *p, bool *untagged);
/* parse_enum.c: from the opening brace to and with the closing one. */
int parse_enumerators(struct parser *p, struct shape *s);
/* The tag of a struct that is not defined, NULL for every complete type. */
const struct named *parse_incomplete(const struct shape *s);
/* "struct s is not defined", or "holds itself". */
int parse_fail_incomplete(struct parser *p, size_t at, const struct named *tag) __attribute__((cold));

/* parse_declarator.c */
void parse_declarator_init(const struct parser *p, struct declarator *d);
int parse_declarator(struct parser *p, struct declarator *d);
/* The type that the declarator makes of base. Only a member or parameter may be written [].
 * NULL after an error. */
const struct shape *parse_apply(struct parser *p, const struct declarator *d,
				const struct shape *base, bool may_be_flexible);
/* "int v __attribute__((vector_size(16)))": the type left of the declarator, with what stood right of it,
 * which is gone from s then. elsewhere: it cannot stand there. NULL after an error. */
const struct shape *parse_trailing_vector(struct parser *p, struct specifiers *s,
					  const struct declarator *d, bool elsewhere);
/* A name that may be declared: not a keyword, not too long. The other says which it is. */
int parse_refuse_name(struct parser *p, struct token t) __attribute__((cold));
static inline int parse_check_name(struct parser *p, struct token t)
{
	bool is_free = !t.word || t.word->kind == WORD_LIBRARY;

	return is_free && t.len <= CASE_MAX_NAME ? 0 : parse_refuse_name(p, t);
}

#endif
