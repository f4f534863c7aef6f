/* image_line.c: triage. Source lines. libdw finds an address's compilation unit by .debug_aranges,
 * which Go does not write: so an own map, from every unit's ranges. */
#include <dwarf.h>
#include <stdlib.h>

#include "base/buf.h"
#include "triage/image_private.h"

static void unit_add(struct image *m, uint64_t low, uint64_t high, const Dwarf_Die *die)
{
	if (low >= high)
		return;
	if (m->unit_count == m->unit_cap) {
		m->unit_cap = m->unit_cap ? 2 * m->unit_cap : 64;
		m->units = xrealloc(m->units, m->unit_cap * sizeof(*m->units));
	}
	m->units[m->unit_count++] = (struct image_unit){ low, high, *die };
}

static int unit_compare(const void *a, const void *b)
{
	const struct image_unit *x = a, *y = b;

	return x->low < y->low ? -1 : x->low > y->low;
}

static void units_read(struct image *m)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;

	m->units_read = true;
	while (m->dwarf && dwarf_get_units(m->dwarf, cu, &cu, NULL, NULL, &die, NULL) == 0) {
		Dwarf_Addr base, low, high;
		ptrdiff_t at = 0;

		if (dwarf_tag(&die) != DW_TAG_compile_unit)
			continue;
		while ((at = dwarf_ranges(&die, at, &base, &low, &high)) > 0)
			unit_add(m, low, high, &die);
	}
	if (m->unit_count)
		qsort(m->units, m->unit_count, sizeof(*m->units), unit_compare);
}

static Dwarf_Die *unit_at(struct image *m, uint64_t addr)
{
	uint32_t low = 0, high;

	if (!m->units_read)
		units_read(m);
	high = m->unit_count;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (m->units[mid].low <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low && addr < m->units[low - 1].high ? &m->units[low - 1].die : NULL;
}

bool image_line(struct image *m, uint64_t addr, const char **file, int *line)
{
	Dwarf_Die *unit = unit_at(m, addr);
	Dwarf_Line *row = unit ? dwarf_getsrc_die(unit, addr) : NULL;

	if (!row || dwarf_lineno(row, line) != 0)
		return false;
	*file = dwarf_linesrc(row, NULL, NULL);
	return *file != NULL;
}

void image_inlines(struct image *m, uint64_t addr, image_inline_fn *fn, void *ctx)
{
	Dwarf_Die *unit = unit_at(m, addr), *scopes = NULL;
	int n = unit ? dwarf_getscopes(unit, addr, &scopes) : 0;

	for (int i = 0; i < n; i++) {
		int tag = dwarf_tag(&scopes[i]);
		const char *name = dwarf_diename(&scopes[i]);

		if (tag == DW_TAG_subprogram)
			break;
		if (tag == DW_TAG_inlined_subroutine && name)
			fn(name, dwarf_decl_file(&scopes[i]), ctx);
	}
	free(scopes);
}
