/* try_words.c: cli. What an oracle saw, in words a person can act on. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/proc.h"
#include "cli/try.h"
#include "guest/value.h"
#include "triage/fault.h"
#include "triage/triage.h"

struct leaf_search {
	uint32_t wanted;
	struct buf *out;
	const char *object; /* "arg0", "result" */
	bool found;
};

static int leaf_here(const char *path, const struct shape *leaf, uint32_t index, void *ctx)
{
	struct leaf_search *s = ctx;

	(void)leaf;
	if (index != s->wanted)
		return 0;
	buf_addf(s->out, "%s%s", s->object, path);
	s->found = true;
	return 0;
}

/* "arg0.b", "result.d[1]" */
static char *leaf_name(const struct cgofuzz_fault *f, const struct fuzz_case *c)
{
	struct buf out = BUF_INIT;
	struct leaf_search s = { .wanted = f->leaf, .out = &out };
	uint32_t index = 0;
	char object[16];

	if (f->leaf == UINT32_MAX) { /* layout: the size of a whole object */
		if (f->is_result)
			buf_addstr(&out, "result");
		else
			buf_addf(&out, "arg%u", f->arg);
	} else if (f->is_result) {
		s.object = "result";
		shape_each_leaf(c->proto.result, &index, leaf_here, &s);
	} else {
		for (uint32_t i = 0; i < c->proto.arg_count; i++) {
			snprintf(object, sizeof(object), "arg%u", i);
			s.object = object;
			shape_each_leaf(c->proto.args[i], &index, leaf_here, &s);
		}
	}
	return buf_detach(&out, NULL);
}

/* "0x3f800000 (1)" for floats, "0x07 (7)" for the rest. */
static char *leaf_value(uint64_t bits, uint32_t kind)
{
	int digits = (int)leaf_kind_size(kind) * 2;
	float f32;
	double f64;
	uint32_t low = (uint32_t)bits;

	if (kind == CGOFUZZ_LEAF_F32) {
		memcpy(&f32, &low, sizeof(f32));
		return xasprintf("0x%0*" PRIx64 " (%.9g)", digits, bits, (double)f32);
	}
	if (kind == CGOFUZZ_LEAF_F64) {
		memcpy(&f64, &bits, sizeof(f64));
		return xasprintf("0x%0*" PRIx64 " (%.17g)", digits, bits, f64);
	}
	return xasprintf("0x%0*" PRIx64, digits, bits);
}

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

static void leaf_words(struct try_fault *out, const struct cgofuzz_fault *f,
		       const struct fuzz_case *c)
{
	bool layout = f->kind == CGOFUZZ_FAULT_LAYOUT;

	free(out->leaf);
	free(out->expected);
	free(out->got);
	free(out->text);
	out->leaf = leaf_name(f, c);
	if (layout) {
		const char *what = f->leaf == UINT32_MAX ? "size" : "offset";

		out->expected = xasprintf("%s %" PRIu64, what, f->expected);
		out->got = xasprintf("%s %" PRIu64, what, f->got);
		out->text = xasprintf("%s: C has %s, Go has %s", out->leaf, out->expected, out->got);
		return;
	}
	out->expected = leaf_value(f->expected, f->leaf_kind);
	out->got = leaf_value(f->got, f->leaf_kind);
	out->text = xasprintf("%s (%s) did not arrive: expected %s, got %s; seen by the %s side",
			      out->leaf, leaf_kind_name(f->leaf_kind), out->expected, out->got,
			      fault_seen_by_name(f->seen_by));
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
		.text = xstrdup(title.ptr),
	};
	switch (f->kind) {
	case CGOFUZZ_FAULT_LEAF:
	case CGOFUZZ_FAULT_LAYOUT:
		leaf_words(out, f, c);
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
	free(f->text);
}
