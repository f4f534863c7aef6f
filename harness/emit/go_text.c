/* go_text.c: emit. C types and members as a Go file that imports "C" names them. */
#include <string.h>

#include "emit/text.h"

static bool is_go_keyword(const char *name)
{
	static const char *const keywords[] = {
		"break",  "case",	 "chan", "const",   "continue", "default", "defer",
		"else",	  "fallthrough", "for",	 "func",    "go",	"goto",	   "if",
		"import", "interface",	 "map",	 "package", "range",	"return",  "select",
		"struct", "switch",	 "type", "var",
	};

	for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++)
		if (!strcmp(name, keywords[i]))
			return true;
	return false;
}

static bool has_member(const struct shape *s, const char *name)
{
	for (uint32_t i = 0; i < s->count; i++)
		if (s->members[i].name && !strcmp(s->members[i].name, name))
			return true;
	return false;
}

/* cmd/cgo/gcc.go, (*typeConv).Struct: "_" before a keyword until no member has that name. */
void go_member(struct buf *out, const struct shape *s, uint32_t member)
{
	const char *name = s->members[member].name;
	struct buf go = BUF_INIT;

	if (!is_go_keyword(name)) {
		buf_addstr(out, name);
		return;
	}
	do {
		struct buf longer = BUF_INIT;

		buf_addf(&longer, "_%s", go.len ? go.ptr : name);
		buf_release(&go);
		go = longer;
	} while (has_member(s, go.ptr));
	buf_addstr(out, go.ptr);
	buf_release(&go);
}

static void go_pointer(struct buf *out, const struct shape *target, const char *prefix)
{
	if (target->kind == SHAPE_VOID) {
		buf_addstr(out, "unsafe.Pointer");
	} else if (target->kind == SHAPE_FUNCTION) {
		buf_addstr(out, "*[0]byte");
	} else {
		buf_addch(out, '*');
		go_type(out, target, prefix);
	}
}

/* A type that only a typedef can say has that name. */
static bool is_typedef(const struct shape *s)
{
	return s->align && !shape_is_aggregate(s) && s->kind != SHAPE_ENUM;
}

void go_type(struct buf *out, const struct shape *s, const char *prefix)
{
	if (is_typedef(s)) {
		buf_addf(out, "C.%s%u", prefix, s->type_index);
		return;
	}
	switch (s->kind) {
	case SHAPE_SCALAR:
		buf_addf(out, "C.%s", scalar_info[s->scalar].go_name);
		return;
	case SHAPE_ENUM:
		buf_addf(out, "C.enum_%s%u", prefix, s->type_index);
		return;
	case SHAPE_STRUCT:
		buf_addf(out, "C.struct_%s%u", prefix, s->type_index);
		return;
	case SHAPE_ARRAY:
		buf_addf(out, "[%u]", s->count);
		go_type(out, s->target, prefix);
		return;
	case SHAPE_POINTER:
		go_pointer(out, s->target, prefix);
		return;
	case SHAPE_UNION:
		buf_addf(out, "C.union_%s%u", prefix, s->type_index);
		return;
	case SHAPE_COMPLEX:
		buf_addf(out, "C.complex%s", scalar_info[s->target->scalar].go_name);
		return;
	case SHAPE_VECTOR: /* cgo makes an array of it */
		buf_addf(out, "[%u]", s->count);
		go_type(out, s->target, prefix);
		return;
	case SHAPE_VOID:
	case SHAPE_FUNCTION:
		break;
	}
	BUG("no Go type for shape kind %d", (int)s->kind);
}

bool go_exportable(const struct shape *s)
{
	while (s->kind == SHAPE_POINTER)
		s = s->target;
	return s->kind != SHAPE_ARRAY && s->kind != SHAPE_FUNCTION;
}

void go_export_type(struct buf *out, const struct shape *s, const char *prefix)
{
	if (go_exportable(s))
		go_type(out, s, prefix);
	else
		buf_addstr(out, "unsafe.Pointer");
}
