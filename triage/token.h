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

/* How each token came about, for `explain-signature`. */
struct token_step {
	uint32_t frame;
	bool inlined;
	char *name; /* the function's, as it is; "" if it has none */
	char *word; /* NULL: it drops out */
	const char *why; /* static: "role", "boundary", "kept", "plumbing", .. see token.c */
	const char *rule; /* the pattern of role.def, or NULL */
};
struct token_trace {
	struct token_step *steps;
	uint32_t count;
	char *words; /* before recursion is folded and the outer end cut off */
};
void token_trace_release(struct token_trace *t);

struct tokens {
	struct buf text; /* joined by ' ', innermost first */
	struct buf top; /* the innermost token that tells something, "" if none does */
	bool runtime_only; /* nothing but Go's runtime and the boundary: the runtime gave up by itself */
	bool gave_up; /* Go threw: what it said is on standard error */
	bool weak; /* too little is known, or it was guessed */
};

/* from_panic: begin at gopanic, because the frames above only report it. trace: filled, or NULL. */
void tokens_make(struct tokens *t, const struct stack *st, bool from_panic,
		 struct token_trace *trace);
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
