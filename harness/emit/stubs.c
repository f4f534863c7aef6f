/* stubs.c: emit. The trampolines between both sides of every case, and what routes calls there. */
#include "emit/text.h"
#include "guest/wire.h"

static void emit_stub(struct buf *out, const char *name, uint32_t slot, int direction, const char *via)
{
	if (via)
		buf_addf(out, "CGOFUZZ_STUB_VIA __wrap_%s%u, %s, __real_%s%u, %u, %d\n", name, slot,
			 via, name, slot, slot, direction);
	else
		buf_addf(out, "CGOFUZZ_STUB __wrap_%s%u, __real_%s%u, %u, %d\n", name, slot, name,
			 slot, slot, direction);
}

/* The stub stands before the trampoline: it speaks for the caller. */
static void emit_before(struct buf *out, uint32_t slot, const char *via)
{
	buf_addf(out,
		 "CGOFUZZ_STUB_BEFORE __wrap_f%u, %s, __wrap_f%u_behind\n"
		 "CGOFUZZ_STUB __wrap_f%u_behind, __real_f%u, %u, %d\n",
		 slot, via, slot, slot, slot, slot, CGOFUZZ_GO_TO_C);
}

void emit_stubs(struct buf *out, const struct batch *b, const struct emit_options *o)
{
	text_banner(out, "//", b, o);
	buf_addstr(out,
		   "// The linker gets --wrap=f0 --wrap=go0 ...: calls from other objects come here first.\n"
		   "#include \"trampoline_stub.h\"\n"
		   "\t.section .rodata\n\t.balign 16\n\t.globl cgofuzz_abi\n"
		   "cgofuzz_abi:\n\t.incbin \"abi.bin\"\n\t.text\n");
	for (uint32_t i = 0; i < b->count; i++) {
		const struct target_case *row = b->slots[i].row;

		if (text_skipped(o, i))
			continue;
		if (row && row->stub && row->side == TARGET_WRAPPER)
			emit_before(out, i, row->stub);
		else
			emit_stub(out, "f", i, CGOFUZZ_GO_TO_C, row ? row->stub : NULL);
		if (text_has_export(&b->slots[i].c))
			emit_stub(out, "go", i, CGOFUZZ_C_TO_GO, NULL);
		if (emit_needs_caller(b, o, i))
			emit_stub(out, "back", i, CGOFUZZ_C_TO_GO, NULL);
	}
}

void emit_wraps(struct buf *out, const struct batch *b, const struct emit_options *o)
{
	for (uint32_t i = 0; i < b->count; i++)
		if (!text_skipped(o, i)) {
			buf_addf(out, "-Wl,--wrap=f%u\n-Wl,--wrap=go%u\n", i, i);
			if (emit_needs_caller(b, o, i))
				buf_addf(out, "-Wl,--wrap=back%u\n", i);
		}
}
