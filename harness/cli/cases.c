/* cases.c: cli. CASE on the command line of every verb that takes one: its text, "-" or "@FILE". */
#include "cli/cases.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#define FILE_LIMIT ((size_t)32 << 20) /* half of what docs/grammar.md promises not to exceed */

static int each_line(const char *path, const char *name, case_fn *take, void *ctx, struct err *e)
{
	struct buf text = BUF_INIT;
	const char *line;
	size_t at = 0, len;
	int rc = file_read(path, FILE_LIMIT, &text, e);

	if (rc < 0)
		e->status = EXIT_USAGE;
	for (unsigned n = 1; rc == 0 && (line = buf_line(&text, &at, &len)); n++) {
		char *place = xasprintf("%s line %u", name, n);

		if (strspn(line, " \t\r") < len && *line != '#')
			rc = take(line, len, place, ctx, e);
		free(place);
	}
	buf_release(&text);
	return rc;
}

int cases_each(const char *arg, case_fn *take, void *ctx, struct err *e)
{
	if (!strcmp(arg, "-"))
		return each_line("/dev/stdin", "<stdin>", take, ctx, e);
	if (*arg == '@')
		return each_line(arg + 1, arg + 1, take, ctx, e);
	return take(arg, strlen(arg), "<case>", ctx, e);
}
