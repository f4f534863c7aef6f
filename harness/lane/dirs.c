/* dirs.c: lane. Where the program's own data and its cache are. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "lane/tool.h"

static struct arena kept;

const char *keep_string(char *s)
{
	char *copy = arena_strdup(&kept, s);

	free(s);
	return copy;
}

const char *data_dir(void)
{
	const char *dir = getenv("CGOFUZZ_DATA");

	return dir && *dir ? dir : CGOFUZZ_SOURCE_DIR;
}

const char *cache_dir(void)
{
	static const char *found, *asked, *answer;
	const char *dir = getenv("CGOFUZZ_CACHE");
	struct err e = ERR_INIT;
	char *path;

	if (dir && *dir) {
		if (!asked || strcmp(asked, dir) != 0) {
			asked = keep_string(xstrdup(dir));
			answer = keep_string(path_absolute(dir));
		}
		return answer;
	}
	if (found)
		return found;
	path = xasprintf("%s/build/cache", data_dir());
	if (dir_make(path, &e) < 0 || access(path, W_OK) < 0) {
		free(path);
		dir = getenv("HOME");
		path = xasprintf("%s/.cache/cgofuzz", dir && *dir ? dir : "/tmp");
	}
	found = keep_string(path);
	return found;
}

char *program_version(const char *program, const char *arg)
{
	char *argv[] = { (char *)program, (char *)arg, NULL };
	struct buf out = BUF_INIT;
	struct proc_spec spec = { .argv = argv, .out = &out, .deadline_ms = 10000 };
	struct proc_result result;
	struct err e = ERR_INIT;

	if (proc_run(&spec, &result, &e) < 0 || result.status) {
		buf_release(&out);
		return NULL;
	}
	return buf_detach(&out, NULL);
}
