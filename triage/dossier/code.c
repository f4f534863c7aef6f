/* code.c: triage. Instructions around the place of a fault, by capstone. */
#include <capstone/capstone.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "triage/dossier/internal.h"
#include "triage/text.h"

#define BEFORE 8 /* instructions shown before pc */
#define AFTER 6
#define MOST_BYTES 65536 /* of a function that are gone through to find where instructions begin */
#define LONGEST 16 /* bytes of one instruction */

static bool open_for(const struct dossier *d, csh *handle)
{
	cs_err rc = d->b->rec->arch == CGOFUZZ_ARCH_ARM64
		? cs_open(CS_ARCH_ARM64, CS_MODE_ARM, handle)
		: cs_open(CS_ARCH_X86, CS_MODE_64, handle);

	return rc == CS_ERR_OK && cs_option(*handle, CS_OPT_SKIPDATA, CS_OPT_ON) == CS_ERR_OK;
}

static json_t *instruction(const cs_insn *in, uint64_t pc, const struct frame *f)
{
	struct buf name = BUF_INIT, bytes = BUF_INIT;
	json_t *json;

	buf_add(&name, f->symbol.name, frame_name_len(f));
	buf_addf(&name, "+0x%" PRIx64, in->address - f->symbol.addr);
	for (uint16_t i = 0; i < in->size; i++)
		buf_addf(&bytes, "%s%02x", i ? " " : "", in->bytes[i]);
	json = json_pack("{s:o, s:o, s:s, s:s, s:s, s:b}", "address", json_hex(in->address), "at",
			 text_to_json(name.ptr), "bytes", bytes.ptr, "mnemonic", in->mnemonic,
			 "operands", in->op_str, "pc", in->address == pc);
	buf_release(&name);
	buf_release(&bytes);
	return json;
}

/* The instruction at or behind pc, and so many before and after it. */
static json_t *around(const struct frame *f, uint64_t pc, const cs_insn *list, size_t count)
{
	json_t *out = json_array();
	size_t at = 0;

	while (at < count && list[at].address + list[at].size <= pc)
		at++;
	for (size_t i = at > BEFORE ? at - BEFORE : 0; i < count && i <= at + AFTER; i++)
		json_array_append_new(out, instruction(&list[i], i == at ? list[i].address : 0, f));
	return out;
}

json_t *dossier_code(const struct dossier *d)
{
	const struct frame *f = dossier_frame(d);
	uint64_t pc = f ? f->lookup : 0, from, want;
	json_t *json = json_null();
	uint8_t *bytes;
	cs_insn *list;
	size_t n;
	csh handle;

	if (!f || !f->image || !f->symbol.name || pc < f->symbol.addr)
		return json_null();
	/* Instructions of amd64 can only be read from where one begins: the function. */
	from = pc - f->symbol.addr > MOST_BYTES ? pc & ~3ull : f->symbol.addr;
	want = pc - from + (uint64_t)(AFTER + 1) * LONGEST;
	if (f->symbol.size && from + want > f->symbol.addr + f->symbol.size)
		want = f->symbol.addr + f->symbol.size - from;
	bytes = xcalloc(1, want + 1);
	n = image_bytes(f->image->image, from - f->image->bias, bytes, want);
	if (n && open_for(d, &handle)) {
		n = cs_disasm(handle, bytes, n, from, 0, &list);
		if (n) {
			json = json_pack("{s:o, s:b, s:o}", "function", text_to_json(f->symbol.name),
					 "innermost", f == &d->stack->frames[0], "instructions",
					 around(f, pc, list, n));
			cs_free(list, n);
		}
		cs_close(&handle);
	}
	free(bytes);
	return json;
}

void dossier_print_code(const json_t *part, struct buf *out)
{
	const json_t *in;
	size_t i;

	json_array_foreach(json_object_get(part, "instructions"), i, in)
	{
		buf_addf(out, "%s %12s  %-30s ", json_is_true(json_object_get(in, "pc")) ? ">" : " ",
			 json_text(in, "address"), json_text(in, "bytes"));
		add_safe(out, json_text(in, "mnemonic"));
		buf_addch(out, ' ');
		add_safe(out, json_text(in, "operands"));
		buf_addstr(out, "  <");
		add_safe(out, json_text(in, "at"));
		buf_addstr(out, ">\n");
	}
}
