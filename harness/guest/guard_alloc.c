/* guard_alloc.c: guest. Memory for callees that ends at a page nobody may touch. */
#include <sys/mman.h>

#include "guest/runtime.h"

#define PAGE 4096u /* both architectures as the campaigns run them */
#define PLACES 16u
#define PLACE_BYTES 65536u

static char *base; /* PLACES times: guard page, PLACE_BYTES; and a guard page at the end */

void cgofuzz_guard_init(void)
{
	size_t stride = PLACE_BYTES + PAGE;
	char *p = mmap(NULL, PLACES * stride + PAGE, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return;
	for (size_t i = 0; i < PLACES; i++)
		if (mprotect(p + i * stride + PAGE, PLACE_BYTES, PROT_READ | PROT_WRITE) < 0)
			return;
	base = p;
}

void *cgofuzz_guard_alloc(size_t size)
{
	static unsigned next;
	/* The size's own alignment: an object of 12 bytes ends at the guard and is aligned to 4. */
	size_t align = size & (~size + 1), place;

	if (!base || size > PLACE_BYTES)
		return NULL;
	if (align > 16)
		align = 16;
	place = next++ % PLACES;
	return base + (place + 1) * (PLACE_BYTES + PAGE) - (align ? size : 16);
}
