/* parse_variant.c: model. A type with a qualifier, an alignment, or as the element of a vector. */
#include "model/parse.h"

static struct shape *copy_of(struct parser *p, const struct shape *s)
{
	struct shape *copy;

	if (parse_incomplete(s)) {
		struct incomplete *opaque = arena_alloc(p->arena, sizeof(*opaque));

		*opaque = *(const struct incomplete *)(const void *)s;
		return &opaque->shape;
	}
	copy = shape_new(p->arena);
	*copy = *s;
	return copy;
}

static const char *what_it_is(const struct shape *s)
{
	switch (s->kind) {
	case SHAPE_FUNCTION:
		return "a function";
	case SHAPE_ARRAY:
		return "an array";
	case SHAPE_VOID:
		return "void";
	default:
		return "this type";
	}
}

const struct shape *parse_qualify(struct parser *p, const struct shape *s, unsigned qualifiers,
				  size_t at)
{
	bool atomic = (qualifiers & QUALIFIER_ATOMIC) != 0;
	struct shape *copy;

	if ((s->qualifiers | qualifiers) == s->qualifiers)
		return s;
	if (s->kind == SHAPE_FUNCTION)
		return parse_fail(p, at, "leave it out", "a function cannot have qualifiers"), NULL;
	if (atomic && (s->kind == SHAPE_ARRAY || s->kind == SHAPE_VOID))
		return parse_fail(p, at, "make its elements or a member atomic",
				  "%s cannot be atomic", what_it_is(s)),
		       NULL;
	if (atomic && s->align && !shape_is_aggregate(s) && s->kind != SHAPE_ENUM)
		return parse_fail(p, at, "put _Atomic into the typedef",
				  "a type that a typedef aligns cannot be made atomic later"),
		       NULL;
	copy = copy_of(p, s);
	if (s->kind == SHAPE_ARRAY) { /* its elements are (C17 6.7.3) */
		copy->target = parse_qualify(p, s->target, qualifiers, at);
		return copy->target ? copy : NULL;
	}
	copy->qualifiers |= (uint8_t)qualifiers;
	return copy;
}

static bool may_be_element(const struct shape *s)
{
	return s->kind == SHAPE_SCALAR && s->scalar != SCALAR_BOOL && s->scalar != SCALAR_LDOUBLE &&
		!s->align && !(s->qualifiers & QUALIFIER_ATOMIC);
}

const struct shape *parse_vector(struct parser *p, const struct shape *s, uint32_t bytes, size_t at)
{
	struct shape *vector;
	unsigned size;

	if (!may_be_element(s))
		return parse_fail(p, at, "write it beside int, float, or another plain number",
				  "the elements of a vector are integers, float, double or _Float16"),
		       NULL;
	size = scalar_info[s->scalar].size;
	if (bytes < size)
		return parse_fail(p, at, "make the vector larger",
				  "a vector of %u bytes cannot hold an element of %u", bytes, size),
		       NULL;
	vector = shape_new(p->arena);
	vector->kind = SHAPE_VECTOR;
	vector->qualifiers = s->qualifiers;
	vector->target = &shape_scalars[s->scalar];
	vector->count = bytes / size;
	return vector;
}

const struct shape *parse_align(struct parser *p, const struct shape *s, uint32_t align, size_t at)
{
	struct shape *copy;

	if (s->kind == SHAPE_VOID || s->kind == SHAPE_FUNCTION)
		return parse_fail(p, at, "leave it out", "%s cannot be aligned", what_it_is(s)), NULL;
	if (shape_is_aggregate(s) || s->kind == SHAPE_ENUM)
		return parse_fail(
			       p, at,
			       "write it where the type is defined, as in struct __attribute__((aligned(8))) { ... }",
			       "'aligned' on a typedef of a struct, union or enum is not supported"),
		       NULL;
	copy = copy_of(p, s);
	copy->align = align;
	return copy;
}
