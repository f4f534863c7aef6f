/* print.c: model. Types and cases as C: in place for a person, by name for generated code. */
#include <inttypes.h>
#include <string.h>

#include "model/finish.h"

/* prefix NULL: types are spelled in place, but for typedefs, which are T0, T1, ...; else by name. */
static void print_declaration(struct buf *out, const struct shape *s, const char *prefix,
			      const char *name);

static void print_number(struct buf *out, uint64_t n)
{
	char digits[24];
	size_t i = sizeof(digits);

	do
		digits[--i] = (char)('0' + n % 10);
	while (n /= 10);
	buf_add(out, digits + i, sizeof(digits) - i);
}

/* " = -7" if it does not follow from the one before. */
static void print_value(struct buf *out, const struct shape *s, uint32_t i)
{
	int64_t value = s->enumerators[i].value;

	if (!i && !value)
		return;
	if (i && shape_enumerator_follows(s->enumerators[i - 1].value) &&
	    s->enumerators[i - 1].value + 1 == value)
		return;
	if (value == INT64_MIN) /* as one constant it would be none of C */
		buf_addf(out, " = %" PRId64 " - 1", value + 1);
	else
		buf_addf(out, " = %" PRId64, value);
}

static void print_enumerators(struct buf *out, const struct shape *s)
{
	buf_addstr(out, "{ ");
	for (uint32_t i = 0; i < s->count; i++) {
		if (i)
			buf_addstr(out, ", ");
		buf_addstr(out, s->enumerators[i].name);
		print_value(out, s, i);
	}
	buf_addstr(out, " }");
}

/* "__attribute__((packed, aligned(8)))" */
static void print_attributes(struct buf *out, bool packed, uint32_t align)
{
	if (!packed && !align)
		return;
	buf_addstr(out, " __attribute__((");
	if (packed)
		buf_addstr(out, align ? "packed, " : "packed");
	if (align) {
		buf_addstr(out, "aligned(");
		print_number(out, align);
		buf_addch(out, ')');
	}
	buf_addstr(out, "))");
}

static void print_body(struct buf *out, const struct shape *s, const char *prefix);

static void print_member(struct buf *out, const struct member *m, const char *prefix)
{
	if (m->name || m->is_bitfield)
		print_declaration(out, m->shape, prefix, m->name ? m->name : "");
	else
		print_body(out, m->shape, prefix);
	if (m->is_bitfield) {
		buf_addstr(out, " : ");
		print_number(out, m->width);
	}
	print_attributes(out, m->packed, m->align);
	buf_addch(out, ';');
}

static const char *const keywords[] = {
	[SHAPE_STRUCT] = "struct",
	[SHAPE_UNION] = "union",
	[SHAPE_ENUM] = "enum",
};

static void print_qualifiers(struct buf *out, const struct shape *s)
{
	if (s->qualifiers & QUALIFIER_CONST)
		buf_addstr(out, "const ");
	if (s->qualifiers & QUALIFIER_VOLATILE)
		buf_addstr(out, "volatile ");
}

/* "struct __attribute__((packed)) { int a; }" */
static void print_body(struct buf *out, const struct shape *s, const char *prefix)
{
	print_qualifiers(out, s);
	buf_addstr(out, keywords[s->kind]);
	print_attributes(out, s->packed, s->align);
	buf_addch(out, ' ');
	if (s->kind == SHAPE_ENUM) {
		print_enumerators(out, s);
		return;
	}
	buf_addstr(out, "{ ");
	for (uint32_t i = 0; i < s->count; i++) {
		print_member(out, &s->members[i], prefix);
		buf_addch(out, ' ');
	}
	buf_addch(out, '}');
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
	return (target->kind == SHAPE_ARRAY || target->kind == SHAPE_FUNCTION) &&
		!shape_needs_typedef(target);
}

/* Is the type written as one word, whatever it is made of? */
static bool is_closed(const struct shape *s)
{
	return shape_needs_typedef(s) || (s->qualifiers & QUALIFIER_ATOMIC);
}

static void print_closed(struct buf *out, const struct shape *s, const char *prefix)
{
	struct shape plain = *s;

	if (shape_needs_typedef(s)) {
		buf_addstr(out, prefix ? prefix : "T");
		print_number(out, prefix ? s->type_index : node_of(s)->typedef_number);
		return;
	}
	print_qualifiers(out, s);
	plain.qualifiers = 0;
	buf_addstr(out, "_Atomic(");
	print_declaration(out, &plain, prefix, "");
	buf_addch(out, ')');
}

static void print_base(struct buf *out, const struct shape *s, const char *prefix)
{
	print_qualifiers(out, s);
	switch (s->kind) {
	case SHAPE_VOID:
		buf_addstr(out, "void");
		return;
	case SHAPE_SCALAR:
		buf_addstr(out, scalar_info[s->scalar].c_name);
		return;
	case SHAPE_COMPLEX:
		buf_addstr(out, scalar_info[s->target->scalar].c_name);
		buf_addstr(out, " _Complex");
		return;
	case SHAPE_VECTOR:
		buf_addstr(out, scalar_info[s->target->scalar].c_name);
		buf_addstr(out, " __attribute__((vector_size(");
		print_number(out, s->count * scalar_info[s->target->scalar].size);
		buf_addstr(out, ")))");
		return;
	default: /* struct, union, enum */
		buf_addstr(out, keywords[s->kind]);
		buf_addch(out, ' ');
		buf_addstr(out, prefix);
		print_number(out, s->type_index);
		return;
	}
}

/* What stands left of the declared name. */
static void print_before(struct buf *out, const struct shape *s, const char *prefix)
{
	if (is_closed(s)) {
		print_closed(out, s, prefix);
		return;
	}
	switch (s->kind) {
	case SHAPE_ARRAY:
		print_before(out, s->target, prefix);
		return;
	case SHAPE_FUNCTION:
		print_before(out, s->function->result, prefix);
		return;
	case SHAPE_POINTER:
		print_before(out, s->target, prefix);
		print_gap(out);
		buf_addstr(out, needs_parens(s->target) ? "(*" : "*");
		if (s->qualifiers) {
			print_qualifiers(out, s);
			buf_rtrim(out);
		}
		return;
	case SHAPE_STRUCT:
	case SHAPE_UNION:
	case SHAPE_ENUM:
		if (!prefix) {
			print_body(out, s, prefix);
			return;
		}
		break;
	default:
		break;
	}
	print_base(out, s, prefix);
}

/* What stands right of it. */
static void print_after(struct buf *out, const struct shape *s, const char *prefix)
{
	if (is_closed(s))
		return;
	switch (s->kind) {
	case SHAPE_POINTER:
		if (needs_parens(s->target))
			buf_addch(out, ')');
		print_after(out, s->target, prefix);
		return;
	case SHAPE_ARRAY:
		buf_addch(out, '[');
		if (!s->flexible)
			print_number(out, s->count);
		buf_addch(out, ']');
		print_after(out, s->target, prefix);
		return;
	case SHAPE_FUNCTION:
		print_parameters(out, s->function, prefix);
		print_after(out, s->function->result, prefix);
		return;
	default:
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

/* Does vector_size stand in a declaration of the type? */
static bool says_vector(const struct shape *s)
{
	while (!is_closed(s) &&
	       (s->kind == SHAPE_POINTER || s->kind == SHAPE_ARRAY || s->kind == SHAPE_FUNCTION))
		s = s->kind == SHAPE_FUNCTION ? s->function->result : s->target;
	return !is_closed(s) && s->kind == SHAPE_VECTOR;
}

/* "typedef double T0 __attribute__((aligned(4)));". GCC loses aligned() in a declaration that says
 * vector_size too, Clang does not: for compilers the type stands apart. */
static void print_typedef(struct buf *out, const struct shape *s, const char *prefix)
{
	struct shape plain = *s;
	struct buf name = BUF_INIT;

	plain.align = 0;
	print_closed(&name, s, prefix);
	buf_addstr(out, "typedef ");
	if (prefix && says_vector(&plain)) {
		buf_addstr(out, "__typeof__(");
		print_declaration(out, &plain, prefix, "");
		buf_addf(out, ") %s", name.ptr);
	} else {
		print_declaration(out, &plain, prefix, name.ptr);
	}
	print_attributes(out, false, s->align);
	buf_addch(out, ';');
	buf_release(&name);
}

/* The qualifiers are said where the type is used. */
static void define_head(struct buf *out, const struct shape *s, const char *prefix)
{
	buf_addstr(out, keywords[s->kind]);
	print_attributes(out, s->packed, s->align);
	buf_addf(out, " %s%u {\n", prefix, s->type_index);
}

void shape_define(struct buf *out, const struct shape *s, const char *prefix)
{
	if (shape_needs_typedef(s)) {
		print_typedef(out, s, prefix);
		buf_addch(out, '\n');
		return;
	}
	define_head(out, s, prefix);
	for (uint32_t i = 0; shape_is_aggregate(s) && i < s->count; i++) {
		buf_addch(out, '\t');
		print_member(out, &s->members[i], prefix);
		buf_addch(out, '\n');
	}
	for (uint32_t i = 0; s->kind == SHAPE_ENUM && i < s->count; i++) {
		buf_addf(out, "\t%s%u_%u", prefix, s->type_index, i);
		/* INT_MIN as one constant would be a long. */
		if (s->enumerators[i].value == INT32_MIN)
			buf_addstr(out, " = -2147483647 - 1");
		else
			print_value(out, s, i);
		buf_addstr(out, ",\n");
	}
	buf_addstr(out, "};\n");
}

void case_print(const struct fuzz_case *c, struct buf *out)
{
	/* Printed as the function it is: results like "int (*f(void))[4]" come out right. */
	struct shape f = { .kind = SHAPE_FUNCTION, .function = &c->proto };

	for (uint32_t i = 0; i < c->type_count; i++)
		if (shape_needs_typedef(c->types[i])) {
			print_typedef(out, c->types[i], NULL);
			buf_addch(out, ' ');
		}
	if (c->route != 0)
		buf_addf(out, "[route=%s] ", route_names[c->route]);
	print_before(out, &f, NULL);
	print_gap(out);
	buf_addch(out, 'f');
	print_after(out, &f, NULL);
}
