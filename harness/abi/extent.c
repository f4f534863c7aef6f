/* extent.c: abi. Size and alignment of any type; structs and unions are laid out in layout.c. */
#include "abi/internal.h"
#include "base/err.h"

void layout_hit(struct abi_work *w, struct rule_set *rules, enum layout_event event)
{
	int rule = rule_of_event(w->abi->id, event);

	if (rules && rule >= 0)
		rule_add(rules, rule);
}

bool layout_deviates(struct abi_work *w, enum layout_event event)
{
	int rule = rule_of_event(w->abi->id, event);

	return rule >= 0 && abi_deviates(w, rule);
}

static struct extent scalar_extent(struct abi_work *w, enum scalar scalar, struct rule_set *rules)
{
	uint32_t size = scalar_info[scalar].size;

	if (size == 4 || size == 8 || size == 1) /* most */
		return (struct extent){ size, size };
	if (scalar == SCALAR_INT128 || scalar == SCALAR_UINT128)
		layout_hit(w, rules, LAYOUT_INT128);
	else if (scalar == SCALAR_LDOUBLE)
		layout_hit(w, rules, LAYOUT_LDOUBLE);
	else if (scalar == SCALAR_FLOAT16)
		layout_hit(w, rules, LAYOUT_FLOAT16);
	return (struct extent){ size, size };
}

static struct extent enum_extent(struct abi_work *w, const struct shape *s, struct rule_set *rules)
{
	uint32_t size = shape_enum_size(s);

	layout_hit(w, rules,
		   s->packed	       ? LAYOUT_ENUM_PACKED
			   : size == 8 ? LAYOUT_ENUM_WIDE
				       : LAYOUT_ENUM);
	return (struct extent){ size, size };
}

static struct extent plain_extent(struct abi_work *w, const struct shape *s, struct rule_set *rules);

/* GCC lays out an array of the elements' main variant, and makes them _Atomic afterwards (c-decl.c,
 * grokdeclarator(): TYPE_MAIN_VARIANT). */
static uint32_t atomic_array_align(struct abi_work *w, const struct shape *s, uint32_t own)
{
	const struct shape *element = s->target;

	while (element->kind == SHAPE_ARRAY)
		element = element->target;
	if (element->qualifiers & QUALIFIER_ATOMIC && layout_deviates(w, LAYOUT_ATOMIC))
		return plain_extent(w, element, NULL).align;
	return own;
}

static struct extent array_extent(struct abi_work *w, const struct shape *s, struct rule_set *rules)
{
	struct extent e = layout_extent(w, s->target, rules);

	layout_hit(w, rules,
		   s->flexible	      ? LAYOUT_ARRAY_FLEXIBLE
			   : s->count ? LAYOUT_ARRAY
				      : LAYOUT_ARRAY_ZERO);
	return (struct extent){ e.size * s->count, atomic_array_align(w, s, e.align) };
}

/* _Atomic asks for the alignment that a single access needs; the documents do not speak of it. */
static void atomic_extent(struct abi_work *w, struct extent *e, struct rule_set *rules)
{
	bool power = e->size && !(e->size & (e->size - 1));

	if (e->size > 16)
		return;
	if (power && e->align >= e->size)
		return;
	if (power) {
		layout_hit(w, rules, LAYOUT_ATOMIC);
		e->align = e->size;
		return;
	}
	layout_hit(w, rules, e->size ? LAYOUT_ATOMIC_SIZE : LAYOUT_ATOMIC_EMPTY);
	if (!layout_deviates(w, e->size ? LAYOUT_ATOMIC_SIZE : LAYOUT_ATOMIC_EMPTY))
		return;
	if (!e->size) {
		e->size = 1;
		return;
	}
	while (e->size & (e->size - 1))
		e->size += e->size & -e->size; /* to the next power of two */
	e->align = e->size;
}

static struct extent plain_extent(struct abi_work *w, const struct shape *s, struct rule_set *rules)
{
	const struct abi_type *type;
	struct extent e;

	switch (s->kind) {
	case SHAPE_SCALAR:
		return scalar_extent(w, s->scalar, rules);
	case SHAPE_ENUM:
		return enum_extent(w, s, rules);
	case SHAPE_POINTER:
		layout_hit(w, rules, LAYOUT_POINTER);
		return (struct extent){ 8, 8 };
	case SHAPE_COMPLEX:
		layout_hit(w, rules, LAYOUT_COMPLEX);
		e = scalar_extent(w, s->target->scalar, rules);
		return (struct extent){ 2 * e.size, e.align };
	case SHAPE_VECTOR:
		e = scalar_extent(w, s->target->scalar, NULL);
		layout_hit(w, rules, s->count * e.size > 16 ? LAYOUT_VECTOR32 : LAYOUT_VECTOR);
		e.size *= s->count;
		e.align = e.size < w->abi->vector_align ? e.size : w->abi->vector_align;
		return e;
	case SHAPE_ARRAY:
		return array_extent(w, s, rules);
	case SHAPE_STRUCT:
	case SHAPE_UNION:
		type = layout_type(w, s);
		return (struct extent){ type->size, type->align };
	case SHAPE_VOID:
		return (struct extent){ 0, 1 };
	case SHAPE_FUNCTION:
		break;
	}
	BUG("shape kind %d has no size", (int)s->kind);
}

/* aligned() on an enum's definition, or on a typedef. */
static uint32_t attribute_align(struct abi_work *w, const struct shape *s, uint32_t own,
				struct rule_set *rules)
{
	if (s->kind == SHAPE_ENUM) {
		layout_hit(w, rules, LAYOUT_ENUM_ALIGNED);
		return layout_deviates(w, LAYOUT_ENUM_ALIGNED) ? own : s->align;
	}
	layout_hit(w, rules, s->align > own ? LAYOUT_ALIGNED_TYPEDEF : LAYOUT_UNDERALIGNED);
	return s->align;
}

struct extent layout_extent(struct abi_work *w, const struct shape *s, struct rule_set *rules)
{
	struct extent e;

	if (s->kind == SHAPE_SCALAR && !s->align && !s->qualifiers)
		return scalar_extent(w, s->scalar, rules);
	e = plain_extent(w, s, rules);
	if (s->qualifiers & QUALIFIER_ATOMIC)
		atomic_extent(w, &e, rules);
	if (s->align && s->align != e.align && !shape_is_aggregate(s))
		e.align = attribute_align(w, s, e.align, rules);
	return e;
}
