/* core.c: triage/elf, in the child. A core's segments and memory, and the answer about it. Memory is read where it is
 * asked for: a core may have more than there is. */
#include "triage/elf/core.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "triage/elf/child.h"

#define SEGMENTS_MAX 65536
#define NOTES_MAX ((size_t)16 << 20)

size_t core_peek(const struct core *c, uint64_t addr, void *to, size_t size)
{
	size_t done = 0;

	for (size_t i = 0; i < c->segment_count && done < size; i++) {
		const struct core_segment *s = &c->segments[i];
		uint64_t at = addr + done;
		size_t part;
		ssize_t n;

		if (at < s->addr || at - s->addr >= s->size)
			continue;
		part = size - done < s->size - (at - s->addr) ? size - done
							      : s->size - (at - s->addr);
		n = pread(c->fd, (char *)to + done, part, (off_t)(s->offset + (at - s->addr)));
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return done;
}

uint64_t core_word(const struct core *c, uint64_t addr)
{
	uint64_t word = 0;

	return core_peek(c, addr, &word, sizeof(word)) == sizeof(word) ? word : 0;
}

uint64_t core_auxv(const struct core *c, uint64_t type)
{
	for (uint32_t i = 0; i < c->auxv_count; i++)
		if (c->auxv[i][0] == type)
			return c->auxv[i][1];
	return 0;
}

static int by_address(const void *a, const void *b)
{
	const struct core_segment *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static void read_notes(struct core *c, Elf *elf, const GElf_Phdr *ph)
{
	size_t size = ph->p_filesz < NOTES_MAX ? ph->p_filesz : NOTES_MAX, at = 0, name, desc;
	Elf_Data *data = elf_getdata_rawchunk(elf, (int64_t)ph->p_offset, size,
					      ph->p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
	GElf_Nhdr nh;

	while (data && (at = gelf_getnote(data, at, &nh, &name, &desc)) > 0)
		core_note(c, nh.n_type, (const char *)data->d_buf + desc, nh.n_descsz);
}

static void read_segments(struct core *c, Elf *elf)
{
	size_t n = 0;

	elf_getphdrnum(elf, &n);
	n = n < SEGMENTS_MAX ? n : SEGMENTS_MAX;
	c->segments = xcalloc(n, sizeof(*c->segments));
	for (size_t i = 0; i < n; i++) {
		GElf_Phdr ph;

		if (!gelf_getphdr(elf, (int)i, &ph))
			continue;
		if (ph.p_type == PT_NOTE)
			read_notes(c, elf, &ph);
		if (ph.p_type == PT_LOAD && ph.p_filesz && ph.p_offset < INT64_MAX &&
		    ph.p_filesz < INT64_MAX - ph.p_offset && ph.p_vaddr < UINT64_MAX - ph.p_filesz)
			c->segments[c->segment_count++] =
				(struct core_segment){ ph.p_vaddr, ph.p_filesz, ph.p_offset };
	}
	if (c->segment_count)
		qsort(c->segments, c->segment_count, sizeof(*c->segments), by_address);
}

static void put(const struct core *c, struct buf *out)
{
	elf_put32(out, c->machine);
	elf_put32(out, c->died_of);
	elf_put32(out, c->told ? c->threads[0].signo : 0);
	elf_put32(out, c->has_info);
	elf_put32(out, c->si_code);
	elf_put64(out, c->addr);
	elf_put32(out, c->thread_count);
	elf_put32(out, c->told);
	for (uint32_t i = 0; i < c->told; i++) {
		elf_put32(out, c->threads[i].tid);
		elf_put32(out, c->threads[i].signo);
		elf_put64(out, c->threads[i].tp);
		buf_add(out, c->threads[i].regs, sizeof(c->threads[i].regs));
	}
	elf_put32(out, c->auxv_count);
	buf_add(out, c->auxv, c->auxv_count * sizeof(c->auxv[0]));
	core_put_modules(c, out);
	core_put_windows(c, out);
}

static void describe(struct core *c, Elf *elf, uint32_t machine, uint64_t way, struct buf *out)
{
	c->machine = machine;
	read_segments(c, elf);
	if (way && core_auxv(c, AT_ENTRY))
		c->dynamic = core_auxv(c, AT_ENTRY) + way;
	c->died_of = c->told ? c->threads[0].signo : 0;
	if (c->told)
		core_first_signal(c);
	put(c, out);
}

static bool answer(int file, uint64_t way, struct buf *out)
{
	struct core *c = xcalloc(1, sizeof(*c));
	Elf *elf;
	GElf_Ehdr eh;
	bool good;

	c->fd = file;
	elf_version(EV_CURRENT);
	elf = elf_begin(file, ELF_C_READ_MMAP, NULL);
	good = elf && elf_kind(elf) == ELF_K_ELF && gelf_getclass(elf) == ELFCLASS64 &&
		gelf_getehdr(elf, &eh) && eh.e_type == ET_CORE;
	if (good)
		describe(c, elf, eh.e_machine, way, out);
	if (elf)
		elf_end(elf);
	free(c->segments);
	free(c);
	return good;
}
void core_serve(int socket, int file)
{
	struct buf out = BUF_INIT;
	struct elf_ask ask;

	while (elf_child_next(socket, &ask)) {
		if (ask.what != ELF_CORE)
			_exit(EXIT_ENVIRON);
		buf_reset(&out);
		elf_child_reply(socket, &ask, answer(file, ask.addr, &out), &out);
	}
}
