/* frame.h: guest, amd64. A frame of the shadow stack, for C and for trampoline.S. */
#ifndef GUEST_ARCH_FRAME_H
#define GUEST_ARCH_FRAME_H

#define SHADOW_BYTES 65536
#define SHADOW_FRAME_BYTES 128

#define FRAME_SP 0
#define FRAME_RA 8
#define FRAME_RBX 16
#define FRAME_RBP 24
#define FRAME_R12 32
#define FRAME_R13 40
#define FRAME_R14 48
#define FRAME_R15 56
#define FRAME_STUB 64
#define FRAME_MXCSR 72
#define FRAME_X87CW 76
#define FRAME_SCRATCH 80

#define STUB_TARGET 0
#define STUB_REAL 8

/* rbp holds this, xor the frame's address; r12 to r15 are derived from it in turn. */
#define CANARY_KEY 0xc35aa53ce1963c69
/* Control bits: exceptions masked, rounding, FTZ, DAZ (SysV psABI 3.2.1: preserved across calls). */
#define MXCSR_CONTROL 0xffc0
#define AFTER_BYTES 72

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
	uint64_t sp; /* at entry: address of the return address */
	uint64_t ra; /* the return address, moved here */
	uint64_t rbx, rbp, r12, r13, r14, r15; /* the caller's */
	const struct cgofuzz_stub *stub;
	uint32_t mxcsr, x87cw; /* at entry; the x87 control word is 16 bits wide */
	uint32_t mxcsr_after, x87cw_after;
	uint64_t hidden; /* while captured: where the caller wants the result (rdi) */
	struct cgofuzz_thread_state state; /* at entry, if looked at */
};

/* psABI 3.2.2: the first stacked argument is behind the return address. */
static inline const void *cgofuzz_stacked(const struct cgofuzz_shadow_frame *frame)
{
	return (const void *)(uintptr_t)(frame->sp + 8);
}

/* Registers as a callee left them. */
struct cgofuzz_after {
	uint32_t mxcsr, x87cw;
	uint64_t rbx, rbp, r12, r13, r14, r15;
	uint64_t eflags, sp; /* sp: as it should be, frame->sp + 8, or not */
};

#define AT(type, field, offset) \
	_Static_assert(offsetof(struct type, field) == (offset), "trampoline.S")
AT(cgofuzz_shadow_frame, sp, FRAME_SP);
AT(cgofuzz_shadow_frame, ra, FRAME_RA);
AT(cgofuzz_shadow_frame, rbx, FRAME_RBX);
AT(cgofuzz_shadow_frame, rbp, FRAME_RBP);
AT(cgofuzz_shadow_frame, r12, FRAME_R12);
AT(cgofuzz_shadow_frame, r15, FRAME_R15);
AT(cgofuzz_shadow_frame, stub, FRAME_STUB);
AT(cgofuzz_shadow_frame, mxcsr, FRAME_MXCSR);
AT(cgofuzz_shadow_frame, x87cw, FRAME_X87CW);
AT(cgofuzz_shadow_frame, mxcsr_after, FRAME_SCRATCH);
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
