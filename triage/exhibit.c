/* exhibit.c: triage. Which deliberate fault a record shows. */
#include "triage/exhibit.h"

/* The only one of a set of slots (bits), or one that the set cannot hold. */
static uint32_t only(uint64_t slots, uint32_t otherwise)
{
	return __builtin_popcountll(slots) == 1 ? (uint32_t)__builtin_ctzll(slots) : otherwise;
}

uint32_t exhibit_slot(const struct batch *b, const struct cgofuzz_recorder *r)
{
	const struct cgofuzz_fault *f = &r->fault;
	uint64_t acted = 0, of_kind = 0;
	uint32_t slot;

	if (f->slot >= b->count || !b->slots[f->slot].row)
		return b->count;
	if (!b->slots[f->slot].row->plan || f->kind == CGOFUZZ_FAULT_DIFFERENTIAL ||
	    f->kind == CGOFUZZ_FAULT_CLIFF)
		return f->slot;
	for (slot = 0; slot < b->count && slot < 64; slot++) {
		uint64_t bit = r->live.acted & (uint64_t)1 << slot;

		acted |= bit;
		if (b->slots[slot].row->kind == f->kind)
			of_kind |= bit;
	}
	if (of_kind >> f->slot & 1)
		return f->slot;
	return only(of_kind, of_kind ? b->count : only(acted, b->count));
}
