/* image.h: triage. One executable or shared library: symbols, lines, call frame information.
 * All addresses are those of the file; the load bias is the caller's affair (space.h). The file is read by a child
 * process (elf/child.h): what kills or stops that costs the answer, and is told by image_why(). */
#ifndef TRIAGE_IMAGE_H
#define TRIAGE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct image; /* owned by a cache that lives as long as the process, keyed by the file's identity */

struct symbol {
	const char *name; /* lives as long as the image; outside text */
	uint64_t addr, size;
};

/* NULL and e ("it is ..": the caller names the file) if the file is no ELF file of the machine (e_machine), or cannot
 * be read without harm. */
struct image *image_open(const char *path, int machine, struct err *e);
/* Which answers are missing because nobody survived the question; NULL: none is. */
const char *image_why(const struct image *m);
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

/* A row of call frame information (DWARF 5, 6.4.1): how to find the CFA, and what the caller had in its registers. */
#define IMAGE_REGS 33 /* DWARF numbers that any architecture uses */

enum image_rule_kind {
	IMAGE_RULE_UNKNOWN, /* cannot be told */
	IMAGE_RULE_SAME,
	IMAGE_RULE_UNDEFINED,
	IMAGE_RULE_OPS, /* a DWARF expression */
	IMAGE_RULES
};
struct image_op {
	uint32_t atom; /* DW_OP_... */
	uint64_t number, number2;
};
struct image_rule {
	enum image_rule_kind kind;
	uint32_t count;
	const struct image_op *ops; /* within the row */
};
struct image_row {
	int ra; /* DWARF number of the return address; -1: of none that we have */
	struct image_rule cfa, regs[IMAGE_REGS];
	struct image_op ops[];
};

/* The row of addr, .eh_frame first, then .debug_frame (Go); NULL: none. Owned by the image. */
const struct image_row *image_row(struct image *m, uint64_t addr);

struct go_layout;
void image_go_layout(struct image *m, struct go_layout *out);

#endif
