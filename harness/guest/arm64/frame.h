/* frame.h: guest, arm64. A frame of the shadow stack, for C and for trampoline.S. */
#ifndef GUEST_ARCH_FRAME_H
#define GUEST_ARCH_FRAME_H

#define SHADOW_BYTES 65536
#define SHADOW_FRAME_BYTES 256

#define FRAME_SP 0
#define FRAME_RA 8
#define FRAME_STUB 16
#define FRAME_FPCR 24
#define FRAME_X19 32 /* x19..x28 */
#define FRAME_X29 112
#define FRAME_D8 120 /* d8..d15 */

#define STUB_TARGET 0
#define STUB_REAL 8

/* x20 holds this, xor the frame's address; x21 to x28 are derived from it in turn; d8..d15 are
 * x20..x27. */
#define CANARY_KEY 0xc35aa53ce1963c69
/* Offsets in struct cgofuzz_after. */
#define AFTER_X19 0
#define AFTER_X29 80
#define AFTER_FPCR 88
#define AFTER_SP 96
#define AFTER_D8 112
#define AFTER_BYTES 176

/* Offsets in struct cgofuzz_live and struct cgofuzz_captured (guest/wire.h). */
#define LIVE_CAPTURE 64
#define CAPTURED_SPARE 72
#define CAPTURED_VECTOR 80
#define CAPTURED_X87 208
#define CAPTURED_BYTES 240

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

#include "guest/state.h"
#include "guest/wire.h"

struct cgofuzz_stub;

struct cgofuzz_shadow_frame {
	uint64_t sp; /* at entry */
	uint64_t ra; /* x30 at entry */
	const struct cgofuzz_stub *stub;
	uint64_t fpcr; /* at entry */
	uint64_t x19_28[10], x29; /* the caller's */
	uint64_t d8_15[8];
	uint64_t hidden; /* while captured: where the caller wants the result (x8) */
	struct cgofuzz_thread_state state; /* at entry, if looked at */
	uint64_t pad[4];
};

/* AAPCS64 6.8.2: the first stacked argument is at the stack pointer. */
static inline const void *cgofuzz_stacked(const struct cgofuzz_shadow_frame *frame)
{
	return (const void *)(uintptr_t)frame->sp;
}

/* Registers as a callee left them. */
struct cgofuzz_after {
	uint64_t x19_28[10], x29;
	uint64_t fpcr, sp, pad;
	uint64_t d8_15[8];
};

#define AT(type, field, offset) \
	_Static_assert(offsetof(struct type, field) == (offset), "trampoline.S")
AT(cgofuzz_shadow_frame, sp, FRAME_SP);
AT(cgofuzz_shadow_frame, ra, FRAME_RA);
AT(cgofuzz_shadow_frame, stub, FRAME_STUB);
AT(cgofuzz_shadow_frame, fpcr, FRAME_FPCR);
AT(cgofuzz_shadow_frame, x19_28, FRAME_X19);
AT(cgofuzz_shadow_frame, x29, FRAME_X29);
AT(cgofuzz_shadow_frame, d8_15, FRAME_D8);
AT(cgofuzz_after, x29, AFTER_X29);
AT(cgofuzz_after, fpcr, AFTER_FPCR);
AT(cgofuzz_after, sp, AFTER_SP);
AT(cgofuzz_after, d8_15, AFTER_D8);
AT(cgofuzz_live, capture, LIVE_CAPTURE);
AT(cgofuzz_captured, general[9], CAPTURED_SPARE);
AT(cgofuzz_captured, vector, CAPTURED_VECTOR);
AT(cgofuzz_captured, x87, CAPTURED_X87);
_Static_assert(sizeof(struct cgofuzz_captured) == CAPTURED_BYTES, "trampoline.S");
_Static_assert(sizeof(struct cgofuzz_shadow_frame) == SHADOW_FRAME_BYTES, "trampoline.S");
_Static_assert(sizeof(struct cgofuzz_after) == AFTER_BYTES, "trampoline.S");
#undef AT
#endif

#endif
