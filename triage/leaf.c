/* leaf.c: triage. The leaf of a case that a fault is about. */
#include "triage/leaf.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "guest/value.h"
#include "triage/fault.h"

struct search {
	uint32_t wanted, first; /* indices over all arguments */
	const char *object; /* "arg0", "result" */
	struct fault_leaf *out;
};

static const char *container(const struct shape_leaf *leaf)
{
	size_t len = strlen(leaf->path);

	if (leaf->bitfield)
		return "bit-field";
	return len == 0 ? "scalar" : leaf->path[len - 1] == ']' ? "array" : "struct";
}

static int look(const struct shape_leaf *leaf, void *ctx)
{
	struct search *s = ctx;

	if (leaf->index != s->wanted)
		return 0;
	s->out->found = true;
	s->out->index = leaf->index - s->first;
	s->out->kind = (uint32_t)shape_leaf_kind(leaf->shape);
	s->out->width = leaf->bitfield ? leaf->bitfield->width : 0;
	s->out->in = container(leaf);
	snprintf(s->out->name, sizeof(s->out->name), "%s%s", s->object, leaf->path);
	return -1;
}

struct fault_leaf leaf_find(const struct cgofuzz_fault *f, const struct fuzz_case *c)
{
	struct fault_leaf out = { .in = "?" };
	struct search s = { .wanted = f->leaf, .object = "result", .out = &out };
	uint32_t index = 0;
	char object[16];

	if (f->leaf == CGOFUZZ_LEAF_ERRNO) {
		out.in = "errno";
		out.kind = f->leaf_kind;
		return out;
	}
	if (f->is_result) {
		shape_each_leaf(c->proto.result, SHAPE_EVERY_VARIANT, &index, look, &s);
		return out;
	}
	s.object = object;
	for (uint32_t i = 0; i < c->proto.arg_count && !out.found; i++) {
		s.first = index;
		out.arg = i;
		snprintf(object, sizeof(object), "arg%u", i);
		shape_each_leaf(c->proto.args[i], SHAPE_EVERY_VARIANT, &index, look, &s);
	}
	return out;
}

void leaf_name(const struct cgofuzz_fault *f, const struct fuzz_case *c, struct buf *out)
{
	struct fault_leaf leaf = leaf_find(f, c);
	bool whole = f->kind == CGOFUZZ_FAULT_LAYOUT && f->leaf >= CGOFUZZ_LAYOUT_ALIGN;

	if (f->leaf == CGOFUZZ_LEAF_ERRNO)
		buf_addstr(out, "errno");
	else if (leaf.found && !whole)
		buf_addstr(out, leaf.name);
	else if (f->is_result)
		buf_addf(out, "result%s",
			 f->kind == CGOFUZZ_FAULT_CAPTURE && f->leaf == LEAF_ADDRESS ? "'s address"
										     : "");
	else
		buf_addf(out, "arg%u", f->arg);
}

static void add_meaning(struct buf *out, uint32_t kind, uint64_t low)
{
	uint32_t half = (uint32_t)low;
	float f32;
	double f64;

	if (kind == CGOFUZZ_LEAF_F32) {
		memcpy(&f32, &half, sizeof(f32));
		buf_addf(out, " (%.9g)", (double)f32);
	} else if (kind == CGOFUZZ_LEAF_F64) {
		memcpy(&f64, &low, sizeof(f64));
		buf_addf(out, " (%.17g)", f64);
	}
}

void leaf_value(struct buf *out, uint32_t kind, unsigned width, uint64_t low, uint64_t high)
{
	unsigned bytes = width ? (width + 7) / 8 : leaf_kind_size(kind);

	if (bytes > 8)
		buf_addf(out, "0x%0*" PRIx64 "%016" PRIx64, 2 * ((int)bytes - 8), high, low);
	else
		buf_addf(out, "0x%0*" PRIx64, 2 * (int)bytes, low);
	if (!width)
		add_meaning(out, kind, low);
	else
		buf_addf(out, " (%u bit%s)", width, width == 1 ? "" : "s");
}
