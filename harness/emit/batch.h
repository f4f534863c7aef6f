/* batch.h: emit. Cases that are generated and compiled together. A case keeps its slot in every
 * lane: one that a lane cannot build is left out there, nothing is renumbered. */
#ifndef EMIT_BATCH_H
#define EMIT_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "emit/target.h"
#include "model/case.h"

#define BATCH_DEFAULT_CASES 64
#define BATCH_MAX_CASES 512 /* CGOFUZZ_MAX_SLOTS of guest/wire.h */

/* Part of every build id: changes when the same cases give other generated code. */
#define EMIT_VERSION 1

struct batch_slot {
	struct fuzz_case c;
	const struct target_case *row; /* of a target's table, or NULL */
};

struct batch {
	const struct target *target;
	struct batch_slot *slots;
	uint32_t count;
	char id[HASH_HEX_LEN + 1]; /* hash of the canonical cases (and the target's rows) in order */
};

/* `count` generated cases, all from the seed: same seed, same batch. */
void batch_generate(struct batch *b, uint32_t count, uint64_t seed);
/* Cases given as text, one for each slot. */
int batch_from_cases(struct batch *b, const char *const *texts, uint32_t count, struct err *e);
/* All rows of a target's table that apply to arch (enum cgofuzz_arch). */
int batch_from_target(struct batch *b, const struct target *t, int arch, struct err *e);
/* Reads what batch_save wrote: one canonical case a line, '#' comments. */
int batch_load(struct batch *b, const char *path, struct err *e);
int batch_save(const struct batch *b, const char *path, struct err *e);
void batch_release(struct batch *b);

/* What the batch's sources look like in one lane. `skip` has a true for every slot left out. */
struct emit_options {
	const char *build_id;
	const bool *skip; /* [count] or NULL */
	const char *lane; /* for the comment at the top */
	/* The runtime's texts for the end of c0.go's preamble and of c0.go; NULL: none. */
	const char *entry_preamble;
	const char *entry;
};
void emit_callee_c(struct buf *out, const struct batch *b, const struct emit_options *o);
void emit_go(struct buf *out, const struct batch *b, const struct emit_options *o);
void emit_stubs(struct buf *out, const struct batch *b, const struct emit_options *o);
/* Linker arguments, one a line, for an @FILE: -Wl,--wrap=f0 ... */
void emit_wraps(struct buf *out, const struct batch *b, const struct emit_options *o);

/* A standalone reproducer of one case, with no trace of the runtime: main.go, case.c, case.h,
 * Makefile, README in dir (made). What `cgofuzz emit` writes. */
int emit_standalone(const struct fuzz_case *c, uint64_t seed, const char *dir, struct err *e);

#endif
