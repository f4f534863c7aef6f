/* leaf.c: guest. C's half of the leaf oracle: the calls that generated code makes at every crossing.
 * Hot: no library calls, no thread-local storage, no locks; the slow paths are in recorder.c. */
#include "frame.h"
#include "guest/runtime.h"

#define HOT static inline __attribute__((always_inline))

/* The bits that a leaf of each kind owns. */
static const uint64_t leaf_mask[8] = {
	[CGOFUZZ_LEAF_BOOL] = 0xff,	   [CGOFUZZ_LEAF_I8] = 0xff,
	[CGOFUZZ_LEAF_I16] = 0xffff,	   [CGOFUZZ_LEAF_I32] = 0xffffffff,
	[CGOFUZZ_LEAF_I64] = UINT64_MAX,   [CGOFUZZ_LEAF_F32] = 0xffffffff,
	[CGOFUZZ_LEAF_F64] = UINT64_MAX,   [CGOFUZZ_LEAF_PTR] = UINT64_MAX,
};

/* As cgofuzz_value, but what depends on the seed alone stays out of the loop over leaves, and bits
 * above the leaf's size may be left. */
HOT uint64_t leaf_bits(uint64_t seed, const struct cgofuzz_leaf *l, uint64_t pool, int special)
{
	uint64_t x;

	if (special)
		return cgofuzz_value(seed, l->index, l->kind, pool);
	x = cgofuzz_raw_bits(seed, l->index);
	if (l->kind == CGOFUZZ_LEAF_BOOL)
		return (x ^ x >> 4) & 1;
	if (l->kind == CGOFUZZ_LEAF_PTR)
		return pool + (x & CGOFUZZ_POOL_MASK);
	return x;
}

HOT void view_fill(const struct cgofuzz_view *v, void *block, uint64_t seed, uint64_t pool)
{
	int special = cgofuzz_is_special(seed);
	const struct cgofuzz_leaf *l = v->leaves, *end = l + v->leaf_count;

	for (; l < end; l++) {
		uint64_t x = leaf_bits(seed, l, pool, special);
		uint64_t mask = leaf_mask[l->kind & 7];
		char *p = (char *)block + l->offset;

		if (mask == 0xffffffff)
			__builtin_memcpy(p, &x, 4);
		else if (mask == UINT64_MAX)
			__builtin_memcpy(p, &x, 8);
		else if (mask == 0xff)
			__builtin_memcpy(p, &x, 1);
		else
			__builtin_memcpy(p, &x, 2);
	}
}

/* The first leaf that differs, or NULL. Reads eight bytes of every leaf, whatever its size: blocks
 * live on the stack, where something follows. */
HOT const struct cgofuzz_leaf *view_check(const struct cgofuzz_view *v, const void *block,
					  uint64_t seed, uint64_t pool)
{
	int special = cgofuzz_is_special(seed);
	const struct cgofuzz_leaf *l = v->leaves, *end = l + v->leaf_count;

	for (; l < end; l++) {
		uint64_t got;

		__builtin_memcpy(&got, (const char *)block + l->offset, 8);
		if ((got ^ leaf_bits(seed, l, pool, special)) & leaf_mask[l->kind & 7])
			return l;
	}
	return NULL;
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
	f->got = got & leaf_mask[l->kind & 7];
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
