/* standalone.h: emit, for its own files. The parts of a reproducer: main.go or main.c, case.c, case.h. */
#ifndef EMIT_STANDALONE_H
#define EMIT_STANDALONE_H

#include "emit/route.h"

#define STANDALONE_PREFIX "S" /* struct S0, enum S1 */
#define STANDALONE_RESULT (-1) /* in place of an argument's number */

struct standalone {
	struct buf *out;
	const struct fuzz_case *c;
	uint64_t seed; /* of the crossing */
	bool go;
};

/* What the text of a case may use, in an order in which each uses only what stands before it. */
struct standalone_helper {
	const char *use; /* found in whatever uses it: "put(" */
	const char *text;
};
/* Those that body, or one of them, uses. */
void standalone_helpers(struct buf *out, const struct standalone_helper *list, size_t count,
			const char *body);

/* For every leaf of all arguments, or of the result, one line: a "put" call, or a "check". before, after:
 * around the argument's name, to make the object of it ("(*", ")"). */
void standalone_args(const struct standalone *s, bool check, const char *before, const char *after);
void standalone_result(const struct standalone *s, bool check, const char *object);
/* What lines of Go need to know from C: offsets, and samples of bit-fields. */
void standalone_declare_places(const struct standalone *s);
void standalone_define_samples(const struct standalone *s);

void standalone_case_h(const struct standalone *s);
void standalone_case_c(const struct standalone *s);
void standalone_main_c(const struct standalone *s);
void standalone_main_go(const struct standalone *s);

#endif
