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

void emit_stubs(struct buf *out, const struct batch *b, const struct emit_options *o)
{
	text_banner(out, "//", b, o);
	buf_addstr(out,
		   "// The linker gets --wrap=f0 --wrap=go0 ...: calls from other objects come here first.\n"
		   "#include \"trampoline_stub.h\"\n");
	for (uint32_t i = 0; i < b->count; i++) {
		const struct target_case *row = b->slots[i].row;

		if (text_skipped(o, i))
			continue;
		emit_stub(out, "f", i, CGOFUZZ_GO_TO_C, row ? row->stub : NULL);
		emit_stub(out, "go", i, CGOFUZZ_C_TO_GO, NULL);
	}
}

void emit_wraps(struct buf *out, const struct batch *b, const struct emit_options *o)
{
	for (uint32_t i = 0; i < b->count; i++)
		if (!text_skipped(o, i))
			buf_addf(out, "-Wl,--wrap=f%u\n-Wl,--wrap=go%u\n", i, i);
}
