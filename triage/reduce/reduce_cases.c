/* reduce_cases.c: triage/reduce. The case of a fault: fewer arguments and members, simpler types. */
#include "triage/reduce/under_way.h"

int reduce_cases(struct under_way *u, struct err *e)
{
	(void)e;
	u->r->case_why = "not yet";
	return 0;
}
