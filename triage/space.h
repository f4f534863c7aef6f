/* space.h: triage. The address space of a guest as its recorder kept it: images and memory. */
#ifndef TRIAGE_SPACE_H
#define TRIAGE_SPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/wire.h"
#include "lane/lane.h"
#include "triage/image.h"

struct space {
	const struct arch_info *arch;
	const struct cgofuzz_recorder *rec;
	struct space_image {
		struct image *image;
		uint64_t bias, low, high; /* [low, high) in the guest */
		char name[32]; /* last part of the path, made safe */
	} images[CGOFUZZ_MAX_MODULES + 1];
	uint32_t image_count;
	char refused[192]; /* why there are no symbols, or not all; "": nothing was refused */
};

/* exe: the kept executable. What cannot be opened is left out: 0 images is not an error, but what is there and
 * cannot be read is told in refused. */
void space_init(struct space *s, const struct cgofuzz_recorder *rec, const char *exe);
const struct space_image *space_image_at(const struct space *s, uint64_t addr); /* NULL: none */
/* One aligned or unaligned word of copied memory. */
bool space_read(const struct space *s, uint64_t addr, uint64_t *value);
/* What was refused until now, of the last questions too; NULL: nothing. Lives as long as the space. */
const char *space_refused(struct space *s);
/* Name, start and size in guest addresses. */
bool space_symbol(const struct space *s, uint64_t addr, struct symbol *out);

#endif
