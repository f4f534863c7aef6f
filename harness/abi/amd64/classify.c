/* classify.c: abi. psABI 3.2.3, "Passing" and "Returning of Values". */
#include "abi/amd64/classify.h"

static void use(struct abi_value *v, int rule)
{
	rule_add(&v->rules, rule);
}

/* One part for each eightbyte that has a class; SSEUP goes on in the register before it. */
static void take_registers(struct abi_value *v, struct amd64_classes k, const uint8_t *general,
			   uint8_t vector)
{
	for (uint32_t i = 0; i < 2 && 8 * i < v->size; i++) {
		struct abi_part part = { .value_byte = 8 * i,
					 .size = v->size - 8 * i < 8 ? v->size - 8 * i : 8 };

		switch (k.eightbyte[i]) {
		case CLASS_INTEGER:
			part.number = *general++;
			break;
		case CLASS_SSE:
			part.where = ABI_VECTOR;
			part.number = vector++;
			break;
		case CLASS_SSEUP:
			part.where = ABI_VECTOR;
			part.number = (uint8_t)(vector - 1);
			part.byte = 8;
			break;
		default:
			continue;
		}
		places_part(v, part);
	}
}

static unsigned count(struct amd64_classes k, enum amd64_class class)
{
	return (k.eightbyte[0] == class) + (k.eightbyte[1] == class);
}

static bool is_int128(const struct shape *s)
{
	return s->kind == SHAPE_SCALAR && (s->scalar == SCALAR_INT128 || s->scalar == SCALAR_UINT128);
}

/* The alignment of the argument on the stack: that of its type, typedefs aside. */
static uint32_t stack_align(struct abi_work *w, struct abi_value *v)
{
	struct shape plain = *v->shape;
	uint32_t align;

	if (!shape_is_aggregate(v->shape))
		plain.align = 0;
	if (v->shape->qualifiers & QUALIFIER_ATOMIC) {
		use(v, RULE_AMD64_STACK_ATOMIC);
		if (abi_deviates(w, RULE_AMD64_STACK_ATOMIC))
			plain.qualifiers = 0;
	}
	align = layout_extent(w, &plain).align;
	if (is_int128(v->shape)) {
		use(v, RULE_AMD64_INT128_ALIGN);
		if (abi_deviates(w, RULE_AMD64_INT128_ALIGN))
			return 8;
	}
	return align > 8 ? align : 8;
}

static void take_stack(struct abi_work *w, struct abi_cursor *at, struct abi_value *v)
{
	uint32_t slot;

	if (w->reader == ABI_GCC && layout_is_empty(w, v->shape)) {
		use(v, RULE_AMD64_BITFIELD_NO_NAME);
		return;
	}
	slot = round_up(at->stack, stack_align(w, v));

	if (slot != at->stack)
		use(v, RULE_AMD64_STACK_ALIGN);
	at->stack = slot + round_up(v->size, 8);
	places_stack(v, slot);
}

/* LLVM's way with eightbytes that find no register: each on its own. */
static void split(struct abi_cursor *at, struct abi_value *v, struct amd64_classes k)
{
	for (uint32_t i = 0; i < 2 && 8 * i < v->size; i++) {
		struct abi_part part = { .value_byte = 8 * i,
					 .size = v->size - 8 * i < 8 ? v->size - 8 * i : 8 };
		bool wide = i == 0 && k.eightbyte[1] == CLASS_SSEUP;

		if (k.eightbyte[i] == CLASS_NO || k.eightbyte[i] == CLASS_SSEUP)
			continue;
		if (wide)
			part.size = v->size;
		if (k.eightbyte[i] == CLASS_INTEGER && at->general < AMD64_GENERAL) {
			part.number = (uint8_t)at->general++;
		} else if (k.eightbyte[i] == CLASS_SSE && at->vector < AMD64_VECTOR) {
			part.where = ABI_VECTOR;
			part.number = (uint8_t)at->vector++;
		} else {
			part.where = ABI_STACK;
			part.slot = round_up(at->stack, wide ? 16 : 8);
			at->stack = part.slot + (wide ? 16 : 8);
		}
		places_part(v, part);
	}
}

/* Does the compiler's front end give it registers? Clang's takes an _Atomic scalar for one that needs none,
 * and does not count that LLVM puts it, or half an __int128, into some. */
static bool front_fits(struct abi_work *w, struct abi_cursor *at, const struct abi_value *v,
		       unsigned general, unsigned vector)
{
	if (w->reader == ABI_CLANG && v->shape->qualifiers & QUALIFIER_ATOMIC)
		return false;
	if (at->front_general + general > AMD64_GENERAL || at->front_vector + vector > AMD64_VECTOR)
		return false;
	at->front_general += general;
	at->front_vector += vector;
	return true;
}

/* No registers are left for the whole of it. front: the front end knows of some. */
static void pass_without(struct abi_work *w, struct abi_cursor *at, struct abi_value *v,
			 struct amd64_classes k, bool front)
{
	if (front && (shape_is_aggregate(v->shape) || v->shape->kind == SHAPE_COMPLEX)) {
		use(v, RULE_AMD64_PASS_UNSEEN);
		split(at, v, k);
		return;
	}
	if ((count(k, CLASS_INTEGER) && at->general < AMD64_GENERAL) ||
	    (count(k, CLASS_SSE) && at->vector < AMD64_VECTOR)) {
		use(v, RULE_AMD64_PASS_WHOLE);
		if (is_int128(v->shape) && abi_deviates(w, RULE_AMD64_PASS_WHOLE)) {
			split(at, v, k);
			return;
		}
	}
	use(v, RULE_AMD64_PASS_NO_REGISTER);
	take_stack(w, at, v);
}

static void pass_in_registers(struct abi_work *w, struct abi_cursor *at, struct abi_value *v,
			      struct amd64_classes k)
{
	unsigned general = count(k, CLASS_INTEGER), vector = count(k, CLASS_SSE);
	uint8_t numbers[2] = { (uint8_t)at->general, (uint8_t)(at->general + 1) };
	bool front = front_fits(w, at, v, general, vector);

	if (at->general + general > AMD64_GENERAL || at->vector + vector > AMD64_VECTOR) {
		pass_without(w, at, v, k, front);
		return;
	}
	if (general)
		use(v, RULE_AMD64_PASS_INTEGER);
	if (vector)
		use(v, RULE_AMD64_PASS_SSE);
	if (count(k, CLASS_SSEUP))
		use(v, RULE_AMD64_PASS_SSEUP);
	take_registers(v, k, numbers, (uint8_t)at->vector);
	at->general += general;
	at->vector += vector;
}

/* Clang gives an _Atomic vector alone no class and LLVM its IR type: then each part finds a register, or a
 * slot, on its own. */
struct ir_parts {
	bool general; /* one element of an integer, or more of __int128, is no vector to LLVM */
	uint32_t each, slot_align; /* bytes */
};

static bool ir_parts(struct abi_work *w, struct abi_value *v, struct ir_parts *p)
{
	const struct shape *s = v->shape;
	bool one = s->kind == SHAPE_VECTOR && s->count == 1;

	if (s->kind != SHAPE_VECTOR || !(s->qualifiers & QUALIFIER_ATOMIC) ||
	    !abi_deviates(w, RULE_AMD64_ATOMIC_VECTOR))
		return false;
	p->general = shape_is_int128_vector(s) || (one && s->target->scalar != SCALAR_DOUBLE);
	p->each = p->general || v->size == 8 ? 8 : 16;
	p->slot_align = p->general || one ? 8 : 16;
	if (p->general || one || v->size > 16)
		use(v, RULE_AMD64_ATOMIC_VECTOR);
	return true;
}

static void pass_ir_parts(struct abi_cursor *at, struct abi_value *v, const struct ir_parts *p)
{
	for (uint32_t byte = 0; byte < v->size; byte += p->each) {
		struct abi_part part = { .value_byte = byte, .size = p->each };

		if (p->general && at->general < AMD64_GENERAL) {
			part.number = (uint8_t)at->general++;
		} else if (!p->general && at->vector < AMD64_VECTOR) {
			part.where = ABI_VECTOR;
			part.number = (uint8_t)at->vector++;
		} else {
			part.where = ABI_STACK;
			part.slot = round_up(at->stack, p->slot_align);
			at->stack = part.slot + (p->slot_align > p->each ? p->slot_align : p->each);
		}
		places_part(v, part);
	}
}

void amd64_argument(struct abi_work *w, struct abi_cursor *at, struct abi_value *v)
{
	struct ir_parts parts;
	struct amd64_classes k;

	if (!v->size) {
		use(v, RULE_AMD64_NO_SIZE);
		if (amd64_is_flexible(v->shape)) {
			use(v, RULE_AMD64_NO_SIZE_FLEXIBLE);
			if (abi_deviates(w, RULE_AMD64_NO_SIZE_FLEXIBLE))
				at->stack = round_up(at->stack, stack_align(w, v)) +
					(w->reader == ABI_CLANG ? 8 : 0);
		}
		return;
	}
	if (ir_parts(w, v, &parts)) {
		pass_ir_parts(at, v, &parts);
		return;
	}
	k = amd64_classify(w, v, &v->rules);
	switch (k.eightbyte[0]) {
	case CLASS_MEMORY:
		use(v, RULE_AMD64_PASS_MEMORY);
		take_stack(w, at, v);
		return;
	case CLASS_X87:
	case CLASS_COMPLEX_X87:
		use(v, RULE_AMD64_PASS_X87);
		take_stack(w, at, v);
		return;
	default:
		pass_in_registers(w, at, v, k);
	}
}

/* Clang returns any vector as LLVM does, in vector registers, whatever its class. */
static bool return_vector(struct abi_work *w, struct abi_value *v)
{
	int rule = v->size > 8 ? RULE_AMD64_RETURN_M256 : RULE_AMD64_RETURN_M64_DOUBLE;

	if (v->shape->kind != SHAPE_VECTOR)
		return false;
	use(v, rule);
	if (!abi_deviates(w, rule) || shape_is_int128_vector(v->shape))
		return false;
	for (uint32_t byte = 0; byte < v->size; byte += 16)
		places_part(v,
			    (struct abi_part){ .where = ABI_VECTOR,
					       .number = (uint8_t)(byte / 16),
					       .value_byte = byte,
					       .size = v->size < 16 ? v->size : 16 });
	return true;
}

/* rax and rdx, xmm0 and xmm1 have room for 16 and 32 bytes; else there is none. */
static bool return_ir_parts(struct abi_value *v, const struct ir_parts *p)
{
	static const uint8_t numbers[2] = { AMD64_RAX, AMD64_RDX };

	for (uint32_t i = 0; i * p->each < v->size && v->size <= 2 * p->each; i++)
		places_part(v,
			    (struct abi_part){ .where = p->general ? ABI_GENERAL : ABI_VECTOR,
					       .number = p->general ? numbers[i] : (uint8_t)i,
					       .value_byte = i * p->each,
					       .size = p->each });
	return v->part_count > 0;
}

static void return_in_memory(struct abi_cursor *at, struct abi_value *v)
{
	use(v, RULE_AMD64_RETURN_MEMORY);
	v->byref = true;
	at->front_general++;
	places_part(v, (struct abi_part){ .number = (uint8_t)at->general++, .size = v->size });
}

static void return_nothing(struct abi_work *w, struct abi_cursor *at, struct abi_value *v)
{
	if (v->shape->kind == SHAPE_VOID)
		return;
	use(v, RULE_AMD64_RETURN_NO_SIZE);
	if (amd64_is_flexible(v->shape) && abi_deviates(w, RULE_AMD64_RETURN_NO_SIZE))
		return_in_memory(at, v);
}

static void return_x87(struct abi_value *v, uint32_t values)
{
	use(v, values == 1 ? RULE_AMD64_RETURN_X87 : RULE_AMD64_RETURN_COMPLEX_X87);
	for (uint32_t i = 0; i < values; i++)
		places_part(v,
			    (struct abi_part){ .where = ABI_X87,
					       .number = (uint8_t)i,
					       .value_byte = 16 * i,
					       .size = 16 });
}

void amd64_result(struct abi_work *w, struct abi_cursor *at, struct abi_value *v)
{
	static const uint8_t numbers[2] = { AMD64_RAX, AMD64_RDX };
	struct ir_parts parts;
	struct amd64_classes k;

	if (!v->size) {
		return_nothing(w, at, v);
		return;
	}
	if (ir_parts(w, v, &parts)) {
		if (!return_ir_parts(v, &parts))
			return_in_memory(at, v);
		return;
	}
	k = amd64_classify(w, v, &v->rules);
	switch (k.eightbyte[0]) {
	case CLASS_MEMORY:
		if (w->reader == ABI_GCC && layout_is_empty(w, v->shape))
			use(v, RULE_AMD64_BITFIELD_NO_NAME);
		else if (!return_vector(w, v))
			return_in_memory(at, v);
		return;
	case CLASS_X87:
	case CLASS_COMPLEX_X87:
		return_x87(v, v->size / 16);
		return;
	default:
		break;
	}
	if (count(k, CLASS_INTEGER))
		use(v, RULE_AMD64_RETURN_INTEGER);
	if (count(k, CLASS_SSE))
		use(v, RULE_AMD64_RETURN_SSE);
	if (count(k, CLASS_SSEUP))
		use(v, RULE_AMD64_RETURN_SSEUP);
	take_registers(v, k, numbers, 0);
}
