/* image.h: triage. One executable or shared library: symbols, lines, call frame information.
 * All addresses are those of the file; the load bias is the caller's affair (space.h). The only
 * files that know of libelf and libdw are image.c, image_line.c, image_bytes.c and cfi.c. */
#ifndef TRIAGE_IMAGE_H
#define TRIAGE_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct image; /* owned by a cache that lives as long as the process, keyed by the file's identity */

struct symbol {
	const char *name; /* lives as long as the image; outside text */
	uint64_t addr, size;
};

/* NULL and e if the file is no ELF file of the machine (e_machine). */
struct image *image_open(const char *path, int machine, struct err *e);
/* The function that holds addr. */
bool image_symbol(const struct image *m, uint64_t addr, struct symbol *out);
bool image_find(const struct image *m, const char *name, uint64_t *addr);
/* Lowest and highest address that is loaded. */
void image_extent(const struct image *m, uint64_t *low, uint64_t *high);
/* Source file and line; Go's compilation units too, which are not in .debug_aranges. Line 0: the code
 * belongs to no line of the file (DWARF 5, 6.2.2). */
bool image_line(struct image *m, uint64_t addr, const char **file, int *line);

/* Calls fn for each function that was inlined at addr, innermost first; file: where it is declared,
 * or NULL. Not for the function itself. */
typedef void image_inline_fn(const char *name, const char *file, void *ctx);
void image_inlines(struct image *m, uint64_t addr, image_inline_fn *fn, void *ctx);

/* Bytes of the file's own at addr: up to size of them, fewer where they end. 0: none. */
size_t image_bytes(const struct image *m, uint64_t addr, void *to, size_t size);
bool image_executable(const struct image *m, uint64_t addr); /* in a segment of code? */

struct Dwarf_Frame_s;
/* The CFI row of addr, .eh_frame first, then .debug_frame (Go); NULL: none. Owned by the image. */
struct Dwarf_Frame_s *image_frame(struct image *m, uint64_t addr);

#endif
