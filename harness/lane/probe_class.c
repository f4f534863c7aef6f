/* probe_class.c: lane. Which classes of probe.def the types of a case belong to. */
#include "lane/probe.h"

#define BIT(id) ((uint64_t)1 << PROBE_##id)
_Static_assert(PROBE_CLASSES <= 64, "classes are bits of a word");

/* Where a type stands: cgo takes vectors for arrays if they are parameters. */
enum standing { AS_VALUE, AS_MEMBER, AS_TARGET };

static uint64_t classes_of(const struct shape *s, enum standing standing);

static uint64_t scalar_class(enum scalar scalar)
{
	switch (scalar) {
	case SCALAR_BOOL:
		return BIT(BOOL);
	case SCALAR_INT128:
	case SCALAR_UINT128:
		return BIT(INT128);
	case SCALAR_FLOAT:
	case SCALAR_DOUBLE:
		return BIT(FLOATING);
	case SCALAR_LDOUBLE:
		return BIT(LDOUBLE);
	case SCALAR_FLOAT16:
		return BIT(FLOAT16);
	default:
		return BIT(INTEGER);
	}
}

static uint64_t complex_class(enum scalar part)
{
	return part == SCALAR_LDOUBLE	 ? BIT(COMPLEX_LDOUBLE)
		: part == SCALAR_FLOAT16 ? BIT(COMPLEX_FLOAT16)
					 : BIT(COMPLEX);
}

static uint64_t pointer_class(const struct shape *target)
{
	switch (target->kind) {
	case SHAPE_VOID:
		return BIT(VOID_POINTER);
	case SHAPE_FUNCTION:
		return BIT(FUNCTION_POINTER);
	case SHAPE_ARRAY:
		return BIT(ARRAY_POINTER) | classes_of(target->target, AS_TARGET);
	default:
		return BIT(POINTER) | classes_of(target, AS_TARGET);
	}
}

static uint64_t member_classes(const struct member *m)
{
	uint64_t set = m->is_bitfield ? BIT(BITFIELD) : 0;

	if (!m->name && !m->is_bitfield)
		set |= BIT(ANONYMOUS);
	if (m->align)
		set |= BIT(ALIGNED);
	if (m->packed)
		set |= BIT(PACKED);
	return set | classes_of(m->shape, AS_MEMBER);
}

static uint64_t aggregate_classes(const struct shape *s)
{
	uint64_t set = s->kind == SHAPE_UNION ? BIT(UNION)
		: s->count		      ? BIT(STRUCT)
					      : BIT(STRUCT_EMPTY);

	if (s->packed)
		set |= BIT(PACKED);
	if (s->align)
		set |= BIT(ALIGNED);
	for (uint32_t i = 0; i < s->count; i++)
		set |= member_classes(&s->members[i]);
	return set;
}

static uint64_t enum_class(const struct shape *s)
{
	return s->packed ? BIT(ENUM_PACKED) : shape_enum_size(s) > 4 ? BIT(ENUM_WIDE) : BIT(ENUM);
}

static uint64_t array_class(const struct shape *s)
{
	return s->flexible ? BIT(FLEXIBLE) : s->count ? BIT(ARRAY) : BIT(ARRAY_ZERO);
}

static uint64_t kind_classes(const struct shape *s, enum standing standing)
{
	switch (s->kind) {
	case SHAPE_SCALAR:
		return scalar_class(s->scalar);
	case SHAPE_ENUM:
		return enum_class(s);
	case SHAPE_POINTER:
		return pointer_class(s->target);
	case SHAPE_STRUCT:
	case SHAPE_UNION:
		return aggregate_classes(s);
	case SHAPE_ARRAY:
		return array_class(s) | classes_of(s->target, standing);
	case SHAPE_COMPLEX:
		return complex_class(s->target->scalar);
	case SHAPE_VECTOR:
		return (standing == AS_VALUE ? BIT(VECTOR) : BIT(VECTOR_MEMBER)) |
			scalar_class(s->target->scalar);
	case SHAPE_VOID:
	case SHAPE_FUNCTION:
		break;
	}
	return 0;
}

/* More than eight bytes: compilers call a library for it. */
static bool is_wide(const struct shape *s)
{
	return s->kind == SHAPE_COMPLEX	  ? s->target->scalar != SCALAR_FLOAT
		: s->kind == SHAPE_SCALAR ? scalar_info[s->scalar].size > 8
					  : shape_is_aggregate(s) || s->kind == SHAPE_VECTOR;
}

static uint64_t classes_of(const struct shape *s, enum standing standing)
{
	uint64_t set = kind_classes(s, standing);

	if (shape_needs_typedef(s))
		set |= BIT(TYPEDEF_ALIGNED);
	if (s->qualifiers & QUALIFIER_ATOMIC)
		set |= is_wide(s) ? BIT(ATOMIC_WIDE) : BIT(ATOMIC);
	if (s->qualifiers & QUALIFIER_CONST && standing != AS_TARGET)
		set |= standing == AS_MEMBER ? BIT(CONST_MEMBER) : BIT(CONST);
	if (s->qualifiers & QUALIFIER_VOLATILE)
		set |= BIT(VOLATILE);
	return set;
}

uint64_t probe_classes(const struct fuzz_case *c)
{
	uint64_t set = classes_of(c->proto.result, AS_VALUE);

	for (uint32_t i = 0; i < c->proto.arg_count; i++)
		set |= classes_of(c->proto.args[i], AS_VALUE);
	return set;
}
