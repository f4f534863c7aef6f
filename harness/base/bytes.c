/* bytes.c: base. A bounded little-endian reader. */
#include "base/bytes.h"

void bytes_init(struct bytes *b, const void *p, size_t len)
{
	b->p = p;
	b->left = len;
	b->overrun = false;
}

const uint8_t *bytes_take(struct bytes *b, size_t len)
{
	const uint8_t *p = b->p;

	if (len > b->left) {
		b->overrun = true;
		b->left = 0; /* nothing after a hole is believed */
		return NULL;
	}
	if (len) {
		b->p += len;
		b->left -= len;
	}
	return p;
}

static uint64_t bytes_le(struct bytes *b, unsigned size)
{
	const uint8_t *p = bytes_take(b, size);
	uint64_t value = 0;

	if (!p)
		return 0;
	for (unsigned i = size; i-- > 0;)
		value = value << 8 | p[i];
	return value;
}

uint8_t bytes_u8(struct bytes *b)
{
	return (uint8_t)bytes_le(b, 1);
}

uint16_t bytes_u16(struct bytes *b)
{
	return (uint16_t)bytes_le(b, 2);
}

uint32_t bytes_u32(struct bytes *b)
{
	return (uint32_t)bytes_le(b, 4);
}

uint64_t bytes_u64(struct bytes *b)
{
	return bytes_le(b, 8);
}
