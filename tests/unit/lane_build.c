/* lane_build.c: tests. Batches are built and run for real, on both architectures and both paths. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "guest/plan.h"
#include "lane/build.h"
#include "lane/tool.h"
#include "tests/unit/scratch.h"

static struct err e;

/* A cache of its own, whose Go packages are kept from run to run, its builds not. */
static int set_up(void **state)
{
	char *cache = xasprintf("%s/build/cache-test", data_dir());
	char *builds = xasprintf("%s/build", cache);
	int rc = dir_make(cache, &e);

	setenv("CGOFUZZ_CACHE", cache, 1);
	if (rc == 0)
		rc = dir_remove(builds, &e);
	free(cache);
	free(builds);
	return rc == 0 ? scratch_make(state) : -1;
}

static void build_some(struct build *out, const char *const *texts, uint32_t count,
		       const char *lane, unsigned programs)
{
	struct batch b;
	struct lane l;

	if (lane_parse(&l, lane, NULL, &e) < 0 || batch_from_cases(&b, texts, count, &e) < 0 ||
	    build_batch(out, &b, &l, programs, 0, &e) < 0)
		fail_msg("%s", e.msg);
	batch_release(&b);
}

static void build(struct build *out, const char *const *texts, uint32_t count, const char *lane)
{
	build_some(out, texts, count, lane, BUILD_ALL);
}

/* Go before 1.21 assumes 32 KiB of stack for a C main thread (golang/go#59294): plans stay shallow. */
static void make_plan(const char *path, const struct toolchain *t)
{
	bool shallow = go_minor(t->go_version) < 21;
	uint8_t plan[64 * CGOFUZZ_STEP_BYTES];

	for (size_t i = 0; i < sizeof(plan); i++) {
		plan[i] = (uint8_t)(i * 37 + i / 8);
		if (shallow && i % CGOFUZZ_STEP_BYTES == 3)
			plan[i] &= 0x7f;
	}
	cgofuzz_plan_calm(plan, plan, sizeof(plan)); /* what fits on small stacks differs by engine */
	assert_int_equal(file_write(path, plan, sizeof(plan), &e), 0);
}

/* Runs one plan in one binary, with a recorder for the build of that id: rec and stderr in scratch. */
static struct guest_result run_guest(const struct build *build, const char *lane, int engine,
				     const char *build_id)
{
	char *rec = in_scratch("rec"), *plan = in_scratch("plan");
	char *said = in_scratch("stderr");
	char *exe = engine == ENGINE_COUNT ? build_plain(build)
					   : build_exe(build, (enum engine)engine);
	const char *plans[] = { plan };
	struct guest_run spec = { exe, (enum engine)engine, plans, 1, rec, said, 60000, false };
	struct guest_result result = { 0 };
	struct toolchain t;
	struct lane l;

	assert_int_equal(dir_remove(rec, &e), 0);
	if (lane_parse(&l, lane, NULL, &e) < 0 || toolchain_resolve(&t, &l, &e) < 0)
		fail_msg("%s", e.msg);
	make_plan(plan, &t);
	if (recorder_create(rec, build_id, (int)l.arch->id, &e) < 0 ||
	    guest_run(&spec, &l, &t, &result, &e) < 0)
		fail_msg("%s", e.msg);
	free(rec);
	free(plan);
	free(said);
	free(exe);
	return result;
}

/* How many crossings a run without faults made. */
static uint64_t run(const struct build *build, const char *lane, int engine)
{
	struct guest_result result = run_guest(build, lane, engine, build->id);
	char *rec = in_scratch("rec");
	struct cgofuzz_recorder *r;

	assert_int_equal(result.wait_status, 0);
	assert_false(result.hung || result.timed_out);
	assert_int_equal(result.executions, 1);
	r = recorder_map(rec, &e);
	assert_non_null(r);
	assert_int_equal(r->faults, 0);
	recorder_unmap(r);
	free(rec);
	return result.crossings;
}

static const char *const plain_cases[] = {
	"struct { char a; double b; } f(struct { int a; float b[2]; }, short)",
	"[route=callback] void f(struct { int type; int _type; double chan[3]; }, int (*)(int))",
	"double (*f(void))[4]",
	"[route=callback] void *f(enum { A = -1, B }, void (*)(void), _Bool, unsigned char **)",
	"void f(void)",
	"struct { char _; struct { int _[2]; int x; } m; } f(struct { int _; float y; })",
	"[route=callback] void f(struct { char x; struct { unsigned char _[3]; double y; } m; }, short)",
};
#define PLAIN (sizeof(plain_cases) / sizeof(*plain_cases))

/* Every engine's binary makes the same crossings of the same plan. */
static void builds_and_runs(const char *lane)
{
	struct build b = { 0 };
	uint64_t crossings;

	build(&b, plain_cases, PLAIN, lane);
	assert_int_equal(b.built, PLAIN);
	assert_int_equal(b.unbuildable, 0);
	crossings = run(&b, lane, ENGINE_COUNT);
	assert_true(crossings >= 128);
	assert_int_equal(run(&b, lane, ENGINE_AFL), crossings);
	assert_int_equal(run(&b, lane, ENGINE_LIBFUZZER), crossings);
	build_release(&b);
}

static void a_batch_is_built_and_runs_on_amd64(void **state)
{
	(void)state;
	builds_and_runs("amd64");
}

static void a_batch_is_built_and_runs_on_arm64(void **state)
{
	(void)state;
	builds_and_runs("arm64");
}

static void compilers_may_differ_and_levels_too(void **state)
{
	(void)state;
	builds_and_runs("amd64-clang14-gcc12-O2-wO2");
	builds_and_runs("arm64-gcc12-clang14-O0-wO1+GOGC=1");
}

static void the_reference_path_builds_the_same(void **state)
{
	(void)state;
	builds_and_runs("amd64-gobuild");
}

static void what_was_built_is_not_built_again(void **state)
{
	static const char *const texts[] = { "void f(int)" };
	struct build first = { 0 }, second = { 0 };

	(void)state;
	build(&first, texts, 1, "amd64");
	build(&second, texts, 1, "amd64");
	assert_string_equal(first.id, second.id);
	assert_true(first.wall_ms > 0);
	assert_int_equal(second.wall_ms, 0);
	build_release(&first);
	build_release(&second);
}

static void a_build_whose_file_was_cut_is_made_again(void **state)
{
	static const char *const texts[] = { "void f(long)" };
	struct build first = { 0 }, second = { 0 };
	char *exe, *object;

	(void)state;
	build(&first, texts, 1, "amd64");
	exe = build_plain(&first);
	object = xasprintf("%s/objects/callee.o", first.dir);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(truncate(i ? object : exe, 100), 0);
		build(&second, texts, 1, "amd64");
		assert_true(second.wall_ms > 0);
		run(&second, "amd64", ENGINE_COUNT);
		build_release(&second);
	}
	free(object);
	free(exe);
	build_release(&first);
}

static bool has(const struct build *b, int engine)
{
	char *exe = build_exe(b, (enum engine)engine);
	bool there = file_exists(exe);

	free(exe);
	return there;
}

static void an_executable_is_linked_when_somebody_wants_it(void **state)
{
	static const char *const lanes[] = { "amd64", "arm64", "amd64-gobuild" };
	static const char *const texts[] = { "long f(signed char, double)" };

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct build first = { 0 }, more = { 0 }, again = { 0 };
		uint64_t crossings;

		build_some(&first, texts, 1, lanes[i], BUILD_PLAIN);
		crossings = run(&first, lanes[i], ENGINE_COUNT);
		assert_false(has(&first, ENGINE_AFL) || has(&first, ENGINE_LIBFUZZER));
		build_some(&more, texts, 1, lanes[i], 1u << ENGINE_LIBFUZZER);
		assert_string_equal(more.dir, first.dir);
		assert_true(more.wall_ms > 0);
		assert_false(has(&more, ENGINE_AFL));
		assert_int_equal(run(&more, lanes[i], ENGINE_LIBFUZZER), crossings);
		build_some(&again, texts, 1, lanes[i], BUILD_PLAIN | 1u << ENGINE_LIBFUZZER);
		assert_int_equal(again.wall_ms, 0);
		build_release(&first);
		build_release(&more);
		build_release(&again);
	}
}

/* The first of three builders is killed; the others succeed. */
static void kill_first(const pid_t pids[3])
{
	int status;

	kill(pids[0], SIGKILL);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(i == 0 || status == 0);
	}
}

/* Three want one more executable each; the first is killed while it links. */
static void those_who_link_at_once_and_killed_ones_do_no_harm(void **state)
{
	static const char *const texts[] = { "long f(float, char)" };
	struct build b = { 0 };
	pid_t pids[3];

	(void)state;
	build_some(&b, texts, 1, "amd64", BUILD_PLAIN);
	build_release(&b);
	for (int i = 0; i < 3; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			build_some(&b, texts, 1, "amd64", 1u << (i ? ENGINE_LIBFUZZER : ENGINE_AFL));
			_exit(0);
		}
		if (i == 0)
			usleep(30000);
	}
	kill_first(pids);
	build(&b, texts, 1, "amd64");
	assert_true(run(&b, "amd64", ENGINE_AFL) > 0);
	assert_int_equal(run(&b, "amd64", ENGINE_AFL), run(&b, "amd64", ENGINE_LIBFUZZER));
	build_release(&b);
}

static void read_unbuildable(const struct build *b, struct buf *text)
{
	char *path = xasprintf("%s/unbuildable", b->dir);

	assert_int_equal(file_read(path, 0, text, &e), 0);
	free(path);
}

/* "linux" is a macro of the compilers' own: the member has no name. */
static void what_a_compiler_rejects_is_left_out_with_its_words(void **state)
{
	static const char *const texts[] = { "void f(int)", "void f(struct { int linux; })",
					     "int f(char)",
					     "[route=callback] struct { int unix; } f(void)" };
	struct buf text = BUF_INIT;
	struct build b = { 0 };

	(void)state;
	build(&b, texts, 4, "amd64");
	assert_int_equal(b.built, 2);
	assert_int_equal(b.unbuildable, 2);
	read_unbuildable(&b, &text);
	assert_int_equal(strncmp(text.ptr, "1\t", 2), 0);
	assert_non_null(strstr(text.ptr, "\n3\t"));
	assert_non_null(strstr(text.ptr, "error: expected"));
	assert_null(strstr(text.ptr, "cache-test")); /* no paths of this machine */
	assert_true(run(&b, "amd64", ENGINE_COUNT) > 0);
	buf_release(&text);
	build_release(&b);
}

static void that_nothing_can_be_built_is_an_error_with_the_reason(void **state)
{
	static const char *const texts[] = { "void f(struct { int linux; })" };
	struct build b = { 0 };
	struct batch batch;
	struct lane l;

	(void)state;
	assert_int_equal(lane_parse(&l, "amd64", NULL, &e), 0);
	assert_int_equal(batch_from_cases(&batch, texts, 1, &e), 0);
	assert_int_equal(build_batch(&b, &batch, &l, BUILD_ALL, 0, &e), -1);
	assert_int_equal(e.status, EXIT_ENVIRON);
	assert_non_null(strstr(e.msg, "error: expected"));
	batch_release(&batch);
}

static void every_generated_case_can_be_built(void **state)
{
	struct batch batch;
	struct build b = { 0 };
	struct lane l;

	(void)state;
	assert_int_equal(lane_parse(&l, "amd64", NULL, &e), 0);
	batch_generate(&batch, 64, 20240229);
	if (build_batch(&b, &batch, &l, BUILD_ALL, 0, &e) < 0)
		fail_msg("%s", e.msg);
	assert_int_equal(b.unbuildable, 0);
	run(&b, "amd64", ENGINE_COUNT);
	batch_release(&batch);
	build_release(&b);
}

/* Two children build the same batch, a third is killed on the way. */
static void builders_at_once_and_killed_ones_do_no_harm(void **state)
{
	static const char *const texts[] = { "void f(unsigned short)", "float f(float)" };
	pid_t pids[3];
	struct build b = { 0 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			build(&b, texts, 2, "amd64");
			build_release(&b);
			_exit(0);
		}
	}
	usleep(300000);
	kill_first(pids);
	build(&b, texts, 2, "amd64");
	assert_int_equal(b.wall_ms, 0);
	run(&b, "amd64", ENGINE_COUNT);
	build_release(&b);
}

static void a_guest_refuses_the_recorder_of_another_build(void **state)
{
	char *said = in_scratch("stderr");
	struct guest_result result;
	struct buf text = BUF_INIT;
	struct build b;

	(void)state;
	build(&b, plain_cases, 1, "amd64");
	result = run_guest(&b, "amd64", ENGINE_COUNT, "00000000000000000000000000000000");
	assert_true(WIFEXITED(result.wait_status));
	assert_int_equal(WEXITSTATUS(result.wait_status), 3);
	assert_int_equal(result.executions, 0);
	assert_int_equal(file_read(said, 0, &text, &e), 0);
	assert_non_null(strstr(text.ptr, "is for build 0000"));
	assert_non_null(strstr(text.ptr, b.id));
	buf_release(&text);
	build_release(&b);
	free(said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_batch_is_built_and_runs_on_amd64),
		cmocka_unit_test(a_batch_is_built_and_runs_on_arm64),
		cmocka_unit_test(compilers_may_differ_and_levels_too),
		cmocka_unit_test(the_reference_path_builds_the_same),
		cmocka_unit_test(what_was_built_is_not_built_again),
		cmocka_unit_test(a_build_whose_file_was_cut_is_made_again),
		cmocka_unit_test(an_executable_is_linked_when_somebody_wants_it),
		cmocka_unit_test(those_who_link_at_once_and_killed_ones_do_no_harm),
		cmocka_unit_test(what_a_compiler_rejects_is_left_out_with_its_words),
		cmocka_unit_test(that_nothing_can_be_built_is_an_error_with_the_reason),
		cmocka_unit_test(every_generated_case_can_be_built),
		cmocka_unit_test(builders_at_once_and_killed_ones_do_no_harm),
		cmocka_unit_test(a_guest_refuses_the_recorder_of_another_build),
	};

	return cmocka_run_group_tests(tests, set_up, scratch_remove);
}
