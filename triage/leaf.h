/* leaf.h: triage. The leaf of a case that a fault is about. */
#ifndef TRIAGE_LEAF_H
#define TRIAGE_LEAF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "guest/wire.h"
#include "model/case.h"

/* In place of a leaf: the address of a result in memory, which the callee returns. */
#define LEAF_ADDRESS UINT16_MAX

struct fault_leaf {
	bool found; /* the case has such a leaf; else the rest is 0 */
	uint32_t arg; /* which argument */
	uint32_t index; /* within its argument or result, SHAPE_EVERY_VARIANT */
	uint32_t kind; /* enum cgofuzz_leaf_kind */
	unsigned width; /* bits, of a bit-field; else 0 */
	const char *in; /* "scalar", "struct", "array", "bit-field", "errno"; "?" if not found */
	char name[96]; /* "arg0.b", "result.d[1]", cut if longer; "" if not found */
};

struct fault_leaf leaf_find(const struct cgofuzz_fault *f, const struct fuzz_case *c);

/* "arg0.b"; "arg1" of a layout fault about the whole; "result's address". */
void leaf_name(const struct cgofuzz_fault *f, const struct fuzz_case *c, struct buf *out);
/* "0x3f800000 (1)": all bits of the kind, of a bit-field only its own, and what they mean. */
void leaf_value(struct buf *out, uint32_t kind, unsigned width, uint64_t low, uint64_t high);

#endif
