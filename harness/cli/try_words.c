/* try_words.c: cli. What an oracle saw, in words a person can act on. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/proc.h"
#include "cli/try.h"
#include "guest/value.h"
#include "triage/fault.h"
#include "triage/guilty_place.h"
#include "triage/triage.h"

/* DWARF register numbers: psABI AMD64 figure 3.36; AADWARF64 section 4.1. */
static char *register_name(uint32_t arch, uint32_t reg)
{
	static const char *const amd64[] = { "rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp" };

	if (arch == CGOFUZZ_ARCH_AMD64)
		return reg < 8	   ? xstrdup(amd64[reg])
			: reg < 16 ? xasprintf("r%u", reg)
				   : xasprintf("register %u", reg);
	if (reg == 31)
		return xstrdup("sp");
	return reg < 31			? xasprintf("x%u", reg)
		: reg >= 64 && reg < 96 ? xasprintf("d%u", reg - 64)
					: xasprintf("register %u", reg);
}

static void replace(char **text, char *with)
{
	free(*text);
	*text = with;
}

static void layout_words(struct try_fault *out, const struct cgofuzz_fault *f)
{
	uint32_t expected = f->sides & 0xff, got = f->sides >> 8;
	const char *what = f->leaf == CGOFUZZ_LAYOUT_SIZE		? "size"
		: f->leaf == CGOFUZZ_LAYOUT_ALIGN			? "alignment"
		: expected == CGOFUZZ_SIDE_GO || got == CGOFUZZ_SIDE_GO ? "offset"
									: "bit offset";

	replace(&out->expected, xasprintf("%s %" PRIu64, what, f->expected));
	replace(&out->got, xasprintf("%s %" PRIu64, what, f->got));
	replace(&out->text,
		xasprintf("%s: %s has %s, %s has %s", out->leaf, fault_side_about(expected),
			  out->expected, fault_side_about(got), out->got));
}

/* Of a capture fault: only the bits that should lie in the place. */
static void capture_words(struct try_fault *out, const struct cgofuzz_recorder *r)
{
	const struct cgofuzz_fault *f = &r->fault;
	struct buf place = BUF_INIT;

	documents_place(abi_find(arch_of((int)r->arch)->name), f, &place);
	replace(&out->place, buf_detach(&place, NULL));
	replace(&out->text,
		xasprintf("%s is not where the ABI document wants it: %s should hold %s, "
			  "it holds %s",
			  out->leaf, out->place, out->expected, out->got));
}

static char *value_text(uint32_t kind, unsigned width, uint64_t low, uint64_t high)
{
	struct buf out = BUF_INIT;

	leaf_value(&out, kind, width, low, high);
	return buf_detach(&out, NULL);
}

static void leaf_words(struct try_fault *out, const struct cgofuzz_recorder *r,
		       const struct fuzz_case *c)
{
	const struct cgofuzz_fault *f = &r->fault;
	struct fault_leaf leaf = leaf_find(f, c);
	uint32_t kind = leaf.found ? leaf.kind : f->leaf_kind;
	struct buf name = BUF_INIT;

	leaf_name(f, c, &name);
	replace(&out->leaf, buf_detach(&name, NULL));
	if (f->kind == CGOFUZZ_FAULT_LAYOUT) {
		layout_words(out, f);
		return;
	}
	if (f->kind == CGOFUZZ_FAULT_CAPTURE && f->piece.bits < f->piece.value_bits)
		leaf.width = f->piece.bits;
	replace(&out->expected, value_text(kind, leaf.width, f->expected, f->expected_high));
	replace(&out->got, value_text(kind, leaf.width, f->got, f->got_high));
	if (f->kind == CGOFUZZ_FAULT_CAPTURE) {
		capture_words(out, r);
		return;
	}
	replace(&out->text,
		xasprintf("%s (%s) did not arrive: expected %s, got %s; seen by the %s side",
			  out->leaf, leaf_kind_name(kind), out->expected, out->got,
			  fault_seen_by_name(f->seen_by)));
}

static void register_words(struct try_fault *out, const struct cgofuzz_recorder *r)
{
	const struct cgofuzz_fault *f = &r->fault;
	char *name = register_name(r->arch, f->reg);

	free(out->expected);
	free(out->got);
	free(out->text);
	out->expected = xasprintf("0x%" PRIx64, f->expected);
	out->got = xasprintf("0x%" PRIx64, f->got);
	if (f->kind == CGOFUZZ_FAULT_GPR || f->kind == CGOFUZZ_FAULT_FPR)
		out->text = xasprintf("%s (%s): was %s, is %s after the call", fault_about(f->kind),
				      name, out->expected, out->got);
	else
		out->text = xasprintf("%s: expected %s, got %s", fault_about(f->kind),
				      out->expected, out->got);
	free(name);
}

static void other_words(struct try_fault *out, const struct cgofuzz_fault *f)
{
	struct buf text = BUF_INIT;

	buf_addstr(&text, fault_about(f->kind));
	if (f->kind == CGOFUZZ_FAULT_SIGNAL)
		buf_addf(&text, ": %s (code %d), address 0x%" PRIx64, signal_name(f->signo),
			 f->si_code, f->fault_addr);
	if (f->kind == CGOFUZZ_FAULT_EXIT)
		buf_addf(&text, ": status %" PRIu64, f->got);
	if (f->kind == CGOFUZZ_FAULT_DEATH)
		buf_addf(&text, ": %s", proc_describe(f->wait_status));
	if (f->text[0])
		buf_addf(&text, ": %.*s", (int)sizeof(f->text), f->text);
	free(out->text);
	out->text = buf_detach(&text, NULL);
}

void try_fault_words(struct try_fault *out, const struct bundle *bundle, const struct fuzz_case *c)
{
	const struct cgofuzz_fault *f = &bundle->rec->fault;
	struct buf signature = BUF_INIT, title = BUF_INIT, stack = BUF_INIT;
	struct err e = ERR_INIT;
	bool weak;

	if (signature_make(bundle, &signature, &title, &stack, &weak, &e) < 0)
		buf_reset(&signature);
	*out = (struct try_fault){
		.signature = xstrdup(signature.ptr),
		.oracle = xstrdup(fault_oracle_name(f->kind)),
		.direction = xstrdup(fault_direction_name(f->direction)),
		.leaf = xstrdup(""),
		.expected = xstrdup(""),
		.got = xstrdup(""),
		.place = xstrdup(""),
		.text = xstrdup(title.ptr),
		.record = *f,
		.plan_len = bundle->rec->plan_len,
	};
	memcpy(out->plan, bundle->rec->plan, sizeof(out->plan));
	switch (f->kind) {
	case CGOFUZZ_FAULT_LEAF:
	case CGOFUZZ_FAULT_LAYOUT:
	case CGOFUZZ_FAULT_CAPTURE:
		leaf_words(out, bundle->rec, c);
		break;
	case CGOFUZZ_FAULT_GPR:
	case CGOFUZZ_FAULT_FPR:
	case CGOFUZZ_FAULT_SP_ALIGN:
	case CGOFUZZ_FAULT_SP_CHANGED:
	case CGOFUZZ_FAULT_FPENV:
		register_words(out, bundle->rec);
		break;
	default:
		other_words(out, f);
	}
	buf_release(&signature);
	buf_release(&title);
	buf_release(&stack);
}

void try_fault_release(struct try_fault *f)
{
	free(f->signature);
	free(f->oracle);
	free(f->direction);
	free(f->leaf);
	free(f->expected);
	free(f->got);
	free(f->place);
	free(f->text);
	guilty_release(&f->guilty);
}
