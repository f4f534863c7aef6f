/* traceback.h: triage/import. What a dying program printed: Go's tracebacks, and stacks as sanitizers and gdb print
 * them. Any bytes. */
#ifndef TRIAGE_IMPORT_TRACEBACK_H
#define TRIAGE_IMPORT_TRACEBACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "triage/unwind.h"

struct traceback {
	uint32_t kind; /* enum cgofuzz_fault_kind; NONE: nothing in it says that something failed */
	int signo, si_code;
	uint64_t addr; /* of the access */
	bool from_c; /* the innermost crossing of its stack is C calling Go */
	char message[256]; /* of a panic or fatal error, made safe; else "" */
	struct buf frames; /* lines as foreign_stack() reads them, innermost first */
	uint32_t frame_count; /* at most STACK_MAX_FRAMES */
};

/* To be released in any case. */
void traceback_parse(struct traceback *t, const char *text, size_t len);
/* One more frame, outwards; file NULL: not known. */
void traceback_frame(struct traceback *t, const char *name, size_t name_len, const char *file,
		     int line);
void traceback_release(struct traceback *t);

#endif
