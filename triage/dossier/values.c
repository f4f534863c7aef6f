/* values.c: triage. Every leaf of the crossing that failed: what it had to hold, where the ABI document
 * places it, and what was there, as far as the fault tells. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emit/route.h"
#include "guest/value.h"
#include "triage/dossier/internal.h"
#include "triage/fault.h"

struct leaves {
	const struct dossier *d;
	const struct abi_value *value;
	json_t *list;
	const char *name; /* "arg0", "result" */
	uint64_t seed;
	uint32_t first; /* index of its first leaf */
	bool by_value, result;
};

static void add_bytes(struct buf *out, const uint64_t value[2], unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		buf_addf(out, "%s%02x", i ? " " : "", (unsigned)(value[i / 8] >> 8 * (i % 8) & 0xff));
}

static void add_place(const struct leaves *l, const struct abi_leaf *leaf, struct buf *out)
{
	const struct abi *abi = abi_find(l->d->space.arch->name);

	for (uint32_t i = 0; i < leaf->piece_count; i++) {
		const struct abi_piece *p = &leaf->pieces[i];

		buf_addstr(out, i ? ", " : "");
		if (l->value->byref)
			buf_addstr(out, "memory that ");
		if (p->where == ABI_STACK)
			buf_addf(out, "sp+%u", p->slot + (l->value->byref ? 0 : p->byte));
		else
			buf_addstr(out, abi_register_name(abi, (enum abi_where)p->where, p->number));
		if (l->value->byref)
			buf_addf(out, " points to, byte %u", p->byte);
		else if (p->where != ABI_STACK && p->byte)
			buf_addf(out, " byte %u", p->byte);
		if (p->bits)
			buf_addf(out, " bits %u-%u", p->bit, p->bit + p->bits - 1u);
	}
}

/* Is it the leaf that the fault is about? */
static bool is_failing(const struct leaves *l, const struct shape_leaf *leaf)
{
	const struct cgofuzz_fault *f = l->d->f;

	return (f->kind == CGOFUZZ_FAULT_LEAF || f->kind == CGOFUZZ_FAULT_CAPTURE) &&
		(f->is_result != 0) == l->result && f->leaf == leaf->index;
}

/* What lay in a leaf's registers between caller and callee, where the trampoline kept them. */
static bool captured_value(const struct leaves *l, const struct abi_leaf *leaf, uint64_t value[2])
{
	const struct cgofuzz_captured *c = &l->d->f->captured;
	uint8_t bytes[16] = { 0 };

	if (l->d->f->kind != CGOFUZZ_FAULT_CAPTURE || l->value->byref || leaf->bitfield ||
	    (l->d->f->is_result != 0) != l->result)
		return false;
	for (uint32_t i = 0; i < leaf->piece_count; i++) {
		const struct abi_piece *p = &leaf->pieces[i];
		const void *from = p->where == ABI_GENERAL ? (const void *)&c->general[p->number]
			: p->where == ABI_VECTOR	   ? (const void *)c->vector[p->number]
			: p->where == ABI_X87		   ? (const void *)c->x87[p->number]
							   : NULL;
		uint32_t room = p->where == ABI_GENERAL ? 8 : 16;

		if (!from || p->byte + p->size > room || p->leaf_byte + p->size > 16u)
			return false;
		memcpy(bytes + p->leaf_byte, (const char *)from + p->byte, p->size);
	}
	memcpy(value, bytes, sizeof(bytes));
	return leaf->piece_count > 0;
}

static int add_leaf(const struct shape_leaf *leaf, void *ctx)
{
	const struct leaves *l = ctx;
	const struct cgofuzz_fault *f = l->d->f;
	const struct abi_leaf *at = &l->value->leaves[leaf->index - l->first];
	int kind = shape_leaf_kind(leaf->shape);
	unsigned bits = at->size_bits, size = (bits + 7) / 8;
	uint64_t expected[2] = { 0 }, got[2] = { f->got, f->got_high };
	struct buf place = BUF_INIT, want = BUF_INIT, have = BUF_INIT;
	bool failing = is_failing(l, leaf);

	cgofuzz_value_odd(l->seed, leaf->index, kind, bits, l->d->b->rec->live.pool, expected);
	if (l->by_value)
		add_place(l, at, &place);
	else
		buf_addf(&place, "behind its pointer, byte %u", at->offset_bits / 8);
	add_bytes(&want, expected, size);
	if ((failing && f->kind == CGOFUZZ_FAULT_LEAF) || captured_value(l, at, got))
		add_bytes(&have, got, size);
	json_array_append_new(l->list,
			      json_pack("{s:s+, s:s, s:s, s:s, s:s, s:b}", "leaf", l->name, leaf->path,
					"type", leaf_kind_name((uint32_t)kind), "place", place.ptr,
					"expected", want.ptr, "got", have.ptr, "failing", failing));
	buf_release(&place);
	buf_release(&want);
	buf_release(&have);
	return 0;
}

static void add_arguments(struct leaves *l, const struct abi_call *call, uint64_t seed)
{
	const struct proto *p = &l->d->c.proto;
	uint32_t index = 0, most = 1;
	char name[16];

	for (uint32_t i = 0; i < p->arg_count; i++)
		if (shape_variants(p->args[i]) > most)
			most = shape_variants(p->args[i]);
	for (uint32_t i = 0; i < p->arg_count; i++) {
		snprintf(name, sizeof(name), "arg%u", i);
		l->name = name;
		l->value = &call->args[i];
		l->first = index;
		l->seed = seed;
		shape_each_leaf(p->args[i], (uint32_t)((seed >> 40) % most), &index, add_leaf, l);
	}
}

json_t *dossier_values(const struct dossier *d)
{
	struct leaves l = { .d = d, .list = json_array() };
	const struct route_how *how = route_how(d->has_case ? d->c.route : ROUTE_CALL);
	uint64_t seed = cgofuzz_level_seed(d->f->step_seed, d->f->level);
	bool inward = d->f->direction == CGOFUZZ_GO_TO_C;
	struct arena arena = ARENA_INIT;
	const struct abi_call *call;
	uint32_t index = 0;

	if (d->has_case && d->space.arch) {
		call = abi_classify(abi_find(d->space.arch->name), ABI_DOCUMENT, &d->c.proto,
				    d->c.type_count, &arena);
		l.by_value = !inward || how->args == CARRIED_BY_VALUE;
		add_arguments(&l, call, seed);
		l.result = true;
		l.name = "result";
		l.first = 0;
		l.value = &call->result;
		l.seed = cgofuzz_result_seed(seed);
		l.by_value = !inward || how->result == CARRIED_BY_VALUE;
		shape_each_leaf(d->c.proto.result,
				(uint32_t)((l.seed >> 40) % shape_variants(d->c.proto.result)),
				&index, add_leaf, &l);
		arena_release(&arena);
	}
	if (json_array_size(l.list))
		return l.list;
	json_decref(l.list);
	return json_null();
}

void dossier_print_values(const json_t *part, struct buf *out)
{
	const json_t *leaf;
	size_t i;

	json_array_foreach(part, i, leaf)
	{
		bool failing = json_is_true(json_object_get(leaf, "failing"));

		buf_addstr(out, failing ? "> " : "  ");
		add_safe(out, json_text(leaf, "leaf"));
		buf_addf(out, " (%s) in %s\n    expected  %s\n", json_text(leaf, "type"),
			 *json_text(leaf, "place") ? json_text(leaf, "place") : "no place",
			 json_text(leaf, "expected"));
		if (*json_text(leaf, "got"))
			buf_addf(out, "    got       %s%s\n", json_text(leaf, "got"),
				 strcmp(json_text(leaf, "got"), json_text(leaf, "expected")) != 0
					 ? "  WRONG"
					 : "");
	}
}
