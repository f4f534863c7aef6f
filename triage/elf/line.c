/* line.c: triage/elf, in the child. Source lines and inlined functions. libdw finds an address's compilation unit by
 * .debug_aranges, which Go does not write: so an own map, from every unit's ranges. */
#include "triage/elf/reader.h"

#include <dwarf.h>
#include <stdlib.h>

static void unit_add(struct reader *r, uint64_t low, uint64_t high, const Dwarf_Die *die)
{
	if (low >= high)
		return;
	if (r->unit_count == r->unit_cap) {
		r->unit_cap = r->unit_cap ? 2 * r->unit_cap : 64;
		r->units = xrealloc(r->units, r->unit_cap * sizeof(*r->units));
	}
	r->units[r->unit_count++] = (struct reader_unit){ low, high, *die };
}

static int unit_compare(const void *a, const void *b)
{
	const struct reader_unit *x = a, *y = b;

	return x->low < y->low ? -1 : x->low > y->low;
}

static void units_read(struct reader *r)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;

	r->units_read = true;
	while (r->dwarf && dwarf_get_units(r->dwarf, cu, &cu, NULL, NULL, &die, NULL) == 0) {
		Dwarf_Addr base, low, high;
		ptrdiff_t at = 0;

		if (dwarf_tag(&die) != DW_TAG_compile_unit)
			continue;
		while ((at = dwarf_ranges(&die, at, &base, &low, &high)) > 0)
			unit_add(r, low, high, &die);
	}
	if (r->unit_count)
		qsort(r->units, r->unit_count, sizeof(*r->units), unit_compare);
}

static Dwarf_Die *unit_at(struct reader *r, uint64_t addr)
{
	uint32_t low = 0, high;

	if (!r->units_read)
		units_read(r);
	high = r->unit_count;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (r->units[mid].low <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low && addr < r->units[low - 1].high ? &r->units[low - 1].die : NULL;
}

bool reader_line(struct reader *r, const struct elf_ask *ask, struct buf *out)
{
	Dwarf_Die *unit = unit_at(r, ask->addr);
	Dwarf_Line *row = unit ? dwarf_getsrc_die(unit, ask->addr) : NULL;
	const char *file;
	int line;

	if (!row || dwarf_lineno(row, &line) != 0)
		return false;
	file = dwarf_linesrc(row, NULL, NULL);
	elf_put32(out, (uint32_t)line);
	elf_put_text(out, file);
	return file != NULL;
}

bool reader_inlines(struct reader *r, const struct elf_ask *ask, struct buf *out)
{
	Dwarf_Die *unit = unit_at(r, ask->addr), *scopes = NULL;
	int n = unit ? dwarf_getscopes(unit, ask->addr, &scopes) : 0;
	struct buf rows = BUF_INIT;
	uint32_t count = 0;

	for (int i = 0; i < n && count < ELF_INLINES_MAX; i++) {
		int tag = dwarf_tag(&scopes[i]);
		const char *name = dwarf_diename(&scopes[i]);

		if (tag == DW_TAG_subprogram)
			break;
		if (tag != DW_TAG_inlined_subroutine || !name)
			continue;
		elf_put_text(&rows, name);
		elf_put_text(&rows, dwarf_decl_file(&scopes[i]));
		count++;
	}
	free(scopes);
	elf_put32(out, count);
	buf_add(out, rows.ptr, rows.len);
	buf_release(&rows);
	return count > 0;
}
