/* abi_classify.c: tests. Places of arguments and results; worked out by hand from the documents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "abi/abi.h"
#include "model/case.h"

/* "v0 v1", "sp+16", "*x0" of a pointer to the value, "-" if it has no place. */
static void describe(struct buf *out, const struct abi *abi, const struct abi_value *v)
{
	for (uint32_t i = 0; i < v->part_count; i++) {
		const struct abi_part *part = &v->parts[i];

		buf_addf(out, "%s%s%s", i ? " " : "", v->byref ? "*" : "",
			 abi_register_name(abi, (enum abi_where)part->where, part->number));
		if (part->where == ABI_STACK)
			buf_addf(out, "+%u", part->slot);
	}
	if (!v->part_count)
		buf_addstr(out, "-");
}

/* "result; arg0; arg1; ... | stack bytes" */
static char *places(const char *arch, enum abi_reader reader, const char *text)
{
	const struct abi *abi = abi_find(arch);
	struct arena arena = ARENA_INIT;
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	struct fuzz_case c;
	struct abi_call *call;

	if (case_parse(&c, text, strlen(text), "<test>", &e) < 0)
		fail_msg("%s: %s", text, e.msg);
	call = abi_classify(abi, reader, &c.proto, c.type_count, &arena);
	describe(&out, abi, &call->result);
	for (uint32_t i = 0; i < call->arg_count; i++) {
		buf_addstr(&out, "; ");
		describe(&out, abi, &call->args[i]);
	}
	buf_addf(&out, " | %u", call->stack_bytes);
	arena_release(&arena);
	case_release(&c);
	return buf_detach(&out, NULL);
}

static void expect(const char *arch, enum abi_reader reader, const char *text, const char *wanted)
{
	char *found = places(arch, reader, text);

	if (strcmp(found, wanted))
		fail_msg("%s, %s: %s, not %s", arch, text, found, wanted);
	free(found);
}

static void arm64(const char *text, const char *wanted)
{
	expect("arm64", ABI_DOCUMENT, text, wanted);
}

static void amd64(const char *text, const char *wanted)
{
	expect("amd64", ABI_DOCUMENT, text, wanted);
}

static void test_scalars_take_registers_in_their_order(void **state)
{
	(void)state;
	arm64("int f(char, double, void *, _Float16)", "x0; x0; v0; x1; v1 | 0");
	amd64("int f(char, double, void *, float)", "rax; rdi; xmm0; rsi; xmm1 | 0");
	arm64("double f(long double)", "v0; v0 | 0");
	amd64("double f(long double)", "xmm0; sp+0 | 16");
	amd64("void f(int, int, int, int, int, int, int, char)",
	      "-; rdi; rsi; rdx; rcx; r8; r9; sp+0; sp+8 | 16");
	arm64("void f(int, int, int, int, int, int, int, int, char, char)",
	      "-; x0; x1; x2; x3; x4; x5; x6; x7; sp+0; sp+8 | 16");
}

static void test_arm64_homogeneous_aggregates_take_one_register_a_member(void **state)
{
	(void)state;
	arm64("void f(struct { float a; float b; })", "-; v0 v1 | 0");
	arm64("void f(struct { double a[4]; })", "-; v0 v1 v2 v3 | 0");
	arm64("void f(struct { double a[5]; })", "-; *x0 | 0");
	arm64("void f(struct { float a; double b; })", "-; x0 x1 | 0");
	arm64("void f(struct { struct { float a; } b; union { float c; float d[2]; } e; })",
	      "-; v0 v1 v2 | 0");
	arm64("void f(double _Complex, struct { float _Complex a; float b; })",
	      "-; v0 v1; v2 v3 v4 | 0");
	arm64("void f(struct { long double a; long double b; })", "-; v0 v1 | 0");
	arm64("void f(struct __attribute__((aligned(16))) { float a; })", "-; x0 x1 | 0");
	arm64("struct { float __attribute__((vector_size(16))) a; int __attribute__((vector_size(16))) b; "
	      "} f(void)",
	      "v0 v1 | 0");
	arm64("void f(struct { float a; struct { } b; float c; })", "-; v0 v1 | 0");
}

static void test_arm64_hfa_that_does_not_fit_is_stacked_whole(void **state)
{
	(void)state;
	arm64("void f(double, double, double, double, double, struct { double a[4]; }, double)",
	      "-; v0; v1; v2; v3; v4; sp+0; sp+32 | 40");
	arm64("void f(struct { double a[4]; }, struct { double a[4]; }, float, struct { float a[3]; }, "
	      "long double)",
	      "-; v0 v1 v2 v3; v4 v5 v6 v7; sp+0; sp+8; sp+32 | 48");
}

static void test_arm64_sixteen_byte_alignment_asks_for_even_registers(void **state)
{
	(void)state;
	arm64("void f(int, __int128)", "-; x0; x2 x3 | 0");
	arm64("void f(int, struct { __int128 a; }, int)", "-; x0; x2 x3; x4 | 0");
	arm64("void f(int, struct __attribute__((aligned(16))) { long a; long b; })",
	      "-; x0; x1 x2 | 0"); /* B.6: not natural */
	arm64("void f(int, struct { long a __attribute__((aligned(16))); long b; })",
	      "-; x0; x2 x3 | 0");
	arm64("void f(int, int, int, int, int, int, int, __int128, int)",
	      "-; x0; x1; x2; x3; x4; x5; x6; sp+0; sp+16 | 24");
}

static void test_arm64_composites_are_never_split_and_large_ones_are_copied(void **state)
{
	(void)state;
	arm64("void f(struct { char a[16]; }, struct { char a[17]; }, int)", "-; x0 x1; *x2; x3 | 0");
	arm64("void f(long, long, long, long, long, long, long, struct { long a[2]; }, int)",
	      "-; x0; x1; x2; x3; x4; x5; x6; sp+0; sp+16 | 24");
	arm64("struct { char a[17]; } f(int)", "*x8; x0 | 0");
	arm64("struct { char a[9]; } f(int)", "x0 x1; x0 | 0");
	arm64("void f(long, long, long, long, long, long, long, long, struct { long a[3]; })",
	      "-; x0; x1; x2; x3; x4; x5; x6; x7; *sp+0 | 8");
}

static void test_amd64_eightbytes_are_classified_apart(void **state)
{
	(void)state;
	amd64("void f(struct { long a; double b; })", "-; rdi xmm0 | 0");
	amd64("void f(struct { float a; float b; float c; })", "-; xmm0 xmm1 | 0");
	amd64("void f(struct { float a; int b; double c; })", "-; rdi xmm0 | 0");
	amd64("struct { double a; char b; } f(void)", "xmm0 rax | 0");
	amd64("void f(struct { float __attribute__((vector_size(16))) a; })", "-; xmm0 | 0");
	amd64("void f(union { float __attribute__((vector_size(16))) a; double b[2]; })",
	      "-; xmm0 xmm1 | 0"); /* SSEUP and SSE merge into SSE */
	amd64("void f(union { long double a; long b; })", "-; sp+0 | 16"); /* 5b: X87UP alone */
	amd64("void f(union { long double a; __int128 b; })", "-; rdi rsi | 0");
	amd64("void f(union { long double a; float b; })", "-; sp+0 | 16");
	amd64("void f(struct __attribute__((packed)) { char a; int b; })", "-; sp+0 | 8");
	amd64("void f(struct __attribute__((packed)) { char a; int b : 32; })", "-; rdi | 0");
	amd64("void f(float _Complex, double _Complex, long double _Complex)",
	      "-; xmm0; xmm1 xmm2; sp+0 | 32");
}

static void test_amd64_arguments_are_all_in_registers_or_all_on_the_stack(void **state)
{
	(void)state;
	amd64("void f(int, int, int, int, int, struct { long a; long b; }, int)",
	      "-; rdi; rsi; rdx; rcx; r8; sp+0; r9 | 16");
	amd64("void f(int, int, int, int, int, __int128, int)",
	      "-; rdi; rsi; rdx; rcx; r8; sp+0; r9 | 16");
	amd64("void f(int, int, int, int, int, int, int, __int128)",
	      "-; rdi; rsi; rdx; rcx; r8; r9; sp+0; sp+16 | 32");
	amd64("void f(struct { char a[17]; }, int)", "-; sp+0; rdi | 24");
}

static void test_amd64_results(void **state)
{
	(void)state;
	amd64("struct { long a; long b; } f(void)", "rax rdx | 0");
	amd64("struct { char a[17]; } f(int)", "*rdi; rsi | 0");
	amd64("long double f(void)", "st0 | 0");
	amd64("long double _Complex f(void)", "st0 st1 | 0");
	amd64("struct { long double a; } f(void)", "st0 | 0");
	amd64("struct { long double _Complex a; } f(int)", "*rdi; rsi | 0");
	amd64("__int128 f(void)", "rax rdx | 0");
}

static void test_what_has_no_size_takes_no_place(void **state)
{
	(void)state;
	arm64("struct { } f(struct { int a[0]; }, int)", "-; -; x0 | 0");
	amd64("struct { } f(struct { int a[0]; }, int)", "-; -; rdi | 0");
}

static void test_bitfield_pieces_name_their_bits(void **state)
{
	const char *text = "void f(struct __attribute__((packed)) { int a : 5; long b : 62; })";
	struct arena arena = ARENA_INIT;
	struct err e = ERR_INIT;
	const struct abi_leaf *leaf;
	struct fuzz_case c;

	(void)state;
	assert_int_equal(case_parse(&c, text, strlen(text), "<test>", &e), 0);
	leaf = &abi_classify(abi_find("arm64"), ABI_DOCUMENT, &c.proto, c.type_count, &arena)
			->args[0]
			.leaves[1];
	assert_int_equal(leaf->offset_bits, 5);
	assert_int_equal(leaf->piece_count, 2);
	assert_int_equal(leaf->pieces[0].number, 0);
	assert_int_equal(leaf->pieces[0].byte, 0);
	assert_int_equal(leaf->pieces[0].bit, 5);
	assert_int_equal(leaf->pieces[0].bits, 59);
	assert_int_equal(leaf->pieces[0].size, 8);
	assert_int_equal(leaf->pieces[1].number, 1);
	assert_int_equal(leaf->pieces[1].bit, 0);
	assert_int_equal(leaf->pieces[1].bits, 3);
	assert_int_equal(leaf->pieces[1].size, 1);
	assert_int_equal(leaf->pieces[1].leaf_bit, 59);
	arena_release(&arena);
	case_release(&c);
}

static void test_known_deviations_come_out(void **state)
{
	const char *zero = "void f(struct { float a; int : 0; float b; })";
	const char *split = "void f(int, int, int, int, int, __int128)";
	const char *two = "void f(int, int, int, int, int, int, int, __int128)";
	const char *lost = "typedef unsigned long T __attribute__((aligned(2))); "
			   "void f(struct { short a[3]; T b; })";

	(void)state;
	arm64(zero, "-; v0 v1 | 0");
	expect("arm64", ABI_GCC, zero, "-; v0 v1 | 0");
	expect("arm64", ABI_CLANG, zero, "-; x0 | 0");
	expect("amd64", ABI_GCC, split, "-; rdi; rsi; rdx; rcx; r8; sp+0 | 16");
	expect("amd64", ABI_CLANG, split, "-; rdi; rsi; rdx; rcx; r8; r9 sp+0 | 8");
	expect("amd64", ABI_CLANG, two, "-; rdi; rsi; rdx; rcx; r8; r9; sp+0; sp+8 | 24");
	amd64(lost, "-; sp+0 | 16");
	expect("amd64", ABI_CLANG, lost, "-; rdi | 0");
	expect("amd64", ABI_GCC, "void f(struct { float a; int : 32; })", "-; rdi | 0");
	amd64("void f(struct { float a; int : 32; })", "-; xmm0 | 0");
}

static void test_alignments_beyond_sixteen_count_as_sixteen_on_arm64(void **state)
{
	const char *wide = "typedef short T __attribute__((aligned(32))); void f(int, "
			   "union { __int128 a; T b : 1 __attribute__((packed)); }, "
			   "long, long, long, long, long, long, "
			   "union { __int128 a; T b : 1 __attribute__((packed)); })";

	(void)state;
	arm64("void f(long, long, long, long, long, long, long, long, long, double, "
	      "struct { long double a[4]; }, struct { long double a __attribute__((aligned(32))); "
	      "long double b; long double c[2]; })",
	      "-; x0; x1; x2; x3; x4; x5; x6; x7; sp+0; v0; v1 v2 v3 v4; sp+16 | 80");
	arm64(wide, "-; x0; x2 x3; x4; x5; x6; x7; sp+0; sp+8; sp+16 | 32");
	expect("arm64", ABI_GCC, wide, "-; x0; x1 x2; x3; x4; x5; x6; x7; sp+0; sp+16 | 32");
	expect("arm64", ABI_CLANG, wide, "-; x0; x2 x3; x4; x5; x6; x7; sp+0; sp+8; sp+16 | 32");
}

static void test_flexible_arrays_keep_gcc_from_a_mode(void **state)
{
	const char *flexible = "void f(struct { float a[0]; double _Complex b; int c[]; })";

	(void)state;
	arm64(flexible, "-; v0 v1 | 0");
	expect("arm64", ABI_GCC, flexible, "-; x0 x1 | 0");
	expect("arm64", ABI_GCC, "void f(struct { float a[0]; double _Complex b; })", "-; v0 v1 | 0");
	expect("arm64", ABI_GCC,
	       "void f(struct { long __attribute__((vector_size(16))) a; char b[0]; })", "-; v0 | 0");
}

static void test_clang_takes_nothing_atomic_for_empty(void **state)
{
	const char *empty = "void f(union { _Atomic(struct { }) a; }, int)";

	(void)state;
	arm64(empty, "-; -; x0 | 0");
	expect("arm64", ABI_CLANG, empty, "-; x0; x1 | 0"); /* of 1 byte */
}

static void test_atomic_adds_nothing_that_counts_on_the_stack(void **state)
{
	(void)state;
	arm64("void f(double _Complex, double _Complex, double _Complex, double _Complex, float, "
	      "_Atomic(double _Complex))",
	      "-; v0 v1; v2 v3; v4 v5; v6 v7; sp+0; sp+8 | 24");
	expect("arm64", ABI_CLANG, "void f(int, _Atomic(double _Complex))", "-; x0; x2 x3 | 0");
}

static void test_no_size_but_a_flexible_array(void **state)
{
	const char *aligned = "void f(struct { char a[17]; }, struct { "
			      "float __attribute__((vector_size(32))) a[0]; float b[]; }, "
			      "struct { char a[17]; })";

	(void)state;
	amd64(aligned, "-; sp+0; -; sp+24 | 48");
	expect("amd64", ABI_GCC, aligned, "-; sp+0; -; sp+32 | 56");
	expect("amd64", ABI_CLANG, aligned, "-; sp+0; -; sp+40 | 64");
	expect("amd64", ABI_CLANG,
	       "void f(struct { char a[17]; }, struct { struct { int a[0]; int b[]; } a; int b[0]; }, "
	       "struct { char a[17]; })",
	       "-; sp+0; -; sp+32 | 56"); /* also further in, and not at the end */
	amd64("struct { int a[0]; int b[]; } f(int)", "-; rdi | 0");
	expect("amd64", ABI_CLANG, "struct { int a[0]; int b[]; } f(int)", "*rdi; rsi | 0");
}

static void test_clang_counts_registers_in_its_front_end(void **state)
{
	(void)state;
	/* _Atomic is not counted: the union fits by that count, one half finds a register */
	expect("amd64", ABI_CLANG,
	       "void f(_Atomic(int), int, int, int, int, struct { long a; long b; }, int)",
	       "-; rdi; rsi; rdx; rcx; r8; r9 sp+0; sp+8 | 16");
	/* the sixth int is counted, though it takes the stack: none is left for the struct */
	expect("amd64", ABI_CLANG,
	       "void f(_Atomic(int), int, int, int, int, int, int, struct __attribute__((aligned(16))) "
	       "{ char a; })",
	       "-; rdi; rsi; rdx; rcx; r8; r9; sp+0; sp+16 | 32");
	/* an address for the result is */
	expect("amd64", ABI_CLANG,
	       "struct { long a[3]; } f(int, int, int, int, struct { long a; long b; }, int)",
	       "*rdi; rsi; rdx; rcx; r8; sp+0; r9 | 16");
}

/* What GCC and LLVM make of vectors whose class Clang does not look at, and of those of one __int128. */
static void test_vectors_that_compilers_take_for_something_else(void **state)
{
	const char *half = "struct { __int128 __attribute__((vector_size(16))) a; } f(double, "
			   "struct { __int128 __attribute__((vector_size(16))) a; }, float)";
	const char *wide =
		"_Atomic(int __attribute__((vector_size(32)))) f(double, double, double, double, "
		"double, double, double, _Atomic(float __attribute__((vector_size(32)))), float)";
	const char *odd = "void f(struct { float a[4]; }, struct { float a[4]; }, float, "
			  "struct __attribute__((packed)) { long double a; })";
	const char *single = "void f(_Atomic(double __attribute__((vector_size(8)))), int, "
			     "_Atomic(long __attribute__((vector_size(8)))), "
			     "_Atomic(__int128 __attribute__((vector_size(16)))))";

	(void)state;
	amd64(half, "xmm0; xmm0; xmm1; xmm2 | 0");
	expect("amd64", ABI_CLANG, half, "xmm0; xmm0; xmm1; xmm2 | 0");
	expect("amd64", ABI_GCC, half, "xmm0; xmm0; xmm1; xmm2 | 0"); /* eight bytes of it */
	expect("amd64", ABI_GCC,
	       "void f(struct { __int128 __attribute__((vector_size(16))) a[1]; }, float)",
	       "-; xmm0 xmm1; xmm2 | 0");
	expect("amd64", ABI_GCC, "struct { long : 64; __int128 : 97; } f(long)", "-; rdi | 0");
	amd64("void f(struct { float a; _Atomic(float _Complex) b __attribute__((packed)); })",
	      "-; xmm0 xmm1 | 0");
	expect("arm64", ABI_DOCUMENT, odd, "-; v0 v1 v2 v3; v4 v5 v6 v7; sp+0; sp+8 | 24");
	expect("arm64", ABI_CLANG, odd, "-; v0 v1 v2 v3; v4 v5 v6 v7; sp+0; sp+16 | 32");
	arm64(half, "v0; v0; v1; v2 | 0");
	expect("arm64", ABI_CLANG, half, "x0 x1; v0; x0 x1; v1 | 0");
	amd64(wide, "*rdi; xmm0; xmm1; xmm2; xmm3; xmm4; xmm5; xmm6; sp+0; xmm7 | 32");
	expect("amd64", ABI_CLANG, wide,
	       "xmm0 xmm1; xmm0; xmm1; xmm2; xmm3; xmm4; xmm5; xmm6; xmm7 sp+0; sp+16 | 24");
	arm64(wide, "*x8; v0; v1; v2; v3; v4; v5; v6; *x0; v7 | 0");
	expect("arm64", ABI_CLANG, wide, "v0 v1; v0; v1; v2; v3; v4; v5; v6; v7 sp+0; sp+16 | 24");
	amd64(single, "-; xmm0; rdi; xmm1; xmm2 | 0");
	expect("amd64", ABI_GCC, single, "-; sp+0; rdi; xmm0; xmm1 | 8");
	expect("amd64", ABI_CLANG, single, "-; xmm0; rdi; rsi; rdx rcx | 0");
	arm64(single, "-; v0; x0; v1; v2 | 0");
	expect("arm64", ABI_CLANG, single, "-; v0; x0; v1; x2 x3 | 0");
	expect("amd64", ABI_CLANG, "_Atomic(long double _Complex) f(int)", "*rdi; rsi | 0");
}

static void test_rules_fire_where_they_decide(void **state)
{
	const char *text = "void f(int, __int128)";
	struct arena arena = ARENA_INIT;
	struct err e = ERR_INIT;
	struct fuzz_case c;
	struct abi_call *call;

	(void)state;
	assert_int_equal(case_parse(&c, text, strlen(text), "<test>", &e), 0);
	call = abi_classify(abi_find("arm64"), ABI_DOCUMENT, &c.proto, c.type_count, &arena);
	assert_true(rule_has(&call->args[1].rules, RULE_ARM64_C10));
	assert_true(rule_has(&call->args[1].rules, RULE_ARM64_C11));
	assert_false(rule_has(&call->args[0].rules, RULE_ARM64_C11));
	assert_true(rule_has(&call->rules, RULE_ARM64_C9));
	assert_false(rule_has(&call->rules, RULE_AMD64_CLASS_INT128));
	case_release(&c);
	text = "void f(__int128)"; /* even already */
	assert_int_equal(case_parse(&c, text, strlen(text), "<test>", &e), 0);
	call = abi_classify(abi_find("arm64"), ABI_DOCUMENT, &c.proto, c.type_count, &arena);
	assert_false(rule_has(&call->rules, RULE_ARM64_C10));
	arena_release(&arena);
	case_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scalars_take_registers_in_their_order),
		cmocka_unit_test(test_arm64_homogeneous_aggregates_take_one_register_a_member),
		cmocka_unit_test(test_arm64_hfa_that_does_not_fit_is_stacked_whole),
		cmocka_unit_test(test_arm64_sixteen_byte_alignment_asks_for_even_registers),
		cmocka_unit_test(test_arm64_composites_are_never_split_and_large_ones_are_copied),
		cmocka_unit_test(test_amd64_eightbytes_are_classified_apart),
		cmocka_unit_test(test_amd64_arguments_are_all_in_registers_or_all_on_the_stack),
		cmocka_unit_test(test_amd64_results),
		cmocka_unit_test(test_what_has_no_size_takes_no_place),
		cmocka_unit_test(test_bitfield_pieces_name_their_bits),
		cmocka_unit_test(test_known_deviations_come_out),
		cmocka_unit_test(test_alignments_beyond_sixteen_count_as_sixteen_on_arm64),
		cmocka_unit_test(test_flexible_arrays_keep_gcc_from_a_mode),
		cmocka_unit_test(test_clang_takes_nothing_atomic_for_empty),
		cmocka_unit_test(test_atomic_adds_nothing_that_counts_on_the_stack),
		cmocka_unit_test(test_no_size_but_a_flexible_array),
		cmocka_unit_test(test_clang_counts_registers_in_its_front_end),
		cmocka_unit_test(test_vectors_that_compilers_take_for_something_else),
		cmocka_unit_test(test_rules_fire_where_they_decide),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
