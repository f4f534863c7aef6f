/* guest_list.c: lane. Reads the list of the runtime's files. */
#include "lane/guest_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

const char *const guest_engines[] = {
#define ENGINE(id, name, about) name,
#include "lane/engine.def"
#undef ENGINE
	"plain",
	NULL,
};

static int kind_find(const char *name)
{
	static const char *const kinds[] = { "cov", "hot", "plain", "asm" };

	for (int i = 0; i < 4; i++)
		if (!strcmp(name, kinds[i]))
			return i;
	return -1;
}

/* "FILE CLASS [ENGINE]"; ARCH stands for the architecture. */
static int read_line(struct guest_list *list, struct arena *arena, const struct arch_info *arch,
		     char *line, struct err *e)
{
	struct guest_file *f = &list->files[list->count];
	char path[128], kind[16];
	int n, which;

	if (!*line || *line == '#')
		return 0;
	f->engine[0] = '\0';
	n = sscanf(line, "%127s %15s %15s", path, kind, f->engine);
	which = n >= 2 ? kind_find(kind) : -1;
	if (which < 0)
		return err_set(e, EXIT_ENVIRON, "guest.list: cannot read '%s'", line);
	f->kind = (enum guest_kind)which;
	f->path = strncmp(path, "ARCH/", 5) ? arena_strdup(arena, path)
					    : arena_printf(arena, "%s/%s", arch->name, path + 5);
	list->count++;
	return 0;
}

int guest_list_read(struct guest_list *list, struct arena *arena, const struct arch_info *arch,
		    struct err *e)
{
	char *path = xasprintf("%s/harness/guest/guest.list", data_dir());
	struct buf text = BUF_INIT;
	size_t lines = 1;
	char *line, *rest;
	int rc = file_read(path, 1 << 20, &text, e);

	for (size_t i = 0; i < text.len; i++)
		lines += text.ptr[i] == '\n';
	*list = (struct guest_list){ arena_alloc(arena, lines * sizeof(*list->files)), 0 };
	rest = text.ptr;
	while (rc == 0 && (line = strsep(&rest, "\n")))
		rc = read_line(list, arena, arch, line, e);
	buf_release(&text);
	free(path);
	return rc;
}

bool guest_has(const struct guest_file *f, const char *engine)
{
	return !f->engine[0] || !strcmp(f->engine, engine);
}

const char *guest_object(const struct guest_file *f, const char *engine, struct arena *arena)
{
	const char *base = strrchr(f->path, '/');

	base = base ? base + 1 : f->path;
	return f->kind == GUEST_COV ? arena_printf(arena, "%s.%s.o", base, engine)
				    : arena_printf(arena, "%s.o", base);
}
