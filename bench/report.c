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
#define EMPTY SCRATCH "/empty.html"
#define RUNS 5

/* Seconds of the fastest, or the middle, of some runs of a program. */
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

/* What the page costs beyond an empty one: start of the browser, process and dump are in both. */
static int open_seconds(double *seconds, struct err *e)
{
	char *cwd = path_absolute("."), *page = xasprintf("file://%s/" PAGE, cwd);
	char *empty = xasprintf("file://%s/" EMPTY, cwd);
	char *argv[] = { "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
			 page,	     NULL };
	struct buf out = BUF_INIT;
	double with = 0, without = 0;
	int rc = file_write(EMPTY, "<p>", 3, e);

	rc = rc < 0 ? rc : seconds_of(argv, &with, &out, e);
	if (rc == 0 && !strstr(out.ptr, "1,000 clusters"))
		rc = err_set(e, EXIT_ENVIRON, "Chromium did not draw the page");
	argv[6] = empty;
	rc = rc < 0 ? rc : seconds_of(argv, &without, &out, e);
	*seconds = with - without;
	buf_release(&out);
	free(page);
	free(empty);
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
	add(rows, "report of 1,000 clusters: to open in Chromium", "s", seconds, 1);
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
