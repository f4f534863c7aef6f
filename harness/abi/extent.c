/* extent.c: abi. Size and alignment of any type; structs and unions are laid out in layout.c. */
#include "abi/internal.h"
#include "base/err.h"

const struct extent layout_scalars[SCALAR_COUNT] = {
#define EVENTS(id) \
	((id) == SCALAR_INT128 || (id) == SCALAR_UINT128 ? LAYOUT_BIT(INT128) \
		 : (id) == SCALAR_LDOUBLE		 ? LAYOUT_BIT(LDOUBLE) \
		 : (id) == SCALAR_FLOAT16		 ? LAYOUT_BIT(FLOAT16) \
							 : 0)
#define SCALAR(id, c, go, leaf, bytes) [SCALAR_##id] = { bytes, bytes, EVENTS(SCALAR_##id) },
#include "model/scalar.def"
#undef SCALAR
#undef EVENTS
};

static struct extent enum_extent(const struct shape *s)
{
	uint32_t size = shape_enum_size(s);

	return (struct extent){ size, size,
				s->packed	    ? LAYOUT_BIT(ENUM_PACKED)
					: size == 8 ? LAYOUT_BIT(ENUM_WIDE)
						    : LAYOUT_BIT(ENUM) };
}

static struct extent plain_extent(struct abi_work *w, const struct shape *s);

/* GCC lays out an array of the elements' main variant, and makes them _Atomic afterwards (c-decl.c,
 * grokdeclarator(): TYPE_MAIN_VARIANT). */
static uint32_t atomic_array_align(struct abi_work *w, const struct shape *s, uint32_t own)
{
	const struct shape *element = s->target;

	while (element->kind == SHAPE_ARRAY)
		element = element->target;
	if (element->qualifiers & QUALIFIER_ATOMIC && layout_deviates(w, LAYOUT_ATOMIC))
		return plain_extent(w, element).align;
	return own;
}

static struct extent array_extent(struct abi_work *w, const struct shape *s)
{
	struct extent e = layout_extent(w, s->target);

	e.events |= s->flexible ? LAYOUT_BIT(ARRAY_FLEXIBLE)
		: s->count	? LAYOUT_BIT(ARRAY)
				: LAYOUT_BIT(ARRAY_ZERO);
	e.size *= s->count;
	e.align = atomic_array_align(w, s, e.align);
	return e;
}

static struct extent vector_extent(struct abi_work *w, const struct shape *s)
{
	uint32_t size = scalar_info[s->target->scalar].size * s->count;

	return (struct extent){ size, size < w->abi->vector_align ? size : w->abi->vector_align,
				size > 16 ? LAYOUT_BIT(VECTOR32) | LAYOUT_APART : LAYOUT_BIT(VECTOR) };
}

/* _Atomic asks for the alignment that a single access needs; the documents do not speak of it. */
static void atomic_extent(struct abi_work *w, struct extent *e)
{
	bool power = e->size && !(e->size & (e->size - 1));

	if (e->size > 16)
		return;
	if (power && e->align >= e->size)
		return;
	if (power) {
		e->events |= LAYOUT_BIT(ATOMIC);
		e->align = e->size;
		return;
	}
	e->events |= e->size ? LAYOUT_BIT(ATOMIC_SIZE) : LAYOUT_BIT(ATOMIC_EMPTY);
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

static struct extent plain_extent(struct abi_work *w, const struct shape *s)
{
	const struct abi_type *type;
	struct extent e;

	switch (s->kind) {
	case SHAPE_SCALAR:
		return layout_scalars[s->scalar];
	case SHAPE_ENUM:
		return enum_extent(s);
	case SHAPE_POINTER:
		return (struct extent){ 8, 8, LAYOUT_BIT(POINTER) };
	case SHAPE_COMPLEX:
		e = layout_scalars[s->target->scalar];
		return (struct extent){ 2 * e.size, e.align, e.events | LAYOUT_BIT(COMPLEX) };
	case SHAPE_VECTOR:
		return vector_extent(w, s);
	case SHAPE_ARRAY:
		return array_extent(w, s);
	case SHAPE_STRUCT:
	case SHAPE_UNION:
		type = layout_type(w, s);
		return (struct extent){ type->size, type->align, type->alike ? 0 : LAYOUT_APART };
	case SHAPE_VOID:
		return (struct extent){ 0, 1, 0 };
	case SHAPE_FUNCTION:
		break;
	}
	BUG("shape kind %d has no size", (int)s->kind);
}

/* aligned() on an enum's definition, or on a typedef. */
static void attribute_align(struct abi_work *w, const struct shape *s, struct extent *e)
{
	if (s->kind == SHAPE_ENUM) {
		e->events |= LAYOUT_BIT(ENUM_ALIGNED);
		if (layout_deviates(w, LAYOUT_ENUM_ALIGNED) &&
		    (w->reader == ABI_GCC || s->qualifiers & QUALIFIER_ATOMIC))
			return;
	} else {
		e->events |= s->align > e->align ? LAYOUT_BIT(ALIGNED_TYPEDEF)
						 : LAYOUT_BIT(UNDERALIGNED);
	}
	e->align = s->align;
}

struct extent layout_any(struct abi_work *w, const struct shape *s)
{
	struct extent e;

	if (!s->align && !(s->qualifiers & QUALIFIER_ATOMIC))
		return plain_extent(w, s);
	e = plain_extent(w, s);
	if (s->qualifiers & QUALIFIER_ATOMIC)
		atomic_extent(w, &e);
	if (s->align && s->align != e.align && !shape_is_aggregate(s))
		attribute_align(w, s, &e);
	return e;
}
