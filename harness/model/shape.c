/* shape.c: model. Facts about one C type: its scalars, its leaves, equality. */
#include "model/shape.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "guest/value.h"
#include "model/case.h"

const struct scalar_info scalar_info[SCALAR_COUNT] = {
#define SCALAR(id, c, go, leaf, size) [SCALAR_##id] = { c, go, CGOFUZZ_LEAF_##leaf, size },
#include "model/scalar.def"
#undef SCALAR
};

struct leaf_walk {
	struct buf path;
	uint32_t *index;
	shape_leaf_fn *fn;
	void *ctx;
};

/* Cuts the path back to what it was before a member or element. */
static void path_cut(struct buf *path, size_t len)
{
	path->len = len;
	if (path->cap)
		path->ptr[len] = '\0';
}

static int walk_leaves(struct leaf_walk *w, const struct shape *s)
{
	size_t len = w->path.len;
	int rc = 0;

	switch (s->kind) {
	case SHAPE_SCALAR:
	case SHAPE_ENUM:
	case SHAPE_POINTER:
		return w->fn(w->path.ptr, s, (*w->index)++, w->ctx);
	case SHAPE_STRUCT:
		for (uint32_t i = 0; i < s->count && rc >= 0; i++) {
			buf_addf(&w->path, ".%s", s->members[i].name);
			rc = walk_leaves(w, s->members[i].shape);
			path_cut(&w->path, len);
		}
		return rc;
	case SHAPE_ARRAY:
		for (uint32_t i = 0; i < s->count && rc >= 0; i++) {
			buf_addf(&w->path, "[%u]", i);
			rc = walk_leaves(w, s->target);
			path_cut(&w->path, len);
		}
		return rc;
	case SHAPE_VOID:
		return 0;
	case SHAPE_FUNCTION:
		break;
	}
	BUG("shape kind %d has no leaves", (int)s->kind);
}

int shape_each_leaf(const struct shape *s, uint32_t *index, shape_leaf_fn *fn, void *ctx)
{
	struct leaf_walk w = { BUF_INIT, index, fn, ctx };
	int rc = walk_leaves(&w, s);

	buf_release(&w.path);
	return rc < 0 ? rc : 0;
}

uint32_t shape_leaf_count(const struct shape *s)
{
	uint32_t count = 0;

	switch (s->kind) {
	case SHAPE_SCALAR:
	case SHAPE_ENUM:
	case SHAPE_POINTER:
		return 1;
	case SHAPE_STRUCT:
		for (uint32_t i = 0; i < s->count; i++)
			count += shape_leaf_count(s->members[i].shape);
		return count;
	case SHAPE_ARRAY:
		return s->count * shape_leaf_count(s->target);
	case SHAPE_VOID:
	case SHAPE_FUNCTION:
		break;
	}
	return 0;
}

int shape_leaf_kind(const struct shape *leaf)
{
	switch (leaf->kind) {
	case SHAPE_SCALAR:
		return scalar_info[leaf->scalar].leaf_kind;
	case SHAPE_ENUM:
		return CGOFUZZ_LEAF_I32;
	case SHAPE_POINTER:
		return CGOFUZZ_LEAF_PTR;
	case SHAPE_VOID:
	case SHAPE_FUNCTION:
	case SHAPE_STRUCT:
	case SHAPE_ARRAY:
		break;
	}
	BUG("shape kind %d is no leaf", (int)leaf->kind);
}

static bool proto_equal(const struct proto *a, const struct proto *b)
{
	if (a->arg_count != b->arg_count || !shape_equal(a->result, b->result))
		return false;
	for (uint32_t i = 0; i < a->arg_count; i++)
		if (!shape_equal(a->args[i], b->args[i]))
			return false;
	return true;
}

bool shape_equal(const struct shape *a, const struct shape *b)
{
	if (a == b)
		return true;
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case SHAPE_VOID:
		return true;
	case SHAPE_SCALAR:
		return a->scalar == b->scalar;
	case SHAPE_POINTER:
		return shape_equal(a->target, b->target);
	case SHAPE_ARRAY:
		return a->count == b->count && shape_equal(a->target, b->target);
	case SHAPE_FUNCTION:
		return proto_equal(a->function, b->function);
	case SHAPE_ENUM:
		for (uint32_t i = 0; a->count == b->count && i < a->count; i++)
			if (a->enumerators[i].value != b->enumerators[i].value ||
			    strcmp(a->enumerators[i].name, b->enumerators[i].name) != 0)
				return false;
		return a->count == b->count;
	case SHAPE_STRUCT:
		for (uint32_t i = 0; a->count == b->count && i < a->count; i++)
			if (strcmp(a->members[i].name, b->members[i].name) != 0 ||
			    !shape_equal(a->members[i].shape, b->members[i].shape))
				return false;
		return a->count == b->count;
	}
	return false;
}
