/* overflow.h: triage. Which stack ended, where a fault is that one did. */
#ifndef TRIAGE_OVERFLOW_H
#define TRIAGE_OVERFLOW_H

#include "guest/wire.h"
#include "triage/unwind.h"

/* As Go calls it when its runtime runs out of the thread's stack: there is no row of stack.def, for it is C's stack that
 * ends, and Go that needs more. */
#define OVERFLOW_G0 "g0-stack"

/* From the address of a SIGSEGV or SIGBUS, the stack pointer and the stacks that the thread had: "c-stack" and so on
 * (guest/stack.def); NULL: the stack has not ended. */
const char *overflow_by_address(const struct cgofuzz_recorder *r);
/* From the functions of Go's runtime that say so; NULL: none does. */
const char *overflow_by_stack(const struct stack *st, const struct cgofuzz_recorder *r);
/* What the fault's thread had for stacks, a line each, and where the stack pointer was; nothing if that is not known. */
void overflow_describe(const struct cgofuzz_recorder *r, struct buf *out);
/* "the goroutine's stack" for a word of both. */
const char *overflow_about(const char *word);

#endif
