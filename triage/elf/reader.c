/* reader.c: triage/elf, in the child. Opening a file, and its table of functions. */
#include "triage/elf/reader.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct function {
	const char *name;
	uint64_t addr, size;
};

struct functions {
	struct function *at;
	uint32_t count, cap;
};

static int function_compare(const void *a, const void *b)
{
	const struct function *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x->size < y->size ? -1 : x->size > y->size;
}

static bool is_function(const GElf_Sym *s, const char *name)
{
	int type = GELF_ST_TYPE(s->st_info);

	if (s->st_shndx == SHN_UNDEF || !name || !*name)
		return false;
	/* Labels of assembly without .type; not the mapping symbols of arm64 ($x, $d). */
	return type == STT_FUNC || type == STT_GNU_IFUNC || (type == STT_NOTYPE && name[0] != '$');
}

static void section_read(struct reader *r, struct functions *f, Elf_Scn *scn, const GElf_Shdr *sh)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	size_t n = sh->sh_entsize ? sh->sh_size / sh->sh_entsize : 0;

	for (size_t i = 0; data && i < n; i++) {
		GElf_Sym s;
		const char *name;

		if (!gelf_getsym(data, (int)i, &s))
			break;
		name = elf_strptr(r->elf, sh->sh_link, s.st_name);
		if (!is_function(&s, name))
			continue;
		if (f->count == f->cap) {
			f->cap = f->cap ? 2 * f->cap : 4096;
			f->at = xrealloc(f->at, f->cap * sizeof(*f->at));
		}
		f->at[f->count++] = (struct function){ name, s.st_value, s.st_size };
	}
}

/* .symtab if there is one, else .dynsym. */
static void put_functions(struct reader *r, struct buf *out)
{
	static const GElf_Word types[] = { SHT_SYMTAB, SHT_DYNSYM };
	struct functions f = { 0 };

	for (size_t i = 0; i < 2 && !f.count; i++)
		for (Elf_Scn *scn = NULL; (scn = elf_nextscn(r->elf, scn));) {
			GElf_Shdr sh;

			if (gelf_getshdr(scn, &sh) && sh.sh_type == types[i])
				section_read(r, &f, scn, &sh);
		}
	if (f.count)
		qsort(f.at, f.count, sizeof(*f.at), function_compare);
	elf_put32(out, f.count);
	for (uint32_t i = 0; i < f.count && out->len <= ELF_ANSWER_MAX; i++) {
		elf_put64(out, f.at[i].addr);
		elf_put64(out, f.at[i].size);
		elf_put_text(out, f.at[i].name);
	}
	free(f.at);
}

static void put_segments(struct reader *r, struct buf *out)
{
	struct buf rows = BUF_INIT;
	uint32_t count = 0;
	size_t n = 0;

	elf_getphdrnum(r->elf, &n);
	for (size_t i = 0; i < n && count < ELF_SEGMENTS_MAX; i++) {
		GElf_Phdr ph;

		if (!gelf_getphdr(r->elf, (int)i, &ph) || ph.p_type != PT_LOAD)
			continue;
		elf_put64(&rows, ph.p_vaddr);
		elf_put64(&rows, ph.p_memsz);
		elf_put64(&rows, ph.p_filesz);
		elf_put64(&rows, ph.p_offset);
		elf_put32(&rows, ph.p_flags);
		count++;
	}
	elf_put32(out, count);
	buf_add(out, rows.ptr, rows.len);
	buf_release(&rows);
}

bool reader_open(struct reader *r, const struct elf_ask *ask, struct buf *out)
{
	GElf_Ehdr eh = { 0 };
	enum elf_opened opened = ELF_NO_ELF;

	elf_version(EV_CURRENT);
	r->elf = elf_begin(r->fd, ELF_C_READ_MMAP, NULL);
	if (r->elf && elf_kind(r->elf) == ELF_K_ELF && gelf_getehdr(r->elf, &eh))
		opened = eh.e_machine == ask->machine ? ELF_GOOD : ELF_OTHER_MACHINE;
	elf_put32(out, opened);
	elf_put32(out, eh.e_machine);
	if (opened != ELF_GOOD)
		return true;
	r->dwarf = dwarf_begin_elf(r->elf, DWARF_C_READ, NULL);
	r->eh = dwarf_getcfi_elf(r->elf);
	if (r->dwarf)
		r->debug = dwarf_getcfi(r->dwarf);
	put_segments(r, out);
	put_functions(r, out);
	return true;
}

void reader_release(struct reader *r)
{
	free(r->units);
	if (r->eh)
		dwarf_cfi_end(r->eh);
	if (r->dwarf)
		dwarf_end(r->dwarf);
	if (r->elf)
		elf_end(r->elf);
	*r = (struct reader){ .fd = r->fd };
}

void reader_serve(int socket, int file)
{
	static bool (*const answers[ELF_QUESTIONS])(struct reader *, const struct elf_ask *,
						    struct buf *) = {
		[ELF_OPEN] = reader_open, [ELF_LINE] = reader_line, [ELF_INLINES] = reader_inlines,
		[ELF_ROW] = reader_row,	  [ELF_GO] = reader_go,
	};
	struct reader r = { .fd = file };
	struct buf out = BUF_INIT;
	struct elf_ask ask;

	while (elf_child_next(socket, &ask)) {
		bool known;

		if (ask.what >= ELF_QUESTIONS || (ask.what != ELF_OPEN && !r.elf))
			_exit(EXIT_ENVIRON);
		buf_reset(&out);
		known = answers[ask.what](&r, &ask, &out);
		elf_child_reply(socket, &ask, known, &out);
	}
}
