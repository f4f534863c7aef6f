/* rule.h: abi. The rules of the ABI documents as rows, and sets of them. */
#ifndef ABI_RULE_H
#define ABI_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum abi_id {
#define ABI(id, arch, document) ABI_##id,
#include "abi/abi.def"
#undef ABI
	ABI_COUNT
};

/* What layout.c decides for every ABI: each ABI has one row for each. */
enum layout_event {
#define EVENT(id) LAYOUT_##id,
#define APART(id) LAYOUT_##id,
#include "abi/layout.def"
#undef EVENT
#undef APART
	LAYOUT_EVENTS
};
_Static_assert(LAYOUT_EVENTS < 64, "sets of events are the bits of a uint64_t, and one to spare");

enum rule_kind { RULE_LAYOUT, RULE_ARGUMENT, RULE_RESULT };

/* RULE_ARM64_C10, ...; layout rows are RULE_ARM64_BITFIELD, ... */
enum rule {
#define LAYOUT(abi, event, ...) RULE_##abi##_##event,
#define PASSING(abi, id, ...) RULE_##abi##_##id,
#include "abi/rule.def"
#undef LAYOUT
#undef PASSING
	RULE_COUNT
};

struct rule_info {
	enum abi_id abi;
	enum rule_kind kind;
	const char *id; /* "AAPCS64 C.10" */
	const char *section; /* "6.8.2" of the document in abi.def */
	const char *statement;
	const char *gcc, *clang; /* what they do instead; "": as stated */
};
extern const struct rule_info rule_info[RULE_COUNT];

/* What GCC, or Clang, does instead; "": as stated. */
static inline const char *rule_deviation(int rule, bool gcc)
{
	return gcc ? rule_info[rule].gcc : rule_info[rule].clang;
}

/* Does the document not decide what the row states? Then no compiler breaks it. */
bool rule_is_open(int rule);

/* The first of an ABI's layout rows, which are in the order of the events. */
extern const uint8_t rule_first_layout[ABI_COUNT];

static inline int rule_of_event(enum abi_id abi, enum layout_event event)
{
	return rule_first_layout[abi] + (int)event;
}

/* Is it of layout, and do the documents of the ABIs differ on it? */
bool rule_is_apart(int rule);

#define RULE_WORDS ((RULE_COUNT + 63) / 64)
struct rule_set {
	uint64_t word[RULE_WORDS];
};

static inline void rule_add(struct rule_set *set, int rule)
{
	set->word[rule / 64] |= (uint64_t)1 << rule % 64;
}

static inline bool rule_has(const struct rule_set *set, int rule)
{
	return set->word[rule / 64] >> rule % 64 & 1;
}

static inline void rule_union(struct rule_set *set, const struct rule_set *more)
{
	for (int i = 0; i < RULE_WORDS; i++)
		set->word[i] |= more->word[i];
}

/* Adds an ABI's rows of layout events, which are given as bits. */
static inline void rule_add_events(struct rule_set *set, enum abi_id abi, uint64_t events)
{
	unsigned first = rule_first_layout[abi];

	set->word[first / 64] |= events << first % 64;
	if (first % 64)
		set->word[first / 64 + 1] |= events >> (64 - first % 64);
}

/* The lowest rule of the set that is >= from; -1: none. */
int rule_next(const struct rule_set *set, int from);

/* Pairs {a, b} of different rules have numbers below RULE_PAIRS. */
#define RULE_PAIRS (RULE_COUNT * (RULE_COUNT - 1) / 2)
static inline int rule_pair(int a, int b)
{
	int high = a > b ? a : b, low = a > b ? b : a;

	return high * (high - 1) / 2 + low;
}

#endif
