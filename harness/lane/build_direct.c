/* build_direct.c: lane. The fast path: cgo, compile and link of a Go release called directly, the C
 * compilers beside them on the other core. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "base/file.h"
#include "lane/job.h"
#include "lane/tool.h"

#define MAX_GO_FILES 32

static bool laid_out_alike(const struct job *j, const struct fuzz_case *c)
{
	const struct abi *abi = abi_find(j->lane->arch->name);
	struct arena scratch = ARENA_INIT;
	bool same;

	same = abi_same_layouts(abi_classify(abi, ABI_GCC, &c->proto, c->type_count, &scratch),
				abi_classify(abi, ABI_CLANG, &c->proto, c->type_count, &scratch));
	arena_release(&scratch);
	return same;
}

/* cgo reads DWARF and messages only: the fastest compiler will do where it lays out all types as the
 * compiler of the wrappers does. */
static const char *cgo_compiler(const struct job *j)
{
	for (uint32_t i = 0; !is_clang(j->tools.wrapper_cc) && i < j->batch->count; i++) {
		const struct fuzz_case *c = &j->batch->slots[i].c;

		if (!j->skip[i] && c->route != ROUTE_DIRECT && !laid_out_alike(j, c))
			return j->tools.wrapper_cc;
	}
	return j->tools.driver_cc;
}

/* Of each name it asks by an error on purpose what it is; a compiler that looks for names spelled alike
 * then takes a quarter of the time. */
int run_cgo(struct job *j)
{
	const char *cc = cgo_compiler(j);
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
	if (is_clang(cc))
		args_add(&a, "-fno-spell-checking");
	args_add(&a, "c0.go");
	return step_run(j, "cgo", &a, go_env(j, cc), j->dir);
}

/* Without -g: their unwind tables are there all the same, and nobody reads their lines. */
static int wrappers_start(struct job *j, struct step *step)
{
	struct args a = { 0 };

	args_compiler(j, &a, j->tools.wrapper_cc);
	args_addf(j, &a, "-%s", j->lane->wrapper_opt);
	args_add(&a, "-w");
	args_add(&a, "-fPIC");
	args_addf(j, &a, "-I%s", j->work);
	args_addf(j, &a, "-I%s", j->dir);
	args_add(&a, "-c");
	args_addf(j, &a, "%s/_cgo_export.c", j->work);
	args_addf(j, &a, "%s/c0.cgo2.c", j->work);
	return step_start(j, step, "cgo's wrappers", &a, NULL, j->objects);
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
	args_add(&a, "-c=1");
	args_add(&a, "-importcfg");
	args_addf(j, &a, "%s/importcfg", j->std);
	args_add(&a, "-pack");
	for (size_t i = 0; i < n; i++)
		args_add(&a, files[i]);
	args_addf(j, &a, "%s/_cgo_gotypes.go", j->work);
	args_addf(j, &a, "%s/c0.cgo1.go", j->work);
	return step_run(j, "go compile", &a, go_env(j, j->tools.wrapper_cc), j->dir);
}

/* Go's linker up to the point where it would call ar: leaves its objects. */
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
	if (rc < 0)
		return machine_failed(j, "go link", e.msg);
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
	args_addf(j, &a, "-tmpdir=%s", j->objects);
	args_addf(j, &a, "%s/pkg.a", j->work);
	return step_run(j, "go link", &a, go_env(j, j->tools.wrapper_cc), j->dir);
}

int build_direct(struct job *j)
{
	struct step c[4] = { { 0 } };
	int rc = compile_c_start(j, c);

	if (rc == 0)
		rc = run_cgo(j);
	if (rc == 0)
		rc = wrappers_start(j, &c[3]);
	if (rc == 0)
		rc = run_compile(j);
	if (rc == 0)
		rc = run_link(j);
	if (rc == 0)
		rc = compile_target(j);
	return steps_wait(j, c, 4, rc) < 0 ? -1 : link_programs(j, j->programs);
}
