/* shadow.h: guest. The trampolines' shadow stack, one per thread: an array of frames (frame.h of the
 * architecture) in which return addresses and callee-saved registers wait. */
#ifndef GUEST_SHADOW_H
#define GUEST_SHADOW_H

#include <stdint.h>

#include "frame.h"

/* What a stub (trampoline_stub.h) says about itself. Assembly knows the offsets. */
struct cgofuzz_stub {
	const void *target; /* called; STUB of a planted case, or the real function */
	const void *real; /* in r11 or x16 when the target is called */
	uint32_t slot;
	uint32_t direction; /* enum cgofuzz_direction of the call */
};
_Static_assert(offsetof(struct cgofuzz_stub, real) == 8, "trampoline.S");

/* Topmost frame in use by this thread. Frame 0 is a sentinel with the highest stack pointer there is.
 * Before its first call NONE: the frame behind it is at 0, where a shadow stack is full as well, so that
 * the trampoline has one test for both. */
#define SHADOW_NONE ((struct cgofuzz_shadow_frame *)(uintptr_t)-SHADOW_FRAME_BYTES)
extern _Thread_local struct cgofuzz_shadow_frame *cgofuzz_shadow_top;

/* Called by the trampolines: a thread's first call; a call with the stack pointer off by 8 (the
 * target is not called then); a frame in which something differs after the call. */
void cgofuzz_shadow_new(void);
void cgofuzz_canary_misaligned(const struct cgofuzz_stub *stub, uint64_t sp);
void cgofuzz_canary_damage(const struct cgofuzz_shadow_frame *frame,
			   const struct cgofuzz_after *after);

/* A stack of C's own: its calls have frames apart from those of the thread's stack, so that each is in the order
 * of its addresses. enter says what leave is to put back. */
struct cgofuzz_shadow_frame *cgofuzz_shadow_enter(void);
void cgofuzz_shadow_leave(struct cgofuzz_shadow_frame *before);

/* [from, to): this thread's frames in use, for a snapshot; equal if none. */
void cgofuzz_shadow_used(uint64_t *from, uint64_t *to);

/* Opens, fills and closes a fault that a trampoline saw. */
void cgofuzz_canary_report(int kind, const struct cgofuzz_stub *stub, uint32_t reg,
			   uint64_t expected, uint64_t got);

#endif
