/* trampoline_stub.h: guest, amd64. Assembler macros for a batch's stubs.S: what the linker's --wrap
 * puts between a caller and a function.
 *	CGOFUZZ_STUB     name, real, slot, direction
 *	CGOFUZZ_STUB_VIA name, via, real, slot, direction
 *	CGOFUZZ_STUB_BEFORE name, via, next
 * Calls go name -> cgofuzz_trampoline -> real, or -> via with what it is to call in r11: a second check
 * of the stack pointer before real. via gets every other register and the stack as the caller made
 * them, but for the callee-saved ones, and r10, which is the trampoline's.
 * BEFORE: name -> via, with next, the stub proper, in r11: via speaks for the caller. */

.macro CGOFUZZ_STUB_ENTRY name, target, real, slot, direction
	.section cgofuzz_text, "ax", @progbits
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
9:	.quad	\target, \real
	.long	\slot, \direction
	.section .note.GNU-stack, "", @progbits
	.text
.endm

.macro CGOFUZZ_STUB name, real, slot, direction
	CGOFUZZ_STUB_ENTRY \name, \real, \real, \slot, \direction
.endm

.macro CGOFUZZ_STUB_VIA name, via, real, slot, direction
	CGOFUZZ_STUB_ENTRY \name, \via, 8f, \slot, \direction
	.type	\name\()_checked, @function
\name\()_checked:
	.cfi_startproc
8:	leaq	8(%rsp), %r11
	testb	$15, %r11b
	leaq	9b(%rip), %r11
	jnz	cgofuzz_trampoline_misaligned
	jmp	\real
	.cfi_endproc
	.size	\name\()_checked, . - \name\()_checked
.endm

.macro CGOFUZZ_STUB_BEFORE name, via, next
	.text
	.balign	16
	.globl	\name
	.type	\name, @function
\name:
	.cfi_startproc
	leaq	\next(%rip), %r11
	jmp	\via
	.cfi_endproc
	.size	\name, . - \name
.endm
