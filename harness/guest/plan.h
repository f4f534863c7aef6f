/* plan.h: guest, shared with the host. The fuzz input of a built batch: a sequence of steps, some of
 * which hold others. Total: every byte string is a plan. Eight bytes a step, little endian, a short last
 * step is filled with zeros, steps after the 256th are ignored; the empty string is a plan of no steps.
 * Text form: docs/turbulence.md, model/plan_text.h. */
#ifndef GUEST_PLAN_H
#define GUEST_PLAN_H

#include <stdint.h>

#define CGOFUZZ_PLAN_VERSION 4
#define CGOFUZZ_STEP_BYTES 8
#define CGOFUZZ_PLAN_MAX_STEPS 256
#define CGOFUZZ_PLAN_MAX_BYTES (CGOFUZZ_PLAN_MAX_STEPS * CGOFUZZ_STEP_BYTES)

/* A case without Go on the other side is always called directly, one without control never. */
enum cgofuzz_step_route {
	CGOFUZZ_ROUTE_OWN, /* as the case says */
	CGOFUZZ_ROUTE_CALL,
	CGOFUZZ_ROUTE_CALLBACK,
	CGOFUZZ_ROUTE_DIRECT,
	CGOFUZZ_ROUTES
};

/* Byte 2 says what kind of step it is: a crossing, a captured one, or turbulence. */
#define CGOFUZZ_CAPTURED_BYTE 224u /* a multiple of 32: the route is added */
#define CGOFUZZ_TURBULENCE_BYTE 192u
#define CGOFUZZ_TURBULENCE_MASK 224u /* of byte 2: the bits that make it CGOFUZZ_TURBULENCE_BYTE */
#define CGOFUZZ_TURBULENCE_STRIKE 64u /* the bit without which it is a plain crossing */

struct cgofuzz_step {
	uint16_t slot; /* case slot of the batch: bytes 0-1 modulo the number of slots */
	uint8_t route; /* enum cgofuzz_step_route: low two bits of byte 2 */
	uint8_t capture; /* byte 2 >= 224: registers and stack are compared with the ABI document */
	uint8_t depth; /* byte 3: b < 192: b & 3, else b - 191 (1..64): nested crossings inwards after
			  the first, in turn Go -> C and C -> Go */
	uint8_t turbulence; /* 1: it is none of the above, see turbulence.h */
	uint32_t seed; /* bytes 4-7 */
};

/* For x modulo count without a division, x below 65536: exact, since the reciprocal's error times x stays
 * below 1 / count. */
struct cgofuzz_slots {
	uint32_t count, reciprocal; /* floor(2^32 / count) + 1; 0 for a count of 1 */
};

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "steps are read as words");

static inline struct cgofuzz_slots cgofuzz_slots_of(uint32_t count)
{
	return (struct cgofuzz_slots){ count, (uint32_t)(((uint64_t)1 << 32) / count + (count > 1)) };
}

static inline uint32_t cgofuzz_slot_of(uint32_t x, struct cgofuzz_slots slots)
{
	uint32_t quotient = (uint32_t)((uint64_t)x * slots.reciprocal >> 32);

	return slots.count > 1 ? x - quotient * slots.count : 0;
}

/* The step at byte offset `at` (a multiple of 8, below len) as a word: byte i is bits 8 i and up. */
static inline uint64_t cgofuzz_plan_word(const uint8_t *plan, uint32_t len, uint32_t at)
{
	uint64_t word = 0;

	if (at + CGOFUZZ_STEP_BYTES <= len)
		__builtin_memcpy(&word, plan + at, CGOFUZZ_STEP_BYTES);
	else
		__builtin_memcpy(&word, plan + at, len - at);
	return word;
}

static inline int cgofuzz_word_is_turbulence(uint64_t word)
{
	return (word >> 16 & CGOFUZZ_TURBULENCE_MASK) == CGOFUZZ_TURBULENCE_BYTE;
}

/* Decodes a step. slots.count > 0. */
static inline struct cgofuzz_step cgofuzz_word_step(uint64_t word, struct cgofuzz_slots slots)
{
	struct cgofuzz_step s;
	uint32_t depth = word >> 24 & 0xff;

	s.slot = (uint16_t)cgofuzz_slot_of((uint32_t)(word & 0xffff), slots);
	s.route = (uint8_t)(word >> 16 & 3);
	s.capture = (word >> 16 & 0xff) >= CGOFUZZ_CAPTURED_BYTE;
	s.turbulence = (uint8_t)cgofuzz_word_is_turbulence(word);
	s.depth = (uint8_t)(depth < 192 ? depth & 3 : depth - 191);
	s.seed = (uint32_t)(word >> 32);
	return s;
}

static inline uint32_t cgofuzz_plan_steps(uint32_t len)
{
	uint32_t n = (len + CGOFUZZ_STEP_BYTES - 1) / CGOFUZZ_STEP_BYTES;

	return n < CGOFUZZ_PLAN_MAX_STEPS ? n : CGOFUZZ_PLAN_MAX_STEPS;
}

/* Copies a plan (len up to CGOFUZZ_PLAN_MAX_BYTES) with all turbulence struck out: steps of it become
 * plain crossings. `to` may be `from`. What calm runs record is what they did. */
static inline void cgofuzz_plan_calm(uint8_t *to, const uint8_t *from, uint32_t len)
{
	uint32_t at = 0;

	for (; at + CGOFUZZ_STEP_BYTES <= len; at += CGOFUZZ_STEP_BYTES) {
		uint64_t word;

		__builtin_memcpy(&word, from + at, CGOFUZZ_STEP_BYTES);
		/* bit 22 goes where bits 23 and 22 are set and bit 21 is not */
		word &= ~(word & word >> 1 & ~(word << 1) & (uint64_t)CGOFUZZ_TURBULENCE_STRIKE << 16);
		__builtin_memcpy(to + at, &word, CGOFUZZ_STEP_BYTES);
	}
	for (uint32_t i = at; i < len; i++) {
		uint8_t byte = from[i];

		if (i - at == 2 && (byte & CGOFUZZ_TURBULENCE_MASK) == CGOFUZZ_TURBULENCE_BYTE)
			byte = (uint8_t)(byte & ~CGOFUZZ_TURBULENCE_STRIKE);
		to[i] = byte;
	}
}

#endif
