/* library.c: lane. The library that guests load while they run, built by the callees' compiler, once for each and
 * architecture, and put into an object as it is. */
#include <stdio.h>

#include "base/file.h"
#include "lane/job.h"

#define LIBRARY_VERSION 1 /* of the flags below */

static int library_key(struct job *j, const char *c, const char *s, char key[HASH_HEX_LEN + 1])
{
	struct hash *h = hash_new();
	int rc = hash_add_file(h, c);

	if (rc == 0)
		rc = hash_add_file(h, s);
	hash_add(h, &(int){ LIBRARY_VERSION }, sizeof(int));
	hash_add_str(h, j->lane->arch->name);
	hash_program(h, j->tools.callee_cc);
	hash_finish(h, key);
	return rc;
}

static int build_library(struct job *j, const char *source, const char *level, const char *name)
{
	struct args a = { 0 };

	args_compiler(j, &a, j->tools.callee_cc);
	args_addf(j, &a, "-%s", level);
	args_add(&a, "-shared");
	args_add(&a, "-fPIC");
	args_add(&a, "-w");
	args_add(&a, "-o");
	args_addf(j, &a, "%s/%s", j->dir, name);
	args_add(&a, source);
	return step_run(j, name, &a, NULL, NULL);
}

static int put_in_object(struct job *j, const char *source)
{
	struct args a = { 0 };

	args_addf(j, &a, "%s-gcc", j->lane->arch->triple);
	args_add(&a, "-c");
	args_addf(j, &a, "-I%s", j->dir);
	args_addf(j, &a, "-Wa,-I%s", j->dir);
	args_add(&a, "-o");
	args_addf(j, &a, "%s/library.o", j->dir);
	args_add(&a, source);
	return step_run(j, "library.o", &a, NULL, NULL);
}

int library_object(struct job *j, struct err *e)
{
	const char *dir = j->dir, *work = j->work;
	const char *c = arena_printf(&j->arena, "%s/harness/guest/turb_library.c", data_dir());
	const char *s = arena_printf(&j->arena, "%s/harness/guest/turb_library.S", data_dir());
	char key[HASH_HEX_LEN + 1];
	struct cache_entry entry;
	int rc;

	if (library_key(j, c, s, key) < 0)
		return err_errno(e, EXIT_ENVIRON, "reading %s", c);
	rc = cache_begin(&entry, "library", key, e);
	if (rc < 0)
		return -1;
	j->library = arena_printf(&j->arena, "%s/library.o", entry.dir);
	if (rc == 0) {
		j->dir = j->work = entry.tmp;
		if (build_library(j, c, "O2", "plain.so") < 0 ||
		    build_library(j, c, "Ofast", "fast.so") < 0 || put_in_object(j, s) < 0)
			rc = err_set(e, EXIT_ENVIRON, "building the guests' library for %s: %.1500s",
				     j->lane->name, j->message.ptr);
		if (rc == 0)
			rc = cache_publish(&entry, e);
		j->dir = dir;
		j->work = work;
	}
	cache_release(&entry);
	return rc < 0 ? -1 : 0;
}
