/* planted.S: targets/planted, arm64. Damage that C cannot do by itself.
 * AAPCS64 6.1.1 "General-purpose registers", 6.1.2 "SIMD and floating-point registers", 6.4.5.1
 * "Stack". Stubs stand between trampoline and callee, or before the trampoline, and find in x16 what they
 * are to call. Those that damage registers or the stack have cases void f(void): there are no arguments or
 * results to keep. Those that move arguments keep the others. */
#include "../planted.h"

	.text

/* A frame of 32 bytes: x29, x30, the callee's address, and the answer of
 * planted_open(level, depth), which is left in w0 too. */
.macro ASK level, depth
	stp	x29, x30, [sp, #-32]!
	.cfi_def_cfa_offset 32
	.cfi_offset 29, -32
	.cfi_offset 30, -24
	mov	x29, sp
	str	x16, [sp, #16]
	mov	w0, #\level
	mov	w1, #\depth
	bl	planted_open
	str	x0, [sp, #24]
	ldr	x16, [sp, #16]
.endm

/* w0: what planted_open said */
.macro DONE
	ldr	w0, [sp, #24]
	ldp	x29, x30, [sp], #32
	.cfi_restore 29
	.cfi_restore 30
	.cfi_def_cfa_offset 0
.endm

.macro BEGIN name
	.globl	\name
	.type	\name, %function
\name:
	.cfi_startproc
.endm

.macro END name
	.cfi_endproc
	.size	\name, . - \name
.endm

/* In each of 16 variants another register is damaged. */
.macro DAMAGE instruction, prefix, value, registers:vararg
	.set	variant, 1
	.irp	number, \registers
	cmp	w0, #variant
	b.ne	1f
	\instruction	\prefix\number, \value
1:	.set	variant, variant + 1
	.endr
.endm

/* void planted_callee_saved(void): x19 to x29 belong to the caller. */
BEGIN planted_callee_saved
	ASK	IN_C, IN_C
	blr	x16
	DONE
	DAMAGE	mov, x, #0xbad, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 19, 20, 21, 22, 23
	ret
END planted_callee_saved

/* void planted_callee_saved_fp(void): the low halves of v8 to v15 belong to the caller. */
BEGIN planted_callee_saved_fp
	ASK	IN_C, IN_C
	blr	x16
	DONE
	DAMAGE	fmov, d, #1.5, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15
	ret
END planted_callee_saved_fp

/* void planted_misaligned(void): sp is to be a multiple of 16 at a public interface. Hardware would
 * trap at the first access by sp; QEMU does not check. */
BEGIN planted_misaligned
	ASK	IN_C, IN_C
	cbz	w0, 1f
	sub	sp, sp, #8
	.cfi_adjust_cfa_offset 8
	blr	x16
	add	sp, sp, #8
	.cfi_adjust_cfa_offset -8
	b	2f
1:	blr	x16
2:	DONE
	ret
END planted_misaligned

/* void planted_call_misaligned(void (*function)(void)) */
BEGIN planted_call_misaligned
	str	x30, [sp, #-24]!
	.cfi_def_cfa_offset 24
	.cfi_offset 30, -24
	blr	x0
	ldr	x30, [sp], #24
	.cfi_restore 30
	.cfi_def_cfa_offset 0
	ret
END planted_call_misaligned

/* void planted_stack_pointer(void): as a callee does that pops arguments itself. */
BEGIN planted_stack_pointer
	ASK	IN_C, IN_C
	blr	x16
	DONE
	cbz	w0, 1f
	add	sp, sp, #16
1:	ret
END planted_stack_pointer

/* gate(level, depth) with every argument register kept, and x16; its answer is left in w17. */
.macro ASK_KEEPING gate
	stp	x29, x30, [sp, #-240]!
	.cfi_def_cfa_offset 240
	.cfi_offset 29, -240
	.cfi_offset 30, -232
	mov	x29, sp
	stp	x0, x1, [sp, #16]
	stp	x2, x3, [sp, #32]
	stp	x4, x5, [sp, #48]
	stp	x6, x7, [sp, #64]
	stp	x8, x16, [sp, #80]
	stp	q0, q1, [sp, #96]
	stp	q2, q3, [sp, #128]
	stp	q4, q5, [sp, #160]
	stp	q6, q7, [sp, #192]
	mov	w0, #IN_C
	mov	w1, #IN_C
	bl	\gate
	mov	w17, w0
	ldp	x0, x1, [sp, #16]
	ldp	x2, x3, [sp, #32]
	ldp	x4, x5, [sp, #48]
	ldp	x6, x7, [sp, #64]
	ldp	x8, x16, [sp, #80]
	ldp	q0, q1, [sp, #96]
	ldp	q2, q3, [sp, #128]
	ldp	q4, q5, [sp, #160]
	ldp	q6, q7, [sp, #192]
	ldp	x29, x30, [sp], #240
	.cfi_restore 29
	.cfi_restore 30
	.cfi_def_cfa_offset 0
.endm

/* void (struct { float a, b; }): an HFA, so v0 and v1 (C.2); as if it were none, x0 (C.12) */
BEGIN planted_float_aggregate
	ASK_KEEPING planted_open
	cbz	w17, 1f
	fmov	s0, w0
	lsr	x1, x0, #32
	fmov	s1, w1
1:	br	x16
END planted_float_aggregate

/* void (struct { char c[17]; }): above 16 bytes, so x0 points to a copy (B.4); as if in x0, x1, x2 */
BEGIN planted_large_in_registers
	ASK_KEEPING planted_open
	cbz	w17, 1f
	stp	x0, x1, [x0]
	strb	w2, [x0, #16]
1:	br	x16
END planted_large_in_registers

/* void (long, long, long, long, long, struct { long a, b; }, struct { long a, b; }): x7 alone is left
 * for the second struct, so all of it is on the stack (C.13); as if its first half were in x7 and the
 * second where the first is */
BEGIN planted_split
	ASK_KEEPING planted_open
	cbz	w17, 1f
	ldr	x17, [sp]
	stp	x7, x17, [sp]
1:	br	x16
END planted_split

/* void (int, struct { int a aligned(16); int b; }): x1 is skipped (C.10); as if it were not */
BEGIN planted_even_register
	ASK_KEEPING planted_open
	cbz	w17, 1f
	mov	x3, x2
	mov	x2, x1
1:	br	x16
END planted_even_register

/* void (struct { unsigned a : 3, b : 5, c : 24; }): a in bits 0-2 of w0; as if in 29-31 */
BEGIN planted_bit_field_end
	ASK_KEEPING planted_open
	cbz	w17, 1f
	lsl	w17, w0, #8 /* c */
	ubfx	w1, w0, #24, #5 /* b */
	lsr	w0, w0, #29 /* a */
	orr	w0, w0, w1, lsl #3
	orr	w0, w0, w17
1:	br	x16
END planted_bit_field_end

/* struct { long a; } (int): up to 16 bytes, so x0; as if in memory that x8 points to (6.9): x0 keeps what
 * it had */
BEGIN planted_small_in_memory
	ASK_KEEPING planted_open_captured
	cbz	w17, 1f
	stp	x29, x30, [sp, #-32]!
	.cfi_def_cfa_offset 32
	.cfi_offset 29, -32
	.cfi_offset 30, -24
	mov	x29, sp
	str	x0, [sp, #16]
	blr	x16
	ldr	x0, [sp, #16]
	ldp	x29, x30, [sp], #32
	.cfi_restore 29
	.cfi_restore 30
	.cfi_def_cfa_offset 0
	ret
1:	br	x16
END planted_small_in_memory

/* void (long, long), before the trampoline: x0 and x1 exchanged */
BEGIN planted_swapped
	ASK_KEEPING planted_open_wrapper
	cbz	w17, 1f
	mov	x17, x0
	mov	x0, x1
	mov	x1, x17
1:	br	x16
END planted_swapped

/* Hooks: void NAME(int phase, void *block). They act when the result is filled, so that the code
 * under test runs as ever; control bits of FPCR belong to the caller (6.1.2). */
.macro HOOK_OPEN
	cmp	w0, #CALLEE_RESULT
	b.ne	9f
	stp	x29, x30, [sp, #-16]!
	.cfi_def_cfa_offset 16
	.cfi_offset 29, -16
	.cfi_offset 30, -8
	mov	x29, sp
	mov	w0, #IN_C
	mov	w1, #IN_C
	bl	planted_open
	ldp	x29, x30, [sp], #16
	.cfi_restore 29
	.cfi_restore 30
	.cfi_def_cfa_offset 0
	cbz	w0, 9f
.endm

/* FPCR.FZ, bit 24 */
BEGIN planted_flush_to_zero
	HOOK_OPEN
	mrs	x0, fpcr
	orr	x0, x0, #1 << 24
	msr	fpcr, x0
9:	ret
END planted_flush_to_zero

/* FPCR.RMode, bits 22-23: 1 is upwards */
BEGIN planted_rounding
	HOOK_OPEN
	mrs	x0, fpcr
	orr	x0, x0, #1 << 22
	msr	fpcr, x0
9:	ret
END planted_rounding

	.section .note.GNU-stack, "", %progbits
