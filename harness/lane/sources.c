/* sources.c: lane. A batch's sources on disk, and the steps that both build paths share. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "lane/flag.h"
#include "lane/job.h"
#include "lane/tool.h"

#define MAX_TARGET_FILES 32

const char *const guest_go_files[] = { "runtime.go",	  "crossing.go",     "value.go",
				       "view.go",	  "odd.go",	     "errno.go",
				       "turbulence.go",	  "turb_depth.go",   "turb_memory.go",
				       "turb_pin.go",	  "turb_pin_old.go", "turb_fp.go",
				       "turb_body.go",	  "turb_control.go", "turb_signals.go",
				       "turb_threads.go", "turb_misuse.go",  "turb_unwind.go",
				       "turb_profile.go", "turb_kept.go",    NULL };

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

int copy_guest_go(const char *dir, struct err *e)
{
	int rc = dir_make(dir, e);

	for (size_t i = 0; guest_go_files[i] && rc == 0; i++) {
		char *from = xasprintf("%s/harness/guest/go/%s", data_dir(), guest_go_files[i]);
		char *path = xasprintf("%s/%s", dir, guest_go_files[i]);

		rc = file_copy(from, path, e);
		free(from);
		free(path);
	}
	return rc;
}

static enum abi_reader reader_of(const char *compiler)
{
	return is_clang(compiler) ? ABI_CLANG : ABI_GCC;
}

int go_release(const struct job *j)
{
	return j->tools.go_version ? go_minor(j->tools.go_version) : 0;
}

int write_sources(struct job *j, struct err *e)
{
	static const struct {
		const char *name;
		void (*emit)(struct buf *out, const struct batch *b, const struct emit_options *o);
	} files[] = {
		{ "callee.c", emit_callee_c }, { "caller.c", emit_caller_c },
		{ "c0.go", emit_go },	       { "stubs.S", emit_stubs },
		{ "wraps", emit_wraps },       { "abi.bin", emit_abi_table },
	};
	struct buf entry = BUF_INIT, preamble = BUF_INIT, text = BUF_INIT;
	int rc = read_guest("go/entry.go.in", &entry, e);

	if (rc == 0)
		rc = read_guest("go/entry.h.in", &preamble, e);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files) && rc == 0; i++) {
		struct emit_options o = { .build_id = j->build_id,
					  .skip = j->skip,
					  .lane = j->lane->name,
					  .entry_preamble = preamble.ptr,
					  .entry = entry.ptr,
					  .arch = j->lane->arch->name,
					  .go_minor = go_release(j),
					  .readers = { reader_of(j->lane->wrapper),
						       reader_of(j->lane->callee) } };

		buf_reset(&text);
		files[i].emit(&text, j->batch, &o);
		rc = write_file(j, files[i].name, &text, e);
	}
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
	args_addf(j, a, "-I%s", j->dir);
	args_add(a, "-c");
}

/* Compiled as cgo's wrappers are; only if some case needs it. */
static int compile_caller_start(struct job *j, struct step *step)
{
	struct emit_options o = { .skip = j->skip };
	struct args c = { 0 };
	uint32_t i = 0;

	while (i < j->batch->count && !emit_needs_caller(j->batch, &o, i))
		i++;
	if (i == j->batch->count)
		return 0;
	args_compiler(j, &c, j->tools.wrapper_cc);
	add_c_flags(j, &c, j->lane->wrapper_opt);
	args_add(&c, "-c");
	args_addf(j, &c, "%s/caller.c", j->dir);
	args_add(&c, "-o");
	args_addf(j, &c, "%s/caller.o", j->objects);
	return step_start(j, step, "caller.c", &c, NULL, j->dir);
}

int compile_c_start(struct job *j, struct step steps[3])
{
	const struct lane_flag *flag = lane_flag_find(j->lane->flag);
	struct args c = { 0 }, s = { 0 };
	struct err e = ERR_INIT;

	/* Another attempt, or the other path, may have left some. */
	if (dir_remove(j->objects, &e) < 0 || dir_make(j->objects, &e) < 0)
		return machine_failed(j, "objects", e.msg);

	args_compiler(j, &c, j->tools.callee_cc);
	add_c_flags(j, &c, j->lane->callee_opt);
	if (flag) {
		args_add(&c, flag->option);
		args_addf(j, &c, "-DCGOFUZZ_CALLEE_%s", flag->name);
	}
	args_add(&c, "-c");
	args_addf(j, &c, "%s/callee.c", j->dir);
	args_add(&c, "-o");
	args_addf(j, &c, "%s/callee.o", j->objects);
	add_asm_flags(j, &s);
	args_addf(j, &s, "%s/stubs.S", j->dir);
	args_add(&s, "-o");
	args_addf(j, &s, "%s/stubs.o", j->objects);
	if (step_start(j, &steps[0], "callee.c", &c, NULL, j->dir) < 0)
		return -1;
	if (step_start(j, &steps[1], "stubs.S", &s, NULL, j->dir) < 0)
		return -1;
	return compile_caller_start(j, &steps[2]);
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
		args_addf(j, &a, "%s/target%zu.o", j->objects, i);
		if (step_run(j, files[i], &a, NULL, j->dir) < 0)
			return -1;
	}
	return 0;
}
