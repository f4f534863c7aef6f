/* batch.h: emit. Cases that are generated and compiled together. A case keeps its slot in every
 * lane: one that a lane cannot build is left out there, nothing is renumbered. */
#ifndef EMIT_BATCH_H
#define EMIT_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/abi.h"
#include "base/buf.h"
#include "base/err.h"
#include "emit/target.h"
#include "model/case.h"

#define BATCH_DEFAULT_CASES 64
#define BATCH_MAX_CASES 512 /* CGOFUZZ_MAX_SLOTS of guest/wire.h */

/* Part of every build id: changes when the same cases give other generated code, or tools other flags. */
#define EMIT_VERSION 16

/* The module of a batch's Go, and in it the runtime's Go half: a package that c0.go imports. */
#define EMIT_MODULE "example.com/fuzzb"
#define EMIT_GUEST EMIT_MODULE "/guest"

struct batch_slot {
	struct fuzz_case c;
	const struct target_case *row; /* of a target's table, or NULL */
};

struct batch {
	const struct target *target;
	struct batch_slot *slots;
	uint32_t count;
	/* A probe asks whether tools take what is known to be foreign to Go, too; and, if names is
	 * set, whether Go has a name for every leaf: those without make a case unbuildable. */
	bool probe, names;
	bool control; /* every case gets its control in caller.c, not only those of route direct */
	char id[HASH_HEX_LEN + 1]; /* hash of the canonical cases (and the target's rows) in order */
};

/* `count` generated cases, all from the seed: same seed, same batch. */
void batch_generate(struct batch *b, uint32_t count, uint64_t seed);
/* Takes over cases that are made and spelled: they are the batch's from now on. */
void batch_take(struct batch *b, const struct fuzz_case *cases, uint32_t count);
/* Cases given as text, one for each slot. */
int batch_from_cases(struct batch *b, const char *const *texts, uint32_t count, struct err *e);
/* All rows of a target's table that apply to arch (enum cgofuzz_arch). */
int batch_from_target(struct batch *b, const struct target *t, int arch, struct err *e);
/* It only asks what can be built. */
void batch_for_probe(struct batch *b, bool names);
/* Every case gets its control from now on: another batch id. */
void batch_with_control(struct batch *b);
/* Its slots were changed: another batch id. */
void batch_rename(struct batch *b);
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
	int go_minor; /* of Go 1.N; 0: the newest */
	const char *arch; /* GOARCH: whose ABI document the tables follow; NULL: none */
	/* How the wrappers' [0] and the callees' [1] compiler are known to read it (enum abi_reader). */
	enum abi_reader readers[2];
};
/* The case whose types that side uses: a target may have one side see another layout. Parsed into *other
 * then, to be released by the caller. */
const struct fuzz_case *target_types(const struct batch_slot *slot, enum target_side side,
				     struct fuzz_case *other);
/* Why a case is not to be built with Go 1.go_minor at all. */
const char *emit_refused(const struct fuzz_case *c, int go_minor);
/* The same, or what Go's tools are known to have no type for (a probe asks them: lane/probe.h). 0: the
 * newest Go. NULL: nothing is known against it. */
const char *emit_unsupported(const struct fuzz_case *c, int go_minor);
/* Where the case's own route cannot carry it: call, and if that cannot either, direct. The case is not
 * spelled yet. */
void emit_fit_route(struct fuzz_case *c);
void emit_callee_c(struct buf *out, const struct batch *b, const struct emit_options *o);
void emit_go(struct buf *out, const struct batch *b, const struct emit_options *o);
/* The control of the cases that need one. */
void emit_caller_c(struct buf *out, const struct batch *b, const struct emit_options *o);
bool emit_needs_caller(const struct batch *b, const struct emit_options *o, uint32_t slot);
/* The binary file abi.bin that stubs.S takes in (guest/abi_table.h). */
void emit_abi_table(struct buf *out, const struct batch *b, const struct emit_options *o);
void emit_stubs(struct buf *out, const struct batch *b, const struct emit_options *o);
/* Linker arguments, one a line, for an @FILE: -Wl,--wrap=f0 ... */
void emit_wraps(struct buf *out, const struct batch *b, const struct emit_options *o);

/* A standalone reproducer of one case, with no trace of the runtime: main.go, case.c, case.h,
 * Makefile, README in dir (made). What `cgofuzz emit` writes. */
const char *emit_standalone_main(const struct fuzz_case *c); /* main.c of C to C */
int emit_standalone_since(const struct fuzz_case *c); /* N: Go 1.N is the first that builds it */
int emit_standalone(const struct fuzz_case *c, uint64_t seed, const char *dir, struct err *e);

/* What happens around the crossing of a reproducer, beyond its case: bits. */
enum standalone_around {
	AROUND_GC = 1, /* the collector runs all the time, and the call is repeated */
	AROUND_GOROUTINE = 2, /* on another goroutine than main's */
	AROUND_THREAD = 4, /* on a thread that C has made */
	AROUND_FP = 8, /* C has changed the rounding mode before */
	AROUND_SIGNAL = 16, /* a timer's signals, handled by C, and the call is repeated */
};

struct standalone_how {
	uint64_t level_seed; /* of the crossing: cgofuzz_level_seed() */
	const char *arch; /* GOARCH that it is for; NULL: any */
	bool registers; /* look at those that a callee keeps; needs arch */
	bool layout; /* compare sizes and offsets with the ABI document of arch */
	uint32_t depth; /* so many pairs of calls, C and Go, above the crossing */
	uint32_t frame; /* bytes of C's stack that each of these takes; 0: what the compiler makes */
	uint32_t stack; /* bytes, of AROUND_THREAD's thread; 0: as pthreads make it */
	unsigned around; /* enum standalone_around */
	/* An exhibit's damage is done, from the sources in dir (targets/planted); NULL: none. */
	const struct target_case *exhibit;
	const char *exhibit_dir;
	unsigned variant; /* of exhibits that have some: 1 to 16 */
	/* Of the Makefile, if arch is set: */
	const char *cc, *wrapper_flags, *callee_cc, *callee_flags;
};
int emit_standalone_of(const struct fuzz_case *c, const struct standalone_how *how, const char *dir,
		       struct err *e);
/* Does the exhibit of how do its damage by means that only the harness has? 1: the first of them is added to what. */
int standalone_damage_needs(const struct standalone_how *how, struct buf *what, struct err *e);

#endif
