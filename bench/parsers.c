/* parsers.c: bench. Every parser of outside bytes under libFuzzer, a million inputs each and ten of what engines and
 * people hand in most: how many ran, whether one crashed, hung, or made the program hold more than 256 MB. Two
 * drivers at a time, in slices: a part that was broken off goes on behind the last whole one. CHOICE: drivers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/proc.h"
#include "bench/bench.h"
#include "campaign/shapes.h"
#include "model/case.h"

#define SLICES 20
#define HANG_S \
	20 /* one input may take so long; most take 50 us, a reader of ELF files may have 10 s */

struct driver {
	const char *name, *about;
	int max_len; /* bytes of an input */
	uint32_t slice; /* inputs of one process */
	int most_mb; /* of heap */
	bool from_corpus; /* begins with the cases of corpus/shapes */
};
static const struct driver drivers[] = {
	{ "case_text", "texts of cases", 1024, 500000, 64, true },
	{ "recipe", "recipes", RECIPE_MAX_BYTES, 500000, 64, false },
	{ "neighbour", "neighbours of cases", 1024, 50000, 256, false },
	{ "plan", "plans", 1024, 50000, 256, false },
	{ "recorder", "recorders, with signature and dossier", 1024, 50000, 256, false },
	{ "bundle_meta", "meta.json of bundles", 1024, 50000, 256, false },
	{ "known", "files of known issues", 1024, 50000, 256, false },
	{ "traceback", "tracebacks, of Go and sanitizers", 4096, 50000, 256, false },
	{ "text", "text from outside, for people", 1024, 50000, 256, false },
	{ "elf", "altered executables, by libelf and libdw in a child", 64, 50000, 256, false },
	{ "elf_answer", "what that child answers", 1024, 50000, 256, false },
	{ "core", "altered cores, and what their child answers", 256, 50000, 256, false },
};
#define DRIVERS (sizeof(drivers) / sizeof(drivers[0]))
#define AT_ONCE 2

/* What the slices so far say. */
struct tally {
	uint32_t slices, crashes;
	unsigned long runs, slowest_s, rss_mb, heap_bytes;
	int64_t wall_ms;
};

static char *path_of(const struct driver *d, const char *name)
{
	return xasprintf("build/bench/parsers/%s/%s", d->name, name);
}

/* One line a slice: exit status, inputs, seconds of the slowest, MB resident, heap held, milliseconds. */
static void read_tally(const struct driver *d, struct tally *t)
{
	char *path = path_of(d, "slices");
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;

	*t = (struct tally){ 0 };
	file_read(path, 0, &text, &e);
	for (const char *line = text.ptr; line && *line; line = strchr(line, '\n') + 1) {
		unsigned long runs, slowest, rss, heap, ms;
		int status;

		if (sscanf(line, "%d %lu %lu %lu %lu %lu\n", &status, &runs, &slowest, &rss, &heap,
			   &ms) != 6)
			break;
		t->slices++;
		t->crashes += status != 0;
		t->runs += runs;
		t->slowest_s = slowest > t->slowest_s ? slowest : t->slowest_s;
		t->rss_mb = rss > t->rss_mb ? rss : t->rss_mb;
		t->heap_bytes = heap > t->heap_bytes ? heap : t->heap_bytes;
		t->wall_ms += (int64_t)ms;
	}
	buf_release(&text);
	free(path);
}

static unsigned long number_after(const struct buf *log, const char *words)
{
	const char *at = log->ptr ? memmem(log->ptr, log->len, words, strlen(words)) : NULL;

	return at ? strtoul(at + strlen(words), NULL, 10) : 0;
}

/* Appends what the slice's log says. */
static int note_slice(const struct driver *d, int status, int64_t wall_ms, struct err *e)
{
	char *path = path_of(d, "slices"), *log_path = path_of(d, "log");
	struct buf log = BUF_INIT;
	FILE *f = fopen(path, "ae");
	int rc = file_read(log_path, 0, &log, e);

	if (!f)
		rc = err_errno(e, EXIT_ENVIRON, "cannot write %s", path);
	if (rc == 0)
		fprintf(f, "%d %lu %lu %lu %lu %lld\n", status != 0,
			number_after(&log, "stat::number_of_executed_units:"),
			number_after(&log, "stat::slowest_unit_time_sec:"),
			number_after(&log, "stat::peak_rss_mb:"), number_after(&log, "budget: "),
			(long long)wall_ms);
	if (f && fclose(f) != 0 && rc == 0)
		rc = err_errno(e, EXIT_ENVIRON, "cannot write %s", path);
	buf_release(&log);
	free(log_path);
	free(path);
	return rc;
}

static int run_slice(const struct driver *d, uint32_t slice, struct err *e)
{
	char *exe = xasprintf("build/fast/%s", d->name), *log = path_of(d, "log");
	char *corpus = path_of(d, "corpus"), *seed = xasprintf("-seed=%u", slice + 1);
	char *len = xasprintf("-max_len=%d", d->max_len), *runs = xasprintf("-runs=%u", d->slice);
	char *hang = xasprintf("-timeout=%d", HANG_S);
	char *prefix = xasprintf("-artifact_prefix=build/bench/parsers/%s/", d->name);
	char *const argv[] = { exe,
			       runs,
			       seed,
			       len,
			       hang,
			       prefix,
			       (char *)"-rss_limit_mb=0",
			       (char *)"-entropic=0",
			       (char *)"-print_final_stats=1",
			       corpus,
			       NULL };
	const struct proc_spec spec = { .argv = argv, .err_path = log, .die_with_parent = true };
	struct proc_result result;
	int rc = proc_run(&spec, &result, e);

	if (rc == 0)
		rc = note_slice(d, result.status, result.wall_ms, e);
	free(exe);
	free(log);
	free(corpus);
	free(seed);
	free(len);
	free(runs);
	free(hang);
	free(prefix);
	return rc < 0 ? -1 : result.status != 0;
}

/* Each case of the corpus is an input to begin with. */
static int write_shapes(const char *corpus, struct err *e)
{
	struct shapes s = { 0 };
	int rc = shapes_load(&s, "corpus/shapes", e);

	for (uint32_t i = 0; rc == 0 && i < s.count; i++) {
		char *path = xasprintf("%s/shape%u", corpus, i);

		rc = file_write(path, s.texts[i], strlen(s.texts[i]), e);
		free(path);
	}
	shapes_release(&s);
	return rc;
}

/* Slices of another build of the driver are dropped. */
static int prepare(const struct driver *d, struct err *e)
{
	char *dir = path_of(d, ""), *corpus = path_of(d, "corpus"), *slices = path_of(d, "slices");
	char *exe = xasprintf("build/fast/%s", d->name);
	struct stat built, noted;
	int rc = 0;

	if (stat(exe, &built) < 0)
		rc = err_errno(e, EXIT_ENVIRON, "no %s; run: make bench", exe);
	if (rc == 0 && (stat(slices, &noted) < 0 || noted.st_mtime < built.st_mtime)) {
		rc = file_exists(dir) ? dir_remove(dir, e) : 0;
		if (rc == 0)
			rc = dir_make(corpus, e);
		if (rc == 0 && d->from_corpus)
			rc = write_shapes(corpus, e);
	}
	free(dir);
	free(corpus);
	free(slices);
	free(exe);
	return rc;
}

/* In a process of its own. */
static void run_driver(const struct driver *d)
{
	struct err e = ERR_INIT;
	struct tally t;
	int rc = prepare(d, &e);

	read_tally(d, &t);
	for (uint32_t i = t.slices; rc == 0 && !t.crashes && i < SLICES; i++)
		rc = run_slice(d, i, &e);
	if (rc < 0)
		fprintf(stderr, "bench: %s\n", e.msg);
	_exit(rc < 0 ? EXIT_ENVIRON : 0);
}

static int report(const struct driver *d, json_t *rows, struct err *e)
{
	struct tally t;
	char name[4][96];

	read_tally(d, &t);
	snprintf(name[0], sizeof(name[0]), "%s: inputs, slowest %lu s", d->about, t.slowest_s);
	snprintf(name[1], sizeof(name[1]), "%s: crashes and hangs", d->about);
	snprintf(name[2], sizeof(name[2]), "%s: heap held at most", d->about);
	snprintf(name[3], sizeof(name[3]), "%s: inputs a second", d->about);
	figure_add(rows,
		   &(struct figure){ .name = name[0],
				     .value = (double)t.runs,
				     .unit = "",
				     .target = (double)SLICES * d->slice });
	figure_add(rows, &(struct figure){ .name = name[1], .value = t.crashes, .unit = "" });
	figure_add(rows,
		   &(struct figure){ .name = name[2],
				     .value = (double)t.heap_bytes / 1048576,
				     .unit = "MB",
				     .reference = "resident with libFuzzer's corpus",
				     .reference_value = (double)t.rss_mb,
				     .target = d->most_mb,
				     .below = 1 });
	figure_add(rows,
		   &(struct figure){ .name = name[3],
				     .value = t.wall_ms ? 1000.0 * (double)t.runs / (double)t.wall_ms
							: 0,
				     .unit = "/s" });
	if (t.crashes)
		return err_set(e, EXIT_ENVIRON,
			       "an input ended build/fast/%s; it is in build/bench/parsers/%s, and "
			       "the reason in its log",
			       d->name, d->name);
	return 0;
}

static int finish_one(uint32_t *running, struct err *e)
{
	int status;

	if (wait(&status) < 0 || status != 0)
		return err_set(e, EXIT_ENVIRON, "a driver could not be run: %s",
			       proc_describe(status));
	(*running)--;
	return 0;
}

static int start_one(const struct driver *d, uint32_t *running, struct err *e)
{
	pid_t pid = fork();

	if (pid < 0)
		return err_errno(e, EXIT_ENVIRON, "cannot start a process");
	if (pid == 0)
		run_driver(d);
	(*running)++;
	return 0;
}

int bench_parsers(json_t *rows, struct err *e)
{
	uint32_t running = 0;
	int rc = 0;

	fflush(stdout);
	for (size_t i = 0; i < DRIVERS && rc == 0; i++) {
		if (!bench_chosen(drivers[i].name))
			continue;
		if (running == AT_ONCE)
			rc = finish_one(&running, e);
		if (rc == 0)
			rc = start_one(&drivers[i], &running, e);
	}
	while (running && rc == 0)
		rc = finish_one(&running, e);
	for (size_t i = 0; i < DRIVERS && rc == 0; i++)
		if (bench_chosen(drivers[i].name))
			rc = report(&drivers[i], rows, e);
	return rc;
}
