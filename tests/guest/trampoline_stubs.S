/* trampoline_stubs.S: tests. What a batch's stubs.S is, for trampoline.c. */
#include "trampoline_stub.h"
CGOFUZZ_STUB wrap_many, many, 0, 0
CGOFUZZ_STUB wrap_sret, sret, 1, 0
CGOFUZZ_STUB wrap_two, two, 2, 0
CGOFUZZ_STUB wrap_wide, wide, 3, 0
CGOFUZZ_STUB wrap_jump, jump, 4, 0
CGOFUZZ_STUB wrap_dive, dive, 5, 0
CGOFUZZ_STUB wrap_elsewhere, elsewhere, 6, 0
CGOFUZZ_STUB_VIA wrap_two_damaged, damage, two, 9, 1
CGOFUZZ_STUB_VIA wrap_wide_damaged, damage, wide, 10, 1
#ifdef __aarch64__
damage:	mov	x25, #77
	br	x16
#else
damage:	movq	$77, %r13
	jmp	*%r11
#endif
