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
