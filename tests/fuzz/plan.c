/* plan.c: fuzz driver. Plans as bytes and as text: any bytes print to text that parses to a plan of the same text;
 * any text is a plan or an error with a place. */
#include <stdlib.h>
#include <string.h>

#include "guest/turbulence.h"
#include "model/plan_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text, size_t len)
{
	struct err e = ERR_INIT;
	struct plan plan;

	if (plan_parse(&plan, text, len, "<plan>", &e) < 0 &&
	    (e.status != EXIT_USAGE || strncmp(e.msg, "<plan>:", 7) != 0))
		abort();
}

static void check_bytes(const uint8_t *data, size_t size)
{
	uint32_t len = (uint32_t)(size < CGOFUZZ_PLAN_MAX_BYTES ? size : CGOFUZZ_PLAN_MAX_BYTES);
	struct buf first = BUF_INIT, again = BUF_INIT;
	struct err e = ERR_INIT;
	struct plan plan;

	plan_print(data, len, 64, PLAN_NO_MARK, &first);
	if (plan_parse(&plan, first.ptr, first.len, "<plan>", &e) < 0)
		abort();
	plan_print(plan.bytes, plan.len, 64, PLAN_NO_MARK, &again);
	if (strcmp(first.ptr, again.ptr) != 0)
		abort();
	buf_release(&first);
	buf_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_text((const char *)data, size);
	check_bytes(data, size);
	return 0;
}
