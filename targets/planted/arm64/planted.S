/* planted.S: targets/planted, arm64. Damage that C cannot do by itself.
 * AAPCS64 6.1.1 "General-purpose registers", 6.1.2 "SIMD and floating-point registers", 6.4.5.1
 * "Stack". Stubs stand between trampoline and callee and find the callee's address in x16. Their
 * cases are void f(void): there are no arguments or results to keep. */
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
