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
#define SLOTS 512 /* sparse: most names end at an empty slot */
_Static_assert(COUNT < SLOTS / 4, "the table must stay sparse");

static unsigned char slots[SLOTS]; /* index + 1 */
static unsigned char lengths[COUNT];
static pthread_once_t filled = PTHREAD_ONCE_INIT;

static void fill(void)
{
	for (size_t i = 0; i < COUNT; i++) {
		unsigned h = WORD_HASH_INIT;

		for (const char *p = words[i].text; *p; p++, lengths[i]++)
			h = word_hash(h, *p);
		while (slots[h % SLOTS])
			h++;
		slots[h % SLOTS] = (unsigned char)(i + 1);
	}
}

void word_prepare(void)
{
	if (pthread_once(&filled, fill))
		BUG("pthread_once failed");
}

const struct word *word_find(const char *text, size_t len, unsigned hash)
{
	for (; slots[hash % SLOTS]; hash++) {
		unsigned i = slots[hash % SLOTS] - 1u;

		if (lengths[i] == len && !memcmp(words[i].text, text, len))
			return &words[i];
	}
	return NULL;
}
