/* build_direct.c: lane. The fast path: cgo, compile and link of a Go release called directly, the C
 * compilers beside them on the other core. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "lane/job.h"
#include "lane/tool.h"

#define MAX_GO_FILES 32
#define MAX_OBJECTS 64

/* cgo reads DWARF only: the fastest compiler will do, whatever compiles the wrappers. */
static int run_cgo(struct job *j)
{
	struct args a = { 0 };

	args_addf(j, &a, "%s/pkg/tool/linux_amd64/cgo", j->tools.goroot);
	args_add(&a, "-objdir");
	args_addf(j, &a, "%s/", j->work);
	args_add(&a, "-importpath");
	args_add(&a, "fuzzb");
	args_add(&a, "-trimpath");
	args_addf(j, &a, "%s=>%s", j->dir, j->home);
	args_add(&a, "-exportheader");
	args_addf(j, &a, "%s/exp.h", j->work);
	args_add(&a, "--");
	args_addf(j, &a, "-I%s", j->work);
	args_addf(j, &a, "-I%s", j->dir);
	args_add(&a, "-O0");
	args_add(&a, "-g0");
	args_add(&a, "c0.go");
	return step_run(j, "cgo", &a, go_env(j, j->tools.driver_cc), j->dir);
}

static int wrappers_start(struct job *j, struct step *step)
{
	struct args a = { 0 };

	args_compiler(j, &a, j->tools.wrapper_cc);
	args_addf(j, &a, "-%s", j->lane->wrapper_opt);
	args_add(&a, "-g1");
	args_add(&a, "-w");
	args_add(&a, "-fPIC");
	args_addf(j, &a, "-fdebug-prefix-map=%s=%s", j->work, j->home);
	args_addf(j, &a, "-I%s", j->work);
	args_addf(j, &a, "-I%s", j->dir);
	args_add(&a, "-c");
	args_add(&a, "_cgo_export.c");
	args_add(&a, "c0.cgo2.c");
	return step_start(j, step, "cgo's wrappers", &a, NULL, j->work);
}

static int run_compile(struct job *j)
{
	const char *files[MAX_GO_FILES];
	size_t n = target_files(j, ".go", "", files, MAX_GO_FILES);
	struct args a = { 0 };

	args_addf(j, &a, "%s/pkg/tool/linux_amd64/compile", j->tools.goroot);
	args_add(&a, "-o");
	args_addf(j, &a, "%s/pkg.a", j->work);
	args_add(&a, "-trimpath");
	args_addf(j, &a, "%s=>%s;%s=>%s", j->work, j->home, j->dir, j->home);
	args_add(&a, "-p");
	args_add(&a, "main");
	args_addf(j, &a, "-lang=go1.%d", go_minor(j->tools.go_version));
	args_add(&a, "-installsuffix");
	args_add(&a, "shared");
	args_add(&a, "-shared");
	args_add(&a, "-e");
	args_add(&a, "-c=2");
	args_add(&a, "-importcfg");
	args_addf(j, &a, "%s/importcfg", j->std);
	args_add(&a, "-pack");
	args_addf(j, &a, "%s/runtime.go", j->dir);
	args_addf(j, &a, "%s/value.go", j->dir);
	for (size_t i = 0; i < n; i++)
		args_add(&a, files[i]);
	args_addf(j, &a, "%s/_cgo_gotypes.go", j->work);
	args_addf(j, &a, "%s/c0.cgo1.go", j->work);
	return step_run(j, "go compile", &a, go_env(j, j->tools.wrapper_cc), j->dir);
}

/* Go's linker up to the point where it would call ar: leaves its objects in work/t. */
static int run_link(struct job *j)
{
	const char *config = arena_printf(&j->arena, "%s/importcfg.link", j->work);
	const char *std = arena_printf(&j->arena, "%s/importcfg", j->std);
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	struct args a = { 0 };
	int rc = file_read(std, 0, &text, &e);

	buf_addf(&text, "packagefile fuzzb=%s/pkg.a\n", j->work);
	if (rc == 0)
		rc = file_write(config, text.ptr, text.len, &e);
	buf_release(&text);
	if (rc == 0)
		rc = dir_make(arena_printf(&j->arena, "%s/t", j->work), &e);
	if (rc < 0) {
		buf_addstr(&j->message, e.msg);
		j->machine_failed = true;
		return -1;
	}
	args_addf(j, &a, "%s/pkg/tool/linux_amd64/link", j->tools.goroot);
	args_add(&a, "-o");
	args_addf(j, &a, "%s/lib.a", j->work);
	args_add(&a, "-importcfg");
	args_add(&a, config);
	args_add(&a, "-installsuffix");
	args_add(&a, "shared");
	args_add(&a, "-buildmode=c-archive");
	args_add(&a, "-linkmode=external");
	args_addf(j, &a, "-extld=%s-gcc", j->lane->arch->triple);
	args_add(&a, "-extar=/bin/true");
	args_addf(j, &a, "-tmpdir=%s/t", j->work);
	args_addf(j, &a, "%s/pkg.a", j->work);
	return step_run(j, "go link", &a, go_env(j, j->tools.wrapper_cc), j->dir);
}

struct objects {
	struct job *j;
	const char *list[MAX_OBJECTS + 1];
	size_t n;
};

static int add_object(const char *name, void *ctx)
{
	struct objects *o = ctx;
	size_t len = strlen(name);

	if (len > 2 && !strcmp(name + len - 2, ".o") && o->n < MAX_OBJECTS)
		o->list[o->n++] = arena_printf(&o->j->arena, "%s/t/%s", o->j->work, name);
	return 0;
}

static int link_binaries(struct job *j)
{
	struct objects o = { .j = j };
	struct err e = ERR_INIT;

	o.list[o.n++] = arena_printf(&j->arena, "%s/_cgo_export.o", j->work);
	o.list[o.n++] = arena_printf(&j->arena, "%s/c0.cgo2.o", j->work);
	dir_each(arena_printf(&j->arena, "%s/t", j->work), add_object, &o, &e);
	return link_all(j, o.list);
}

int build_direct(struct job *j)
{
	struct step callee = { 0 }, stubs = { 0 }, wrappers = { 0 };
	int rc = compile_c_start(j, &callee, &stubs);

	if (rc == 0)
		rc = run_cgo(j);
	if (rc == 0)
		rc = wrappers_start(j, &wrappers);
	if (rc == 0)
		rc = run_compile(j);
	if (rc == 0)
		rc = run_link(j);
	if (rc == 0)
		rc = compile_target(j);
	/* What runs must end before the directory goes; a callee's error is the better message. */
	if (step_wait(j, &callee) < 0 || rc < 0)
		rc = -1;
	if (step_wait(j, &stubs) < 0 || rc < 0)
		rc = -1;
	if (step_wait(j, &wrappers) < 0 || rc < 0)
		rc = -1;
	return rc < 0 ? -1 : link_binaries(j);
}
