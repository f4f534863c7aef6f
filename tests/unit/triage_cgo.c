/* triage_cgo.c: tests. What cgo makes of C types: each row from a fault as a guest would report it; the
 * numbers are those of Go 1.26.8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "triage/cgo.h"

#define GCC "amd64-gcc12-gcc12"
#define CLANG "arm64-clang14-clang14"

static enum cgo_row row_of(const char *lane_name, const char *text, const struct cgofuzz_fault *f)
{
	struct err e = ERR_INIT;
	struct fuzz_case c;
	struct lane lane;
	enum cgo_row row;

	if (lane_parse(&lane, lane_name, NULL, &e) < 0 ||
	    case_parse(&c, text, strlen(text), "<test>", &e) < 0)
		fail_msg("%s", e.msg);
	row = cgo_row_of(f, &c, &lane);
	case_release(&c);
	return row;
}

/* C and Go disagree on the size of the first argument. */
static enum cgo_row size_row(const char *lane, const char *text, uint64_t c_size, uint64_t go_size)
{
	struct cgofuzz_fault f = { .kind = CGOFUZZ_FAULT_LAYOUT,
				   .leaf = CGOFUZZ_LAYOUT_SIZE,
				   .expected = c_size,
				   .got = go_size,
				   .sides = CGOFUZZ_SIDE_CALLEE | CGOFUZZ_SIDE_GO << 8 };

	return row_of(lane, text, &f);
}

static enum cgo_row offset_row(const char *text, uint32_t leaf, uint64_t c, uint64_t go)
{
	struct cgofuzz_fault f = { .kind = CGOFUZZ_FAULT_LAYOUT,
				   .leaf = leaf,
				   .expected = c,
				   .got = go,
				   .sides = CGOFUZZ_SIDE_CALLEE | CGOFUZZ_SIDE_GO << 8 };

	return row_of(GCC, text, &f);
}

static enum cgo_row value_row(const char *text, uint32_t leaf)
{
	struct cgofuzz_fault f = { .kind = CGOFUZZ_FAULT_LEAF, .leaf = leaf };

	return row_of(GCC, text, &f);
}

static void sizes_are_foreseen_to_the_byte(void **state)
{
	const char *packed = "void f(struct __attribute__((packed)) { double a; char b; })";
	const char *nested =
		"void f(struct { struct __attribute__((packed)) { long a; char b; } b; })";
	const char *tail = "void f(struct { int : 19; short a; struct { int a; } b[0]; })";
	const char *padded =
		"void f(struct __attribute__((packed)) { int a[0]; char : 7; char b[0]; })";

	(void)state;
	assert_int_equal(size_row(GCC, packed, 9, 16), CGO_ROUND);
	assert_int_equal(size_row(GCC, packed, 9, 24), CGO_NONE);
	assert_int_equal(size_row(CLANG, packed, 9, 16), CGO_ROUND);
	assert_int_equal(size_row(GCC, packed, 12, 16), CGO_NONE); /* C sees another type */
	assert_int_equal(size_row(GCC, nested, 9, 16), CGO_ROUND);
	assert_int_equal(size_row(GCC, tail, 8, 6), CGO_TAIL);
	assert_int_equal(size_row(GCC, padded, 1, 4), CGO_ROUND);
	assert_int_equal(size_row(GCC, "void f(struct { char a; double b; })", 16, 24), CGO_NONE);
}

static void sizes_that_atomic_rounds_up_are_clangs(void **state)
{
	const char *text = "void f(_Atomic(struct { char a[3]; }))";

	(void)state;
	assert_int_equal(size_row(CLANG, text, 4, 3), CGO_ATOMIC);
	assert_int_equal(size_row(GCC, text, 4, 3), CGO_NONE);
}

static void bitfields_as_wide_as_their_type_are_fields_for_clang(void **state)
{
	const char *text =
		"void f(struct __attribute__((packed)) { int a : 32; double b; short c; })";

	(void)state;
	assert_int_equal(size_row(CLANG, text, 14, 16), CGO_ROUND);
	assert_int_equal(size_row(GCC, text, 14, 16), CGO_NONE);
}

static void offsets_follow_from_sizes(void **state)
{
	const char *text =
		"void f(struct { struct __attribute__((packed)) { long a; char b; } a; char c; })";

	(void)state;
	assert_int_equal(offset_row(text, 2, 9, 16), CGO_ROUND);
	assert_int_equal(offset_row(text, 2, 9, 12), CGO_NONE);
	assert_int_equal(offset_row(text, 1, 8, 16), CGO_NONE);
}

static void values_without_a_field_may_be_lost(void **state)
{
	const char *bits = "void f(struct { unsigned short a; char b; int c : 3; int d; })";
	const char *packed =
		"void f(struct { char a; struct { long b; } c __attribute__((packed)); })";

	(void)state;
	assert_int_equal(value_row(bits, 2), CGO_FIELD);
	assert_int_equal(value_row(bits, 3), CGO_NONE);
	assert_int_equal(value_row(packed, 0), CGO_NONE);
	assert_int_equal(value_row(packed, 1), CGO_FIELD);
	assert_int_equal(value_row("void f(union { int a : 3; int b; })", 0), CGO_NONE);
	assert_int_equal(value_row("[route=pointer] void f(struct { int c : 3; })", 0), CGO_FIELD);
	assert_int_equal(value_row("[route=slice] void f(struct { int c : 3; })", 0), CGO_FIELD);
	assert_int_equal(value_row("[route=go-pointer] void f(struct { int c : 3; })", 0), CGO_NONE);
	assert_int_equal(value_row("[route=bytes] void f(struct { int c : 3; })", 0), CGO_NONE);
}

/* What has lost its last member is aligned less in Go's frame than in the wrapper's struct. */
static void arguments_behind_a_lost_tail_are_shifted(void **state)
{
	const char *text = "void f(char, struct { char a[8]; long b[0]; }, char)";
	const char *last = "void f(char, struct { char a[8]; long b[0]; }, long)";

	(void)state;
	assert_int_equal(value_row(text, 0), CGO_NONE);
	assert_int_equal(value_row(text, 1), CGO_FRAME);
	assert_int_equal(value_row(text, 9), CGO_FRAME);
	assert_int_equal(value_row(last, 9), CGO_NONE); /* aligned again */
}

static void results_are_aligned_to_a_pointer_where_go_calls(void **state)
{
	struct cgofuzz_fault f = { .kind = CGOFUZZ_FAULT_LEAF, .is_result = 1 };
	const char *text = "struct { char a[8]; long b[0]; } f(char)";

	(void)state;
	assert_int_equal(row_of(GCC, text, &f), CGO_NONE);
	f.direction = CGOFUZZ_C_TO_GO;
	assert_int_equal(row_of(GCC, text, &f), CGO_FRAME);
}

static void exported_functions_are_declared_without_atomic(void **state)
{
	struct cgofuzz_fault f = { .kind = CGOFUZZ_FAULT_LEAF,
				   .direction = CGOFUZZ_C_TO_GO,
				   .leaf = 8 };
	const char *text = "void f(double, double, double, double, double, double, double, double, "
			   "_Atomic(float _Complex))";

	(void)state;
	assert_int_equal(row_of(CLANG, text, &f), CGO_ATOMIC);
	assert_int_equal(row_of(GCC, text, &f), CGO_NONE);
	f.direction = CGOFUZZ_GO_TO_C;
	assert_int_equal(row_of(CLANG, text, &f), CGO_NONE);
}

static void signals_on_the_way_into_such_a_function_are_foreseen(void **state)
{
	struct cgofuzz_fault f = { .kind = CGOFUZZ_FAULT_SIGNAL, .direction = CGOFUZZ_C_TO_GO };
	const char *text = "void f(double, double, double, double, double, double, double, double, "
			   "_Atomic(float _Complex))";

	(void)state;
	assert_int_equal(row_of(CLANG, text, &f), CGO_ATOMIC);
	assert_int_equal(row_of(CLANG, "void f(float _Complex)", &f), CGO_NONE);
	assert_int_equal(row_of(GCC, text, &f), CGO_NONE);
	f.direction = CGOFUZZ_GO_TO_C;
	assert_int_equal(row_of(CLANG, text, &f), CGO_NONE);
}

static void a_control_has_no_cgo_in_it(void **state)
{
	struct cgofuzz_fault f = { .kind = CGOFUZZ_FAULT_LEAF, .control = CGOFUZZ_CONTROL_DIRECT };

	(void)state;
	assert_int_equal(row_of(GCC, "void f(struct { int c : 3; })", &f), CGO_NONE);
	f.control = CGOFUZZ_CONTROL_NONE;
	assert_int_equal(row_of(GCC, "void f(struct { int c : 3; })", &f), CGO_FIELD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_foreseen_to_the_byte),
		cmocka_unit_test(sizes_that_atomic_rounds_up_are_clangs),
		cmocka_unit_test(bitfields_as_wide_as_their_type_are_fields_for_clang),
		cmocka_unit_test(offsets_follow_from_sizes),
		cmocka_unit_test(values_without_a_field_may_be_lost),
		cmocka_unit_test(arguments_behind_a_lost_tail_are_shifted),
		cmocka_unit_test(results_are_aligned_to_a_pointer_where_go_calls),
		cmocka_unit_test(exported_functions_are_declared_without_atomic),
		cmocka_unit_test(signals_on_the_way_into_such_a_function_are_foreseen),
		cmocka_unit_test(a_control_has_no_cgo_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
