/* standalone.h: emit, for its own files. The parts of a reproducer: main.go or main.c, case.c, case.h. */
#ifndef EMIT_STANDALONE_H
#define EMIT_STANDALONE_H

#include "emit/route.h"

#define STANDALONE_PREFIX "S" /* struct S0, enum S1 */
#define STANDALONE_RESULT (-1) /* in place of an argument's number */

struct standalone {
	struct buf *out;
	const struct fuzz_case *c; /* as the file that is written sees it */
	const struct fuzz_case *declared; /* as case.h has it */
	uint64_t seed; /* of the crossing */
	bool go;
	const struct standalone_how *how;
	const char *damage, *go_damage; /* the exhibit's source; "" if there is none */
	const char *callee; /* name of the C function where assembly stands before it, else NULL */
};

/* check.S and what case.c needs for it: calls of `target` go through `entry`. */
void standalone_check_s(const struct standalone *s, const char *entry, const char *target);
void standalone_check_c(const struct standalone *s);
/* Lines that hold sizes and offsets against the ABI document. */
void standalone_layout(const struct standalone *s);
/* What happens around the crossing: C functions, their declarations, and main(). */
void standalone_around_c(const struct standalone *s);
void standalone_around_h(const struct standalone *s);
void standalone_around_go(const struct standalone *s);
static inline bool standalone_is_around(const struct standalone *s)
{
	return s->how->around || s->how->depth;
}

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
/* Where s->c is not what case.h declares they hold their own types. */
void standalone_case_c(const struct standalone *s);
void standalone_main_c(const struct standalone *s);
void standalone_main_go(const struct standalone *s);

#endif
