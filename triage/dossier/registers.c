/* registers.c: triage. The registers in a dossier: what each may mean, and those that the fault is about. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "triage/dossier/internal.h"
#include "triage/text.h"

#define DWARF_ARM64_V0 64 /* AADWARF64 4.1: v0-v31 */

/* Where a capture fault looked, if that was a register. */
static void captured_name(const struct dossier *d, char name[16])
{
	const struct abi_register *r;
	unsigned count;

	r = abi_registers(abi_find(d->space.arch->name), &count);
	for (unsigned i = 0; i < count; i++)
		if (r[i].where == (enum abi_where)d->f->piece.place &&
		    r[i].number == d->f->piece.number)
			snprintf(name, 16, "%s", r[i].name);
}

/* The register that the fault is about: its name, "" if it is about none. */
static void damaged_name(const struct dossier *d, char name[16])
{
	const struct cgofuzz_fault *f = d->f;
	bool arm = d->b->rec->arch == CGOFUZZ_ARCH_ARM64;

	*name = '\0';
	if (f->kind == CGOFUZZ_FAULT_GPR && d->regs && f->reg < UNWIND_REGS &&
	    d->regs->wire[f->reg] >= 0)
		snprintf(name, 16, "%s", d->regs->names[d->regs->wire[f->reg]]);
	else if (f->kind == CGOFUZZ_FAULT_FPR)
		snprintf(name, 16, "v%u",
			 f->reg >= DWARF_ARM64_V0 ? f->reg - DWARF_ARM64_V0 : f->reg);
	else if (f->kind == CGOFUZZ_FAULT_FPENV)
		snprintf(name, 16, "%s", arm ? "fpcr" : "mxcsr");
	else if (f->kind == CGOFUZZ_FAULT_SP_ALIGN || f->kind == CGOFUZZ_FAULT_SP_CHANGED)
		snprintf(name, 16, "%s", arm ? "sp" : "rsp");
	else if (f->kind == CGOFUZZ_FAULT_DIRECTION)
		snprintf(name, 16, "eflags");
	else if (f->kind == CGOFUZZ_FAULT_CAPTURE)
		captured_name(d, name);
}

static bool is_mode(const char *name)
{
	static const char *const modes[] = { "eflags", "pstate", "mxcsr", "x87", "fpcr", "fpsr" };
	bool mode = false;

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		mode |= !strcmp(name, modes[i]);
	return mode;
}

static json_t *one(const struct dossier *d, const char *name, const uint64_t value[2], bool wide)
{
	struct buf means = BUF_INIT, text = BUF_INIT;
	char damaged[16];
	json_t *json;
	bool is;

	damaged_name(d, damaged);
	is = !strcmp(name, damaged);
	if (wide)
		buf_addf(&text, "0x%016" PRIx64 "%016" PRIx64, value[1], value[0]);
	else
		buf_addf(&text, "0x%016" PRIx64, value[0]);
	if (!wide && !is_mode(name))
		classify_address(d, value[0], &means);
	json = json_pack("{s:s, s:s, s:o, s:b, s:o, s:o}", "name", name, "value", text.ptr, "means",
			 text_to_json(means.ptr), "damaged", is, "expected",
			 is ? json_hex(d->f->expected) : json_string(""), "got",
			 is ? json_hex(d->f->got) : json_string(""));
	buf_release(&means);
	buf_release(&text);
	return json;
}

/* Between caller and callee, where the trampoline stood: of a fault that it saw there. */
static json_t *crossing(const struct dossier *d)
{
	const struct abi *abi = abi_find(d->space.arch->name);
	const struct cgofuzz_captured *c = &d->f->captured;
	const struct abi_register *r;
	json_t *list = json_array();
	unsigned count;

	r = abi_registers(abi, &count);
	for (unsigned i = 0; i < count; i++) {
		const uint64_t *value = r[i].where == ABI_GENERAL ? &c->general[r[i].number]
			: r[i].where == ABI_VECTOR		  ? c->vector[r[i].number]
								  : c->x87[r[i].number];

		json_array_append_new(list, one(d, r[i].name, value, r[i].where != ABI_GENERAL));
	}
	return list;
}

json_t *dossier_registers(const struct dossier *d)
{
	const struct cgofuzz_regs *regs = &d->f->regs;
	bool arm = d->b->rec->arch == CGOFUZZ_ARCH_ARM64;
	json_t *list = json_array();
	uint64_t mode[2] = { regs->fpcr, 0 }, more[2] = { regs->fpsr, 0 };
	char name[16];

	for (int i = 0; regs->valid && d->regs && i < d->regs->wire_count; i++)
		json_array_append_new(list, one(d, d->regs->names[i], &regs->gpr[i], false));
	for (int i = 0; regs->valid && d->regs && i < (arm ? 32 : 16); i++) {
		snprintf(name, sizeof(name), "%s%d", arm ? "v" : "xmm", i);
		if (regs->fpr[i][0] || regs->fpr[i][1])
			json_array_append_new(list, one(d, name, regs->fpr[i], true));
	}
	if (!json_array_size(list)) {
		json_decref(list);
		return json_null();
	}
	json_array_append_new(list, one(d, arm ? "fpcr" : "mxcsr", mode, false));
	json_array_append_new(list, one(d, arm ? "fpsr" : "x87", more, false));
	return json_pack("{s:o, s:o}", "at_fault", list, "at_crossing",
			 d->f->kind == CGOFUZZ_FAULT_CAPTURE ? crossing(d) : json_null());
}

static void print_list(const json_t *list, struct buf *out)
{
	const json_t *r;
	size_t i;

	json_array_foreach(list, i, r)
	{
		bool damaged = json_is_true(json_object_get(r, "damaged"));

		buf_addf(out, "%s %-6s %s", damaged ? ">" : " ", json_text(r, "name"),
			 json_text(r, "value"));
		if (*json_text(r, "means")) {
			buf_addstr(out, "  ");
			add_safe(out, json_text(r, "means"));
		}
		if (damaged)
			buf_addf(out, "  DAMAGED: expected %s, got %s", json_text(r, "expected"),
				 json_text(r, "got"));
		buf_addch(out, '\n');
	}
}

void dossier_print_registers(const json_t *part, struct buf *out)
{
	const json_t *crossed = json_object_get(part, "at_crossing");

	print_list(json_object_get(part, "at_fault"), out);
	if (json_is_array(crossed)) {
		buf_addstr(out, "registers between caller and callee:\n");
		print_list(crossed, out);
	}
}
