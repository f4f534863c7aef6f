/* builds.c: bench. From the recipes of 64 cases to a runnable fuzz binary: executables are linked when an
 * engine wants them. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/proc.h"
#include "base/rng.h"
#include "bench/bench.h"
#include "lane/build.h"

#define ROUNDS 5
#define LARGE 256

struct job {
	const struct lane *lane;
	uint64_t seed;
	uint32_t cases;
	int64_t wall_ms;
	double cpu_s; /* of this process and of all tools */
	int rc;
	struct err e;
};

static double cpu_s(int who)
{
	struct rusage r;

	getrusage(who, &r);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
		(double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

/* A batch nobody has built before, from recipes to an executable: the cache cannot help. */
static void build_new(struct job *j)
{
	struct batch b;
	struct build out;
	double before = cpu_s(RUSAGE_SELF) + cpu_s(RUSAGE_CHILDREN);
	int64_t start = clock_ms();

	batch_generate(&b, j->cases, j->seed);
	j->rc = build_batch(&out, &b, j->lane, 1u << ENGINE_LIBFUZZER, 0, &j->e);
	j->wall_ms = clock_ms() - start;
	j->cpu_s = cpu_s(RUSAGE_SELF) + cpu_s(RUSAGE_CHILDREN) - before;
	if (j->rc == 0)
		build_release(&out);
	batch_release(&b);
}

/* Two processes, as a campaign has them. */
static int both_at_once(const struct lane *lanes, double *seconds, struct err *e)
{
	int64_t start = clock_ms();
	pid_t pid[2];
	int rc = 0;

	for (int i = 0; i < 2; i++) {
		struct job job = { .lane = &lanes[i],
				   .seed = rng_entropy(),
				   .cases = BATCH_DEFAULT_CASES };

		pid[i] = fork();
		if (pid[i] < 0)
			return err_errno(e, EXIT_ENVIRON, "cannot start a process");
		if (pid[i] > 0)
			continue;
		build_new(&job);
		if (job.rc < 0)
			fprintf(stderr, "bench: %s\n", job.e.msg);
		_exit(job.rc < 0);
	}
	for (int i = 0; i < 2; i++) {
		int status = -1;

		waitpid(pid[i], &status, 0);
		if (status != 0)
			rc = err_set(e, EXIT_ENVIRON, "a build failed");
	}
	*seconds = (double)(clock_ms() - start) / 1000;
	return rc;
}

/* CPU time: it hardly knows how busy the machine is, and says what a farm of machines can build. */
static void add_cpu(json_t *rows, const struct lane *lane, uint32_t cases, double seconds,
		    double go_seconds)
{
	char name[64];

	snprintf(name, sizeof(name), "CPU time a case, %u cases, %s", cases, lane->arch->name);
	figure_add(rows,
		   &(struct figure){ .name = name,
				     .unit = "ms",
				     .below = 1,
				     .value = 1000 * seconds / cases,
				     .reference = go_seconds > 0 ? "go build" : NULL,
				     .reference_value = 1000 * go_seconds / cases });
}

static int one_large(const struct lane *lane, json_t *rows, struct err *e)
{
	struct job j = { .lane = lane, .seed = rng_entropy(), .cases = LARGE };

	build_new(&j);
	if (j.rc < 0)
		return *e = j.e, -1;
	add_cpu(rows, lane, LARGE, j.cpu_s, 0);
	return 0;
}

/* The same batches by both paths in turn: a busy machine is busy for both. */
static int one_alone(const struct lane *lane, json_t *rows, struct err *e)
{
	double seconds[ROUNDS], cpu[ROUNDS], go_seconds[ROUNDS], go_cpu[ROUNDS];
	struct lane reference;
	char name[64];

	lane_reference(&reference, lane);
	for (int i = 0; i < ROUNDS; i++) {
		struct job j = { .lane = lane, .seed = rng_entropy(), .cases = BATCH_DEFAULT_CASES };
		struct job r = { .lane = &reference, .seed = j.seed, .cases = j.cases };

		build_new(&j);
		if (j.rc == 0)
			build_new(&r);
		if (j.rc < 0 || r.rc < 0)
			return *e = j.rc < 0 ? j.e : r.e, -1;
		seconds[i] = (double)j.wall_ms / 1000;
		cpu[i] = j.cpu_s;
		go_seconds[i] = (double)r.wall_ms / 1000;
		go_cpu[i] = r.cpu_s;
	}
	snprintf(name, sizeof(name), "64 cases, %s alone, to a fuzz binary", lane->arch->name);
	figure_add(rows,
		   &(struct figure){ .name = name,
				     .unit = "s",
				     .below = 1,
				     .target = 0.7,
				     .value = median(seconds, ROUNDS),
				     .reference = "go build",
				     .reference_value = median(go_seconds, ROUNDS) });
	add_cpu(rows, lane, BATCH_DEFAULT_CASES, median(cpu, ROUNDS), median(go_cpu, ROUNDS));
	return one_large(lane, rows, e);
}

int bench_builds(json_t *rows, struct err *e)
{
	struct lane lanes[2];
	double seconds[ROUNDS];

	for (unsigned i = 0; i < 2; i++) {
		struct job warm = { .lane = &lanes[i],
				    .seed = rng_entropy(),
				    .cases = BATCH_DEFAULT_CASES };

		struct lane reference;

		if (lane_parse(&lanes[i], NULL, arch_at(i), e) < 0)
			return -1;
		build_new(&warm); /* fills the cache of what is built once: runtime, standard library */
		lane_reference(&reference, &lanes[i]);
		warm.lane = &reference;
		if (warm.rc == 0)
			build_new(&warm);
		if (warm.rc < 0)
			return *e = warm.e, -1;
	}
	for (unsigned i = 0; i < 2; i++)
		if (one_alone(&lanes[i], rows, e) < 0)
			return -1;
	for (int i = 0; i < ROUNDS; i++)
		if (both_at_once(lanes, &seconds[i], e) < 0)
			return -1;
	figure_add(rows,
		   &(struct figure){ .name = "64 cases, both architectures side by side",
				     .unit = "s",
				     .below = 1,
				     .target = 1.2,
				     .value = median(seconds, ROUNDS) });
	return 0;
}
