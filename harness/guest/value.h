/* value.h: guest, shared with the host. What every scalar leaf must hold, from (seed, leaf index). */
#ifndef GUEST_VALUE_H
#define GUEST_VALUE_H

#include <stdint.h>

/* Changes whenever the same (seed, leaf, kind) means other bits; part of every build id. */
#define CGOFUZZ_VALUE_RULE_VERSION 3

enum cgofuzz_leaf_kind {
#define LEAF(id, size, about) CGOFUZZ_LEAF_##id,
#include "guest/value.def"
#undef LEAF
	CGOFUZZ_LEAF_KINDS
};

/*
 * One scalar leaf of an argument block or of a result, as one side (C or Go) sees it. Tables of
 * these are generated twice, by C with offsetof and by Go with unsafe.Offsetof; same layout in Go.
 * Offsets ascend within a table: fill writes eight bytes of every leaf, the next one overwrites.
 */
struct cgofuzz_leaf {
	uint32_t offset; /* in bytes from the start of the block that holds all arguments */
	uint8_t kind; /* enum cgofuzz_leaf_kind */
	uint8_t arg; /* which argument; 0 for results */
	uint16_t index; /* leaf number: counted over all arguments, from 0; results count anew */
};

/*
 * A leaf that is wider than eight bytes or a bit-field: rare, and kept out of the loops over the others.
 */
struct cgofuzz_odd_leaf {
	uint32_t bit; /* offset in bits from the start of the block; of a bit-field known once measured */
	uint16_t index;
	uint8_t kind; /* of a bit-field: of its declared type */
	uint8_t arg;
	uint16_t bits; /* how many of them are the value's */
	uint16_t sample_size; /* of what sample points to, in bytes */
	uint32_t sample_bit; /* where sample lies in the block, in bits */
	const void *sample; /* bit-field: a constant in which C set its bits and no others; else NULL */
};

/* Pointers are never followed; they point into a pool of memory that the C side owns and that
 * neither garbage collector nor checkptr minds: base + (bits & CGOFUZZ_POOL_MASK), the base a multiple of
 * its size. */
#define CGOFUZZ_POOL_BYTES 65536u
#define CGOFUZZ_POOL_MASK 0xfff8u

/* The seed of nesting level `level` (0: the outermost crossing) of a step, and of its result. */
#define CGOFUZZ_LEVEL_MUL 0xd1342543de82ef95u
#define CGOFUZZ_RESULT_SALT 0x5bf03635f0a31cd5u

static inline uint64_t cgofuzz_level_seed(uint32_t step_seed, uint32_t level)
{
	uint64_t x = ((uint64_t)step_seed << 20) + ((uint64_t)level + 1) * CGOFUZZ_LEVEL_MUL;

	x ^= x >> 31;
	return x;
}

static inline uint64_t cgofuzz_result_seed(uint64_t level_seed)
{
	return level_seed ^ CGOFUZZ_RESULT_SALT;
}

/* errno after a call; none half of the time. */
static inline uint32_t cgofuzz_errno_of(uint64_t level_seed)
{
	uint64_t x = level_seed * CGOFUZZ_LEVEL_MUL;

	return x >> 63 ? 1 + (uint32_t)(x >> 32) % 133 : 0;
}

/*
 * 64 bits for leaf n before they are fitted to its kind: (n * step + base) ^ mix, so that a block costs
 * one choice and a leaf no branch. A seed has one of 18 styles:
 * 0: graffiti: byte i of leaf n < 32 is (8 n + i) xor a byte of the seed, so that a lost or shifted byte
 * names the leaf it came from; 1: a Weyl sequence, each byte xor that byte of the seed; from 2 on: each
 * leaf is one of 16 special values of its kind, the next one in the next style.
 * What a seed puts into a style is one byte, wherever a leaf lies: blocks can be made without looking at
 * their leaves.
 */
#define CGOFUZZ_STYLES 18

struct cgofuzz_pattern {
	uint64_t step, base, mix;
};

static inline int cgofuzz_is_special(uint64_t seed)
{
	return (seed & 0x600000) == 0x600000;
}

static inline uint64_t cgofuzz_style(uint64_t seed)
{
	return (seed >> 21 & 1) + (seed >> 21 & seed >> 22 & 1) * (1 + (seed >> 32 & 15));
}

/* A seed of the style whose byte is 0, or, where it is special, does not matter. */
static inline uint64_t cgofuzz_style_seed(uint32_t style)
{
	return style < 2 ? style << 21 : 0x600000 | (uint64_t)(style - 2) << 32;
}

static inline uint64_t cgofuzz_mix(uint64_t seed)
{
	return cgofuzz_is_special(seed) ? 0 : (seed >> 32 & 0xff) * 0x0101010101010101u;
}

static inline struct cgofuzz_pattern cgofuzz_pattern(uint64_t seed)
{
	if (!(seed & 0x200000))
		return (struct cgofuzz_pattern){ 0x0808080808080808u, 0x0706050403020100u,
						 cgofuzz_mix(seed) };
	return (struct cgofuzz_pattern){ 0x9e3779b97f4a7c15u, 0x2545f4914f6cdd1du, cgofuzz_mix(seed) };
}

/* Before the seed is put in. */
static inline uint64_t cgofuzz_unmixed(const struct cgofuzz_pattern *p, uint32_t leaf)
{
	return leaf * p->step + p->base;
}

static inline uint64_t cgofuzz_raw_bits(const struct cgofuzz_pattern *p, uint32_t leaf)
{
	return cgofuzz_unmixed(p, leaf) ^ p->mix;
}

/* Which of the 16 special values, for a leaf of these bits. */
static inline unsigned cgofuzz_pick(uint64_t unmixed, uint64_t seed)
{
	return (unsigned)((unmixed * 0x94d049bb133111ebu >> 60) + (seed >> 32)) & 15;
}

/* How bits x, not mixed yet, become a leaf of one kind: (((x >> shift) ^ mix) & keep) + base. mask: the bits
 * it owns. Of the kinds of 16 bytes, which no generated table holds yet, this is the first word. */
struct cgofuzz_fit {
	uint64_t keep, base, mask;
	uint32_t shift;
};

static inline uint64_t cgofuzz_fitted(const struct cgofuzz_fit *f, uint64_t x, uint64_t mix)
{
	return (((x >> f->shift) ^ mix) & f->keep) + f->base;
}

static inline struct cgofuzz_fit cgofuzz_fit(int kind, uint64_t pool)
{
	static const uint8_t sizes[CGOFUZZ_LEAF_KINDS] = {
#define LEAF(id, size, about) [CGOFUZZ_LEAF_##id] = size,
#include "guest/value.def"
#undef LEAF
	};
	uint64_t mask = sizes[kind] < 8 ? UINT64_MAX >> (64 - 8 * sizes[kind]) : UINT64_MAX;

	if (kind == CGOFUZZ_LEAF_BOOL)
		return (struct cgofuzz_fit){ 1, 0, mask, 3 };
	if (kind == CGOFUZZ_LEAF_PTR)
		return (struct cgofuzz_fit){ CGOFUZZ_POOL_MASK, pool, mask, 0 };
	return (struct cgofuzz_fit){ mask, 0, mask, 0 };
}

/* Sixteen values each. Integers are cut to their size; pointers are offsets into the pool, or null. */
static const uint64_t cgofuzz_special_int[16] = {
	0,
	1,
	UINT64_MAX,
	0x8000000000000000u,
	0x7fffffffffffffffu,
	0x80,
	0x7f,
	0xff,
	0x8000,
	0x7fff,
	0xffff,
	0x80000000u,
	0x7fffffff,
	0xffffffffu,
	0x100000000u,
	0x8080808080808080u,
};
static const uint32_t cgofuzz_special_f32[16] = {
	0x80000000u, 0x00000001u, 0x80000001u, 0x007fffffu, 0x807fffffu, 0x00800000u,
	0x7f7fffffu, 0xff7fffffu, 0x7f800000u, 0xff800000u, 0x7fc00001u, 0xffc12345u,
	0x7f800001u, 0xffa54321u, 0x3f800000u, 0x00000000u,
};
static const uint64_t cgofuzz_special_f64[16] = {
	0x8000000000000000u, 0x0000000000000001u, 0x8000000000000001u, 0x000fffffffffffffu,
	0x800fffffffffffffu, 0x0010000000000000u, 0x7fefffffffffffffu, 0xffefffffffffffffu,
	0x7ff0000000000000u, 0xfff0000000000000u, 0x7ff8000000000001u, 0xfff8123456789abcu,
	0x7ff0000000000001u, 0xfff456789abcdef1u, 0x3ff0000000000000u, 0x0000000000000000u,
};

#define CGOFUZZ_NULL 0xffff
static const uint16_t cgofuzz_special_ptr[16] = {
	CGOFUZZ_NULL, 0x0000, 0x0008, 0x0010, CGOFUZZ_NULL, 0x0ff8, 0x1000, 0x1008,
	CGOFUZZ_NULL, 0x7ff8, 0x8000, 0x8080, CGOFUZZ_NULL, 0xff00, 0xfff0, 0xfff8,
};

static inline uint64_t cgofuzz_special(int kind, unsigned pick, uint64_t pool)
{
	switch (kind) {
	case CGOFUZZ_LEAF_BOOL:
		return pick & 1;
	case CGOFUZZ_LEAF_F32:
		return cgofuzz_special_f32[pick];
	case CGOFUZZ_LEAF_F64:
		return cgofuzz_special_f64[pick];
	case CGOFUZZ_LEAF_PTR:
		return cgofuzz_special_ptr[pick] == CGOFUZZ_NULL ? 0
								 : pool + cgofuzz_special_ptr[pick];
	}
	return cgofuzz_special_int[pick] & cgofuzz_fit(kind, pool).mask;
}

/* The bits of one leaf, in the low bytes of the result (8 x size of kind; the rest 0). */
static inline uint64_t cgofuzz_value(uint64_t seed, uint32_t leaf, int kind, uint64_t pool)
{
	struct cgofuzz_pattern p = cgofuzz_pattern(seed);
	struct cgofuzz_fit f = cgofuzz_fit(kind, pool);

	if (cgofuzz_is_special(seed))
		return cgofuzz_special(kind, cgofuzz_pick(cgofuzz_unmixed(&p, leaf), seed), pool);
	return cgofuzz_fitted(&f, cgofuzz_unmixed(&p, leaf), p.mix);
}

/* Leaves wider than eight bytes have a second word, made as that of a leaf far behind. */
#define CGOFUZZ_SECOND_WORD 0x8000u

static inline uint64_t cgofuzz_low_bits(uint64_t x, uint32_t bits)
{
	return bits >= 64 ? x : x & (((uint64_t)1 << bits) - 1);
}

/* The high word of a special value; floats wider than double take special exponents (IEEE 754 quad and
 * x87 alike: a sign and 15 bits at the top). */
static inline uint64_t cgofuzz_special_high(int kind, unsigned pick, uint32_t bits)
{
	static const uint16_t exponents[16] = { 0x8000, 0x7fff, 0xffff, 0x3fff, 0x0001, 0x7ffe,
						0x0000, 0xbfff, 0x8001, 0xfffe, 0x4000, 0xc000,
						0x3ffe, 0x7fff, 0x0000, 0x3fff };

	if (kind == CGOFUZZ_LEAF_LDOUBLE)
		return (uint64_t)exponents[pick] << (bits - 80);
	return cgofuzz_special_int[pick];
}

/* The value of any leaf: the low `bits` bits of value[0] and value[1], the rest 0. */
static inline void cgofuzz_value_odd(uint64_t seed, uint32_t leaf, int kind, uint32_t bits,
				     uint64_t pool, uint64_t value[2])
{
	struct cgofuzz_pattern p = cgofuzz_pattern(seed);
	uint64_t low = cgofuzz_raw_bits(&p, leaf),
		 high = cgofuzz_raw_bits(&p, leaf + CGOFUZZ_SECOND_WORD);

	value[1] = 0;
	if (kind <= CGOFUZZ_LEAF_F16) {
		value[0] = cgofuzz_low_bits(cgofuzz_value(seed, leaf, kind, pool), bits);
		return;
	}
	if (cgofuzz_is_special(seed)) {
		low = cgofuzz_special_int[cgofuzz_pick(low, seed)];
		high = cgofuzz_special_high(kind, cgofuzz_pick(high, seed), bits);
	}
	value[0] = cgofuzz_low_bits(low, bits); /* bit-fields of __int128 may be short */
	value[1] = bits > 64 ? cgofuzz_low_bits(high, bits - 64) : 0;
}

#endif
