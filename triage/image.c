/* image.c: triage. The cache of images, and what is known of one since it was opened: segments and symbols. */
#include "triage/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "triage/image_private.h"

#define IMAGE_CACHE 16 /* files kept open */

static struct image *cache; /* the last used first */

static void image_free(struct image *m)
{
	image_forget(m);
	elf_child_end(&m->child);
	free(m->segments);
	free(m->symbols);
	buf_release(&m->opened);
	if (m->fd >= 0)
		close(m->fd);
	free(m);
}

static void segments_take(struct image *m, struct elf_answer *a)
{
	uint32_t count = elf_take32(a);

	a->bad |= count > ELF_SEGMENTS_MAX;
	m->segments = xcalloc(a->bad ? 0 : count, sizeof(*m->segments));
	m->low = UINT64_MAX;
	for (uint32_t i = 0; i < count && !a->bad; i++) {
		struct image_segment *s = &m->segments[m->segment_count++];

		s->addr = elf_take64(a);
		s->memsz = elf_take64(a);
		s->filesz = elf_take64(a);
		s->offset = elf_take64(a);
		s->flags = elf_take32(a);
		if (s->addr < m->low)
			m->low = s->addr;
		if (s->addr + s->memsz > m->high)
			m->high = s->addr + s->memsz;
	}
	if (m->low > m->high)
		m->low = m->high = 0;
}

static void symbols_take(struct image *m, struct elf_answer *a)
{
	uint32_t count = elf_take32(a);
	uint64_t last = 0;

	a->bad |= count > (size_t)(a->end - a->at) / 17; /* two words and an empty name */
	m->symbols = xcalloc(a->bad ? 0 : count, sizeof(*m->symbols));
	for (; m->symbol_count < count && !a->bad; m->symbol_count++) {
		struct symbol *s = &m->symbols[m->symbol_count];

		s->addr = elf_take64(a);
		s->size = elf_take64(a);
		s->name = elf_take_text(a);
		a->bad |= s->addr < last; /* they are searched by halves */
		last = s->addr;
	}
	a->bad |= a->at != a->end;
}

int image_take_opened(struct image *m, struct err *e)
{
	struct elf_answer a;
	uint32_t opened, machine;

	a = (struct elf_answer){ m->opened.ptr, m->opened.ptr + m->opened.len, false };
	opened = elf_take32(&a);
	machine = elf_take32(&a);
	if (opened == ELF_NO_ELF)
		return err_set(e, EXIT_ENVIRON, "it is no ELF file");
	if (opened == ELF_OTHER_MACHINE)
		return err_set(e, EXIT_ENVIRON, "it is for ELF machine %u, wanted %d", machine,
			       m->machine);
	segments_take(m, &a);
	symbols_take(m, &a);
	return a.bad ? err_set(e, EXIT_ENVIRON, "its reader gave no answer that can be one") : 0;
}

static struct image *cache_find(const struct stat *st, int machine)
{
	struct image **at = &cache, *m;

	for (int i = 0; (m = *at); at = &m->next, i++) {
		if (m->dev == st->st_dev && m->ino == st->st_ino && m->machine == machine &&
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

/* Nobody will ask it anything. */
static void refuse(struct image *m, const struct err *why)
{
	snprintf(m->refused, sizeof(m->refused), "%.200s", why->msg);
	elf_child_end(&m->child);
}

struct image *image_open(const char *path, int machine, struct err *e)
{
	/* O_NONBLOCK: the name may come from outside and be that of a pipe. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct image *m;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		err_errno(e, EXIT_ENVIRON, "it could not be opened");
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	m = cache_find(&st, machine);
	if (m) {
		close(fd);
	} else {
		m = xcalloc(1, sizeof(*m));
		m->fd = fd;
		m->machine = machine;
		m->dev = st.st_dev;
		m->ino = st.st_ino;
		m->mtime = st.st_mtim;
		m->layout = (struct go_layout)GO_LAYOUT_DEFAULT;
		buf_init(&m->opened);
		if (image_start(m, &m->opened, e) < 0 || image_take_opened(m, e) < 0)
			refuse(m, e);
		m->next = cache;
		cache = m;
	}
	if (!*m->refused)
		return m;
	err_set(e, EXIT_ENVIRON, "%s", m->refused);
	return NULL;
}

const char *image_why(const struct image *m)
{
	return *m->why ? m->why : NULL;
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
