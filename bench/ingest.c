/* ingest.c: bench. Bundles read, symbolised and clustered a second; memory for 100,000. One campaign on all planted
 * faults is made once; its bundles are multiplied under other names. CHOICE: rate, memory, small. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/proc.h"
#include "bench/bench.h"
#include "triage/bundle.h"

#define ROUNDS 3
#define RATE_BUNDLES 5000
#define MEMORY_BUNDLES 100000

static const char seed_dir[] = "build/bench/ingest/seed";

static int is_stale(const char *name, void *ctx)
{
	char *path = xasprintf("%s/spool/%s", seed_dir, name), what[96];

	*(bool *)ctx |= name[0] != '.' && bundle_is_of_other_version(path, what, sizeof(what));
	free(path);
	return 0;
}

/* Bundles of another version would be left where they are, which is quickly done. */
static int drop_stale(const char *spool, struct err *e)
{
	bool stale = false;

	if (!dir_exists(spool))
		return 0;
	if (dir_each(spool, is_stale, &stale, e) < 0)
		return -1;
	return stale ? dir_remove(seed_dir, e) : 0;
}

/* The faults to multiply. Made by a run of the program, so the labels are the planted table's. */
static int make_seed(struct err *e)
{
	char *argv[] = { (char[]){ "build/cgofuzz" }, (char[]){ "fuzz" },   (char[]){ "--target" },
			 (char[]){ "planted" },	      (char[]){ "--arch" }, (char[]){ "all" },
			 (char[]){ "--engine" },      (char[]){ "all" },    (char[]){ "--time" },
			 (char[]){ "20s" },	      (char[]){ "--seed" }, (char[]){ "1" },
			 (char[]){ "--out" },	      xstrdup(seed_dir),    NULL };
	struct proc_spec spec = { .argv = argv };
	struct proc_result result;
	char *spool = xasprintf("%s/spool", seed_dir);
	int rc = drop_stale(spool, e);

	if (rc == 0 && !dir_exists(spool))
		rc = proc_run(&spec, &result, e);

	if (rc == 0 && !dir_exists(spool))
		rc = err_set(e, EXIT_ENVIRON, "the campaign %s has found nothing", seed_dir);
	free(spool);
	free(argv[13]);
	return rc;
}

struct copies {
	const char *from, *to; /* directories */
	bool link; /* the same files under other names: for memory, which does not ask how long reading takes */
	uint32_t count, wanted, round;
	struct err *e;
};

/* The recorder ends in a hole, and so does its copy. */
static int copy_file(const char *from, const char *to, struct err *e)
{
	struct buf bytes = BUF_INIT;
	size_t used;
	int rc = file_read(from, 0, &bytes, e);

	for (used = bytes.len; used && !bytes.ptr[used - 1];)
		used--;
	if (rc == 0)
		rc = file_write(to, bytes.ptr, used, e);
	if (rc == 0 && truncate(to, (off_t)bytes.len) < 0)
		rc = err_errno(e, EXIT_ENVIRON, "could not write %s", to);
	buf_release(&bytes);
	return rc;
}

static int multiply_file(const char *name, void *ctx)
{
	const struct copies *c = ctx;
	char *from = xasprintf("%s/%s", c->from, name), *to = xasprintf("%s/%s", c->to, name);
	int rc = 0;

	if (strcmp(name, "stack.txt") != 0) /* triage makes it */
		rc = !c->link		     ? copy_file(from, to, c->e)
			: link(from, to) < 0 ? err_errno(c->e, EXIT_ENVIRON, "could not link %s", to)
					     : 0;
	free(from);
	free(to);
	return rc;
}

static int multiply_bundle(const char *name, void *ctx)
{
	struct copies *c = ctx, one = *c;
	char *from = xasprintf("%s/%s", c->from, name);
	char *to = xasprintf("%s/%06u-%s", c->to, c->round, name);
	int rc = 0;

	one.from = from;
	one.to = to;
	if (name[0] != '.' && c->count < c->wanted) {
		c->count++;
		rc = dir_make(to, c->e);
		if (rc == 0)
			rc = dir_each(from, multiply_file, &one, c->e);
	}
	free(from);
	free(to);
	return rc;
}

/* A campaign of so many bundles; its builds are those of the seed. */
static int multiply(const char *dir, uint32_t wanted, bool link, struct err *e)
{
	char *spool = xasprintf("%s/spool", dir), *builds = xasprintf("%s/builds", dir);
	char *from = xasprintf("%s/spool", seed_dir), *target = xasprintf("../seed/builds");
	struct copies c = { .from = from, .to = spool, .link = link, .wanted = wanted, .e = e };
	int rc = dir_remove(dir, e) < 0 || dir_make(spool, e) < 0 ? -1 : 0;

	if (rc == 0 && symlink(target, builds) < 0)
		rc = err_errno(e, EXIT_ENVIRON, "could not make %s", builds);
	for (; rc == 0 && c.count < wanted; c.round++)
		rc = dir_each(from, multiply_bundle, &c, e);
	free(spool);
	free(builds);
	free(from);
	free(target);
	return rc;
}

static int forget_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a campaign has pipes */

	if (fd < 0)
		return -1;
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	return close(fd);
}

/* Out of the page cache: every file below a directory. */
static int forget(const char *name, void *ctx)
{
	char *path = xasprintf("%s/%s", (const char *)ctx, name);
	struct err ignored = ERR_INIT;
	int rc = 0;

	if (dir_exists(path))
		rc = dir_each(path, forget, path, &ignored);
	else
		forget_file(path);
	free(path);
	return rc;
}

/* As if it had never been triaged. */
static int untriage(const char *name, void *ctx)
{
	char *path = xasprintf("%s/%s/stack.txt", (const char *)ctx, name);

	unlink(path);
	free(path);
	return 0;
}

/* One triage of it from the start; seconds, and the most memory it held, in MiB. */
static int run(const char *dir, double *seconds, double *mebibytes, struct err *e)
{
	char *db = xasprintf("%s/triage.db", dir), *wal = xasprintf("%s/triage.db-wal", dir);
	int64_t start;
	struct rusage used;
	char *quarantine;
	int status = 1;
	bool stale;
	pid_t pid;

	unlink(db);
	unlink(wal);
	free(db);
	free(wal);
	start = clock_ms();
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

		dup2(null, 1);
		execl("build/cgofuzz", "cgofuzz", "triage", "--no-replay", dir, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &used) < 0 || status)
		return err_set(e, EXIT_ENVIRON, "cgofuzz triage %s: %s", dir, proc_describe(status));
	quarantine = xasprintf("%s/quarantine", dir);
	stale = dir_exists(quarantine);
	free(quarantine);
	if (stale)
		return err_set(e, EXIT_ENVIRON,
			       "bundles of %s cannot be read, of another version? remove it",
			       seed_dir);
	*seconds = (double)(clock_ms() - start) / 1000;
	*mebibytes = (double)used.ru_maxrss / 1024;
	return 0;
}

static int rates(json_t *rows, uint32_t count, struct err *e)
{
	static const char dir[] = "build/bench/ingest/rate";
	static char parent[] = "build/bench/ingest", spool[] = "build/bench/ingest/rate/spool";
	double cold[ROUNDS], warm[ROUNDS], mebibytes = 0, s = 1;
	int rc = multiply(dir, count, false, e);

	sync(); /* what is dirty stays in memory; one at a time would take minutes */
	for (int i = 0; rc == 0 && i < ROUNDS; i++) {
		struct err ignored = ERR_INIT;

		dir_each(spool, untriage, spool, &ignored);
		dir_each(parent, forget, parent, &ignored);
		rc = run(dir, &s, &mebibytes, e);
		if (rc < 0)
			break;
		cold[i] = count / s;
		dir_each(spool, untriage, spool, &ignored);
		rc = run(dir, &s, &mebibytes, e);
		if (rc < 0)
			break;
		warm[i] = count / s;
	}
	if (rc < 0)
		return -1;
	figure_add(rows,
		   &(struct figure){ .name = "ingest: bundles from disk, a new process",
				     .unit = "/s",
				     .value = median(cold, ROUNDS),
				     .target = 100 });
	figure_add(rows,
		   &(struct figure){ .name = "ingest: bundles in the page cache",
				     .unit = "/s",
				     .value = median(warm, ROUNDS),
				     .target = 500 });
	return dir_remove(dir, e);
}

static int memory(json_t *rows, uint32_t count, struct err *e)
{
	static const char dir[] = "build/bench/ingest/memory";
	double mebibytes = 0, s = 0;
	char name[64];

	if (multiply(dir, count, true, e) < 0 || run(dir, &s, &mebibytes, e) < 0)
		return -1;
	snprintf(name, sizeof(name), "ingest: %u bundles, the most memory", count);
	figure_add(
		rows,
		&(struct figure){
			.name = name, .unit = "MiB", .value = mebibytes, .target = 1536, .below = 1 });
	return dir_remove(dir, e);
}

int bench_ingest(json_t *rows, struct err *e)
{
	bool small = bench_small();
	int rc = make_seed(e);

	if (rc == 0 && bench_chosen("rate"))
		rc = rates(rows, small ? 500 : RATE_BUNDLES, e);
	if (rc == 0 && bench_chosen("memory"))
		rc = memory(rows, small ? 2000 : MEMORY_BUNDLES, e);
	return rc;
}
