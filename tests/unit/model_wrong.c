/* model_wrong.c: tests. What is no case is refused as by a compiler: place, caret, what to do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/proc.h"
#include "model/case.h"

static const struct {
	const char *text;
	int column;
	const char *msg;
	const char *hint;
} wrong[] = {
#define HINT_LINES \
	"only #include and #pragma pack of 1, 2, 4, 8 or 16 are known; " \
	"paste what gcc -E makes of the text"
#define WRONG(text, column, msg, hint) { text, column, msg, hint },
#include "wrong_case.def"
#undef WRONG
};

/* Parses what must fail; the message is in e. */
static void refuse(const char *text, size_t len, struct err *e)
{
	struct fuzz_case c;

	*e = (struct err)ERR_INIT;
	assert_int_equal(case_parse(&c, text, len, "<case>", e), -1);
	assert_int_equal(e->status, EXIT_USAGE);
	case_release(&c); /* harmless after a failure */
}

static void each_wrong_case_has_its_message_and_caret(void **state)
{
	(void)state;
	assert_true(sizeof(wrong) / sizeof(*wrong) >= 80);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		char *expected = xasprintf("<case>:1:%d: error: %s\n%s\n%*s^\nhint: %s",
					   wrong[i].column, wrong[i].msg, wrong[i].text,
					   wrong[i].column - 1, "", wrong[i].hint);
		struct err e;

		refuse(wrong[i].text, strlen(wrong[i].text), &e);
		assert_string_equal(e.msg, expected);
		free(expected);
	}
}

static void the_place_of_an_error_counts_lines(void **state)
{
	static const char text[] = "// first\ntypedef int a; /* two */\n\tvoid f(a, b)\n";
	struct err e;

	(void)state;
	refuse(text, strlen(text), &e);
	assert_string_equal(e.msg,
			    "<case>:3:12: error: unknown type 'b'\n"
			    " void f(a, b)\n"
			    "           ^\n"
			    "hint: spell it in place, or define it first by a typedef");
}

static void a_long_line_is_cut_around_the_place(void **state)
{
	struct buf text = BUF_INIT;
	struct err e;
	char *line, *caret, *end;

	(void)state;
	for (int i = 0; i < 60; i++)
		buf_addf(&text, "typedef int t%d; ", i);
	buf_addstr(&text, "void f(@) ");
	for (int i = 0; i < 60; i++)
		buf_addstr(&text, "/* more */ ");
	refuse(text.ptr, text.len, &e);
	line = strchr(e.msg, '\n') + 1;
	end = strchr(line, '\n');
	caret = end + 1;
	assert_int_equal(end - line, 100);
	assert_memory_equal(line, "...", 3);
	assert_memory_equal(end - 3, "...", 3);
	assert_int_equal(line[strspn(caret, " ")], '@');
	buf_release(&text);
}

static void bytes_that_are_no_text_are_named(void **state)
{
	struct err e;

	(void)state;
	refuse("void f\0(int)", 12, &e);
	assert_string_equal(e.msg,
			    "<case>:1:7: error: a NUL byte in the case\n"
			    "void f?(int)\n"
			    "      ^\n"
			    "hint: a case is text; is this a binary file?");
	refuse("void f(\xff)", 9, &e);
	assert_string_equal(e.msg,
			    "<case>:1:8: error: the byte 0xff is not UTF-8\n"
			    "void f(?)\n"
			    "       ^\n"
			    "hint: a case is ASCII; comments may be UTF-8");
	refuse("void f(\xc0\x80)", 10, &e); /* overlong */
	assert_non_null(strstr(e.msg, "the byte 0xc0 is not UTF-8"));
	refuse("void f(\xed\xa0\x80)", 11, &e); /* a surrogate */
	assert_non_null(strstr(e.msg, "the byte 0xed is not UTF-8"));
	refuse("void f(\xc3", 8, &e); /* cut off */
	assert_non_null(strstr(e.msg, "the byte 0xc3 is not UTF-8"));
	refuse("/* \xc3\xa9 */ void f(\xc3\xa9)", 19, &e);
	assert_string_equal(e.msg,
			    "<case>:1:16: error: expected a type, "
			    "found a character that has no place here\n"
			    "/* ? */ void f(?)\n"
			    "               ^\n"
			    "hint: write plain C, in ASCII outside of comments");
	refuse("", 0, &e);
	refuse(NULL, 0, &e);
	assert_string_equal(e.msg,
			    "<case>:1:1: error: expected a type, found the end of the case\n"
			    "\n^\nhint: write a C declaration, as in void f(int, struct { char a; })");
}

/* Opens what is never closed, 10,000 times; must be refused in no time and without much stack. */
static void refuse_nesting(const char *start, const char *unit, const char *msg)
{
	struct buf text = BUF_INIT;
	int64_t began = clock_ms();
	struct err e;

	buf_addstr(&text, start);
	for (int i = 0; i < 10000 && text.len + strlen(unit) <= CASE_MAX_TEXT; i++)
		buf_addstr(&text, unit);
	refuse(text.ptr, text.len, &e);
	if (!strstr(e.msg, msg))
		fail_msg("%s: %s", unit, e.msg);
	assert_true(clock_ms() - began < 2000);
	buf_release(&text);
}

static void deep_nesting_is_refused(void **state)
{
	(void)state;
	refuse_nesting("void f(int ", "(", "nested more than 40 deep");
	refuse_nesting("void f(int ", "(*", "nested more than 40 deep");
	refuse_nesting("void f(int ", "(*)(int ", "nested more than 40 deep");
	refuse_nesting("void f(", "struct{", "nested more than 40 deep");
	refuse_nesting("void f(int ", "[2]", "types are nested more than SHAPE_MAX_DEPTH = 16 deep");
	refuse_nesting("void f(int ", "*", "types are nested more than SHAPE_MAX_DEPTH = 16 deep");
	refuse_nesting("void f(int ", "[", "expected an array size");
	refuse_nesting("void f(", "_Atomic(", "nested more than 40 deep");
	refuse_nesting("void f(", "union{enum{A}b;struct{", "nested more than 40 deep");
	refuse_nesting("void f(int ", "*const",
		       "types are nested more than SHAPE_MAX_DEPTH = 16 deep");
}

static void depth_is_counted_through_typedefs(void **state)
{
	struct buf text = BUF_INIT;
	struct err e;

	(void)state;
	buf_addstr(&text, "typedef int t0;");
	for (int i = 1; i <= 2000; i++)
		buf_addf(&text, "typedef t%d *t%d;", i - 1, i);
	buf_addstr(&text, "void f(int, t2000)");
	refuse(text.ptr, text.len, &e);
	assert_non_null(strstr(e.msg, "error: types are nested more than SHAPE_MAX_DEPTH = 16 deep"));
	buf_release(&text);
}

/* Each type holds the one before twice: 2^16 ints by name, 2^n by value. */
static void types_that_double_are_refused_in_no_time(void **state)
{
	int64_t began = clock_ms();
	struct buf text = BUF_INIT;
	struct err e;

	(void)state;
	buf_addstr(&text, "typedef int t0;");
	for (int i = 1; i <= 1000; i++)
		buf_addf(&text, "typedef struct { t%d a, b; } t%d;", i - 1, i);
	buf_addstr(&text, "void f(t15)");
	refuse(text.ptr, text.len, &e);
	assert_non_null(strstr(e.msg, "argument 1 has 32768 scalar leaves"));
	text.len -= strlen("15)");
	buf_addstr(&text, "15 *)");
	refuse(text.ptr, text.len, &e);
	assert_non_null(strstr(e.msg, "more than SHAPE_MAX_TARGET_BYTES"));
	buf_reset(&text);
	buf_addstr(&text, "typedef int t0;");
	for (int i = 1; i <= 7; i++)
		buf_addf(&text, "typedef struct { t%d *a, *b, *c, *d, *e, *g, *h, *i; } t%d;",
			 i - 1, i);
	buf_addstr(&text, "void f(t7 *)");
	refuse(text.ptr, text.len, &e);
	assert_non_null(strstr(e.msg, "is longer than CASE_MAX_TEXT = 65536 bytes"));
	buf_reset(&text);
	buf_addstr(&text, "typedef int t0;\n#pragma pack(2)\n");
	for (int i = 1; i <= 1000; i++)
		buf_addf(&text, "typedef struct { t%d a, b; } t%d;", i - 1, i);
	refuse(text.ptr, text.len, &e);
	assert_non_null(strstr(e.msg, "types are nested more than SHAPE_MAX_DEPTH"));
	assert_true(clock_ms() - began < 2000);
	buf_release(&text);
}

static void a_text_of_ten_megabytes_is_refused(void **state)
{
	size_t len = 10u << 20;
	char *text = xmalloc(len);
	int64_t began = clock_ms();
	struct err e;

	(void)state;
	memset(text, '(', len);
	refuse(text, len, &e);
	assert_non_null(strstr(e.msg,
			       "<case>:1:65537: error: the case has 10485760 bytes, "
			       "CASE_MAX_TEXT = 65536 is the most\n...((("));
	assert_true(clock_ms() - began < 2000);
	free(text);
}

static void control_characters_do_not_reach_the_terminal(void **state)
{
	struct err e;

	(void)state;
	refuse("void f(\033[31m)", 13, &e);
	assert_null(strchr(e.msg, '\033'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_wrong_case_has_its_message_and_caret),
		cmocka_unit_test(the_place_of_an_error_counts_lines),
		cmocka_unit_test(a_long_line_is_cut_around_the_place),
		cmocka_unit_test(bytes_that_are_no_text_are_named),
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(depth_is_counted_through_typedefs),
		cmocka_unit_test(types_that_double_are_refused_in_no_time),
		cmocka_unit_test(a_text_of_ten_megabytes_is_refused),
		cmocka_unit_test(control_characters_do_not_reach_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
