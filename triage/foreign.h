/* foreign.h: triage, for its own files. Bundles of crashes from elsewhere: what their stack is. */
#ifndef TRIAGE_FOREIGN_H
#define TRIAGE_FOREIGN_H

#include "triage/bundle.h"
#include "triage/unwind.h"

/* The stack of a bundle that is foreign, from its file "frames": lines "go|c TAB function TAB file TAB line". What a
 * line lacks is empty; any bytes. Names live as long as *names, which is to be freed. */
void foreign_stack(struct stack *st, const struct bundle *b, char **names);

#endif
