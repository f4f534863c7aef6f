/* shapes.c: campaign. Cases kept as text, one a line, and what each covers of the rule book. */
#include "campaign/shapes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#define WEIGHT_CROSSING 3
#define WEIGHT_DIRECT 1

void shapes_add(struct shapes *s, const struct fuzz_case *c, const char *text)
{
	struct arena scratch = ARENA_INIT;

	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 64;
		s->texts = xrealloc(s->texts, s->room * sizeof(*s->texts));
		s->covers = xrealloc(s->covers, s->room * sizeof(*s->covers));
		s->weights = xrealloc(s->weights, s->room);
	}
	s->texts[s->count] = xstrdup(text);
	s->weights[s->count] = c->route == ROUTE_DIRECT ? WEIGHT_DIRECT : WEIGHT_CROSSING;
	s->covers[s->count] = (struct cover){ 0 };
	cover_add(&s->covers[s->count], c, &scratch);
	s->count++;
	arena_release(&scratch);
}

static int load_file(struct shapes *s, const char *path, struct err *e)
{
	struct buf text = BUF_INIT;
	struct fuzz_case c = { 0 };
	char *line, *rest;
	int rc = file_read(path, (size_t)64 << 20, &text, e);

	rest = text.ptr;
	for (uint32_t number = 1; rc == 0 && (line = strsep(&rest, "\n")); number++) {
		char name[32];

		if (!*line || *line == '#')
			continue;
		snprintf(name, sizeof(name), "line %u", number);
		rc = case_parse_lean(&c, line, strlen(line), name, e);
		if (rc == 0)
			shapes_add(s, &c, line);
		else
			err_prefix(e, "%s", path);
	}
	case_release(&c);
	buf_release(&text);
	return rc;
}

struct walk {
	struct shapes *shapes;
	const char *dir;
	struct err *e;
	int rc;
};

static int load_entry(const char *name, void *ctx)
{
	struct walk *w = ctx;
	size_t len = strlen(name);
	char *path;

	if (name[0] == '.' || len < 4 || strcmp(name + len - 4, ".txt") != 0)
		return 0;
	path = xasprintf("%s/%s", w->dir, name);
	w->rc = load_file(w->shapes, path, w->e);
	free(path);
	return w->rc;
}

int shapes_load(struct shapes *s, const char *path, struct err *e)
{
	struct walk w = { .shapes = s, .dir = path, .e = e };

	if (!dir_exists(path)) {
		if (!file_exists(path))
			return err_set(e, EXIT_USAGE, "%s is not there", path);
		return load_file(s, path, e);
	}
	if (dir_each(path, load_entry, &w, e) < 0 && w.rc == 0)
		return -1;
	return w.rc;
}

void shapes_cover(const struct shapes *s, struct cover *cover)
{
	for (uint32_t i = 0; i < s->count; i++)
		cover_merge(cover, &s->covers[i]);
}

void shapes_release(struct shapes *s)
{
	for (uint32_t i = 0; i < s->count; i++)
		free(s->texts[i]);
	free(s->texts);
	free(s->covers);
	free(s->weights);
	*s = (struct shapes){ 0 };
}
