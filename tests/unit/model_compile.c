/* model_compile.c: tests. What is printed is C that gcc and clang take, and both forms are one type. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/proc.h"
#include "base/rng.h"
#include "model/case.h"

#define CASES 400

/* How often a shape holds enums: in place, each defines its enumerators, which C allows once. */
static uint32_t enums_in(const struct shape *s)
{
	uint32_t n = s->kind == SHAPE_ENUM;

	if (s->target)
		n += enums_in(s->target);
	for (uint32_t i = 0; shape_is_aggregate(s) && i < s->count; i++)
		n += enums_in(s->members[i].shape);
	return n;
}

static uint32_t enums_of(const struct fuzz_case *c)
{
	uint32_t n = enums_in(c->proto.result);

	for (uint32_t i = 0; i < c->proto.arg_count; i++)
		n += enums_in(c->proto.args[i]);
	return n;
}

static bool holds(const struct shape *s, enum scalar scalar)
{
	if ((s->kind == SHAPE_SCALAR && s->scalar == scalar) ||
	    (s->target && holds(s->target, scalar)))
		return true;
	for (uint32_t i = 0; shape_is_aggregate(s) && i < s->count; i++)
		if (holds(s->members[i].shape, scalar))
			return true;
	return false;
}

/* clang 14 knows _Float16 on arm64 alone. */
static bool clang_takes(const struct fuzz_case *c)
{
	bool takes = !holds(c->proto.result, SCALAR_FLOAT16);

	for (uint32_t i = 0; i < c->proto.arg_count; i++)
		takes = takes && !holds(c->proto.args[i], SCALAR_FLOAT16);
	return takes;
}

/* GCC loses aligned() in a typedef that says vector_size too, as the form in place does. */
static bool gcc_loses_alignment(const struct fuzz_case *c)
{
	for (uint32_t i = 0; i < c->type_count; i++) {
		const struct shape *s = c->types[i];

		if (!shape_needs_typedef(s))
			continue;
		while (s->kind == SHAPE_POINTER || s->kind == SHAPE_FUNCTION)
			s = s->kind == SHAPE_POINTER ? s->target : s->function->result;
		if (s->kind == SHAPE_VECTOR)
			return true;
	}
	return false;
}

/* Both forms of a type have the same size and alignment. */
static void put_same(struct buf *out, const struct fuzz_case *c, const struct shape *s,
		     const char *prefix)
{
	struct buf named = BUF_INIT, in_place = BUF_INIT;

	if (s->kind == SHAPE_VOID)
		return;
	shape_declare(&named, s, prefix, "");
	shape_declare(&in_place, s, NULL, "");
	buf_addf(out, "\t_Static_assert(sizeof(%s) == sizeof(%s) && _Alignof(%s) == _Alignof(%s), ",
		 named.ptr, in_place.ptr, named.ptr, in_place.ptr);
	buf_addf(out, "\"%s\");\n", c->id);
	buf_release(&named);
	buf_release(&in_place);
}

/* The canonical text, without the route, in a block of its own. */
static void put_text(struct buf *out, const struct fuzz_case *c, const char *prefix)
{
	const char *route = strstr(c->text, "[route=");

	buf_addf(out, "#define f f%s\nstatic void in_place%s(void)\n{\n\t", prefix, prefix);
	if (route) {
		buf_add(out, c->text, (size_t)(route - c->text));
		buf_addf(out, "%s;\n", strchr(route, ']') + 1);
	} else {
		buf_addf(out, "%s;\n", c->text);
	}
	if (!enums_of(c) && !gcc_loses_alignment(c)) {
		put_same(out, c, c->proto.result, prefix);
		for (uint32_t i = 0; i < c->proto.arg_count; i++)
			put_same(out, c, c->proto.args[i], prefix);
	}
	buf_addstr(out, "}\n#undef f\n");
}

static void put_case(struct buf *out, const struct fuzz_case *c, uint32_t number)
{
	char prefix[16];

	snprintf(prefix, sizeof(prefix), "S%u_", number);
	for (uint32_t i = 0; i < c->type_count; i++)
		shape_define(out, c->types[i], prefix);
	if (enums_of(c) <= 1)
		put_text(out, c, prefix);
}

static void compile(const char *path, const char *compiler, const char *target)
{
	char *argv[] = { (char *)(uintptr_t)compiler,
			 "-std=gnu17",
			 "-w",
			 "-fsyntax-only",
			 "-x",
			 "c",
			 (char *)(uintptr_t)path,
			 (char *)(uintptr_t)target,
			 NULL };
	struct proc_spec spec = { .argv = argv };
	struct err e = ERR_INIT;

	if (proc_must(&spec, &e) < 0)
		fail_msg("%s", e.msg);
}

static void write_text(const char *path, const struct buf *text)
{
	struct err e = ERR_INIT;

	if (file_write(path, text->ptr, text->len, &e) < 0)
		fail_msg("%s", e.msg);
}

static void make_texts(struct buf *all, struct buf *for_clang)
{
	uint8_t recipe[RECIPE_MAX_BYTES];
	struct rng rng;

	rng_seed(&rng, 3);
	for (uint32_t i = 0; i < CASES; i++) {
		size_t from = all->len;
		struct fuzz_case c;

		rng_fill(&rng, recipe, sizeof(recipe));
		case_decode(&c, recipe, sizeof(recipe), POPULATION_WHOLE);
		put_case(all, &c, i);
		if (clang_takes(&c))
			buf_add(for_clang, all->ptr + from, all->len - from);
		case_release(&c);
	}
}

static void each_compiler_takes_what_is_printed(void **state)
{
	struct buf all = BUF_INIT, for_clang = BUF_INIT;
	char path[] = "/tmp/cgofuzz-unit-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	make_texts(&all, &for_clang);
	write_text(path, &all);
	compile(path, "gcc", NULL);
	compile(path, "aarch64-linux-gnu-gcc", NULL);
	compile(path, "clang-14", "--target=aarch64-linux-gnu");
	assert_true(for_clang.len > all.len / 2);
	write_text(path, &for_clang);
	compile(path, "clang-14", NULL);
	unlink(path);
	buf_release(&all);
	buf_release(&for_clang);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_compiler_takes_what_is_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
