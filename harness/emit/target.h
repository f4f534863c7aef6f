/* target.h: emit. What is under test: `cgo` (generated cases) or a folder of targets/ with a table. */
#ifndef EMIT_TARGET_H
#define EMIT_TARGET_H

#include <stdint.h>

/* One row of a target's table. Strings are static; NULL where a row has none. */
struct target_case {
	const char *name; /* "null-read" */
	const char *text; /* the case, in text form */
	unsigned archs; /* bit (1 << enum cgofuzz_arch) for each architecture it applies to */
	const char *oracle; /* the fault.def oracle that must see it */
	const char *about;
	const char *hook; /* C function called around the callee and the driver, see guest/table.h */
	const char *go_hook; /* Go function called inside the exported Go function */
	const char *stub; /* assembly between trampoline and callee */
	const char *callee; /* case text from which the C side's types are made instead */
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
