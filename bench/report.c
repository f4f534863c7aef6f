/* report.c: bench. The page of a campaign with a thousand clusters: to write, its size, to open in Chromium. CHOICE: a
 * directory that is not there; the campaign is made in it and stays, nothing is measured. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/proc.h"
#include "bench/bench.h"
#include "bench/report_data.h"

#define CLUSTERS 1000
#define SCRATCH "build/bench/report"
#define PAGE SCRATCH "/report.html"
#define RUNS 5

/* Seconds of the middle of some runs of a program. */
static int seconds_of(char *const *argv, double *median_s, struct buf *out, struct err *e)
{
	double seconds[RUNS];

	for (int i = 0; i < RUNS; i++) {
		struct proc_spec spec = {
			.argv = argv, .out = out, .limit = 1 << 28, .deadline_ms = 60000
		};
		struct proc_result result;

		buf_reset(out);
		if (proc_run(&spec, &result, e) < 0)
			return -1;
		if (result.timed_out || result.status)
			return err_set(e, EXIT_ENVIRON, "%s: %s", argv[0],
				       proc_describe(result.status));
		seconds[i] = (double)result.wall_ms / 1000;
	}
	*median_s = median(seconds, RUNS);
	return 0;
}

/* A browser that runs already is asked for the page, and polled until that says it is ready. */
static int open_seconds(double *seconds, struct err *e)
{
	char *cwd = path_absolute("."), *page = xasprintf("%s/" PAGE, cwd);
	char runs[8];
	char *argv[] = { "perl",
			 "-Itests/browser",
			 "bench/open_page.pl",
			 page,
			 SCRATCH,
			 runs,
			 "1,000 clusters",
			 NULL };
	struct buf out = BUF_INIT, said = BUF_INIT;
	struct proc_spec spec = {
		.argv = argv, .out = &out, .err = &said, .limit = 65536, .deadline_ms = 120000
	};
	struct proc_result result;
	double took[RUNS];
	char *at, *end;
	unsigned n = 0;
	int rc;

	snprintf(runs, sizeof(runs), "%d", RUNS);
	rc = proc_run(&spec, &result, e);
	for (at = out.ptr; rc == 0 && n < RUNS; at = end, n++) {
		took[n] = strtod(at, &end);
		if (end == at)
			break;
	}
	if (rc == 0 && (result.status || n < RUNS))
		rc = err_set(e, EXIT_ENVIRON, "Chromium did not draw the page: %s", said.ptr);
	*seconds = rc == 0 ? median(took, RUNS) : 0;
	buf_release(&out);
	buf_release(&said);
	free(page);
	free(cwd);
	return rc;
}

static void add(json_t *rows, const char *name, const char *unit, double value, double target)
{
	figure_add(rows,
		   &(struct figure){
			   .name = name, .unit = unit, .value = value, .target = target, .below = 1 });
}

static int measure(json_t *rows, struct err *e)
{
	char *argv[] = { "build/cgofuzz", "report", SCRATCH, "--html", PAGE, NULL };
	struct buf out = BUF_INIT;
	struct stat st;
	double seconds = 0;
	int rc = seconds_of(argv, &seconds, &out, e);

	buf_release(&out);
	if (rc < 0)
		return -1;
	if (stat(PAGE, &st) < 0)
		return err_errno(e, EXIT_ENVIRON, "%s", PAGE);
	add(rows, "report of 1,000 clusters: to write", "s", seconds, 2);
	add(rows, "report of 1,000 clusters: size", "MB", (double)st.st_size / 1e6, 5);
	if (open_seconds(&seconds, e) < 0)
		return -1;
	add(rows, "report of 1,000 clusters: to open in Chromium, until it is ready", "s", seconds,
	    1);
	return 0;
}

int bench_report(json_t *rows, struct err *e)
{
	int rc;

	if (bench_choice())
		return report_data_make(bench_choice(), CLUSTERS, e);
	if (dir_remove(SCRATCH, e) < 0 || dir_make("build/bench", e) < 0)
		return -1;
	rc = report_data_make(SCRATCH, CLUSTERS, e);
	if (rc == 0)
		rc = measure(rows, e);
	return rc < 0 ? -1 : dir_remove(SCRATCH, e);
}
