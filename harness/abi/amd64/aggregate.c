/* aggregate.c: abi. psABI 3.2.3, "Classification": the classes of the eightbytes of a type. */
#include "abi/amd64/classify.h"

/* One type, or one field within the type that is asked for. */
struct classifier {
	struct abi_work *w;
	struct rule_set *rules;
};

static const struct amd64_classes memory = { { CLASS_MEMORY, CLASS_MEMORY } };

static void use(struct classifier *c, int rule)
{
	rule_add(c->rules, rule);
}

/* Aggregates, 4: the class of two fields in one eightbyte. */
static enum amd64_class merge(struct classifier *c, enum amd64_class a, enum amd64_class b)
{
	if (a == b)
		return a; /* (a) changes nothing */
	if (a == CLASS_NO || b == CLASS_NO)
		return a == CLASS_NO ? b : a; /* nor does (b) */
	if (a == CLASS_MEMORY || b == CLASS_MEMORY) {
		use(c, RULE_AMD64_MERGE_MEMORY);
		return CLASS_MEMORY;
	}
	if (a == CLASS_INTEGER || b == CLASS_INTEGER) {
		use(c, RULE_AMD64_MERGE_INTEGER);
		return CLASS_INTEGER;
	}
	if (a >= CLASS_X87 || b >= CLASS_X87) {
		use(c, RULE_AMD64_MERGE_X87);
		return CLASS_MEMORY;
	}
	use(c, RULE_AMD64_MERGE_SSE);
	return CLASS_SSE;
}

static void merge_all(struct classifier *c, struct amd64_classes *all, struct amd64_classes one)
{
	for (int i = 0; i < 2; i++)
		all->eightbyte[i] = merge(c, all->eightbyte[i], one.eightbyte[i]);
}

/* Aggregates, 5; (c) is decided before, by size. */
static struct amd64_classes clean_up(struct classifier *c, struct amd64_classes k)
{
	if (k.eightbyte[0] == CLASS_MEMORY || k.eightbyte[1] == CLASS_MEMORY) {
		if (k.eightbyte[0] != k.eightbyte[1])
			use(c, RULE_AMD64_POST_MEMORY);
		return memory;
	}
	if (k.eightbyte[0] == CLASS_X87UP ||
	    (k.eightbyte[1] == CLASS_X87UP && k.eightbyte[0] != CLASS_X87)) {
		use(c, RULE_AMD64_POST_X87UP);
		return memory;
	}
	if (k.eightbyte[1] == CLASS_SSEUP && k.eightbyte[0] != CLASS_SSE) {
		use(c, RULE_AMD64_POST_SSEUP);
		k.eightbyte[1] = CLASS_SSE;
	}
	return k;
}

/* One class for the bytes from at on. */
static struct amd64_classes one_class(uint32_t at, uint32_t size, enum amd64_class class)
{
	struct amd64_classes k = { { CLASS_NO, CLASS_NO } };

	for (uint32_t i = at / 8; i <= (at + size - 1) / 8 && i < 2; i++)
		k.eightbyte[i] = class;
	return k;
}

/* That of a scalar. Up to 8 bytes lie in one eightbyte, or the field is unaligned: Clang, where a typedef
 * allows that, does not see the next one. */
static struct amd64_classes scalar_class(uint32_t at, uint32_t size, enum amd64_class class)
{
	return one_class(at, size <= 8 ? 1 : size, class);
}

static struct amd64_classes scalar_classes(struct classifier *c, const struct shape *s, uint32_t at)
{
	uint32_t size;

	if (s->kind != SHAPE_SCALAR) { /* a pointer or enum */
		use(c, RULE_AMD64_CLASS_INTEGER);
		return scalar_class(at, 8, CLASS_INTEGER);
	}
	size = scalar_info[s->scalar].size;
	switch (s->scalar) {
	case SCALAR_FLOAT16:
		use(c, RULE_AMD64_CLASS_FLOAT16);
		return scalar_class(at, size, CLASS_SSE);
	case SCALAR_FLOAT:
	case SCALAR_DOUBLE:
		use(c, RULE_AMD64_CLASS_SSE);
		return scalar_class(at, size, CLASS_SSE);
	case SCALAR_LDOUBLE:
		use(c, RULE_AMD64_CLASS_X87);
		return (struct amd64_classes){ { CLASS_X87, CLASS_X87UP } };
	case SCALAR_INT128:
	case SCALAR_UINT128:
		use(c, RULE_AMD64_CLASS_INT128);
		break;
	default:
		use(c, RULE_AMD64_CLASS_INTEGER);
		break;
	}
	return scalar_class(at, size, CLASS_INTEGER);
}

/* GCC 12 counts a vector of one __int128 as one eightbyte (i386.c, classify_argument(), V1TImode): alone
 * it has a register of its own all the same, in a struct the second half is left out. */
static bool is_half_vector(struct classifier *c, const struct shape *s, bool alone)
{
	if (alone || !shape_is_int128_vector(s) ||
	    !abi_deviates(c->w, RULE_AMD64_CLASS_INT128_VECTOR))
		return false;
	use(c, RULE_AMD64_CLASS_INT128_VECTOR);
	return true;
}

static struct amd64_classes vector_classes(struct classifier *c, const struct shape *s, uint32_t at,
					   bool alone)
{
	uint32_t size = scalar_info[s->target->scalar].size * s->count;

	if (size <= 8) {
		int rule = s->count == 1 && s->target->scalar == SCALAR_DOUBLE
			? RULE_AMD64_CLASS_M64_DOUBLE
			: RULE_AMD64_CLASS_M64;

		use(c, rule);
		if (abi_deviates(c->w, rule))
			return memory;
		return one_class(at, size, CLASS_SSE);
	}
	use(c, RULE_AMD64_CLASS_M128);
	if (is_half_vector(c, s, alone))
		return one_class(at, 8, CLASS_SSE);
	return (struct amd64_classes){ { CLASS_SSE, CLASS_SSEUP } };
}

static struct amd64_classes complex_classes(struct classifier *c, const struct shape *s, uint32_t at)
{
	struct amd64_classes k = one_class(at, 2 * scalar_info[s->target->scalar].size, CLASS_SSE);

	use(c, RULE_AMD64_CLASS_COMPLEX);
	return k;
}

/* Aggregates, 1: is a field of this type unaligned at this byte? */
static bool is_unaligned(struct classifier *c, const struct shape *s, uint32_t at)
{
	struct shape plain;
	struct extent own;

	if (s->kind == SHAPE_SCALAR && !s->align && !s->qualifiers &&
	    at % scalar_info[s->scalar].size == 0) /* most */
		return false;
	if (s->kind == SHAPE_ARRAY)
		return s->count && is_unaligned(c, s->target, at);
	if (shape_is_aggregate(s)) {
		if (at % layout_type(c->w, s)->align == 0)
			return false;
		use(c, RULE_AMD64_UNALIGNED_STRUCT);
		return abi_deviates(c->w, RULE_AMD64_UNALIGNED_STRUCT);
	}
	plain = *s;
	plain.qualifiers = 0; /* what _Atomic adds is no natural alignment */
	own = layout_extent(c->w, s->align ? s : &plain);
	plain.align = 0;
	if (at % layout_extent(c->w, &plain).align == 0) {
		if (at % own.align == 0)
			return false;
		use(c, RULE_AMD64_UNALIGNED_STRUCT);
		return abi_deviates(c->w, RULE_AMD64_UNALIGNED_STRUCT);
	}
	if (at % own.align == 0) {
		use(c, RULE_AMD64_UNALIGNED_TYPEDEF);
		return !abi_deviates(c->w, RULE_AMD64_UNALIGNED_TYPEDEF);
	}
	use(c, RULE_AMD64_UNALIGNED);
	return true;
}

static struct amd64_classes classify(struct classifier *c, const struct shape *s, uint32_t at);

/* A bit-field without a name is no field in C; GCC asks its FIELD_DECL like any other. */
static bool is_nameless(struct classifier *c, const struct member *m, bool in_union)
{
	int rule = m->width ? RULE_AMD64_BITFIELD_NO_NAME : RULE_AMD64_BITFIELD_ZERO_UNION;

	if (m->name)
		return false;
	if (!m->width && !in_union)
		return true;
	use(c, rule);
	return !abi_deviates(c->w, rule);
}

/* In a union GCC classifies a bit-field as the integer that holds its width; that may be unaligned. */
static bool is_unaligned_bitfield(struct classifier *c, const struct member *m, uint32_t at)
{
	uint32_t bits = 8;

	while (bits < m->width)
		bits *= 2;
	if (at % bits == 0)
		return false;
	use(c, RULE_AMD64_UNALIGNED_BITFIELD);
	return abi_deviates(c->w, RULE_AMD64_UNALIGNED_BITFIELD);
}

static struct amd64_classes bitfield_classes(struct classifier *c, const struct member *m,
					     uint32_t at, bool in_union)
{
	struct amd64_classes k = { { CLASS_NO, CLASS_NO } };

	if (is_nameless(c, m, in_union))
		return k;
	if (in_union && is_unaligned_bitfield(c, m, at))
		return memory;
	use(c, RULE_AMD64_CLASS_BITFIELD);
	for (uint32_t i = at / 64; i < 2 && i <= (at + (m->width ? m->width - 1 : 0)) / 64; i++)
		k.eightbyte[i] = CLASS_INTEGER;
	return k;
}

/* Clang gives _Atomic types no class of their own: they stay MEMORY. */
static bool is_atomic_memory(struct classifier *c, const struct shape *s)
{
	if (!(s->qualifiers & QUALIFIER_ATOMIC))
		return false;
	use(c, RULE_AMD64_CLASS_ATOMIC);
	return abi_deviates(c->w, RULE_AMD64_CLASS_ATOMIC);
}

bool amd64_is_flexible(const struct shape *s)
{
	for (; s->kind == SHAPE_ARRAY; s = s->target)
		if (s->flexible || !s->count)
			return s->flexible;
	for (uint32_t i = 0; shape_is_aggregate(s) && i < s->count; i++)
		if (!shape_is_leaf(s->members[i].shape) && !s->members[i].is_bitfield &&
		    amd64_is_flexible(s->members[i].shape))
			return true;
	return false;
}

/* The same of a struct with a flexible array. */
static bool is_flexible_memory(struct classifier *c, const struct shape *s)
{
	if (!amd64_is_flexible(s))
		return false;
	use(c, RULE_AMD64_CLASS_FLEXIBLE);
	return abi_deviates(c->w, RULE_AMD64_CLASS_FLEXIBLE);
}

static bool is_empty_unaligned(struct classifier *c, const struct shape *s, uint32_t at)
{
	if (at % layout_extent(c->w, s).align)
		return true;
	for (uint32_t i = 0; shape_is_aggregate(s) && i < s->count; i++)
		if (!s->members[i].is_bitfield &&
		    is_empty_unaligned(c, s->members[i].shape,
				       at + layout_type(c->w, s)->fields[i].offset_bits / 8))
			return true;
	return false;
}

/* GCC's way with what has no size, but does not begin an eightbyte: classified as if it had elements. */
static struct amd64_classes phantom_classes(struct classifier *c, const struct shape *s, uint32_t at)
{
	struct amd64_classes all = { { CLASS_NO, CLASS_NO } }, one;

	for (uint32_t i = 0; shape_is_aggregate(s) && i < s->count; i++)
		if (!s->members[i].is_bitfield)
			merge_all(c, &all, phantom_classes(c, s->members[i].shape, at));
	if (s->kind != SHAPE_ARRAY || s->flexible)
		return all;
	if (!layout_extent(c->w, s->target).size)
		return phantom_classes(c, s->target, at);
	if (layout_extent(c->w, s->target).size > 16 || is_unaligned(c, s->target, at))
		return memory;
	one = classify(c, s->target, at);
	if (one.eightbyte[0] == CLASS_MEMORY)
		return memory;
	all.eightbyte[at / 8] = one.eightbyte[at / 8];
	return all;
}

/* A field without size has no class; GCC and Clang have their own ways. */
static struct amd64_classes empty_classes(struct classifier *c, const struct shape *s, uint32_t at)
{
	struct amd64_classes none = { { CLASS_NO, CLASS_NO } };

	if (is_empty_unaligned(c, s, at)) {
		use(c, RULE_AMD64_UNALIGNED_EMPTY);
		if (abi_deviates(c->w, RULE_AMD64_UNALIGNED_EMPTY))
			return memory;
	}
	if (at % 8 == 0 || at >= 16)
		return none;
	use(c, RULE_AMD64_EMPTY_FIELD);
	return abi_deviates(c->w, RULE_AMD64_EMPTY_FIELD) ? phantom_classes(c, s, at) : none;
}

static struct amd64_classes record_classes(struct classifier *c, const struct shape *s, uint32_t at)
{
	const struct abi_type *type = layout_type(c->w, s);
	struct amd64_classes all = { { CLASS_NO, CLASS_NO } };

	if (is_flexible_memory(c, s))
		return memory;

	for (uint32_t i = 0; i < s->count; i++) {
		const struct member *m = &s->members[i];
		uint32_t bit = 8 * at + type->fields[i].offset_bits;

		if (m->is_bitfield)
			merge_all(c, &all, bitfield_classes(c, m, bit, s->kind == SHAPE_UNION));
		else if (!type->fields[i].size_bits)
			merge_all(c, &all, empty_classes(c, m->shape, bit / 8));
		else if (is_unaligned(c, m->shape, bit / 8))
			return memory;
		else
			merge_all(c, &all, classify(c, m->shape, bit / 8));
	}
	return clean_up(c, all);
}

static struct amd64_classes array_classes(struct classifier *c, const struct shape *s, uint32_t at)
{
	uint32_t size = layout_extent(c->w, s->target).size;
	struct amd64_classes all = { { CLASS_NO, CLASS_NO } };

	for (uint32_t i = 0; size && i < s->count; i++) {
		if (is_unaligned(c, s->target, at + i * size))
			return memory;
		merge_all(c, &all, classify(c, s->target, at + i * size));
	}
	if (s->count && is_half_vector(c, s->target, false)) /* GCC repeats the only class it has */
		all.eightbyte[1] = all.eightbyte[0];
	return clean_up(c, all);
}

static struct amd64_classes classify(struct classifier *c, const struct shape *s, uint32_t at)
{
	if (is_atomic_memory(c, s))
		return memory;
	switch (s->kind) {
	case SHAPE_SCALAR:
	case SHAPE_ENUM:
	case SHAPE_POINTER:
		return scalar_classes(c, s, at);
	case SHAPE_VECTOR:
		return vector_classes(c, s, at, false);
	case SHAPE_COMPLEX:
		return complex_classes(c, s, at);
	case SHAPE_STRUCT:
	case SHAPE_UNION:
		return record_classes(c, s, at);
	case SHAPE_ARRAY:
		return array_classes(c, s, at);
	case SHAPE_VOID:
	case SHAPE_FUNCTION:
		break;
	}
	return (struct amd64_classes){ { CLASS_NO, CLASS_NO } };
}

struct amd64_classes amd64_classify(struct abi_work *w, const struct abi_value *v,
				    struct rule_set *rules)
{
	struct classifier c = { w, rules };
	const struct shape *s = v->shape;

	if (shape_is_leaf(s)) /* alone, an _Atomic scalar is passed as any, and so is a vector */
		return scalar_classes(&c, s, 0);
	if (s->kind == SHAPE_VECTOR && v->size <= 16)
		return vector_classes(&c, s, 0, true);
	if (v->size <= 16)
		return classify(&c, s, 0);
	if (s->kind == SHAPE_COMPLEX && is_atomic_memory(&c, s))
		return memory;
	if (s->kind == SHAPE_COMPLEX) {
		use(&c, RULE_AMD64_CLASS_COMPLEX_X87);
		return (struct amd64_classes){ { CLASS_COMPLEX_X87, CLASS_COMPLEX_X87 } };
	}
	if (s->kind == SHAPE_VECTOR)
		use(&c, RULE_AMD64_CLASS_M256);
	else
		use(&c, v->size > 64 ? RULE_AMD64_AGGREGATE_LARGE : RULE_AMD64_POST_LARGE);
	return memory;
}
