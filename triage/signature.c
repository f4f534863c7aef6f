/* signature.c: triage. The identity of a fault, free of all that differs between two builds. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/proc.h"
#include "guest/value.h"
#include "model/case.h"
#include "triage/cgo.h"
#include "triage/fault.h"
#include "triage/foreign.h"
#include "triage/leaf.h"
#include "triage/overflow.h"
#include "triage/said.h"
#include "triage/signature.h"
#include "triage/text.h"
#include "triage/token.h"
#include "triage/turbulent.h"
#include "triage/unwind.h"
#include "triage/unwind_arch.h"

#define NULL_BYTES 65536u /* Linux maps nothing below mmap_min_addr; a member of a null struct */
#define STACK_REACH 65536u /* an access below or above sp that still means the stack */
#define SI_KERNEL_CODE 0x80

const char *signature_address_class(const struct cgofuzz_recorder *r)
{
	const struct cgofuzz_fault *f = &r->fault;
	const struct unwind_arch *a = unwind_arch_of((int)r->arch);
	uint64_t sp = a ? f->regs.gpr[a->wire[a->sp]] : 0, pc = a ? f->regs.gpr[a->wire_pc] : 0;

	if ((f->signo != 11 && f->signo != 7) || f->si_code == FAULT_NO_ADDRESS)
		return "-";
	if (overflow_by_address(r))
		return overflow_by_address(r);
	/* amd64 does not tell the address of a general protection fault. */
	if ((r->arch == CGOFUZZ_ARCH_AMD64 && f->si_code == SI_KERNEL_CODE) || f->fault_addr >> 48)
		return "non-canonical";
	if (f->fault_addr < NULL_BYTES)
		return "null";
	if (f->regs.valid && f->fault_addr + STACK_REACH > sp && f->fault_addr < sp + STACK_REACH)
		return "stack";
	if (f->regs.valid && f->fault_addr == pc)
		return "text";
	return f->si_code == 2 ? "guard" : "heap"; /* SEGV_ACCERR: there, but not for this */
}

static void sign_begin(const struct cgofuzz_fault *f, const char *direction, struct buf *sig)
{
	buf_addf(sig, "%d|%s|%s|%s|", SIGNATURE_VERSION, fault_kind_name(f->kind),
		 fault_oracle_name(f->kind), direction);
}

/* SIGILL and SIGTRAP are what __builtin_trap gives, one on each architecture. */
static const char *signal_class(int signo)
{
	return signo == 4 || signo == 5 ? "trap" : signal_name(signo);
}

/* The failing leaf's class: from the case alone, so that it is the same on every architecture. A case that
 * does not have it leaves what the record says. */
static struct fault_leaf leaf_class(const struct bundle *b)
{
	const struct cgofuzz_fault *f = &b->rec->fault;
	struct fault_leaf leaf = { .in = "?" };
	struct err e = ERR_INIT;
	struct fuzz_case c;

	if (b->case_text && case_parse(&c, b->case_text, strlen(b->case_text), "case", &e) == 0) {
		leaf = leaf_find(f, &c);
		case_release(&c);
	}
	if (!leaf.found)
		leaf.kind = f->leaf_kind;
	return leaf;
}

/* "|cgo.tail", where cgo is known for this very fault. */
static void add_cgo_row(const struct bundle *b, struct buf *sig, struct buf *title)
{
	const struct arch_info *arch = arch_of((int)b->rec->arch);
	enum cgo_row row = CGO_NONE;
	struct err e = ERR_INIT;
	struct fuzz_case c;
	struct lane lane;

	if (!b->case_text || lane_parse(&lane, b->lane, arch, &e) < 0)
		return;
	if (case_parse(&c, b->case_text, strlen(b->case_text), "case", &e) == 0) {
		row = cgo_row_of(&b->rec->fault, &c, &lane);
		case_release(&c);
	}
	if (row == CGO_NONE)
		return;
	buf_addf(sig, "|%s", cgo_row_names[row]);
	buf_addf(title, " (%s)", cgo_row_names[row]);
}

/* Which bits of the FP environment were left changed, by what they mean. */
static void fpenv_words(const struct cgofuzz_recorder *r, struct buf *out)
{
	static const struct {
		int arch;
		uint64_t mask;
		const char *word;
	} bits[] = {
		/* Intel SDM volume 1, figure 10-3 (MXCSR) and figure 8-6 (x87, in the high half) */
		{ CGOFUZZ_ARCH_AMD64, 0x6000, "rounding" },
		{ CGOFUZZ_ARCH_AMD64, 0x8040, "flush" },
		{ CGOFUZZ_ARCH_AMD64, 0x1f80, "traps" },
		{ CGOFUZZ_ARCH_AMD64, 0x0c00ull << 32, "x87-rounding" },
		{ CGOFUZZ_ARCH_AMD64, 0x0300ull << 32, "x87-precision" },
		{ CGOFUZZ_ARCH_AMD64, 0x003full << 32, "x87-traps" },
		/* Arm ARM, D17.2 FPCR: RMode; FZ, FZ16, FIZ; IDE, IXE..IOE; DN, AH, NEP */
		{ CGOFUZZ_ARCH_ARM64, 0xc00000, "rounding" },
		{ CGOFUZZ_ARCH_ARM64, 0x1080001, "flush" },
		{ CGOFUZZ_ARCH_ARM64, 0x9f00, "traps" },
		{ CGOFUZZ_ARCH_ARM64, 0x2000006, "nan" },
	};
	uint64_t changed = r->fault.expected ^ r->fault.got;
	size_t start = out->len;

	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
		if (bits[i].arch == (int)r->arch && (changed & bits[i].mask))
			buf_addf(out, "%s%s", out->len > start ? "+" : "", bits[i].word);
	if (out->len == start)
		buf_addstr(out, "other");
}

static const char *value_side(const struct cgofuzz_fault *f)
{
	return f->is_result ? "result" : "argument";
}

/* Who disagrees on a layout: C and Go, or else. */
static void layout_sides(const struct cgofuzz_fault *f, struct buf *sig, struct buf *title)
{
	uint32_t a = f->sides & 0xff, b = f->sides >> 8;

	buf_addf(title, "%s and %s disagree on ", fault_side_about(a), fault_side_about(b));
	if (a != CGOFUZZ_SIDE_CALLEE || b != CGOFUZZ_SIDE_GO)
		buf_addf(sig, "|%s|%s", fault_side_name(a), fault_side_name(b));
}

static void sign_layout(const struct bundle *b, struct buf *sig, struct buf *title)
{
	const struct cgofuzz_fault *f = &b->rec->fault;
	struct fault_leaf leaf;

	if (f->leaf >= CGOFUZZ_LAYOUT_ALIGN) { /* of the whole */
		const char *what = f->leaf == CGOFUZZ_LAYOUT_SIZE ? "size" : "alignment";

		buf_addf(sig, "%s|-|%s", value_side(f), what);
		layout_sides(f, sig, title);
		buf_addf(title, "the %s of %s", what, value_side(f));
		return;
	}
	leaf = leaf_class(b);
	buf_addf(sig, "%s|%s|%s", value_side(f), leaf_kind_name(leaf.kind), leaf.in);
	layout_sides(f, sig, title);
	buf_addf(title, "where %s %s in %s lies", value_side(f), leaf_kind_name(leaf.kind), leaf.in);
}

static void sign_values(const struct bundle *b, struct buf *sig, struct buf *title)
{
	const struct cgofuzz_fault *f = &b->rec->fault;
	const char *way = fault_direction_name(f->direction);
	struct fault_leaf leaf = leaf_class(b);
	const char *kind = leaf_kind_name(leaf.kind);

	if (f->kind == CGOFUZZ_FAULT_CAPTURE && f->leaf == LEAF_ADDRESS) {
		buf_addf(sig, "%s|-|address", value_side(f));
		buf_addf(title, "the address of a %s in memory does not come back %s",
			 value_side(f), way);
		return;
	}
	buf_addf(sig, "%s|%s|%s", value_side(f), kind, leaf.in);
	if (f->kind == CGOFUZZ_FAULT_CAPTURE) {
		buf_addf(title, "%s %s (%s) is not where the ABI document wants it, %s",
			 value_side(f), kind, leaf.in, way);
		return;
	}
	buf_addf(sig, "|%s", fault_seen_by_name(f->seen_by));
	buf_addf(title, "%s %s (%s) did not arrive %s as it was sent, seen by %s", value_side(f),
		 kind, leaf.in, way, f->seen_by == CGOFUZZ_BY_GO ? "Go" : "C");
}

static void sign_registers(const struct bundle *b, struct buf *sig, struct buf *title)
{
	const struct cgofuzz_fault *f = &b->rec->fault;
	const char *called = f->direction != CGOFUZZ_C_TO_GO ? "a C callee" : "Go, called from C,";

	switch (f->kind) {
	case CGOFUZZ_FAULT_GPR:
		buf_addstr(sig, "gpr");
		buf_addf(title, "%s damaged a callee-saved general register", called);
		break;
	case CGOFUZZ_FAULT_FPR:
		buf_addstr(sig, "fp");
		buf_addf(title, "%s damaged a callee-saved floating-point register", called);
		break;
	case CGOFUZZ_FAULT_FPENV:
		fpenv_words(b->rec, sig);
		buf_addf(title, "%s left the FP environment changed: ", called);
		fpenv_words(b->rec, title);
		/* Of who looked elsewhere than after a crossing. */
		if (f->text[0]) {
			buf_addch(sig, '|');
			turbulent_words(f->text, sig);
			buf_reset(title);
			text_escape(title, f->text, strlen(f->text));
			buf_addstr(title, ": ");
			fpenv_words(b->rec, title);
		}
		break;
	default:
		buf_addstr(sig, "-");
		buf_addf(title, "%s: %s", fault_direction_name(f->direction), fault_about(f->kind));
	}
}

static void title_stack(const struct bundle *b, const struct tokens *t, struct buf *title)
{
	const struct cgofuzz_fault *f = &b->rec->fault;
	const char *where = signature_address_class(b->rec);

	switch (f->kind) {
	case CGOFUZZ_FAULT_SIGNAL:
		buf_addstr(title, signal_name(f->signo));
		if (overflow_by_address(b->rec))
			buf_addf(title, ": %s has ended", overflow_about(where));
		else if (strcmp(where, "-"))
			buf_addf(title, " at %s address", where);
		break;
	case CGOFUZZ_FAULT_EXIT:
		buf_addf(title, "the process was ended by exit(%u)", (unsigned)(f->got & 0xff));
		break;
	case CGOFUZZ_FAULT_HANG:
		buf_addstr(title, !strncmp(t->text.ptr, "parked", 6) ? "deadlock" : "endless loop");
		break;
	default:
		buf_addstr(title, "uncaught Go panic");
	}
	if (t->top.len)
		buf_addf(title, " in %s", t->top.ptr);
	if (f->kind == CGOFUZZ_FAULT_SIGNAL && t->gave_up)
		said_fatal(b, title);
}

/* Where Go's stack could not grow, it is chance who asked for more, in which direction it had been
 * called, and which trap ends the runtime on this architecture; it is not which stack has ended, nor, of
 * g0's, whose stack C was on. */
static void sign_no_stack(const struct cgofuzz_fault *f, struct buf *sig, size_t start,
			  const char *ended, struct buf *title)
{
	static const char *const words[][2] = {
		[CGOFUZZ_OWN_STACK] = { "", "" },
		[CGOFUZZ_OTHER_OF_C] = { " other-stack", ", on a stack that C had changed to" },
		[CGOFUZZ_OTHER_OF_GO] = { " other-stack-of-go",
					  ", on a stack that C had changed a thread of Go's to" },
	};
	const char *const *whose =
		words[strcmp(ended, OVERFLOW_G0) ? CGOFUZZ_OWN_STACK : f->other_stack];

	sig->len = start;
	buf_addf(sig, "%d|signal|memory|-|-|%s|" TOKEN_NO_STACK "%s", SIGNATURE_VERSION, ended,
		 *whose);
	buf_reset(title);
	buf_addf(title, "Go needs more of %s, which it cannot have (" TOKEN_NO_STACK "%s)",
		 overflow_about(ended), whose[1]);
}

/* Where the runtime itself gave up, the direction of the crossing before says nothing. */
static const char *stack_direction(const struct cgofuzz_fault *f, const struct tokens *t)
{
	return f->kind == CGOFUZZ_FAULT_SIGNAL && t->runtime_only
		? "-"
		: fault_direction_name(f->direction);
}

/* Where a recursion has used up a stack it depends on the stack's size, and on what was copied of it, whether its begin
 * is known, or guessed. true: it is a recursion, which is all there is to know. */
static bool cut_behind_recursion(struct buf *words)
{
	char *end = strstr(words->ptr, "+ ");

	if (end) {
		words->len = (size_t)(end + 1 - words->ptr);
		words->ptr[words->len] = '\0';
	}
	return words->len && words->ptr[words->len - 1] == '+';
}

/* Go's text does not show how a goroutine was parked, only that none was left to go on. */
static void park_foreign(const struct bundle *b, struct tokens *t)
{
	const struct cgofuzz_fault *f = &b->rec->fault;
	struct buf all = BUF_INIT;

	if (f->kind != CGOFUZZ_FAULT_HANG || !b->frames || !strstr(f->text, "deadlock"))
		return;
	buf_addf(&all, "parked%s%s", t->text.len ? " " : "", t->text.ptr);
	buf_release(&t->text);
	t->text = all;
}

/* start: where the signature begins in sig. */
static void sign_stack(const struct bundle *b, struct buf *sig, size_t start, struct buf *title,
		       struct buf *stack_text, bool *weak, struct token_trace *trace)
{
	const struct cgofuzz_fault *f = &b->rec->fault;
	struct stack *st = xcalloc(1, sizeof(*st));
	char *exe = b->frames ? NULL : bundle_exe(b), *names = NULL;
	const char *ended;
	struct space space;
	struct tokens t;
	bool known;

	if (b->frames) {
		foreign_stack(st, b, &names);
	} else {
		space_init(&space, b->rec, exe);
		stack_unwind(st, &space);
	}
	tokens_make(&t, st, f->kind == CGOFUZZ_FAULT_PANIC, trace);
	park_foreign(b, &t);
	if (!b->frames)
		stack_tell_refused(st, &space); /* tokens have asked for what was inlined */
	stack_print(st, stack_text);
	sig->len = start;
	sign_begin(f, stack_direction(f, &t), sig);
	if (f->kind == CGOFUZZ_FAULT_SIGNAL)
		buf_addf(sig, "%s|%s|", signal_class(f->signo), signature_address_class(b->rec));
	else if (f->kind == CGOFUZZ_FAULT_EXIT)
		buf_addf(sig, "%u|", (unsigned)(f->got & 0xff));
	known = overflow_by_address(b->rec) && cut_behind_recursion(&t.text);
	buf_add(sig, t.text.ptr, t.text.len);
	title_stack(b, &t, title);
	ended = f->kind == CGOFUZZ_FAULT_SIGNAL ? overflow_by_stack(st, b->rec) : NULL;
	if (ended)
		sign_no_stack(f, sig, start, ended, title);
	*weak = t.weak && !ended && !known;
	tokens_release(&t);
	free(names);
	free(exe);
	free(st);
}

/* A death leaves no stack; how it ended is known to who waited for the process, if anybody. */
static void sign_death(const struct bundle *b, struct buf *sig, struct buf *title, bool *weak)
{
	int status = b->rec->fault.wait_status;

	if (WIFSIGNALED(status))
		buf_addstr(sig, signal_name(WTERMSIG(status)));
	else if (WIFEXITED(status) && WEXITSTATUS(status))
		buf_addf(sig, "exit %d", WEXITSTATUS(status));
	else
		buf_addstr(sig, "?");
	buf_addf(title, "the process died without a word: %s",
		 status ? proc_describe(status) : "nobody saw how");
	*weak = status == 0;
}

int signature_trace(const struct bundle *b, struct buf *signature, struct buf *title,
		    struct buf *stack, bool *weak, struct token_trace *trace, struct err *e)
{
	const struct cgofuzz_fault *f = &b->rec->fault;
	size_t start = signature->len;

	if (f->kind == CGOFUZZ_FAULT_NONE || f->kind >= CGOFUZZ_FAULT_KINDS)
		return err_set(e, EXIT_ENVIRON, "%s holds no fault", b->name);
	*weak = false;
	sign_begin(f, turbulent_kind(f->kind) ? "-" : fault_direction_name(f->direction), signature);
	if (f->kind == CGOFUZZ_FAULT_LEAF || f->kind == CGOFUZZ_FAULT_CAPTURE)
		sign_values(b, signature, title);
	else if (f->kind == CGOFUZZ_FAULT_LAYOUT)
		sign_layout(b, signature, title);
	else if (f->kind == CGOFUZZ_FAULT_DEATH)
		sign_death(b, signature, title, weak);
	else if (turbulent_kind(f->kind))
		turbulent_sign(f, signature, title);
	else if (fault_has_stack(f->kind))
		sign_stack(b, signature, start, title, stack, weak, trace);
	else
		sign_registers(b, signature, title);
	if (f->kind == CGOFUZZ_FAULT_LEAF || f->kind == CGOFUZZ_FAULT_CAPTURE ||
	    f->kind == CGOFUZZ_FAULT_LAYOUT || f->kind == CGOFUZZ_FAULT_SIGNAL)
		add_cgo_row(b, signature, title);
	return 0;
}

int signature_make(const struct bundle *b, struct buf *signature, struct buf *title,
		   struct buf *stack, bool *weak, struct err *e)
{
	return signature_trace(b, signature, title, stack, weak, NULL, e);
}
