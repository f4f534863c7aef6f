/* traceback.c: tests. Tracebacks from any bytes: what comes out are as many lines as frames, of four fields each. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "triage/bundle.h"
#include "triage/foreign.h"
#include "triage/import/traceback.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct stack st;
	struct traceback t;
	struct bundle b = { 0 };
	uint32_t lines = 0, tabs = 0;
	char *names;

	traceback_parse(&t, (const char *)data, size);
	for (size_t i = 0; i < t.frames.len; i++) {
		lines += t.frames.ptr[i] == '\n';
		tabs += t.frames.ptr[i] == '\t';
		if (!t.frames.ptr[i])
			abort();
	}
	if (lines != t.frame_count || tabs != 3 * lines || lines > STACK_MAX_FRAMES)
		abort();
	b.frames = t.frames.ptr;
	foreign_stack(&st, &b, &names);
	if (st.count > t.frame_count)
		abort();
	free(names);
	traceback_release(&t);
	return 0;
}
