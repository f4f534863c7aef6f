/* signature.h: triage, for its own files. Beside signature_make() of triage.h. */
#ifndef TRIAGE_SIGNATURE_H
#define TRIAGE_SIGNATURE_H

#include "triage/triage.h"

/* First field of every signature: changes when equal faults get other words. */
#define SIGNATURE_VERSION 2

/* null, guard, non-canonical, stack, heap, text; c-stack and others of guest/stack.def where that has ended; "-" where
 * an address means nothing. */
const char *signature_address_class(const struct cgofuzz_recorder *r);

/* signature_make(), and how the words of its stack came about; trace NULL: the same alone. */
struct token_trace;
int signature_trace(const struct bundle *b, struct buf *signature, struct buf *title,
		    struct buf *stack, bool *weak, struct token_trace *trace, struct err *e);

#endif
