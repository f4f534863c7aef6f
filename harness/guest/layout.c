/* layout.c: guest. The layout oracle's C half: sizes, alignments and offsets as the callee's compiler,
 * the wrappers' compiler, the ABI document and that of another architecture see them. Each guest compares
 * its own with both documents, so any two compilers of two architectures are compared, too. Go's are
 * compared in go/runtime.go. */
#include "guest/abi_table.h"
#include "guest/odd.h"
#include "guest/runtime.h"

/* What is being compared, and what to call it in a fault. */
struct comparison {
	uint32_t slot, is_result;
	enum cgofuzz_side with; /* against the callee's compiler */
};

static int differ(const struct comparison *c, uint32_t leaf, uint32_t arg, uint64_t expected,
		  uint64_t got)
{
	struct cgofuzz_fault *f = cgofuzz_fault_open(CGOFUZZ_FAULT_LAYOUT, CGOFUZZ_BY_C, c->slot,
						     cgofuzz_live->direction);

	if (!f)
		return 0;
	f->leaf = leaf;
	f->arg = arg;
	f->is_result = c->is_result;
	f->expected = expected;
	f->got = got;
	f->sides = CGOFUZZ_SIDE_CALLEE | (uint32_t)c->with << 8;
	cgofuzz_fault_close(f);
	return 0;
}

/* One leaf of a view: bits from the start of its argument, and which argument. 0: not in this variant. */
static int find_leaf(const struct cgofuzz_view *v, uint32_t index, uint32_t *arg, uint32_t *bit)
{
	const struct cgofuzz_variant alone = { v->leaf_count, 0, v->leaves, NULL };
	uint32_t count = v->unusual ? v->unusual->variant_count : 1;

	for (uint32_t n = 0; n < count; n++) {
		const struct cgofuzz_variant *now = v->unusual ? &v->unusual->variants[n] : &alone;

		for (uint32_t i = 0; i < now->leaf_count; i++)
			if (now->leaves[i].index == index) {
				*arg = now->leaves[i].arg;
				*bit = 8 * (now->leaves[i].offset - v->arg_offset[*arg]);
				return 1;
			}
		for (uint32_t i = 0; i < now->odd_count; i++)
			if (now->odd[i].index == index) {
				*arg = now->odd[i].arg;
				*bit = now->odd[i].bit - 8 * v->arg_offset[*arg];
				return 1;
			}
	}
	return 0;
}

static int same_as_document(const struct comparison *c, const struct cgofuzz_view *v,
			    const struct cgofuzz_abi_layout *s)
{
	const char *table = (const char *)&cgofuzz_abi;
	const struct cgofuzz_abi_leaf *l =
		(const void *)(table + (c->is_result ? s->result_leaves : s->arg_leaves));
	const struct cgofuzz_abi_size *sizes = (const void *)(table + s->arg_sizes);
	uint32_t count = c->is_result ? s->result_leaf_count : s->arg_leaf_count, arg, bit;

	for (uint32_t i = 0; i < v->arg_count; i++) {
		const struct cgofuzz_abi_size *want = c->is_result ? &s->result_size : &sizes[i];

		if (want->known && want->size != v->arg_size[i])
			return differ(c, CGOFUZZ_LAYOUT_SIZE, i, v->arg_size[i], want->size);
		if (want->known && want->align != v->arg_align[i])
			return differ(c, CGOFUZZ_LAYOUT_ALIGN, i, v->arg_align[i], want->align);
	}
	for (uint32_t i = 0; i < count; i++)
		if (l[i].known && find_leaf(v, l[i].leaf, &arg, &bit) &&
		    (arg != l[i].arg || bit != l[i].bit))
			return differ(c, l[i].leaf, arg, bit, l[i].bit);
	return 1;
}

static int same_leaf(const struct comparison *c, const struct cgofuzz_view *a,
		     const struct cgofuzz_view *b, uint32_t index)
{
	uint32_t arg, bit, other_arg, other;

	if (!find_leaf(a, index, &arg, &bit) || !find_leaf(b, index, &other_arg, &other) ||
	    bit == other)
		return 1;
	return differ(c, index, arg, bit, other);
}

/* Both compilers' views: the same lists in the same order. */
static int same_views(const struct comparison *c, const struct cgofuzz_view *a,
		      const struct cgofuzz_view *b)
{
	uint32_t count = a->unusual ? a->unusual->variant_count : 0;

	for (uint32_t i = 0; i < a->arg_count; i++) {
		if (a->arg_size[i] != b->arg_size[i])
			return differ(c, CGOFUZZ_LAYOUT_SIZE, i, a->arg_size[i], b->arg_size[i]);
		if (a->arg_align[i] != b->arg_align[i])
			return differ(c, CGOFUZZ_LAYOUT_ALIGN, i, a->arg_align[i], b->arg_align[i]);
	}
	for (uint32_t i = 0; i < a->leaf_count; i++)
		if (!same_leaf(c, a, b, a->leaves[i].index))
			return 0;
	for (uint32_t n = 0; n < count; n++) {
		const struct cgofuzz_variant *v = &a->unusual->variants[n];

		for (uint32_t i = 0; i < v->leaf_count; i++)
			if (!same_leaf(c, a, b, v->leaves[i].index))
				return 0;
		for (uint32_t i = 0; i < v->odd_count; i++)
			if (!same_leaf(c, a, b, v->odd[i].index))
				return 0;
	}
	return 1;
}

/* A bit-field whose sample is not one run of its width is a fault of the compiler too. */
static int measured(const struct comparison *c, const struct cgofuzz_view *v)
{
	const struct cgofuzz_odd_leaf *bad = v->unusual ? cgofuzz_odd_measure(v->unusual) : NULL;

	return !bad || differ(c, bad->index, bad->arg, bad->bits, 0);
}

static int same_as_documents(struct comparison *c, const struct cgofuzz_view *v)
{
	const struct cgofuzz_abi_slot *s = &cgofuzz_abi.slots[c->slot];

	if (!s->known)
		return 1;
	c->with = CGOFUZZ_SIDE_DOCUMENT;
	if (!same_as_document(c, v, &s->layouts[CGOFUZZ_LAYOUT_OWN]))
		return 0;
	c->with = (enum cgofuzz_side)cgofuzz_abi.across;
	return same_as_document(c, v, &s->layouts[CGOFUZZ_LAYOUT_ACROSS]);
}

static int agrees(uint32_t slot, uint32_t is_result)
{
	const struct cgofuzz_view *callee = is_result ? &cgofuzz_cases[slot].result
						      : &cgofuzz_cases[slot].args;
	struct comparison c = { slot, is_result, CGOFUZZ_SIDE_CALLEE };

	if (!measured(&c, callee))
		return 0;
	if (!same_as_documents(&c, callee))
		return 0;
	if (cgofuzz_controls && cgofuzz_controls[slot].direct) {
		const struct cgofuzz_view *wrapper = is_result ? &cgofuzz_controls[slot].result
							       : &cgofuzz_controls[slot].args;

		c.with = CGOFUZZ_SIDE_WRAPPER;
		return measured(&c, wrapper) && same_views(&c, callee, wrapper);
	}
	return 1;
}

int cgofuzz_layout_agrees(uint32_t slot)
{
	return agrees(slot, 0) && agrees(slot, 1);
}
