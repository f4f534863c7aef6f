/* said.h: triage, for its own files. What a guest printed last of its own end. */
#ifndef TRIAGE_SAID_H
#define TRIAGE_SAID_H

#include "base/buf.h"
#include "triage/bundle.h"

/* Appends ": fatal error: ...", as Go's runtime said last, made safe to show; nothing if it has said nothing. */
void said_fatal(const struct bundle *b, struct buf *out);

#endif
