/* sources.c: lane. A batch's sources on disk, and the steps that both build paths share. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "lane/guest_list.h"
#include "lane/job.h"

#define MAX_TARGET_FILES 32

static int write_file(struct job *j, const char *name, const struct buf *text, struct err *e)
{
	char *path = xasprintf("%s/%s", j->dir, name);
	int rc = file_write(path, text->ptr, text->len, e);

	free(path);
	return rc;
}

static int read_guest(const char *name, struct buf *text, struct err *e)
{
	char *path = xasprintf("%s/harness/guest/%s", data_dir(), name);
	int rc = file_read(path, 1 << 20, text, e);

	free(path);
	return rc;
}

static int copy_guest(struct job *j, const char *name, const char *to, struct err *e)
{
	char *from = xasprintf("%s/harness/guest/%s", data_dir(), name);
	char *path = xasprintf("%s/%s", j->dir, to);
	int rc = file_copy(from, path, e);

	free(from);
	free(path);
	return rc;
}

int write_sources(struct job *j, struct err *e)
{
	static const struct {
		const char *name;
		void (*emit)(struct buf *out, const struct batch *b, const struct emit_options *o);
	} files[] = {
		{ "callee.c", emit_callee_c },
		{ "c0.go", emit_go },
		{ "stubs.S", emit_stubs },
		{ "wraps", emit_wraps },
	};
	struct buf entry = BUF_INIT, preamble = BUF_INIT, text = BUF_INIT;
	int rc = read_guest("go/entry.go.in", &entry, e);

	if (rc == 0)
		rc = read_guest("go/entry.h.in", &preamble, e);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files) && rc == 0; i++) {
		struct emit_options o = { j->build_id, j->skip, j->lane->name, preamble.ptr,
					  entry.ptr };

		buf_reset(&text);
		files[i].emit(&text, j->batch, &o);
		rc = write_file(j, files[i].name, &text, e);
	}
	if (rc == 0)
		rc = copy_guest(j, "go/runtime.go", "runtime.go", e);
	if (rc == 0)
		rc = copy_guest(j, "go/value.go", "value.go", e);
	buf_release(&entry);
	buf_release(&preamble);
	buf_release(&text);
	return rc;
}

struct file_search {
	struct job *j;
	const char *dir, *ending;
	const char **out;
	size_t n, max;
};

static int match_file(const char *name, void *ctx)
{
	struct file_search *s = ctx;
	size_t len = strlen(name), end = strlen(s->ending);

	if (len > end && *name != '.' && !strcmp(name + len - end, s->ending) && s->n < s->max)
		s->out[s->n++] = arena_printf(&s->j->arena, "%s/%s", s->dir, name);
	return 0;
}

size_t target_files(struct job *j, const char *ending, const char *below, const char **out, size_t max)
{
	struct file_search s = { .j = j, .ending = ending, .out = out, .max = max };
	struct err e = ERR_INIT;

	if (!j->batch->target || !j->batch->target->dir)
		return 0;
	s.dir = arena_printf(&j->arena, "%s/targets/%s%s%s", data_dir(), j->batch->target->dir,
			     *below ? "/" : "", below);
	if (dir_exists(s.dir))
		dir_each(s.dir, match_file, &s, &e);
	return s.n;
}

static void add_c_flags(struct job *j, struct args *a, const char *level)
{
	args_addf(j, a, "-%s", level);
	args_add(a, "-g1");
	args_add(a, "-w");
	args_add(a, "-std=gnu17");
	args_add(a, "-ffp-contract=off");
	args_add(a, "-fno-pie");
	args_addf(j, a, "-fdebug-prefix-map=%s=%s", j->dir, j->home);
	args_addf(j, a, "-I%s/harness", data_dir());
}

static void add_asm_flags(struct job *j, struct args *a)
{
	args_addf(j, a, "%s-gcc", j->lane->arch->triple);
	args_addf(j, a, "-I%s/harness", data_dir());
	args_addf(j, a, "-I%s/harness/guest/%s", data_dir(), j->lane->arch->name);
	args_add(a, "-c");
}

int compile_c_start(struct job *j, struct step *callee, struct step *stubs)
{
	struct args c = { 0 }, s = { 0 };

	args_compiler(j, &c, j->tools.callee_cc);
	add_c_flags(j, &c, j->lane->callee_opt);
	args_add(&c, "-c");
	args_addf(j, &c, "%s/callee.c", j->dir);
	args_add(&c, "-o");
	args_addf(j, &c, "%s/callee.o", j->work);
	add_asm_flags(j, &s);
	args_addf(j, &s, "%s/stubs.S", j->dir);
	args_add(&s, "-o");
	args_addf(j, &s, "%s/stubs.o", j->work);
	if (step_start(j, callee, "callee.c", &c, NULL, j->dir) < 0)
		return -1;
	return step_start(j, stubs, "stubs.S", &s, NULL, j->dir);
}

int compile_target(struct job *j)
{
	const char *files[MAX_TARGET_FILES];
	size_t n_c = target_files(j, ".c", "", files, MAX_TARGET_FILES);
	size_t n = n_c +
		target_files(j, ".S", j->lane->arch->name, files + n_c, MAX_TARGET_FILES - n_c);

	for (size_t i = 0; i < n; i++) {
		struct args a = { 0 };

		if (i < n_c) {
			args_compiler(j, &a, j->tools.callee_cc);
			add_c_flags(j, &a, j->lane->callee_opt);
			args_add(&a, "-c");
		} else {
			add_asm_flags(j, &a);
		}
		args_add(&a, files[i]);
		args_add(&a, "-o");
		args_addf(j, &a, "%s/target%zu.o", j->work, i);
		if (step_run(j, files[i], &a, NULL, j->dir) < 0)
			return -1;
	}
	return 0;
}

static void add_engine(struct job *j, struct args *a, const char *engine)
{
	if (!strcmp(engine, "afl")) {
		args_addf(j, a, "%s/afl-compiler-rt.o", j->tools.afl_dir);
		args_addf(j, a, "%s/libAFLDriver.a", j->tools.afl_dir);
	} else if (!strcmp(engine, "libfuzzer")) {
		args_add(a, "-Wl,--whole-archive");
		args_add(a, j->tools.fuzzer_lib);
		args_add(a, "-Wl,--no-whole-archive");
	} else {
		args_add(a, "-Wl,-S"); /* no bundle is made with it: DWARF would only cost time */
	}
}

static int link_start(struct job *j, struct step *step, const struct guest_list *list,
		      const char *engine, const char *const *objects)
{
	const char *files[MAX_TARGET_FILES];
	size_t target = target_files(j, ".c", "", files, MAX_TARGET_FILES) +
		target_files(j, ".S", j->lane->arch->name, files, MAX_TARGET_FILES);
	bool cxx = !strcmp(engine, "libfuzzer");
	struct args a = { 0 };

	args_addf(j, &a, "%s-%s", j->lane->arch->triple, cxx ? "g++" : "gcc");
	args_add(&a, "-no-pie");
	args_add(&a, "-o");
	args_addf(j, &a, "%s/fuzz-%s", j->dir, engine);
	for (size_t i = 0; i < list->count; i++)
		if (guest_has(&list->files[i], engine))
			args_addf(j, &a, "%s/%s", j->runtime,
				  guest_object(&list->files[i], engine, &j->arena));
	args_addf(j, &a, "%s/callee.o", j->work);
	args_addf(j, &a, "%s/stubs.o", j->work);
	for (size_t i = 0; i < target; i++)
		args_addf(j, &a, "%s/target%zu.o", j->work, i);
	for (size_t i = 0; objects[i]; i++)
		args_add(&a, objects[i]);
	args_addf(j, &a, "@%s/wraps", j->dir);
	add_engine(j, &a, engine);
	args_add(&a, "-lpthread");
	args_add(&a, "-lm");
	args_add(&a, "-ldl");
	args_add(&a, "-lrt");
	return step_start(j, step, "link", &a, NULL, j->dir);
}

int link_all(struct job *j, const char *const *objects)
{
	struct guest_list list;
	struct step steps[8] = { { 0 } };
	struct err e = ERR_INIT;
	int rc = 0;

	if (guest_list_read(&list, &j->arena, j->lane->arch, &e) < 0) {
		buf_addstr(&j->message, e.msg);
		j->machine_failed = true;
		return -1;
	}
	for (unsigned i = 0; guest_engines[i] && rc == 0; i++)
		rc = link_start(j, &steps[i], &list, guest_engines[i], objects);
	for (unsigned i = 0; guest_engines[i]; i++)
		if (step_wait(j, &steps[i]) < 0)
			rc = -1;
	return rc;
}
