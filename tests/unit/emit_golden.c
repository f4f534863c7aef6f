/* emit_golden.c: tests. What is generated, to the letter: tests/unit/golden/. After a wanted change:
 * CGOFUZZ_UPDATE=1 build/unit/emit_golden, and EMIT_VERSION goes up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "emit/batch.h"
#include "guest/wire.h"

static struct err e;

static void compare(const char *name, const struct buf *text)
{
	char *path = xasprintf(CGOFUZZ_SOURCE_DIR "/tests/unit/golden/%s", name);
	struct buf golden = BUF_INIT;

	if (getenv("CGOFUZZ_UPDATE"))
		assert_int_equal(file_write(path, text->ptr, text->len, &e), 0);
	assert_int_equal(file_read(path, 0, &golden, &e), 0);
	assert_string_equal(text->ptr, golden.ptr);
	buf_release(&golden);
	free(path);
}

/* Of both routes, every kind of type, keywords of Go, and a slot that is left out. */
static const char *const texts[] = {
	"struct { char a; double b; } f(struct { int a; float b[2]; }, short)",
	"[route=callback] void f(enum { A = -1, B }, struct { struct { long type; } func[2]; int _; })",
	"int f(struct { int linux; })",
	"int (*f(void *, double (*)[4], void (*)(int), unsigned char **))(void)",
};

/* One of each route on which Go calls C in another way. */
static const char *const route_texts[] = {
	"[route=errno] int f(struct { int a; float b[2]; })",
	"[route=callback-errno] void f(int)",
	"[route=pointer] double f(struct { int a; float b[2]; }, int (*)(int))",
	"[route=go-pointer] struct { int a; } f(short)",
	"[route=slice] struct { int a; } f(unsigned long, void *)",
	"[route=function-pointer] struct { int a; } f(short, double (*)[4])",
	"[route=bytes] struct { int a; } f(short, enum { A })",
	"[route=noescape] int f(int *)",
	"int f(__attribute__((vector_size(16))) int)",
	"[route=pointer] void f(struct __attribute__((aligned(64))) { int a; })",
	("typedef int __attribute__((vector_size(8))) T0 __attribute__((aligned(32))); "
	 "[route=pointer] void f(T0, struct { T0 a; })"),
	"[route=go-pointer] struct { __int128 a; } f(short, struct { int a __attribute__((aligned(32))); int b : 3; })",
};

static void emitted(struct batch *b, struct emit_options *o)
{
	static const bool skip[4] = { false, false, true, false };

	*o = (struct emit_options){ .build_id = "0123456789abcdef0123456789abcdef",
				    .skip = skip,
				    .lane = "amd64-test",
				    .entry_preamble = "/* preamble */\n",
				    .entry = "// entry\n" };
	if (batch_from_cases(b, texts, 4, &e) < 0)
		fail_msg("%s", e.msg);
}

static void check_part(void (*emit)(struct buf *, const struct batch *, const struct emit_options *),
		       const char *name)
{
	struct buf text = BUF_INIT;
	struct emit_options o;
	struct batch b;

	emitted(&b, &o);
	emit(&text, &b, &o);
	compare(name, &text);
	buf_release(&text);
	batch_release(&b);
}

static void check_routes(void (*emit)(struct buf *, const struct batch *, const struct emit_options *),
			 const char *name, int go_minor)
{
	struct emit_options o = { .build_id = "0", .go_minor = go_minor };
	struct buf text = BUF_INIT;
	struct batch b;

	if (batch_from_cases(&b, route_texts, sizeof(route_texts) / sizeof(*route_texts), &e) < 0)
		fail_msg("%s", e.msg);
	emit(&text, &b, &o);
	if (name)
		compare(name, &text);
	else
		assert_null(strstr(text.ptr, "Pinner"));
	buf_release(&text);
	batch_release(&b);
}

static void every_route_has_its_own_call(void **state)
{
	(void)state;
	check_routes(emit_callee_c, "routes.c.txt", 0);
	check_routes(emit_go, "routes.go.txt", 0);
	check_routes(emit_go, NULL, 20); /* runtime.Pinner came with 1.21 */
}

static void the_c_side_is_as_it_was(void **state)
{
	(void)state;
	check_part(emit_callee_c, "callee.c.txt");
}

static void the_go_side_is_as_it_was(void **state)
{
	(void)state;
	check_part(emit_go, "c0.go.txt");
}

static void the_trampolines_are_as_they_were(void **state)
{
	(void)state;
	check_part(emit_stubs, "stubs.S.txt");
	check_part(emit_wraps, "wraps.txt");
}

static const struct target_case broken_rows[] = {
	{ "hooked", "int f(int)", TARGET_CALLEE, 0xff, CGOFUZZ_FAULT_LEAF, "leaf", "",
	  "planted_hook", "plantedHook", "planted_stub", "int f(long)", NULL },
};

/* A target's row changes the C side's hooks and types, the Go side's hook, and the stub. */
static void a_row_of_a_target_reaches_every_file(void **state)
{
	struct target t = { "broken", "", broken_rows, 1, NULL };
	struct emit_options o = { .build_id = "0" };
	struct buf c = BUF_INIT, go = BUF_INIT, stubs = BUF_INIT;
	struct batch b;

	(void)state;
	assert_int_equal(batch_from_target(&b, &t, CGOFUZZ_ARCH_AMD64, &e), 0);
	emit_callee_c(&c, &b, &o);
	emit_go(&go, &b, &o);
	emit_stubs(&stubs, &b, &o);
	for (int phase = 0; phase <= 4; phase++) {
		char call[32];

		snprintf(call, sizeof(call), "planted_hook(%d, ", phase);
		assert_non_null(strstr(c.ptr, call));
	}
	assert_non_null(strstr(c.ptr, "int f0(long a0)"));
	assert_non_null(strstr(go.ptr, "int f0(int a0);"));
	assert_non_null(strstr(go.ptr, "Call: call0, Hook: plantedHook},\n"));
	assert_non_null(
		strstr(stubs.ptr, "CGOFUZZ_STUB_VIA __wrap_f0, planted_stub, __real_f0, 0, 0\n"));
	buf_release(&c);
	buf_release(&go);
	buf_release(&stubs);
	batch_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_c_side_is_as_it_was),
		cmocka_unit_test(every_route_has_its_own_call),
		cmocka_unit_test(the_go_side_is_as_it_was),
		cmocka_unit_test(the_trampolines_are_as_they_were),
		cmocka_unit_test(a_row_of_a_target_reaches_every_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
