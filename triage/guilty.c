/* guilty.c: triage. Which side broke the ABI: the table of guilty.def, the compilers' known deviations,
 * and layouts. */
#include "triage/guilty.h"

#include <string.h>

#include "triage/cgo.h"
#include "triage/fault.h"
#include "triage/guilty_place.h"
#include "triage/turbulent.h"

const char *const guilty_names[GUILTY_SIDES] = { "none", "wrapper", "callee",
						 "go",	 "qemu",    "unknown" };

enum {
	FAULTS_NONE,
	FAULTS_VALUE,
	FAULTS_PLACE,
	FAULTS_KEPT,
	FAULTS_STACK,
	FAULTS_END,
	FAULTS_PANIC,
	FAULTS_TURBULENCE
};
enum { WAY_GO_C, WAY_C_GO, WAY_DIRECT, WAY_REVERSE };
enum { WHAT_ARGUMENT, WHAT_RESULT };
enum { PLACE_OPEN = GUILTY_PLACE_OPEN, PLACE_RIGHT = GUILTY_PLACE_RIGHT };
enum {
	CONTROL_OPEN = GUILTY_CONTROL_OPEN,
	CONTROL_GOOD = GUILTY_CONTROL_GOOD,
	CONTROL_BAD = GUILTY_CONTROL_BAD
};
enum { WAY_ANY = -1, WHAT_ANY = -1, PLACE_ANY = -1, CONTROL_ANY = -1 };

static const struct {
	int faults, way, what, place, control;
	struct guilty_row row;
} rows[] = {
#define GUILTY(faults, way, what, place, control, side, words) \
	{ FAULTS_##faults, WAY_##way,	      WHAT_##what, \
	  PLACE_##place,   CONTROL_##control, { GUILTY_##side, words } },
#include "triage/guilty.def"
#undef GUILTY
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static int faults_of(const struct cgofuzz_fault *f, const struct guilty_facts *facts)
{
	switch (f->kind) {
	case CGOFUZZ_FAULT_LEAF:
		return facts->place == GUILTY_PLACE_WRONG ? FAULTS_PLACE : FAULTS_VALUE;
	case CGOFUZZ_FAULT_CAPTURE:
		return FAULTS_PLACE;
	case CGOFUZZ_FAULT_GPR:
	case CGOFUZZ_FAULT_FPR:
	case CGOFUZZ_FAULT_SP_CHANGED:
	case CGOFUZZ_FAULT_FPENV:
	case CGOFUZZ_FAULT_DIRECTION:
	case CGOFUZZ_FAULT_STATE:
		return FAULTS_KEPT;
	case CGOFUZZ_FAULT_SP_ALIGN:
		return FAULTS_STACK;
	case CGOFUZZ_FAULT_PANIC:
		return FAULTS_PANIC;
	case CGOFUZZ_FAULT_NONE:
	case CGOFUZZ_FAULT_LAYOUT:
		return FAULTS_NONE;
	default:
		return turbulent_kind(f->kind) ? FAULTS_TURBULENCE : FAULTS_END;
	}
}

static int way_of(const struct cgofuzz_fault *f)
{
	if (f->control == CGOFUZZ_CONTROL_REVERSE)
		return WAY_REVERSE;
	if (f->control == CGOFUZZ_CONTROL_DIRECT || f->direction == CGOFUZZ_C_TO_C)
		return WAY_DIRECT;
	return f->direction == CGOFUZZ_C_TO_GO ? WAY_C_GO : WAY_GO_C;
}

static bool fits(int wanted, int is)
{
	return wanted < 0 || wanted == is;
}

const struct guilty_row *guilty_row_of(const struct cgofuzz_fault *f, const struct guilty_facts *facts)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].faults == faults_of(f, facts) && fits(rows[i].way, way_of(f)) &&
		    fits(rows[i].what, (int)f->is_result) && fits(rows[i].place, (int)facts->place) &&
		    fits(rows[i].control, (int)facts->control))
			return &rows[i].row;
	return NULL;
}

const struct guilty_row *guilty_row_at(unsigned i)
{
	return i < ROWS ? &rows[i].row : NULL;
}

/* What QEMU 7 to 9 print when they themselves are at their end (tcg/, accel/tcg/, linux-user/signal.c). */
static bool is_qemu_end(const char *said)
{
	static const char *const words[] = { "qemu: fatal:", "tcg fatal error", "QEMU internal SIG",
					     "tcg.c:", "accel/tcg/" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(said, words[i]))
			return true;
	return false;
}

struct guilty_facts guilty_facts_of(const struct cgofuzz_fault *f, const char *said)
{
	struct guilty_facts facts = { .qemu_said = is_qemu_end(said) };

	if (f->kind == CGOFUZZ_FAULT_CAPTURE)
		facts.place = GUILTY_PLACE_WRONG;
	else if (f->kind == CGOFUZZ_FAULT_LEAF && f->was_captured)
		facts.place = GUILTY_PLACE_RIGHT; /* the trampoline would have spoken first */
	else if (f->kind == CGOFUZZ_FAULT_LEAF && f->leaf == CGOFUZZ_LEAF_ERRNO)
		facts.place = GUILTY_PLACE_RIGHT; /* it has no other */
	return facts;
}

static bool is_control(const struct cgofuzz_fault *f)
{
	return f->control != CGOFUZZ_CONTROL_NONE || f->direction == CGOFUZZ_C_TO_C;
}

void guilty_learn(struct guilty_facts *facts, const struct cgofuzz_fault *f,
		  const struct cgofuzz_fault *other)
{
	if (is_control(other) && !is_control(f))
		facts->control = GUILTY_CONTROL_BAD;
	if (f->kind != CGOFUZZ_FAULT_LEAF || facts->place != GUILTY_PLACE_OPEN ||
	    way_of(other) != way_of(f) || other->is_result != f->is_result)
		return;
	if (other->kind == CGOFUZZ_FAULT_CAPTURE)
		facts->place = GUILTY_PLACE_WRONG;
	else if (other->kind == CGOFUZZ_FAULT_LEAF && other->was_captured && other->leaf == f->leaf)
		facts->place = GUILTY_PLACE_RIGHT;
}

static void blame(struct guilty *g, enum guilty_side side, const struct lane *lane)
{
	g->side = side;
	g->compiler = side == GUILTY_WRAPPER	    ? lane->wrapper
		: side == GUILTY_CALLEE		    ? lane->callee
		: side == GUILTY_GO		    ? lane->go
		: side == GUILTY_QEMU && lane->arch ? lane->qemu
						    : "";
}

static const char *compiler_of(enum guilty_side side, const struct lane *lane)
{
	return side == GUILTY_WRAPPER ? lane->wrapper : lane->callee;
}

/* A compiler that is known to read the document otherwise, in this very value. */
static void blame_deviation(struct guilty *g, const struct documents *d, enum guilty_side side,
			    const struct lane *lane)
{
	enum abi_reader reader = documents_reader(compiler_of(side, lane));
	int rule = documents_deviation(d, reader);

	blame(g, side, lane);
	if (rule >= 0 && rule_is_open(rule)) {
		blame(g, GUILTY_UNKNOWN, lane);
		buf_addf(&g->reason, "a document that decides: ");
		documents_section(rule, &g->reason);
		buf_addf(&g->reason, " leaves room (%s), and %s does this: %s",
			 rule_info[rule].statement, compiler_of(side, lane),
			 rule_deviation(rule, reader == ABI_GCC));
		return;
	}
	buf_addf(&g->reason, "%s is known to read the document otherwise", g->compiler);
	if (rule < 0)
		return;
	documents_section(rule, &g->section);
	buf_addf(&g->reason, ": %s; it does this instead: %s", rule_info[rule].statement,
		 rule_deviation(rule, reader == ABI_GCC));
}

/* 1: decided. Wherever both compilers go their own ways together, nobody would have noticed. */
static int known_deviation(struct guilty *g, const struct documents *d, const struct lane *lane)
{
	enum abi_reader w = documents_reader(lane->wrapper), c = documents_reader(lane->callee);
	bool wrapper = documents_deviates(d, w), callee = documents_deviates(d, c);

	if (w == c || (!wrapper && !callee))
		return 0;
	if (wrapper != callee) {
		blame_deviation(g, d, wrapper ? GUILTY_WRAPPER : GUILTY_CALLEE, lane);
		return 1;
	}
	blame(g, GUILTY_UNKNOWN, lane);
	buf_addf(&g->reason,
		 "nothing but the document: %s and %s both read it otherwise here, each in its way",
		 lane->wrapper, lane->callee);
	return 1;
}

static enum guilty_side side_of(uint32_t who)
{
	switch (who) {
	case CGOFUZZ_SIDE_CALLEE:
		return GUILTY_CALLEE;
	case CGOFUZZ_SIDE_WRAPPER:
		return GUILTY_WRAPPER;
	case CGOFUZZ_SIDE_GO:
		return GUILTY_GO;
	default:
		return GUILTY_NONE;
	}
}

static void blame_cgo(struct guilty *g, enum cgo_row row, const struct lane *lane)
{
	blame(g, GUILTY_GO, lane);
	buf_addf(&g->reason, "cgo is known for it (%s): docs/findings.md", cgo_row_names[row]);
}

/* Held against the document of another architecture. */
static bool is_across(const struct cgofuzz_fault *f)
{
	return f->sides >> 8 > CGOFUZZ_SIDE_DOCUMENT;
}

/* Whose layout is not the document's. Two that both differ: the compiler that is known for it. */
static void judge_layout(struct guilty *g, const struct documents *d, const struct lane *lane)
{
	const struct cgofuzz_fault *f = d->f;
	enum guilty_side expected = side_of(f->sides & 0xff), got = side_of(f->sides >> 8), side;
	uint64_t document = 0, known;
	bool speaks = documents_number(d, ABI_DOCUMENT, &document);
	bool wrong[2] = { expected && f->expected != document, got && f->got != document };
	enum cgo_row row = cgo_row_of(f, d->c, lane);

	if (row != CGO_NONE) {
		blame_cgo(g, row, lane);
		return;
	}
	if (expected == got) { /* a bit-field whose bits are no run of its width */
		blame(g, expected, lane);
		buf_addstr(&g->reason, "the bit-field does not have the bits of its width");
		return;
	}
	if (is_across(f) && !wrong[0]) {
		blame(g, GUILTY_UNKNOWN, lane);
		buf_addf(&g->reason,
			 "a row of layout.def that lets the documents differ here: none does, and C "
			 "follows %s's",
			 lane->arch->name);
		return;
	}
	if (!speaks || wrong[0] == wrong[1]) {
		blame(g, GUILTY_UNKNOWN, lane);
		buf_addstr(&g->reason,
			   speaks ? "nothing but the document: neither follows it"
				  : "a document that speaks of it");
		return;
	}
	side = wrong[0] ? expected : got;
	if (side == GUILTY_GO && documents_number(d, documents_reader(lane->wrapper), &known) &&
	    known != document && known == f->got)
		side = GUILTY_WRAPPER; /* Go has it from that compiler's debug information */
	if (side != GUILTY_GO &&
	    documents_number(d, documents_reader(compiler_of(side, lane)), &known) &&
	    known != document) {
		blame_deviation(g, d, side, lane);
		return;
	}
	blame(g, side, lane);
	buf_addstr(&g->reason, "its layout is not the document's");
	documents_sections(d, &g->section);
}

/* Sections on registers and stack: AAPCS64 2024Q3; System V psABI AMD64 1.0. */
static const char *register_section(const struct cgofuzz_fault *f, int arch)
{
	bool arm = arch == CGOFUZZ_ARCH_ARM64;

	switch (f->kind) {
	case CGOFUZZ_FAULT_GPR:
		return arm ? "AAPCS64 (6.1.1)" : "PSABI (3.2.1)";
	case CGOFUZZ_FAULT_FPR:
		return arm ? "AAPCS64 (6.1.2)" : "";
	case CGOFUZZ_FAULT_FPENV:
		return arm ? "AAPCS64 (6.1.2)" : "PSABI (3.2.1)";
	case CGOFUZZ_FAULT_DIRECTION:
		return arm ? "" : "PSABI (3.2.1)";
	case CGOFUZZ_FAULT_SP_ALIGN:
	case CGOFUZZ_FAULT_SP_CHANGED:
		return arm ? "AAPCS64 (6.4.5.1)" : "PSABI (3.2.2)";
	default:
		return "";
	}
}

/* The value is in another argument register: whoever placed it counted otherwise. */
static void add_found(struct guilty *g, const struct documents *d)
{
	const struct cgofuzz_fault *f = d->f;
	const struct abi_register *all;
	unsigned count;

	if (f->kind != CGOFUZZ_FAULT_CAPTURE || f->expected_high || f->expected < 256)
		return;
	all = abi_registers(d->abi, &count);
	for (unsigned i = 0; i < count; i++) {
		uint64_t bits = 0;

		if (all[i].where == ABI_GENERAL && all[i].number < 10)
			bits = f->captured.general[all[i].number];
		else if (all[i].where == ABI_VECTOR && all[i].number < 8)
			bits = f->captured.vector[all[i].number][0];
		if (f->piece.bits < 64)
			bits &= (UINT64_C(1) << f->piece.bits) - 1;
		if (bits == f->expected) {
			buf_addf(&g->reason, "; %s has it", all[i].name);
			return;
		}
	}
}

/* A shifted argument is whatever lay there: evidence finds now this leaf wrong and now that. */
static void judge_row(struct guilty *g, const struct guilty_facts *facts, const struct documents *d,
		      const struct lane *lane)
{
	const struct guilty_row *row = guilty_row_of(d->f, facts);

	if (row && row->side == GUILTY_UNKNOWN && cgo_row_of(d->f, d->c, lane) == CGO_FRAME) {
		blame_cgo(g, CGO_FRAME, lane);
		return;
	}
	blame(g, row ? row->side : GUILTY_UNKNOWN, lane);
	buf_addstr(&g->reason, row ? row->words : "no rule for such a fault");
	add_found(g, d);
	buf_addstr(&g->section, register_section(d->f, (int)lane->arch->id));
	if (d->f->kind == CGOFUZZ_FAULT_LEAF || d->f->kind == CGOFUZZ_FAULT_CAPTURE)
		documents_sections(d, &g->section);
}

void guilty_judge(struct guilty *g, const struct cgofuzz_fault *f, const struct guilty_facts *facts,
		  const struct lane *lane, const struct fuzz_case *c)
{
	struct documents d;

	*g = (struct guilty){ .compiler = "", .section = BUF_INIT, .reason = BUF_INIT };
	if (f->kind == CGOFUZZ_FAULT_NONE)
		return;
	if (facts->qemu_said && faults_of(f, facts) == FAULTS_END) {
		blame(g, GUILTY_QEMU, lane);
		buf_addstr(&g->reason, "QEMU says that it failed itself");
		return;
	}
	documents_open(&d, lane->arch->name, f, c);
	if (f->kind == CGOFUZZ_FAULT_LAYOUT)
		judge_layout(g, &d, lane);
	else if (f->kind != CGOFUZZ_FAULT_LEAF || !known_deviation(g, &d, lane))
		judge_row(g, facts, &d, lane);
	documents_close(&d);
}

void guilty_release(struct guilty *g)
{
	if (g->compiler) { /* else it was never judged */
		buf_release(&g->section);
		buf_release(&g->reason);
	}
}

void guilty_words(const struct guilty *g, struct buf *out)
{
	buf_addstr(out, guilty_names[g->side]);
	if (*g->compiler)
		buf_addf(out, " (%s)", g->compiler);
	if (g->section.len && g->side != GUILTY_UNKNOWN)
		buf_addf(out, ", %s", g->section.ptr);
	if (g->reason.len)
		buf_addf(out, "%s%s", g->side == GUILTY_UNKNOWN ? "; to settle it: " : ": ",
			 g->reason.ptr);
}
