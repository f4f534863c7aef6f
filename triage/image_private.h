/* image_private.h: triage, for image.c, image_ask.c and image_bytes.c. */
#ifndef TRIAGE_IMAGE_PRIVATE_H
#define TRIAGE_IMAGE_PRIVATE_H

#include <sys/stat.h>
#include <time.h>

#include "triage/elf/child.h"
#include "triage/go_layout.h"
#include "triage/image.h"

#define IMAGE_DEATHS 2 /* of its reader: then nothing more is asked */

struct image_segment {
	uint64_t addr, memsz, filesz, offset;
	uint32_t flags;
};

/* What was asked before. value is malloc'd, NULL: the file does not say, or its reader died of it. */
struct image_answer {
	uint64_t addr;
	uint32_t what; /* enum elf_question; ELF_OPEN (0): the slot is free */
	void *value;
};

struct image {
	struct image *next;
	dev_t dev;
	ino_t ino;
	struct timespec mtime;
	int machine;
	int fd;
	struct elf_child child; /* pid 0: is started at the next question */
	uint32_t deaths;
	char why[256]; /* "": nobody has died */
	char refused[256]; /* it was not opened, so that nobody tries again; "": it was */
	uint64_t low, high;
	struct buf opened; /* the answer that the names of symbols lie in */
	struct symbol *symbols; /* functions, by address */
	uint32_t symbol_count;
	struct image_segment *segments;
	uint32_t segment_count;
	struct image_answer *answers; /* hash table, its size a power of two */
	uint32_t answer_count, answer_cap;
	bool layout_read;
	struct go_layout layout;
};

/* A reader of the file, that has opened it; the answer to ELF_OPEN goes to out. */
int image_start(struct image *m, struct buf *out, struct err *e);
void image_forget(struct image *m); /* frees all answers */

/* The answers as they come, of any bytes. opened: that m->opened holds. */
int image_take_opened(struct image *m, struct err *e);
/* What is kept of an answer, malloc'd; NULL: it is none. */
typedef void *image_convert_fn(const char *bytes, size_t len);
image_convert_fn image_line_convert, image_inlines_convert, image_row_convert;

#endif
