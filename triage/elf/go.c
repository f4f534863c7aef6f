/* go.c: triage/elf, in the child. Offsets of runtime.g and runtime.m, from Go's own DWARF. */
#include "triage/go_layout.h"

#include <dwarf.h>
#include <string.h>

#include "triage/elf/reader.h"

static bool member_at(Dwarf_Die *type, const char *name, uint32_t *at)
{
	Dwarf_Attribute attr;
	Dwarf_Word value;
	Dwarf_Die die;

	if (dwarf_child(type, &die) != 0)
		return false;
	do {
		const char *is = dwarf_diename(&die);

		if (dwarf_tag(&die) == DW_TAG_member && is && !strcmp(is, name) &&
		    dwarf_attr(&die, DW_AT_data_member_location, &attr) &&
		    dwarf_formudata(&attr, &value) == 0) {
			*at = (uint32_t)value;
			return true;
		}
	} while (dwarf_siblingof(&die, &die) == 0);
	return false;
}

static void take(struct go_layout *out, Dwarf_Die *type, const char *name, uint32_t *sched)
{
	if (!strcmp(name, "runtime.g")) {
		member_at(type, "m", &out->g_m);
		member_at(type, "sched", &out->g_sched);
		member_at(type, "goid", &out->g_goid);
	} else if (!strcmp(name, "runtime.m")) {
		member_at(type, "g0", &out->m_g0);
		member_at(type, "curg", &out->m_curg);
		member_at(type, "lockedg", &out->m_lockedg);
	} else if (!strcmp(name, "runtime.gobuf")) {
		member_at(type, "sp", &sched[0]);
		member_at(type, "pc", &sched[1]);
		member_at(type, "lr", &sched[2]);
		member_at(type, "bp", &sched[3]);
	}
}

/* True if all three types are in the unit. */
static bool unit_walk(struct go_layout *out, Dwarf_Die *unit, uint32_t *sched)
{
	Dwarf_Die die;
	int found = 0;

	if (dwarf_child(unit, &die) != 0)
		return false;
	do {
		const char *name = dwarf_diename(&die);

		if (dwarf_tag(&die) != DW_TAG_structure_type || !name)
			continue;
		if (strcmp(name, "runtime.g") && strcmp(name, "runtime.m") &&
		    strcmp(name, "runtime.gobuf"))
			continue;
		take(out, &die, name, sched);
		found++;
	} while (found < 3 && dwarf_siblingof(&die, &die) == 0);
	return found == 3;
}

bool reader_go(struct reader *r, const struct elf_ask *ask, struct buf *out)
{
	uint32_t sched[4] = { 0, 8, 32, 40 };
	struct go_layout l = GO_LAYOUT_DEFAULT;
	Dwarf_CU *cu = NULL;
	Dwarf_Die unit;

	(void)ask;
	while (r->dwarf && dwarf_get_units(r->dwarf, cu, &cu, NULL, NULL, &unit, NULL) == 0) {
		const char *name = dwarf_diename(&unit);

		/* Each assembly file of the runtime is a unit of that name too. */
		if (name && !strcmp(name, "runtime") && unit_walk(&l, &unit, sched))
			break;
	}
	l.sched_sp = l.g_sched + sched[0];
	l.sched_pc = l.g_sched + sched[1];
	l.sched_lr = l.g_sched + sched[2];
	l.sched_bp = l.g_sched + sched[3];
	buf_add(out, &l, sizeof(l));
	return true;
}
