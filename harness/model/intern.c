/* intern.c: model. Equal types of one case become one type, numbered, with its size and leaves. */
#include <string.h>

#include "base/hash.h"
#include "model/finish.h"

#define BUCKETS 512
#define SATURATED ((uint64_t)1 << 31) /* far above all limits; products of two still fit */

/* An interned shape and what is known of it. The shape comes first: pointers convert. */
struct node {
	struct shape shape;
	uint64_t size, align;
	uint64_t leaves;
	uint64_t nodes;
	uint32_t depth;
	bool numbered;
	struct node *next; /* in its bucket */
};

/* What a shape of the caller became. A type named twice (typedef, tag) is walked only once. */
struct memo {
	const struct shape *source;
	const struct shape *result;
	struct memo *next;
};

struct intern {
	struct arena *arena;
	struct case_problem *problem;
	struct node *nodes[BUCKETS];
	struct memo *memos[BUCKETS];
	uint32_t type_count;
};

static const struct node *node_of(const struct shape *s)
{
	return (const struct node *)s;
}

uint64_t shape_size_bytes(const struct shape *s)
{
	return node_of(s)->size;
}

uint64_t shape_leaves(const struct shape *s)
{
	return node_of(s)->leaves;
}

uint64_t shape_nodes(const struct shape *s)
{
	return node_of(s)->nodes;
}

static uint64_t saturate(uint64_t x)
{
	return x < SATURATED ? x : SATURATED;
}

static uint64_t mix(uint64_t h, uint64_t x)
{
	h = (h ^ x) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 29;
}

static uint64_t mix_str(uint64_t h, const char *s)
{
	return mix(h, hash_u64(s, strlen(s)));
}

/* Of a shape whose parts are interned already: their addresses stand for them. */
static uint64_t shape_hash(const struct shape *s)
{
	uint64_t h = mix(mix(s->kind, s->scalar), s->count);

	h = mix(h, (uintptr_t)s->target);
	for (uint32_t i = 0; s->kind == SHAPE_STRUCT && i < s->count; i++)
		h = mix(mix_str(h, s->members[i].name), (uintptr_t)s->members[i].shape);
	for (uint32_t i = 0; s->kind == SHAPE_ENUM && i < s->count; i++)
		h = mix(mix_str(h, s->enumerators[i].name), (uint64_t)s->enumerators[i].value);
	if (s->kind == SHAPE_FUNCTION) {
		h = mix(h, (uintptr_t)s->function->result);
		for (uint32_t i = 0; i < s->function->arg_count; i++)
			h = mix(h, (uintptr_t)s->function->args[i]);
	}
	return h;
}

/* Size and alignment by the rules both ABIs share (AAPCS64 5.9, psABI AMD64 3.1.2). */
static void measure_struct(struct node *n)
{
	for (uint32_t i = 0; i < n->shape.count; i++) {
		const struct node *m = node_of(n->shape.members[i].shape);

		n->size = saturate(((n->size + m->align - 1) & ~(m->align - 1)) + m->size);
		n->align = m->align > n->align ? m->align : n->align;
		n->leaves = saturate(n->leaves + m->leaves);
		n->nodes = saturate(n->nodes + m->nodes);
		n->depth = m->depth + 1 > n->depth ? m->depth + 1 : n->depth;
	}
	n->size = (n->size + n->align - 1) & ~(n->align - 1);
}

static void measure_function(struct node *n)
{
	const struct proto *f = n->shape.function;

	n->depth = node_of(f->result)->depth + 1;
	n->nodes = saturate(n->nodes + shape_nodes(f->result));
	for (uint32_t i = 0; i < f->arg_count; i++) {
		const struct node *arg = node_of(f->args[i]);

		n->depth = arg->depth + 1 > n->depth ? arg->depth + 1 : n->depth;
		n->nodes = saturate(n->nodes + arg->nodes);
	}
}

static void measure(struct node *n)
{
	const struct shape *s = &n->shape;
	const struct node *target = node_of(s->target); /* of pointers and arrays */

	n->size = n->align = n->leaves = n->nodes = 1;
	switch (s->kind) {
	case SHAPE_VOID:
		n->leaves = 0;
		break;
	case SHAPE_SCALAR:
		n->size = n->align = scalar_info[s->scalar].size;
		break;
	case SHAPE_ENUM:
		n->size = n->align = 4;
		n->nodes += s->count;
		break;
	case SHAPE_POINTER:
		n->size = n->align = 8;
		n->nodes = saturate(1 + target->nodes);
		n->depth = target->depth + 1;
		break;
	case SHAPE_ARRAY:
		n->size = saturate(s->count * target->size);
		n->align = target->align;
		n->leaves = saturate(s->count * target->leaves);
		n->nodes = saturate(1 + target->nodes);
		n->depth = target->depth + 1;
		break;
	case SHAPE_STRUCT:
		n->size = n->leaves = 0;
		measure_struct(n);
		break;
	case SHAPE_FUNCTION:
		measure_function(n);
		break;
	}
}

/* Equal members and targets are the same pointer here, so this does not descend far. */
static const struct shape *intern_node(struct intern *in, const struct shape *s)
{
	struct node **bucket = &in->nodes[shape_hash(s) % BUCKETS];
	struct node *n;

	for (n = *bucket; n; n = n->next)
		if (shape_equal(&n->shape, s))
			return &n->shape;
	n = arena_alloc(in->arena, sizeof(*n));
	n->shape = *s;
	n->shape.type_index = 0;
	n->next = *bucket;
	*bucket = n;
	measure(n);
	return &n->shape;
}

static const struct shape *intern_shape(struct intern *in, const struct shape *s, uint32_t level);

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
		if (shape_size_bytes(args[i]) > SHAPE_MAX_TARGET_BYTES)
			return too_large(in, &(struct shape){ .kind = SHAPE_FUNCTION }), NULL;
	}
	if (shape_size_bytes(copy->result) > SHAPE_MAX_TARGET_BYTES)
		return too_large(in, &(struct shape){ .kind = SHAPE_FUNCTION }), NULL;
	copy->args = args;
	copy->arg_count = p->arg_count;
	return copy;
}

static const struct member *intern_members(struct intern *in, const struct shape *s, uint32_t level)
{
	struct member *members = arena_alloc(in->arena, s->count * sizeof(*members));

	for (uint32_t i = 0; i < s->count; i++) {
		members[i].name = arena_strdup(in->arena, s->members[i].name);
		members[i].shape = intern_shape(in, s->members[i].shape, level);
		if (!members[i].shape)
			return NULL;
	}
	return members;
}

/* The parts first. */
static const struct shape *intern_parts(struct intern *in, const struct shape *s, uint32_t level)
{
	struct shape copy = *s;

	if (s->kind == SHAPE_STRUCT && !(copy.members = intern_members(in, s, level + 1)))
		return NULL;
	if (s->kind == SHAPE_FUNCTION && !(copy.function = intern_proto(in, s->function, level + 1)))
		return NULL;
	if ((s->kind == SHAPE_POINTER || s->kind == SHAPE_ARRAY) &&
	    !(copy.target = intern_shape(in, s->target, level + 1)))
		return NULL;
	if (s->kind == SHAPE_POINTER && shape_size_bytes(copy.target) > SHAPE_MAX_TARGET_BYTES)
		return too_large(in, copy.target), NULL;
	return intern_node(in, &copy);
}

/* level: how many types s lies below an argument. */
static const struct shape *intern_shape(struct intern *in, const struct shape *s, uint32_t level)
{
	struct memo **bucket = &in->memos[mix(0, (uintptr_t)s) % BUCKETS];
	struct memo *m;
	const struct shape *result;

	if (level > SHAPE_MAX_DEPTH)
		return too_deep(in), NULL;
	for (m = *bucket; m && m->source != s; m = m->next)
		;
	result = m ? m->result : intern_parts(in, s, level);
	if (!result)
		return NULL;
	if (level + node_of(result)->depth > SHAPE_MAX_DEPTH)
		return too_deep(in), NULL;
	if (!m) {
		m = arena_alloc(in->arena, sizeof(*m));
		m->source = s;
		m->result = result;
		m->next = *bucket;
		*bucket = m;
	}
	return result;
}

/* Numbers the types below s, then s; counts only while types is NULL. */
static void number(struct intern *in, const struct shape *s, const struct shape **types)
{
	struct node *n = (struct node *)(uintptr_t)s;

	if (n->numbered == !types)
		return;
	n->numbered = !types;
	if (s->target)
		number(in, s->target, types);
	for (uint32_t i = 0; s->kind == SHAPE_STRUCT && i < s->count; i++)
		number(in, s->members[i].shape, types);
	if (s->kind == SHAPE_FUNCTION) {
		number(in, s->function->result, types);
		for (uint32_t i = 0; i < s->function->arg_count; i++)
			number(in, s->function->args[i], types);
	}
	if (s->kind != SHAPE_STRUCT && s->kind != SHAPE_ENUM)
		return;
	if (types) {
		n->shape.type_index = in->type_count;
		types[in->type_count] = s;
	}
	in->type_count++;
}

static void number_all(struct intern *in, struct fuzz_case *c, const struct shape **types)
{
	in->type_count = 0;
	number(in, c->proto.result, types);
	for (uint32_t i = 0; i < c->proto.arg_count; i++)
		number(in, c->proto.args[i], types);
}

int case_intern(struct fuzz_case *c, struct case_problem *problem)
{
	struct intern in = { .arena = &c->arena, .problem = problem };
	const struct shape **args =
		arena_alloc(&c->arena, c->proto.arg_count * sizeof(struct shape *));

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
	number_all(&in, c, NULL);
	c->type_count = in.type_count;
	c->types = arena_alloc(&c->arena, in.type_count * sizeof(struct shape *));
	number_all(&in, c, c->types);
	return 0;
}
