/* parse.h: model, for its own files. The parser's state: one case, one pass, one arena. */
#ifndef MODEL_PARSE_H
#define MODEL_PARSE_H

#include "model/case.h"
#include "model/lex.h"

/* Parentheses and braces within each other; each costs stack. Types end at SHAPE_MAX_DEPTH. */
#define PARSE_MAX_NESTING 40

/* A typedef name, or the tag of a struct or enum. */
struct named {
	const char *name;
	const struct shape *shape; /* NULL while the type is still being defined */
	bool is_struct; /* of tags */
	struct named *next;
};

struct parser {
	struct lexer lex;
	struct token tok; /* looked at, not yet taken */
	struct arena *arena;
	struct named *typedefs;
	struct named *tags;
	int nesting;
	const char *name; /* of the text */
	struct err *e;
};

/* One step of a declarator, in the order in which a person reads it, from the name outwards. */
struct step {
	enum shape_kind kind; /* SHAPE_POINTER, SHAPE_ARRAY, SHAPE_FUNCTION */
	uint32_t count;
	const struct proto *function;
	const size_t *arg_at; /* where each argument begins */
	size_t at;
};

struct declarator {
	struct token name; /* TOKEN_END if there is none */
	struct step steps[SHAPE_MAX_DEPTH + 1];
	uint32_t step_count;
};

/* parse.c: -1 always, with the message in p->e. */
int parse_fail(struct parser *p, size_t at, const char *hint, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* "expected WHAT, found ...", or what is known of a word that is not supported. */
int parse_expected(struct parser *p, const char *what, const char *hint);
void parse_take(struct parser *p); /* goes on to the next token */
bool parse_is(const struct parser *p, const char *word);
int parse_expect(struct parser *p, const char *word, const char *hint); /* takes it */

/* What to do about a text that is no declaration at all. */
#define HINT_EXAMPLE "write a C declaration, as in void f(int, struct { char a; })"
int parse_enter(struct parser *p, size_t at); /* one level deeper; p->nesting-- leaves it */
const char *parse_word(struct parser *p, struct token t); /* in the arena */
struct named *parse_find(struct parser *p, struct named *list, struct token t);

/* parse_type.c: everything left of a declarator. NULL after an error. */
const struct shape *parse_specifiers(struct parser *p);
bool parse_starts_type(struct parser *p); /* does p->tok begin a type? */
/* An integer constant of at most max; takes it. what: "an array size". */
int parse_integer(struct parser *p, const char *what, uint64_t max, uint64_t *value);
/* Why a word that C or its extensions know is not supported: the reason, and in *hint what to do. */
const char *parse_unsupported(const struct parser *p, struct token t, const char **hint);

/* parse_struct.c: p->tok is "struct" or "enum". NULL after an error. */
const struct shape *parse_struct_or_enum(struct parser *p);

/* parse_declarator.c */
int parse_declarator(struct parser *p, struct declarator *d);
/* The type that the declarator makes of base. NULL after an error. */
const struct shape *parse_apply(struct parser *p, const struct declarator *d,
				const struct shape *base);
/* A name that may be declared: not a keyword, not too long. */
int parse_check_name(struct parser *p, struct token t);

#endif
