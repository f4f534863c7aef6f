/* word.c: model. Words with a meaning of their own, found fast. */
#include "model/word.h"

#include <pthread.h>
#include <string.h>

#include "base/err.h"
#include "model/shape.h"

#define HINT_TYPE "take another type; a later version may know this one"
#define HINT_DROP "leave it out: it does not change how a value is passed"

static const struct word words[] = {
#define WORD(text, kind, value) { text, WORD_##kind, value, NULL, NULL },
#define UNSUPPORTED(text, why, hint) { text, WORD_UNSUPPORTED, 0, why, hint },
#include "model/word.def"
#undef WORD
#undef UNSUPPORTED
};

#define COUNT (sizeof(words) / sizeof(*words))
#define SLOTS 1024 /* each word its own; most names end at an empty one */

static unsigned char slots[SLOTS]; /* index + 1 */
static unsigned char lengths[COUNT];
static char letters[256][2];
static pthread_once_t filled = PTHREAD_ONCE_INIT;

/* Its length and three of its characters: with these factors no two words share a slot. */
static unsigned word_hash(const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text;

	return (unsigned)len * 251 + p[0] * 229u + p[len / 2] * 139u + p[len - 1] * 223u;
}

static void fill(void)
{
	for (size_t i = 0; i < COUNT; i++) {
		size_t len = strlen(words[i].text);
		unsigned h = word_hash(words[i].text, len);

		BUG_ON(len < WORD_SHORTEST);
		lengths[i] = (unsigned char)len;
		BUG_ON(slots[h % SLOTS]); /* other factors, then */
		slots[h % SLOTS] = (unsigned char)(i + 1);
	}
	for (size_t i = 0; i < sizeof(letters) / sizeof(*letters); i++)
		letters[i][0] = (char)i;
}

void word_prepare(void)
{
	if (pthread_once(&filled, fill))
		BUG("pthread_once failed");
}

const char *word_letter(char c)
{
	return letters[(unsigned char)c];
}

const struct word *word_look_up(const char *text, size_t len)
{
	unsigned i = slots[word_hash(text, len) % SLOTS];

	return i && lengths[i - 1] == len && !memcmp(words[i - 1].text, text, len) ? &words[i - 1]
										   : NULL;
}
