/* plan.h: guest, shared with the host. The fuzz input of a built batch: a sequence of steps.
 * Total: every byte string is a plan. Eight bytes a step, little endian, a short last step is
 * filled with zeros, steps after the 256th are ignored; the empty string is a plan of no steps. */
#ifndef GUEST_PLAN_H
#define GUEST_PLAN_H

#include <stdint.h>

#define CGOFUZZ_PLAN_VERSION 2
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

#define CGOFUZZ_CAPTURED_BYTE 224u /* a multiple of 32: the route is added */

struct cgofuzz_step {
	uint16_t slot; /* case slot of the batch: bytes 0-1 modulo the number of slots */
	uint8_t route; /* enum cgofuzz_step_route: low five bits of byte 2, modulo 4 */
	uint8_t capture; /* byte 2 >= 224: registers and stack are compared with the ABI document */
	uint8_t depth; /* byte 3: b < 192: b & 3, else b - 191 (1..64): nested crossings inwards after
			  the first, in turn Go -> C and C -> Go */
	uint32_t seed; /* bytes 4-7 */
};

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "steps are read as words");

/* Decodes the step at byte offset `at` (a multiple of 8, below len). slots > 0. */
static inline struct cgofuzz_step cgofuzz_plan_step(const uint8_t *plan, uint32_t len, uint32_t at,
						    uint32_t slots)
{
	uint64_t b = 0; /* byte i: bits from 8 i */
	struct cgofuzz_step s;
	uint32_t depth;

	if (at + CGOFUZZ_STEP_BYTES <= len)
		__builtin_memcpy(&b, plan + at, CGOFUZZ_STEP_BYTES);
	else
		__builtin_memcpy(&b, plan + at, len - at);
	depth = b >> 24 & 0xff;
	s.slot = (uint16_t)((uint32_t)(b & 0xffff) % slots);
	s.route = (uint8_t)((b >> 16 & 31) % CGOFUZZ_ROUTES);
	s.capture = (b >> 16 & 0xff) >= CGOFUZZ_CAPTURED_BYTE;
	s.depth = (uint8_t)(depth < 192 ? depth & 3 : depth - 191);
	s.seed = (uint32_t)(b >> 32);
	return s;
}

static inline uint32_t cgofuzz_plan_steps(uint32_t len)
{
	uint32_t n = (len + CGOFUZZ_STEP_BYTES - 1) / CGOFUZZ_STEP_BYTES;

	return n < CGOFUZZ_PLAN_MAX_STEPS ? n : CGOFUZZ_PLAN_MAX_STEPS;
}

#endif
