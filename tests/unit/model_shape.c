/* model_shape.c: tests. Leaves of a shape, equality, finishing of cases made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guest/value.h"
#include "model/case.h"

static void parse(struct fuzz_case *c, const char *text)
{
	struct err e = ERR_INIT;

	if (case_parse(c, text, strlen(text), "<case>", &e) < 0)
		fail_msg("%s", e.msg);
}

static int list_leaf(const struct shape_leaf *leaf, void *ctx)
{
	buf_addf(ctx, "%u%s:%d ", leaf->index, leaf->path, shape_leaf_kind(leaf->shape));
	return 0;
}

static void leaves_come_in_declaration_order_with_their_paths(void **state)
{
	struct buf out = BUF_INIT, expected = BUF_INIT;
	uint32_t index = 5;
	struct fuzz_case c;

	(void)state;
	parse(&c,
	      "void f(struct { char a; struct { float x; void *p; } m[2]; enum { A } e[1][2]; })");
	assert_int_equal(
		shape_each_leaf(c.proto.args[0], SHAPE_EVERY_VARIANT, &index, list_leaf, &out), 0);
	buf_addf(&expected, "5.a:%d ", CGOFUZZ_LEAF_I8);
	buf_addf(&expected, "6.m[0].x:%d 7.m[0].p:%d ", CGOFUZZ_LEAF_F32, CGOFUZZ_LEAF_PTR);
	buf_addf(&expected, "8.m[1].x:%d 9.m[1].p:%d ", CGOFUZZ_LEAF_F32, CGOFUZZ_LEAF_PTR);
	buf_addf(&expected, "10.e[0][0]:%d 11.e[0][1]:%d ", CGOFUZZ_LEAF_I32, CGOFUZZ_LEAF_I32);
	assert_string_equal(out.ptr, expected.ptr);
	assert_int_equal(index, 12);
	assert_int_equal(shape_leaf_count(c.proto.args[0]), 7);
	assert_int_equal(
		shape_each_leaf(c.proto.result, SHAPE_EVERY_VARIANT, &index, list_leaf, &out), 0);
	assert_int_equal(index, 12); /* void has none */
	buf_release(&out);
	buf_release(&expected);
	case_release(&c);
}

static int stop_at_third(const struct shape_leaf *leaf, void *ctx)
{
	++*(int *)ctx;
	return leaf->index == 2 ? -7 : 0;
}

static void a_walk_ends_where_the_callback_says(void **state)
{
	uint32_t index = 0;
	struct fuzz_case c;
	int calls = 0;

	(void)state;
	parse(&c, "void f(struct { int a[9]; })");
	assert_int_equal(shape_each_leaf(c.proto.args[0], SHAPE_EVERY_VARIANT, &index,
					 stop_at_third, &calls),
			 -7);
	assert_int_equal(calls, 3);
	case_release(&c);
}

static void every_scalar_has_a_leaf_kind_of_its_size(void **state)
{
	static const unsigned sizes[CGOFUZZ_LEAF_KINDS] = {
#define LEAF(id, size, about) size,
#include "guest/value.def"
#undef LEAF
	};

	(void)state;
	for (int i = 0; i < SCALAR_COUNT; i++)
		assert_int_equal(sizes[scalar_info[i].leaf_kind], scalar_info[i].size);
}

static void equality_is_by_structure_and_names(void **state)
{
	static const char *const texts[] = {
		"void f(struct { int a; })",
		"void f(struct { int b; })",
		"void f(struct { long a; })",
		"void f(struct { int a; int b; })",
		"void f(struct { int a[1]; })",
		"void f(struct { int a[2]; })",
		"void f(enum { A })",
		"void f(enum { B })",
		"void f(enum { A = 1 })",
		"void f(int *)",
		"void f(int **)",
		"void f(void *)",
		"void f(int (*)(int))",
		"void f(int (*)(void))",
		"void f(long (*)(int))",
		"void f(int (*)(long))",
		"void f(struct { int *a; })",
		"void f(int)",
		"void f(struct { enum { A } a; })",
	};
	const size_t count = sizeof(texts) / sizeof(*texts);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < count; j++) {
			struct fuzz_case a, b;

			parse(&a, texts[i]);
			parse(&b, texts[j]);
			assert_int_equal(shape_equal(a.proto.args[0], b.proto.args[0]), i == j);
			assert_int_equal(!strcmp(a.id, b.id), i == j);
			case_release(&a);
			case_release(&b);
		}
	}
}

static void a_case_made_by_hand_is_finished(void **state)
{
	struct shape scalar = { .kind = SHAPE_SCALAR, .scalar = SCALAR_INT };
	struct shape other = scalar; /* equal, elsewhere */
	struct member members[] = { { .name = "a", .shape = &scalar },
				    { .name = "b", .shape = &other } };
	struct shape pair = { .kind = SHAPE_STRUCT, .count = 2, .members = members };
	struct shape twin = pair;
	const struct shape *args[] = { &pair, &twin };
	struct fuzz_case c = { .route = ROUTE_CALLBACK, .proto = { &scalar, args, 2 } };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(case_finish(&c, &e), 0);
	assert_string_equal(c.text,
			    "[route=callback] int f(struct { int a; int b; }, "
			    "struct { int a; int b; })");
	assert_int_equal(c.type_count, 1);
	assert_ptr_equal(c.proto.args[0], c.proto.args[1]);
	assert_ptr_equal(c.proto.result, c.types[0]->members[0].shape);
	assert_int_equal(strlen(c.id), HASH_HEX_LEN);
	case_release(&c);
	assert_null(c.text);
}

static void limits_hold_for_cases_made_by_hand(void **state)
{
	struct shape scalar = { .kind = SHAPE_SCALAR, .scalar = SCALAR_CHAR };
	struct shape array = { .kind = SHAPE_ARRAY, .target = &scalar, .count = 513 };
	struct member members[] = { { .name = "a", .shape = &array } };
	struct shape big = { .kind = SHAPE_STRUCT, .count = 1, .members = members };
	struct shape nothing = { .kind = SHAPE_VOID };
	const struct shape *args[PROTO_MAX_ARGS + 1];
	struct fuzz_case c = { .proto = { &big, NULL, 0 } };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(case_finish(&c, &e), -1);
	assert_int_equal(e.status, EXIT_USAGE);
	assert_string_equal(e.msg,
			    "the result has 513 scalar leaves, SHAPE_MAX_LEAVES = 512 is the "
			    "most: use fewer members or smaller arrays");
	case_release(&c);
	for (int i = 0; i <= PROTO_MAX_ARGS; i++)
		args[i] = &scalar;
	c.proto = (struct proto){ &nothing, args, PROTO_MAX_ARGS + 1 };
	assert_int_equal(case_finish(&c, &e), -1);
	assert_non_null(strstr(e.msg, "f has 25 arguments, PROTO_MAX_ARGS = 24 is the most"));
	case_release(&c);
	c.proto = (struct proto){ &nothing, args, PROTO_MAX_ARGS };
	assert_int_equal(case_finish(&c, &e), 0);
	case_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_come_in_declaration_order_with_their_paths),
		cmocka_unit_test(a_walk_ends_where_the_callback_says),
		cmocka_unit_test(every_scalar_has_a_leaf_kind_of_its_size),
		cmocka_unit_test(equality_is_by_structure_and_names),
		cmocka_unit_test(a_case_made_by_hand_is_finished),
		cmocka_unit_test(limits_hold_for_cases_made_by_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
