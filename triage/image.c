/* image.c: triage. ELF files by libelf and libdw: symbols and call frame information. */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "triage/image_private.h"

#define IMAGE_CACHE 16 /* files kept open */

static struct image *cache; /* the last used first */

static void image_free(struct image *m)
{
	for (uint32_t i = 0; i < m->row_cap; i++)
		free(m->rows[i].frame);
	free(m->rows);
	free(m->units);
	free(m->symbols);
	if (m->eh)
		dwarf_cfi_end(m->eh);
	if (m->dwarf)
		dwarf_end(m->dwarf);
	if (m->elf)
		elf_end(m->elf);
	if (m->fd >= 0)
		close(m->fd);
	free(m);
}

static int symbol_compare(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

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

static void symbols_read(struct image *m, Elf_Scn *scn, const GElf_Shdr *sh)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	size_t n = sh->sh_entsize ? sh->sh_size / sh->sh_entsize : 0;

	for (size_t i = 0; data && i < n; i++) {
		GElf_Sym s;
		const char *name;

		if (!gelf_getsym(data, (int)i, &s))
			break;
		name = elf_strptr(m->elf, sh->sh_link, s.st_name);
		if (!is_function(&s, name))
			continue;
		if (m->symbol_count == m->symbol_cap) {
			m->symbol_cap = m->symbol_cap ? 2 * m->symbol_cap : 4096;
			m->symbols = xrealloc(m->symbols, m->symbol_cap * sizeof(*m->symbols));
		}
		m->symbols[m->symbol_count++] = (struct symbol){ name, s.st_value, s.st_size };
	}
}

/* .symtab if there is one, else .dynsym. */
static void symbols_load(struct image *m)
{
	static const GElf_Word types[] = { SHT_SYMTAB, SHT_DYNSYM };

	for (size_t i = 0; i < 2 && !m->symbol_count; i++)
		for (Elf_Scn *scn = NULL; (scn = elf_nextscn(m->elf, scn));) {
			GElf_Shdr sh;

			if (gelf_getshdr(scn, &sh) && sh.sh_type == types[i])
				symbols_read(m, scn, &sh);
		}
	if (m->symbol_count)
		qsort(m->symbols, m->symbol_count, sizeof(*m->symbols), symbol_compare);
}

static void extent_load(struct image *m)
{
	size_t n = 0;

	m->low = UINT64_MAX;
	elf_getphdrnum(m->elf, &n);
	for (size_t i = 0; i < n; i++) {
		GElf_Phdr ph;

		if (!gelf_getphdr(m->elf, (int)i, &ph) || ph.p_type != PT_LOAD)
			continue;
		if (ph.p_vaddr < m->low)
			m->low = ph.p_vaddr;
		if (ph.p_vaddr + ph.p_memsz > m->high)
			m->high = ph.p_vaddr + ph.p_memsz;
	}
	if (m->low > m->high)
		m->low = m->high = 0;
}

static int image_read(struct image *m, const char *path, int machine, struct err *e)
{
	GElf_Ehdr eh;

	elf_version(EV_CURRENT);
	m->elf = elf_begin(m->fd, ELF_C_READ_MMAP, NULL);
	if (!m->elf || elf_kind(m->elf) != ELF_K_ELF || !gelf_getehdr(m->elf, &eh))
		return err_set(e, EXIT_ENVIRON, "%s is no ELF file", path);
	if (eh.e_machine != machine)
		return err_set(e, EXIT_ENVIRON, "%s is for ELF machine %d, wanted %d", path,
			       eh.e_machine, machine);
	m->dwarf = dwarf_begin_elf(m->elf, DWARF_C_READ, NULL);
	m->eh = dwarf_getcfi_elf(m->elf);
	if (m->dwarf)
		m->debug = dwarf_getcfi(m->dwarf);
	symbols_load(m);
	extent_load(m);
	return 0;
}

static struct image *cache_find(const struct stat *st)
{
	struct image **at = &cache, *m;

	for (int i = 0; (m = *at); at = &m->next, i++) {
		if (m->dev == st->st_dev && m->ino == st->st_ino &&
		    !memcmp(&m->mtime, &st->st_mtim, sizeof(m->mtime))) {
			*at = m->next;
			m->next = cache;
			return cache = m;
		}
		if (i >= IMAGE_CACHE && !m->next) {
			*at = NULL;
			image_free(m);
			return NULL;
		}
	}
	return NULL;
}

struct image *image_open(const char *path, int machine, struct err *e)
{
	/* O_NONBLOCK: the name may come from outside and be that of a pipe. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct image *m;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		err_errno(e, EXIT_ENVIRON, "could not open %s", path);
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	m = cache_find(&st);
	if (m) {
		close(fd);
		return m;
	}
	m = xcalloc(1, sizeof(*m));
	m->fd = fd;
	m->dev = st.st_dev;
	m->ino = st.st_ino;
	m->mtime = st.st_mtim;
	if (image_read(m, path, machine, e) < 0) {
		image_free(m);
		return NULL;
	}
	m->next = cache;
	return cache = m;
}

bool image_symbol(const struct image *m, uint64_t addr, struct symbol *out)
{
	uint32_t low = 0, high = m->symbol_count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (m->symbols[mid].addr <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	/* The last that begins at or before addr; one with a size that holds addr is better. */
	for (uint32_t i = low; i > 0 && low - i < 8; i--) {
		const struct symbol *s = &m->symbols[i - 1];

		if (s->size && addr - s->addr < s->size) {
			*out = *s;
			return true;
		}
	}
	if (!low || m->symbols[low - 1].size || addr >= m->high)
		return false;
	*out = m->symbols[low - 1];
	return true;
}

bool image_find(const struct image *m, const char *name, uint64_t *addr)
{
	for (uint32_t i = 0; i < m->symbol_count; i++)
		if (!strcmp(m->symbols[i].name, name)) {
			*addr = m->symbols[i].addr;
			return true;
		}
	return false;
}

void image_extent(const struct image *m, uint64_t *low, uint64_t *high)
{
	*low = m->low;
	*high = m->high;
}

static struct image_row *row_slot(struct image_row *rows, uint32_t cap, uint64_t addr)
{
	uint32_t i = (uint32_t)((addr * 0x9e3779b97f4a7c15u) >> 32) & (cap - 1);

	while (rows[i].addr && rows[i].addr != addr)
		i = (i + 1) & (cap - 1);
	return &rows[i];
}

static void rows_grow(struct image *m)
{
	uint32_t cap = m->row_cap ? 2 * m->row_cap : 256;
	struct image_row *rows = xcalloc(cap, sizeof(*rows));

	for (uint32_t i = 0; i < m->row_cap; i++)
		if (m->rows[i].addr)
			*row_slot(rows, cap, m->rows[i].addr) = m->rows[i];
	free(m->rows);
	m->rows = rows;
	m->row_cap = cap;
}

Dwarf_Frame *image_frame(struct image *m, uint64_t addr)
{
	struct image_row *row;

	if (!addr)
		return NULL;
	if (2 * m->row_count >= m->row_cap)
		rows_grow(m);
	row = row_slot(m->rows, m->row_cap, addr);
	if (!row->addr) {
		row->addr = addr;
		m->row_count++;
		if (!m->eh || dwarf_cfi_addrframe(m->eh, addr, &row->frame) != 0) {
			row->frame = NULL;
			if (m->debug && dwarf_cfi_addrframe(m->debug, addr, &row->frame) != 0)
				row->frame = NULL;
		}
	}
	return row->frame;
}
