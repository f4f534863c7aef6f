/* image_private.h: triage, for image.c, image_line.c and image_bytes.c. */
#ifndef TRIAGE_IMAGE_PRIVATE_H
#define TRIAGE_IMAGE_PRIVATE_H

#include <elfutils/libdw.h>
#include <sys/stat.h>

#include "triage/image.h"

struct image_unit { /* one range of one compilation unit */
	uint64_t low, high;
	Dwarf_Die die;
};

struct image_row {
	uint64_t addr;
	Dwarf_Frame *frame; /* NULL: looked for, none */
};

struct image {
	struct image *next;
	dev_t dev;
	ino_t ino;
	struct timespec mtime;
	int fd;
	Elf *elf;
	Dwarf *dwarf; /* NULL: no debug information */
	Dwarf_CFI *eh, *debug;
	uint64_t low, high;
	struct symbol *symbols; /* functions, by address */
	uint32_t symbol_count, symbol_cap;
	struct image_unit *units; /* by address; made at the first question */
	uint32_t unit_count, unit_cap;
	bool units_read;
	struct image_row *rows; /* hash table of CFI rows, size a power of two */
	uint32_t row_count, row_cap;
};

#endif
