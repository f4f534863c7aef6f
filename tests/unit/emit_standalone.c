/* emit_standalone.c: tests. Reproducers are made, built and run as a person would: with make. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/proc.h"
#include "emit/batch.h"
#include "lane/build.h"
#include "lane/tool.h"

static struct err e;
static char dir[] = "/tmp/cgofuzz-emit-XXXXXX";

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	return dir_remove(dir, &e);
}

static const char *const cases[] = {
	"struct { char a; double b; } f(struct { int type; int _type; double chan[3]; int _; }, "
	"int (*)(int), double (*)[4], enum { A = 3 }, _Bool)",
	"[route=callback] struct { char a; double b; } f(struct { int type; double chan[3]; }, "
	"int (*)(int), double (*)[4], void *)",
	"void f(void)",
	"[route=errno] struct { unsigned long long a : 40; int : 0; _Bool b : 1; } f(float _Complex, const int)",
	"[route=callback-errno] union { int a; char c[3]; } f(double (*)[4], struct { int type; struct { "
	"short a; }; })",
	"[route=pointer] unsigned __int128 f(struct __attribute__((packed)) { char c; long d; }, struct { int a; "
	"int b[]; })",
	"[route=go-pointer] struct { const int a; } f(union { float a; long b; }, short)",
	"[route=go-pointer] struct { __int128 a; } f(struct { int a __attribute__((aligned(32))); int b : 3; })",
	"[route=slice] int __attribute__((vector_size(16))) f(int __attribute__((vector_size(16))), struct "
	"__attribute__((aligned(64))) { int a; })",
	"[route=function-pointer] double f(struct { char a : 3; short b : 9; })",
	"[route=bytes] struct { long a; } f(__int128, struct { })",
	"[route=noescape] int f(int *)",
	"[route=direct] long double f(_Float16, union { int a; long double b; }, struct { long double _Complex "
	"c; int x : 7; })",
};

/* N of Go 1.N, that of the tree's setup: what stands in for the pinned release may be old. */
static int local_minor(void)
{
	struct toolchain t;
	struct lane l;

	if (lane_parse(&l, "amd64", NULL, &e) < 0 || toolchain_resolve(&t, &l, &e) < 0)
		fail_msg("%s", e.msg);
	return go_minor(t.go_version);
}

/* Returns the first Go 1.N that builds it. */
static int write_case(const char *text, uint64_t seed)
{
	struct fuzz_case c = { 0 };
	int since;

	if (case_parse(&c, text, strlen(text), "<case>", &e) < 0 ||
	    emit_standalone(&c, seed, dir, &e) < 0)
		fail_msg("%s", e.msg);
	since = emit_standalone_since(&c);
	case_release(&c);
	return since;
}

/* The go of the tree's setup comes first in PATH. */
static void run_make(const char *arch, struct buf *out, struct proc_result *result)
{
	char *knob = xasprintf("ARCH=%s", arch), *path;
	char *argv[] = { (char *)"make", (char *)"-s", knob, NULL };
	struct buf root = BUF_INIT;

	file_read(CGOFUZZ_SOURCE_DIR "/build/go-root", 4096, &root, &e);
	buf_rtrim(&root);
	path = xasprintf("PATH=%s/bin:%s", root.ptr, getenv("PATH"));
	{
		char *env[] = { path, (char *)"MAKEFLAGS", (char *)"MFLAGS",
				(char *)"GOFLAGS=", NULL };
		struct proc_spec spec = {
			.argv = argv, .env = env, .cwd = dir, .out = out, .err = out, .deadline_ms = 300000
		};

		assert_int_equal(proc_run(&spec, result, &e), 0);
	}
	buf_release(&root);
	free(path);
	free(knob);
}

static void runs_clean(const char *arch)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf out = BUF_INIT;
		struct proc_result result;

		if (write_case(cases[i], i + 1) > local_minor())
			continue;
		run_make(arch, &out, &result);
		if (result.status || !strstr(out.ptr, "all as expected"))
			fail_msg("%s", out.ptr);
		buf_release(&out);
	}
}

/* What a file defines and does not use, a compiler complains of. */
static void only_what_is_used_is_written(void **state)
{
	char *path = xasprintf("%s/main.go", dir);
	struct buf text = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *argv[] = { (char *)"gcc",
				 (char *)"-std=gnu17",
				 (char *)"-Wall",
				 (char *)"-Wextra",
				 (char *)"-Wno-abi",
				 (char *)"-Wno-psabi",
				 (char *)"-Wno-unused-parameter",
				 (char *)"-Werror=unused",
				 (char *)"-fsyntax-only",
				 (char *)"case.c",
				 NULL };
		struct buf out = BUF_INIT;
		struct proc_spec spec = {
			.argv = argv, .cwd = dir, .out = &out, .err = &out, .deadline_ms = 60000
		};
		struct proc_result result;

		write_case(cases[i], i + 1);
		assert_int_equal(proc_run(&spec, &result, &e), 0);
		if (result.status)
			fail_msg("%s: %s", cases[i], out.ptr);
		buf_release(&out);
	}
	write_case("void f(int)", 1);
	assert_int_equal(file_read(path, 0, &text, &e), 0);
	assert_null(strstr(text.ptr, "Bits("));
	assert_null(strstr(text.ptr, "check("));
	assert_null(strstr(text.ptr, "memory"));
	assert_non_null(strstr(text.ptr, "func put("));
	buf_release(&text);
	free(path);
}

static void reproducers_run_on_amd64(void **state)
{
	(void)state;
	runs_clean("amd64");
}

static void reproducers_run_on_arm64(void **state)
{
	(void)state;
	runs_clean("arm64");
}

static void a_difference_is_shown_and_fails(void **state)
{
	char *path = xasprintf("%s/case.c", dir), *at;
	struct buf out = BUF_INIT, text = BUF_INIT;
	struct proc_result result;

	(void)state;
	write_case("void f(int)", 1);
	assert_int_equal(file_read(path, 0, &text, &e), 0);
	at = strstr(text.ptr, "sizeof a0, 0x");
	assert_non_null(at);
	at[13] = at[13] == '1' ? '2' : '1';
	assert_int_equal(file_write(path, text.ptr, text.len, &e), 0);
	run_make("amd64", &out, &result);
	assert_int_not_equal(result.status, 0);
	assert_non_null(strstr(out.ptr, "expected 0x"));
	assert_non_null(strstr(out.ptr, "got 0x"));
	assert_non_null(strstr(out.ptr, "WRONG"));
	buf_release(&out);
	buf_release(&text);
	free(path);
}

/* Whatever happens around it, a sound call is sound. */
static void what_is_around_a_call_builds_and_runs(void **state)
{
	static const struct {
		unsigned around;
		uint32_t depth, frame, stack;
	} list[] = {
		{ .depth = 3 },
		{ .depth = 4, .frame = 16384 },
		{ .around = AROUND_GC },
		{ .around = AROUND_GOROUTINE, .depth = 2 },
		{ .around = AROUND_THREAD, .depth = 2, .frame = 1024, .stack = 256 << 10 },
		{ .around = AROUND_FP },
		{ .around = AROUND_SIGNAL },
		{ .around = AROUND_GC | AROUND_GOROUTINE | AROUND_THREAD | AROUND_FP | AROUND_SIGNAL,
		  .depth = 1 },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(list) / sizeof(list[0]); i++) {
		const struct standalone_how how = { .level_seed = 1,
						    .around = list[i / 2].around,
						    .depth = list[i / 2].depth,
						    .frame = list[i / 2].frame,
						    .stack = list[i / 2].stack };
		struct buf out = BUF_INIT;
		struct proc_result result;
		struct fuzz_case c = { 0 };
		const char *text = i % 2 ? "[route=callback] int f(double)" : "int f(double)";

		assert_int_equal(case_parse(&c, text, strlen(text), "<case>", &e), 0);
		assert_int_equal(emit_standalone_of(&c, &how, dir, &e), 0);
		run_make("amd64", &out, &result);
		if (result.status || !strstr(out.ptr, "all as expected"))
			fail_msg("around %u, depth %u: %s", how.around, how.depth, out.ptr);
		case_release(&c);
		buf_release(&out);
	}
}

static int no_trace(const char *name, void *ctx)
{
	char *path = xasprintf("%s/%s", dir, name);
	struct buf text = BUF_INIT;

	(void)ctx;
	if (!strncmp(name, "main.go", 7) || !strncmp(name, "case.", 5) || !strcmp(name, "README")) {
		assert_int_equal(file_read(path, 0, &text, &e), 0);
		assert_null(strstr(text.ptr, "cgofuzz"));
	}
	buf_release(&text);
	free(path);
	return 0;
}

static void nothing_of_the_harness_is_in_them(void **state)
{
	(void)state;
	write_case(cases[0], 1);
	assert_int_equal(dir_each(dir, no_trace, NULL, &e), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_used_is_written),
		cmocka_unit_test(reproducers_run_on_amd64),
		cmocka_unit_test(reproducers_run_on_arm64),
		cmocka_unit_test(a_difference_is_shown_and_fails),
		cmocka_unit_test(what_is_around_a_call_builds_and_runs),
		cmocka_unit_test(nothing_of_the_harness_is_in_them),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
