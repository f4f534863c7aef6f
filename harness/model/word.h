/* word.h: model, for its own files. Words with a meaning of their own, found fast. */
#ifndef MODEL_WORD_H
#define MODEL_WORD_H

#include <stddef.h>

enum word_kind {
	WORD_SCALAR, /* a part of a scalar's name; value: enum scalar_word */
	WORD_LIBRARY, /* a type of the C library; value: enum scalar */
	WORD_QUALIFIER, /* value: enum qualifier */
	WORD_RESTRICT,
	WORD_TAG, /* value: SHAPE_STRUCT, SHAPE_UNION, SHAPE_ENUM */
	WORD_ATTRIBUTE,
	WORD_ALIGNAS,
	WORD_ASSERT,
	WORD_IGNORED, /* says nothing about a type */
	WORD_KEYWORD, /* without a place in a case; typedef */
	WORD_UNSUPPORTED,
};

/* The words that make a scalar type; each at most once, but long. */
enum scalar_word {
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
	W_INT128 = 2048,
	W_FLOAT16 = 4096,
	W_COMPLEX = 8192,
};

#define WORD_SHORTEST 2 /* most names of members and arguments are shorter */

struct word {
	const char *text;
	enum word_kind kind;
	unsigned value;
	const char *why, *hint; /* of WORD_UNSUPPORTED: "decimal floats are", what to do */
};

void word_prepare(void); /* once, before anything below */
/* "a": names of one character need no memory of a case. */
const char *word_letter(char c);
const struct word *word_look_up(const char *text, size_t len);
/* NULL for a name like any other. */
static inline const struct word *word_find(const char *text, size_t len)
{
	return len < WORD_SHORTEST ? NULL : word_look_up(text, len);
}

#endif
