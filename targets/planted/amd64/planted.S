/* planted.S: targets/planted, amd64. Damage that C cannot do by itself.
 * System V AMD64 psABI 3.2.1 "Registers and the Stack Frame", 3.2.3 "Parameter Passing".
 * Stubs stand between trampoline and callee, or before the trampoline, and find in r11 what they are to
 * call. Those that damage registers or the stack have cases void f(void): there are no arguments or results
 * to keep. Those that move arguments keep the others. */
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

/* gate(level, depth) with every argument register kept, and r11. ZF set: closed. The gate's answer is
 * kept below the stack pointer, in the red zone of 3.2.2. */
.macro ASK_KEEPING gate
	sub	$200, %rsp
	.cfi_adjust_cfa_offset 200
	.set	at, 0
	.irp	register, rdi, rsi, rdx, rcx, r8, r9, rax, r11
	mov	%\register, at(%rsp)
	.set	at, at + 8
	.endr
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	movups	%xmm\n, 64 + 16 * \n(%rsp)
	.endr
	mov	$IN_C, %edi
	mov	$IN_C, %esi
	call	\gate
	mov	%eax, 192(%rsp)
	.set	at, 0
	.irp	register, rdi, rsi, rdx, rcx, r8, r9, rax, r11
	mov	at(%rsp), %\register
	.set	at, at + 8
	.endr
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	movups	64 + 16 * \n(%rsp), %xmm\n
	.endr
	add	$200, %rsp
	.cfi_adjust_cfa_offset -200
	cmpl	$0, -8(%rsp)
.endm

/* void (struct { float a, b; }): SSE, so xmm0; as if it were INTEGER, rdi */
BEGIN planted_float_aggregate
	ASK_KEEPING planted_open
	jz	1f
	movq	%rdi, %xmm0
1:	jmp	*%r11
END planted_float_aggregate

/* void (struct { char c[17]; }): MEMORY, above two eightbytes; as if in rdi, rsi, rdx */
BEGIN planted_large_in_registers
	ASK_KEEPING planted_open
	jz	1f
	mov	%rdi, 8(%rsp)
	mov	%rsi, 16(%rsp)
	mov	%dl, 24(%rsp)
1:	jmp	*%r11
END planted_large_in_registers

/* void (long, long, long, long, long, struct { long a, b; }, ...): one register is left, so all of the
 * struct is on the stack; as if its first half were in r9 and the second where the first is */
BEGIN planted_split
	ASK_KEEPING planted_open
	jz	1f
	mov	8(%rsp), %rax
	mov	%r9, 8(%rsp)
	mov	%rax, 16(%rsp)
1:	jmp	*%r11
END planted_split

/* void (struct { unsigned a : 3, b : 5, c : 24; }): a in bits 0-2 of edi; as if in 29-31 */
BEGIN planted_bit_field_end
	ASK_KEEPING planted_open
	jz	1f
	mov	%edi, %eax
	mov	%edi, %ecx
	shl	$8, %eax /* c */
	shr	$24, %ecx
	and	$31, %ecx /* b */
	shr	$29, %edi /* a */
	shl	$3, %ecx
	or	%ecx, %eax
	or	%eax, %edi
1:	jmp	*%r11
END planted_bit_field_end

/* struct { long a; } (int): INTEGER, so rax; as if MEMORY: its address is returned, that of rdi */
BEGIN planted_small_in_memory
	ASK_KEEPING planted_open_captured
	jz	1f
	push	%rdi
	.cfi_adjust_cfa_offset 8
	call	*%r11
	pop	%rax
	.cfi_adjust_cfa_offset -8
	ret
1:	jmp	*%r11
END planted_small_in_memory

/* void (long, long), before the trampoline: rdi and rsi exchanged */
BEGIN planted_swapped
	ASK_KEEPING planted_open_wrapper
	jz	1f
	xchg	%rdi, %rsi
1:	jmp	*%r11
END planted_swapped

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
