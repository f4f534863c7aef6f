/* classify.c: abi. AAPCS64 6.8.2 and 6.9: where arguments and results go. */
#include "abi/arm64/classify.h"

/* An argument after stage B. */
struct marshal {
	struct abi_work *w;
	struct abi_cursor *at;
	struct abi_value *v;
	uint32_t natural; /* alignment that the rules of stage C see */
	bool any_register; /* even if natural is 16: GCC's way with wide packed bit-fields */
};

static void use(struct marshal *m, int rule)
{
	rule_add(&m->v->rules, rule);
}

static bool is_composite(const struct shape *s)
{
	return shape_is_aggregate(s) || s->kind == SHAPE_COMPLEX;
}

static bool is_short_vector(const struct abi_value *v)
{
	return v->shape->kind == SHAPE_VECTOR && v->size <= 16;
}

static bool is_floating(const struct shape *s)
{
	return s->kind == SHAPE_SCALAR &&
		(s->scalar == SCALAR_FLOAT16 || s->scalar == SCALAR_FLOAT ||
		 s->scalar == SCALAR_DOUBLE || s->scalar == SCALAR_LDOUBLE);
}

/* Rounds the NSAA up for the argument, then takes size bytes of the stack. */
static uint32_t take_stack(struct marshal *m, uint32_t size, int round_rule)
{
	uint32_t align = m->natural >= 16 ? 16 : 8; /* B.6: no others */
	uint32_t slot = round_up(m->at->stack, align);

	if (slot != m->at->stack)
		use(m, round_rule);
	m->at->stack = slot + round_up(size, 8);
	return slot;
}

static void pass_floating(struct marshal *m)
{
	if (m->at->vector < ARM64_REGISTERS) {
		use(m, is_short_vector(m->v) ? RULE_ARM64_C1_VECTOR : RULE_ARM64_C1);
		places_part(m->v,
			    (struct abi_part){ .where = ABI_VECTOR,
					       .number = (uint8_t)m->at->vector++,
					       .size = m->v->size });
		return;
	}
	if (m->v->size < 8)
		use(m, RULE_ARM64_C5);
	use(m, RULE_ARM64_C6);
	places_stack(m->v, take_stack(m, m->v->size, RULE_ARM64_C4));
}

/* LLVM knows no vector of one __int128: two integers that go together, but to no even register. */
static bool is_int128_hva(struct marshal *m, const struct homogeneous *h)
{
	if (!h->vector || !shape_is_int128_vector(h->base) ||
	    !abi_deviates(m->w, RULE_ARM64_HVA_INT128))
		return false;
	use(m, RULE_ARM64_HVA_INT128);
	return true;
}

static void pass_homogeneous(struct marshal *m, const struct homogeneous *h)
{
	if (m->v->size > 16)
		use(m, RULE_ARM64_B3); /* else B.4 would not have applied either */
	if (m->at->vector + h->count > ARM64_REGISTERS) {
		if (m->at->vector < ARM64_REGISTERS)
			use(m, RULE_ARM64_C3);
		m->at->vector = ARM64_REGISTERS;
		use(m, RULE_ARM64_C6_HFA);
		if (h->unit == 16 && abi_deviates(m->w, RULE_ARM64_C4_HFA))
			m->natural = 16; /* LLVM's of the IR type, which is no packed one */
		places_stack(m->v, take_stack(m, m->v->size, RULE_ARM64_C4_HFA));
		return;
	}
	use(m, RULE_ARM64_C2);
	for (uint32_t i = 0; i < h->count; i++)
		places_part(m->v,
			    (struct abi_part){ .where = ABI_VECTOR,
					       .number = (uint8_t)m->at->vector++,
					       .value_byte = i * h->unit,
					       .size = h->unit });
}

/* Consecutive general registers from the NGRN. */
static void take_general(struct marshal *m, uint32_t size)
{
	for (uint32_t byte = 0; byte < size; byte += 8)
		places_part(m->v,
			    (struct abi_part){ .where = ABI_GENERAL,
					       .number = (uint8_t)m->at->general++,
					       .value_byte = byte,
					       .size = size - byte < 8 ? size - byte : 8 });
}

static void pass_int128_hva(struct marshal *m)
{
	if (m->at->general + m->v->size / 8 > ARM64_REGISTERS) {
		m->at->general = ARM64_REGISTERS;
		places_stack(m->v, take_stack(m, m->v->size, RULE_ARM64_C4_HFA));
		return;
	}
	take_general(m, m->v->size);
}

/* Clang does not look into _Atomic: LLVM cuts the vector into what registers hold, and each part finds one,
 * or a slot, on its own. */
static bool pass_atomic_vector(struct marshal *m)
{
	const struct shape *s = m->v->shape;
	bool general = shape_is_int128_vector(s);
	uint32_t each = general ? 8 : 16;

	if (s->kind != SHAPE_VECTOR || !(s->qualifiers & QUALIFIER_ATOMIC) ||
	    (!general && m->v->size <= 16) || !abi_deviates(m->w, RULE_ARM64_ATOMIC_VECTOR))
		return false;
	use(m, RULE_ARM64_ATOMIC_VECTOR);
	if (general && m->at->general % 2)
		m->at->general++;
	for (uint32_t byte = 0; byte < m->v->size; byte += each) {
		struct abi_part part = { .value_byte = byte, .size = each };

		if (general && m->at->general < ARM64_REGISTERS) {
			part.number = (uint8_t)m->at->general++;
		} else if (!general && m->at->vector < ARM64_REGISTERS) {
			part.where = ABI_VECTOR;
			part.number = (uint8_t)m->at->vector++;
		} else {
			part.where = ABI_STACK;
			part.slot = round_up(m->at->stack, general && byte ? 8 : 16);
			m->at->stack = part.slot + each;
		}
		places_part(m->v, part);
	}
	return true;
}

/* B.4: the pointer is then passed as any other. */
static void pass_reference(struct marshal *m)
{
	use(m, RULE_ARM64_B4);
	m->v->byref = true;
	if (m->at->general < ARM64_REGISTERS) {
		places_part(m->v,
			    (struct abi_part){ .where = ABI_GENERAL,
					       .number = (uint8_t)m->at->general++,
					       .size = m->v->size });
		return;
	}
	use(m, RULE_ARM64_B4_STACK);
	m->natural = 8;
	places_stack(m->v, take_stack(m, 8, RULE_ARM64_C14));
}

static void pass_stacked(struct marshal *m, bool composite)
{
	if (m->at->general < ARM64_REGISTERS)
		use(m, RULE_ARM64_C13);
	m->at->general = ARM64_REGISTERS;
	if (composite)
		use(m, RULE_ARM64_C15);
	else
		use(m, m->v->size < 8 ? RULE_ARM64_C16 : RULE_ARM64_C17);
	places_stack(m->v, take_stack(m, m->v->size, RULE_ARM64_C14));
}

/* Integers, pointers and what is left of the composites. */
static void pass_general(struct marshal *m, bool composite)
{
	uint32_t words = (m->v->size + 7) / 8;

	if (!composite && words == 1) {
		if (m->at->general < ARM64_REGISTERS) {
			use(m, RULE_ARM64_C9);
			take_general(m, m->v->size);
		} else {
			pass_stacked(m, false);
		}
		return;
	}
	if (m->natural >= 16 && words == 2 && m->at->general % 2 && !m->any_register) {
		use(m, RULE_ARM64_C10);
		m->at->general++;
	}
	if (m->at->general + words > ARM64_REGISTERS) {
		pass_stacked(m, composite);
		return;
	}
	use(m, composite ? RULE_ARM64_C12 : RULE_ARM64_C11);
	take_general(m, m->v->size);
}

/* GCC 12 takes the declared types of packed bit-fields into account, as if they were not packed
 * (aarch64_function_arg_alignment()), and for registers asks for exactly 16. */
static uint32_t packed_bitfields(struct marshal *m, const struct shape *s)
{
	const struct abi_type *type = layout_type(m->w, s);
	uint32_t natural = type->natural, all = natural;

	if (!type->bitfields)
		return natural;
	for (uint32_t i = 0; i < s->count; i++) {
		uint32_t align;

		if (!s->members[i].is_bitfield)
			continue;
		align = layout_extent(m->w, s->members[i].shape).align;
		all = align > all ? align : all;
	}
	if (all > 16 && all > natural) {
		use(m, RULE_ARM64_B6_PACKED_WIDE);
		m->any_register = abi_deviates(m->w, RULE_ARM64_B6_PACKED_WIDE);
	}
	if (all < 16 || natural >= 16)
		return natural;
	use(m, RULE_ARM64_B6_PACKED);
	return abi_deviates(m->w, RULE_ARM64_B6_PACKED) ? all : natural;
}

/* B.6: the alignment that stage C sees is that of the type without what was added to the whole. */
static uint32_t natural_align(struct marshal *m)
{
	const struct shape *s = m->v->shape;
	uint32_t natural;

	if (shape_is_aggregate(s)) {
		natural = packed_bitfields(m, s);
	} else if (!s->align && !(s->qualifiers & QUALIFIER_ATOMIC)) {
		return m->v->align;
	} else {
		struct shape plain = *s;

		plain.align = 0;
		plain.qualifiers &= (uint8_t)~QUALIFIER_ATOMIC; /* raises that of a complex number */
		natural = layout_extent(m->w, &plain).align;
	}
	if (s->qualifiers & QUALIFIER_ATOMIC && m->v->align >= 16 && natural < 16) {
		use(m, RULE_ARM64_B6_ATOMIC);
		return abi_deviates(m->w, RULE_ARM64_B6_ATOMIC) ? m->v->align : natural;
	}
	if (natural != m->v->align && (natural >= 16) != (m->v->align >= 16))
		use(m, RULE_ARM64_B6);
	return natural;
}

void arm64_argument(struct abi_work *w, struct abi_cursor *at, struct abi_value *v)
{
	struct marshal m = { .w = w, .at = at, .v = v, .natural = 8 };
	struct homogeneous h;

	if (!v->size) {
		if (v->shape->kind != SHAPE_VOID)
			use(&m, RULE_ARM64_NO_SIZE);
		return;
	}
	m.natural = natural_align(&m);
	if (layout_is_empty(w, v->shape)) {
		use(&m, RULE_ARM64_NO_MEMBERS);
		if (abi_deviates(w, RULE_ARM64_NO_MEMBERS))
			return;
	}
	if (pass_atomic_vector(&m))
		return;
	if (is_floating(v->shape) || is_short_vector(v)) {
		pass_floating(&m);
	} else if (is_composite(v->shape) && arm64_homogeneous(w, v->shape, &h, &v->rules)) {
		if (is_int128_hva(&m, &h))
			pass_int128_hva(&m);
		else
			pass_homogeneous(&m, &h);
	} else if (v->shape->kind == SHAPE_VECTOR) {
		use(&m, RULE_ARM64_VECTOR32_PASSED);
		pass_reference(&m);
	} else if (is_composite(v->shape) && v->size > 16) {
		pass_reference(&m);
	} else {
		if (is_composite(v->shape) && v->size % 8)
			use(&m, RULE_ARM64_B5);
		pass_general(&m, is_composite(v->shape));
	}
}

/* Which row says so. */
static int result_rule(const struct abi_value *v)
{
	if (v->byref)
		return RULE_ARM64_RESULT_MEMORY;
	if (!v->part_count)
		return RULE_ARM64_RESULT_NO_SIZE;
	if (v->parts[0].where == ABI_VECTOR)
		return is_composite(v->shape) ? RULE_ARM64_RESULT_HFA : RULE_ARM64_RESULT_VECTOR;
	if (is_composite(v->shape))
		return RULE_ARM64_RESULT_COMPOSITE;
	return v->size > 8 ? RULE_ARM64_RESULT_INT128 : RULE_ARM64_RESULT_GENERAL;
}

void arm64_result(struct abi_work *w, struct abi_cursor *at, struct abi_value *v)
{
	struct abi_cursor fresh = { 0 };
	struct rule_set decided;

	(void)at; /* x8 is no argument register */
	if (v->shape->kind == SHAPE_VOID)
		return;
	arm64_argument(w, &fresh, v); /* 6.9: as if it were the first one */
	decided = v->rules;
	v->rules = (struct rule_set){ { 0 } };
	for (int r = RULE_ARM64_HFA; r <= RULE_ARM64_HFA_PADDING; r++)
		if (rule_has(&decided, r))
			rule_add(&v->rules, r);
	if (rule_has(&decided, RULE_ARM64_NO_MEMBERS))
		rule_add(&v->rules, RULE_ARM64_NO_MEMBERS);
	if (v->byref)
		v->parts[0].number = ARM64_X8;
	if (is_short_vector(v) && shape_is_int128_vector(v->shape) &&
	    abi_deviates(w, RULE_ARM64_HVA_INT128)) {
		struct marshal m = { .w = w, .at = &fresh, .v = v };

		use(&m, RULE_ARM64_HVA_INT128);
		fresh.general = v->part_count = 0;
		take_general(&m, v->size);
	}
	rule_add(&v->rules, result_rule(v));
}
