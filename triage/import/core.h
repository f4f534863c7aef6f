/* core.h: triage/import. Core files: of Linux, and of qemu-user, which writes "qemu_*.core". */
#ifndef TRIAGE_IMPORT_CORE_H
#define TRIAGE_IMPORT_CORE_H

#include "lane/lane.h"
#include "triage/unwind.h"

struct core_crash {
	const struct arch_info *arch;
	struct cgofuzz_recorder *rec; /* registers, memory and libraries of the thread that died */
	struct stack *stack; /* its, stitched */
	struct buf text; /* for people: signal, threads, registers, auxiliary vector */
};

bool core_is(const char *path); /* does it begin as one? */
/* The core is read by a child with limits, as far as stacks need it. EXIT_USAGE: it is none, or not one of that program.
 * On an error there is nothing to free. */
int core_read(struct core_crash *c, const char *path, const char *program, struct err *e);
/* The same from what the child has answered: any bytes. */
int core_take(struct core_crash *c, const char *answer, size_t len, const char *program,
	      struct err *e);
void core_release(struct core_crash *c);

#endif
