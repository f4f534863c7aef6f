/* word.h: model, for its own files. Words with a meaning of their own, found fast. */
#ifndef MODEL_WORD_H
#define MODEL_WORD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

struct word {
	const char *text;
	enum word_kind kind;
	unsigned value;
	const char *why, *hint; /* of WORD_UNSUPPORTED: "decimal floats are", what to do */
};

/* One slot each; index 0 is no word. */
#define WORD_FACTOR 0xed2f89d94a2f20abu /* with this no two words share a slot */
#define WORD_SLOT_BITS 10 /* most names end at an empty one */
#define WORD_MAX 127
#define WORD_SHORT 8 /* characters; longer ones are looked up elsewhere */
struct word_table {
	uint8_t slots[1 << WORD_SLOT_BITS]; /* indices of those below */
	uint64_t heads[WORD_MAX]; /* a short word's characters, the first in the lowest byte; else 0 */
	const struct word *words[WORD_MAX];
};
extern struct word_table word_table;

void word_prepare(void); /* once, before anything below */
/* "a": names of one character need no memory of a case. */
const char *word_letter(char c);
static inline unsigned word_slot(uint64_t key)
{
	return (unsigned)(key * WORD_FACTOR >> (64 - WORD_SLOT_BITS));
}
/* The word of len characters at text, NULL for a name like any other. */
const struct word *word_look_up(const char *text, size_t len);
/* The same, faster, if there are WORD_SHORT characters to be read and the word has no more, but one. */
static inline const struct word *word_find(const char *text, size_t len)
{
	const struct word_table *t = &word_table;
	uint64_t head;
	unsigned i;

	_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first in the lowest byte");
	memcpy(&head, text, sizeof(head));
	head &= UINT64_MAX >> 8 * (WORD_SHORT - len);
	i = t->slots[word_slot(head)];
	return t->heads[i] == head ? t->words[i] : NULL;
}

#endif
