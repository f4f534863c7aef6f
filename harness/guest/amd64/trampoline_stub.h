/* trampoline_stub.h: guest, amd64. Assembler macros for a batch's stubs.S: what the linker's --wrap
 * puts between a caller and a function.
 *	CGOFUZZ_STUB     name, real, slot, direction
 *	CGOFUZZ_STUB_VIA name, via, real, slot, direction
 * Calls go name -> cgofuzz_trampoline -> real, or -> via with the address of real in r11; via gets
 * every other register and the stack as the caller made them, but for the callee-saved ones, and
 * r10, which is the trampoline's. */

.macro CGOFUZZ_STUB_VIA name, via, real, slot, direction
	.text
	.balign	16
	.globl	\name
	.type	\name, @function
\name:
	.cfi_startproc
	leaq	9f(%rip), %r11
	jmp	cgofuzz_trampoline
	.cfi_endproc
	.size	\name, . - \name
	.section .data.rel.ro, "aw", @progbits
	.balign	8
9:	.quad	\via, \real
	.long	\slot, \direction
	.section .note.GNU-stack, "", @progbits
	.text
.endm

.macro CGOFUZZ_STUB name, real, slot, direction
	CGOFUZZ_STUB_VIA \name, \real, \real, \slot, \direction
.endm
