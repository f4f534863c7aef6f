/* arm64.S: bench, the guest of the part `passing`. AAPCS64 6.8, 6.9. */
#define GENERAL 0
#define VECTOR 128
#define STACK 416
#define STACK_BYTES 8192

	.text
/* void passing_dump(...): stores x0-x8, v0-v7 and the stack. */
	.globl passing_dump
	.type passing_dump, %function
passing_dump:
	adrp x9, passing_state
	add x9, x9, :lo12:passing_state
	stp x0, x1, [x9, #GENERAL]
	stp x2, x3, [x9, #GENERAL+16]
	stp x4, x5, [x9, #GENERAL+32]
	stp x6, x7, [x9, #GENERAL+48]
	str x8, [x9, #GENERAL+64]
	stp q0, q1, [x9, #VECTOR]
	stp q2, q3, [x9, #VECTOR+32]
	stp q4, q5, [x9, #VECTOR+64]
	stp q6, q7, [x9, #VECTOR+96]
	add x9, x9, #STACK
	mov x10, #0
1:	add x12, sp, x10
	ldr x11, [x12]
	str x11, [x9, x10]
	add x10, x10, #8
	cmp x10, #STACK_BYTES
	b.lo 1b
	ret
	.size passing_dump, . - passing_dump

/* void passing_capture(void (*fn)(void), void *memory, uint32_t x87) */
	.globl passing_capture
	.type passing_capture, %function
passing_capture:
	stp x29, x30, [sp, #-32]!
	str x1, [sp, #16]
	mov x8, x1
	blr x0
	adrp x9, passing_state
	add x9, x9, :lo12:passing_state
	stp x0, x1, [x9, #GENERAL]
	stp x2, x3, [x9, #GENERAL+16]
	stp x4, x5, [x9, #GENERAL+32]
	stp x6, x7, [x9, #GENERAL+48]
	ldr x10, [sp, #16]
	str x10, [x9, #GENERAL+64]
	stp q0, q1, [x9, #VECTOR]
	stp q2, q3, [x9, #VECTOR+32]
	ldp x29, x30, [sp], #32
	ret
	.size passing_capture, . - passing_capture
	.section .note.GNU-stack, "", %progbits
