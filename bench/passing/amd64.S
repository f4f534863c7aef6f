/* amd64.S: bench, the guest of the part `passing`. psABI 3.2.3. */
#define GENERAL 0
#define VECTOR 128
#define X87 384
#define STACK 416
#define STACK_BYTES 8192

	.text
/* void passing_dump(...): stores rdi rsi rdx rcx r8 r9, xmm0-7 and the stack above the return address. */
	.globl passing_dump
	.type passing_dump, @function
passing_dump:
	leaq passing_state(%rip), %rax
	movq %rdi, GENERAL+0(%rax)
	movq %rsi, GENERAL+8(%rax)
	movq %rdx, GENERAL+16(%rax)
	movq %rcx, GENERAL+24(%rax)
	movq %r8, GENERAL+32(%rax)
	movq %r9, GENERAL+40(%rax)
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7
	movups %xmm\n, VECTOR+16*\n(%rax)
	.endr
	leaq 8(%rsp), %rsi
	leaq STACK(%rax), %rdi
	movl $STACK_BYTES, %ecx
	rep movsb
	ret
	.size passing_dump, . - passing_dump

/* void passing_capture(void (*fn)(void), void *memory, uint32_t x87) */
	.globl passing_capture
	.type passing_capture, @function
passing_capture:
	pushq %rbx
	movl %edx, %ebx
	movq %rdi, %r11
	movq %rsi, %rdi
	xorl %eax, %eax
	pushq %rsi
	subq $8, %rsp
	call *%r11
	addq $8, %rsp
	popq %rsi
	leaq passing_state(%rip), %rcx
	movq %rsi, GENERAL+0(%rcx)
	movq %rax, GENERAL+48(%rcx)
	movq %rdx, GENERAL+16(%rcx)
	movups %xmm0, VECTOR+0(%rcx)
	movups %xmm1, VECTOR+16(%rcx)
	testl %ebx, %ebx
	jz 1f
	fstpt X87(%rcx)
	decl %ebx
	jz 1f
	fstpt X87+16(%rcx)
1:	popq %rbx
	ret
	.size passing_capture, . - passing_capture
	.section .note.GNU-stack, "", @progbits
