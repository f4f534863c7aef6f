/* build_go.c: lane. The reference path: plain "go build -buildmode=c-archive" of the same sources. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "lane/job.h"
#include "lane/tool.h"

#define MAX_GO_FILES 32

static int put(struct job *j, const char *name, const struct buf *text, struct err *e)
{
	return file_write(arena_printf(&j->arena, "%s/module/%s", j->work, name), text->ptr,
			  text->len, e);
}

static int copy_in(struct job *j, const char *from, struct err *e)
{
	const char *base = strrchr(from, '/') + 1;

	return file_copy(from, arena_printf(&j->arena, "%s/module/%s", j->work, base), e);
}

/* go.mod, the wrappers' level, and the Go files; C and assembly stay outside. */
static int make_module(struct job *j, struct err *e)
{
	const char *files[MAX_GO_FILES];
	size_t n = target_files(j, ".go", "", files, MAX_GO_FILES);
	struct buf text = BUF_INIT;
	int rc = dir_make(arena_printf(&j->arena, "%s/module", j->work), e);

	buf_addf(&text, "module " EMIT_MODULE "\n\ngo 1.%d\n", go_minor(j->tools.go_version));
	if (rc == 0)
		rc = put(j, "go.mod", &text, e);
	buf_reset(&text);
	buf_addf(&text, "package main\n\n// #cgo CFLAGS: -%s\nimport \"C\"\n", j->lane->wrapper_opt);
	if (rc == 0)
		rc = put(j, "cflags.go", &text, e);
	buf_release(&text);
	if (rc == 0)
		rc = copy_in(j, arena_printf(&j->arena, "%s/c0.go", j->dir), e);
	if (rc == 0)
		rc = copy_guest_go(arena_printf(&j->arena, "%s/module/guest", j->work), e);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = copy_in(j, files[i], e);
	return rc;
}

static int run_go_build(struct job *j)
{
	struct args a = { 0 };

	args_addf(j, &a, "%s/bin/go", j->tools.goroot);
	args_add(&a, "build");
	args_add(&a, "-buildmode=c-archive");
	args_add(&a, "-buildvcs=false"); /* the cache may lie in a work tree */
	args_add(&a, "-o");
	args_addf(j, &a, "%s/lib.a", j->objects);
	args_add(&a, ".");
	return step_run(j, "go build", &a, go_env(j, j->tools.wrapper_cc),
			arena_printf(&j->arena, "%s/module", j->work));
}

int build_go(struct job *j)
{
	struct step c[3] = { { 0 } };
	struct err e = ERR_INIT;
	int rc = make_module(j, &e);

	if (rc < 0)
		return machine_failed(j, "go build", e.msg);
	rc = compile_c_start(j, c);
	if (rc == 0)
		rc = run_go_build(j);
	if (rc == 0)
		rc = compile_target(j);
	return steps_wait(j, c, 3, rc) < 0 ? -1 : link_programs(j, j->programs);
}
