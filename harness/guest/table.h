/* table.h: guest. What a generated batch hands to the runtime: the table of its cases, and the few
 * calls that generated C code makes. Included by generated code and by the runtime; no other headers
 * than these two fixed-size ones, so that a callee stays what a person would write. */
#ifndef GUEST_TABLE_H
#define GUEST_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "guest/value.h"

/* One side's view of a block: all arguments of a case side by side in one struct, or its result. */
struct cgofuzz_view {
	uint32_t arg_count; /* for a result: 1, or 0 if void */
	uint32_t leaf_count;
	const struct cgofuzz_leaf *leaves;
	const uint32_t *arg_offset; /* [arg_count], offset of each argument in the block */
	const uint32_t *arg_size; /* [arg_count], sizeof each argument's type */
};

struct cgofuzz_case {
	struct cgofuzz_view args, result; /* as C sees them */
	void (*drive)(void); /* C -> Go: fills arguments, calls the exported Go function, checks */
	uint32_t route; /* the case's own: enum cgofuzz_direction of the first crossing */
	uint32_t pad;
};

/* Defined by the batch. A slot whose case could not be built has drive == NULL. */
extern const struct cgofuzz_case cgofuzz_cases[];
extern const uint32_t cgofuzz_case_count;
extern const char cgofuzz_batch_id[]; /* build id, hex */

/* The calls of generated C code. Slot is a constant. `frame` keeps what an outer level needs again. */
struct cgofuzz_frame {
	uint64_t seed; /* level seed of this crossing */
	uint32_t level;
	uint32_t nest; /* 1: a nested crossing in the other direction is due now */
};

/* Callee's half of a Go -> C call. enter: counts the crossing, checks the arguments' leaves, says in
 * frame->nest whether to nest. leave: fills the result (NULL for void), counts the return. */
void cgofuzz_callee_enter(struct cgofuzz_frame *frame, uint32_t slot, const void *args);
void cgofuzz_callee_leave(struct cgofuzz_frame *frame, uint32_t slot, void *result);
/* Caller's half of a C -> Go call. begin: fills the arguments for the next level; end: checks the
 * result (NULL for void). */
void cgofuzz_drive_begin(struct cgofuzz_frame *frame, uint32_t slot, void *args);
void cgofuzz_drive_end(struct cgofuzz_frame *frame, uint32_t slot, const void *result);

#endif
