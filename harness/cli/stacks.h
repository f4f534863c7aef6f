/* stacks.h: cli. Plans that are run now to see how much of each stack they use. */
#ifndef CLI_STACKS_H
#define CLI_STACKS_H

#include "campaign/stacks.h"
#include "model/plan_text.h"

struct stacks_order {
	uint64_t seed; /* of the cases, where none is given */
	const char *case_text; /* NULL: none */
	const struct plan *plan; /* NULL: each kind of turbulence with each choice that it has */
	bool misuse;
};

/* Builds and runs in one lane; adds what was used. A plan that ends a guest is skipped and counted in *died. */
int stacks_run(struct stack_uses *s, const struct lane *l, const struct stacks_order *order,
	       uint32_t *died, struct err *e);

#endif
