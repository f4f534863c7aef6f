/* std.c: lane. What Go code no batch changes, compiled once per release and architecture, copied out of
 * GOCACHE: Go's own packages and the runtime's Go half. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "lane/job.h"
#include "lane/tool.h"

#define STD_VERSION 3
#define STD_DEADLINE_MS (5 * 60 * 1000)
#define MAX_GO_FILES 32

/* Import paths between quotes of one file, each on a line of out: import "x", import ( ... ). */
static void scan_imports(const char *text, struct buf *out)
{
	bool block = false;

	while (*text) {
		size_t len = strcspn(text, "\n");
		bool is_import = !strncmp(text, "import", 6);
		const char *open = memchr(text, '"', len);
		const char *close = open ? memchr(open + 1, '"', len - (size_t)(open + 1 - text))
					 : NULL;

		if ((is_import || block) && close && strncmp(open, "\"C\"", 3) != 0)
			buf_addf(out, "%.*s\n", (int)(close - open - 1), open + 1);
		if (is_import && memchr(text, '(', len))
			block = true;
		else if (block && *text == ')')
			block = false;
		text += len + (text[len] == '\n');
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted, each once. */
static void sort_lines(struct buf *lines)
{
	char *items[256] = { NULL }, *rest = lines->ptr, *line;
	struct buf sorted = BUF_INIT;
	size_t n = 0;

	while ((line = strsep(&rest, "\n")) && n < 256)
		if (*line)
			items[n++] = line;
	qsort(items, n, sizeof(*items), by_text);
	for (size_t i = 0; i < n; i++)
		if (!i || strcmp(items[i], items[i - 1]) != 0)
			buf_addf(&sorted, "%s\n", items[i]);
	buf_release(lines);
	*lines = sorted;
}

static int all_imports(struct job *j, struct buf *imports, struct err *e)
{
	const char *files[MAX_GO_FILES];
	struct buf text = BUF_INIT;
	size_t n = target_files(j, ".go", "", files, MAX_GO_FILES);
	int rc = 0;

	buf_addstr(imports, "unsafe\nruntime\nsyscall\n" EMIT_GUEST "\n");
	for (size_t i = 0; i < n && rc == 0; i++) {
		buf_reset(&text);
		rc = file_read(files[i], 1 << 20, &text, e);
		scan_imports(text.ptr, imports);
	}
	sort_lines(imports);
	buf_release(&text);
	return rc;
}

/* A program that needs what every batch needs. */
static int write_module(struct job *j, const char *dir, const char *imports, struct err *e)
{
	struct buf text = BUF_INIT;
	char *path = xasprintf("%s/go.mod", dir);
	int rc;

	buf_addf(&text, "module " EMIT_MODULE "\n\ngo 1.%d\n", go_minor(j->tools.go_version));
	rc = file_write(path, text.ptr, text.len, e);
	free(path);
	buf_reset(&text);
	buf_addstr(&text, "package main\n\nimport \"C\"\nimport (\n");
	for (const char *at = imports; *at; at += strcspn(at, "\n") + 1)
		buf_addf(&text, "\t_ \"%.*s\"\n", (int)strcspn(at, "\n"), at);
	buf_addstr(&text, ")\n\n//export cgofuzz_list\nfunc cgofuzz_list() {}\n\nfunc main() {}\n");
	path = xasprintf("%s/main.go", dir);
	if (rc == 0)
		rc = file_write(path, text.ptr, text.len, e);
	free(path);
	path = xasprintf("%s/guest", dir);
	if (rc == 0)
		rc = copy_guest_go(path, e);
	free(path);
	buf_release(&text);
	return rc;
}

static int list_packages(struct job *j, const char *dir, struct buf *out, struct err *e)
{
	struct args a = { 0 };
	struct proc_spec spec = { .argv = a.v,
				  .env = go_env(j, j->tools.wrapper_cc),
				  .cwd = dir,
				  .out = out,
				  .deadline_ms = STD_DEADLINE_MS,
				  .die_with_parent = true,
				  .nice = j->nice };
	char format[] = "{{if .Export}}{{.ImportPath}}={{.Export}}{{end}}";

	args_addf(j, &a, "%s/bin/go", j->tools.goroot);
	args_add(&a, "list");
	args_add(&a, "-export");
	args_add(&a, "-deps");
	args_add(&a, "-buildmode=c-archive");
	args_add(&a, "-buildvcs=false"); /* the cache may lie in a work tree */
	args_addf(j, &a, "-gcflags=%s='-trimpath=%s/guest=>%s/harness/guest/go'", EMIT_GUEST, dir,
		  data_dir());
	args_add(&a, "-f");
	args_add(&a, arena_strdup(&j->arena, format));
	args_add(&a, ".");
	return proc_must(&spec, e);
}

/* Copies each package to dir and writes dir/importcfg, in which they have their published names. */
static int copy_packages(const struct cache_entry *entry, char *listed, struct err *e)
{
	struct buf config = BUF_INIT;
	char *line, *to, *path;
	unsigned n = 0;
	int rc = 0;

	while (rc == 0 && (line = strsep(&listed, "\n"))) {
		char *file = strchr(line, '=');

		if (!file)
			continue;
		*file++ = '\0';
		if (!strcmp(line, EMIT_MODULE))
			continue;
		to = xasprintf("%s/%u.a", entry->tmp, n);
		rc = file_copy(file, to, e);
		free(to);
		buf_addf(&config, "packagefile %s=%s/%u.a\n", line, entry->dir, n++);
	}
	if (rc == 0 && !n)
		rc = err_set(e, EXIT_ENVIRON, "go list named no packages");
	path = xasprintf("%s/importcfg", entry->tmp);
	if (rc == 0)
		rc = file_write(path, config.ptr, config.len, e);
	free(path);
	buf_release(&config);
	return rc;
}

static int make_std(struct job *j, const struct cache_entry *entry, const char *imports,
		    struct err *e)
{
	char *module = xasprintf("%s/module", entry->tmp);
	struct buf listed = BUF_INIT;
	int rc = dir_make(module, e);

	if (rc == 0)
		rc = write_module(j, module, imports, e);
	if (rc == 0)
		rc = list_packages(j, module, &listed, e);
	if (rc == 0)
		rc = copy_packages(entry, listed.ptr, e);
	if (rc == 0)
		rc = dir_remove(module, e);
	buf_release(&listed);
	free(module);
	return rc;
}

static int hash_guest_go(struct hash *h)
{
	int rc = 0;

	for (size_t i = 0; guest_go_files[i] && rc == 0; i++) {
		char *path = xasprintf("%s/harness/guest/go/%s", data_dir(), guest_go_files[i]);

		hash_add_str(h, path);
		rc = hash_add_file(h, path);
		free(path);
	}
	return rc;
}

int std_packages(struct job *j, struct err *e)
{
	struct hash *h = hash_new();
	char key[HASH_HEX_LEN + 1];
	struct buf imports = BUF_INIT;
	struct cache_entry entry = { NULL, NULL, -1, -1 };
	int rc = all_imports(j, &imports, e);

	if (rc == 0 && hash_guest_go(h) < 0)
		rc = err_errno(e, EXIT_ENVIRON, "reading the runtime's sources");
	hash_add(h, &(int){ STD_VERSION }, sizeof(int));
	hash_add_str(h, cache_dir()); /* its name stands in importcfg */
	hash_add_str(h, j->tools.goroot);
	hash_add_str(h, j->tools.go_version);
	hash_add_str(h, j->lane->arch->name);
	hash_program(h, j->tools.wrapper_cc);
	hash_add_str(h, imports.ptr);
	hash_finish(h, key);
	if (rc == 0)
		rc = cache_begin(&entry, "std", key, e);
	if (rc >= 0) {
		j->std = arena_strdup(&j->arena, entry.dir);
		if (rc == 0)
			rc = make_std(j, &entry, imports.ptr, e);
		if (rc == 0 && entry.tmp)
			rc = cache_publish(&entry, e);
		cache_release(&entry);
	}
	buf_release(&imports);
	return rc < 0 ? err_prefix(e, "compiling Go's own packages for %s", j->lane->name) : 0;
}
