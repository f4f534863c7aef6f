/* cover.c: triage/report. What the cases that a campaign has drawn exercise of the rule book. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "triage/report/private.h"

#define CASES_MAX 40000 /* looked at: a report is to be written in two seconds */

struct walk {
	struct cover *cover;
	const char *dir;
	uint32_t count;
	bool cut;
};

/* Adds a file's cases; a line that is no case is left out. */
static void add_file(struct walk *w, const char *path)
{
	struct arena scratch = ARENA_INIT;
	struct err ignored = ERR_INIT;
	struct buf text = BUF_INIT;
	struct fuzz_case c = { 0 };
	const char *line;
	size_t at = 0, len;

	if (file_read(path, (size_t)64 << 20, &text, &ignored) == 0)
		while ((line = buf_line(&text, &at, &len)) && !w->cut) {
			if (!len || *line == '#' ||
			    case_parse_lean(&c, line, len, "case", &ignored) < 0)
				continue;
			cover_add(w->cover, &c, &scratch);
			w->cut = ++w->count >= CASES_MAX;
		}
	case_release(&c);
	arena_release(&scratch);
	buf_release(&text);
}

static int add_entry(const char *name, void *ctx)
{
	struct walk *w = ctx;
	size_t len = strlen(name);
	char *path;

	if (name[0] == '.' || len < 4 || strcmp(name + len - 4, ".txt") != 0)
		return 0;
	path = xasprintf("%s/%s", w->dir, name);
	add_file(w, path);
	free(path);
	return w->cut ? -1 : 0;
}

static void add_dir(struct walk *w)
{
	struct err ignored = ERR_INIT;

	if (dir_exists(w->dir))
		dir_each(w->dir, add_entry, w, &ignored);
}

void report_cover_read(struct report *r)
{
	char *cases = xasprintf("%s/cases", r->dir),
	     *shipped = xasprintf("%s/corpus/shapes", data_dir());
	struct walk own = { .cover = &r->own, .dir = cases };
	struct walk known = { .cover = &r->known, .dir = shipped };

	add_dir(&own);
	r->cover_cases = own.count;
	r->cover_cut = own.cut;
	if (own.count) {
		add_dir(&known);
		cover_merge(&r->known, &r->own);
	}
	free(cases);
	free(shipped);
}
