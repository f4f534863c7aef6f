/* campaigns.c: cli. Which campaign is meant where none is named. */
#include "cli/campaigns.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "lane/lane.h"

struct newest {
	const char *root, *file;
	char *dir;
	struct timespec when;
};

static int look(const char *name, void *ctx)
{
	struct newest *n = ctx;
	char *dir = xasprintf("%s/%s", n->root, name), *path = xasprintf("%s/%s", dir, n->file);
	struct stat st;

	if (stat(path, &st) == 0 &&
	    (!n->dir || st.st_mtim.tv_sec > n->when.tv_sec ||
	     (st.st_mtim.tv_sec == n->when.tv_sec && st.st_mtim.tv_nsec > n->when.tv_nsec))) {
		free(n->dir);
		n->dir = dir;
		n->when = st.st_mtim;
		dir = NULL;
	}
	free(dir);
	free(path);
	return 0;
}

char *campaign_last(const char *file)
{
	char *root = xasprintf("%s/build/campaigns", data_dir());
	struct newest n = { .root = root, .file = file };
	struct err e = ERR_INIT;

	if (file_exists(file))
		n.dir = xstrdup(".");
	else if (dir_exists(root))
		dir_each(root, look, &n, &e);
	free(root);
	return n.dir;
}
