/* cover.h: abi. What of the rule book a case exercises: rules, pairs of rules, and where. */
#ifndef ABI_COVER_H
#define ABI_COVER_H

#include "abi/abi.h"
#include "model/case.h"

/*
 * A feature is one of
 * - a rule: it decided something of the case, on its ABI;
 * - a pair of rules of one ABI, which decided something of the same case;
 * - a combination: a rule of passing, with how many argument registers were left for the argument that
 *   it decided, and with the argument's position. Layout does not depend on either.
 * All by the document's reading.
 */
enum cover_kind { COVER_RULES, COVER_PAIRS, COVER_COMBINATIONS, COVER_KINDS };

enum cover_position { COVER_RESULT, COVER_FIRST, COVER_INNER, COVER_LAST, COVER_POSITIONS };

/* General registers left: none, one, more. Vector registers: none, fewer than four (an HFA may not fit),
 * more. */
#define COVER_LEVELS 3
#define COVER_PRESSURES (COVER_LEVELS * COVER_LEVELS)
#define COVER_WHERES (COVER_PRESSURES * COVER_POSITIONS)

/* Features are numbered: those of a kind from cover_first[kind] on. */
#define COVER_FEATURES (RULE_COUNT + RULE_PAIRS + RULE_COUNT * COVER_WHERES)
extern const uint32_t cover_first[COVER_KINDS + 1];

static inline uint32_t cover_pair(int a, int b)
{
	return RULE_COUNT + (uint32_t)rule_pair(a, b);
}

static inline uint32_t cover_combination(int rule, uint32_t where)
{
	return RULE_COUNT + RULE_PAIRS + (uint32_t)rule * COVER_WHERES + where;
}

/* Sets of features: all zero is the empty one. */
#define COVER_WORDS ((COVER_FEATURES + 63) / 64)
struct cover {
	uint64_t word[COVER_WORDS];
};

/* Adds what the case exercises. It must be finished, lean is enough; scratch is used and reset. */
void cover_add(struct cover *cover, const struct fuzz_case *c, struct arena *scratch);

void cover_merge(struct cover *cover, const struct cover *more);
/* How many of `more` are not in `have`. */
uint32_t cover_gain(const struct cover *have, const struct cover *more);
uint32_t cover_count(const struct cover *cover, enum cover_kind kind);
/* Those of one ABI alone. */
uint32_t cover_count_abi(const struct cover *cover, enum cover_kind kind, enum abi_id abi);

/* Why no case reaches a rule, or two rules of one ABI together; NULL: nothing is known against it. Ask it of
 * what no case has reached: some rules for results do go together. */
const char *cover_why_not(int rule);
const char *cover_why_not_pair(int a, int b);

/* Best first: each adds more, times its weight (not 0), to what those before it cover than any that follows
 * would; among equals the lowest index. order[count] gets the indices. */
void cover_order(const struct cover *covers, const uint8_t *weights, uint32_t count, uint32_t *order);

static inline void cover_set(struct cover *cover, uint32_t feature)
{
	cover->word[feature / 64] |= (uint64_t)1 << feature % 64;
}

static inline bool cover_has(const struct cover *cover, uint32_t feature)
{
	return cover->word[feature / 64] >> feature % 64 & 1;
}

#endif
