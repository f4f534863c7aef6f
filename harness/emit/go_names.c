/* go_names.c: emit. Where Go is to look for each leaf of a case whose types are not plain: by name where
 * cgo gives the member one, else where C says. */
#include "emit/text.h"

#include <string.h>

#include "guest/value.h"

struct names {
	struct buf *out;
	struct buf path; /* "a0.m[2]", or "" below what Go cannot name */
	bool nameless;
};

static void cut(struct buf *b, size_t len)
{
	b->len = len;
	if (b->cap)
		b->ptr[len] = '\0';
}

static bool plain_members(const struct shape *s)
{
	for (uint32_t i = 0; i < s->count; i++) {
		const struct member *m = &s->members[i];

		if (!m->name || m->is_bitfield || m->packed || m->align || !go_plain(m->shape))
			return false;
	}
	return true;
}

bool go_plain(const struct shape *s)
{
	switch (s->kind) {
	case SHAPE_VOID:
		return true;
	case SHAPE_SCALAR:
		return !s->align && shape_leaf_kind(s) < CGOFUZZ_LEAF_F16;
	case SHAPE_ENUM:
		return !s->align && !s->packed;
	case SHAPE_POINTER:
		return !s->align;
	case SHAPE_ARRAY:
		return !s->align && s->count && go_plain(s->target);
	case SHAPE_STRUCT:
		return !s->align && !s->packed && s->count && plain_members(s);
	case SHAPE_UNION:
	case SHAPE_COMPLEX:
	case SHAPE_VECTOR:
	case SHAPE_FUNCTION:
		break;
	}
	return false;
}

static void put_name(struct names *n, uint32_t inner)
{
	if (n->nameless) {
		buf_addstr(n->out, " -");
		return;
	}
	buf_addf(n->out, " %s", n->path.ptr);
	if (inner)
		buf_addf(n->out, "+%u", inner);
}

static void walk(struct names *n, const struct shape *s);

/* cmd/cgo/gcc.go, (*typeConv).Struct: members without a name are anon0, anon1, ...; bit-fields and
 * members that are not aligned are left out (the latter is seen at run time). */
static void walk_members(struct names *n, const struct shape *s)
{
	uint32_t anonymous = 0;

	for (uint32_t i = 0; i < s->count; i++) {
		const struct member *m = &s->members[i];
		size_t len = n->path.len;
		bool nameless = n->nameless;

		if (m->is_bitfield && !m->name)
			continue;
		if (s->kind == SHAPE_UNION || m->is_bitfield || (m->name && !strcmp(m->name, "_")))
			n->nameless = true;
		buf_addch(&n->path, '.');
		if (m->name)
			go_member(&n->path, s, i);
		else
			buf_addf(&n->path, "anon%u", anonymous++);
		if (m->is_bitfield)
			put_name(n, 0);
		else
			walk(n, m->shape);
		n->nameless = nameless;
		cut(&n->path, len);
	}
}

static void walk_elements(struct names *n, const struct shape *s)
{
	size_t len = n->path.len;

	for (uint32_t i = 0; i < s->count; i++) {
		buf_addf(&n->path, "[%u]", i);
		walk(n, s->target);
		cut(&n->path, len);
	}
}

/* One word for each leaf, in the order of shape_each_leaf(SHAPE_EVERY_VARIANT). */
static void walk(struct names *n, const struct shape *s)
{
	switch (s->kind) {
	case SHAPE_STRUCT:
	case SHAPE_UNION:
		walk_members(n, s);
		return;
	case SHAPE_ARRAY:
		walk_elements(n, s);
		return;
	case SHAPE_COMPLEX:
		put_name(n, 0);
		put_name(n, scalar_info[s->target->scalar].size);
		return;
	case SHAPE_VECTOR:
		for (uint32_t i = 0; i < s->count; i++)
			put_name(n, i * scalar_info[s->target->scalar].size);
		return;
	case SHAPE_SCALAR:
	case SHAPE_ENUM:
	case SHAPE_POINTER:
		put_name(n, 0);
		return;
	case SHAPE_VOID:
		return;
	case SHAPE_FUNCTION:
		break;
	}
	BUG("shape kind %d crosses by value", (int)s->kind);
}

void go_names(struct buf *out, const struct shape *s, const char *object)
{
	struct names n = { .out = out, .path = BUF_INIT };

	buf_addstr(&n.path, object);
	walk(&n, s);
	buf_release(&n.path);
}
