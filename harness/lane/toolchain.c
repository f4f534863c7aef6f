/* toolchain.c: lane. From the parts of a lane to programs and files on this machine. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "lane/flag.h"
#include "lane/tool.h"

/* The runtime's own half is always compiled by this one: it matches the fuzzers' runtimes. */
#define DRIVER_CC "clang-14"
#define DRIVER_LLVM 14

const char *const lane_compilers[] = { "gcc12",	  "gcc11",   "clang13", "clang14",
				       "clang15", "clang16", "clang19", NULL };

const char *compiler_program(const char *compiler, const struct arch_info *arch)
{
	bool gcc = !strncmp(compiler, "gcc", 3);

	if (!gcc)
		return keep_string(xasprintf("clang-%s", compiler + 5));
	return keep_string(xasprintf("%s%sgcc-%s", *arch->qemu ? arch->triple : "",
				     *arch->qemu ? "-" : "", compiler + 3));
}

const char *qemu_default(const struct arch_info *arch)
{
	static const char *found;
	const char *at;
	char *text;

	if (found || !*arch->qemu)
		return found ? found : "";
	text = program_version(arch->qemu, "--version");
	at = text ? strstr(text, "version ") : NULL;
	if (at) {
		int major = 0, minor = 0;

		if (sscanf(at, "version %d.%d", &major, &minor) == 2)
			found = keep_string(xasprintf("qemu%d.%d", major, minor));
	}
	free(text);
	return found ? found : "";
}

static int need_program(const char *program, const char *package, struct err *e)
{
	char *path = proc_which(program);

	if (!path)
		return err_set(e, EXIT_ENVIRON, "%s is not installed; try: apt-get install %s",
			       program, package);
	free(path);
	return 0;
}

static int resolve_compiler(const char **out, const char *compiler, const struct arch_info *arch,
			    struct err *e)
{
	const char *program = compiler_program(compiler, arch);
	char *path = proc_which(program);

	if (!path && !strncmp(program, "aarch64", 7))
		return err_set(e, EXIT_ENVIRON, "%s is not installed; try: apt-get install gcc-%s-%s",
			       program, compiler + 3, arch->triple);
	if (!path)
		return need_program(program, program, e);
	free(path);
	*out = program;
	return 0;
}

static int resolve_go(struct toolchain *t, const struct lane *l, struct err *e)
{
	char *root = go_find(l->go);

	if (!root)
		return err_set(e, EXIT_ENVIRON, "%s is not here; run: cgofuzz lanes fetch %s",
			       l->go, l->go);
	t->goroot = keep_string(root);
	t->go_version = keep_string(go_version_of(t->goroot));
	return 0;
}

/* Other versions than the distribution's: DATA/build/qemu/qemu8.2/qemu-aarch64, a static file. */
static int resolve_qemu(struct toolchain *t, const struct lane *l, struct err *e)
{
	char *own;

	if (!*l->arch->qemu)
		return 0;
	own = xasprintf("%s/build/qemu/%s/%s", data_dir(), l->qemu, l->arch->qemu);
	if (*l->qemu && access(own, X_OK) == 0) {
		t->qemu = keep_string(own);
		return 0;
	}
	free(own);
	if (!*qemu_default(l->arch))
		return err_set(e, EXIT_ENVIRON,
			       "%s is not installed; try: apt-get install qemu-user", l->arch->qemu);
	if (strcmp(l->qemu, qemu_default(l->arch)) != 0)
		return err_set(e, EXIT_ENVIRON,
			       "%s is not here, only %s; put a static %s into build/qemu/%s/",
			       l->qemu, qemu_default(l->arch), l->arch->qemu, l->qemu);
	t->qemu = keep_string(proc_which(l->arch->qemu));
	return 0;
}

/* The arm64 pieces are unpacked, not installed: .ci/setup. */
static int resolve_runtimes(struct toolchain *t, const struct lane *l, struct err *e)
{
	bool native = !*l->arch->qemu;
	char *root = native ? xstrdup("") : xasprintf("%s/build/%s/root", data_dir(), l->arch->name);
	char *clang = xasprintf("%s/usr/lib/llvm-%d/lib/clang/%d.0.6/lib/linux", root, DRIVER_LLVM,
				DRIVER_LLVM);

	t->afl_dir = keep_string(xasprintf("%s/usr/lib/afl", root));
	t->fuzzer_lib = keep_string(
		xasprintf("%s/libclang_rt.fuzzer-%s.a", clang, native ? "x86_64" : "aarch64"));
	free(root);
	free(clang);
	if (access(t->fuzzer_lib, R_OK) < 0)
		return err_set(e, EXIT_ENVIRON, "libFuzzer for %s is missing (%s); run: make setup",
			       l->arch->name, t->fuzzer_lib);
	if (access(keep_string(xasprintf("%s/afl-compiler-rt.o", t->afl_dir)), R_OK) < 0)
		return err_set(e, EXIT_ENVIRON, "AFL++ for %s is missing (%s); run: make setup",
			       l->arch->name, t->afl_dir);
	return 0;
}

int toolchain_resolve(struct toolchain *t, const struct lane *l, struct err *e)
{
	const char *linker = keep_string(xasprintf("%s-g++", l->arch->triple));
	const char *package = *l->arch->qemu ? keep_string(xasprintf("g++-%s", l->arch->triple))
					     : "g++";

	*t = (struct toolchain){ .driver_cc = DRIVER_CC };
	if (*l->flag && !lane_flag_works(lane_flag_find(l->flag)))
		return err_set(e, EXIT_ENVIRON, "lane %s: this machine's processor has no AVX",
			       l->name);
	if (resolve_compiler(&t->wrapper_cc, l->wrapper, l->arch, e) < 0 ||
	    resolve_compiler(&t->callee_cc, l->callee, l->arch, e) < 0 ||
	    need_program(DRIVER_CC, DRIVER_CC, e) < 0 || need_program(linker, package, e) < 0 ||
	    resolve_go(t, l, e) < 0 || resolve_qemu(t, l, e) < 0 || resolve_runtimes(t, l, e) < 0)
		return err_prefix(e, "lane %s", l->name);
	return 0;
}
