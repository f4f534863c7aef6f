/* edit.c: triage/reduce. Simpler neighbours of a case. What C forbids is left to the parser. */
#include "triage/reduce/edit.h"

#include <stdlib.h>
#include <string.h>

void edits_add(struct edits *to, struct edit e)
{
	if (to->count == to->cap) {
		to->cap = to->cap ? 2 * to->cap : 32;
		to->e = xrealloc(to->e, to->cap * sizeof(*to->e));
	}
	to->e[to->count++] = e;
}

void edits_join(struct edits *to, const struct edits *from)
{
	for (uint32_t i = 0; i < from->count; i++)
		edits_add(to, from->e[i]);
}

void edits_release(struct edits *s)
{
	free(s->e);
	*s = (struct edits){ 0 };
}

enum role { ROLE_RESULT, ROLE_ARGUMENT, ROLE_MEMBER, ROLE_ELEMENT };

/* One walk through a case, that makes another of it. */
struct editing {
	struct fuzz_case *to;
	const struct edits *edits; /* to be made */
	struct edits *possible; /* NULL: not asked for */
	struct edits *outside; /* of what does not hold the leaf; NULL: not asked for */
	uint32_t leaf, leaves; /* that leaf; leaves before the place, of this side */
	bool here; /* the walk is on the side of the leaf */
	bool whole; /* arguments are not looked into */
	bool names;
	uint32_t next; /* node */
	uint32_t *args; /* node of each argument; NULL: not asked for */
	uint32_t name; /* members of the aggregate so far */
};

static unsigned wanted(const struct editing *x, uint32_t node)
{
	unsigned kinds = 0;

	for (uint32_t i = 0; i < x->edits->count; i++)
		if (x->edits->e[i].node == node)
			kinds |= 1u << x->edits->e[i].kind;
	return kinds;
}

static void possible(struct editing *x, uint32_t node, enum edit_kind kind, bool is)
{
	if (is && x->possible)
		edits_add(x->possible, (struct edit){ node, kind });
}

static bool is_int(const struct shape *s)
{
	return s->kind == SHAPE_SCALAR && s->scalar == SCALAR_INT;
}

/* The next simpler type of the same class; NULL: there is none. */
static const struct shape *simpler_type(struct editing *x, const struct shape *s)
{
	static const struct shape nothing = { .kind = SHAPE_VOID };
	/* + 1; of integers, those of the same size */
	static const uint8_t simpler[SCALAR_COUNT] = {
		[SCALAR_LDOUBLE] = SCALAR_DOUBLE + 1, [SCALAR_DOUBLE] = SCALAR_FLOAT + 1,
		[SCALAR_FLOAT16] = SCALAR_FLOAT + 1,  [SCALAR_SCHAR] = SCALAR_CHAR + 1,
		[SCALAR_UCHAR] = SCALAR_CHAR + 1,     [SCALAR_USHORT] = SCALAR_SHORT + 1,
		[SCALAR_UINT] = SCALAR_INT + 1,	      [SCALAR_ULONG] = SCALAR_LONG + 1,
		[SCALAR_LLONG] = SCALAR_LONG + 1,     [SCALAR_ULLONG] = SCALAR_LONG + 1,
		[SCALAR_UINT128] = SCALAR_INT128 + 1,
	};
	struct shape *p;

	switch (s->kind) {
	case SHAPE_COMPLEX:
	case SHAPE_VECTOR:
		return s->target;
	case SHAPE_POINTER:
		if (s->target->kind == SHAPE_VOID && !s->target->qualifiers)
			return NULL;
		p = arena_alloc(&x->to->arena, sizeof(*p));
		*p = *s;
		p->target = &nothing;
		return p;
	case SHAPE_SCALAR:
		return simpler[s->scalar] ? &shape_scalars[simpler[s->scalar] - 1] : NULL;
	default:
		return NULL;
	}
}

static const struct shape *edit_shape(struct editing *x, const struct shape *s, enum role role,
				      struct member *m, bool *dropped);

/* The members that stay; their names, if those are wanted simple. */
static void edit_members(struct editing *x, const struct shape *s, struct shape *copy)
{
	struct member *members = arena_alloc(&x->to->arena, (s->count + 1) * sizeof(*members));
	uint32_t before = x->leaves;

	copy->members = members;
	copy->count = 0;
	for (uint32_t i = 0; i < s->count; i++) {
		struct member *m = &members[copy->count];
		bool dropped = false;

		*m = s->members[i];
		m->shape = edit_shape(x, m->shape, ROLE_MEMBER, m, &dropped);
		if (!m->name && !m->is_bitfield && !shape_is_aggregate(m->shape))
			m->name = arena_printf(&x->to->arena, "m%u", x->next);
		copy->count += !dropped;
	}
	x->leaves = before + shape_leaf_count(s);
	for (uint32_t i = 0; i < copy->count && x->names; i++)
		if (members[i].name)
			members[i].name = arena_printf(&x->to->arena, "%s%c", x->name < 26 ? "" : "z",
						       'a' + (int)(x->name % 26)),
			x->name++;
}

/* Elements are alike: of those, the one that holds the leaf is looked at. */
static void edit_element(struct editing *x, const struct shape *s, struct shape *copy)
{
	uint32_t each = shape_leaf_count(s->target), before = x->leaves;
	bool ignored = false;

	if (x->here && each && x->leaf >= before && x->leaf < before + each * s->count)
		x->leaves += (x->leaf - before) / each * each;
	copy->target = edit_shape(x, s->target, ROLE_ELEMENT, NULL, &ignored);
	x->leaves = before + each * s->count;
}

static const struct shape *first_within(const struct shape *s, enum role role)
{
	const struct shape *t = s->kind == SHAPE_ARRAY ? s->target
		: shape_is_aggregate(s) && s->count    ? s->members[0].shape
						       : NULL;

	while (t && t->kind == SHAPE_ARRAY && role != ROLE_MEMBER)
		t = t->target;
	return t;
}

static void list_possible(struct editing *x, uint32_t node, const struct shape *s, enum role role,
			  const struct member *m)
{
	bool bits = m && m->is_bitfield;

	possible(x, node, EDIT_DROP, role != ROLE_ELEMENT && s->kind != SHAPE_VOID);
	possible(x, node, EDIT_HOIST, first_within(s, role) != NULL);
	possible(x, node, EDIT_ONE, s->kind == SHAPE_ARRAY && s->count > 1);
	possible(x, node, EDIT_INT, s->kind != SHAPE_VOID && (!is_int(s) || bits));
	possible(x, node, EDIT_SIMPLER, simpler_type(x, s) != NULL);
	possible(x, node, EDIT_PLAIN,
		 s->qualifiers || s->align || s->packed || (m && (m->align || m->packed)));
}

/* Is the leaf not in it, and is it the outermost such thing? */
static bool is_outside(const struct editing *x, const struct shape *s, enum role role)
{
	if (!x->outside || role == ROLE_ELEMENT || (x->whole && role == ROLE_MEMBER))
		return false;
	return !x->here || x->leaf < x->leaves || x->leaf >= x->leaves + shape_leaf_count(s);
}

static const struct shape *made_plain(struct editing *x, const struct shape *s, struct member *m)
{
	struct shape *copy = arena_alloc(&x->to->arena, sizeof(*copy));

	*copy = *s;
	copy->qualifiers = 0;
	copy->align = 0;
	copy->packed = false;
	if (m) {
		m->align = 0;
		m->packed = false;
	}
	return copy;
}

static const struct shape *edit_shape(struct editing *x, const struct shape *s, enum role role,
				      struct member *m, bool *dropped)
{
	const uint32_t node = x->next++;
	const unsigned kinds = wanted(x, node);
	const struct shape *t;
	struct shape *copy = arena_alloc(&x->to->arena, sizeof(*copy));

	list_possible(x, node, s, role, m);
	if (is_outside(x, s, role))
		edits_add(x->outside, (struct edit){ node, EDIT_DROP });
	*copy = *s;
	if (shape_is_aggregate(s))
		edit_members(x, s, copy);
	else if (s->kind == SHAPE_ARRAY)
		edit_element(x, s, copy);
	else
		x->leaves += shape_leaf_count(s);
	t = copy;
	*dropped = kinds & 1u << EDIT_DROP;
	if (kinds & 1u << EDIT_INT) {
		t = &shape_scalars[SCALAR_INT];
		if (m)
			m->is_bitfield = false;
	} else if (kinds & 1u << EDIT_HOIST && first_within(copy, role)) {
		t = first_within(copy, role);
	} else if (kinds & 1u << EDIT_ONE) {
		copy->count = 1;
	} else if (kinds & 1u << EDIT_SIMPLER && simpler_type(x, s)) {
		t = simpler_type(x, s);
	}
	return kinds & 1u << EDIT_PLAIN ? made_plain(x, t, m) : t;
}

static void edit_case(struct editing *x, const struct fuzz_case *base, bool result)
{
	static const struct shape nothing = { .kind = SHAPE_VOID };
	const unsigned kinds = wanted(x, x->next++);
	const struct shape **args = arena_alloc(&x->to->arena, (PROTO_MAX_ARGS + 1) * sizeof(*args));
	struct proto *p = &x->to->proto;
	bool dropped = false;

	possible(x, 0, EDIT_ROUTE, base->route != ROUTE_CALL);
	possible(x, 0, EDIT_NAMES, true);
	x->to->route = kinds & 1u << EDIT_ROUTE ? ROUTE_CALL : base->route;
	x->names = kinds & 1u << EDIT_NAMES;
	x->here = result;
	p->result = edit_shape(x, base->proto.result, ROLE_RESULT, NULL, &dropped);
	if (dropped)
		p->result = &nothing;
	x->leaves = 0;
	x->here = !result;
	p->args = args;
	for (uint32_t i = 0; i < base->proto.arg_count; i++) {
		x->name = 0;
		if (x->args)
			x->args[i] = x->next;
		dropped = false;
		args[p->arg_count] =
			edit_shape(x, base->proto.args[i], ROLE_ARGUMENT, NULL, &dropped);
		p->arg_count += !dropped;
	}
}

static int by_kind(const void *a, const void *b)
{
	const struct edit *x = a, *y = b;

	return x->kind != y->kind   ? (x->kind < y->kind ? -1 : 1)
		: x->node < y->node ? -1
				    : x->node > y->node;
}

void edits_of(const struct fuzz_case *c, struct edits *out)
{
	static const struct edits none;
	struct fuzz_case walked = { 0 };
	struct editing x = { .to = &walked, .edits = &none, .possible = out };

	edit_case(&x, c, false);
	if (out->count)
		qsort(out->e, out->count, sizeof(*out->e), by_kind);
	case_release(&walked);
}

void edits_around(const struct fuzz_case *c, uint32_t leaf, bool result, bool whole, bool other,
		  struct edits *out)
{
	static const struct edits none;
	struct fuzz_case walked = { 0 };
	struct edits all = { 0 };
	struct editing x = {
		.to = &walked, .edits = &none, .outside = &all, .leaf = leaf, .whole = whole
	};
	uint32_t results = 0;

	edit_case(&x, c, result);
	case_release(&walked);
	x = (struct editing){ .to = &walked, .edits = &none };
	edit_shape(&x, c->proto.result, ROLE_RESULT, NULL, &(bool){ false });
	results = x.next; /* nodes 1 .. results are the result's */
	case_release(&walked);
	for (uint32_t i = 0; i < all.count; i++)
		if (other || (all.e[i].node <= results) == result)
			edits_add(out, all.e[i]);
	edits_release(&all);
}

void edits_run(const struct fuzz_case *c, uint32_t first, uint32_t count, struct edits *out)
{
	static const struct edits none;
	struct fuzz_case walked = { 0 };
	uint32_t args[PROTO_MAX_ARGS];
	struct editing x = { .to = &walked, .edits = &none, .args = args };

	edit_case(&x, c, false);
	for (uint32_t i = first; i < first + count && i < c->proto.arg_count; i++)
		edits_add(out, (struct edit){ args[i], EDIT_DROP });
	case_release(&walked);
}

int edits_apply(struct fuzz_case *out, const struct fuzz_case *base, const struct edits *s)
{
	struct fuzz_case c = { 0 };
	struct editing x = { .to = &c, .edits = s };
	struct err e = ERR_INIT;
	int rc;

	*out = (struct fuzz_case){ 0 };
	edit_case(&x, base, false);
	rc = case_finish(&c, &e);
	if (rc == 0 && !strcmp(c.text, base->text))
		rc = -1;
	if (rc == 0)
		rc = case_parse(out, c.text, strlen(c.text), "<smaller>", &e);
	if (rc < 0)
		*out = (struct fuzz_case){ 0 };
	case_release(&c);
	return rc;
}
