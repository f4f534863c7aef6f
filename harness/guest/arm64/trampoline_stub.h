/* trampoline_stub.h: guest, arm64. Assembler macros for a batch's stubs.S: what the linker's --wrap
 * puts between a caller and a function.
 *	CGOFUZZ_STUB     name, real, slot, direction
 *	CGOFUZZ_STUB_VIA name, via, real, slot, direction
 * Calls go name -> cgofuzz_trampoline -> real, or -> via with the address of real in x16; via gets
 * every other register and the stack as the caller made them, but for the callee-saved ones, and
 * x9 to x17, which are the trampoline's. */

.macro CGOFUZZ_STUB_VIA name, via, real, slot, direction
	.text
	.balign	16
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
9:	.quad	\via, \real
	.long	\slot, \direction
	.section .note.GNU-stack, "", %progbits
	.text
.endm

.macro CGOFUZZ_STUB name, real, slot, direction
	CGOFUZZ_STUB_VIA \name, \real, \real, \slot, \direction
.endm
