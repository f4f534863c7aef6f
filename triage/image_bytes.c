/* image_bytes.c: triage. What an ELF file holds at an address. */
#include <elf.h>
#include <unistd.h>

#include "triage/image_private.h"

static const struct image_segment *segment_of(const struct image *m, uint64_t addr)
{
	for (uint32_t i = 0; i < m->segment_count; i++)
		if (addr >= m->segments[i].addr && addr - m->segments[i].addr < m->segments[i].memsz)
			return &m->segments[i];
	return NULL;
}

size_t image_bytes(const struct image *m, uint64_t addr, void *to, size_t size)
{
	const struct image_segment *s = segment_of(m, addr);
	uint64_t into = s ? addr - s->addr : 0;
	ssize_t n;

	if (!s || into >= s->filesz || s->filesz > INT64_MAX || s->offset > INT64_MAX - s->filesz)
		return 0;
	size = size < s->filesz - into ? size : s->filesz - into;
	n = pread(m->fd, to, size, (off_t)(s->offset + into));
	return n > 0 ? (size_t)n : 0;
}

bool image_executable(const struct image *m, uint64_t addr)
{
	const struct image_segment *s = segment_of(m, addr);

	return s && (s->flags & PF_X);
}
