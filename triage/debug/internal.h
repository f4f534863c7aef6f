/* internal.h: triage, for triage/debug. */
#ifndef TRIAGE_DEBUG_INTERNAL_H
#define TRIAGE_DEBUG_INTERNAL_H

#include "lane/lane.h"
#include "triage/debug/debug.h"

struct session {
	const struct bundle *b;
	const struct debug_options *o;
	struct lane lane;
	enum engine engine;
	const char *qemu; /* NULL: native */
	char *goroot; /* NULL: not here */
	char *exe, *dir; /* temporary: recorder, socket, log */
	char *socket; /* of QEMU's gdbstub; NULL natively */
};

/* script.c: gdb's commands, as a file; ends with the program stopped at the fault. */
void session_script(const struct session *s, struct buf *out);

#endif
