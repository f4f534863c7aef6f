/* unwind.h: triage. Stitched C and Go stacks from the registers and memory a recorder kept. The
 * method is described, with its measurements, in docs/UNWINDING.md. */
#ifndef TRIAGE_UNWIND_H
#define TRIAGE_UNWIND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "triage/space.h"

#define STACK_MAX_FRAMES \
	4096 /* 64 levels unoptimised have some 650; a recursion, what fits into its window */

enum frame_found {
#define FOUND(id, name, about) FOUND_##id,
#include "triage/found.def"
#undef FOUND
	FOUND_COUNT
};

struct frame {
	uint64_t pc, sp;
	uint64_t lookup; /* pc to look symbols up by: pc - 1 after a call */
	enum frame_found found;
	bool go; /* in Go's text */
	const char *note; /* static, or NULL */
	const struct space_image *image; /* NULL: in none */
	const char *file; /* of a foreign stack; else NULL: the image knows */
	int line;
	struct symbol symbol; /* name NULL: none; without ".abi0", see frame_name() */
};

struct stack {
	struct frame frames[STACK_MAX_FRAMES];
	uint32_t count;
	const char *end; /* why it stops: "start of the thread", "no CFI", ... */
	bool complete; /* it ends where threads begin */
	char why[320]; /* end lies here if symbols were refused */
	const char *gap; /* static: why frames are missing in between, before frame gap_at; NULL: none are */
	uint32_t gap_at;
};

/* "runtime.asmcgocall" also means "runtime.asmcgocall.abi0": Go marks the older convention so. */
bool frame_is(const struct frame *f, const char *name);
size_t frame_name_len(const struct frame *f); /* without ".abi0" */
/* Source file and line (0: none) of a frame; false where nothing is known. */
bool frame_line(const struct frame *f, const char **file, int *line);
/* Never fails: a stack may have no frames. Pointers in it live as long as the space. */
void stack_unwind(struct stack *st, struct space *s);
/* A stack that ends for want of symbols says that there were some; again after more was asked of its images. */
void stack_tell_refused(struct stack *st, struct space *s);
/* One frame a line: "#3  main.go7+0x54  c0.go:120  (switch)". */
void stack_print(const struct stack *st, struct buf *out);

#endif
