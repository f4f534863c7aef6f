/* abi_table.c: emit. What the classifier says about a batch, as the guest's capture and layout oracles
 * read it (guest/abi_table.h). */
#include "guest/abi_table.h"

#include <stdlib.h>

#include "abi/abi.h"
#include "emit/route.h"
#include "guest/value.h"
#include "guest/wire.h"

_Static_assert((int)CGOFUZZ_PLACE_GENERAL == (int)ABI_GENERAL &&
		       (int)CGOFUZZ_PLACE_VECTOR == (int)ABI_VECTOR &&
		       (int)CGOFUZZ_PLACE_X87 == (int)ABI_X87 &&
		       (int)CGOFUZZ_PLACE_STACK == (int)ABI_STACK,
	       "a place is what the classifier calls it");

/* The part of the table behind the slots, on its way out. */
struct writer {
	const struct abi *abi;
	const struct abi *across; /* the document of another architecture */
	enum abi_reader reader; /* as the callees' compiler is known to read both */
	struct buf tail;
	uint32_t tail_at; /* where it begins */
};

static uint32_t here(const struct writer *w)
{
	return w->tail_at + (uint32_t)w->tail.len;
}

static uint32_t value_bits(const struct abi *abi, const struct abi_leaf *l)
{
	if (l->bitfield)
		return l->bitfield->width;
	if (shape_leaf_kind(l->shape) == CGOFUZZ_LEAF_LDOUBLE)
		return abi_long_double_bits(abi);
	return l->size_bits;
}

/* 1: written; 0: the piece holds nothing of the value, as the last six bytes of an x87 number. */
static uint32_t put_piece(struct writer *w, const struct abi_leaf *l, const struct abi_piece *p,
			  struct cgofuzz_piece out, bool is_result)
{
	uint32_t bit = 8 * p->byte + p->bit, bits = p->bits ? p->bits : 8u * p->size;
	uint32_t leaf_bit = l->bitfield ? p->leaf_bit : 8u * p->leaf_byte;
	uint32_t all = value_bits(w->abi, l);

	if (leaf_bit >= all)
		return 0;
	out.kind = (uint8_t)shape_leaf_kind(l->shape);
	out.place = p->where;
	out.number = p->number;
	out.value_bits = (uint16_t)all;
	out.leaf_bit = (uint16_t)leaf_bit;
	out.bits = (uint16_t)(leaf_bit + bits > all ? all - leaf_bit : bits);
	out.place_bit = p->where == ABI_STACK ? 8 * p->slot : 0;
	if (out.by_reference)
		out.memory_bit = bit;
	else
		out.place_bit += bit;
	if (out.by_reference && is_result)
		out.place = CGOFUZZ_PLACE_MEMORY;
	buf_add(&w->tail, &out, sizeof(out));
	return 1;
}

static uint32_t put_pieces(struct writer *w, const struct abi_value *v, uint32_t first_leaf,
			   bool is_result)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < v->leaf_count; i++)
		for (uint32_t k = 0; k < v->leaves[i].piece_count; k++)
			count += put_piece(w, &v->leaves[i], &v->leaves[i].pieces[k],
					   (struct cgofuzz_piece){ .leaf = (uint16_t)(first_leaf + i),
								   .by_reference = v->byref },
					   is_result);
	return count;
}

static uint32_t put_arg_pieces(struct writer *w, const struct abi_call *call)
{
	uint32_t count = 0, leaf = 0;

	for (uint32_t i = 0; i < call->arg_count; i++) {
		count += put_pieces(w, &call->args[i], leaf, false);
		leaf += call->args[i].leaf_count;
	}
	return count;
}

static uint32_t put_layout(struct writer *w, const struct abi_value *v, uint32_t first_leaf,
			   uint32_t arg, uint8_t known)
{
	for (uint32_t i = 0; i < v->leaf_count; i++) {
		struct cgofuzz_abi_leaf out = { (uint16_t)(first_leaf + i), (uint8_t)arg, known,
						v->leaves[i].offset_bits };

		buf_add(&w->tail, &out, sizeof(out));
	}
	return v->leaf_count;
}

static struct cgofuzz_abi_size size_of(const struct abi_value *v, uint8_t known)
{
	return (struct cgofuzz_abi_size){ v->size, v->align, known, 0 };
}

/* Is it to be compared? The other document's where it must agree with the guest's own. */
static uint8_t is_known(const struct writer *w, const struct abi_call *call,
			const struct abi_value *v)
{
	return call->abi == w->abi || abi_must_agree(v->shape, call->type_count, w->reader);
}

static void put_layouts(struct writer *w, struct cgofuzz_abi_layout *s, const struct abi_call *call)
{
	uint32_t leaf = 0;

	s->arg_leaves = here(w);
	for (uint32_t i = 0; i < call->arg_count; i++)
		leaf += put_layout(w, &call->args[i], leaf, i, is_known(w, call, &call->args[i]));
	s->arg_leaf_count = leaf;
	s->result_leaves = here(w);
	s->result_leaf_count = put_layout(w, &call->result, 0, 0, is_known(w, call, &call->result));
	s->arg_sizes = here(w);
	s->arg_size_count = call->arg_count;
	for (uint32_t i = 0; i < call->arg_count; i++) {
		struct cgofuzz_abi_size size =
			size_of(&call->args[i], is_known(w, call, &call->args[i]));

		buf_add(&w->tail, &size, sizeof(size));
	}
	s->result_size = size_of(&call->result, is_known(w, call, &call->result));
}

/* A target may have the other architecture's header say something else. */
static void put_across(struct writer *w, struct cgofuzz_abi_layout *s, const struct batch_slot *slot)
{
	struct fuzz_case other;
	const struct fuzz_case *c = target_types(slot, TARGET_ACROSS, &other);
	struct arena arena = { 0 };

	put_layouts(w, s, abi_classify(w->across, w->reader, &c->proto, c->type_count, &arena));
	arena_release(&arena);
	case_release(&other);
}

_Static_assert(CGOFUZZ_NO_REGISTER == ABI_NO_REGISTER, "");

/* Where the address of a result in memory comes in, and where it must be returned. */
static void put_hidden(struct cgofuzz_abi_slot *s, int from_c, const struct abi_call *call)
{
	bool memory = call->result.byref;

	s->hidden[from_c] = memory ? call->result.parts[0].number : ABI_NO_REGISTER;
	s->hidden_back[from_c] = memory ? abi_address_back(call->abi) : ABI_NO_REGISTER;
}

/* The leaves of a value behind a pointer; `at`: in bytes from where that points. */
static uint32_t put_pointed(struct writer *w, const struct abi_value *v, uint32_t first_leaf,
			    const struct abi_value *pointer, uint32_t at)
{
	const struct abi_piece *p = &pointer->leaves[0].pieces[0];

	for (uint32_t i = 0; i < v->leaf_count; i++) {
		const struct abi_leaf *l = &v->leaves[i];
		uint16_t bits = (uint16_t)value_bits(w->abi, l);
		struct cgofuzz_piece out = {
			.leaf = (uint16_t)(first_leaf + i),
			.kind = (uint8_t)shape_leaf_kind(l->shape),
			.place = p->where,
			.number = p->number,
			.by_reference = 1,
			.value_bits = bits,
			.bits = bits,
			.place_bit = 8 * ((p->where == ABI_STACK ? p->slot : 0) + p->byte),
			.memory_bit = 8 * at + l->offset_bits,
		};

		buf_add(&w->tail, &out, sizeof(out));
	}
	return v->leaf_count;
}

/* Arguments of what Go calls: `call` by value, `crossing` as the route has them. */
static uint32_t put_crossing_args(struct writer *w, const struct route_how *how,
				  const struct abi_call *call, const struct abi_call *crossing)
{
	uint32_t count = 0, leaf = 0;

	if (how->args == CARRIED_BY_VALUE)
		return put_arg_pieces(w, crossing);
	for (uint32_t i = 0; i < call->arg_count; i++) {
		count += put_pointed(w, &call->args[i], leaf, &crossing->args[i],
				     how->element * call->args[i].size);
		leaf += call->args[i].leaf_count;
	}
	return count;
}

/* A result that the callee writes through a pointer is in no register at the return: nothing is said. */
static uint32_t put_crossing_result(struct writer *w, const struct route_how *how,
				    const struct abi_call *call, const struct abi_call *crossing)
{
	if (how->result == CARRIED_BY_POINTER || !call->result.leaf_count)
		return 0;
	if (how->result == CARRIED_AS_BYTES)
		return put_pointed(w, &call->result, 0, &crossing->result, 0);
	return put_pieces(w, &crossing->result, 0, true);
}

/* The layouts are as the callees' compiler is known to read the documents: its tables are compared.
 * By whose compiler: Go's side places arguments of what it calls, [0]; C's side those of a callback. */
static void put_slot(struct writer *w, struct cgofuzz_abi_slot *s, const struct fuzz_case *c,
		     const enum abi_reader readers[2])
{
	const struct route_how *how = route_how(c->route);
	struct arena arena = { 0 };
	struct route_proto rp;

	route_proto(&rp, c);
	s->known = 1;
	for (int by = 0; by < 2; by++) {
		const struct abi_call *call =
			abi_classify(w->abi, readers[by], &c->proto, c->type_count, &arena);
		const struct abi_call *crossing =
			abi_classify(w->abi, readers[by], &rp.proto, c->type_count, &arena);

		s->args[by] = here(w);
		s->arg_count[by] = by ? put_arg_pieces(w, call)
				      : put_crossing_args(w, how, call, crossing);
		s->results[by] = here(w);
		s->result_count[by] = by ? put_crossing_result(w, how, call, crossing)
					 : put_pieces(w, &call->result, 0, true);
		if (by == 1) {
			s->stack_bytes = crossing->stack_bytes;
			put_layouts(w, &s->layouts[CGOFUZZ_LAYOUT_OWN], call);
			put_hidden(s, 0, crossing);
			put_hidden(s, 1, call);
		}
	}
	arena_release(&arena);
}

static const enum cgofuzz_side sides[ABI_COUNT] = {
#define ABI(id, arch, document) [ABI_##id] = CGOFUZZ_SIDE_##id,
#include "abi/abi.def"
#undef ABI
};

void emit_abi_table(struct buf *out, const struct batch *b, const struct emit_options *o)
{
	uint32_t head = (uint32_t)(sizeof(struct cgofuzz_abi_table) +
				   b->count * sizeof(struct cgofuzz_abi_slot));
	struct writer w = { .abi = abi_find(o->arch), .reader = o->readers[1], .tail_at = head };
	struct cgofuzz_abi_table *table = xcalloc(1, head);

	table->magic = CGOFUZZ_ABI_MAGIC;
	table->slot_count = b->count;
	w.across = abi_at(w.abi == abi_at(0)); /* all with the first, the first with the second */
	table->across = sides[abi_id(w.across)];
	buf_init(&w.tail);
	for (uint32_t i = 0; w.abi && i < b->count; i++)
		if (!text_skipped(o, i)) {
			put_slot(&w, &table->slots[i], &b->slots[i].c, o->readers);
			put_across(&w, &table->slots[i].layouts[CGOFUZZ_LAYOUT_ACROSS], &b->slots[i]);
		}
	buf_add(out, table, head);
	buf_add(out, w.tail.ptr, w.tail.len);
	free(table);
	buf_release(&w.tail);
}
