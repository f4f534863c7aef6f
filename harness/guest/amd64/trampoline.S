/* trampoline.S: guest, amd64. Between caller and callee, both ways across the boundary.
 *
 *	cgofuzz_trampoline: called by a stub as if it were the function, r11: struct cgofuzz_stub *
 *
 * Transparent: argument registers (rdi rsi rdx rcx r8 r9, al, xmm0-7) and the stack arguments stay
 * where the caller put them (System V psABI 1.0, 3.2.3); the return address moves to a frame of the
 * shadow stack, and the call from here fills its place. Callee-saved registers (3.2.1):
 *	rbx	address of the shadow frame		rbp	CANARY_KEY ^ rbx
 *	r12	~rbp	r13	bswap r12	r14	~r13	r15	rol r14, 8
 * After the return: rax rdx xmm0 xmm1 st0 are results; rcx rsi rdi r8-r11 are free.
 * Frames belong to the call whose stack pointer they hold: a call that returns drops all above its own
 * (those that a longjmp or a panic went past).
 * The stubs come to lie behind, in a section of their own: within a page QEMU follows a branch without
 * looking its target up.
 */
#include "frame.h"

/* DW_CFA_expression: register `reg` is saved at rbx + offset (DW_OP_breg3). */
.macro SAVED_IN_FRAME reg, offset
	.cfi_escape 0x10, \reg, 3, 0x73, (\offset & 0x7f) | 0x80, \offset >> 7
.endm

	.section cgofuzz_text, "ax", @progbits
	.balign	4096
	.globl	cgofuzz_trampoline
	.type	cgofuzz_trampoline, @function
cgofuzz_trampoline:
	.cfi_startproc
	movq	%fs:cgofuzz_shadow_top@tpoff, %r10
.Lpush:	addq	$SHADOW_FRAME_BYTES, %r10
	testw	%r10w, %r10w	/* SHADOW_BYTES is 1 << 16 */
	jz	.Lunusual
	movq	%rbx, FRAME_RBX(%r10)
	leaq	8(%rsp), %rbx
	testb	$15, %bl
	jnz	.Lmisaligned
	movq	%rsp, FRAME_SP(%r10)
	movq	%r11, FRAME_STUB(%r10)
	movq	%rbp, FRAME_RBP(%r10)
	movq	%r12, FRAME_R12(%r10)
	movq	%r13, FRAME_R13(%r10)
	movq	%r14, FRAME_R14(%r10)
	movq	%r15, FRAME_R15(%r10)
	stmxcsr	FRAME_MXCSR(%r10)
	fnstcw	FRAME_X87CW(%r10)
	movq	%r10, %rbx
	popq	FRAME_RA(%rbx)
	.cfi_adjust_cfa_offset -8
	SAVED_IN_FRAME 16, FRAME_RA
	SAVED_IN_FRAME 3, FRAME_RBX
	SAVED_IN_FRAME 6, FRAME_RBP
	SAVED_IN_FRAME 12, FRAME_R12
	SAVED_IN_FRAME 13, FRAME_R13
	SAVED_IN_FRAME 14, FRAME_R14
	SAVED_IN_FRAME 15, FRAME_R15
	movq	%rbx, %fs:cgofuzz_shadow_top@tpoff
	movabsq	$CANARY_KEY, %rbp
	xorq	%rbx, %rbp
	movq	%rbp, %r12
	notq	%r12
	movq	%r12, %r13
	bswapq	%r13
	movq	%r13, %r14
	notq	%r14
	movq	%r14, %r15
	rolq	$8, %r15
	movq	cgofuzz_live(%rip), %r10
	cmpl	$0, LIVE_CAPTURE(%r10)
	jne	.Lcapture_entry
.Lcall:	movq	STUB_TARGET(%r11), %r10
	movq	STUB_REAL(%r11), %r11
	call	*%r10

	movq	%fs:cgofuzz_shadow_top@tpoff, %r10
	leaq	-8(%rsp), %r11
	cmpq	%r11, FRAME_SP(%r10)
	jne	.Lsearch
.Lfound:
	cmpq	%r10, %rbx
	jne	.Ldamage
	movabsq	$CANARY_KEY, %rcx
	xorq	%r10, %rcx
	cmpq	%rcx, %rbp
	jne	.Ldamage
	notq	%rcx
	cmpq	%rcx, %r12
	jne	.Ldamage
	bswapq	%rcx
	cmpq	%rcx, %r13
	jne	.Ldamage
	notq	%rcx
	cmpq	%rcx, %r14
	jne	.Ldamage
	rolq	$8, %rcx
	cmpq	%rcx, %r15
	jne	.Ldamage
	stmxcsr	FRAME_SCRATCH(%r10)
	fnstcw	FRAME_SCRATCH+4(%r10)
	movl	FRAME_SCRATCH(%r10), %ecx
	xorl	FRAME_MXCSR(%r10), %ecx
	testl	$MXCSR_CONTROL, %ecx
	jne	.Ldamage
	movzwl	FRAME_SCRATCH+4(%r10), %ecx
	cmpw	%cx, FRAME_X87CW(%r10)
	jne	.Ldamage
	pushfq
	.cfi_adjust_cfa_offset 8
	popq	%rcx
	.cfi_adjust_cfa_offset -8
	testl	$0x400, %ecx
	jne	.Ldamage
.Lrestore:
	movq	cgofuzz_live(%rip), %rcx
	cmpl	$0, LIVE_CAPTURE(%rcx)
	jne	.Lcapture_return
.Lleave:
	leaq	-SHADOW_FRAME_BYTES(%r10), %rcx
	movq	%rcx, %fs:cgofuzz_shadow_top@tpoff
	movq	FRAME_RBP(%r10), %rbp
	movq	FRAME_R12(%r10), %r12
	movq	FRAME_R13(%r10), %r13
	movq	FRAME_R14(%r10), %r14
	movq	FRAME_R15(%r10), %r15
	pushq	FRAME_RA(%r10)
	.cfi_remember_state
	.cfi_adjust_cfa_offset 8
	.cfi_offset 16, -8
	movq	FRAME_RBX(%r10), %rbx
	.cfi_restore 3
	.cfi_restore 6
	.cfi_restore 12
	.cfi_restore 13
	.cfi_restore 14
	.cfi_restore 15
	ret
	.cfi_restore_state

/* Argument registers go to a struct cgofuzz_captured, C looks at it, and they come back from there. r11 is
 * kept behind them. */
.Lcapture_entry:
	subq	$CAPTURED_BYTES, %rsp
	.cfi_adjust_cfa_offset CAPTURED_BYTES
	movq	%rdi, 0(%rsp)
	movq	%rsi, 8(%rsp)
	movq	%rdx, 16(%rsp)
	movq	%rcx, 24(%rsp)
	movq	%r8, 32(%rsp)
	movq	%r9, 40(%rsp)
	movq	%rax, 48(%rsp)
	movq	%r11, CAPTURED_SPARE(%rsp)
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	movups	%xmm\n, CAPTURED_VECTOR + 16 * \n(%rsp)
	.endr
	movq	%rbx, %rdi
	movq	%rsp, %rsi
	call	cgofuzz_capture_entry
	movq	0(%rsp), %rdi
	movq	8(%rsp), %rsi
	movq	16(%rsp), %rdx
	movq	24(%rsp), %rcx
	movq	32(%rsp), %r8
	movq	40(%rsp), %r9
	movq	48(%rsp), %rax
	movq	CAPTURED_SPARE(%rsp), %r11
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	movups	CAPTURED_VECTOR + 16 * \n(%rsp), %xmm\n
	.endr
	addq	$CAPTURED_BYTES, %rsp
	.cfi_adjust_cfa_offset -CAPTURED_BYTES
	jmp	.Lcall

/* The same of results: rax rdx xmm0 xmm1 st0 st1. r10: the frame, kept in rbx, which is restored from it.
 * fxsave: Intel SDM volume 1, table 10-2: st0 at 32, xmm0 at 160. */
.Lcapture_return:
	subq	$CAPTURED_BYTES + 512, %rsp
	.cfi_adjust_cfa_offset CAPTURED_BYTES + 512
	fxsave	CAPTURED_BYTES(%rsp)
	movq	%rax, 48(%rsp)
	movq	%rdx, 16(%rsp)
	movups	%xmm0, CAPTURED_VECTOR(%rsp)
	movups	%xmm1, CAPTURED_VECTOR + 16(%rsp)
	movups	CAPTURED_BYTES + 32(%rsp), %xmm0
	movups	%xmm0, CAPTURED_X87(%rsp)
	movups	CAPTURED_BYTES + 48(%rsp), %xmm0
	movups	%xmm0, CAPTURED_X87 + 16(%rsp)
	movq	%r10, %rbx
	movq	%r10, %rdi
	movq	%rsp, %rsi
	call	cgofuzz_capture_return
	movq	%rbx, %r10
	movq	48(%rsp), %rax
	movq	16(%rsp), %rdx
	fxrstor	CAPTURED_BYTES(%rsp)
	addq	$CAPTURED_BYTES + 512, %rsp
	.cfi_adjust_cfa_offset -(CAPTURED_BYTES + 512)
	jmp	.Lleave

/* The topmost frame is not that of this stack pointer (r11): calls in between never returned (longjmp, a
 * panic), or the callee came back with another one; then a frame that rbx still names is believed, else
 * the topmost. Frames of other stacks may lie between: only equality counts. */
.Lsearch:
	movq	%r10, %rcx
1:	cmpq	%r11, FRAME_SP(%rcx)
	je	2f
	testw	%cx, %cx
	jz	3f
	subq	$SHADOW_FRAME_BYTES, %rcx
	jmp	1b
2:	movq	%rcx, %r10
	jmp	.Lfound
3:	movq	%rbx, %rcx
	xorq	%r10, %rcx
	testq	$-SHADOW_BYTES, %rcx
	jnz	.Ldamage
	testb	$(SHADOW_FRAME_BYTES - 1), %bl
	jnz	.Ldamage
	cmpq	%r10, %rbx
	ja	.Ldamage
	testw	%bx, %bx
	jz	.Ldamage
	movq	%rbx, %r10
	jmp	.Ldamage

/* r10: the frame. Registers go to a struct cgofuzz_after just below the frame's stack pointer, results
 * are kept, and C says what is wrong. */
.Ldamage:
	movq	%rsp, %rcx
	movq	FRAME_SP(%r10), %rsp
	leaq	8(%rsp), %rsp
	pushfq
	popq	%rsi
	cld
	pushq	%rcx
	pushq	%rsi
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbp
	pushq	%rbx
	pushq	$0
	movq	%r10, %rbx
	movq	%rsp, %rbp
	.cfi_remember_state
	.cfi_def_cfa 6, AFTER_BYTES
	stmxcsr	0(%rbp)
	fnstcw	4(%rbp)
	pushq	%rax
	pushq	%rdx
	subq	$512, %rsp
	andq	$-64, %rsp
	fxsave	(%rsp)
	ldmxcsr	FRAME_MXCSR(%rbx)
	fldcw	FRAME_X87CW(%rbx)
	movq	%rbx, %rdi
	movq	%rbp, %rsi
	call	cgofuzz_canary_damage
	fxrstor	(%rsp)
	ldmxcsr	FRAME_MXCSR(%rbx)
	fldcw	FRAME_X87CW(%rbx)
	movq	-8(%rbp), %rax
	movq	-16(%rbp), %rdx
	movq	%rbx, %r10
	leaq	AFTER_BYTES(%rbp), %rsp
	.cfi_restore_state
	jmp	.Lrestore
	.cfi_endproc

	.cfi_startproc
/* Not a call like others: r10 is 0 at a thread's first. */
.Lunusual:
	testq	%r10, %r10
	jz	.Lnew
/* No room. Frames at or below the stack pointer are those of calls that never returned, as long as all
 * are on one stack; if there is none, the call goes on without a trampoline. */
	subq	$SHADOW_FRAME_BYTES, %r10
	cmpq	%rsp, FRAME_SP(%r10)
	ja	2f
1:	subq	$SHADOW_FRAME_BYTES, %r10
	cmpq	%rsp, FRAME_SP(%r10)
	jbe	1b
	jmp	.Lpush
2:	movq	STUB_TARGET(%r11), %r10
	movq	STUB_REAL(%r11), %r11
	jmp	*%r10

/* The call does not take place. A result in memory is where the caller said (rdi). */
.Lmisaligned:
	movq	FRAME_RBX(%r10), %rbx
	.globl	cgofuzz_trampoline_misaligned
cgofuzz_trampoline_misaligned:
	pushq	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_offset 6, -16
	movq	%rsp, %rbp
	.cfi_def_cfa_register 6
	pushq	%rdi
	andq	$-16, %rsp
	movq	%r11, %rdi
	leaq	16(%rbp), %rsi
	call	cgofuzz_canary_misaligned
	movq	-8(%rbp), %rax
	leave
	.cfi_def_cfa 7, 8
	.cfi_restore 6
	ret
	.cfi_endproc

/* A thread's first call: every register that can carry an argument is kept. */
	.cfi_startproc
.Lnew:	pushq	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_offset 6, -16
	movq	%rsp, %rbp
	.cfi_def_cfa_register 6
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	%r8
	pushq	%r9
	pushq	%rax
	pushq	%r11
	subq	$128, %rsp
	andq	$-16, %rsp
	movups	%xmm0, 0(%rsp)
	movups	%xmm1, 16(%rsp)
	movups	%xmm2, 32(%rsp)
	movups	%xmm3, 48(%rsp)
	movups	%xmm4, 64(%rsp)
	movups	%xmm5, 80(%rsp)
	movups	%xmm6, 96(%rsp)
	movups	%xmm7, 112(%rsp)
	call	cgofuzz_shadow_new
	movups	0(%rsp), %xmm0
	movups	16(%rsp), %xmm1
	movups	32(%rsp), %xmm2
	movups	48(%rsp), %xmm3
	movups	64(%rsp), %xmm4
	movups	80(%rsp), %xmm5
	movups	96(%rsp), %xmm6
	movups	112(%rsp), %xmm7
	leaq	-64(%rbp), %rsp
	popq	%r11
	popq	%rax
	popq	%r9
	popq	%r8
	popq	%rcx
	popq	%rdx
	popq	%rsi
	popq	%rdi
	popq	%rbp
	.cfi_def_cfa 7, 8
	.cfi_restore 6
	jmp	cgofuzz_trampoline
	.cfi_endproc
	.size	cgofuzz_trampoline, . - cgofuzz_trampoline
	.section .note.GNU-stack, "", @progbits
