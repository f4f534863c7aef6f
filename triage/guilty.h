/* guilty.h: triage. Which side broke the ABI: from a fault, what else was seen of its case in the same
 * lane, and the ABI documents. */
#ifndef TRIAGE_GUILTY_H
#define TRIAGE_GUILTY_H

#include <stdbool.h>

#include "base/buf.h"
#include "guest/wire.h"
#include "lane/lane.h"
#include "model/case.h"

enum guilty_side {
	GUILTY_NONE, /* there is no fault */
	GUILTY_WRAPPER,
	GUILTY_CALLEE,
	GUILTY_GO,
	GUILTY_QEMU,
	GUILTY_UNKNOWN,
	GUILTY_SIDES
};
extern const char *const guilty_names[GUILTY_SIDES];

enum guilty_place { GUILTY_PLACE_OPEN, GUILTY_PLACE_RIGHT, GUILTY_PLACE_WRONG };
enum guilty_control { GUILTY_CONTROL_OPEN, GUILTY_CONTROL_GOOD, GUILTY_CONTROL_BAD };

/* What is known besides the fault. */
struct guilty_facts {
	enum guilty_place place; /* of the failing leaf, as the trampoline saw it */
	enum guilty_control control; /* the same case C to C, in the same lane */
	bool qemu_said; /* QEMU's own last words are in the guest's standard error */
};

/* From the fault alone; said: the guest's standard error, or "". */
struct guilty_facts guilty_facts_of(const struct cgofuzz_fault *f, const char *said);
/* What another fault of the same case and lane adds: it was captured, or it was the control's. */
void guilty_learn(struct guilty_facts *facts, const struct cgofuzz_fault *f,
		  const struct cgofuzz_fault *other);

struct guilty {
	enum guilty_side side;
	const char *compiler; /* "clang14", of the lane; "" where it is none */
	struct buf section; /* "AAPCS64 C.2 (6.8.2)"; "" where no document speaks */
	struct buf reason; /* why; of an unknown side what would settle it */
};

/* f: a checked fault of a recorder; c: its case. lane must live as long as *g. */
void guilty_judge(struct guilty *g, const struct cgofuzz_fault *f, const struct guilty_facts *facts,
		  const struct lane *lane, const struct fuzz_case *c);
void guilty_release(struct guilty *g);
/* "callee (clang14), AAPCS64 hfa.zero (5.10): why"; "unknown; to settle it: ...". */
void guilty_words(const struct guilty *g, struct buf *out);

/* The row of guilty.def for a fault of that kind; for tests. */
struct guilty_row {
	enum guilty_side side;
	const char *words;
};
const struct guilty_row *guilty_row_of(const struct cgofuzz_fault *f,
				       const struct guilty_facts *facts);
const struct guilty_row *guilty_row_at(unsigned i); /* NULL past the end */

#endif
