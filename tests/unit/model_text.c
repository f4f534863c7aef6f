/* model_text.c: tests. The text form: what may be written, how it is printed, what is one type. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "model/case.h"

/* text parses, and prints as canonical. */
static const struct {
	const char *text;
	const char *canonical;
} accepted[] = {
	{ "void f(void)", "void f(void)" },
	{ " void\tf\n(\rvoid ) ; ", "void f(void)" },
	{ "[route=call] void f(void)", "void f(void)" },
	{ "[ route = callback ]void f(void);", "[route=callback] void f(void)" },
	{ "struct { char a; struct { float x; } v[3]; } f(int, enum { A, B = 7 }, double (*)[4], "
	  "int (*)(int), void *)",
	  "struct { char a; struct { float x; } v[3]; } f(int, enum { A, B = 7 }, double (*)[4], "
	  "int (*)(int), void *)" },
	{ "int f(int a, char *b, double (*c)[4])", "int f(int, char *, double (*)[4])" },
	/* scalars in any order of their words */
	{ "long unsigned int long f(signed, unsigned, short int signed, char signed)",
	  "unsigned long long f(int, unsigned int, short, signed char)" },
	{ "void f(_Bool, bool, long int, int long long)", "void f(_Bool, _Bool, long, long long)" },
	{ "void f(int8_t, uint16_t, int32_t, uint64_t, size_t, uintptr_t, ssize_t)",
	  "void f(signed char, unsigned short, int, unsigned long, unsigned long, unsigned long, long)" },
	/* parameters as C adjusts them */
	{ "void f(int a[4], int b[2][3], int c(char))", "void f(int *, int (*)[3], int (*)(char))" },
	{ "void f(int a[], int b[][3])", "void f(int *, int (*)[3])" },
	{ "[route=callback-errno] int f(void)", "[route=callback-errno] int f(void)" },
	{ "[ route=function-pointer ] int f(void)", "[route=function-pointer] int f(void)" },
	/* declarators */
	{ "int (f)(void)", "int f(void)" },
	{ "int (*(*f(int))(void))[3]", "int (*(*f(int))(void))[3]" },
	{ "void (*f(int))(int)", "void (*f(int))(int)" },
	{ "void f(int *(*)(int *(*)[2], char **))", "void f(int *(*)(int *(*)[2], char **))" },
	{ "void f(struct { int *a[3], (*b)[3], (*c[2])(void), d[2][3]; })",
	  "void f(struct { int *a[3]; int (*b)[3]; int (*c[2])(void); int d[2][3]; })" },
	{ "void f(int (*(*x)[3])(void))", "void f(int (*(*)[3])(void))" },
	{ "void f(int(void))", "void f(int (*)(void))" },
	{ "void f(int (a))", "void f(int)" },
	/* enums */
	{ "enum { A = -1, B, C = 0x10, D = 010, E = +3, } f(void)",
	  "enum { A = -1, B, C = 16, D = 8, E = 3 } f(void)" },
	{ "void f(enum { A = -2147483648, B = 2147483647 })",
	  "void f(enum { A = -2147483648, B = 2147483647 })" },
	{ "void f(enum { A }, enum { A })", "void f(enum { A }, enum { A })" },
	/* tags and typedefs are spelled in place */
	{ "void f(struct s { int a; }, struct s *)",
	  "void f(struct { int a; }, struct { int a; } *)" },
	{ "struct s { int a; }; enum e { X }; struct s f(enum e)", "struct { int a; } f(enum { X })" },
	{ "typedef struct { int a; } T, *P; typedef int (*fn)(T); T f(P, fn *)",
	  "struct { int a; } f(struct { int a; } *, int (**)(struct { int a; }))" },
	{ "typedef int v[4]; void f(v *, struct { v a; })",
	  "void f(int (*)[4], struct { int a[4]; })" },
	{ "typedef void fn(int); fn f", "void f(int)" },
	{ "typedef int T; void f(struct { T T; })", "void f(struct { int T; })" },
	{ "typedef void nothing; void f(nothing)", "void f(void)" },
	{ "[route=callback] typedef long T; void f(T)", "[route=callback] void f(long)" },
	{ "typedef long T; [route=callback] void f(T)", "[route=callback] void f(long)" },
	/* numbers of every kind */
	{ "long double f(__int128, unsigned __int128, __int128_t, __uint128_t, _Float16, double long)",
	  "long double f(__int128, unsigned __int128, __int128, unsigned __int128, _Float16, long double)" },
	{ "float _Complex f(_Complex double, long double _Complex, __complex__ _Float16)",
	  "float _Complex f(double _Complex, long double _Complex, _Float16 _Complex)" },
	{ "void f(int __attribute__((vector_size(16))), float __attribute__((__vector_size__(8))) *)",
	  "void f(int __attribute__((vector_size(16))), float __attribute__((vector_size(8))) *)" },
	{ "typedef unsigned char u8 __attribute__((vector_size(32))); void f(u8, struct { u8 v[2]; })",
	  "void f(unsigned char __attribute__((vector_size(32))), "
	  "struct { unsigned char __attribute__((vector_size(32))) v[2]; })" },
	{ "void f(struct { int v __attribute__((vector_size(8))); })",
	  "void f(struct { int __attribute__((vector_size(8))) v; })" },
	/* enums of every size */
	{ "void f(enum { A = 4294967295, B = -9223372036854775807 - 1, C = 0x7fffffffffffffff, D = 3 })",
	  "void f(enum { A = 4294967295, B = -9223372036854775807 - 1, C = 9223372036854775807, D = 3 })" },
	{ "void f(enum { A, B } __attribute__((packed)), enum __attribute__((aligned(8))) { C })",
	  "void f(enum __attribute__((packed)) { A, B }, enum __attribute__((aligned(8))) { C })" },
	/* structs, unions and what may stand in them */
	{ "void f(union { int a; float b[2]; }, union u { char c; }, union u)",
	  "void f(union { int a; float b[2]; }, union { char c; }, union { char c; })" },
	{ "void f(struct {}, union { }, struct { struct { } a; int b[0]; })",
	  "void f(struct { }, union { }, struct { struct { } a; int b[0]; })" },
	{ "void f(struct { int n; char d[]; }, struct { struct { short x; }; long v[][0]; })",
	  "void f(struct { int n; char d[]; }, struct { struct { short x; }; long v[][0]; })" },
	{ "void f(struct { int a; union { struct { short b, c; }; float d; }; const struct { int e; }; })",
	  "void f(struct { int a; union { struct { short b; short c; }; float d; }; "
	  "const struct { int e; }; })" },
	{ "void f(struct { int a : 3, : 0, b : 32; _Bool c : 1; long long : 5; enum { A } d : 2; })",
	  "void f(struct { int a : 3; int : 0; int b : 32; _Bool c : 1; long long : 5; "
	  "enum { A } d : 2; })" },
	/* attributes, wherever GCC takes them */
	{ "void f(struct { char a; int b; } __attribute__((__packed__)), "
	  "struct __attribute__((aligned(16), packed)) { int a; } __attribute((,)))",
	  "void f(struct __attribute__((packed)) { char a; int b; }, "
	  "struct __attribute__((packed, aligned(16))) { int a; })" },
	{ "struct __attribute__((packed)) s { char a; int b; }; void f(struct s)",
	  "void f(struct __attribute__((packed)) { char a; int b; })" },
	{ "void f(struct { char a; int b __attribute__((packed)), c : 3 __attribute__((aligned(8))); "
	  "__attribute__((aligned)) long d, __attribute__((packed)) e; _Alignas(32) float g; })",
	  "void f(struct { char a; int b __attribute__((packed)); int c : 3 __attribute__((aligned(8))); "
	  "long d __attribute__((aligned(16))); long e __attribute__((packed, aligned(16))); "
	  "float g __attribute__((aligned(32))); })" },
	{ "typedef double low __attribute__((aligned(4))); void f(low, struct { char a; low b; })",
	  "typedef double T0 __attribute__((aligned(4))); void f(T0, struct { char a; T0 b; })" },
	{ "typedef __attribute__((aligned(32))) int *P, Q[8]; [route=callback] P f(struct { Q q; } *)",
	  "typedef int *T0 __attribute__((aligned(32))); typedef int T1[8] __attribute__((aligned(32))); "
	  "[route=callback] T0 f(struct { T1 q; } *)" },
	{ "typedef int I __attribute__((aligned(2))); typedef const I C; typedef C *P; "
	  "void f(P, I, struct { P (*p)[3]; })",
	  "typedef const int T0 __attribute__((aligned(2))); typedef int T1 __attribute__((aligned(2))); "
	  "void f(T0 *, T1, struct { T0 *(*p)[3]; })" },
	/* qualifiers */
	{ "void f(const char *restrict, char const volatile *const, const struct { int const a; } *)",
	  "void f(const char *, const volatile char *const, const struct { const int a; } *)" },
	{ "void f(_Atomic int, _Atomic(long), int *_Atomic, _Atomic(int (*)(void)), _Atomic const char *)",
	  "void f(_Atomic(int), _Atomic(long), _Atomic(int *), _Atomic(int (*)(void)), "
	  "const _Atomic(char) *)" },
	{ "typedef int v[2]; void f(struct { const v a; _Atomic struct { int b; } c; })",
	  "void f(struct { const int a[2]; _Atomic(struct { int b; }) c; })" },
	{ "void f(const void *, void *volatile (*)[2])",
	  "void f(const void *, void *volatile (*)[2])" },
	/* what is only pointed to need not be known */
	{ "struct s { struct s *next; const struct s *p; int a; }; void f(struct s *, struct unknown *)",
	  "void f(struct { void *next; const void *p; int a; } *, void *)" },
	{ "typedef struct handle handle; void f(handle *, const handle *const *)",
	  "void f(void *, const void *const *)" },
	{ "typedef struct s S; struct s { S *next; }; typedef const S C; void f(S, C)",
	  "void f(struct { void *next; }, const struct { void *next; })" },
	{ "void f(int v __attribute__((vector_size(8))))",
	  "void f(int __attribute__((vector_size(8))))" },
	{ "struct later; struct later { int a; }; void f(struct later)", "void f(struct { int a; })" },
	/* comments */
	{ "/* \xc3\xa9 */ void f(/* none */ void) // end", "void f(void)" },
};

static void parse(struct fuzz_case *c, const char *text)
{
	struct err e = ERR_INIT;

	if (case_parse(c, text, strlen(text), "<case>", &e) < 0)
		fail_msg("%s", e.msg);
}

static void each_text_prints_as_a_person_would_write_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(accepted) / sizeof(*accepted); i++) {
		struct fuzz_case c, again;
		struct buf out = BUF_INIT;

		parse(&c, accepted[i].text);
		assert_string_equal(c.text, accepted[i].canonical);
		case_print(&c, &out);
		assert_string_equal(out.ptr, c.text);
		parse(&again, c.text);
		assert_string_equal(again.text, c.text);
		assert_string_equal(again.id, c.id);
		buf_release(&out);
		case_release(&again);
		case_release(&c);
	}
}

static void a_text_needs_no_terminating_nul(void **state)
{
	struct fuzz_case c;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(case_parse(&c, "void f(int)garbage", 11, "<case>", &e), 0);
	assert_string_equal(c.text, "void f(int)");
	case_release(&c);
}

static void texts_that_differ_have_another_identity(void **state)
{
	struct fuzz_case call, callback;

	(void)state;
	parse(&call, "void f(int)");
	parse(&callback, "[route=callback] void f(int)");
	assert_int_equal(call.route, ROUTE_CALL);
	assert_int_equal(callback.route, ROUTE_CALLBACK);
	assert_string_not_equal(call.id, callback.id);
	case_release(&call);
	case_release(&callback);
}

static void equal_types_become_one_type(void **state)
{
	struct fuzz_case c;

	(void)state;
	parse(&c,
	      "struct { int a; } f(struct { int a; }, struct { struct { int a; } b; }, "
	      "struct { int b; }, enum { A }, enum { A }, enum { B })");
	assert_ptr_equal(c.proto.result, c.proto.args[0]);
	assert_ptr_equal(c.proto.args[0], c.proto.args[1]->members[0].shape);
	assert_ptr_not_equal(c.proto.args[0], c.proto.args[2]);
	assert_ptr_equal(c.proto.args[3], c.proto.args[4]);
	assert_ptr_not_equal(c.proto.args[3], c.proto.args[5]);
	assert_int_equal(c.type_count, 5);
	case_release(&c);
}

static void types_come_after_what_they_need(void **state)
{
	struct fuzz_case c;

	(void)state;
	parse(&c, "void f(struct { struct { enum { A } e; } *p; int (*g)(struct { char c; }); })");
	assert_int_equal(c.type_count, 4);
	assert_int_equal(c.types[0]->kind, SHAPE_ENUM);
	assert_ptr_equal(c.types[1]->members[0].shape, c.types[0]);
	assert_string_equal(c.types[2]->members[0].name, "c");
	assert_ptr_equal(c.types[3], c.proto.args[0]);
	for (uint32_t i = 0; i < c.type_count; i++)
		assert_int_equal(c.types[i]->type_index, i);
	case_release(&c);
}

static void generated_code_uses_tags(void **state)
{
	struct fuzz_case c;
	struct buf out = BUF_INIT;

	(void)state;
	parse(&c,
	      "struct { int *a[2]; enum { X = 3, Y, Z = -2147483648 } b; } "
	      "f(struct { int *a[2]; enum { X = 3, Y, Z = -2147483648 } b; } (*)[4])");
	for (uint32_t i = 0; i < c.type_count; i++)
		shape_define(&out, c.types[i], "S7_");
	shape_declare(&out, c.proto.args[0], "S7_", "name");
	buf_addch(&out, '\n');
	shape_declare(&out, c.proto.result, "S7_", "");
	assert_string_equal(out.ptr,
			    "enum S7_0 {\n"
			    "\tS7_0_0 = 3,\n"
			    "\tS7_0_1,\n"
			    "\tS7_0_2 = -2147483647 - 1,\n"
			    "};\n"
			    "struct S7_1 {\n"
			    "\tint *a[2];\n"
			    "\tenum S7_0 b;\n"
			    "};\n"
			    "struct S7_1 (*name)[4]\n"
			    "struct S7_1");
	buf_release(&out);
	case_release(&c);
}

/* Every change of one byte gives a case that prints and parses back, or an error of four lines. */
static void texts_damaged_by_one_byte_do_no_harm(void **state)
{
	static const char bytes[] = "()[]{},;*=: a1-\n\"\\\xc3/";
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(accepted) / sizeof(*accepted); i++) {
		size_t len = strlen(accepted[i].text);

		memcpy(text, accepted[i].text, len);
		for (size_t at = 0; at < len; at++) {
			for (size_t b = 0; b < sizeof(bytes); b++) {
				struct fuzz_case c, again;
				struct err e = ERR_INIT;

				text[at] = bytes[b];
				if (case_parse(&c, text, len, "<case>", &e) < 0) {
					assert_non_null(strstr(e.msg, "^\nhint: "));
					continue;
				}
				parse(&again, c.text);
				assert_string_equal(again.text, c.text);
				case_release(&again);
				case_release(&c);
			}
			text[at] = accepted[i].text[at];
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_text_prints_as_a_person_would_write_it),
		cmocka_unit_test(a_text_needs_no_terminating_nul),
		cmocka_unit_test(texts_that_differ_have_another_identity),
		cmocka_unit_test(equal_types_become_one_type),
		cmocka_unit_test(types_come_after_what_they_need),
		cmocka_unit_test(generated_code_uses_tags),
		cmocka_unit_test(texts_damaged_by_one_byte_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
