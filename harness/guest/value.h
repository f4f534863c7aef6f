/* value.h: guest, shared with the host. What every scalar leaf must hold, from (seed, leaf index). */
#ifndef GUEST_VALUE_H
#define GUEST_VALUE_H

#include <stdint.h>

/* Changes whenever the same (seed, leaf, kind) means other bits; part of every build id. */
#define CGOFUZZ_VALUE_RULE_VERSION 1

enum cgofuzz_leaf_kind {
#define LEAF(id, size, about) CGOFUZZ_LEAF_##id,
#include "guest/value.def"
#undef LEAF
	CGOFUZZ_LEAF_KINDS
};

/*
 * One scalar leaf of an argument block or of a result, as one side (C or Go) sees it. Tables of
 * these are generated twice, by C with offsetof and by Go with unsafe.Offsetof; same layout in Go.
 */
struct cgofuzz_leaf {
	uint32_t offset; /* in bytes from the start of the block that holds all arguments */
	uint8_t kind; /* enum cgofuzz_leaf_kind */
	uint8_t arg; /* which argument; 0 for results */
	uint16_t index; /* leaf number: counted over all arguments, from 0; results count anew */
};

/* Pointers are never followed; they point into a pool of memory that the C side owns and that
 * neither garbage collector nor checkptr minds: base + (bits & CGOFUZZ_POOL_MASK). */
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

/*
 * 64 bits for a leaf before they are fitted to its kind. Four styles, by two bits of the seed:
 * 0, 1: graffiti: byte i of leaf n is (8 n + i) xor a byte of the seed, so that a lost or shifted
 * byte names the leaf it came from; 2: hash; 3: special values of the kind (cgofuzz_special).
 */
static inline uint64_t cgofuzz_raw_bits(uint64_t seed, uint32_t leaf)
{
	uint64_t x;

	if (!(seed & 0x200000)) {
		x = (uint64_t)((leaf * 8) & 0xff) * 0x0101010101010101u + 0x0706050403020100u;
		return x ^ ((seed >> 32) & 0xff) * 0x0101010101010101u;
	}
	x = seed ^ ((uint64_t)leaf + 1) * 0x9e3779b97f4a7c15u;
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9u;
	x ^= x >> 27;
	return x;
}

static inline int cgofuzz_is_special(uint64_t seed)
{
	return (seed & 0x600000) == 0x600000;
}

/* Sixteen values each; picked by the low four of the hash bits. Integers are cut to their size. */
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

/* The bits of one leaf, in the low bytes of the result (8 x size of kind; the rest 0). */
static inline uint64_t cgofuzz_value(uint64_t seed, uint32_t leaf, int kind, uint64_t pool)
{
	uint64_t x = cgofuzz_raw_bits(seed, leaf);
	int special = cgofuzz_is_special(seed);

	switch (kind) {
	case CGOFUZZ_LEAF_BOOL:
		return (x ^ x >> 4) & 1;
	case CGOFUZZ_LEAF_I8:
		return (special ? cgofuzz_special_int[x & 15] : x) & 0xff;
	case CGOFUZZ_LEAF_I16:
		return (special ? cgofuzz_special_int[x & 15] : x) & 0xffff;
	case CGOFUZZ_LEAF_I32:
		return (uint32_t)(special ? cgofuzz_special_int[x & 15] : x);
	case CGOFUZZ_LEAF_I64:
		return special ? cgofuzz_special_int[x & 15] : x;
	case CGOFUZZ_LEAF_F32:
		return special ? cgofuzz_special_f32[x & 15] : (uint32_t)x;
	case CGOFUZZ_LEAF_F64:
		return special ? cgofuzz_special_f64[x & 15] : x;
	case CGOFUZZ_LEAF_PTR:
		return special && (x & 3) == 0 ? 0 : pool + (x & CGOFUZZ_POOL_MASK);
	}
	return 0;
}

#endif
