/* explain.h: triage. How a signature came about: every field with its source, every frame with its token. */
#ifndef TRIAGE_EXPLAIN_H
#define TRIAGE_EXPLAIN_H

#include "triage/token.h"
#include "triage/triage.h"

#define EXPLAIN_FIELDS 12

struct explained_field {
	const char *name; /* static: "direction" */
	char *text; /* as in the signature */
	char *from; /* where it comes from, in words; safe for a terminal */
};
struct explained {
	struct buf signature, title, stack;
	char *loose;
	bool weak;
	struct explained_field fields[EXPLAIN_FIELDS];
	uint32_t field_count;
	struct token_trace trace; /* of a fault whose stack signs it; else empty */
};

int signature_explain(struct explained *x, const struct bundle *b, struct err *e);
void explained_release(struct explained *x);

#endif
