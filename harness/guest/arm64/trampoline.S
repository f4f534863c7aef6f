/* trampoline.S: guest, arm64. Between caller and callee, both ways across the boundary.
 *
 *	cgofuzz_trampoline: branched to by a stub as if it were the function, x16: struct cgofuzz_stub *
 *
 * Transparent: x0-x8, v0-v7 and the stack arguments stay where the caller put them (AAPCS64 2023Q3,
 * 6.8); the return address (x30) moves to a frame of the shadow stack. Callee-saved registers (6.1.1,
 * 6.1.2: x19-x28, low halves of v8-v15; x29 keeps the caller's frame record, and is checked too):
 *	x19	address of the shadow frame	x20	CANARY_KEY ^ x19	x21	~x20
 *	x22	rev x21	x23	~x22	x24	ror x23, 24	x25	~x24	x26	rev x25
 *	x27	~x26	x28	ror x27, 40	d8..d15	x20..x27
 * After the return: x0-x8 v0-v7 may hold results; x9-x17 are free.
 * Frames belong to the call whose stack pointer they hold: a call that returns drops all above its own
 * (those that a longjmp or a panic went past).
 * The stubs come to lie behind, in a section of their own: within a page QEMU follows a branch without
 * looking its target up.
 */
#include "frame.h"

/* DW_CFA_expression: register `reg` is saved at x19 + offset (DW_OP_breg19). */
.macro SAVED_IN_FRAME reg, offset
	.cfi_escape 0x10, \reg, 3, 0x83, (\offset & 0x7f) | 0x80, \offset >> 7
.endm

.macro TOP_ADDRESS reg
	mrs	\reg, tpidr_el0
	add	\reg, \reg, #:tprel_hi12:cgofuzz_shadow_top, lsl #12
	add	\reg, \reg, #:tprel_lo12_nc:cgofuzz_shadow_top
.endm

.macro KEY reg
	movz	\reg, #(CANARY_KEY & 0xffff)
	movk	\reg, #(CANARY_KEY >> 16 & 0xffff), lsl #16
	movk	\reg, #(CANARY_KEY >> 32 & 0xffff), lsl #32
	movk	\reg, #(CANARY_KEY >> 48 & 0xffff), lsl #48
.endm

/* x13 gathers what differs after the call: one branch, since under QEMU each ends a translation block. */
.macro DIFFER a, b:vararg
	eor	x14, \a, \b
	orr	x13, x13, x14
.endm

.macro DIFFER_D d, x
	fmov	x11, \d
	DIFFER	x11, \x
.endm

/* struct cgofuzz_captured below the stack pointer, and back. */
.macro CAPTURE
	sub	sp, sp, #CAPTURED_BYTES
	.cfi_adjust_cfa_offset CAPTURED_BYTES
	stp	x0, x1, [sp]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	str	x8, [sp, #64]
	stp	q0, q1, [sp, #CAPTURED_VECTOR]
	stp	q2, q3, [sp, #CAPTURED_VECTOR + 32]
	stp	q4, q5, [sp, #CAPTURED_VECTOR + 64]
	stp	q6, q7, [sp, #CAPTURED_VECTOR + 96]
.endm

.macro UNCAPTURE
	ldp	x0, x1, [sp]
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldr	x8, [sp, #64]
	ldp	q0, q1, [sp, #CAPTURED_VECTOR]
	ldp	q2, q3, [sp, #CAPTURED_VECTOR + 32]
	ldp	q4, q5, [sp, #CAPTURED_VECTOR + 64]
	ldp	q6, q7, [sp, #CAPTURED_VECTOR + 96]
	add	sp, sp, #CAPTURED_BYTES
	.cfi_adjust_cfa_offset -CAPTURED_BYTES
.endm

	.section cgofuzz_text, "ax", %progbits
	.balign	4096
	.globl	cgofuzz_trampoline
	.type	cgofuzz_trampoline, %function
cgofuzz_trampoline:
	.cfi_startproc
	TOP_ADDRESS x9
	ldr	x10, [x9]
	mov	x12, sp
.Lpush:	add	x10, x10, #SHADOW_FRAME_BYTES
	and	x11, x12, #15
	tst	x10, #(SHADOW_BYTES - 1)
	ccmp	x11, #0, #0, ne
	b.ne	.Lunusual
	mrs	x11, fpcr
	stp	x12, x30, [x10, #FRAME_SP]
	stp	x16, x11, [x10, #FRAME_STUB]
	stp	x19, x20, [x10, #FRAME_X19]
	stp	x21, x22, [x10, #FRAME_X19 + 16]
	stp	x23, x24, [x10, #FRAME_X19 + 32]
	stp	x25, x26, [x10, #FRAME_X19 + 48]
	stp	x27, x28, [x10, #FRAME_X19 + 64]
	str	x29, [x10, #FRAME_X29]
	stp	d8, d9, [x10, #FRAME_D8]
	stp	d10, d11, [x10, #FRAME_D8 + 16]
	stp	d12, d13, [x10, #FRAME_D8 + 32]
	stp	d14, d15, [x10, #FRAME_D8 + 48]
	str	x10, [x9]
	mov	x19, x10
	SAVED_IN_FRAME 30, FRAME_RA
	SAVED_IN_FRAME 19, FRAME_X19
	SAVED_IN_FRAME 20, FRAME_X19 + 8
	SAVED_IN_FRAME 21, FRAME_X19 + 16
	SAVED_IN_FRAME 22, FRAME_X19 + 24
	SAVED_IN_FRAME 23, FRAME_X19 + 32
	SAVED_IN_FRAME 24, FRAME_X19 + 40
	SAVED_IN_FRAME 25, FRAME_X19 + 48
	SAVED_IN_FRAME 26, FRAME_X19 + 56
	SAVED_IN_FRAME 27, FRAME_X19 + 64
	SAVED_IN_FRAME 28, FRAME_X19 + 72
	KEY	x20
	eor	x20, x20, x19
	mvn	x21, x20
	rev	x22, x21
	mvn	x23, x22
	ror	x24, x23, #24
	mvn	x25, x24
	rev	x26, x25
	mvn	x27, x26
	ror	x28, x27, #40
	fmov	d8, x20
	fmov	d9, x21
	fmov	d10, x22
	fmov	d11, x23
	fmov	d12, x24
	fmov	d13, x25
	fmov	d14, x26
	fmov	d15, x27
	adrp	x17, cgofuzz_live
	ldr	x17, [x17, #:lo12:cgofuzz_live]
	ldr	w17, [x17, #LIVE_CAPTURE]
	cbnz	w17, .Lcapture_entry
.Lcall:	ldp	x17, x16, [x16, #STUB_TARGET]
	blr	x17

	TOP_ADDRESS x9
	ldr	x10, [x9]
	mov	x12, sp
	/* x20 against the rule, x21 to x28 each against the one before, d8 to d15 against x20 to x27 */
.Lcheck:
	ldr	x11, [x10, #FRAME_SP]
	eor	x13, x11, x12
	DIFFER	x19, x10
	KEY	x11
	eor	x11, x11, x10
	DIFFER	x20, x11
	mvn	x11, x20
	DIFFER	x21, x11
	rev	x11, x21
	DIFFER	x22, x11
	mvn	x11, x22
	DIFFER	x23, x11
	DIFFER	x24, x23, ror #24
	mvn	x11, x24
	DIFFER	x25, x11
	rev	x11, x25
	DIFFER	x26, x11
	mvn	x11, x26
	DIFFER	x27, x11
	DIFFER	x28, x27, ror #40
	DIFFER_D d8, x20
	DIFFER_D d9, x21
	DIFFER_D d10, x22
	DIFFER_D d11, x23
	DIFFER_D d12, x24
	DIFFER_D d13, x25
	DIFFER_D d14, x26
	DIFFER_D d15, x27
	ldr	x11, [x10, #FRAME_X29]
	DIFFER	x29, x11
	mrs	x11, fpcr
	ldr	x15, [x10, #FRAME_FPCR]
	DIFFER	x11, x15
	adrp	x11, cgofuzz_live
	ldr	x11, [x11, #:lo12:cgofuzz_live]
	ldr	w11, [x11, #LIVE_CAPTURE]
	orr	x11, x11, x13
	cbnz	x11, .Lfound
.Lleave:
	sub	x11, x10, #SHADOW_FRAME_BYTES
	str	x11, [x9]
	ldp	d8, d9, [x10, #FRAME_D8]
	ldp	d10, d11, [x10, #FRAME_D8 + 16]
	ldp	d12, d13, [x10, #FRAME_D8 + 32]
	ldp	d14, d15, [x10, #FRAME_D8 + 48]
	ldr	x29, [x10, #FRAME_X29]
	ldp	x27, x28, [x10, #FRAME_X19 + 64]
	ldp	x25, x26, [x10, #FRAME_X19 + 48]
	ldp	x23, x24, [x10, #FRAME_X19 + 32]
	ldp	x21, x22, [x10, #FRAME_X19 + 16]
	ldr	x30, [x10, #FRAME_RA]
	ldp	x19, x20, [x10, #FRAME_X19]
	.cfi_remember_state
	.cfi_restore 30
	.cfi_restore 19
	.cfi_restore 20
	.cfi_restore 21
	.cfi_restore 22
	.cfi_restore 23
	.cfi_restore 24
	.cfi_restore 25
	.cfi_restore 26
	.cfi_restore 27
	.cfi_restore 28
	ret
	.cfi_restore_state

/* Every register that carries arguments or results goes to a struct cgofuzz_captured, C looks at it, and
 * they come back from there. x16 is kept behind them at the entry, the frame in x19 at the return. */
.Lcapture_entry:
	CAPTURE
	str	x16, [sp, #CAPTURED_SPARE]
	mov	x0, x19
	mov	x1, sp
	bl	cgofuzz_capture_entry
	ldr	x16, [sp, #CAPTURED_SPARE]
	UNCAPTURE
	b	.Lcall

/* x13: what differs, the stack pointer perhaps; 0: nothing, but results are to be captured. */
.Lfound:
	ldr	x11, [x10, #FRAME_SP]
	cmp	x11, x12
	b.ne	.Lsearch
	cbnz	x13, .Ldamage
.Lcapture_return:
	CAPTURE
	mov	x19, x10
	mov	x0, x10
	mov	x1, sp
	bl	cgofuzz_capture_return
	UNCAPTURE
	mov	x10, x19
	TOP_ADDRESS x9
	b	.Lleave

/* The topmost frame is not that of this stack pointer (x12): calls in between never returned (longjmp, a
 * panic), or the callee came back with another one; then a frame that x19 still names is believed, else
 * the topmost. Frames of other stacks may lie between: only equality counts. */
.Lsearch:
	mov	x13, x10
1:	ldr	x11, [x13, #FRAME_SP]
	cmp	x11, x12
	b.eq	2f
	tst	x13, #(SHADOW_BYTES - 1)
	b.eq	3f
	sub	x13, x13, #SHADOW_FRAME_BYTES
	b	1b
2:	mov	x10, x13
	b	.Lcheck
3:	eor	x11, x19, x10
	tst	x11, #-SHADOW_BYTES
	b.ne	.Ldamage
	tst	x19, #(SHADOW_FRAME_BYTES - 1)
	b.ne	.Ldamage
	cmp	x19, x10
	b.hi	.Ldamage
	tst	x19, #(SHADOW_BYTES - 1)
	b.eq	.Ldamage
	mov	x10, x19
	b	.Ldamage

/* x10: the frame, x12: the stack pointer. Registers go to a struct cgofuzz_after just below the frame's
 * stack pointer, results below it, and C says what is wrong. */
.Ldamage:
	ldr	x11, [x10, #FRAME_SP]
	mov	sp, x11
	sub	sp, sp, #AFTER_BYTES
	.cfi_remember_state
	.cfi_adjust_cfa_offset AFTER_BYTES
	stp	x19, x20, [sp, #AFTER_X19]
	stp	x21, x22, [sp, #AFTER_X19 + 16]
	stp	x23, x24, [sp, #AFTER_X19 + 32]
	stp	x25, x26, [sp, #AFTER_X19 + 48]
	stp	x27, x28, [sp, #AFTER_X19 + 64]
	str	x29, [sp, #AFTER_X29]
	mrs	x11, fpcr
	stp	x11, x12, [sp, #AFTER_FPCR]
	stp	d8, d9, [sp, #AFTER_D8]
	stp	d10, d11, [sp, #AFTER_D8 + 16]
	stp	d12, d13, [sp, #AFTER_D8 + 32]
	stp	d14, d15, [sp, #AFTER_D8 + 48]
	mov	x11, sp
	CAPTURE
	mov	x19, x10
	ldr	x12, [x10, #FRAME_FPCR]
	msr	fpcr, x12
	ldr	x29, [x10, #FRAME_X29]
	mov	x0, x10
	mov	x1, x11
	bl	cgofuzz_canary_damage
	mov	x10, x19
	UNCAPTURE
	add	sp, sp, #AFTER_BYTES
	.cfi_restore_state
	TOP_ADDRESS x9
	adrp	x11, cgofuzz_live
	ldr	x11, [x11, #:lo12:cgofuzz_live]
	ldr	w11, [x11, #LIVE_CAPTURE]
	cbnz	w11, .Lcapture_return
	b	.Lleave
	.cfi_endproc

	.cfi_startproc
/* Not a call like others: x11 is not 0 if sp is no multiple of 16, x10 is 0 at a thread's first. */
.Lunusual:
	cbnz	x11, .Lmisaligned
	cbz	x10, .Lnew
/* No room. Frames at or below the stack pointer are those of calls that never returned, as long as all
 * are on one stack; if there is none, the call goes on without a trampoline. */
	sub	x10, x10, #SHADOW_FRAME_BYTES
	ldr	x11, [x10, #FRAME_SP]
	cmp	x11, x12
	b.hi	2f
1:	sub	x10, x10, #SHADOW_FRAME_BYTES
	ldr	x11, [x10, #FRAME_SP]
	cmp	x11, x12
	b.ls	1b
	b	.Lpush
2:	ldp	x17, x16, [x16, #STUB_TARGET]
	br	x17

/* The call does not take place: sp is not a multiple of 16 (AAPCS64 6.4.5.1). */
.Lmisaligned:
	.globl	cgofuzz_trampoline_misaligned
cgofuzz_trampoline_misaligned:
	mov	x12, sp
	mov	x0, x16
	mov	x1, x12
	and	x11, x12, #-16
	mov	sp, x11
	stp	x29, x30, [sp, #-32]!
	str	x12, [sp, #16]
	bl	cgofuzz_canary_misaligned
	ldr	x12, [sp, #16]
	ldp	x29, x30, [sp]
	mov	sp, x12
	ret
	.cfi_endproc

/* A thread's first call: every register that can carry an argument is kept. */
	.cfi_startproc
.Lnew:	stp	x29, x30, [sp, #-16]!
	.cfi_adjust_cfa_offset 16
	.cfi_offset 29, -16
	.cfi_offset 30, -8
	CAPTURE
	str	x16, [sp, #CAPTURED_SPARE]
	bl	cgofuzz_shadow_new
	ldr	x16, [sp, #CAPTURED_SPARE]
	UNCAPTURE
	ldp	x29, x30, [sp], #16
	.cfi_adjust_cfa_offset -16
	.cfi_restore 29
	.cfi_restore 30
	b	cgofuzz_trampoline
	.cfi_endproc
	.size	cgofuzz_trampoline, . - cgofuzz_trampoline
	.section .note.GNU-stack, "", %progbits
