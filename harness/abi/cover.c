/* cover.c: abi. What of the rule book a case exercises. */
#include "abi/cover.h"

#include "abi/internal.h"

const uint32_t cover_first[COVER_KINDS + 1] = { 0, RULE_COUNT, RULE_COUNT + RULE_PAIRS,
						COVER_FEATURES };

/* Pairs of a rule with those before it have consecutive numbers: whole words of them at once. */
static void add_rules(struct cover *cover, const struct rule_set *rules)
{
	struct rule_set before = { { 0 } };

	for (int r = rule_next(rules, 0); r >= 0; r = rule_next(rules, r + 1)) {
		uint32_t at = cover_pair(r, 0);

		cover_set(cover, (uint32_t)r);
		for (int i = 0; r && i <= (r - 1) / 64; i++, at += 64) {
			cover->word[at / 64] |= before.word[i] << at % 64;
			if (at % 64)
				cover->word[at / 64 + 1] |= before.word[i] >> (64 - at % 64);
		}
		rule_add(&before, r);
	}
}

static uint32_t level(unsigned left, unsigned few)
{
	return left == 0 ? 0 : left < few ? 1 : 2;
}

static uint32_t where(const struct abi_value *v, const unsigned registers[2],
		      enum cover_position position)
{
	uint32_t general = level(registers[ABI_GENERAL] - v->general_used, 2);
	uint32_t vector = level(registers[ABI_VECTOR] - v->vector_used, 4);

	return (COVER_LEVELS * general + vector) * COVER_POSITIONS + position;
}

static void add_value(struct cover *cover, const struct abi *abi, const struct abi_value *v,
		      enum cover_position position)
{
	uint32_t at = where(v, abi->argument_registers, position);

	for (int r = rule_next(&v->rules, 0); r >= 0; r = rule_next(&v->rules, r + 1))
		cover_set(cover, cover_combination(r, at));
}

static void add_call(struct cover *cover, const struct abi_call *call)
{
	const struct abi *abi = call->abi;
	uint32_t last = call->arg_count - 1;

	add_rules(cover, &call->rules);
	add_value(cover, abi, &call->result, COVER_RESULT);
	for (uint32_t i = 0; i < call->arg_count; i++)
		add_value(cover, abi, &call->args[i],
			  i == 0	     ? COVER_FIRST
				  : i < last ? COVER_INNER
					     : COVER_LAST);
}

void cover_add(struct cover *cover, const struct fuzz_case *c, struct arena *scratch)
{
	struct abi_call *calls[ABI_COUNT];

	arena_reset(scratch);
	abi_classify_all(&c->proto, c->type_count, scratch, calls);
	for (unsigned i = 0; i < ABI_COUNT; i++)
		add_call(cover, calls[i]);
}

void cover_merge(struct cover *cover, const struct cover *more)
{
	for (size_t i = 0; i < COVER_WORDS; i++)
		cover->word[i] |= more->word[i];
}

uint32_t cover_gain(const struct cover *have, const struct cover *more)
{
	uint32_t gain = 0;

	for (size_t i = 0; i < COVER_WORDS; i++)
		gain += (uint32_t)__builtin_popcountll(more->word[i] & ~have->word[i]);
	return gain;
}

uint32_t cover_count(const struct cover *cover, enum cover_kind kind)
{
	uint32_t count = 0;

	for (uint32_t f = cover_first[kind]; f < cover_first[kind + 1]; f++)
		count += cover_has(cover, f);
	return count;
}

static uint32_t count_wheres(const struct cover *cover, int rule)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < COVER_WHERES; i++)
		count += cover_has(cover, cover_combination(rule, i));
	return count;
}

static uint32_t count_pairs(const struct cover *cover, int rule)
{
	uint32_t count = 0;

	for (int other = 0; other < rule; other++)
		count += cover_has(cover, cover_pair(rule, other));
	return count;
}

uint32_t cover_count_abi(const struct cover *cover, enum cover_kind kind, enum abi_id abi)
{
	uint32_t count = 0;

	for (int r = 0; r < RULE_COUNT; r++) {
		if (rule_info[r].abi != abi)
			continue;
		if (kind == COVER_RULES)
			count += cover_has(cover, (uint32_t)r);
		else
			count += kind == COVER_PAIRS ? count_pairs(cover, r) : count_wheres(cover, r);
	}
	return count;
}
