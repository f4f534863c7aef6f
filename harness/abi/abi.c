/* abi.c: abi. The table of ABIs, and a prototype from shapes to places. */
#include "abi/abi.h"

#include <string.h>

#include "abi/internal.h"

static const struct abi *const abis[] = {
#define ABI(id, arch, document) &abi_##arch,
#include "abi/abi.def"
#undef ABI
};

const char *const abi_reader_names[ABI_READERS] = { "document", "gcc", "clang" };

const struct abi *abi_at(unsigned i)
{
	return i < ABI_COUNT ? abis[i] : NULL;
}

const struct abi *abi_find(const char *arch)
{
	for (unsigned i = 0; i < ABI_COUNT; i++)
		if (!strcmp(abis[i]->arch, arch))
			return abis[i];
	return NULL;
}

const char *abi_arch(const struct abi *abi)
{
	return abi->arch;
}

uint8_t abi_address_back(const struct abi *abi)
{
	return abi->address_back;
}

unsigned abi_long_double_bits(const struct abi *abi)
{
	return abi->long_double_bits;
}

int abi_id(const struct abi *abi)
{
	return (int)abi->id;
}

const struct abi_register *abi_registers(const struct abi *abi, unsigned *count)
{
	*count = abi->register_count;
	return abi->registers;
}

const char *abi_register_name(const struct abi *abi, enum abi_where where, unsigned number)
{
	for (unsigned i = 0; i < abi->register_count; i++)
		if (abi->registers[i].where == where && abi->registers[i].number == number)
			return abi->registers[i].name;
	return "sp";
}

static void begin(struct abi_work *w, const struct abi *abi, enum abi_reader reader,
		  uint32_t type_count, struct arena *arena)
{
	*w = (struct abi_work){ abi, reader, arena, NULL, type_count };
	w->types = arena_alloc(arena, type_count * sizeof(struct abi_type *));
}

/* What a result or argument is before it has a place. */
static uint64_t start_value(struct abi_work *w, struct abi_value *v, const struct shape *s,
			    const struct abi_cursor *at)
{
	struct extent e = layout_extent(w, s);

	/* the arena made all of it 0 */
	v->shape = s;
	v->size = e.size;
	v->align = e.align;
	v->general_used = (uint8_t)at->general;
	v->vector_used = (uint8_t)at->vector;
	return e.events;
}

/* like: the same prototype for another ABI, both by the document, or NULL. */
static struct abi_call *classify(struct abi_work *w, const struct proto *proto,
				 const struct abi_call *like)
{
	struct abi_call *c = arena_alloc(w->arena, sizeof(*c));
	struct abi_cursor at = { 0 };
	uint64_t events;

	c->abi = w->abi;
	c->reader = w->reader;
	c->arg_count = proto->arg_count;
	c->types = w->types;
	c->type_count = w->type_count;
	c->args = arena_alloc(w->arena, proto->arg_count * sizeof(*c->args));
	if (like)
		layout_take(w, like);
	events = start_value(w, &c->result, proto->result, &at);
	w->abi->result(w, &at, &c->result);
	rule_union(&c->rules, &c->result.rules);
	for (uint32_t i = 0; i < proto->arg_count; i++) {
		events |= start_value(w, &c->args[i], proto->args[i], &at);
		w->abi->argument(w, &at, &c->args[i]);
		rule_union(&c->rules, &c->args[i].rules);
	}
	c->stack_bytes = at.stack;
	for (uint32_t i = 0; i < w->type_count; i++)
		if (w->types[i])
			rule_union(&c->rules, &w->types[i]->rules);
	rule_add_events(&c->rules, w->abi->id, events & ~LAYOUT_APART);
	return c;
}

static void place(struct abi_work *w, struct abi_call *c)
{
	places_leaves(w, &c->result);
	for (uint32_t i = 0; i < c->arg_count; i++)
		places_leaves(w, &c->args[i]);
}

struct abi_call *abi_classify(const struct abi *abi, enum abi_reader reader,
			      const struct proto *proto, uint32_t type_count, struct arena *arena)
{
	struct abi_work w;

	struct abi_call *c;

	begin(&w, abi, reader, type_count, arena);
	c = classify(&w, proto, NULL);
	place(&w, c);
	return c;
}

void abi_place(struct abi_call *call, struct arena *arena)
{
	struct abi_work w = { call->abi, call->reader, arena, call->types, call->type_count };

	place(&w, call);
}

void abi_classify_all(const struct proto *proto, uint32_t type_count, struct arena *arena,
		      struct abi_call *calls[ABI_COUNT])
{
	for (unsigned i = 0; i < ABI_COUNT; i++) {
		struct abi_work w;

		begin(&w, abis[i], ABI_DOCUMENT, type_count, arena);
		calls[i] = classify(&w, proto, i ? calls[0] : NULL);
	}
}

struct abi_type abi_layout(const struct abi *abi, enum abi_reader reader, const struct shape *shape,
			   uint32_t type_count, const struct abi_type ***types, struct arena *arena)
{
	struct abi_type type = { .shape = shape };
	struct extent e;
	struct abi_work w;

	begin(&w, abi, reader, type_count, arena);
	e = layout_extent(&w, shape);
	type.alike = !(e.events & LAYOUT_APART);
	if (shape_is_aggregate(shape))
		type = *layout_type(&w, shape);
	type.events |= e.events & ~LAYOUT_APART;
	rule_add_events(&type.rules, abi->id, type.events);
	type.size = e.size;
	type.align = e.align;
	if (types)
		*types = w.types;
	return type;
}

void abi_apart(const struct abi_type *const *types, const struct shape *s, struct rule_set *rules)
{
	while (s->kind == SHAPE_ARRAY)
		s = s->target;
	if (!shape_is_aggregate(s))
		return;
	for (int r = 0; (r = rule_next(&types[s->type_index]->rules, r)) >= 0; r++)
		if (rule_is_apart(r))
			rule_add(rules, r);
	for (uint32_t i = 0; i < s->count; i++)
		abi_apart(types, s->members[i].shape, rules);
}

bool abi_must_agree(const struct shape *s, uint32_t type_count, enum abi_reader reader)
{
	struct rule_set all = { { 0 } }, apart = { { 0 } };
	struct arena arena = { 0 };
	bool agree;

	for (unsigned i = 0; abi_at(i); i++) {
		const struct abi_type **types;
		struct abi_type type = abi_layout(abi_at(i), reader, s, type_count, &types, &arena);

		rule_union(&all, &type.rules);
		abi_apart(types, s, &apart);
	}
	agree = rule_next(&apart, 0) < 0;
	for (int r = 0; (r = rule_next(&all, r)) >= 0; r++)
		agree &= !rule_is_apart(r);
	arena_release(&arena);
	return agree;
}

bool abi_same_layout(const struct abi_type *a, const struct abi_type *b)
{
	uint32_t count = shape_is_aggregate(a->shape) ? a->shape->count : 0;

	if (a->size != b->size || a->align != b->align)
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (a->fields[i].offset_bits != b->fields[i].offset_bits ||
		    a->fields[i].size_bits != b->fields[i].size_bits)
			return false;
	return true;
}

static bool same_part(const struct abi_part *a, const struct abi_part *b)
{
	return a->where == b->where && a->number == b->number && a->slot == b->slot &&
		a->byte == b->byte && a->value_byte == b->value_byte && a->size == b->size;
}

bool abi_same_value(const struct abi_value *a, const struct abi_value *b)
{
	if (a->size != b->size || a->byref != b->byref || a->part_count != b->part_count)
		return false;
	for (uint32_t i = 0; i < a->part_count; i++)
		if (!same_part(&a->parts[i], &b->parts[i]))
			return false;
	for (uint32_t i = 0; i < a->leaf_count; i++)
		if (a->leaves[i].offset_bits != b->leaves[i].offset_bits)
			return false;
	return true;
}

static bool same_types(const struct abi_call *a, const struct abi_call *b)
{
	for (uint32_t i = 0; i < a->type_count; i++)
		if (a->types[i] && b->types[i] && !abi_same_layout(a->types[i], b->types[i]))
			return false;
	return true;
}

bool abi_same_call(const struct abi_call *a, const struct abi_call *b)
{
	if (a->stack_bytes != b->stack_bytes || a->arg_count != b->arg_count ||
	    !abi_same_value(&a->result, &b->result))
		return false;
	for (uint32_t i = 0; i < a->arg_count; i++)
		if (!abi_same_value(&a->args[i], &b->args[i]))
			return false;
	return same_types(a, b);
}

static bool same_extent(const struct abi_value *a, const struct abi_value *b)
{
	return a->size == b->size && a->align == b->align;
}

bool abi_same_layouts(const struct abi_call *a, const struct abi_call *b)
{
	if (!same_extent(&a->result, &b->result))
		return false;
	for (uint32_t i = 0; i < a->arg_count; i++)
		if (!same_extent(&a->args[i], &b->args[i]))
			return false;
	return same_types(a, b);
}
