/* source.c: triage. Lines of source for the dossier. Which file it is, debug information says, which is
 * outside text: only files of this program's sources, of the build, and of the lane's Go are read. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "triage/dossier/internal.h"

#define MOST_BYTES (4u << 20)

static bool is_below(const char *path, const char *dir)
{
	size_t len = dir ? strlen(dir) : 0;

	return len && !strncmp(path, dir, len) && path[len] == '/' && !strstr(path, "/../");
}

/* DIR/REST if it is a file below DIR. */
static char *below(const char *dir, const char *rest)
{
	char *path = dir && !strstr(rest, "..") ? xasprintf("%s/%s", dir, rest) : NULL;

	if (path && file_exists(path) && !dir_exists(path))
		return path;
	free(path);
	return NULL;
}

/* The part behind the last "/WORD/" of a path that another machine, or -trimpath, has made. */
static const char *behind(const char *file, const char *word)
{
	const char *found = NULL;

	for (const char *p = file; (p = strstr(p, word)); p++)
		found = p + strlen(word);
	return found;
}

/* Generated files: beside the kept executable, else in the cache. */
static char *generated(const struct dossier *d, const char *file)
{
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
	char *kept = bundle_build_file(d->b, name), *dir;

	if (file_exists(kept))
		return kept;
	free(kept);
	dir = xasprintf("%s/build/%s", cache_dir(), d->b->build_id);
	kept = below(dir, name);
	free(dir);
	return kept;
}

static char *find(const struct dossier *d, const char *file)
{
	static const char *const folders[] = { "harness/", "targets/" };
	char *found = NULL;

	if (is_below(file, cache_dir()) || !strchr(file, '/'))
		return generated(d, file);
	for (size_t i = 0; i < 2 && !found; i++) {
		const char *rest = behind(file, folders[i]);
		char *dir = rest
			? xasprintf("%s/%.*s", data_dir(), (int)strlen(folders[i]) - 1, folders[i])
			: NULL;

		found = dir ? below(dir, rest) : NULL;
		free(dir);
	}
	if (!found && d->goroot) {
		const char *rest = behind(file, "/src/");
		char *dir = xasprintf("%s/src", d->goroot);

		found = below(dir, rest ? rest : file);
		free(dir);
	}
	return found ? found : generated(d, file);
}

char *source_line(const struct dossier *d, const char *file, int line)
{
	char *path = file && line > 0 ? find(d, file) : NULL, *found = NULL;
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	size_t at = 0, len;
	const char *p;

	if (path && file_read(path, MOST_BYTES, &text, &e) == 0)
		while (!found && (p = buf_line(&text, &at, &len)))
			if (!--line) {
				while (len && (*p == ' ' || *p == '\t'))
					p++, len--;
				found = len ? xasprintf("%.*s", (int)(len < 160 ? len : 160), p)
					    : NULL;
				break;
			}
	for (size_t i = 0; found && found[i]; i++)
		if (found[i] == '\t')
			found[i] = ' ';
	buf_release(&text);
	free(path);
	return found;
}
