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
_Static_assert(COUNT < WORD_MAX, "one more for what is no word");

struct word_table word_table;
static char letters[256][2];
static pthread_once_t filled = PTHREAD_ONCE_INIT;

static uint64_t word_key(const char *text, size_t len)
{
	uint64_t key = 0;

	for (size_t i = 0; i < len && i < WORD_SHORT; i++)
		key |= (uint64_t)(unsigned char)text[i] << 8 * i;
	return len > WORD_SHORT ? key + len + (unsigned char)text[len - 1] : key;
}

static void fill(void)
{
	for (size_t i = 0; i < COUNT; i++) {
		size_t len = strlen(words[i].text);
		uint64_t key = word_key(words[i].text, len);
		uint8_t *slot = &word_table.slots[word_slot(key)];

		BUG_ON(*slot); /* another factor, then */
		*slot = (uint8_t)(i + 1);
		word_table.heads[i + 1] = len > WORD_SHORT ? 0 : key;
		word_table.words[i + 1] = &words[i];
	}
	for (size_t i = 0; i < sizeof(letters) / sizeof(*letters); i++)
		letters[i][0] = (char)i;
}

const struct word *word_look_up(const char *text, size_t len)
{
	const struct word *w = word_table.words[word_table.slots[word_slot(word_key(text, len))]];

	return w && !strncmp(w->text, text, len) && !w->text[len] ? w : NULL;
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
