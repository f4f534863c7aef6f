/* describe.c: triage. A bundle for a person: what happened, in which case, how far into the plan. The rest is
 * triage/dossier's. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/proc.h"
#include "guest/value.h"
#include "model/plan_text.h"
#include "triage/fault.h"
#include "triage/guilty_place.h"
#include "triage/leaf.h"
#include "triage/overflow.h"
#include "triage/signature.h"
#include "triage/text.h"
#include "triage/turbulent.h"
#include "triage/unwind_arch.h"

static void add_text(struct buf *out, const char *s)
{
	text_escape(out, s, strlen(s));
}

/* The plan as text (docs/turbulence.md), the step that failed marked. */
void describe_plan(const struct bundle *b, struct buf *out)
{
	const struct cgofuzz_recorder *r = b->rec;
	uint32_t n = cgofuzz_plan_steps(r->plan_len);

	buf_addf(out, "plan: %u step%s, %u byte%s", n, n == 1 ? "" : "s", r->plan_len,
		 r->plan_len == 1 ? "" : "s");
	if (b->earlier_count)
		buf_addf(out, "; %u plan%s ran before it in the process", b->earlier_count,
			 b->earlier_count == 1 ? "" : "s");
	buf_addstr(out, "\n");
	plan_print(r->plan, r->plan_len, b->slots, r->fault.step, out);
}

/* Byte i of a value, as it lies in memory. */
static unsigned byte_of(uint64_t low, uint64_t high, unsigned i)
{
	return (unsigned)((i < 8 ? low >> 8 * i : high >> 8 * (i - 8)) & 0xff);
}

/* Bytes as they lie in memory, and below them where the two differ. */
static void describe_bytes(const struct cgofuzz_fault *f, const struct fault_leaf *leaf,
			   struct buf *out)
{
	unsigned size = leaf->width ? (leaf->width + 7) / 8 : leaf_kind_size(leaf->kind);

	for (int row = 0; row < 2; row++) {
		uint64_t low = row ? f->got : f->expected;
		uint64_t high = row ? f->got_high : f->expected_high;

		buf_addstr(out, row ? "  got      " : "  expected ");
		for (unsigned i = 0; i < size; i++)
			buf_addf(out, " %02x", byte_of(low, high, i));
		buf_addstr(out, "  ");
		leaf_value(out, leaf->kind, leaf->width, low, high);
		buf_addch(out, '\n');
	}
	buf_addstr(out, "           ");
	for (unsigned i = 0; i < size; i++)
		buf_addstr(out,
			   byte_of(f->expected ^ f->got, f->expected_high ^ f->got_high, i) ? " ^^"
											    : "   ");
	buf_rtrim(out);
	buf_addch(out, '\n');
}

/* Of a capture fault only the bits in that place are compared. */
static void describe_place(const struct bundle *b, struct buf *out)
{
	const struct cgofuzz_fault *f = &b->rec->fault;
	const struct arch_info *arch = arch_of((int)b->rec->arch);

	buf_addstr(out, "  place     ");
	documents_place(abi_find(arch->name), f, out);
	buf_addf(out, "\n  expected  0x%" PRIx64 "\n  got       0x%" PRIx64 "\n", f->expected,
		 f->got);
}

static void describe_value(const struct bundle *b, const struct fuzz_case *c, struct buf *out)
{
	const struct cgofuzz_fault *f = &b->rec->fault;
	struct fault_leaf leaf = leaf_find(f, c);
	const char *unit = "bits";

	buf_addstr(out, "  ");
	leaf_name(f, c, out);
	if (leaf.found)
		buf_addf(out, " (%s, leaf %u)", leaf_kind_name(leaf.kind), f->leaf);
	else
		leaf.kind = f->leaf_kind;
	if (f->kind == CGOFUZZ_FAULT_LAYOUT) {
		uint32_t expected = f->sides & 0xff, got = f->sides >> 8;

		if (f->leaf >= CGOFUZZ_LAYOUT_ALIGN || expected == CGOFUZZ_SIDE_GO ||
		    got == CGOFUZZ_SIDE_GO)
			unit = "bytes";
		buf_addf(out, ", %s in %s\n  %-16s says %" PRIu64 "\n  %-16s says %" PRIu64 "\n",
			 f->leaf == CGOFUZZ_LAYOUT_SIZE		   ? "size"
				 : f->leaf == CGOFUZZ_LAYOUT_ALIGN ? "alignment"
								   : "offset",
			 unit, fault_side_about(expected), f->expected, fault_side_about(got),
			 f->got);
		return;
	}
	buf_addch(out, '\n');
	if (f->kind == CGOFUZZ_FAULT_CAPTURE)
		describe_place(b, out);
	else
		describe_bytes(f, &leaf, out);
}

/* With the case, if it can be read: leaves have names then. */
static void describe_named(const struct bundle *b, struct buf *out)
{
	struct fuzz_case c = { 0 };
	struct err e = ERR_INIT;
	static const struct shape nothing = { .kind = SHAPE_VOID };
	struct fuzz_case none = { .proto = { .result = &nothing } };
	bool read = b->case_text &&
		case_parse(&c, b->case_text, strlen(b->case_text), "case", &e) == 0;

	describe_value(b, read ? &c : &none, out);
	case_release(&c);
}

/* Name of an integer register by its DWARF number. */
static const char *reg_name(const struct cgofuzz_recorder *r, uint32_t n)
{
	const struct unwind_arch *a = unwind_arch_of((int)r->arch);

	return a && n < UNWIND_REGS && a->wire[n] >= 0 ? a->names[a->wire[n]] : NULL;
}

static void describe_canary(const struct cgofuzz_recorder *r, struct buf *out)
{
	const struct cgofuzz_fault *f = &r->fault;
	const char *name = f->kind == CGOFUZZ_FAULT_GPR ? reg_name(r, f->reg) : NULL;

	if (name)
		buf_addf(out, "  register  %s\n", name);
	else if (f->kind == CGOFUZZ_FAULT_FPR)
		buf_addf(out, "  register  DWARF %u\n", f->reg);
	buf_addf(out, "  expected  0x%016" PRIx64 "\n  got       0x%016" PRIx64 "\n", f->expected,
		 f->got);
}

/* Of a fault that shows in comparison: what each lane says. */
static void describe_lanes(const struct bundle *b, struct buf *out)
{
	const struct cgofuzz_fault *f = &b->rec->fault;
	bool cliff = f->kind == CGOFUZZ_FAULT_CLIFF;
	uint64_t mine = cliff ? f->got : f->expected, other = cliff ? f->expected : f->got;

	if (!cliff)
		buf_addf(out, "  digest 0x%016" PRIx64 " in %s\n  digest 0x%016" PRIx64 " in %s\n",
			 mine, b->lane, other, b->other_lane);
	else
		buf_addf(out,
			 "  the plan costs %.1f turns of a loop in %s\n"
			 "  and %.1f in %s: %.1f times as much\n",
			 (double)mine / 1000, b->lane, (double)other / 1000,
			 *b->other_lane ? b->other_lane : "the default lane (triage/cost.def)",
			 other ? (double)mine / (double)other : 0.0);
}

void describe_fault(const struct bundle *b, struct buf *out)
{
	const struct cgofuzz_fault *f = &b->rec->fault;

	buf_addf(out, "fault: %s (oracle %s), %s: %s\n", fault_kind_name(f->kind),
		 fault_oracle_name(f->kind), fault_direction_name(f->direction),
		 fault_about(f->kind));
	buf_addf(out, "  slot %u, step %u, level %u of %u, seen by %s\n", f->slot, f->step,
		 f->level, f->depth, fault_seen_by_name(f->seen_by));
	turbulent_describe(f, out);
	switch (f->kind) {
	case CGOFUZZ_FAULT_LEAF:
	case CGOFUZZ_FAULT_LAYOUT:
	case CGOFUZZ_FAULT_CAPTURE:
		describe_named(b, out);
		break;
	case CGOFUZZ_FAULT_SIGNAL:
	case CGOFUZZ_FAULT_HANG:
		buf_addf(out, "  %s (%d), code %d, address 0x%" PRIx64 " (%s)\n",
			 signal_name(f->signo), f->signo, f->si_code, f->fault_addr,
			 signature_address_class(b->rec));
		overflow_describe(b->rec, out);
		break;
	case CGOFUZZ_FAULT_EXIT:
		buf_addf(out, "  status %" PRIu64 "\n", f->got);
		break;
	case CGOFUZZ_FAULT_DEATH:
		if (f->wait_status)
			buf_addf(out, "  %s\n", proc_describe(f->wait_status));
		break;
	case CGOFUZZ_FAULT_PANIC:
		break;
	case CGOFUZZ_FAULT_DIFFERENTIAL:
	case CGOFUZZ_FAULT_CLIFF:
		describe_lanes(b, out);
		break;
	default:
		describe_canary(b->rec, out);
	}
	if (f->text[0]) {
		buf_addstr(out, "  says: ");
		add_text(out, f->text);
		buf_addch(out, '\n');
	}
}

void describe_bundle(const struct bundle *b, struct buf *out)
{
	buf_addstr(out, "bundle: ");
	add_text(out, b->dir);
	buf_addf(out, "\nlane: %s, engine %s, build %s\n", b->lane, b->engine, b->build_id);
	if (*b->other_lane)
		buf_addf(out, "beside lane: %s, build %s\n", b->other_lane, b->other_build_id);
	buf_addstr(out, "made: ");
	add_text(out, b->created);
	buf_addf(out, ", campaign seed %" PRIu64 "\ntarget: ", b->seed);
	add_text(out, b->target);
	if (*b->exhibit) {
		buf_addstr(out, ", ");
		add_text(out, b->exhibit);
	}
	buf_addstr(out, "\ncase:\n  ");
	add_text(out, b->case_text);
	buf_addstr(out, "\n");
	describe_fault(b, out);
	describe_plan(b, out);
}
