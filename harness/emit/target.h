/* target.h: emit. What is under test: `cgo` (generated cases) or a folder of targets/ with a table. */
#ifndef EMIT_TARGET_H
#define EMIT_TARGET_H

#include <stdint.h>

/* Which side an exhibit makes wrong. */
enum target_side { TARGET_CALLEE, TARGET_WRAPPER, TARGET_GO, TARGET_ACROSS };

/* One row of a target's table. Strings are static; NULL where a row has none. */
struct target_case {
	const char *name; /* "null-read" */
	const char *text; /* the case, in text form */
	enum target_side side; /* wrapper: stub and other stand on the wrapper's side; across: other is
				  what another architecture's headers say */
	unsigned archs; /* bit (1 << enum cgofuzz_arch) for each architecture it applies to */
	unsigned kind; /* enum cgofuzz_fault_kind it must be seen as */
	const char *oracle; /* fault.def: the one that sees that kind */
	const char *about;
	const char *hook; /* C function called around the callee and the driver, see guest/table.h */
	const char *go_hook; /* Go function called inside the exported Go function */
	const char *stub; /* assembly between trampoline and callee, or before the trampoline */
	/* case text from which the types of the callee's side, or of the wrapper's side of a control, are
	 * made instead */
	const char *other;
	const char *plan; /* text of a plan in which it shows, for tests; every crossing is of this case */
};

struct target {
	const char *name;
	const char *about;
	const struct target_case *cases; /* NULL: cases are generated */
	uint32_t case_count;
	const char *dir; /* folder below targets/ with *.c, *.go, ARCH/ *.S to build along; NULL: none */
};

const struct target *target_find(const char *name); /* NULL: no such target */
const struct target *target_at(uint32_t i); /* NULL past the end */

#endif
