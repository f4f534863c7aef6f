/* rule.c: abi. The rows of rule.def as tables. */
#include "abi/rule.h"

#include <string.h>

const struct rule_info rule_info[RULE_COUNT] = {
#define LAYOUT(abi, event, id, section, statement, gcc, clang) \
	[RULE_##abi##_##event] = { ABI_##abi, RULE_LAYOUT, id, section, statement, gcc, clang },
#define PASSING(abi, name, kind, id, section, statement, gcc, clang) \
	[RULE_##abi##_##name] = { ABI_##abi, RULE_##kind, id, section, statement, gcc, clang },
#include "abi/rule.def"
#undef LAYOUT
#undef PASSING
};

const uint8_t rule_first_layout[ABI_COUNT] = {
#define ABI(id, arch, document) [ABI_##id] = RULE_##id##_INT128,
#include "abi/abi.def"
#undef ABI
};
_Static_assert(LAYOUT_INT128 == 0, "the first");
#define LAYOUT(abi, event, ...) \
	_Static_assert(RULE_##abi##_##event - RULE_##abi##_INT128 == (int)LAYOUT_##event, \
		       "rows of layout are in the order of layout.def");
#define PASSING(...)
#include "abi/rule.def"
#undef LAYOUT
#undef PASSING
_Static_assert(RULE_COUNT < UINT8_MAX, "a rule fits a byte");

bool rule_is_open(int rule)
{
	const char *says = rule_info[rule].statement;

	return strstr(says, "the document") || strstr(says, "an extension of GNU C");
}

enum {
#define EVENT(id) IS_APART_##id = 0,
#define APART(id) IS_APART_##id = 1,
#include "abi/layout.def"
#undef EVENT
#undef APART
};

bool rule_is_apart(int rule)
{
	static const bool apart[RULE_COUNT] = {
#define LAYOUT(abi, event, ...) [RULE_##abi##_##event] = IS_APART_##event,
#define PASSING(...)
#include "abi/rule.def"
#undef LAYOUT
#undef PASSING
	};

	return apart[rule];
}

int rule_next(const struct rule_set *set, int from)
{
	if (from >= RULE_COUNT)
		return -1;
	for (int i = from / 64; i < RULE_WORDS; i++) {
		uint64_t word = set->word[i];

		if (i == from / 64)
			word &= UINT64_MAX << from % 64;
		if (word)
			return 64 * i + __builtin_ctzll(word);
	}
	return -1;
}
