/* standalone_leaf.c: emit. Lines of a reproducer that set or check one leaf each. Go names what cgo lets it
 * name; for the rest C says where it is. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emit/standalone.h"
#include "guest/value.h"

#define POOL_MARK ((uint64_t)1 << 40) /* stands for the pool's address until it is printed */

/* One object's leaves on their way out. */
struct lines {
	const struct standalone *s;
	const struct shape *shape;
	uint64_t seed;
	bool check;
	const char *name; /* "a0", "r" */
	char object[32]; /* an expression: "(*a0)" */
	uint32_t first; /* index of its first leaf */
	char *go_names; /* a word for each leaf, or NULL: all by place */
};

static bool has_attributes(const struct shape *s)
{
	if (s->packed || s->align)
		return true;
	for (uint32_t i = 0; shape_is_aggregate(s) && i < s->count; i++)
		if (s->members[i].packed || s->members[i].align ||
		    has_attributes(s->members[i].shape))
			return true;
	return s->kind == SHAPE_ARRAY && has_attributes(s->target);
}

static uint32_t leaf_bytes(const struct shape_leaf *leaf)
{
	return leaf->shape->kind == SHAPE_SCALAR  ? scalar_info[leaf->shape->scalar].size
		: leaf->shape->kind == SHAPE_ENUM ? shape_enum_size(leaf->shape)
						  : 8;
}

/* " a0.b a0.z+4 -": the word of one leaf, or NULL. first: index of the first. */
static const char *word_of(const char *names, uint32_t first, const struct shape_leaf *leaf,
			   size_t *len)
{
	const char *word = names;

	for (uint32_t i = first; word && i < leaf->index; i++)
		word = strchr(word + 1, ' ');
	if (!word || word[1] == '-')
		return NULL;
	*len = strcspn(++word, " +");
	return word;
}

/* Where the leaf is, and how many bytes it has; `high`: bytes from its start to its second word. */
static void put_go_place(const struct lines *l, const struct shape_leaf *leaf, uint32_t high,
			 uint32_t bytes)
{
	size_t len = 0;
	const char *word = word_of(l->go_names, l->first, leaf, &len);
	struct buf *out = l->s->out;
	uint32_t inner = leaf->inner + high;

	if (word && leaf->named_len == strlen(leaf->path) && bytes == leaf_bytes(leaf))
		buf_addf(out, "unsafe.Pointer(&%.*s), unsafe.Sizeof(%.*s), ", (int)len, word,
			 (int)len, word);
	else if (word)
		buf_addf(out, "unsafe.Add(unsafe.Pointer(&%.*s), %u), %u, ", (int)len, word, inner,
			 bytes);
	else if (!*leaf->path)
		buf_addf(out, "unsafe.Add(unsafe.Pointer(&%s), %u), %u, ", l->name, inner, bytes);
	else
		buf_addf(out, "unsafe.Add(unsafe.Pointer(&%s), C.at_%s_%u+%u), %u, ", l->name,
			 l->name, leaf->index, high, bytes);
}

static void put_c_place(const struct lines *l, const struct shape_leaf *leaf, uint32_t high,
			uint32_t bytes)
{
	struct buf *out = l->s->out;
	int named = (int)leaf->named_len;

	if (!leaf->inner && !high && bytes == leaf_bytes(leaf) && named == (int)strlen(leaf->path))
		buf_addf(out, "&%s%s, sizeof %s%s, ", l->object, leaf->path, l->object, leaf->path);
	else
		buf_addf(out, "(char *)&%s%.*s + %u, %u, ", l->object, named, leaf->path,
			 leaf->inner + high, bytes);
}

static void begin(const struct lines *l, const struct shape_leaf *leaf, const char *about, bool bits)
{
	buf_addf(l->s->out, "\t%s%s(", l->check ? "check" : "put",
		 !bits		    ? ""
			 : l->s->go ? "Bits"
				    : "_bits");
	if (l->check)
		buf_addf(l->s->out, "\"%s%s%s\", ", l->name, leaf->path, about);
}

static void end(const struct lines *l)
{
	buf_addstr(l->s->out, l->s->go ? ")\n" : ");\n");
}

static void put_value(const struct lines *l, uint64_t bits, int kind)
{
	struct buf *out = l->s->out;

	if (kind == CGOFUZZ_LEAF_PTR && bits)
		buf_addf(out, l->s->go ? "pool(0x%" PRIx64 ")" : "POOL(0x%" PRIx64 ")",
			 bits - POOL_MARK);
	else
		buf_addf(out, l->s->go ? "0x%" PRIx64 : "0x%" PRIx64 "ULL", bits);
}

static void word_line(const struct lines *l, const struct shape_leaf *leaf, const char *about,
		      uint32_t high, uint32_t bytes, uint64_t value)
{
	begin(l, leaf, about, false);
	if (l->s->go)
		put_go_place(l, leaf, high, bytes);
	else
		put_c_place(l, leaf, high, bytes);
	put_value(l, value, shape_leaf_kind(leaf->shape));
	end(l);
}

/* Only C has long double; how much of it is value depends on the machine. */
static void long_double_lines(const struct lines *l, const struct shape_leaf *leaf)
{
	uint64_t x87[2], quad[2];

	cgofuzz_value_odd(l->seed, leaf->index, CGOFUZZ_LEAF_LDOUBLE, 80, POOL_MARK, x87);
	cgofuzz_value_odd(l->seed, leaf->index, CGOFUZZ_LEAF_LDOUBLE, 128, POOL_MARK, quad);
	word_line(l, leaf, ", low", 0, 8, quad[0]);
	begin(l, leaf, ", high", false);
	buf_addf(l->s->out,
		 "(char *)&%s%.*s + %u, X87(2, 8), X87(0x%" PRIx64 "ULL, 0x%" PRIx64 "ULL));\n",
		 l->object, (int)leaf->named_len, leaf->path, leaf->inner + 8, x87[1], quad[1]);
}

static void bits_line(const struct lines *l, const struct shape_leaf *leaf)
{
	struct buf *out = l->s->out;
	uint64_t value[2];

	cgofuzz_value_odd(l->seed, leaf->index, shape_leaf_kind(leaf->shape), leaf->bitfield->width,
			  POOL_MARK, value);
	begin(l, leaf, "", true);
	if (l->s->go)
		buf_addf(out,
			 "unsafe.Pointer(&%s), unsafe.Pointer(&C.bits_%s_%u), unsafe.Sizeof(%s), ",
			 l->name, l->name, leaf->index, l->name);
	else
		buf_addf(out, "(void *)&%s, &bits_%s_%u, sizeof %s, ", l->object, l->name,
			 leaf->index, l->object);
	put_value(l, value[0], CGOFUZZ_LEAF_I64);
	end(l);
}

static int put_leaf(const struct shape_leaf *leaf, void *ctx)
{
	const struct lines *l = ctx;
	int kind = shape_leaf_kind(leaf->shape);
	uint64_t value[2];

	if (leaf->bitfield) {
		bits_line(l, leaf);
	} else if (kind == CGOFUZZ_LEAF_LDOUBLE) {
		long_double_lines(l, leaf);
	} else if (kind == CGOFUZZ_LEAF_I128) {
		cgofuzz_value_odd(l->seed, leaf->index, kind, 128, POOL_MARK, value);
		word_line(l, leaf, ", low", 0, 8, value[0]);
		word_line(l, leaf, ", high", 8, 8, value[1]);
	} else {
		word_line(l, leaf, "", 0, leaf_bytes(leaf),
			  cgofuzz_value(l->seed, leaf->index, kind, POOL_MARK));
	}
	return 0;
}

static void put_object(struct lines *l, uint32_t variant, uint32_t *index)
{
	struct buf names = BUF_INIT;

	l->first = *index;
	if (l->s->go && !has_attributes(l->shape)) {
		go_names(&names, l->shape, l->name);
		l->go_names = names.len ? names.ptr : NULL;
	}
	shape_each_leaf(l->shape, variant, index, put_leaf, l);
	buf_release(&names);
}

static uint32_t variant_of(uint64_t seed, uint32_t count)
{
	return (uint32_t)((seed >> 40) % count);
}

void standalone_args(const struct standalone *s, bool check, const char *before, const char *after)
{
	const struct proto *p = &s->c->proto;
	uint32_t index = 0, most = 1;
	char name[16];

	for (uint32_t i = 0; i < p->arg_count; i++)
		if (shape_variants(p->args[i]) > most)
			most = shape_variants(p->args[i]);
	for (uint32_t i = 0; i < p->arg_count; i++) {
		struct lines l = {
			.s = s, .shape = p->args[i], .seed = s->seed, .check = check, .name = name
		};

		snprintf(name, sizeof(name), "a%u", i);
		snprintf(l.object, sizeof(l.object), "%s%s%s", before, name, after);
		put_object(&l, variant_of(s->seed, most), &index);
	}
}

void standalone_result(const struct standalone *s, bool check, const char *object)
{
	const struct shape *shape = s->c->proto.result;
	uint64_t seed = cgofuzz_result_seed(s->seed);
	struct lines l = { .s = s, .shape = shape, .seed = seed, .check = check, .name = "result" };
	uint32_t index = 0;

	if (shape->kind == SHAPE_VOID)
		return;
	snprintf(l.object, sizeof(l.object), "%s", object);
	put_object(&l, variant_of(seed, shape_variants(shape)), &index);
}

/* What is told of each leaf that has no name in Go, or of each bit-field. */
struct places {
	struct buf *out;
	const struct shape *shape;
	const char *name;
	bool samples, define;
	uint32_t first;
	char *go_names;
};

static void put_type(const struct places *p, const char *name)
{
	shape_declare(p->out, p->shape, STANDALONE_PREFIX, name);
}

static int put_place(const struct shape_leaf *leaf, void *ctx)
{
	const struct places *p = ctx;
	char name[32];
	size_t len;

	if (leaf->bitfield) {
		snprintf(name, sizeof(name), "bits_%s_%u", p->name, leaf->index);
		buf_addstr(p->out, p->define ? "const " : "extern const ");
		put_type(p, name);
		if (p->define)
			buf_addf(p->out, " = { %s = %s }", leaf->path,
				 shape_leaf_kind(leaf->shape) == CGOFUZZ_LEAF_BOOL ? "1" : "-1");
		buf_addstr(p->out, ";\n");
	} else if (*leaf->path && !p->define && !p->samples &&
		   !word_of(p->go_names, p->first, leaf, &len)) {
		buf_addf(p->out, "enum { at_%s_%u = ", p->name, leaf->index);
		if (leaf->named_len) {
			buf_addstr(p->out, "offsetof(");
			put_type(p, "");
			buf_addf(p->out, ", %.*s) + ", (int)leaf->named_len - 1, leaf->path + 1);
		}
		buf_addf(p->out, "%u }; /* %s%s */\n", leaf->inner, p->name, leaf->path);
	}
	return 0;
}

static void put_places_of(struct places *p, const struct shape *shape, uint32_t *index)
{
	struct buf names = BUF_INIT;

	p->shape = shape;
	p->first = *index;
	if (!has_attributes(shape))
		go_names(&names, shape, p->name);
	p->go_names = names.len ? names.ptr : NULL;
	shape_each_leaf(shape, SHAPE_EVERY_VARIANT, index, put_place, p);
	buf_release(&names);
}

static void put_places(const struct standalone *s, bool define)
{
	const struct proto *proto = &s->c->proto;
	struct places p = { .out = s->out, .define = define, .samples = s->c->route == ROUTE_DIRECT };
	uint32_t index = 0;
	char name[16];

	p.name = name;
	for (uint32_t i = 0; i < proto->arg_count; i++) {
		snprintf(name, sizeof(name), "a%u", i);
		put_places_of(&p, proto->args[i], &index);
	}
	p.name = "result";
	index = 0;
	put_places_of(&p, proto->result, &index);
}

void standalone_declare_places(const struct standalone *s)
{
	put_places(s, false);
}

void standalone_define_samples(const struct standalone *s)
{
	put_places(s, true);
}
