/* internal.h: triage, for triage/dossier. What the parts are made from. */
#ifndef TRIAGE_DOSSIER_INTERNAL_H
#define TRIAGE_DOSSIER_INTERNAL_H

#include "abi/abi.h"
#include "model/case.h"
#include "triage/dossier/dossier.h"
#include "triage/unwind.h"
#include "triage/unwind_arch.h"

struct dossier {
	const struct bundle *b;
	const struct cgofuzz_fault *f;
	struct space space;
	struct stack *stack; /* no frames where no registers were kept */
	const struct unwind_arch *regs; /* NULL: an architecture without one */
	bool has_case;
	struct fuzz_case c;
	char *goroot; /* of the lane's Go, or NULL */
};

/* A part's data, new; and its text. */
#define PART(name, title) \
	json_t *dossier_##name(const struct dossier *d); \
	void dossier_print_##name(const json_t *part, struct buf *out);
#include "triage/dossier/part.def"
#undef PART

/* The line's text, where the source is one of ours, of the build's or of its Go; malloc'd or NULL. */
char *source_line(const struct dossier *d, const char *file, int line);

/* What an address means: "null", "non-canonical", "text planted_abort+0x4", "goroutine stack", "Go heap", ..;
 * false: nothing is known of it. out is empty. */
bool classify_address(const struct dossier *d, uint64_t addr, struct buf *out);
/* One word of memory, or the words behind it as well: "slice of 3, capacity 8, at C heap". */
bool classify_header(const struct dossier *d, uint64_t at, struct buf *out);

/* The frame that a person wants to see first: the innermost, but for the harness's own. */
const struct frame *dossier_frame(const struct dossier *d);

/* Numbers of JSON end at 2^53: addresses are text, "0x%llx". */
json_t *json_hex(uint64_t value);
/* A member's text, "" if there is none. */
const char *json_text(const json_t *object, const char *name);
void add_safe(struct buf *out, const char *text); /* escaped for a terminal */

#endif
