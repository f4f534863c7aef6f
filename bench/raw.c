/* raw.c: bench. The raw loop (bench/raw): the bare boundary of the same Go release, compilers and machine,
 * built by plain "go build", so that no line of cgofuzz is in it. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/proc.h"
#include "bench/guest.h"

#define DIR "build/bench/raw"

static int make_archive(const struct subject *s, const char *archive, struct err *e)
{
	char *arch = xasprintf("GOARCH=%s", s->lane.arch->name);
	char *cc = xasprintf("CC=%s-gcc", s->lane.arch->triple);
	char *root = xasprintf("GOROOT=%s", s->tools.goroot);
	char *cache = xasprintf("GOCACHE=%s/gocache", cache_dir());
	char *go = xasprintf("%s/bin/go", s->tools.goroot);
	const char *env[] = { arch,
			      cc,
			      root,
			      cache,
			      "CGO_ENABLED=1",
			      "GOENV=off",
			      "GOFLAGS",
			      "GOPROXY=off",
			      "GOTOOLCHAIN=local",
			      NULL };
	const char *argv[] = { go,   "build", "-buildmode=c-archive",
			       "-o", archive, "bench/raw/raw.go",
			       NULL };
	int rc = proc_must(
		&(struct proc_spec){ .argv = (char *const *)argv, .env = (char *const *)env }, e);

	free(go);
	free(cache);
	free(root);
	free(cc);
	free(arch);
	return rc;
}

int raw_build(const struct subject *s, char **exe, struct err *e)
{
	char *archive = xasprintf(DIR "/%s.a", s->lane.arch->name);
	char *cc = xasprintf("%s-gcc", s->lane.arch->triple);
	int rc = dir_make(DIR, e);

	*exe = xasprintf(DIR "/%s", s->lane.arch->name);
	if (rc == 0)
		rc = make_archive(s, archive, e);
	if (rc == 0) {
		const char *argv[] = { cc,	"-O2",	     "-o", *exe, "bench/raw/main.c",
				       archive, "-lpthread", NULL };

		rc = proc_must(&(struct proc_spec){ .argv = (char *const *)argv }, e);
	}
	free(cc);
	free(archive);
	return rc;
}

int raw_loop(const struct subject *s, const char *exe, uint64_t crossings, double *rate,
	     struct err *e)
{
	const char *argv[16] = { NULL }, *env[16] = { NULL };
	char steps[24];
	int n = 0;

	snprintf(steps, sizeof(steps), "%llu", (unsigned long long)crossings / 4);
	guest_command(&s->lane, &s->tools, argv, env);
	while (argv[n])
		n++;
	argv[n++] = exe;
	argv[n] = steps;
	return rate_of(argv, env, rate, e);
}
