/* planted.S: targets/planted, amd64. Damage that C cannot do by itself.
 * System V AMD64 psABI 3.2.1 "Registers and the Stack Frame", 3.2.3 "Parameter Passing".
 * Stubs stand between trampoline and callee and find the callee's address in r11. Their cases are
 * void f(void): there are no arguments or results to keep. */
#include "../planted.h"

	.text

/* planted_open(level, depth), the callee's address kept in r11 and the answer left at (%rsp). At entry
 * rsp = 8 mod 16, afterwards 0 mod 16. */
.macro ASK level, depth
	push	%r11
	.cfi_adjust_cfa_offset 8
	mov	$\level, %edi
	mov	$\depth, %esi
	call	planted_open
	mov	(%rsp), %r11
	mov	%eax, (%rsp)
.endm

.macro BEGIN name
	.globl	\name
	.type	\name, @function
\name:
	.cfi_startproc
.endm

.macro END name
	.cfi_endproc
	.size	\name, . - \name
.endm

/* void planted_callee_saved(void): rbx, rbp, r12 to r15 belong to the caller. eax: the variant. */
BEGIN planted_callee_saved
	ASK	IN_C, IN_C
	call	*%r11
	pop	%rax
	.cfi_adjust_cfa_offset -8
	.set	variant, 1
	.irp	register, rbx, rbp, r12, r13, r14, r15, rbx, rbp, r12, r13, r14, r15, rbx, rbp, r12, r13
	cmp	$variant, %eax
	jne	1f
	mov	$0x0badc0de, %\register
1:	.set	variant, variant + 1
	.endr
	ret
END planted_callee_saved

/* void planted_misaligned(void): the end of the argument area is to be aligned by 16 at a call. */
BEGIN planted_misaligned
	ASK	IN_C, IN_C
	cmpl	$0, (%rsp)
	jnz	1f
	call	*%r11
	pop	%rax
	.cfi_adjust_cfa_offset -8
	ret
	.cfi_adjust_cfa_offset 8
1:	sub	$8, %rsp
	.cfi_adjust_cfa_offset 8
	call	*%r11
	add	$16, %rsp
	.cfi_adjust_cfa_offset -16
	ret
END planted_misaligned

/* void planted_call_misaligned(void (*function)(void)) */
BEGIN planted_call_misaligned
	call	*%rdi
	ret
END planted_call_misaligned

/* void planted_stack_pointer(void): as a callee does that pops arguments itself. */
BEGIN planted_stack_pointer
	ASK	IN_C, IN_C
	call	*%r11
	pop	%rax
	.cfi_adjust_cfa_offset -8
	test	%eax, %eax
	jz	1f
	ret	$16
1:	ret
END planted_stack_pointer

/* Hooks: void NAME(int phase, void *block). They act when the result is filled, so that the code
 * under test runs as ever; control bits belong to the caller (3.2.1). */
.macro HOOK_OPEN
	cmp	$CALLEE_RESULT, %edi
	jne	9f
	sub	$8, %rsp
	.cfi_adjust_cfa_offset 8
	mov	$IN_C, %edi
	mov	$IN_C, %esi
	call	planted_open
	add	$8, %rsp
	.cfi_adjust_cfa_offset -8
	test	%eax, %eax
	jz	9f
.endm

/* MXCSR bit 15, flush to zero */
BEGIN planted_flush_to_zero
	HOOK_OPEN
	stmxcsr	-8(%rsp)
	orl	$0x8000, -8(%rsp)
	ldmxcsr	-8(%rsp)
9:	ret
END planted_flush_to_zero

/* MXCSR bits 13-14, rounding control: 2 is upwards */
BEGIN planted_rounding
	HOOK_OPEN
	stmxcsr	-8(%rsp)
	orl	$0x4000, -8(%rsp)
	ldmxcsr	-8(%rsp)
9:	ret
END planted_rounding

/* x87 control word bits 8-9, precision control: 0 is single */
BEGIN planted_x87_precision
	HOOK_OPEN
	fnstcw	-8(%rsp)
	andw	$~0x300, -8(%rsp)
	fldcw	-8(%rsp)
9:	ret
END planted_x87_precision

BEGIN planted_direction_flag
	HOOK_OPEN
	std
9:	ret
END planted_direction_flag

	.section .note.GNU-stack, "", @progbits
