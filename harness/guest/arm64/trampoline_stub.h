/* trampoline_stub.h: guest, arm64. Assembler macros for a batch's stubs.S: what the linker's --wrap
 * puts between a caller and a function.
 *	CGOFUZZ_STUB     name, real, slot, direction
 *	CGOFUZZ_STUB_VIA name, via, real, slot, direction
 *	CGOFUZZ_STUB_BEFORE name, via, next
 * Calls go name -> cgofuzz_trampoline -> real, or -> via with what it is to call in x16: a second check
 * of the stack pointer before real. via gets every other register and the stack as the caller made
 * them, but for the callee-saved ones, and x9 to x17, which are the trampoline's.
 * BEFORE: name -> via, with next, the stub proper, in x16: via speaks for the caller. */

.macro CGOFUZZ_STUB_ENTRY name, target, real, slot, direction
	.section cgofuzz_text, "ax", %progbits
	.balign	4
	.globl	\name
	.type	\name, %function
\name:
	.cfi_startproc
	adrp	x16, 9f
	add	x16, x16, #:lo12:9f
	b	cgofuzz_trampoline
	.cfi_endproc
	.size	\name, . - \name
	.section .data.rel.ro, "aw", %progbits
	.balign	8
9:	.quad	\target, \real
	.long	\slot, \direction
	.section .note.GNU-stack, "", %progbits
	.text
.endm

.macro CGOFUZZ_STUB name, real, slot, direction
	CGOFUZZ_STUB_ENTRY \name, \real, \real, \slot, \direction
.endm

.macro CGOFUZZ_STUB_VIA name, via, real, slot, direction
	CGOFUZZ_STUB_ENTRY \name, \via, 8f, \slot, \direction
	.type	\name\()_checked, %function
\name\()_checked:
	.cfi_startproc
8:	mov	x17, sp
	tst	x17, #15
	adrp	x16, 9b
	add	x16, x16, #:lo12:9b
	b.ne	7f
	b	\real
7:	b	cgofuzz_trampoline_misaligned
	.cfi_endproc
	.size	\name\()_checked, . - \name\()_checked
.endm

.macro CGOFUZZ_STUB_BEFORE name, via, next
	.text
	.balign	16
	.globl	\name
	.type	\name, %function
\name:
	.cfi_startproc
	adrp	x16, \next
	add	x16, x16, #:lo12:\next
	b	\via
	.cfi_endproc
	.size	\name, . - \name
.endm
