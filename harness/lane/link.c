/* link.c: lane. The executables of a build, from its objects: those that somebody wants. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "lane/guest_list.h"
#include "lane/job.h"

static void add_engine(struct job *j, struct args *a, const char *engine)
{
	if (!strcmp(engine, "afl")) {
		args_addf(j, a, "%s/afl-compiler-rt.o", j->tools.afl_dir);
	} else if (!strcmp(engine, "libfuzzer")) {
		args_add(a, "-Wl,--whole-archive");
		args_add(a, j->tools.fuzzer_lib);
		args_add(a, "-Wl,--no-whole-archive");
	} else {
		args_add(a, "-Wl,-S"); /* no bundle is made with it: DWARF would only cost time */
	}
}

/* gold takes half the time of ld for what Go brings along, where binutils still have it. */
static bool has_gold(struct job *j)
{
	char *path = proc_which(arena_printf(&j->arena, "%s-ld.gold", j->lane->arch->triple));
	bool has = path != NULL;

	free(path);
	return has;
}

struct adding {
	struct job *j;
	struct args *a;
	const char *ending;
};

static int add_object(const char *name, void *ctx)
{
	struct adding *in = ctx;
	size_t len = strlen(name), end = strlen(in->ending);

	if (len > end && !strcmp(name + len - end, in->ending))
		args_addf(in->j, in->a, "%s/%s", in->j->objects, name);
	return 0;
}

/* What both paths leave in objects/; an archive after what needs it. */
static int add_objects(struct job *j, struct args *a, struct err *e)
{
	struct adding objects = { j, a, ".o" }, archives = { j, a, ".a" };

	if (dir_each(j->objects, add_object, &objects, e) < 0)
		return -1;
	return dir_each(j->objects, add_object, &archives, e);
}

static int link_start(struct job *j, struct step *step, const struct guest_list *list,
		      const char *engine)
{
	bool cxx = !strcmp(engine, "libfuzzer");
	struct err e = ERR_INIT;
	struct args a = { 0 };

	args_addf(j, &a, "%s-%s", j->lane->arch->triple, cxx ? "g++" : "gcc");
	if (has_gold(j))
		args_add(&a, "-fuse-ld=gold");
	args_add(&a, "-no-pie");
	args_add(&a, "-Wl,--build-id=none"); /* a hash of all that is written, for nobody */
	args_add(&a, "-o");
	args_addf(j, &a, "%s/fuzz-%s", j->into, engine);
	for (size_t i = 0; i < list->count; i++)
		if (guest_has(&list->files[i], engine))
			args_addf(j, &a, "%s/%s", j->runtime,
				  guest_object(&list->files[i], engine, &j->arena));
	args_add(&a, j->library);
	if (add_objects(j, &a, &e) < 0)
		return machine_failed(j, "link", e.msg);
	args_addf(j, &a, "@%s/wraps", j->dir);
	add_engine(j, &a, engine);
	args_add(&a, "-Wl,--push-state,--as-needed");
	args_add(&a, "-latomic"); /* _Atomic types of 16 bytes, or of odd sizes */
	args_add(&a, "-Wl,--pop-state");
	args_add(&a, "-lpthread");
	args_add(&a, "-lm");
	args_add(&a, "-ldl");
	args_add(&a, "-lrt");
	return step_start(j, step, "link", &a, NULL, j->dir);
}

int link_programs(struct job *j, unsigned programs)
{
	struct guest_list list;
	struct step steps[8] = { { 0 } };
	struct err e = ERR_INIT;
	int rc = 0;

	if (guest_list_read(&list, &j->arena, j->lane->arch, &e) < 0)
		return machine_failed(j, "link", e.msg);
	for (unsigned i = 0; guest_engines[i] && rc == 0; i++)
		if (programs >> i & 1)
			rc = link_start(j, &steps[i], &list, guest_engines[i]);
	return steps_wait(j, steps, 8, rc);
}

/* "fuzz-afl.id" beside "fuzz-afl": of which build it is, and its size; after a power cut it may be
 * short. */
static void describe(const struct job *j, const char *dir, const char *engine, struct buf *out)
{
	char *path = xasprintf("%s/fuzz-%s", dir, engine);
	struct stat st;

	buf_addf(out, "%s %lld\n", j->build_id, stat(path, &st) == 0 ? (long long)st.st_size : -1);
	free(path);
}

int programs_sign(const struct job *j, const char *dir, unsigned programs, struct err *e)
{
	int rc = 0;

	for (unsigned i = 0; guest_engines[i] && rc == 0; i++) {
		char *path = xasprintf("%s/fuzz-%s.id", dir, guest_engines[i]);
		struct buf text = BUF_INIT;

		describe(j, dir, guest_engines[i], &text);
		if (programs >> i & 1)
			rc = file_write(path, text.ptr, text.len, e);
		buf_release(&text);
		free(path);
	}
	return rc;
}

unsigned programs_missing(const struct job *j, const char *dir, unsigned programs)
{
	for (unsigned i = 0; guest_engines[i]; i++) {
		char *path = xasprintf("%s/fuzz-%s.id", dir, guest_engines[i]);
		struct buf want = BUF_INIT, have = BUF_INIT;
		struct err e = ERR_INIT;

		describe(j, dir, guest_engines[i], &want);
		if (file_exists(path) && file_read(path, 4096, &have, &e) == 0 &&
		    have.len == want.len && !memcmp(have.ptr, want.ptr, want.len))
			programs &= ~(1u << i);
		buf_release(&want);
		buf_release(&have);
		free(path);
	}
	return programs;
}
