/* kept.c: bench. What a run that was stopped has measured. */
#include "bench/kept.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"

static char *part_dir(const char *part)
{
	return xasprintf("build/bench/kept-%s", part);
}

static char *piece_path(const char *part, const char *piece)
{
	char *dir = part_dir(part), *path = xasprintf("%s/%s", dir, piece);

	free(dir);
	return path;
}

bool kept_take(const char *part, const char *piece, double *values, uint32_t n)
{
	char *path = piece_path(part, piece);
	struct buf text = BUF_INIT;
	struct err none = ERR_INIT;
	struct stat measured, built;
	bool ok = stat(path, &measured) == 0 && stat("build/cgofuzz", &built) == 0 &&
		measured.st_mtime > built.st_mtime && file_read(path, 0, &text, &none) == 0;
	char *at = text.ptr;

	for (uint32_t i = 0; ok && i < n; i++) {
		char *end;

		values[i] = strtod(at, &end);
		ok = end != at;
		at = end;
	}
	buf_release(&text);
	free(path);
	return ok;
}

int kept_put(const char *part, const char *piece, const double *values, uint32_t n, struct err *e)
{
	char *dir = part_dir(part), *path = piece_path(part, piece);
	struct buf text = BUF_INIT;
	int rc = dir_make(dir, e);

	for (uint32_t i = 0; i < n; i++)
		buf_addf(&text, "%.3f\n", values[i]);
	if (rc == 0)
		rc = file_write(path, text.ptr, text.len, e);
	buf_release(&text);
	free(path);
	free(dir);
	return rc;
}

void kept_drop(const char *part, const char *piece)
{
	char *path = piece_path(part, piece);

	unlink(path); /* what cannot be removed is older than the next build */
	free(path);
}
