/* table.h: guest. What a generated batch hands to the runtime: the table of its cases, and the few
 * calls that generated C code makes. Included by generated code and by the runtime; no other headers
 * than these two fixed-size ones, so that a callee stays what a person would write. */
#ifndef GUEST_TABLE_H
#define GUEST_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "guest/value.h"

#define CGOFUZZ_COUNT(array) (sizeof(array) / sizeof(*(array)))
#define CGOFUZZ_LDOUBLE_BITS (__LDBL_MANT_DIG__ == 64 ? 80 : 128) /* x87 or IEEE quad */

/* The leaves that hold values while one member of each union is in use (shape_variants()). */
struct cgofuzz_variant {
	uint32_t leaf_count, odd_count;
	const struct cgofuzz_leaf *leaves;
	struct cgofuzz_odd_leaf *odd; /* the runtime writes where bit-fields lie */
};

/* Of a view with unions, bit-fields or leaves of more than eight bytes. */
struct cgofuzz_unusual {
	uint32_t variant_count, measured;
	const struct cgofuzz_variant *variants;
};

/* One side's view of a block: all arguments of a case side by side in one struct, or its result. */
struct cgofuzz_view {
	uint32_t arg_count; /* for a result: 1, or 0 if void */
	uint32_t leaf_count;
	uint32_t bytes; /* of the whole block */
	uint32_t pad;
	const struct cgofuzz_leaf *leaves;
	const uint32_t *arg_offset; /* [arg_count], offset of each argument in the block */
	const uint32_t *arg_size,
		*arg_align; /* [arg_count], size and alignment of each argument's type */
	/* NULL: `leaves` are all there is. Else they are the plain ones of variant 0. */
	struct cgofuzz_unusual *unusual;
};

/* Of a case without arguments or result. */
#define CGOFUZZ_NO_VIEW \
	{ \
		0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL \
	}

struct cgofuzz_case {
	struct cgofuzz_view args, result; /* as C sees them */
	/* C -> Go: calls the exported Go function with the arguments in the block, stores its result */
	void (*drive)(void *in, void *result);
	uint32_t route; /* the case's own: enum cgofuzz_direction of the first crossing */
	uint32_t calls; /* enum cgofuzz_calls */
};

/* How Go's and C's calls of a case nest. */
enum cgofuzz_calls {
	CGOFUZZ_CALLS_NEST, /* as deep as the plan wants */
	CGOFUZZ_NO_CALLBACK, /* C must not call Go from within the callee (#cgo nocallback) */
	CGOFUZZ_CALL_ONLY, /* Go cannot export such a function: no drive */
	CGOFUZZ_CALL_WITHIN, /* Go, when called, calls C at least once (callback-errno) */
};

/* The control of a case: C on both sides, the other side compiled as cgo's wrappers are (caller.c). */
struct cgofuzz_control {
	struct cgofuzz_view args, result; /* as that compiler sees them */
	void (*direct)(void *in, void *result); /* calls the callee */
	void (*reverse)(void *in, void *result); /* in callee.c: calls a callee of caller.c */
};

/* NULL if no case of the batch has one; else direct is NULL where a case has none. */
extern const struct cgofuzz_control cgofuzz_controls[] __attribute__((weak));

/* Defined by the batch. A slot whose case could not be built has drive == NULL. */
extern const struct cgofuzz_case cgofuzz_cases[];
extern const uint32_t cgofuzz_case_count;
extern const char cgofuzz_batch_id[]; /* build id, hex */

/*
 * The one call of a generated callee, its half of a Go -> C call: counts the crossing, checks the
 * arguments' leaves, nests if the plan says so, counts the return and returns the result, to be copied
 * at once (void: whatever). One call, since each return to generated code is one more target in QEMU's
 * small cache of jump targets.
 */
void *cgofuzz_callee(uint32_t slot, const void *args);
/* The same of a control's callee, which does not nest. */
void *cgofuzz_back(uint32_t slot, const void *args);

/* What a callee of a route with errno leaves there, after the call above: from the crossing's seed. */
int cgofuzz_errno(void);

/* The same in two, where a target's hook comes between: the arguments are checked, nothing is nested. */
struct cgofuzz_frame {
	uint64_t seed; /* of this crossing */
	uint32_t level;
	uint32_t pad;
};
void cgofuzz_callee_enter(struct cgofuzz_frame *frame, uint32_t slot, const void *args);
void *cgofuzz_callee_leave(const struct cgofuzz_frame *frame, uint32_t slot);

#endif
