/* image_bytes.c: triage. What an ELF file holds at an address. */
#include <gelf.h>
#include <string.h>

#include "triage/image_private.h"

static bool segment_of(const struct image *m, uint64_t addr, GElf_Phdr *ph)
{
	size_t n = 0;

	elf_getphdrnum(m->elf, &n);
	for (size_t i = 0; i < n; i++)
		if (gelf_getphdr(m->elf, (int)i, ph) && ph->p_type == PT_LOAD &&
		    addr >= ph->p_vaddr && addr - ph->p_vaddr < ph->p_memsz)
			return true;
	return false;
}

size_t image_bytes(const struct image *m, uint64_t addr, void *to, size_t size)
{
	size_t len = 0;
	const char *file = elf_rawfile(m->elf, &len);
	uint64_t at, left;
	GElf_Phdr ph;

	if (!file || !segment_of(m, addr, &ph) || addr - ph.p_vaddr >= ph.p_filesz)
		return 0;
	left = ph.p_filesz - (addr - ph.p_vaddr);
	at = ph.p_offset + (addr - ph.p_vaddr);
	if (at >= len)
		return 0;
	size = size < left ? size : left;
	size = size < len - at ? size : len - at;
	memcpy(to, file + at, size);
	return size;
}

bool image_executable(const struct image *m, uint64_t addr)
{
	GElf_Phdr ph;

	return segment_of(m, addr, &ph) && (ph.p_flags & PF_X);
}
