/* leaf.c: guest. C's half of the leaf oracle, and of every crossing: what generated code calls.
 * Hot: no library calls, no thread-local storage, no locks; the slow paths are in fault.c. */
#include <stdlib.h>

#include "guest/image.h"
#include "guest/odd.h"
#include "guest/runtime.h"

#define HOT static inline __attribute__((always_inline))
#define COLD static __attribute__((noinline, cold))

/* Blocks are aligned for any type. */
#define BLOCK_ALIGN 64u

static struct cgofuzz_fit fits[CGOFUZZ_LEAF_KINDS];
static uint64_t specials[CGOFUZZ_LEAF_KINDS][16];
static struct cgofuzz_image arg_images[CGOFUZZ_MAX_SLOTS], result_images[CGOFUZZ_MAX_SLOTS];
static char *result_block; /* of the innermost callee, until its generated half has copied it */

/* Of the results of the cases. A control may see another size. */
static size_t larger(size_t most, uint32_t slot)
{
	if (cgofuzz_cases[slot].result.bytes > most)
		most = cgofuzz_cases[slot].result.bytes;
	if (cgofuzz_controls && cgofuzz_controls[slot].result.bytes > most)
		most = cgofuzz_controls[slot].result.bytes;
	return most;
}

void cgofuzz_leaf_init(uint64_t pool)
{
	size_t most = 0;

	for (int kind = 0; kind < CGOFUZZ_LEAF_KINDS; kind++) {
		fits[kind] = cgofuzz_fit(kind, pool);
		for (unsigned i = 0; i < 16; i++)
			specials[kind][i] = cgofuzz_special(kind, i, pool);
	}
	for (uint32_t i = 0; i < cgofuzz_case_count; i++) {
		arg_images[i] = cgofuzz_image(&cgofuzz_cases[i].args, pool);
		result_images[i] = cgofuzz_image(&cgofuzz_cases[i].result, pool);
		most = larger(most, i);
	}
	most = (most + CGOFUZZ_BLOCK_SLACK + BLOCK_ALIGN - 1) & ~(size_t)(BLOCK_ALIGN - 1);
	result_block = aligned_alloc(BLOCK_ALIGN, most);
	if (!result_block)
		abort();
}

/* As cgofuzz_value; special is a constant where this is inlined. No branches: a mispredicted one costs
 * more than a leaf, and under QEMU each ends a translation block. */
HOT uint64_t leaf_bits(int special, const struct cgofuzz_pattern *p, uint64_t seed,
		       const struct cgofuzz_leaf *l, const struct cgofuzz_fit *f)
{
	if (special)
		return specials[l->kind][cgofuzz_pick(cgofuzz_unmixed(p, l->index), seed)];
	return cgofuzz_fitted(f, cgofuzz_unmixed(p, l->index), p->mix);
}

/* Eight bytes of every leaf: what is too much is padding, a later leaf's, or slack. */
HOT void fill_as(int special, const struct cgofuzz_view *v, char *block, uint64_t seed)
{
	const struct cgofuzz_leaf *l = v->leaves, *end = l + v->leaf_count;
	const struct cgofuzz_pattern p = cgofuzz_pattern(seed);

	for (; l < end; l++) {
		uint64_t x = leaf_bits(special, &p, seed, l, &fits[l->kind]);

		__builtin_memcpy(block + l->offset, &x, 8);
	}
}

/* Not 0: some leaf differs. Reads eight bytes of every leaf, whatever its size: blocks live on the
 * stack, where something follows. */
HOT uint64_t differs_as(int special, const struct cgofuzz_view *v, const char *block, uint64_t seed)
{
	const struct cgofuzz_leaf *l = v->leaves, *end = l + v->leaf_count;
	const struct cgofuzz_pattern p = cgofuzz_pattern(seed);
	uint64_t got, differing = 0;

	for (; l < end; l++) {
		const struct cgofuzz_fit *f = &fits[l->kind];

		__builtin_memcpy(&got, block + l->offset, 8);
		differing |= (got ^ leaf_bits(special, &p, seed, l, f)) & f->mask;
	}
	return differing;
}

/* The leaves that hold values under the seed, as a view of their own. */
static struct cgofuzz_view variant_view(const struct cgofuzz_view *v,
					const struct cgofuzz_variant *now)
{
	struct cgofuzz_view all = *v;

	all.leaves = now->leaves;
	all.leaf_count = now->leaf_count;
	all.unusual = NULL;
	return all;
}

static const struct cgofuzz_variant *variant_now(const struct cgofuzz_view *v, uint64_t seed)
{
	return &v->unusual->variants[cgofuzz_variant_of(v->unusual, seed)];
}

HOT void view_fill(const struct cgofuzz_view *v, void *block, uint64_t seed);
HOT int view_good(const struct cgofuzz_view *v, const void *block, uint64_t seed);

/* Plain leaves first: they are written with eight bytes each. */
COLD void unusual_fill(const struct cgofuzz_view *v, void *block, uint64_t seed)
{
	const struct cgofuzz_variant *now = variant_now(v, seed);
	struct cgofuzz_view plain = variant_view(v, now);

	view_fill(&plain, block, seed);
	cgofuzz_odd_fill(now, block, seed, cgofuzz_live->pool);
}

COLD int unusual_good(const struct cgofuzz_view *v, const void *block, uint64_t seed)
{
	const struct cgofuzz_variant *now = variant_now(v, seed);
	struct cgofuzz_view plain = variant_view(v, now);

	return view_good(&plain, block, seed) &&
		!cgofuzz_odd_check(now, block, seed, cgofuzz_live->pool);
}

HOT void view_fill(const struct cgofuzz_view *v, void *block, uint64_t seed)
{
	if (__builtin_expect(v->unusual != NULL, 0)) {
		unusual_fill(v, block, seed);
		return;
	}
	if (cgofuzz_is_special(seed))
		fill_as(1, v, block, seed);
	else
		fill_as(0, v, block, seed);
}

HOT int view_good(const struct cgofuzz_view *v, const void *block, uint64_t seed)
{
	uint64_t differing;

	if (__builtin_expect(v->unusual != NULL, 0))
		return unusual_good(v, block, seed);
	differing = cgofuzz_is_special(seed) ? differs_as(1, v, block, seed)
					     : differs_as(0, v, block, seed);
	return __builtin_expect(differing == 0, 1);
}

/* Most blocks, without a look at the leaves. m: of v. */
HOT void block_fill(const struct cgofuzz_image *m, const struct cgofuzz_view *v, void *block,
		    uint64_t seed)
{
	if (__builtin_expect(v->unusual != NULL, 0))
		cgofuzz_view_fill(v, block, seed);
	else
		cgofuzz_image_fill(m, block, seed);
}

HOT int block_good(const struct cgofuzz_image *m, const struct cgofuzz_view *v, const void *block,
		   uint64_t seed)
{
	if (__builtin_expect(v->unusual != NULL, 0))
		return cgofuzz_view_good(v, block, seed);
	return __builtin_expect(cgofuzz_image_differs(m, block, seed) == 0, 1);
}

/* Of the plain leaves the first that differs; 0: none does. */
static int plain_differs(struct cgofuzz_fault *f, const struct cgofuzz_view *v, const void *block,
			 uint64_t seed)
{
	for (uint32_t i = 0; i < v->leaf_count; i++) {
		const struct cgofuzz_leaf *l = &v->leaves[i];

		f->leaf = l->index;
		f->leaf_kind = l->kind;
		f->arg = l->arg;
		f->expected = cgofuzz_value(seed, l->index, l->kind, cgofuzz_live->pool);
		__builtin_memcpy(&f->got, (const char *)block + l->offset, 8);
		f->got &= fits[l->kind].mask;
		if (f->got != f->expected)
			return 1;
	}
	return 0;
}

static void odd_differs(struct cgofuzz_fault *f, const struct cgofuzz_variant *now,
			const void *block, uint64_t seed)
{
	const struct cgofuzz_odd_leaf *l = cgofuzz_odd_check(now, block, seed, cgofuzz_live->pool);
	uint64_t value[2];

	if (!l)
		return;
	f->leaf = l->index;
	f->leaf_kind = l->kind;
	f->arg = l->arg;
	cgofuzz_value_odd(seed, l->index, l->kind, l->bits, cgofuzz_live->pool, value);
	f->expected = value[0];
	f->expected_high = value[1];
	cgofuzz_odd_get(l, block, value);
	f->got = value[0];
	f->got_high = value[1];
}

void cgofuzz_leaf_fault(const struct cgofuzz_view *v, const void *block, uint64_t seed,
			uint32_t slot, uint32_t is_result)
{
	struct cgofuzz_fault *f =
		cgofuzz_fault_open(CGOFUZZ_FAULT_LEAF, CGOFUZZ_BY_C, slot, cgofuzz_live->direction);
	struct cgofuzz_view plain = *v;

	if (!f)
		return;
	f->is_result = is_result;
	if (v->unusual)
		plain = variant_view(v, variant_now(v, seed));
	if (!plain_differs(f, &plain, block, seed) && v->unusual)
		odd_differs(f, variant_now(v, seed), block, seed);
	cgofuzz_fault_close(f);
}

void cgofuzz_view_fill(const struct cgofuzz_view *v, void *block, uint64_t seed)
{
	view_fill(v, block, seed);
}

int cgofuzz_view_good(const struct cgofuzz_view *v, const void *block, uint64_t seed)
{
	return view_good(v, block, seed);
}

void *cgofuzz_result(const struct cgofuzz_view *v, uint64_t seed)
{
	view_fill(v, result_block, seed);
	return result_block;
}

/* There is a result even after a fault: what is returned must be harmless. */
__attribute__((noinline, cold)) void *cgofuzz_harmless(uint32_t slot)
{
	return __builtin_memset(result_block, 0, cgofuzz_cases[slot].result.bytes);
}

void cgofuzz_drive(uint32_t slot)
{
	const struct cgofuzz_case *c = &cgofuzz_cases[slot];
	struct cgofuzz_live *live = cgofuzz_live;
	const uint32_t level = live->level;
	const uint64_t seed = cgofuzz_level_seed(live->step_seed, level);
	char *in = __builtin_alloca_with_align(c->args.bytes + CGOFUZZ_BLOCK_SLACK, 8 * BLOCK_ALIGN);
	char *result =
		__builtin_alloca_with_align(c->result.bytes + CGOFUZZ_BLOCK_SLACK, 8 * BLOCK_ALIGN);

	live->seed = seed;
	live->direction = CGOFUZZ_C_TO_GO;
	live->heartbeat++;
	block_fill(&arg_images[slot], &c->args, in, seed);
	c->drive(in, result);
	live->level = level;
	live->seed = seed;
	live->direction = CGOFUZZ_C_TO_GO;
	if (!live->stop &&
	    !block_good(&result_images[slot], &c->result, result, cgofuzz_result_seed(seed)))
		cgofuzz_leaf_fault(&c->result, result, cgofuzz_result_seed(seed), slot, 1);
}

HOT void enter(struct cgofuzz_frame *frame, uint32_t slot, const void *args)
{
	const struct cgofuzz_view *v = &cgofuzz_cases[slot].args;
	struct cgofuzz_live *live = cgofuzz_live;

	frame->level = live->level;
	frame->seed = live->seed;
	if (__builtin_expect(live->stop != 0, 0))
		return;
	live->crossings++;
	if (!block_good(&arg_images[slot], v, args, frame->seed))
		cgofuzz_leaf_fault(v, args, frame->seed, slot, 0);
	else if (frame->level < live->depth)
		live->level = frame->level + 1;
}

HOT void *leave(const struct cgofuzz_frame *frame, uint32_t slot)
{
	struct cgofuzz_live *live = cgofuzz_live;

	if (frame->level < live->depth) {
		if (!live->stop)
			cgofuzz_drive(slot);
		live->level = frame->level;
		live->seed = frame->seed;
		live->direction = CGOFUZZ_GO_TO_C;
	} else if (__builtin_expect(live->inner != 0, 0)) {
		cgofuzz_inner();
	}
	if (__builtin_expect(live->stop != 0, 0))
		return cgofuzz_harmless(slot);
	live->crossings++;
	block_fill(&result_images[slot], &cgofuzz_cases[slot].result, result_block,
		   cgofuzz_result_seed(frame->seed));
	return result_block;
}

void *cgofuzz_callee(uint32_t slot, const void *args)
{
	struct cgofuzz_frame frame;

	enter(&frame, slot, args);
	return leave(&frame, slot);
}

void cgofuzz_callee_enter(struct cgofuzz_frame *frame, uint32_t slot, const void *args)
{
	enter(frame, slot, args);
}

void *cgofuzz_callee_leave(const struct cgofuzz_frame *frame, uint32_t slot)
{
	return leave(frame, slot);
}
