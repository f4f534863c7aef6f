/* model_bare.c: tests. Types alone, as bug reports show them, and what such a text brings along. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/case.h"

/* What f takes and returns, and a word of each note but that. */
static const struct {
	const char *text, *type, *note;
} bare[] = {
	{ "struct { char a; __int128 v; }", "struct { char a; __int128 v; }", "" },
	{ "struct s { int a; };", "struct { int a; }", "" },
	{ "union u { int a; float b; } ;", "union { int a; float b; }", "" },
	{ "typedef struct { int a; } name;", "struct { int a; }", "" },
	{ "typedef struct s s_t, *s_p; struct s { s_p next; int n; };",
	  "struct { void *next; int n; }", "" },
	{ "double", "double", "" },
	{ "typedef int __attribute__((vector_size(16))) v4;",
	  "int __attribute__((vector_size(16)))", "" },
	{ "enum e { A, B };", "enum { A, B }", "" },
	{ "struct s { int a; }; const struct s", "const struct { int a; }", "" },
	/* the last struct or union, whatever comes after */
	{ "enum e { A }; struct s { enum e e; }; typedef struct s *p; enum g { B };",
	  "struct { enum { A } e; }", "" },
	{ "struct in { short a; }; /* and */ struct out {\n\tstruct in a[2]; // two\n\tuint8_t b;\n};\n",
	  "struct { struct { short a; } a[2]; unsigned char b; }", "" },
	{ "struct { bool b; char16_t c; char32_t d; __u8 e; __s64 f; size_t g; }",
	  "struct { _Bool b; unsigned short c; unsigned int d; unsigned char e; long long f; "
	  "unsigned long g; }",
	  "" },
	{ "struct { alignas(16) int a; __extension__ union { int b; float c; }; }",
	  "struct { int a __attribute__((aligned(16))); union { int b; float c; }; }", "" },
	/* what is passed over */
	{ "#include <stdint.h>\n #pragma once\n# 3 \"a.c\"\n#pragma GCC diagnostic push\nstruct { int a; }",
	  "struct { int a; }", "lines that begin with #" },
	{ "_Static_assert(sizeof(int) == 4, \"a)\\\"\"); struct { int a; static_assert(1); };",
	  "struct { int a; }", "static assertions" },
	/* #pragma pack, as the compilers lay it out */
	{ "#pragma pack(1)\nstruct { char a; long b; int c : 3; }",
	  "struct { char a; long b __attribute__((packed)); int c : 3 __attribute__((packed)); }",
	  "#pragma pack" },
	{ "#pragma pack(push, 4)\nstruct a { char a; long b; short c; };\n#pragma pack(pop)\n"
	  "struct b { struct a a; long b; };",
	  "struct { struct { char a; long b __attribute__((packed, aligned(4))); short c; } a; "
	  "long b; }",
	  "#pragma pack" },
	{ "#pragma pack(push)\n#pragma pack(2)\n#pragma pack(pop)\nstruct { long a; }",
	  "struct { long a; }", "" },
	{ "#pragma pack(2)\n#pragma pack()\nstruct { long a; }", "struct { long a; }", "" },
	{ "#pragma pack(8)\nstruct { __int128 a; long b __attribute__((aligned(32))); }",
	  "struct { __int128 a __attribute__((packed, aligned(8))); "
	  "long b __attribute__((packed, aligned(8))); }",
	  "#pragma pack" },
	{ "#pragma pack(4)\nstruct { char a; short b : 9; long c : 40; }",
	  "struct __attribute__((aligned(4))) { char a; short b : 9 __attribute__((packed)); "
	  "long c : 40 __attribute__((packed)); }",
	  "#pragma pack" },
};

static void a_type_alone_is_passed_to_f_and_returned(void **state)
{
	struct err e = ERR_INIT;
	struct fuzz_case c;

	(void)state;
	for (size_t i = 0; i < sizeof(bare) / sizeof(*bare); i++) {
		char *wanted = xasprintf("%s f(%s)", bare[i].type, bare[i].type);

		if (case_parse(&c, bare[i].text, strlen(bare[i].text), "<case>", &e) < 0)
			fail_msg("%s", e.msg);
		assert_string_equal(c.text, wanted);
		assert_non_null(c.notes);
		assert_non_null(strstr(c.notes, "no function f is declared"));
		assert_non_null(strstr(c.notes, c.text));
		if (!strstr(c.notes, bare[i].note) ||
		    (!*bare[i].note && strncmp(c.notes, "no function", 11) != 0))
			fail_msg("%s: %s", bare[i].text, c.notes);
		free(wanted);
		case_release(&c);
	}
}

static void a_route_may_be_asked_for(void **state)
{
	static const char text[] = "[route=callback] struct { int a; }";
	struct err e = ERR_INIT;
	struct fuzz_case c;

	(void)state;
	assert_int_equal(case_parse(&c, text, strlen(text), "<case>", &e), 0);
	assert_string_equal(c.text, "[route=callback] struct { int a; } f(struct { int a; })");
	case_release(&c);
}

static void a_function_needs_no_note(void **state)
{
	static const char text[] = "struct s { int a; }; void f(struct s)";
	struct err e = ERR_INIT;
	struct fuzz_case c;

	(void)state;
	assert_int_equal(case_parse(&c, text, strlen(text), "<case>", &e), 0);
	assert_null(c.notes);
	case_release(&c);
}

static void what_pack_cannot_say_by_attributes_is_refused(void **state)
{
	static const char *const texts[] = {
		"#pragma pack(2)\nstruct { int a; int : 3; }",
		"#pragma pack(1)\nstruct { int a; int : 0; }",
		"#pragma pack(4)\nstruct { __int128 a : 70; }",
		"#pragma pack(4)\nstruct { int a : 7 __attribute__((aligned(2))); }",
		"#pragma pack(2)\nstruct { struct { char a; int : 3; } b; }",
	};
	struct fuzz_case c;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct err e = ERR_INIT;
		size_t len = strlen(texts[i]);

		assert_int_equal(case_parse(&c, texts[i], len, "<case>", &e), -1);
		assert_non_null(strstr(e.msg, "under #pragma pack is not supported"));
		assert_non_null(strstr(e.msg, "hint: write packed and aligned(N)"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_type_alone_is_passed_to_f_and_returned),
		cmocka_unit_test(a_route_may_be_asked_for),
		cmocka_unit_test(a_function_needs_no_note),
		cmocka_unit_test(what_pack_cannot_say_by_attributes_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
