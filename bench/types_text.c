/* types_text.c: bench. The C text of types that types.c has made. */
#include <inttypes.h>
#include <stdio.h>

#include "base/err.h"
#include "bench/types.h"

static const char *keyword(const struct shape *s)
{
	return s->kind == SHAPE_UNION ? "union" : s->kind == SHAPE_ENUM ? "enum" : "struct";
}

void types_declare(struct buf *out, const struct shape *s, const char *prefix, const char *name)
{
	struct shape plain = *s;
	char array[256];

	if (s->qualifiers & QUALIFIER_ATOMIC) {
		plain.qualifiers = 0;
		buf_addstr(out, "_Atomic(");
		types_declare(out, &plain, prefix, "");
		buf_addf(out, ") %s", name);
		return;
	}
	switch (s->kind) {
	case SHAPE_VOID:
		buf_addstr(out, "void");
		break;
	case SHAPE_SCALAR:
		if (s->align)
			buf_addf(out, "%s_%u", prefix, s->type_index);
		else
			buf_addstr(out, scalar_info[s->scalar].c_name);
		break;
	case SHAPE_ENUM:
	case SHAPE_STRUCT:
	case SHAPE_UNION:
		buf_addf(out, "%s %s_%u", keyword(s), prefix, s->type_index);
		break;
	case SHAPE_POINTER:
		buf_addstr(out, "void *");
		break;
	case SHAPE_COMPLEX:
		buf_addf(out, "_Complex %s", scalar_info[s->target->scalar].c_name);
		break;
	case SHAPE_VECTOR:
		buf_addf(out, "__typeof__(%s __attribute__((vector_size(%u))))",
			 scalar_info[s->target->scalar].c_name,
			 scalar_info[s->target->scalar].size * s->count);
		break;
	case SHAPE_ARRAY:
		if (s->flexible)
			snprintf(array, sizeof(array), "%s[]", name);
		else
			snprintf(array, sizeof(array), "%s[%u]", name, s->count);
		types_declare(out, s->target, prefix, array);
		return;
	case SHAPE_FUNCTION:
		BUG("no function is made here");
	}
	buf_addf(out, " %s", name);
}

static void add_attributes(struct buf *out, bool packed, uint32_t align)
{
	if (packed)
		buf_addstr(out, " __attribute__((packed))");
	if (align)
		buf_addf(out, " __attribute__((aligned(%u)))", align);
}

static void define_members(struct buf *out, const struct shape *s, const char *prefix)
{
	buf_addstr(out, " {\n");
	for (uint32_t i = 0; i < s->count; i++) {
		const struct member *m = &s->members[i];

		buf_addch(out, '\t');
		if (!m->name && !m->is_bitfield) {
			buf_addstr(out, keyword(m->shape));
			define_members(out, m->shape, prefix);
		} else {
			types_declare(out, m->shape, prefix, m->name ? m->name : "");
		}
		if (m->is_bitfield)
			buf_addf(out, ": %u", m->width);
		add_attributes(out, m->packed, m->align);
		buf_addstr(out, ";\n");
	}
	buf_addstr(out, "}");
	add_attributes(out, s->packed, s->align);
}

static void define_enum(struct buf *out, const struct shape *s, const char *prefix)
{
	buf_addf(out, " {");
	for (uint32_t i = 0; i < s->count; i++)
		buf_addf(out, " %s_%u_%s = %" PRId64 ",", prefix, s->type_index,
			 s->enumerators[i].name, s->enumerators[i].value);
	buf_addstr(out, " }");
	add_attributes(out, s->packed, s->align);
}

void types_define(struct buf *out, const struct types *t, const char *prefix)
{
	types_define_some(out, t, prefix, NULL);
}

void types_define_some(struct buf *out, const struct types *t, const char *prefix, const bool *which)
{
	char name[64];

	for (uint32_t i = 0; i < t->count; i++) {
		const struct shape *s = t->list[i];

		if (which && !which[i])
			continue;
		if (s->kind == SHAPE_SCALAR) {
			struct shape plain = *s;

			plain.align = 0;
			snprintf(name, sizeof(name), "%s_%u", prefix, i);
			buf_addstr(out, "typedef ");
			types_declare(out, &plain, prefix, name);
			add_attributes(out, false, s->align);
		} else {
			buf_addf(out, "%s %s_%u", keyword(s), prefix, i);
			if (s->kind == SHAPE_ENUM)
				define_enum(out, s, prefix);
			else
				define_members(out, s, prefix);
		}
		buf_addstr(out, ";\n");
	}
}
