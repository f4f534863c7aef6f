/* image.h: guest. Blocks of plain leaves 32 bytes at a time: what a whole block looks like in a style is
 * made once from the view, leaf by leaf (image.c); of a seed only one byte is left to be put in. */
#ifndef GUEST_IMAGE_H
#define GUEST_IMAGE_H

#include "guest/table.h"

/* Aligned as blocks are: to nothing that is known here. So much at once, since the turns of a loop over a
 * block are hard to predict, and under QEMU each is a translation block. */
typedef uint64_t cgofuzz_quad __attribute__((vector_size(32), aligned(1), may_alias));

/* Planes: the bits that take the seed's byte, the bits that are some leaf's, then the block in each style.
 * Each of `count` quads, and one more, where the last leaf's eight bytes may end. */
struct cgofuzz_image {
	const cgofuzz_quad *planes;
	size_t count;
};

/* Of a view without unusual leaves; of any other there is none. Lives as long as the process. */
struct cgofuzz_image cgofuzz_image(const struct cgofuzz_view *v, uint64_t pool);

static inline size_t cgofuzz_image_stride(size_t count)
{
	return count + 1;
}

/* Both want CGOFUZZ_BLOCK_SLACK behind the block. */
static inline __attribute__((always_inline)) void cgofuzz_image_fill(const struct cgofuzz_image *m,
								     void *block, uint64_t seed)
{
	const size_t stride = cgofuzz_image_stride(m->count);
	const uint64_t mix = cgofuzz_mix(seed);
	const cgofuzz_quad mixes = { mix, mix, mix, mix }, *flip = m->planes,
			   *image = m->planes + (2 + cgofuzz_style(seed)) * stride;
	cgofuzz_quad *to = block;

	for (size_t i = 0; i < m->count; i++)
		to[i] = image[i] ^ (mixes & flip[i]);
}

/* Not 0: some leaf differs. */
static inline __attribute__((always_inline)) uint64_t
cgofuzz_image_differs(const struct cgofuzz_image *m, const void *block, uint64_t seed)
{
	const size_t stride = cgofuzz_image_stride(m->count);
	const uint64_t mix = cgofuzz_mix(seed);
	const cgofuzz_quad mixes = { mix, mix, mix, mix }, *flip = m->planes, *mask = flip + stride,
			   *from = block, *image = m->planes + (2 + cgofuzz_style(seed)) * stride;
	cgofuzz_quad differing = { 0, 0, 0, 0 };

	for (size_t i = 0; i < m->count; i++)
		differing |= (from[i] ^ image[i] ^ (mixes & flip[i])) & mask[i];
	return differing[0] | differing[1] | differing[2] | differing[3];
}

#endif
