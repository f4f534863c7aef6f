/* image.c: guest. What blocks look like, from the leaves of their views. */
#include "guest/image.h"

#include <stdlib.h>
#include <string.h>

static void put(cgofuzz_quad *plane, uint32_t offset, uint64_t bits)
{
	memcpy((char *)plane + offset, &bits, sizeof(bits));
}

/* Eight bytes of every leaf, in ascending order: what is too much is padding, or a later leaf's. */
static void paint(const struct cgofuzz_view *v, uint64_t pool, uint64_t seed, cgofuzz_quad *plane)
{
	for (uint32_t i = 0; i < v->leaf_count; i++) {
		const struct cgofuzz_leaf *l = &v->leaves[i];

		put(plane, l->offset, cgofuzz_value(seed, l->index, l->kind, pool));
	}
}

static void mark(const struct cgofuzz_view *v, cgofuzz_quad *flip, cgofuzz_quad *mask)
{
	for (uint32_t i = 0; i < v->leaf_count; i++) {
		const struct cgofuzz_leaf *l = &v->leaves[i];
		const struct cgofuzz_fit f = cgofuzz_fit(l->kind, 0);

		put(flip, l->offset, f.keep);
		put(mask, l->offset, f.mask);
	}
}

struct cgofuzz_image cgofuzz_image(const struct cgofuzz_view *v, uint64_t pool)
{
	struct cgofuzz_image m = { NULL,
				   (v->bytes + sizeof(cgofuzz_quad) - 1) / sizeof(cgofuzz_quad) };
	const size_t stride = cgofuzz_image_stride(m.count);
	cgofuzz_quad *planes;

	if (v->unusual)
		return (struct cgofuzz_image){ NULL, 0 };
	planes = calloc((2 + CGOFUZZ_STYLES) * stride, sizeof(*planes));
	if (!planes || pool & (CGOFUZZ_POOL_BYTES - 1))
		abort();
	mark(v, planes, planes + stride);
	for (uint32_t style = 0; style < CGOFUZZ_STYLES; style++)
		paint(v, pool, cgofuzz_style_seed(style), planes + (2 + style) * stride);
	m.planes = planes;
	return m;
}
