/* foreign.c: triage. The stack of a crash from elsewhere, as its traceback told it. */
#include "triage/foreign.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

/* Of the program, at no address: its text says all there is to know. */
static const struct space_image foreign_image = { .name = "foreign" };

void foreign_stack(struct stack *st, const struct bundle *b, char **names)
{
	char *rest = *names = xstrdup(b->frames), *line;

	st->count = 0;
	st->end = "end of the traceback";
	st->complete = false;
	st->gap = NULL;
	while (st->count < STACK_MAX_FRAMES && (line = strsep(&rest, "\n"))) {
		const char *side = strsep(&line, "\t"), *name = strsep(&line, "\t");
		const char *file = strsep(&line, "\t"), *number = strsep(&line, "\t");

		if (!name || !*name)
			continue;
		st->frames[st->count++] = (struct frame){
			.found = FOUND_TEXT,
			.go = !strcmp(side, "go"),
			.image = &foreign_image,
			.symbol = { .name = name },
			.file = file && *file ? file : NULL,
			.line = number ? (int)strtoul(number, NULL, 10) : 0,
		};
	}
}
