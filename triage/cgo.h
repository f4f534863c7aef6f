/* cgo.h: triage. What cgo makes of C types where it is not what C says, by the text of cmd/cgo (gcc.go,
 * typeConv.Struct(); out.go, structType()), Go 1.24 to 1.26. The rows are told in docs/findings.md. */
#ifndef TRIAGE_CGO_H
#define TRIAGE_CGO_H

#include "guest/wire.h"
#include "lane/lane.h"
#include "model/case.h"

enum cgo_row {
	CGO_NONE, /* the fault is none that cgo is known for */
	CGO_TAIL, /* last members without size are left out, and their alignment with them */
	CGO_ROUND, /* C's size is no multiple of the alignment that Go gives the type */
	CGO_ATOMIC, /* debug information does not tell _Atomic: nor its size, nor how it is passed */
	CGO_FIELD, /* Go has no field for the leaf: a copy need not carry it */
	CGO_FRAME, /* Go and the wrapper disagree on where an argument lies, for one of the first two */
	CGO_ROWS
};
extern const char *const cgo_row_names[CGO_ROWS]; /* "-", "cgo.tail", ... */

/* The row that foresees this very fault: the number, or the leaf. */
enum cgo_row cgo_row_of(const struct cgofuzz_fault *f, const struct fuzz_case *c,
			const struct lane *lane);

#endif
