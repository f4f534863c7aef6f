/* turb_library.S: guest. Both builds of turb_library.c as they are in files, so that a guest is one file. */
	.section .rodata
	.globl cgofuzz_library_plain, cgofuzz_library_plain_end
	.globl cgofuzz_library_fast, cgofuzz_library_fast_end
cgofuzz_library_plain:
	.incbin "plain.so"
cgofuzz_library_plain_end:
cgofuzz_library_fast:
	.incbin "fast.so"
cgofuzz_library_fast_end:
	.section .note.GNU-stack, "", %progbits
