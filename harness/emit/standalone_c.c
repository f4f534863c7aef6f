/* standalone_c.c: emit. The C of a reproducer: the callee, what calls Go, and the caller of a case that
 * stays in C. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emit/standalone.h"
#include "guest/value.h"

static bool is_void(const struct fuzz_case *c)
{
	return c->proto.result->kind == SHAPE_VOID;
}

/* The C function that Go calls; of callback-errno, where C calls Go first, Go's is f. */
static const char *callee_name(const struct fuzz_case *c)
{
	return c->route == ROUTE_CALLBACK_ERRNO ? "g" : "f";
}

static const char *hook_of(const struct standalone *s)
{
	return s->how->exhibit ? s->how->exhibit->hook : NULL;
}

static bool has_callee(const struct fuzz_case *c)
{
	return c->route != ROUTE_CALLBACK;
}

static int is_pointer(const struct shape_leaf *leaf, void *ctx)
{
	(void)ctx;
	return leaf->shape->kind == SHAPE_POINTER ? -1 : 0;
}

/* Does a value point into `memory`? */
static bool has_pointers(const struct proto *p)
{
	uint32_t index = 0;
	bool found = shape_each_leaf(p->result, SHAPE_EVERY_VARIANT, &index, is_pointer, NULL) < 0;

	for (uint32_t i = 0; i < p->arg_count && !found; i++)
		found = shape_each_leaf(p->args[i], SHAPE_EVERY_VARIANT, &index, is_pointer, NULL) <
			0;
	return found;
}

static void put_declarations(const struct standalone *s)
{
	const struct fuzz_case *c = s->c;

	for (uint32_t i = 0; i < c->type_count; i++)
		shape_define(s->out, c->types[i], STANDALONE_PREFIX);
	buf_addstr(s->out, c->type_count ? "\n" : "");
	if (text_is_callback(c))
		buf_addstr(s->out, "void run(void); /* calls f, which is Go's */\n");
	if (has_callee(c)) {
		route_function(s->out, c, STANDALONE_PREFIX, callee_name(c));
		buf_addstr(s->out, ";\n");
	}
	standalone_declare_places(s);
	if (s->how->registers)
		buf_addstr(s->out, "void check_registers(void);\n");
	standalone_around_h(s);
	buf_addstr(s->out, "extern int wrong; /* leaves that C saw wrong */\n");
	if (has_pointers(&c->proto))
		buf_addstr(s->out, "extern char memory[65536]; /* pointers go into it */\n");
}

void standalone_case_h(const struct standalone *s)
{
	struct buf body = BUF_INIT;
	struct standalone in = *s;

	in.out = &body;
	put_declarations(&in);
	buf_addf(s->out, "/* case.h: %s */\n#ifndef CASE_H\n#define CASE_H\n\n%s%s\n#endif\n",
		 s->c->text, strstr(body.ptr, "offsetof(") ? "#include <stddef.h>\n\n" : "",
		 body.ptr);
	buf_release(&body);
}

static const struct standalone_helper helpers[] = {
	{ "errno =", "#include <errno.h>\n" },
	{ "offsetof(", "#include <stddef.h>\n" },
	{ "printf(", "#include <stdio.h>\n" },
	{ "calloc(", "#include <stdlib.h>\n" },
	{ "memcpy(", "#include <string.h>\n" },
	{ "", "\n" },
	{ "POOL(", "#define POOL(offset) ((unsigned long long)memory + (offset))\n\n" },
	{ "X87(",
	  "#define X87(here, elsewhere) (__LDBL_MANT_DIG__ == 64 ? (here) : (elsewhere))\n\n" },
	{ "put(",
	  "static void put(volatile const void *at, unsigned long size, unsigned long long bits)\n"
	  "{\n\tmemcpy((void *)at, &bits, size);\n}\n\n" },
	{ "compare(",
	  "static void compare(const char *name, unsigned long size, unsigned long long expected,\n"
	  "\t\t    unsigned long long got)\n"
	  "{\n"
	  "\tprintf(\"C:  %-20s expected 0x%0*llx got 0x%0*llx%s\\n\", name, (int)size * 2, expected,\n"
	  "\t       (int)size * 2, got, got == expected ? \"\" : \"  WRONG\");\n"
	  "\tfflush(stdout);\n"
	  "\twrong += got != expected;\n}\n\n" },
	{ "check(",
	  "static void check(const char *name, volatile const void *at, unsigned long size,\n"
	  "\t\t  unsigned long long expected)\n"
	  "{\n\tunsigned long long got = 0;\n\n"
	  "\tmemcpy(&got, (const void *)at, size);\n"
	  "\tcompare(name, size, expected, got);\n}\n\n" },
	{ "put_bits(",
	  "/* Bit-fields lie where the sample has ones. */\n"
	  "static void put_bits(void *at, const void *sample, unsigned long size, "
	  "unsigned long long bits)\n"
	  "{\n"
	  "\tfor (unsigned long i = 0; i < 8 * size; i++)\n"
	  "\t\tif (((const unsigned char *)sample)[i / 8] >> i % 8 & 1) {\n"
	  "\t\t\t((unsigned char *)at)[i / 8] &= (unsigned char)~(1u << i % 8);\n"
	  "\t\t\t((unsigned char *)at)[i / 8] |= (unsigned char)((bits & 1) << i % 8);\n"
	  "\t\t\tbits >>= 1;\n\t\t}\n}\n\n" },
	{ "check_bits(",
	  "/* They lie where the sample has ones. */\n"
	  "static void check_bits(const char *name, const void *at, const void *sample, unsigned long size,\n"
	  "\t\t       unsigned long long expected)\n"
	  "{\n\tunsigned long long got = 0;\n\tint n = 0;\n\n"
	  "\tfor (unsigned long i = 0; i < 8 * size; i++)\n"
	  "\t\tif (((const unsigned char *)sample)[i / 8] >> i % 8 & 1)\n"
	  "\t\t\tgot |= (unsigned long long)(((const unsigned char *)at)[i / 8] >> i % 8 & 1) << n++;\n"
	  "\tcompare(name, 8, expected, got);\n}\n\n" },
};

/* The file that holds body, which is released: its head, what body uses, body. */
static void put_file(const struct standalone *s, const char *head, struct buf *body)
{
	struct buf *out = s->out;

	buf_addf(out, "/* %s: %s */\n", head, s->declared->text);
	if (s->c == s->declared)
		buf_addstr(out, "#include \"case.h\"\n\n");
	else
		put_declarations(s);
	standalone_helpers(out, helpers, sizeof(helpers) / sizeof(*helpers), body->ptr);
	buf_addstr(out, body->ptr);
	buf_release(body);
}

/* An object of the type that can be written, const or not: "T *NAME = calloc(1, sizeof(T))". */
static void declare(const struct standalone *s, const struct shape *shape, const char *name)
{
	char *pointer = xasprintf("*%s", name);

	buf_addch(s->out, '\t');
	shape_declare(s->out, shape, STANDALONE_PREFIX, pointer);
	buf_addf(s->out, " = calloc(1, sizeof(*%s) + 1);\n", name);
	free(pointer);
}

static char *element(const struct standalone *s, const char *name)
{
	const struct route_how *how = route_how(s->c->route);

	return how->element ? xasprintf("%s[%u]", name, how->element) : xasprintf("(*%s)", name);
}

static void check_arguments(const struct standalone *s)
{
	const struct route_how *how = route_how(s->c->route);
	char after[16];

	if (how->args == CARRIED_BY_VALUE) {
		standalone_args(s, true, "", "");
		return;
	}
	if (how->args == CARRIED_BY_POINTER) {
		snprintf(after, sizeof(after), how->element ? "[%u]" : ")", how->element);
		standalone_args(s, true, how->element ? "" : "(*", after);
		return;
	}
	for (uint32_t i = 0; i < s->c->proto.arg_count; i++) {
		char *pointer;

		if (!shape_leaf_count(s->c->proto.args[i]))
			continue; /* nobody looks at it */
		pointer = xasprintf("*in_a%u", i);
		buf_addch(s->out, '\t');
		shape_declare(s->out, s->c->proto.args[i], STANDALONE_PREFIX, pointer);
		buf_addf(s->out, " = a%u;\n", i);
		free(pointer);
	}
	standalone_args(s, true, "(*in_", ")");
}

/* The arguments as one block, shown to the exhibit; star: they are behind pointers of their names. */
static void hook_arguments(const struct standalone *s, int phase, const char *star)
{
	const struct proto *p = &s->c->proto;
	char name[16];

	if (!p->arg_count) {
		buf_addf(s->out, "\t%s(%d, NULL);\n", hook_of(s), phase);
		return;
	}
	buf_addstr(s->out, "\tstruct {\n");
	for (uint32_t i = 0; i < p->arg_count; i++) {
		snprintf(name, sizeof(name), "a%u", i);
		buf_addstr(s->out, "\t\t");
		shape_declare(s->out, p->args[i], STANDALONE_PREFIX, name);
		buf_addstr(s->out, ";\n");
	}
	buf_addstr(s->out, "\t} in = { ");
	for (uint32_t i = 0; i < p->arg_count; i++)
		buf_addf(s->out, "%s%sa%u", i ? ", " : "", star, i);
	buf_addf(s->out, " };\n\n\t%s(%d, &in);\n", hook_of(s), phase);
	for (uint32_t i = 0; i < p->arg_count; i++)
		buf_addf(s->out, "\t%sa%u = in.a%u;\n", star, i, i);
}

static void hook_result(const struct standalone *s, int phase)
{
	if (hook_of(s))
		buf_addf(s->out, "\t%s(%d, %s);\n", hook_of(s), phase, is_void(s->c) ? "NULL" : "r");
}

static void put_callee(const struct standalone *s)
{
	const struct route_how *how = route_how(s->c->route);
	bool through = how->result == CARRIED_BY_POINTER;

	route_function(s->out, s->c, STANDALONE_PREFIX, s->callee ? s->callee : callee_name(s->c));
	buf_addstr(s->out, "\n{\n");
	if (!is_void(s->c) && !through)
		declare(s, s->c->proto.result, "r");
	if (hook_of(s))
		hook_arguments(s, 0, "");
	if (s->how->layout)
		standalone_layout(s);
	check_arguments(s);
	if (hook_of(s))
		buf_addf(s->out, "\t%s(1, NULL);\n", hook_of(s));
	if (!is_void(s->c)) {
		char *object = through ? element(s, "r") : xasprintf("(*r)");

		standalone_result(s, false, object);
		free(object);
	}
	hook_result(s, 2);
	if (how->sets_errno)
		buf_addf(s->out, "\terrno = %u;\n", cgofuzz_errno_of(s->seed));
	if (!is_void(s->c) && !through)
		buf_addf(s->out, "\treturn %sr;\n", how->result == CARRIED_BY_VALUE ? "*" : "");
	buf_addstr(s->out, "}\n");
}

/* "RETURN NAME(...)": calls f by value with all arguments, and checks what comes back. */
static void put_caller(const struct standalone *s, const char *head, const char *end)
{
	const struct proto *p = &s->c->proto;
	char name[16];

	buf_addf(s->out, "\n%s\n{\n", head);
	for (uint32_t i = 0; i < p->arg_count; i++) {
		snprintf(name, sizeof(name), "a%u", i);
		declare(s, p->args[i], name);
	}
	if (!is_void(s->c))
		declare(s, p->result, "r");
	standalone_args(s, false, "(*", ")");
	if (s->how->layout)
		standalone_layout(s);
	if (hook_of(s) && text_is_callback(s->c))
		hook_arguments(s, 3, "*");
	buf_addch(s->out, '\t');
	text_keep_begin(s->out, p->result);
	buf_addf(s->out, "%s(", s->how->registers && text_is_callback(s->c) ? "f_checked" : "f");
	for (uint32_t i = 0; i < p->arg_count; i++)
		buf_addf(s->out, "%s*a%u", i ? ", " : "", i);
	buf_addstr(s->out, ");\n");
	text_keep_end(s->out, p->result);
	if (s->how->registers)
		buf_addstr(s->out, "\tcheck_registers();\n");
	if (text_is_callback(s->c))
		hook_result(s, 4);
	standalone_result(s, true, "(*r)");
	buf_addf(s->out, "%s}\n", end);
}

static void put_callback(const struct standalone *s)
{
	text_function(s->out, &s->c->proto, STANDALONE_PREFIX, "f");
	buf_addstr(s->out, "; /* exported by main.go */\n");
	if (s->how->registers) {
		text_function(s->out, &s->c->proto, STANDALONE_PREFIX, "f_checked");
		buf_addstr(s->out, "; /* check.S */\n");
	}
	if (!hook_of(s)) {
		put_caller(s, "void run(void)", "");
		return;
	}
	put_caller(s, "void drive(void)", "");
	buf_addf(s->out, "\nvoid run(void)\n{\n\t%s(1, NULL);\n\tdrive();\n}\n", hook_of(s));
}

void standalone_case_c(const struct standalone *s)
{
	struct buf body = BUF_INIT;
	struct standalone in = *s;

	in.out = &body;
	buf_addf(&body, "int wrong;\n%s\n",
		 has_pointers(&s->c->proto) ? "char memory[65536];\n" : "");
	standalone_define_samples(&in);
	buf_addstr(&body, s->damage);
	if (s->how->registers)
		standalone_check_c(&in);
	standalone_around_c(&in);
	if (has_callee(s->c))
		put_callee(&in);
	if (text_is_callback(s->c))
		put_callback(&in);
	put_file(s, "case.c", &body);
}

void standalone_main_c(const struct standalone *s)
{
	struct buf body = BUF_INIT;
	struct standalone in = *s;

	in.out = &body;
	put_caller(&in, "int main(void)",
		   "\tif (wrong) {\n\t\tprintf(\"%d wrong\\n\", wrong);\n\t\treturn 1;\n\t}\n"
		   "\tprintf(\"all as expected\\n\");\n\treturn 0;\n");
	put_file(s, "main.c", &body);
}
