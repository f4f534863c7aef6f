/* lane_parse.c: tests. Short names of lanes: parts by form, defaults, messages, lists and sets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lane/flag.h"
#include "model/case.h"

static struct err e;
static struct lane l;

static void parse(const char *text)
{
	if (lane_parse(&l, text, NULL, &e) < 0)
		fail_msg("%s", e.msg);
}

static void a_full_name_is_read_part_by_part(void **state)
{
	(void)state;
	parse("arm64-gcc12-clang14-O2-wO1-go1.22.5-qemu7.2+GOGC=1+GODEBUG=cgocheck=1");
	assert_string_equal(l.arch->name, "arm64");
	assert_string_equal(l.wrapper, "gcc12");
	assert_string_equal(l.callee, "clang14");
	assert_string_equal(l.callee_opt, "O2");
	assert_string_equal(l.flag, "");
	assert_string_equal(l.wrapper_opt, "O1");
	assert_string_equal(l.go, "go1.22.5");
	assert_string_equal(l.qemu, "qemu7.2");
	assert_string_equal(l.settings, "GOGC=1+GODEBUG=cgocheck=1");
	assert_false(l.reference);
}

static void parts_may_come_in_any_order_and_be_left_out(void **state)
{
	struct lane other;

	(void)state;
	parse("O2-go1.26.8-clang14-gcc12-amd64");
	assert_int_equal(lane_parse(&other, "amd64-clang14-gcc12-O2-go1.26.8", NULL, &e), 0);
	assert_string_equal(l.name, other.name);
	parse("gobuild");
	assert_true(l.reference);
	assert_string_equal(l.arch->name, "amd64");
	assert_string_equal(l.wrapper, "gcc12");
	assert_string_equal(l.callee, "gcc12");
	assert_string_equal(l.qemu, "");
}

static void one_compiler_sets_both(void **state)
{
	(void)state;
	parse("clang14");
	assert_string_equal(l.wrapper, "clang14");
	assert_string_equal(l.callee, "clang14");
}

static void the_canonical_name_reads_back_as_itself(void **state)
{
	static const char *const texts[] = { "",
					     "arm64",
					     "clang14-O0",
					     "amd64-gobuild+GOGC=off",
					     "arm64-go1.27rc1-Os-wO3",
					     "amd64-mavx-O2",
					     "arm64-mgeneral",
					     "contract-wO1" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		char name[LANE_NAME_MAX];

		parse(texts[i]);
		memcpy(name, l.name, sizeof(name));
		parse(name);
		assert_string_equal(l.name, name);
	}
}

static void what_is_wrong_is_said_with_the_part(void **state)
{
	static const struct {
		const char *text, *part;
	} wrong[] = {
		{ "mips64", "unknown part 'mips64'" },
		{ "mips64", "gcc12 clang14" },
		{ "amd64-arm64", "two architectures" },
		{ "gcc12-clang14-gcc11", "a third compiler, 'gcc11'" },
		{ "O1-O2", "two levels, 'O1' and 'O2'" },
		{ "O9", "unknown part 'O9'" },
		{ "wO1-wO2", "two wrapper levels" },
		{ "mavx-contract", "two flags, 'mavx' and 'contract'" },
		{ "arm64-mavx", "arm64 has no -mavx" },
		{ "go2.0", "unknown part" },
		{ "go1", "unknown part" },
		{ "go1.22.5.1", "unknown part" },
		{ "go1.22-go1.23", "two Go releases" },
		{ "amd64-qemu7.2", "natively" },
		{ "arm64-qemu", "unknown part 'qemu'" },
		{ "amd64-", "nothing after the last '-'" },
		{ "amd64--gcc12", "unknown part ''" },
		{ "amd64+", "nothing after the last '+'" },
		{ "amd64+GOGC", "is not NAME=value" },
		{ "amd64+GOGC=", "GOGC is a number or off" },
		{ "amd64+GOGC=banana+GODEBUG=x", "GOGC is a number or off" },
		{ "amd64+GOGC=1+", "nothing after the last '+'" },
		{ "amd64+1A=1", "is not NAME=value" },
		{ "amd64+CGOFUZZ_DIR=x", "the harness's own" },
		{ "amd64+A=$(x)", "not allowed" },
		{ "amd64+A=1+B=1+C=1+D=1+E=1+F=1+G=1", "more than 6 settings" },
		{ "gobuild-gobuild", "a second" },
		{ "gcc1234", "unknown part" },
		{ "an-unbelievably-long-part-which-is-none", "unknown part 'an'" },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "unknown part" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		e = (struct err)ERR_INIT;
		assert_int_equal(lane_parse(&l, wrong[i].text, NULL, &e), -1);
		assert_int_equal(e.status, EXIT_USAGE);
		if (!strstr(e.msg, wrong[i].part))
			fail_msg("%s: '%s' does not say '%s'", wrong[i].text, e.msg, wrong[i].part);
	}
}

static void an_architecture_that_contradicts_is_refused(void **state)
{
	(void)state;
	assert_int_equal(lane_parse(&l, "arm64-gcc12", arch_find("amd64"), &e), -1);
	assert_int_equal(e.status, EXIT_USAGE);
	assert_int_equal(lane_parse(&l, "gcc12", arch_find("arm64"), &e), 0);
	assert_string_equal(l.arch->name, "arm64");
}

static void sets_stand_for_lanes_on_every_architecture_each_once(void **state)
{
	struct lane_list list = { NULL, 0 };

	(void)state;
	assert_int_equal(lane_list_add(&list, "pairs,amd64-gcc12-O0", NULL, &e), 0);
	assert_int_equal(list.count, 16);
	lane_list_release(&list);
	assert_int_equal(lane_list_add(&list, "pairs", arch_find("arm64"), &e), 0);
	assert_int_equal(list.count, 8);
	assert_int_equal(lane_list_add(&list, "arm64,,arm64", NULL, &e), -1);
	assert_int_equal(e.status, EXIT_USAGE);
	lane_list_release(&list);
}

static bool refused(const char *lane, const char *text)
{
	struct fuzz_case c = { 0 };
	bool is;

	parse(lane);
	assert_int_equal(case_parse(&c, text, strlen(text), "case", &e), 0);
	is = lane_flag_refuses(&l, &c) != NULL;
	case_release(&c);
	return is;
}

static void flags_refuse_what_they_pass_otherwise(void **state)
{
	static const char ymm[] =
		"void f(struct { int a; union { float __attribute__((vector_size(32))) b; } c[2]; })";
	static const char xmm[] = "float __attribute__((vector_size(16))) f(void)";
	static const char pointer[] = "void f(double *, int)";

	(void)state;
	assert_true(refused("mavx", ymm));
	assert_false(refused("mavx", xmm));
	assert_false(refused("contract", ymm));
	assert_false(refused("", ymm));
	assert_true(refused("clang14-mgeneral", xmm));
	assert_true(refused("arm64-clang14-mgeneral", "void f(struct { short a; _Float16 b[2]; })"));
	assert_false(refused("clang14-mgeneral", pointer));
	assert_false(refused("gcc12-mgeneral", xmm)); /* it says so itself */
}

static void what_is_not_installed_is_named_with_the_way_to_get_it(void **state)
{
	struct toolchain t;

	(void)state;
	parse("amd64-gcc99");
	assert_int_equal(toolchain_resolve(&t, &l, &e), -1);
	assert_int_equal(e.status, EXIT_ENVIRON);
	assert_non_null(strstr(e.msg, "apt-get install gcc-99"));
	parse("amd64-go1.19.99");
	assert_int_equal(toolchain_resolve(&t, &l, &e), -1);
	assert_non_null(strstr(e.msg, "lanes fetch go1.19.99"));
	parse("arm64-qemu1.0");
	assert_int_equal(toolchain_resolve(&t, &l, &e), -1);
	assert_non_null(strstr(e.msg, "qemu1.0 is not here"));
}

static void only_releases_that_the_guest_supports_are_fetched(void **state)
{
	char *root;

	(void)state;
	assert_int_equal(toolchain_fetch_go("go1.18.1", &root, &e), -1);
	assert_int_equal(e.status, EXIT_USAGE);
	assert_int_equal(toolchain_fetch_go("../../etc", &root, &e), -1);
	assert_int_equal(e.status, EXIT_USAGE);
	assert_int_equal(toolchain_fetch_go("go1.22.5/../x", &root, &e), -1);
	assert_int_equal(e.status, EXIT_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_name_is_read_part_by_part),
		cmocka_unit_test(parts_may_come_in_any_order_and_be_left_out),
		cmocka_unit_test(one_compiler_sets_both),
		cmocka_unit_test(the_canonical_name_reads_back_as_itself),
		cmocka_unit_test(what_is_wrong_is_said_with_the_part),
		cmocka_unit_test(an_architecture_that_contradicts_is_refused),
		cmocka_unit_test(flags_refuse_what_they_pass_otherwise),
		cmocka_unit_test(sets_stand_for_lanes_on_every_architecture_each_once),
		cmocka_unit_test(what_is_not_installed_is_named_with_the_way_to_get_it),
		cmocka_unit_test(only_releases_that_the_guest_supports_are_fetched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
