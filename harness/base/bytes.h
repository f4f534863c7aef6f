/* bytes.h: base. A bounded little-endian reader over outside bytes; never reads past the end. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
	const uint8_t *p;
	size_t left;
	bool overrun; /* set once anything was asked for beyond the end; values then read as 0 */
};

void bytes_init(struct bytes *b, const void *p, size_t len);
uint8_t bytes_u8(struct bytes *b);
uint16_t bytes_u16(struct bytes *b);
uint32_t bytes_u32(struct bytes *b);
uint64_t bytes_u64(struct bytes *b);
const uint8_t *bytes_take(struct bytes *b, size_t len); /* NULL and overrun if too short */

#endif
