/* debug.h: triage. A bundle's guest in gdb, stopped where its fault is. */
#ifndef TRIAGE_DEBUG_DEBUG_H
#define TRIAGE_DEBUG_DEBUG_H

#include "triage/triage.h"

struct debug_options {
	bool batch; /* print the stack and end, instead of asking what to do */
	bool with_earlier; /* the plans that ran before it in its process, too */
	char *const *args; /* more of gdb's, NULL-terminated; NULL: none */
};

struct debug_result {
	int status; /* gdb's, as of waitpid */
	bool stopped; /* batch: there was a stack to print */
	struct buf output; /* batch: what gdb printed; outside text */
	const char *gdb; /* "gdb-multiarch" */
};

/* Runs gdb on the kept executable (arm64: gdb-multiarch on QEMU's gdbstub), with symbols of C and Go and the
 * runtime support of the lane's Go. EXIT_ENVIRON if it is not installed, EXIT_USAGE for faults that show only in
 * comparison. */
int debug_bundle(const struct bundle *b, const struct debug_options *o, struct debug_result *r,
		 struct err *e);
void debug_result_release(struct debug_result *r);

#endif
