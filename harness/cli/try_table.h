/* try_table.h: cli, for cmd_try. What many lanes say, side by side. */
#ifndef CLI_TRY_TABLE_H
#define CLI_TRY_TABLE_H

#include "cli/try.h"

struct try_table {
	struct cell *cells;
	uint32_t count;
};

/* Do the lanes differ in architecture, compilers and levels alone, and are there more than two? */
bool try_table_fits(const struct lane_list *lanes);
/* Takes the result over; *l must live as long as the table. */
void try_table_add(struct try_table *t, const struct batch_slot *slot, const struct lane *l,
		   struct try_result *result);
void try_table_print(const struct try_table *t);
void try_table_release(struct try_table *t);

/* cmd_try.c: the faults of a result and its detail, indented. */
void try_details_print(const struct try_result *r);

#endif
