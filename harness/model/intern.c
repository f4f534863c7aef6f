/* intern.c: model. Equal types of one case become one type, numbered, with its size and leaves. */
#include <string.h>

#include "base/hash.h"
#include "model/finish.h"

#define FIRST_BUCKETS 16

/* What a shape of the caller became. A type named twice (typedef, tag) is walked only once. Parsed shapes
 * need none, see shape_new(). */
struct memo {
	const struct shape *source;
	const struct shape *result;
	struct memo *next;
};

struct intern {
	struct arena *arena;
	struct case_problem *problem;
	bool in_place; /* what was parsed is in the arena, and nobody else's; else names are copied, too */
	uint32_t buckets; /* of both tables, a power of two */
	uint32_t node_count;
	struct node **nodes;
	struct memo **memos;
	struct node *first_nodes[FIRST_BUCKETS];
	struct memo *first_memos[FIRST_BUCKETS];
	struct node *first_type, **last_type; /* those with a number, in its order */
	uint32_t type_count, typedef_count;
};

/* Plain scalars are most of what there is: known beforehand, never numbered. */
static const struct node scalar_nodes[SCALAR_COUNT] = {
#define SCALAR(id, c, go, leaf, bytes) \
	[SCALAR_##id] = { .shape = { .kind = SHAPE_SCALAR, .scalar = SCALAR_##id }, \
			  .size = bytes, \
			  .align = bytes, \
			  .leaves = 1, \
			  .nodes = 1, \
			  .variants = 1 },
#include "model/scalar.def"
#undef SCALAR
};

static uint64_t mix(uint64_t h, uint64_t x)
{
	h = (h ^ x) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 29;
}

/* Most have one character or two. */
static uint64_t name_hash(const char *s)
{
	uint64_t h = (unsigned char)s[0];

	if (!s[0] || !s[1])
		return h;
	for (s++; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	return h;
}

static uint64_t member_hash(uint64_t h, const struct member *m)
{
	uint64_t says = (uint64_t)m->align << 10 | m->packed << 9 | m->is_bitfield << 8 | m->width;

	h = mix(h + (m->name ? name_hash(m->name) : 0), (uintptr_t)m->shape);
	return says ? mix(h, says) : h;
}

/* Of a shape whose parts are interned already: their addresses stand for them. */
static uint64_t shape_hash(const struct shape *s)
{
	uint64_t says = s->kind << 16 | s->scalar << 8 | s->qualifiers,
		 more = s->align << 2 | s->packed << 1 | s->flexible;
	uint64_t h = mix(says | (uint64_t)s->count << 32, (uintptr_t)s->target);

	if (more)
		h = mix(h, more);
	for (uint32_t i = 0; shape_is_aggregate(s) && i < s->count; i++)
		h = member_hash(h, &s->members[i]);
	for (uint32_t i = 0; s->kind == SHAPE_ENUM && i < s->count; i++)
		h = mix(h + name_hash(s->enumerators[i].name), (uint64_t)s->enumerators[i].value);
	if (s->kind == SHAPE_FUNCTION) {
		h = mix(h, (uintptr_t)s->function->result);
		for (uint32_t i = 0; i < s->function->arg_count; i++)
			h = mix(h, (uintptr_t)s->function->args[i]);
	}
	return h;
}

static struct node **node_bucket(struct intern *in, uint64_t hash)
{
	return &in->nodes[hash & (in->buckets - 1)];
}

static struct memo **memo_bucket(struct intern *in, const struct shape *source)
{
	return &in->memos[mix(0, (uintptr_t)source) >> 32 & (in->buckets - 1)];
}

/* Four times the buckets. */
static void grow(struct intern *in)
{
	struct node **nodes = in->nodes, *node;
	struct memo **memos = in->memos, *memo;
	uint32_t old = in->buckets;

	in->buckets *= 4;
	in->nodes = arena_alloc(in->arena, in->buckets * sizeof(struct node *));
	in->memos = arena_alloc(in->arena, in->buckets * sizeof(struct memo *));
	for (uint32_t i = 0; i < old; i++) {
		while ((node = nodes[i])) {
			struct node **to = node_bucket(in, node->hash);

			nodes[i] = node->next;
			node->next = *to;
			*to = node;
		}
		while ((memo = memos[i])) {
			struct memo **to = memo_bucket(in, memo->source);

			memos[i] = memo->next;
			memo->next = *to;
			*to = memo;
		}
	}
}

/* Parts are interned before what they are parts of, the result before the arguments: nodes are made in
 * the order of their numbers. */
static void number(struct intern *in, struct node *n)
{
	const struct shape *s = &n->shape;

	if (!shape_is_aggregate(s) && s->kind != SHAPE_ENUM && !s->align)
		return;
	if (shape_needs_typedef(s))
		n->typedef_number = in->typedef_count++;
	n->shape.type_index = in->type_count++;
	*in->last_type = n;
	in->last_type = &n->next_type;
}

/* What s is in already, if it was made by shape_new(), else NULL. */
static struct node *own_node(const struct intern *in, const struct shape *s)
{
	if (!in->in_place || s->kind == SHAPE_SCALAR || s->kind == SHAPE_VOID ||
	    s->kind == SHAPE_COMPLEX)
		return NULL;
	return (struct node *)(uintptr_t)s;
}

/* Equal members and targets are the same pointer here, so this does not descend far. own: where s is
 * already, or NULL. */
static const struct shape *intern_node(struct intern *in, const struct shape *s, struct node *own)
{
	uint64_t hash = shape_hash(s);
	struct node **bucket = node_bucket(in, hash);
	struct node *n;

	for (n = *bucket; n; n = n->next)
		if (n->hash == hash && shape_equal(&n->shape, s))
			return &n->shape;
	if (++in->node_count > 2 * in->buckets) {
		grow(in);
		bucket = node_bucket(in, hash);
	}
	n = own;
	if (!own) {
		n = arena_alloc(in->arena, sizeof(*n));
		n->shape = *s;
	}
	n->shape.type_index = 0;
	n->hash = hash;
	n->next = *bucket;
	*bucket = n;
	node_measure(n);
	number(in, n);
	return &n->shape;
}

static const struct shape *intern_other(struct intern *in, const struct shape *s, uint32_t level);

/* level: how many types s lies below an argument. */
static inline const struct shape *intern_shape(struct intern *in, const struct shape *s,
					       uint32_t level)
{
	if (s->kind == SHAPE_SCALAR && !s->qualifiers && !s->align && level <= SHAPE_MAX_DEPTH)
		return &scalar_nodes[s->scalar].shape; /* most */
	return intern_other(in, s, level);
}

static int too_deep(struct intern *in)
{
	return case_problem_set(in->problem, "simplify the type",
				"types are nested more than SHAPE_MAX_DEPTH = %d deep",
				SHAPE_MAX_DEPTH);
}

static int too_large(struct intern *in, const struct shape *s)
{
	return case_problem_set(
		in->problem, "make its arrays smaller",
		"a type behind a pointer has more than SHAPE_MAX_TARGET_BYTES = %d bytes%s",
		SHAPE_MAX_TARGET_BYTES,
		s->kind == SHAPE_FUNCTION ? " in an argument or its result" : "");
}

/* An array of what a typedef aligned may leave no room between its elements (GCC: "alignment of array
 * elements is greater than element size"). */
static int check_element(struct intern *in, const struct shape *element)
{
	const struct node *n = node_of(element);

	if (!element->align || shape_is_aggregate(element) || n->size % n->align == 0)
		return 0;
	return case_problem_set(in->problem, "choose an alignment that divides the size",
				"elements of %llu bytes in an array cannot be aligned to %llu",
				(unsigned long long)n->size, (unsigned long long)n->align);
}

static const struct proto *intern_proto(struct intern *in, const struct proto *p, uint32_t level)
{
	const struct shape **args = arena_alloc(in->arena, p->arg_count * sizeof(struct shape *));
	struct proto *copy = arena_alloc(in->arena, sizeof(*copy));

	copy->result = intern_shape(in, p->result, level);
	if (!copy->result)
		return NULL;
	for (uint32_t i = 0; i < p->arg_count; i++) {
		args[i] = intern_shape(in, p->args[i], level);
		if (!args[i])
			return NULL;
		if (node_of(args[i])->size > SHAPE_MAX_TARGET_BYTES)
			return too_large(in, &(struct shape){ .kind = SHAPE_FUNCTION }), NULL;
	}
	if (node_of(copy->result)->size > SHAPE_MAX_TARGET_BYTES)
		return too_large(in, &(struct shape){ .kind = SHAPE_FUNCTION }), NULL;
	copy->args = args;
	copy->arg_count = p->arg_count;
	return copy;
}

static void copy_members(struct intern *in, const struct shape *s, struct member *to)
{
	for (uint32_t i = 0; i < s->count; i++) {
		to[i] = s->members[i];
		if (to[i].name)
			to[i].name = arena_strdup(in->arena, to[i].name);
	}
}

static int intern_members(struct intern *in, struct shape *s, uint32_t level)
{
	struct member *members = (struct member *)(uintptr_t)s->members;

	if (!in->in_place) {
		members = arena_alloc(in->arena, s->count * sizeof(*members));
		copy_members(in, s, members);
		s->members = members;
	}
	for (uint32_t i = 0; i < s->count; i++) {
		members[i].shape = intern_shape(in, members[i].shape, level);
		if (!members[i].shape)
			return -1;
	}
	return 0;
}

static const struct enumerator *copy_enumerators(struct intern *in, const struct shape *s)
{
	struct enumerator *copy = arena_alloc(in->arena, s->count * sizeof(*copy));

	for (uint32_t i = 0; i < s->count; i++) {
		copy[i].name = arena_strdup(in->arena, s->enumerators[i].name);
		copy[i].value = s->enumerators[i].value;
	}
	return copy;
}

/* The parts first. */
static const struct shape *intern_parts(struct intern *in, const struct shape *s, uint32_t level)
{
	struct node *own = own_node(in, s);
	/* cppcheck-suppress uninitvar ; only its address is taken */
	struct shape copy, *to = own ? &own->shape : &copy;

	if (!own)
		copy = *s;
	if (shape_is_aggregate(s) && intern_members(in, to, level + 1) < 0)
		return NULL;
	if (s->kind == SHAPE_ENUM && !in->in_place)
		to->enumerators = copy_enumerators(in, s);
	if (s->kind == SHAPE_FUNCTION && !(to->function = intern_proto(in, s->function, level + 1)))
		return NULL;
	if (s->kind == SHAPE_VOID)
		to->count = 0; /* the parser's mark of an incomplete type */
	if (s->target && !(to->target = intern_shape(in, s->target, level + 1)))
		return NULL;
	if (s->kind == SHAPE_ARRAY && check_element(in, to->target) < 0)
		return NULL;
	if (s->kind == SHAPE_POINTER && node_of(to->target)->size > SHAPE_MAX_TARGET_BYTES)
		return too_large(in, to->target), NULL;
	return intern_node(in, to, own);
}

/* Types of several parts are walked once, however often they are named. */
static bool has_memo(const struct shape *s)
{
	return shape_is_aggregate(s) || s->kind == SHAPE_FUNCTION || s->kind == SHAPE_ENUM;
}

static void remember(struct intern *in, const struct shape *source, const struct shape *result)
{
	struct memo **bucket, *m;

	if (own_node(in, source)) {
		own_node(in, source)->interned = result;
		return;
	}
	if (!has_memo(source))
		return;
	m = arena_alloc(in->arena, sizeof(*m));
	bucket = memo_bucket(in, source);
	*m = (struct memo){ source, result, *bucket };
	*bucket = m;
}

/* NULL: it is met for the first time. */
static const struct shape *remembered(struct intern *in, const struct shape *s)
{
	struct memo *m = NULL;

	if (own_node(in, s))
		return own_node(in, s)->interned;
	if (has_memo(s))
		for (m = *memo_bucket(in, s); m && m->source != s; m = m->next)
			;
	return m ? m->result : NULL;
}

static const struct shape *intern_other(struct intern *in, const struct shape *s, uint32_t level)
{
	const struct shape *known, *result;

	if (level > SHAPE_MAX_DEPTH)
		return too_deep(in), NULL;
	known = remembered(in, s);
	result = known ? known : intern_parts(in, s, level);
	if (!result)
		return NULL;
	if (level + node_of(result)->depth > SHAPE_MAX_DEPTH)
		return too_deep(in), NULL;
	if (!known)
		remember(in, s, result);
	return result;
}

static const struct shape **list_types(const struct intern *in)
{
	const struct shape **types = arena_alloc(in->arena, in->type_count * sizeof(*types));

	for (const struct node *n = in->first_type; n; n = n->next_type)
		types[n->shape.type_index] = &n->shape;
	return types;
}

int case_intern(struct fuzz_case *c, bool copy_names, struct case_problem *problem)
{
	struct intern in = { .arena = &c->arena,
			     .problem = problem,
			     .in_place = !copy_names,
			     .buckets = FIRST_BUCKETS };
	const struct shape **args =
		arena_alloc(&c->arena, c->proto.arg_count * sizeof(struct shape *));

	in.nodes = in.first_nodes;
	in.memos = in.first_memos;
	in.last_type = &in.first_type;
	problem->where = 0;
	c->proto.result = intern_shape(&in, c->proto.result, 0);
	if (!c->proto.result)
		return -1;
	for (uint32_t i = 0; i < c->proto.arg_count; i++) {
		problem->where = (int)i + 1;
		args[i] = intern_shape(&in, c->proto.args[i], 0);
		if (!args[i])
			return -1;
	}
	c->proto.args = args;
	c->types = list_types(&in);
	c->type_count = in.type_count;
	return 0;
}
