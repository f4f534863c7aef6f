/* go.c: lane. Go releases: which are here, and fetching others as modules. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "lane/tool.h"

#define GO_FLOOR 19 /* the oldest release whose runtime the guest supports */
#define FETCH_DEADLINE_MS (10 * 60 * 1000)

int go_minor(const char *version)
{
	char *end;
	long minor;

	if (strncmp(version, "go1.", 4))
		return -1;
	minor = strtol(version + 4, &end, 10);
	return end > version + 4 && minor >= 0 && minor < 1000 ? (int)minor : -1;
}

char *go_version_of(const char *goroot)
{
	char *path = xasprintf("%s/VERSION", goroot);
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	char *version = NULL;

	if (file_read(path, 4096, &text, &e) == 0 && go_minor(text.ptr) >= 0) {
		text.ptr[strcspn(text.ptr, " \r\n")] = '\0';
		version = xstrdup(text.ptr);
	}
	buf_release(&text);
	free(path);
	return version;
}

/* The module cache, as .ci/setup finds it. */
static char *mod_cache(void)
{
	const char *cache = getenv("GOMODCACHE"), *path = getenv("GOPATH"), *home = getenv("HOME");

	if (cache && *cache)
		return xstrdup(cache);
	if (path && *path)
		return xasprintf("%.*s/pkg/mod", (int)strcspn(path, ":"), path);
	if (home && *home && access(home, W_OK) == 0)
		return xasprintf("%s/go/pkg/mod", home);
	return xasprintf("%s/../gomod", cache_dir());
}

static char *module_root(const char *version)
{
	char *cache = mod_cache();
	char *root = xasprintf("%s/golang.org/toolchain@v0.0.1-%s.linux-amd64", cache, version);

	free(cache);
	return root;
}

static char *setup_root(void)
{
	char *path = xasprintf("%s/build/go-root", data_dir());
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	char *root = NULL;

	if (file_read(path, 4096, &text, &e) == 0) {
		buf_rtrim(&text);
		root = xstrdup(text.ptr);
	}
	buf_release(&text);
	free(path);
	return root;
}

static char *path_root(void)
{
	char *go = proc_which("go"), *real = go ? realpath(go, NULL) : NULL;
	char *end = real ? strstr(real, "/bin/go") : NULL;

	if (end)
		*end = '\0';
	free(go);
	return real;
}

/* Takes root; returns it if it holds the release with a program to run, else frees it. */
static char *accept_root(char *root, const char *version)
{
	char *has = root ? go_version_of(root) : NULL;
	char *go = root ? xasprintf("%s/bin/go", root) : NULL;
	bool ok = has && go && (!version || !strcmp(has, version)) && access(go, X_OK) == 0;

	free(has);
	free(go);
	if (ok)
		return root;
	free(root);
	return NULL;
}

char *go_find(const char *version)
{
	char *root = accept_root(setup_root(), version);

	if (!root && version)
		root = accept_root(module_root(version), version);
	if (!root)
		root = accept_root(path_root(), version);
	if (!root)
		root = accept_root(xstrdup("/usr/local/go"), version);
	if (!root && version)
		root = accept_root(xasprintf("/usr/lib/go-1.%d", go_minor(version)), version);
	return root ? root : version ? NULL : accept_root(xstrdup("/usr/lib/go-1.19"), NULL);
}

struct releases {
	char **list;
	uint32_t count;
};

static void add_release(struct releases *r, const char *version)
{
	char *root = r->count < LANE_GO_RELEASES && go_is_release(version) &&
			go_minor(version) >= GO_FLOOR
		? go_find(version)
		: NULL;

	for (uint32_t i = 0; i < r->count && root; i++)
		if (!strcmp(r->list[i], version)) {
			free(root);
			return;
		}
	if (root)
		r->list[r->count++] = xstrdup(version);
	free(root);
}

/* "toolchain@v0.0.1-go1.25.4.linux-amd64" */
static int add_module(const char *name, void *ctx)
{
	const char *go = strstr(name, "-go1."), *end = go ? strstr(go, ".linux-amd64") : NULL;
	char version[24];

	if (!end || (size_t)(end - go) > sizeof(version))
		return 0;
	snprintf(version, sizeof(version), "%.*s", (int)(end - go - 1), go + 1);
	add_release(ctx, version);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

uint32_t lane_go_releases(char *releases[LANE_GO_RELEASES])
{
	struct releases r = { releases, 0 };
	char *cache = mod_cache(), *modules = xasprintf("%s/golang.org", cache);
	char *roots[] = { setup_root(), path_root(), xstrdup("/usr/local/go"),
			  xstrdup("/usr/lib/go-1.19") };
	struct err ignored = ERR_INIT;

	dir_each(modules, add_module, &r, &ignored);
	for (size_t i = 0; i < sizeof(roots) / sizeof(*roots); i++) {
		char *version = roots[i] ? go_version_of(roots[i]) : NULL;

		if (version)
			add_release(&r, version);
		free(version);
		free(roots[i]);
	}
	qsort(releases, r.count, sizeof(*releases), by_name);
	free(modules);
	free(cache);
	return r.count;
}

const char *go_default(void)
{
	static const char *found;
	char *root, *path;
	struct buf pin = BUF_INIT;
	struct err e = ERR_INIT;

	if (found)
		return found;
	root = accept_root(setup_root(), NULL);
	if (root) {
		found = keep_string(go_version_of(root));
		free(root);
		return found;
	}
	path = xasprintf("%s/harness/lane/go_pin", data_dir());
	if (file_read(path, 64, &pin, &e) == 0)
		buf_rtrim(&pin);
	found = keep_string(xstrdup(pin.len ? pin.ptr : "go1.26.8"));
	buf_release(&pin);
	free(path);
	return found;
}

/* A module's files come without the bits that make programs of them. */
static int make_executable(const char *name, void *ctx)
{
	char *path = xasprintf("%s/%s", (const char *)ctx, name);
	struct stat st;

	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && !(st.st_mode & 0100))
		chmod(path, (st.st_mode & 07777) | 0111);
	free(path);
	return 0;
}

static int make_programs(const char *root, struct err *e)
{
	static const char *const dirs[] = { "bin", "pkg/tool/linux_amd64" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		char *dir = xasprintf("%s/%s", root, dirs[i]);
		int rc = dir_each(dir, make_executable, dir, e);

		free(dir);
		if (rc < 0)
			return -1;
	}
	return 0;
}

/* A module cannot hold another one's go.mod, so src/go.mod comes as src/_go.mod; and the cache is
 * read-only. What cmd/go does itself when it switches (cmd/go/internal/toolchain/select.go). */
static int restore_go_mod(const char *root, struct err *e)
{
	char *src = xasprintf("%s/src", root);
	char *from = xasprintf("%s/_go.mod", src), *to = xasprintf("%s/go.mod", src);
	struct stat st;
	int rc = 0;

	if (!file_exists(to) && file_exists(from)) {
		if (stat(src, &st) == 0)
			chmod(src, (st.st_mode & 07777) | 0200);
		rc = file_copy(from, to, e);
		if (stat(src, &st) == 0)
			chmod(src, st.st_mode & 07577);
	}
	free(src);
	free(from);
	free(to);
	return rc;
}

static int download(const char *version, const char *go, struct err *e)
{
	char *module = xasprintf("golang.org/toolchain@v0.0.1-%s.linux-amd64", version);
	char *cache = mod_cache();
	char *mod_env = xasprintf("GOMODCACHE=%s", cache);
	char *argv[] = { (char *)go, (char *)"mod", (char *)"download", module, NULL };
	/* Old releases reject flags they do not know; -mod=mod so that no go.mod is asked for. */
	char *env[] = { (char *)"GOFLAGS=-mod=mod",
			(char *)"GOTOOLCHAIN=local",
			(char *)"GO111MODULE=on",
			(char *)"GOWORK=off",
			mod_env,
			NULL };
	struct proc_spec spec = { .argv = argv,
				  .env = env,
				  .cwd = "/",
				  .deadline_ms = FETCH_DEADLINE_MS,
				  .die_with_parent = true };
	int rc = proc_must(&spec, e);

	free(module);
	free(cache);
	free(mod_env);
	return rc;
}

int toolchain_fetch_go(const char *version, char **goroot, struct err *e)
{
	char *any, *go;
	int rc;

	if (!go_is_release(version) || go_minor(version) < GO_FLOOR)
		return err_set(e, EXIT_USAGE, "'%s' is no Go release from go1.%d on (as in go1.22.5)",
			       version, GO_FLOOR);
	*goroot = go_find(version);
	if (*goroot)
		return restore_go_mod(*goroot, e);
	any = go_find(NULL);
	if (!any)
		return err_set(e, EXIT_ENVIRON, "no Go here that could fetch %s; run: make setup",
			       version);
	go = xasprintf("%s/bin/go", any);
	free(any);
	*goroot = module_root(version);
	rc = download(version, go, e);
	free(go);
	if (rc == 0)
		rc = make_programs(*goroot, e);
	if (rc == 0)
		rc = restore_go_mod(*goroot, e);
	if (rc < 0) {
		free(*goroot);
		*goroot = NULL;
		return err_prefix(e, "fetching %s", version);
	}
	*goroot = accept_root(*goroot, version);
	return *goroot ? 0
		       : err_set(e, EXIT_ENVIRON, "%s was fetched, but does not run here", version);
}
