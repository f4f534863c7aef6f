/* lex.h: model, for its own files. Tokens of the text form, and places shown as a compiler does. */
#ifndef MODEL_LEX_H
#define MODEL_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/word.h"

enum token_kind {
	TOKEN_END,
	TOKEN_NAME, /* also every keyword */
	TOKEN_NUMBER, /* whatever begins with a digit */
	TOKEN_PUNCT, /* one character, or "..." */
	TOKEN_LINE, /* all of one for the preprocessor: '#' is the first that is no blank in it */
	TOKEN_BAD, /* a character that C does not have here, or a comment that does not end */
};

struct token {
	const struct word *word; /* of a TOKEN_NAME that means something of its own, else NULL */
	uint32_t at; /* offset in the text; for TOKEN_END that of the last character's end */
	uint32_t len;
	enum token_kind kind;
	char punct; /* of a TOKEN_PUNCT of one character, else NUL */
};

struct lexer {
	const char *text;
	size_t len;
	size_t at;
	bool passed_over; /* bytes that may be any: of a comment, or of a line after # */
};

/* The next token; white space and comments are passed over. */
void lex_next(struct lexer *l, struct token *t);
bool lex_is(const struct lexer *l, struct token t, const char *word);

/* Offset of the first NUL or byte that is not UTF-8 (RFC 3629), len if there is none. */
size_t lex_bad_byte(const char *text, size_t len);

/* Sets e to four lines: "name:line:column: error: msg", the line of the text (cut to 100 columns
 * around at), a caret below at, and "hint: ...". Returns -1. */
int lex_error(const struct lexer *l, const char *name, size_t at, const char *msg, const char *hint,
	      struct err *e);

#endif
