/* odd.c: guest. Views with unions, bit-fields and leaves of more than eight bytes: rare, so not in the
 * loops of leaf.c. */
#include <string.h>

#include "guest/odd.h"

/* Fewer bytes than this hold any leaf, wherever in a byte it begins. */
#define SPAN 17

uint32_t cgofuzz_variant_of(const struct cgofuzz_unusual *u, uint64_t seed)
{
	return (uint32_t)(seed >> 40) % u->variant_count;
}

/* The bytes that the leaf touches, and which of their bits are its own. */
static uint32_t leaf_mask(const struct cgofuzz_odd_leaf *l, uint8_t mask[SPAN])
{
	uint32_t first = l->bit % 8, count = (first + l->bits + 7) / 8;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t from = i ? 0 : first, to = first + l->bits - 8 * i;

		mask[i] = (uint8_t)(0xff << from & (to < 8 ? (1u << to) - 1 : 0xff));
	}
	return count;
}

/* Byte i of a value that begins `first` bits into its first byte. */
static uint8_t value_byte(const uint64_t value[2], uint32_t first, uint32_t i)
{
	uint32_t at = 8 * i; /* of 128 bits, shifted up by first */
	uint32_t low = at - first;

	if (at < first)
		return (uint8_t)(value[0] << first);
	if (low >= 128)
		return 0;
	if (low >= 64)
		return (uint8_t)(value[1] >> (low - 64));
	return (uint8_t)(value[0] >> low | (low ? value[1] << (64 - low) : 0));
}

void cgofuzz_odd_put(const struct cgofuzz_odd_leaf *l, void *block, const uint64_t value[2])
{
	unsigned char *p = (unsigned char *)block + l->bit / 8;
	uint8_t mask[SPAN];
	uint32_t count = leaf_mask(l, mask);

	for (uint32_t i = 0; i < count; i++)
		p[i] = (uint8_t)((p[i] & ~mask[i]) | (value_byte(value, l->bit % 8, i) & mask[i]));
}

void cgofuzz_odd_get(const struct cgofuzz_odd_leaf *l, const void *block, uint64_t value[2])
{
	const unsigned char *p = (const unsigned char *)block + l->bit / 8;
	uint8_t mask[SPAN];
	uint32_t count = leaf_mask(l, mask), first = l->bit % 8;

	value[0] = value[1] = 0;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t byte = p[i] & mask[i];
		uint32_t low = 8 * i - first;

		if (8 * i < first)
			value[0] |= byte >> first;
		else if (low >= 64)
			value[1] |= byte << (low - 64);
		else
			value[0] |= byte << low;
		if (8 * i >= first && low < 64 && low > 56)
			value[1] |= byte >> (64 - low);
	}
}

void cgofuzz_odd_fill(const struct cgofuzz_variant *v, void *block, uint64_t seed, uint64_t pool)
{
	uint64_t value[2];

	for (uint32_t i = 0; i < v->odd_count; i++) {
		const struct cgofuzz_odd_leaf *l = &v->odd[i];

		cgofuzz_value_odd(seed, l->index, l->kind, l->bits, pool, value);
		cgofuzz_odd_put(l, block, value);
	}
}

const struct cgofuzz_odd_leaf *cgofuzz_odd_check(const struct cgofuzz_variant *v, const void *block,
						 uint64_t seed, uint64_t pool)
{
	uint64_t want[2], got[2];

	for (uint32_t i = 0; i < v->odd_count; i++) {
		const struct cgofuzz_odd_leaf *l = &v->odd[i];

		cgofuzz_value_odd(seed, l->index, l->kind, l->bits, pool, want);
		cgofuzz_odd_get(l, block, got);
		if (want[0] != got[0] || want[1] != got[1])
			return l;
	}
	return NULL;
}

/* Where the sample's bits are set. 1 if they are as many as the bit-field is wide, in one piece. */
static int measure(struct cgofuzz_odd_leaf *l)
{
	const unsigned char *p = l->sample;
	uint32_t total = l->sample_size * 8u, from = 0, to;

	while (from < total && !(p[from / 8] >> (from % 8) & 1))
		from++;
	for (to = from; to < total && p[to / 8] >> (to % 8) & 1; to++)
		;
	l->bit = l->sample_bit + from;
	for (uint32_t i = to; i < total; i++)
		if (p[i / 8] >> (i % 8) & 1)
			return 0;
	/* -1 fills the width, 1 (of a _Bool) only its lowest bit. */
	return to - from == (l->kind == CGOFUZZ_LEAF_BOOL ? 1u : l->bits);
}

const struct cgofuzz_odd_leaf *cgofuzz_odd_measure(struct cgofuzz_unusual *u)
{
	if (u->measured)
		return NULL;
	for (uint32_t i = 0; i < u->variant_count; i++)
		for (uint32_t k = 0; k < u->variants[i].odd_count; k++)
			if (u->variants[i].odd[k].sample && !measure(&u->variants[i].odd[k]))
				return &u->variants[i].odd[k];
	u->measured = 1;
	return NULL;
}
