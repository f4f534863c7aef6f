/* aggregate.c: abi. AAPCS64 5.9.5: which aggregates are homogeneous. */
#include "abi/arm64/classify.h"

#define MOST_MEMBERS 4

/* What is left when members without size have disappeared (see the note of 5.10). */
static bool test(struct abi_work *w, const struct shape *s, struct homogeneous *h,
		 struct rule_set *rules);

static bool test_unit(struct homogeneous *h, uint32_t unit, uint32_t count, bool vector)
{
	*h = (struct homogeneous){ unit, count, vector, NULL };
	return unit != 0;
}

static uint32_t floating_size(const struct shape *s)
{
	if (s->kind == SHAPE_SCALAR)
		switch (s->scalar) {
		case SCALAR_FLOAT16:
		case SCALAR_FLOAT:
		case SCALAR_DOUBLE:
		case SCALAR_LDOUBLE:
			return scalar_info[s->scalar].size;
		default:
			break;
		}
	return 0;
}

static bool test_no_elements(struct abi_work *w, const struct shape *s, struct rule_set *rules)
{
	int rule = s->flexible ? RULE_ARM64_HFA_FLEXIBLE : RULE_ARM64_HFA_ARRAY_ZERO;

	rule_add(rules, rule);
	return !abi_deviates(w, rule);
}

static bool test_array(struct abi_work *w, const struct shape *s, struct homogeneous *h,
		       struct rule_set *rules)
{
	if (!s->count)
		return test_no_elements(w, s, rules);
	if (!test(w, s->target, h, rules))
		return false;
	if (h->count)
		rule_add(rules, RULE_ARM64_HFA_ARRAY);
	h->count = h->count > MOST_MEMBERS ? h->count : h->count * s->count;
	return true;
}

/* Adds a member to what the struct or union has so far. */
static bool join(struct homogeneous *all, const struct homogeneous *one, bool is_union,
		 struct rule_set *rules)
{
	if (!one->unit)
		return true;
	if (all->unit && (all->unit != one->unit || all->vector != one->vector)) {
		rule_add(rules, RULE_ARM64_HFA_MIXED);
		return false;
	}
	all->unit = one->unit;
	all->vector = one->vector;
	all->base = all->base ? all->base : one->base;
	if (!is_union)
		all->count += one->count;
	else if (one->count > all->count)
		all->count = one->count;
	return true;
}

/* A member that Clang passes over before it looks for what makes an aggregate inhomogeneous. */
static bool is_passed_over(struct abi_work *w, const struct shape *s)
{
	for (; s->kind == SHAPE_ARRAY; s = s->target)
		if (!s->count)
			return false;
	return w->reader == ABI_CLANG && layout_is_empty(w, s);
}

static bool test_member(struct abi_work *w, const struct member *m, struct homogeneous *one,
			bool in_union, struct rule_set *rules)
{
	if (m->is_bitfield) {
		int rule = in_union ? RULE_ARM64_HFA_ZERO_UNION : RULE_ARM64_HFA_ZERO_WIDTH;

		if (m->width)
			return false;
		rule_add(rules, rule);
		return !abi_deviates(w, rule);
	}
	if (is_passed_over(w, m->shape))
		return true;
	if (!test(w, m->shape, one, rules))
		return false;
	if (one->count && shape_is_aggregate(m->shape))
		rule_add(rules, RULE_ARM64_HFA_NESTED);
	else if (!one->count && shape_is_aggregate(m->shape))
		rule_add(rules, RULE_ARM64_HFA_EMPTY);
	return true;
}

static bool test_members(struct abi_work *w, const struct shape *s, struct homogeneous *h,
			 struct rule_set *rules)
{
	for (uint32_t i = 0; i < s->count; i++) {
		struct homogeneous one = { 0 };

		if (!test_member(w, &s->members[i], &one, s->kind == SHAPE_UNION, rules) ||
		    !join(h, &one, s->kind == SHAPE_UNION, rules))
			return false;
	}
	if (h->count && s->kind == SHAPE_UNION)
		rule_add(rules, RULE_ARM64_HFA_UNION);
	if (layout_type(w, s)->size == h->unit * h->count)
		return true;
	if (h->count)
		rule_add(rules, RULE_ARM64_HFA_PADDING);
	return false;
}

static bool test(struct abi_work *w, const struct shape *s, struct homogeneous *h,
		 struct rule_set *rules)
{
	if (s->qualifiers & QUALIFIER_ATOMIC) {
		rule_add(rules, RULE_ARM64_HFA_ATOMIC);
		if (abi_deviates(w, RULE_ARM64_HFA_ATOMIC))
			return false;
	}
	switch (s->kind) {
	case SHAPE_SCALAR:
		return test_unit(h, floating_size(s), 1, false);
	case SHAPE_COMPLEX:
		return test_unit(h, floating_size(s->target), 2, false);
	case SHAPE_VECTOR:
		h->unit = scalar_info[s->target->scalar].size * s->count;
		test_unit(h, h->unit > 16 ? 0 : h->unit, 1, true);
		h->base = s;
		return h->unit != 0;
	case SHAPE_ARRAY:
		return test_array(w, s, h, rules);
	case SHAPE_STRUCT:
	case SHAPE_UNION:
		return test_members(w, s, h, rules);
	case SHAPE_VOID:
	case SHAPE_ENUM:
	case SHAPE_POINTER:
	case SHAPE_FUNCTION:
		break;
	}
	return false;
}

/* GCC gives a struct that one short vector or complex number fills that one's mode: it is passed as such,
 * whatever else has no size. */
static bool test_whole(struct abi_work *w, const struct shape *s, struct homogeneous *h)
{
	uint32_t size = layout_extent(w, s).size;

	if (s->kind == SHAPE_VECTOR) {
		test_unit(h, size <= 16 ? size : 0, 1, true);
		h->base = s;
		return h->unit != 0;
	}
	if (s->kind == SHAPE_COMPLEX)
		return test_unit(h, floating_size(s->target), 2, false);
	if (s->kind == SHAPE_ARRAY && s->count == 1)
		return test_whole(w, s->target, h);
	if (shape_is_aggregate(s) && s->count && s->members[s->count - 1].shape->flexible)
		return false; /* a member without known size leaves it without a mode */
	for (uint32_t i = 0; s->kind == SHAPE_STRUCT && i < s->count; i++)
		if (!s->members[i].is_bitfield && size &&
		    layout_extent(w, s->members[i].shape).size == size)
			return test_whole(w, s->members[i].shape, h);
	return false;
}

bool arm64_homogeneous(struct abi_work *w, const struct shape *s, struct homogeneous *h,
		       struct rule_set *rules)
{
	*h = (struct homogeneous){ 0 };
	if (!test(w, s, h, rules) || !h->count)
		if (w->reader != ABI_GCC || !rule_has(rules, RULE_ARM64_HFA_ARRAY_ZERO) ||
		    !test_whole(w, s, h))
			return false;
	if (h->count > MOST_MEMBERS) {
		rule_add(rules, RULE_ARM64_HFA_MANY);
		return false;
	}
	if (s->kind == SHAPE_COMPLEX)
		rule_add(rules, RULE_ARM64_HFA_COMPLEX);
	else
		rule_add(rules, h->vector ? RULE_ARM64_HVA : RULE_ARM64_HFA);
	return true;
}
