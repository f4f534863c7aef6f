/* objects.c: lane. What no batch changes: the guest runtime's objects and Go's own packages. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "lane/guest_list.h"
#include "lane/job.h"
#include "lane/tool.h"

#define RUNTIME_VERSION 1 /* of the flags below */

void hash_program(struct hash *h, const char *program)
{
	char *path = *program == '/' ? xstrdup(program) : proc_which(program);
	struct stat st;

	hash_add_str(h, program);
	if (path && stat(path, &st) == 0) {
		hash_add(h, &st.st_size, sizeof(st.st_size));
		hash_add(h, &st.st_mtim, sizeof(st.st_mtim));
	}
	free(path);
}

struct hashing {
	struct hash *h;
	char *dir;
};

static int hash_tree(struct hash *h, const char *dir, struct err *e);

static int hash_item(const char *name, void *ctx)
{
	struct hashing *in = ctx;
	char *path = xasprintf("%s/%s", in->dir, name);
	struct err e = ERR_INIT;
	int rc = 0;

	if (*name != '.') {
		hash_add_str(in->h, name);
		rc = dir_exists(path) ? hash_tree(in->h, path, &e) : hash_add_file(in->h, path);
	}
	free(path);
	return rc;
}

static int hash_tree(struct hash *h, const char *dir, struct err *e)
{
	struct hashing in = { h, (char *)dir };

	return dir_each(dir, hash_item, &in, e);
}

int sources_hash(const struct lane *l, const struct target *t, char hex[HASH_HEX_LEN + 1],
		 struct err *e)
{
	char *guest = xasprintf("%s/harness/guest", data_dir());
	char *target = t && t->dir ? xasprintf("%s/targets/%s", data_dir(), t->dir) : NULL;
	struct hash *h = hash_new();
	int rc;

	hash_add_str(h, l->arch->name);
	rc = hash_tree(h, guest, e);
	if (rc == 0 && target)
		rc = hash_tree(h, target, e);
	hash_finish(h, hex);
	free(guest);
	free(target);
	return rc < 0 ? err_prefix(e, "reading the runtime's sources") : 0;
}

static int compile_one(struct job *j, const struct guest_file *f, const char *engine,
		       struct step *step)
{
	const char *guest = arena_printf(&j->arena, "%s/harness/guest", data_dir());
	struct args a = { 0 };

	if (f->kind == GUEST_ASM)
		args_addf(j, &a, "%s-gcc", j->lane->arch->triple);
	else
		args_compiler(j, &a, j->tools.driver_cc);
	args_add(&a, "-c");
	args_add(&a, "-g");
	args_add(&a, "-fno-pie");
	args_addf(j, &a, "-I%s/harness", data_dir());
	args_addf(j, &a, "-I%s/%s", guest, j->lane->arch->name);
	if (f->kind != GUEST_ASM) {
		args_add(&a, "-O2");
		args_add(&a, "-std=gnu17");
		args_add(&a, "-D_GNU_SOURCE=");
		args_add(&a, "-fno-omit-frame-pointer");
		if (f->kind == GUEST_COV && !strcmp(engine, "libfuzzer"))
			args_add(&a, "-fsanitize=fuzzer-no-link");
		if (f->kind == GUEST_COV && !strcmp(engine, "afl"))
			args_add(&a, "-fsanitize-coverage=trace-pc-guard");
	}
	args_add(&a, "-o");
	args_addf(j, &a, "%s/%s", j->dir, guest_object(f, engine, &j->arena));
	args_addf(j, &a, "%s/%s", guest, f->path);
	return step_start(j, step, f->path, &a, NULL, NULL);
}

/* Two at a time. */
static int compile_all(struct job *j, const struct guest_list *list)
{
	struct step steps[2] = { { 0 } };
	unsigned n = 0;
	int rc = 0;

	for (size_t i = 0; i < list->count && rc == 0; i++) {
		for (unsigned k = 0; guest_engines[k] && rc == 0; k++) {
			if (!guest_has(&list->files[i], guest_engines[k]) ||
			    (k && list->files[i].kind != GUEST_COV && !list->files[i].engine[0]))
				continue;
			rc = step_wait(j, &steps[n % 2]);
			if (rc == 0)
				rc = compile_one(j, &list->files[i], guest_engines[k], &steps[n % 2]);
			n++;
		}
	}
	for (unsigned i = 0; i < 2; i++)
		if (step_wait(j, &steps[i]) < 0)
			rc = -1;
	return rc;
}

static void runtime_key(struct job *j, char key[HASH_HEX_LEN + 1], const char *sources)
{
	struct hash *h = hash_new();
	char version[16];

	snprintf(version, sizeof(version), "%d", RUNTIME_VERSION);
	hash_add_str(h, version);
	hash_add_str(h, sources);
	hash_add_str(h, j->lane->arch->name);
	hash_program(h, j->tools.driver_cc);
	hash_finish(h, key);
}

int runtime_objects(struct job *j, struct err *e)
{
	const char *dir = j->dir, *work = j->work;
	char sources[HASH_HEX_LEN + 1], key[HASH_HEX_LEN + 1];
	struct guest_list list;
	struct cache_entry entry;
	int rc;

	if (sources_hash(j->lane, NULL, sources, e) < 0)
		return -1;
	runtime_key(j, key, sources);
	rc = cache_begin(&entry, "runtime", key, e);
	if (rc < 0)
		return -1;
	j->runtime = arena_strdup(&j->arena, entry.dir);
	if (rc == 0) {
		j->dir = entry.tmp;
		j->work = entry.tmp;
		rc = guest_list_read(&list, &j->arena, j->lane->arch, e);
		if (rc == 0 && compile_all(j, &list) < 0)
			rc = err_set(e, EXIT_ENVIRON, "compiling the guest runtime for %s: %.1500s",
				     j->lane->arch->name, j->message.ptr);
		if (rc == 0)
			rc = cache_publish(&entry, e);
		j->dir = dir;
		j->work = work;
	}
	cache_release(&entry);
	return rc < 0 ? -1 : 0;
}
