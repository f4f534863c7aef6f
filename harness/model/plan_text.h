/* plan_text.h: model. Plans as text that people read, keep and hand on: docs/turbulence.md. */
#ifndef MODEL_PLAN_TEXT_H
#define MODEL_PLAN_TEXT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "guest/plan.h"

#define PLAN_NO_MARK UINT32_MAX

struct plan {
	uint32_t len;
	uint8_t bytes[CGOFUZZ_PLAN_MAX_BYTES];
};

/* Appends a plan, a step a line, bodies in braces. slots: cases of the batch, 65536 if not known. mark: step
 * whose line begins with '>', or PLAN_NO_MARK. Without a mark the text parses back to a plan that does the
 * same. */
void plan_print(const uint8_t *plan, uint32_t len, uint32_t slots, uint32_t mark, struct buf *out);

/* -1: e says where and why as a compiler does (EXIT_USAGE). name: "<plan>", a file. */
int plan_parse(struct plan *plan, const char *text, size_t len, const char *name, struct err *e);

#endif
