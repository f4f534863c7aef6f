/* try_plans.h: cli, for try_run.c. What is done with a case that is tried. */
#ifndef CLI_TRY_PLANS_H
#define CLI_TRY_PLANS_H

#include "cli/try.h"
#include "emit/batch.h"

#define TRY_PLANS 16

/* Writes the plans into dir, paths are malloc'd, unused ones NULL; how many, or -1. The same in every lane. */
int try_plans_write(const char *dir, const struct try_order *order, const struct batch *b,
		    uint32_t slot, char *paths[TRY_PLANS], struct err *e);

#endif
