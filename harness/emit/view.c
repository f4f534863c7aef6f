/* view.c: emit. The tables of leaves that a C compiler fills in: where it puts what. */
#include "emit/view.h"
#include "emit/route.h"

#include <stdio.h>
#include <string.h>

#include "guest/value.h"

static const char *const leaf_names[CGOFUZZ_LEAF_KINDS] = {
#define LEAF(id, size, about) [CGOFUZZ_LEAF_##id] = "CGOFUZZ_LEAF_" #id,
#include "guest/value.def"
#undef LEAF
};

static const unsigned leaf_sizes[CGOFUZZ_LEAF_KINDS] = {
#define LEAF(id, size, about) [CGOFUZZ_LEAF_##id] = size,
#include "guest/value.def"
#undef LEAF
};

/* Leaves of one block on their way out. */
struct table {
	const struct view_side *s;
	char block; /* 'a': arguments, 'r': the result */
	uint32_t arg;
	bool odd; /* which of the two kinds of leaves this pass writes */
	uint32_t count;
};

static bool is_odd(const struct shape_leaf *leaf)
{
	return leaf->bitfield || leaf_sizes[shape_leaf_kind(leaf->shape)] > 8;
}

static void put_result_type(const struct view_side *s)
{
	shape_declare(s->out, s->c->proto.result, s->prefix, "");
}

/* Bytes from the start of the block to what C can name of the leaf. */
static void put_offset(const struct table *t, const struct shape_leaf *leaf)
{
	struct buf *out = t->s->out;
	int named = (int)leaf->named_len;

	if (t->block == 'a') {
		buf_addf(out, "offsetof(struct A%u, a%u%.*s)", t->s->slot, t->arg, named, leaf->path);
	} else if (named) {
		buf_addstr(out, "offsetof(");
		put_result_type(t->s);
		buf_addf(out, ", %.*s)", named - 1, leaf->path + 1);
	} else {
		buf_addch(out, '0');
	}
	if (leaf->inner)
		buf_addf(out, " + %u", leaf->inner);
}

/* A constant in which C sets the bits of one bit-field: offsetof() cannot name it. */
static int put_sample(const struct shape_leaf *leaf, void *ctx)
{
	const struct table *t = ctx;
	const struct view_side *s = t->s;
	char name[48];

	if (!leaf->bitfield)
		return 0;
	snprintf(name, sizeof(name), "bits%s%u_%c%u", s->tag, s->slot, t->block, leaf->index);
	buf_addstr(s->out, "static const ");
	shape_declare(s->out, t->block == 'a' ? s->c->proto.args[t->arg] : s->c->proto.result,
		      s->prefix, name);
	buf_addf(s->out, " = { %s = %s };\n", leaf->path,
		 shape_leaf_kind(leaf->shape) == CGOFUZZ_LEAF_BOOL ? "1" : "-1");
	return 0;
}

static void put_odd(const struct table *t, const struct shape_leaf *leaf)
{
	const struct view_side *s = t->s;
	int kind = shape_leaf_kind(leaf->shape);

	buf_addstr(s->out, "\t{ ");
	if (!leaf->bitfield) {
		buf_addstr(s->out, "8 * (");
		put_offset(t, leaf);
		buf_addf(s->out, "), %u, %s, %u, ", leaf->index, leaf_names[kind], t->arg);
		if (kind == CGOFUZZ_LEAF_LDOUBLE)
			buf_addstr(s->out, "CGOFUZZ_LDOUBLE_BITS, 0, 0, NULL },\n");
		else
			buf_addf(s->out, "%u, 0, 0, NULL },\n", leaf_sizes[kind] * 8);
		return;
	}
	buf_addf(s->out, "0, %u, %s, %u, %u, sizeof(bits%s%u_%c%u), ", leaf->index, leaf_names[kind],
		 t->arg, leaf->bitfield->width, s->tag, s->slot, t->block, leaf->index);
	if (t->block == 'a')
		buf_addf(s->out, "8 * offsetof(struct A%u, a%u)", s->slot, t->arg);
	else
		buf_addch(s->out, '0');
	buf_addf(s->out, ", &bits%s%u_%c%u },\n", s->tag, s->slot, t->block, leaf->index);
}

static int put_leaf(const struct shape_leaf *leaf, void *ctx)
{
	struct table *t = ctx;

	if (is_odd(leaf) != t->odd)
		return 0;
	t->count++;
	if (t->odd) {
		put_odd(t, leaf);
		return 0;
	}
	buf_addstr(t->s->out, "\t{ ");
	put_offset(t, leaf);
	buf_addf(t->s->out, ", %s, %u, %u },\n", leaf_names[shape_leaf_kind(leaf->shape)], t->arg,
		 leaf->index);
	return 0;
}

/* Every leaf of the block that holds a value in the variant. */
static void each_leaf(struct table *t, uint32_t variant, shape_leaf_fn *fn)
{
	const struct proto *p = &t->s->c->proto;
	uint32_t index = 0;

	t->arg = 0;
	if (t->block == 'r') {
		shape_each_leaf(p->result, variant, &index, fn, t);
		return;
	}
	for (; t->arg < p->arg_count; t->arg++)
		shape_each_leaf(p->args[t->arg], variant, &index, fn, t);
}

static int count_odd(const struct shape_leaf *leaf, void *ctx)
{
	((struct table *)ctx)->count += is_odd(leaf);
	return 0;
}

static uint32_t variants_of(const struct proto *p, char block)
{
	uint32_t most = block == 'r' ? shape_variants(p->result) : 1;

	for (uint32_t i = 0; block == 'a' && i < p->arg_count; i++)
		if (shape_variants(p->args[i]) > most)
			most = shape_variants(p->args[i]);
	return most;
}

static bool is_unusual(const struct view_side *s, char block)
{
	struct table t = { .s = s, .block = block };

	each_leaf(&t, SHAPE_EVERY_VARIANT, count_odd);
	return t.count || variants_of(&s->c->proto, block) > 1;
}

/* Counts are left to C: a list may be empty (GNU C). */
static void put_list(const struct view_side *s, char block, uint32_t variant, bool odd)
{
	struct table t = { .s = s, .block = block, .odd = odd };

	buf_addf(s->out, "static %sstruct cgofuzz_%sleaf %s%s%u_%c%u[] = {\n", odd ? "" : "const ",
		 odd ? "odd_" : "", odd ? "odd" : "leaves", s->tag, s->slot, block, variant);
	each_leaf(&t, variant, put_leaf);
	buf_addstr(s->out, "};\n");
}

static void put_row(const struct view_side *s, struct buf *rows, char block, uint32_t variant)
{
	char name[32];

	snprintf(name, sizeof(name), "%s%u_%c%u", s->tag, s->slot, block, variant);
	buf_addf(rows, "\t{ CGOFUZZ_COUNT(leaves%s), CGOFUZZ_COUNT(odd%s), leaves%s, odd%s },\n",
		 name, name, name, name);
}

/* Every variant's own lists; the view's own is that of variant 0. */
static void put_lists(const struct view_side *s, char block)
{
	uint32_t count = variants_of(&s->c->proto, block);
	struct table t = { .s = s, .block = block };
	struct buf rows = BUF_INIT;

	if (!is_unusual(s, block)) {
		put_list(s, block, 0, false);
		return;
	}
	each_leaf(&t, SHAPE_EVERY_VARIANT, put_sample);
	for (uint32_t v = 0; v < count; v++) {
		put_list(s, block, v, false);
		put_list(s, block, v, true);
		put_row(s, &rows, block, v);
	}
	buf_addf(s->out, "static const struct cgofuzz_variant variants%s%u_%c[] = {\n%s};\n",
		 s->tag, s->slot, block, rows.ptr);
	buf_addf(s->out,
		 "static struct cgofuzz_unusual unusual%s%u_%c = { %u, 0, variants%s%u_%c };\n",
		 s->tag, s->slot, block, count, s->tag, s->slot, block);
	buf_release(&rows);
}

void view_block(const struct view_side *s)
{
	const struct proto *p = &s->c->proto;
	char name[16];

	if (!p->arg_count)
		return;
	buf_addf(s->out, "struct A%u { ", s->slot);
	for (uint32_t i = 0; i < p->arg_count; i++) {
		snprintf(name, sizeof(name), "a%u", i);
		shape_declare(s->out, p->args[i], s->prefix, name);
		buf_addstr(s->out, "; ");
	}
	buf_addstr(s->out, "};\n");
}

/* Of each argument, or of the result: before and after what C declares as `name`. */
static void put_measures(const struct view_side *s, char block, const char *table,
			 const char *before, const char *name, const char *after)
{
	const struct proto *p = &s->c->proto;
	uint32_t count = block == 'a' ? p->arg_count : 1;

	buf_addf(s->out, "static const uint32_t %s%s%u_%c[] = { ", table, s->tag, s->slot, block);
	for (uint32_t i = 0; i < count; i++) {
		buf_addf(s->out, "%s%s", i ? ", " : "", before);
		shape_declare(s->out, block == 'a' ? p->args[i] : p->result, s->prefix, name);
		buf_addstr(s->out, after);
	}
	buf_addstr(s->out, " };\n");
}

/* The alignment is that of a member: GCC's _Alignof stops at 16, its __alignof__ is what it prefers. */
static void put_tables(const struct view_side *s, char block)
{
	put_lists(s, block);
	put_measures(s, block, "size", "sizeof(", "", ")");
	put_measures(s, block, "align", "offsetof(struct { char c; ", "t", "; }, t)");
}

void view_tables(const struct view_side *s)
{
	const struct proto *p = &s->c->proto;

	if (p->arg_count) {
		put_tables(s, 'a');
		buf_addf(s->out, "static const uint32_t arg_offset%s%u[] = { ", s->tag, s->slot);
		for (uint32_t i = 0; i < p->arg_count; i++)
			buf_addf(s->out, "%soffsetof(struct A%u, a%u)", i ? ", " : "", s->slot, i);
		buf_addstr(s->out, " };\n");
	}
	if (p->result->kind != SHAPE_VOID)
		put_tables(s, 'r');
}

static void put_initializer(const struct view_side *s, struct buf *out, char block)
{
	bool args = block == 'a';

	if (args ? !s->c->proto.arg_count : s->c->proto.result->kind == SHAPE_VOID) {
		buf_addstr(out, "CGOFUZZ_NO_VIEW, ");
		return;
	}
	buf_addf(out, "{ %u, CGOFUZZ_COUNT(leaves%s%u_%c0), sizeof(",
		 args ? s->c->proto.arg_count : 1, s->tag, s->slot, block);
	if (args)
		buf_addf(out, "struct A%u", s->slot);
	else
		shape_declare(out, s->c->proto.result, s->prefix, "");
	buf_addf(out, "), 0, leaves%s%u_%c0, ", s->tag, s->slot, block);
	if (args)
		buf_addf(out, "arg_offset%s%u, ", s->tag, s->slot);
	else
		buf_addstr(out, "result_offset, ");
	buf_addf(out, "size%s%u_%c, align%s%u_%c, ", s->tag, s->slot, block, s->tag, s->slot, block);
	if (is_unusual(s, block))
		buf_addf(out, "&unusual%s%u_%c }, ", s->tag, s->slot, block);
	else
		buf_addstr(out, "NULL }, ");
}

void view_initializers(const struct view_side *s, struct buf *out)
{
	put_initializer(s, out, 'a');
	put_initializer(s, out, 'r');
}

static void put_hook(const struct view_side *s, const char *hook, int phase, const char *block)
{
	if (hook)
		buf_addf(s->out, "\t%s(%d, %s);\n", hook, phase, block);
}

/* Only the callee itself takes what it takes as the route has it. */
static void put_call(const struct view_side *s, const char *callee)
{
	char name[16];

	snprintf(name, sizeof(name), "%s%u", callee, s->slot);
	if (!strcmp(callee, "f")) {
		route_c_call(s->out, s->c, name);
		return;
	}
	buf_addch(s->out, '\t');
	text_keep_begin(s->out, s->c->proto.result);
	buf_addf(s->out, "%s(", name);
	for (uint32_t i = 0; i < s->c->proto.arg_count; i++)
		buf_addf(s->out, "%sa->a%u", i ? ", " : "", i);
	buf_addstr(s->out, ");\n");
	text_keep_end(s->out, s->c->proto.result);
}

void view_caller(const struct view_side *s, const char *name, const char *callee, const char *hook)
{
	bool result = s->c->proto.result->kind != SHAPE_VOID;
	uint32_t args = s->c->proto.arg_count;

	buf_addf(s->out, "\nvoid %s%u(void *in, void *result)\n{\n", name, s->slot);
	if (args)
		buf_addf(s->out, "\tstruct A%u *a = in;\n", s->slot);
	if (result) {
		buf_addch(s->out, '\t');
		shape_declare(s->out, s->c->proto.result, s->prefix, "*r");
		buf_addstr(s->out, " = result;\n");
	}
	buf_addstr(s->out, args || result ? "\n" : "");
	put_hook(s, hook, 3, args ? "a" : "NULL");
	put_call(s, callee);
	put_hook(s, hook, 4, result ? "r" : "NULL");
	buf_addstr(s->out, "}\n");
}
