/* signature_fuzzer.c: bench. The rate of golang.org/x/tools' signature-fuzzer, which tests Go's own calls:
 * generated functions called from another package, Go to Go, no C compiler in the loop. */
#include "bench/signature_fuzzer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"
#include "base/proc.h"

#define MODULE "golang.org/x/tools/cmd/signature-fuzzer/fuzz-runner@v0.38.0"
#define BIN "build/bench/bin"
#define PACKAGES "10"
#define FUNCTIONS "20" /* of each package: the tool's default */
#define TESTED (10 * 20)

static int run(const char *seed, double *seconds, struct err *e)
{
	char *const argv[] = { BIN "/fuzz-runner",  "-numit", "1",
			       "-numpkgs",	    PACKAGES, "-numfcns",
			       FUNCTIONS,	    "-seed",  (char *)seed,
			       "-cleancache=false", NULL };
	struct proc_spec spec = { .argv = argv };
	int64_t start = clock_ms();
	int rc = proc_must(&spec, e);

	*seconds = (double)(clock_ms() - start) / 1000;
	return rc;
}

static int install(struct err *e)
{
	char *cwd = realpath(".", NULL), *bin = xasprintf("GOBIN=%s/" BIN, cwd);
	char *const argv[] = { "go", "install", MODULE, NULL };
	char *const env[] = { bin, NULL };
	int rc = proc_must(&(struct proc_spec){ .argv = argv, .env = env }, e);

	free(bin);
	free(cwd);
	return rc;
}

double signature_fuzzer_rate(void)
{
	struct err why = ERR_INIT;
	double seconds = 0;

	/* the first run also builds what both need of the standard library */
	if (install(&why) == 0 && run("1", &seconds, &why) == 0 && run("2", &seconds, &why) == 0)
		return TESTED / seconds;
	log_warn("no reference by signature-fuzzer: %s", why.msg);
	return 0;
}
