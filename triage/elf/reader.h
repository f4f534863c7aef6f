/* reader.h: triage/elf. The child: the only code that knows of libelf and libdw. What it reads may do to it what it
 * likes; nothing here guards against more than its own mistakes. */
#ifndef TRIAGE_ELF_READER_H
#define TRIAGE_ELF_READER_H

#include <elfutils/libdw.h>

#include "triage/elf/child.h"

struct reader_unit { /* one range of one compilation unit */
	uint64_t low, high;
	Dwarf_Die die;
};

struct reader {
	int fd;
	Elf *elf;
	Dwarf *dwarf; /* NULL: no debug information */
	Dwarf_CFI *eh, *debug;
	struct reader_unit *units; /* by address; made at the first question */
	uint32_t unit_count, unit_cap;
	bool units_read;
};

/* An elf_serve_fn: answers about one executable or library. */
void reader_serve(int socket, int file);
void reader_release(struct reader *r); /* all but the file */

/* Each answers one question of ask.h; false: the file does not say. */
bool reader_open(struct reader *r, const struct elf_ask *ask, struct buf *out);
bool reader_line(struct reader *r, const struct elf_ask *ask, struct buf *out);
bool reader_inlines(struct reader *r, const struct elf_ask *ask, struct buf *out);
bool reader_row(struct reader *r, const struct elf_ask *ask, struct buf *out);
bool reader_go(struct reader *r, const struct elf_ask *ask, struct buf *out);

#endif
