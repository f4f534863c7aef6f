/* print.c: model. Types and cases as C: in place for a person, by tag for generated code. */
#include <inttypes.h>
#include <string.h>

#include "model/case.h"

/* prefix NULL: struct and enum types are spelled in place; else written as tags. */
static void print_declaration(struct buf *out, const struct shape *s, const char *prefix,
			      const char *name);

static void print_enumerators(struct buf *out, const struct shape *s)
{
	int64_t next = 0;

	buf_addstr(out, "enum { ");
	for (uint32_t i = 0; i < s->count; i++) {
		const struct enumerator *item = &s->enumerators[i];

		buf_addf(out, "%s%s", i ? ", " : "", item->name);
		if (item->value != next)
			buf_addf(out, " = %" PRId64, item->value);
		next = item->value + 1;
	}
	buf_addstr(out, " }");
}

static void print_members(struct buf *out, const struct shape *s)
{
	buf_addstr(out, "struct { ");
	for (uint32_t i = 0; i < s->count; i++) {
		print_declaration(out, s->members[i].shape, NULL, s->members[i].name);
		buf_addstr(out, "; ");
	}
	buf_addstr(out, "}");
}

static void print_parameters(struct buf *out, const struct proto *proto, const char *prefix)
{
	buf_addch(out, '(');
	for (uint32_t i = 0; i < proto->arg_count; i++) {
		if (i)
			buf_addstr(out, ", ");
		print_declaration(out, proto->args[i], prefix, "");
	}
	buf_addstr(out, proto->arg_count ? ")" : "void)");
}

/* A declarator starts after a space, except where it goes on from a star or parenthesis. */
static void print_gap(struct buf *out)
{
	if (out->len && !strchr("*(", out->ptr[out->len - 1]))
		buf_addch(out, ' ');
}

static bool needs_parens(const struct shape *target)
{
	return target->kind == SHAPE_ARRAY || target->kind == SHAPE_FUNCTION;
}

/* What stands left of the declared name. */
static void print_before(struct buf *out, const struct shape *s, const char *prefix)
{
	switch (s->kind) {
	case SHAPE_VOID:
		buf_addstr(out, "void");
		return;
	case SHAPE_SCALAR:
		buf_addstr(out, scalar_info[s->scalar].c_name);
		return;
	case SHAPE_ENUM:
		if (prefix)
			buf_addf(out, "enum %s%u", prefix, s->type_index);
		else
			print_enumerators(out, s);
		return;
	case SHAPE_STRUCT:
		if (prefix)
			buf_addf(out, "struct %s%u", prefix, s->type_index);
		else
			print_members(out, s);
		return;
	case SHAPE_POINTER:
		print_before(out, s->target, prefix);
		print_gap(out);
		buf_addstr(out, needs_parens(s->target) ? "(*" : "*");
		return;
	case SHAPE_ARRAY:
		print_before(out, s->target, prefix);
		return;
	case SHAPE_FUNCTION:
		print_before(out, s->function->result, prefix);
		return;
	}
}

/* What stands right of it. */
static void print_after(struct buf *out, const struct shape *s, const char *prefix)
{
	switch (s->kind) {
	case SHAPE_POINTER:
		if (needs_parens(s->target))
			buf_addch(out, ')');
		print_after(out, s->target, prefix);
		return;
	case SHAPE_ARRAY:
		buf_addf(out, "[%u]", s->count);
		print_after(out, s->target, prefix);
		return;
	case SHAPE_FUNCTION:
		print_parameters(out, s->function, prefix);
		print_after(out, s->function->result, prefix);
		return;
	case SHAPE_VOID:
	case SHAPE_SCALAR:
	case SHAPE_ENUM:
	case SHAPE_STRUCT:
		return;
	}
}

static void print_declaration(struct buf *out, const struct shape *s, const char *prefix,
			      const char *name)
{
	print_before(out, s, prefix);
	if (*name)
		print_gap(out);
	buf_addstr(out, name);
	print_after(out, s, prefix);
}

void shape_declare(struct buf *out, const struct shape *s, const char *prefix, const char *name)
{
	print_declaration(out, s, prefix, name);
}

void shape_define(struct buf *out, const struct shape *s, const char *prefix)
{
	int64_t next = 0;

	print_before(out, s, prefix);
	buf_addstr(out, " {\n");
	for (uint32_t i = 0; s->kind == SHAPE_STRUCT && i < s->count; i++) {
		buf_addch(out, '\t');
		print_declaration(out, s->members[i].shape, prefix, s->members[i].name);
		buf_addstr(out, ";\n");
	}
	for (uint32_t i = 0; s->kind == SHAPE_ENUM && i < s->count; i++) {
		buf_addf(out, "\t%s%u_%u", prefix, s->type_index, i);
		/* INT_MIN as one constant would be a long. */
		if (s->enumerators[i].value == INT32_MIN)
			buf_addstr(out, " = -2147483647 - 1");
		else if (s->enumerators[i].value != next)
			buf_addf(out, " = %" PRId64, s->enumerators[i].value);
		next = s->enumerators[i].value + 1;
		buf_addstr(out, ",\n");
	}
	buf_addstr(out, "};\n");
}

void case_print(const struct fuzz_case *c, struct buf *out)
{
	/* Printed as the function it is: results like "int (*f(void))[4]" come out right. */
	struct shape f = { .kind = SHAPE_FUNCTION, .function = &c->proto };

	if (c->route != 0)
		buf_addf(out, "[route=%s] ", route_names[c->route]);
	print_before(out, &f, NULL);
	print_gap(out);
	buf_addch(out, 'f');
	print_after(out, &f, NULL);
}
