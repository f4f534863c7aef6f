/* row.c: triage/elf, in the child. Rows of call frame information, spelled out for those who interpret them. */
#include "triage/elf/reader.h"

#include <stdlib.h>

#include "triage/image.h"

static void put_ops(struct buf *out, enum image_rule_kind kind, const Dwarf_Op *ops, size_t count)
{
	if (count > ELF_OPS_MAX) {
		kind = IMAGE_RULE_UNKNOWN;
		count = 0;
	}
	elf_put32(out, kind);
	elf_put32(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		elf_put32(out, ops[i].atom);
		elf_put64(out, ops[i].number);
		elf_put64(out, ops[i].number2);
	}
}

/* count 0 says two things, told apart by where ops points: dwarf_frame_register(), libdw.h. */
static void put_register(struct buf *out, Dwarf_Frame *row, int n)
{
	Dwarf_Op mem[3], *ops = NULL;
	size_t count = 0;

	if (dwarf_frame_register(row, n, mem, &ops, &count) != 0)
		put_ops(out, IMAGE_RULE_UNKNOWN, NULL, 0);
	else if (count == 0)
		put_ops(out, ops == mem ? IMAGE_RULE_UNDEFINED : IMAGE_RULE_SAME, NULL, 0);
	else
		put_ops(out, IMAGE_RULE_OPS, ops, count);
}

/* u32 number of the return address, then the CFA's rule and those of the registers from 0 on: each u32 kind,
 * u32 count of operations, each u32 atom, u64 number, u64 number2. */
static void put_row(struct buf *out, Dwarf_Frame *row)
{
	Dwarf_Addr start, end;
	Dwarf_Op *ops = NULL;
	size_t count = 0;
	bool is_signal;
	int ra = dwarf_frame_info(row, &start, &end, &is_signal);

	elf_put32(out, ra < 0 || ra >= IMAGE_REGS ? UINT32_MAX : (uint32_t)ra);
	if (dwarf_frame_cfa(row, &ops, &count) != 0 || count == 0)
		put_ops(out, IMAGE_RULE_UNKNOWN, NULL, 0);
	else
		put_ops(out, IMAGE_RULE_OPS, ops, count);
	for (int n = 0; n < IMAGE_REGS; n++)
		put_register(out, row, n);
}

bool reader_row(struct reader *r, const struct elf_ask *ask, struct buf *out)
{
	Dwarf_Frame *row = NULL;

	if (!r->eh || dwarf_cfi_addrframe(r->eh, ask->addr, &row) != 0) {
		row = NULL;
		if (!r->debug || dwarf_cfi_addrframe(r->debug, ask->addr, &row) != 0)
			return false;
	}
	put_row(out, row);
	free(row);
	return true;
}
