/* token.h: triage. A stack as a few words that mean the same in every build: see DESIGN, section 6. */
#ifndef TRIAGE_TOKEN_H
#define TRIAGE_TOKEN_H

#include <stdbool.h>

#include "base/buf.h"
#include "triage/unwind.h"

#define TOKENS_MAX 8 /* in a signature */
#define TOKEN_NO_STACK "morestack" /* Go needed more stack and could not have it */

/* What one symbol is called in a signature, appended; false: it drops out.
 * name: len bytes without ".abi0"; go: a function of Go's text; file: its source or NULL. */
bool token_of(struct buf *out, const char *name, size_t len, bool go, const char *file);

struct tokens {
	struct buf text; /* joined by ' ', innermost first */
	struct buf top; /* the innermost token that tells something, "" if none does */
	bool runtime_only; /* nothing but Go's runtime and the boundary: the runtime gave up by itself */
	bool weak; /* too little is known, or it was guessed */
};

/* from_panic: begin at gopanic, because the frames above only report it. */
void tokens_make(struct tokens *t, const struct stack *st, bool from_panic);
void tokens_release(struct tokens *t);

/* Cycles among count words, as a recursion leaves them, become one with a '+': "f+", "(f g)+".
 * words are changed in place (memory from the arena); returns the new count. */
struct arena;
unsigned tokens_fold(struct arena *a, const char **words, unsigned count);
/* That Go has no stack is all there is to tell, whether it traps (before Go 1.23) or throws then. */
unsigned tokens_fold_no_stack(const char **words, unsigned count);
/* Where all is plumbing: the first crossing tells where, the others only how deep. */
unsigned tokens_fold_boundary(const char **words, unsigned count);

#endif
