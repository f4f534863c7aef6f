/* leaf.c: guest. C's half of the leaf oracle: the calls that generated code makes at every crossing.
 * Hot: no library calls, no thread-local storage, no locks; the slow paths are in fault.c. */
#include "frame.h"
#include "guest/runtime.h"

#define HOT static inline __attribute__((always_inline))

/* How raw bits x become the bits of a leaf of one kind, without branches:
 * ((x ^ (x >> 4 & fold)) & keep) + (pool & base). mask: the bits that the leaf owns. */
struct fit {
	uint64_t fold, keep, base, mask;
};

static const struct fit fits[8] = {
	[CGOFUZZ_LEAF_BOOL] = { UINT64_MAX, 1, 0, 0xff },
	[CGOFUZZ_LEAF_I8] = { 0, 0xff, 0, 0xff },
	[CGOFUZZ_LEAF_I16] = { 0, 0xffff, 0, 0xffff },
	[CGOFUZZ_LEAF_I32] = { 0, 0xffffffff, 0, 0xffffffff },
	[CGOFUZZ_LEAF_I64] = { 0, UINT64_MAX, 0, UINT64_MAX },
	[CGOFUZZ_LEAF_F32] = { 0, 0xffffffff, 0, 0xffffffff },
	[CGOFUZZ_LEAF_F64] = { 0, UINT64_MAX, 0, UINT64_MAX },
	[CGOFUZZ_LEAF_PTR] = { 0, CGOFUZZ_POOL_MASK, UINT64_MAX, UINT64_MAX },
};

enum style { GRAFFITI, HASH, SPECIAL };

/* Special values, x being the hash; compares, since a jump through a table is dear under QEMU. */
HOT uint64_t special_bits(uint64_t x, const struct cgofuzz_leaf *l, const struct fit *f, uint64_t pool)
{
	if (f->base)
		return x & 3 ? pool + (x & CGOFUZZ_POOL_MASK) : 0;
	if (f->fold)
		return (x ^ x >> 4) & 1;
	if (l->kind == CGOFUZZ_LEAF_F32)
		return cgofuzz_special_f32[x & 15];
	if (l->kind == CGOFUZZ_LEAF_F64)
		return cgofuzz_special_f64[x & 15];
	return cgofuzz_special_int[x & 15] & f->keep;
}

/* As cgofuzz_value; style is a constant where this is inlined, scrawl what graffiti is xored with. */
HOT uint64_t leaf_bits(enum style style, uint64_t seed, uint64_t scrawl,
		       const struct cgofuzz_leaf *l, const struct fit *f, uint64_t pool)
{
	uint64_t x;

	if (style == GRAFFITI)
		x = ((l->index * 8u & 0xff) * 0x0101010101010101u + 0x0706050403020100u) ^ scrawl;
	else
		x = cgofuzz_raw_bits(seed | 0x200000, l->index); /* set already: the branch goes */
	if (style == SPECIAL)
		return special_bits(x, l, f, pool);
	return ((x ^ (x >> 4 & f->fold)) & f->keep) + (pool & f->base);
}

HOT uint64_t scrawl_of(uint64_t seed)
{
	return (seed >> 32 & 0xff) * 0x0101010101010101u;
}

HOT void fill_as(enum style style, const struct cgofuzz_view *v, char *block, uint64_t seed,
		 uint64_t pool)
{
	const struct cgofuzz_leaf *l = v->leaves, *end = l + v->leaf_count;
	uint64_t scrawl = scrawl_of(seed);

	for (; l < end; l++) {
		const struct fit *f = &fits[l->kind & 7];
		uint64_t x = leaf_bits(style, seed, scrawl, l, f, pool);
		char *p = block + l->offset;

		if (f->mask == 0xffffffff)
			__builtin_memcpy(p, &x, 4);
		else if (f->mask == UINT64_MAX)
			__builtin_memcpy(p, &x, 8);
		else if (f->mask == 0xff)
			__builtin_memcpy(p, &x, 1);
		else
			__builtin_memcpy(p, &x, 2);
	}
}

/* The first leaf that differs, or NULL. Reads eight bytes of every leaf, whatever its size: blocks
 * live on the stack, where something follows. */
HOT const struct cgofuzz_leaf *check_as(enum style style, const struct cgofuzz_view *v,
					const char *block, uint64_t seed, uint64_t pool)
{
	const struct cgofuzz_leaf *l = v->leaves, *end = l + v->leaf_count;
	uint64_t scrawl = scrawl_of(seed);

	for (; l < end; l++) {
		const struct fit *f = &fits[l->kind & 7];
		uint64_t got;

		__builtin_memcpy(&got, block + l->offset, 8);
		if ((got ^ leaf_bits(style, seed, scrawl, l, f, pool)) & f->mask)
			return l;
	}
	return NULL;
}

static void view_fill(const struct cgofuzz_view *v, void *block, uint64_t seed, uint64_t pool)
{
	if (cgofuzz_is_special(seed))
		fill_as(SPECIAL, v, block, seed, pool);
	else if (seed & 0x200000)
		fill_as(HASH, v, block, seed, pool);
	else
		fill_as(GRAFFITI, v, block, seed, pool);
}

static const struct cgofuzz_leaf *view_check(const struct cgofuzz_view *v, const void *block,
					     uint64_t seed, uint64_t pool)
{
	if (cgofuzz_is_special(seed))
		return check_as(SPECIAL, v, block, seed, pool);
	if (seed & 0x200000)
		return check_as(HASH, v, block, seed, pool);
	return check_as(GRAFFITI, v, block, seed, pool);
}

static __attribute__((noinline, cold)) void leaf_fault(const struct cgofuzz_leaf *l,
						       const void *block, uint64_t seed,
						       uint32_t slot, uint32_t direction,
						       uint32_t is_result)
{
	struct cgofuzz_fault *f =
		cgofuzz_fault_open(CGOFUZZ_FAULT_LEAF, CGOFUZZ_BY_C, slot, direction);
	uint64_t got;

	if (!f)
		return;
	__builtin_memcpy(&got, (const char *)block + l->offset, 8);
	f->leaf = l->index;
	f->is_result = is_result;
	f->leaf_kind = l->kind;
	f->arg = l->arg;
	f->expected = cgofuzz_value(seed, l->index, l->kind, cgofuzz_live->pool);
	f->got = got & fits[l->kind & 7].mask;
	cgofuzz_fault_close(f);
}

/* A result is filled even after a fault: what is returned must be harmless. */
static __attribute__((noinline, cold)) void result_clear(uint32_t slot, void *result)
{
	if (result)
		__builtin_memset(result, 0, cgofuzz_cases[slot].result.arg_size[0]);
}

void cgofuzz_callee_enter(struct cgofuzz_frame *frame, uint32_t slot, const void *args)
{
	struct cgofuzz_live *live = cgofuzz_live;
	const struct cgofuzz_leaf *bad;

	frame->level = live->level;
	frame->seed = live->seed;
	frame->nest = 0;
	if (live->stop)
		return;
	live->crossings++;
	bad = view_check(&cgofuzz_cases[slot].args, args, frame->seed, live->pool);
	if (__builtin_expect(bad != NULL, 0)) {
		leaf_fault(bad, args, frame->seed, slot, CGOFUZZ_GO_TO_C, 0);
		return;
	}
	if (frame->level < live->depth) {
		frame->nest = 1;
		live->level = frame->level + 1;
	}
}

void cgofuzz_callee_leave(struct cgofuzz_frame *frame, uint32_t slot, void *result)
{
	struct cgofuzz_live *live = cgofuzz_live;

	live->level = frame->level;
	live->seed = frame->seed;
	live->direction = CGOFUZZ_GO_TO_C;
	if (__builtin_expect(live->stop != 0, 0)) {
		result_clear(slot, result);
		return;
	}
	live->crossings++;
	if (result)
		view_fill(&cgofuzz_cases[slot].result, result, cgofuzz_result_seed(frame->seed),
			  live->pool);
}

void cgofuzz_drive_begin(struct cgofuzz_frame *frame, uint32_t slot, void *args)
{
	struct cgofuzz_live *live = cgofuzz_live;

	frame->level = live->level;
	frame->seed = cgofuzz_level_seed(live->step_seed, frame->level);
	frame->nest = 0;
	live->seed = frame->seed;
	live->direction = CGOFUZZ_C_TO_GO;
	live->heartbeat++;
	view_fill(&cgofuzz_cases[slot].args, args, frame->seed, live->pool);
}

void cgofuzz_drive_end(struct cgofuzz_frame *frame, uint32_t slot, const void *result)
{
	struct cgofuzz_live *live = cgofuzz_live;
	const struct cgofuzz_leaf *bad;
	uint64_t seed = cgofuzz_result_seed(frame->seed);

	live->level = frame->level;
	live->seed = frame->seed;
	live->direction = CGOFUZZ_C_TO_GO;
	if (!result || live->stop)
		return;
	bad = view_check(&cgofuzz_cases[slot].result, result, seed, live->pool);
	if (__builtin_expect(bad != NULL, 0))
		leaf_fault(bad, result, seed, slot, CGOFUZZ_C_TO_GO, 1);
}
