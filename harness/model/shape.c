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

const struct shape shape_scalars[SCALAR_COUNT] = {
#define SCALAR(id, c, go, leaf, size) \
	[SCALAR_##id] = { .kind = SHAPE_SCALAR, .scalar = SCALAR_##id },
#include "model/scalar.def"
#undef SCALAR
};

struct leaf_walk {
	struct buf path;
	uint32_t *index;
	shape_leaf_fn *fn;
	void *ctx;
	bool silent; /* leaves of a union's member that is not in use: only counted */
};

bool shape_enumerator_follows(int64_t value)
{
	return value >= INT32_MIN && value < INT32_MAX;
}

bool shape_has_names(const struct shape *s)
{
	for (uint32_t i = 0; shape_is_aggregate(s) && i < s->count; i++)
		if (s->members[i].name ||
		    (!s->members[i].is_bitfield && shape_has_names(s->members[i].shape)))
			return true;
	return false;
}

uint32_t shape_variants(const struct shape *s)
{
	uint32_t all = 0, most = 1;

	if (s->kind == SHAPE_ARRAY)
		return shape_variants(s->target);
	for (uint32_t i = 0; shape_is_aggregate(s) && i < s->count; i++) {
		uint32_t n = shape_variants(s->members[i].shape);

		all += n;
		most = n > most ? n : most;
	}
	return s->kind == SHAPE_UNION && all ? all : most;
}

/* Cuts the path back to what it was before a member or element. */
static void path_cut(struct buf *path, size_t len)
{
	path->len = len;
	if (path->cap)
		path->ptr[len] = '\0';
}

/* "[17]", without printf: walks are what loops over cases spend their time on */
static void path_index(struct buf *path, uint32_t index)
{
	char text[16];
	size_t at = sizeof(text);

	text[--at] = ']';
	do
		text[--at] = (char)('0' + index % 10);
	while (index /= 10);
	text[--at] = '[';
	buf_add(path, text + at, sizeof(text) - at);
}

/* Parts of what C names as a whole: suffix is ".re", ".im", "[3]" or "". */
static int one_leaf(struct leaf_walk *w, const struct shape *s, const struct member *bitfield,
		    const char *suffix, uint32_t inner)
{
	size_t len = w->path.len;
	struct shape_leaf leaf = { .shape = s,
				   .bitfield = bitfield,
				   .named_len = (uint32_t)len,
				   .inner = inner,
				   .index = (*w->index)++ };
	int rc;

	if (w->silent)
		return 0;
	buf_addstr(&w->path, suffix);
	leaf.path = w->path.ptr;
	rc = w->fn(&leaf, w->ctx);
	path_cut(&w->path, len);
	return rc;
}

static int walk_parts(struct leaf_walk *w, const struct shape *s)
{
	uint32_t size = scalar_info[s->target->scalar].size;
	char suffix[16];
	int rc = 0;

	if (s->kind == SHAPE_COMPLEX) {
		rc = one_leaf(w, s->target, NULL, ".re", 0);
		return rc < 0 ? rc : one_leaf(w, s->target, NULL, ".im", size);
	}
	for (uint32_t i = 0; i < s->count && rc >= 0; i++) {
		snprintf(suffix, sizeof(suffix), "[%u]", i);
		rc = one_leaf(w, s->target, NULL, suffix, i * size);
	}
	return rc;
}

static int walk_leaves(struct leaf_walk *w, const struct shape *s, uint32_t variant);

static int walk_member(struct leaf_walk *w, const struct member *m, uint32_t variant)
{
	size_t len = w->path.len;
	int rc = 0;

	if (m->name) {
		buf_addch(&w->path, '.');
		buf_addstr(&w->path, m->name);
	}
	if (!m->is_bitfield)
		rc = walk_leaves(w, m->shape, variant);
	else if (m->name)
		rc = one_leaf(w, m->shape, m, "", 0);
	path_cut(&w->path, len);
	return rc;
}

static int walk_union(struct leaf_walk *w, const struct shape *s, uint32_t variant)
{
	bool silent = w->silent;
	uint32_t left = variant;
	int rc = 0;

	if (variant != SHAPE_EVERY_VARIANT && s->count)
		left %= shape_variants(s);
	for (uint32_t i = 0; i < s->count && rc >= 0; i++) {
		uint32_t n = shape_variants(s->members[i].shape);

		if (variant != SHAPE_EVERY_VARIANT)
			w->silent = silent || left >= n; /* wraps once the member was seen */
		rc = walk_member(w, &s->members[i], left);
		if (variant != SHAPE_EVERY_VARIANT)
			left -= n;
	}
	w->silent = silent;
	return rc;
}

static int walk_leaves(struct leaf_walk *w, const struct shape *s, uint32_t variant)
{
	size_t len = w->path.len;
	int rc = 0;

	switch (s->kind) {
	case SHAPE_SCALAR:
	case SHAPE_ENUM:
	case SHAPE_POINTER:
		return one_leaf(w, s, NULL, "", 0);
	case SHAPE_COMPLEX:
	case SHAPE_VECTOR:
		return walk_parts(w, s);
	case SHAPE_STRUCT:
		for (uint32_t i = 0; i < s->count && rc >= 0; i++)
			rc = walk_member(w, &s->members[i], variant);
		return rc;
	case SHAPE_UNION:
		return walk_union(w, s, variant);
	case SHAPE_ARRAY:
		for (uint32_t i = 0; i < s->count && rc >= 0; i++) {
			path_index(&w->path, i);
			rc = walk_leaves(w, s->target, variant);
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

int shape_each_leaf(const struct shape *s, uint32_t variant, uint32_t *index, shape_leaf_fn *fn,
		    void *ctx)
{
	struct leaf_walk w = { BUF_INIT, index, fn, ctx, false };
	int rc;

	buf_addstr(&w.path, ""); /* a path is a string from the start */
	rc = walk_leaves(&w, s, variant);
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
	case SHAPE_COMPLEX:
		return 2;
	case SHAPE_VECTOR:
		return s->count;
	case SHAPE_STRUCT:
	case SHAPE_UNION:
		for (uint32_t i = 0; i < s->count; i++)
			if (!s->members[i].is_bitfield)
				count += shape_leaf_count(s->members[i].shape);
			else if (s->members[i].name)
				count++;
		return count;
	case SHAPE_ARRAY:
		return s->count * shape_leaf_count(s->target);
	case SHAPE_VOID:
	case SHAPE_FUNCTION:
		break;
	}
	return 0;
}

bool shape_enum_signed(const struct shape *s)
{
	for (uint32_t i = 0; i < s->count; i++)
		if (s->enumerators[i].value < 0)
			return true;
	return false;
}

unsigned shape_enum_size(const struct shape *s)
{
	int64_t lowest = 0, highest = 0;

	for (uint32_t i = 0; i < s->count; i++) {
		int64_t value = s->enumerators[i].value;

		lowest = value < lowest ? value : lowest;
		highest = value > highest ? value : highest;
	}
	for (unsigned size = s->packed ? 1 : 4; size < 8; size *= 2) {
		int64_t high = lowest < 0 ? ((int64_t)1 << (8 * size - 1)) - 1
					  : ((int64_t)1 << 8 * size) - 1;

		if (highest <= high && lowest >= -high - 1)
			return size;
	}
	return 8;
}

unsigned shape_bitfield_bits(const struct shape *s)
{
	if (s->qualifiers & QUALIFIER_ATOMIC)
		return 0;
	if (s->kind == SHAPE_ENUM)
		return 8 * shape_enum_size(s);
	if (s->kind != SHAPE_SCALAR || s->scalar == SCALAR_FLOAT || s->scalar == SCALAR_DOUBLE ||
	    s->scalar == SCALAR_LDOUBLE || s->scalar == SCALAR_FLOAT16)
		return 0;
	return s->scalar == SCALAR_BOOL ? 1 : 8 * scalar_info[s->scalar].size;
}

int shape_leaf_kind(const struct shape *leaf)
{
	switch (leaf->kind) {
	case SHAPE_SCALAR:
		return scalar_info[leaf->scalar].leaf_kind;
	case SHAPE_ENUM:
		switch (shape_enum_size(leaf)) {
		case 1:
			return CGOFUZZ_LEAF_I8;
		case 2:
			return CGOFUZZ_LEAF_I16;
		case 4:
			return CGOFUZZ_LEAF_I32;
		}
		return CGOFUZZ_LEAF_I64;
	case SHAPE_POINTER:
		return CGOFUZZ_LEAF_PTR;
	case SHAPE_VOID:
	case SHAPE_FUNCTION:
	case SHAPE_STRUCT:
	case SHAPE_UNION:
	case SHAPE_ARRAY:
	case SHAPE_COMPLEX:
	case SHAPE_VECTOR:
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

static bool same_name(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool member_equal(const struct member *a, const struct member *b)
{
	return same_name(a->name, b->name) && a->align == b->align && a->packed == b->packed &&
		a->is_bitfield == b->is_bitfield && a->width == b->width &&
		shape_equal(a->shape, b->shape);
}

static bool enumerator_equal(const struct enumerator *a, const struct enumerator *b)
{
	return a->value == b->value && !strcmp(a->name, b->name);
}

bool shape_equal(const struct shape *a, const struct shape *b)
{
	if (a == b)
		return true;
	if (a->kind != b->kind || a->qualifiers != b->qualifiers || a->align != b->align ||
	    a->packed != b->packed || a->flexible != b->flexible || a->count != b->count)
		return false;
	switch (a->kind) {
	case SHAPE_VOID:
		return true;
	case SHAPE_SCALAR:
		return a->scalar == b->scalar;
	case SHAPE_POINTER:
	case SHAPE_ARRAY:
	case SHAPE_COMPLEX:
	case SHAPE_VECTOR:
		return shape_equal(a->target, b->target);
	case SHAPE_FUNCTION:
		return proto_equal(a->function, b->function);
	case SHAPE_ENUM:
		for (uint32_t i = 0; i < a->count; i++)
			if (!enumerator_equal(&a->enumerators[i], &b->enumerators[i]))
				return false;
		return true;
	case SHAPE_STRUCT:
	case SHAPE_UNION:
		for (uint32_t i = 0; i < a->count; i++)
			if (!member_equal(&a->members[i], &b->members[i]))
				return false;
		return true;
	}
	return false;
}
