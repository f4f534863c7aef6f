/* prototypes.c: bench. How many prototypes a machine tests in a second: made from recipes, built, crossed
 * on every route they have with every oracle on, each architecture counted. Two processes, as a campaign
 * has them. Beside it: the rate of Go's own signature-fuzzer, Go to Go, without a C compiler. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/proc.h"
#include "base/rng.h"
#include "bench/bench.h"
#include "bench/signature_fuzzer.h"
#include "lane/build.h"

#define CASES 256 /* of a batch: what is paid once a batch is spread over them */
#define BATCHES 3 /* of each architecture */
#define ROUNDS 4 /* visits of a case on each route: seeds and so styles of values */

struct count {
	uint32_t built, unbuildable, faults;
};

/* What Go cannot carry is called from C. */
static void make_case(struct fuzz_case *c, struct rng *rng, enum population population)
{
	uint8_t recipe[RECIPE_MAX_BYTES];
	struct err e = ERR_INIT;

	rng_fill(rng, recipe, sizeof(recipe));
	case_decode(c, recipe, sizeof(recipe), population);
	if (!emit_unsupported(c, 0))
		return;
	c->route = ROUTE_DIRECT;
	c->text = NULL;
	BUG_ON(case_spell(c, &e) < 0);
}

/* A plan for each case, so that a fault in one does not hide another: both directions, captured and not. */
static int write_plan(const char *path, uint32_t slot, struct rng *rng, struct err *e)
{
	uint8_t plan[ROUNDS * 2 * CGOFUZZ_STEP_BYTES];

	rng_fill(rng, plan, sizeof(plan));
	for (uint32_t i = 0; i < ROUNDS * 2; i++) {
		uint8_t *step = plan + (size_t)i * CGOFUZZ_STEP_BYTES;

		step[0] = (uint8_t)slot;
		step[1] = (uint8_t)(slot >> 8);
		step[2] = (uint8_t)((i / 2 % 2 ? 224 : 0) + 1 + i % 2);
		step[3] = (uint8_t)(i / 4 % 2);
	}
	return file_write(path, plan, sizeof(plan), e);
}

static int count_faults(const char *rec_dir, uint64_t *faults, struct err *e)
{
	struct cgofuzz_recorder *r = recorder_map(rec_dir, e);

	if (!r)
		return -1;
	*faults = r->faults;
	recorder_unmap(r);
	return 0;
}

static int run_all(const struct build *build, const struct lane *lane, const char *dir,
		   struct rng *rng, uint64_t *faults, struct err *e)
{
	char *rec_dir = xasprintf("%s/rec", dir), *exe = build_plain(build);
	char *stderr_path = xasprintf("%s/stderr", dir), *paths[CASES] = { NULL };
	struct guest_run run = { .exe = exe,
				 .engine = ENGINE_COUNT,
				 .plans = (const char *const *)paths,
				 .plan_count = CASES,
				 .recorder_dir = rec_dir,
				 .stderr_path = stderr_path,
				 .deadline_ms = 60000 };
	struct guest_result g;
	struct toolchain tools;
	int rc = toolchain_resolve(&tools, lane, e);

	for (uint32_t i = 0; i < CASES && rc == 0; i++) {
		paths[i] = xasprintf("%s/plan%u", dir, i);
		rc = write_plan(paths[i], i, rng, e);
	}
	if (rc == 0)
		rc = recorder_create(rec_dir, build->id, (int)lane->arch->id, e);
	if (rc == 0)
		rc = guest_run(&run, lane, &tools, &g, e);
	if (rc == 0 && g.executions < CASES)
		rc = err_set(e, EXIT_ENVIRON, "the guest ended after %llu of %d plans, see %s",
			     (unsigned long long)g.executions, CASES, stderr_path);
	if (rc == 0)
		rc = count_faults(rec_dir, faults, e);
	for (uint32_t i = 0; i < CASES; i++)
		free(paths[i]);
	free(stderr_path);
	free(exe);
	free(rec_dir);
	return rc;
}

static int one_batch(const struct lane *lane, enum population population, uint64_t seed,
		     const char *dir, struct count *count, struct err *e)
{
	struct fuzz_case cases[CASES];
	struct build build;
	struct batch batch;
	struct rng rng;
	uint64_t faults = 0;
	int rc;

	rng_seed(&rng, seed);
	for (uint32_t i = 0; i < CASES; i++)
		make_case(&cases[i], &rng, population);
	batch_take(&batch, cases, CASES);
	rc = build_batch(&build, &batch, lane, BUILD_PLAIN, 0, e);
	if (rc == 0) {
		rc = run_all(&build, lane, dir, &rng, &faults, e);
		count->built += build.built;
		count->unbuildable += build.unbuildable;
		count->faults += (uint32_t)faults;
		build_release(&build);
	}
	batch_release(&batch);
	return rc;
}

/* In a process of its own; the counts go into the pipe. */
static void architecture(unsigned n, enum population population, int to)
{
	struct count count = { 0, 0, 0 };
	struct err e = ERR_INIT;
	char dir[] = "/tmp/cgofuzz-bench-XXXXXX";
	struct lane lane;
	int rc = lane_parse(&lane, NULL, arch_at(n), &e);

	if (rc == 0 && !mkdtemp(dir))
		rc = err_errno(&e, EXIT_ENVIRON, "cannot make a directory in /tmp");
	for (int i = 0; i < BATCHES && rc == 0; i++)
		rc = one_batch(&lane, population, rng_entropy(), dir, &count, &e);
	if (rc < 0)
		fprintf(stderr, "bench: %s\n", e.msg);
	else
		dir_remove(dir, &e);
	_exit(rc < 0 || write(to, &count, sizeof(count)) != sizeof(count));
}

static int both(enum population population, struct count *sum, double *seconds, struct err *e)
{
	int64_t start = clock_ms();
	int ends[2], status, rc = 0;
	struct count count;
	pid_t pid[2];

	if (pipe(ends) < 0)
		return err_errno(e, EXIT_ENVIRON, "cannot make a pipe");
	for (unsigned n = 0; n < 2; n++) {
		pid[n] = fork();
		if (pid[n] < 0)
			return err_errno(e, EXIT_ENVIRON, "cannot start a process");
		if (pid[n] == 0)
			architecture(n, population, ends[1]);
	}
	for (unsigned n = 0; n < 2; n++)
		if (waitpid(pid[n], &status, 0) < 0 || status != 0)
			rc = err_set(e, EXIT_ENVIRON, "a process of the bench failed");
	*seconds = (double)(clock_ms() - start) / 1000;
	for (unsigned n = 0; n < 2 && rc == 0; n++) {
		if (read(ends[0], &count, sizeof(count)) != sizeof(count))
			return err_set(e, EXIT_ENVIRON, "a process of the bench said nothing");
		sum->built += count.built;
		sum->unbuildable += count.unbuildable;
		sum->faults += count.faults;
	}
	close(ends[0]);
	close(ends[1]);
	return rc;
}

/* go_rate: of Go's own signature-fuzzer; 0: not known. */
static int measure(enum population population, double target, double go_rate, json_t *rows,
		   struct err *e)
{
	struct count sum = { 0, 0, 0 };
	char name[96];
	double seconds = 0;

	if (both(population, &sum, &seconds, e) < 0)
		return -1;
	snprintf(name, sizeof(name), "prototypes of population %s, both architectures",
		 population_names[population]);
	figure_add(rows,
		   &(struct figure){ .name = name,
				     .unit = "/s",
				     .target = target,
				     .value = sum.built / seconds,
				     .reference = go_rate > 0 ? "signature-fuzzer" : NULL,
				     .reference_value = go_rate });
	snprintf(name, sizeof(name), "of %u of them not buildable", sum.built + sum.unbuildable);
	figure_add(rows, &(struct figure){ .name = name, .unit = "", .value = sum.unbuildable });
	snprintf(name, sizeof(name), "of %u of them with a fault", sum.built);
	figure_add(rows, &(struct figure){ .name = name, .unit = "", .value = sum.faults });
	return 0;
}

int bench_prototypes(json_t *rows, struct err *e)
{
	double go_rate = signature_fuzzer_rate();

	if (measure(POPULATION_PLAIN, 120, go_rate, rows, e) < 0)
		return -1;
	return measure(POPULATION_WHOLE, 60, go_rate, rows, e);
}
