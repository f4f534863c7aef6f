/* mutate.c: model. Neighbours of a case. What C forbids is left to the parser: it is tried again. */
#include "model/mutate.h"

#include <string.h>

#define TRIES 16
#define CHANGES 3 /* at most, in one neighbour */

struct mutation {
	struct fuzz_case *c; /* the neighbour as it grows: shapes of its own, of base and of other */
	const struct fuzz_case *other;
	struct rng *rng;
	const struct shape **args;
};

static uint32_t pick(struct mutation *m, uint32_t n)
{
	return (uint32_t)rng_below(m->rng, n);
}

/* An argument or the result of a case; NULL: there is none that holds a value. */
static const struct shape *any_value(struct mutation *m, const struct fuzz_case *c)
{
	uint32_t i = pick(m, c->proto.arg_count + 1);
	const struct shape *s = i ? c->proto.args[i - 1] : c->proto.result;

	return s->kind == SHAPE_VOID ? NULL : s;
}

static struct member *copy_members(struct mutation *m, const struct shape *s, uint32_t room)
{
	struct member *members = arena_alloc(&m->c->arena, room * sizeof(*members));

	if (s->count)
		memcpy(members, s->members, s->count * sizeof(*members));
	return members;
}

static void drop_member(struct mutation *m, struct shape *s, struct member *members)
{
	uint32_t at = pick(m, s->count--);

	memmove(members + at, members + at + 1, (s->count - at) * sizeof(*members));
}

static void add_member(struct mutation *m, struct shape *s, struct member *members)
{
	uint32_t from = pick(m, s->count), to = pick(m, s->count + 1);
	struct member copy = members[from];

	if (copy.name)
		copy.name = arena_printf(&m->c->arena, "n%u", pick(m, 1000));
	memmove(members + to + 1, members + to, (s->count++ - to) * sizeof(*members));
	members[to] = copy;
}

/* An anonymous member holds a struct or union and nothing else: only those have a body to print. */
static void hold(struct member *member, const struct shape *s)
{
	if (member->name || shape_is_aggregate(s))
		member->shape = s;
}

static void change_member(struct mutation *m, struct member *member)
{
	const struct shape *other = any_value(m, m->other);

	switch (pick(m, 4)) {
	case 0:
		member->packed = !member->packed;
		break;
	case 1:
		member->align = member->align ? 0 : 1u << pick(m, 6);
		break;
	default:
		if (member->is_bitfield && member->width)
			member->width = (uint8_t)(1 + pick(m, 64));
		else if (other && !member->is_bitfield)
			hold(member, other);
	}
}

/* The same type, or what is within it, a little changed. */
static const struct shape *change_type(struct mutation *m, const struct shape *s)
{
	struct shape *copy = arena_alloc(&m->c->arena, sizeof(*copy));
	struct member *members;
	uint32_t at;

	if (!shape_is_aggregate(s) || !s->count) {
		const struct shape *other = any_value(m, m->other);

		return other ? other : s;
	}
	*copy = *s;
	members = copy_members(m, s, s->count + 1);
	copy->members = members;
	at = pick(m, s->count);
	switch (pick(m, 8)) {
	case 0:
		drop_member(m, copy, members);
		break;
	case 1:
		add_member(m, copy, members);
		break;
	case 2:
		copy->packed = !copy->packed;
		break;
	case 3:
		copy->align = copy->align ? 0 : 2u << pick(m, 6);
		break;
	case 4:
	case 5:
		if (!members[at].is_bitfield) {
			hold(&members[at], change_type(m, members[at].shape));
			break;
		}
		/* fall through */
	default:
		change_member(m, &members[at]);
	}
	return copy;
}

static void insert_argument(struct mutation *m, const struct shape *s)
{
	struct proto *p = &m->c->proto;
	uint32_t at = pick(m, p->arg_count + 1);

	if (!s || p->arg_count == PROTO_MAX_ARGS)
		return;
	memmove(m->args + at + 1, m->args + at, (p->arg_count++ - at) * sizeof(*m->args));
	m->args[at] = s;
}

static void drop_argument(struct mutation *m, uint32_t at)
{
	struct proto *p = &m->c->proto;

	p->arg_count--;
	memmove(m->args + at, m->args + at + 1, (p->arg_count - at) * sizeof(*m->args));
}

static void change_argument(struct mutation *m)
{
	struct proto *p = &m->c->proto;
	uint32_t a = pick(m, p->arg_count), b = pick(m, p->arg_count);
	const struct shape *s = m->args[a];

	switch (pick(m, 4)) {
	case 0:
		drop_argument(m, a);
		break;
	case 1:
		m->args[a] = m->args[b];
		m->args[b] = s;
		break;
	default:
		m->args[a] = change_type(m, s);
	}
}

static void change(struct mutation *m)
{
	struct proto *p = &m->c->proto;
	const struct shape *s;

	switch (pick(m, 8)) {
	case 0:
		insert_argument(m, any_value(m, m->other));
		break;
	case 1:
		insert_argument(m, any_value(m, m->c));
		break;
	case 2:
		s = any_value(m, pick(m, 2) ? m->other : m->c);
		p->result = s ? s : p->result;
		break;
	case 3:
		m->c->route = (enum route)pick(m, ROUTE_COUNT);
		break;
	case 4:
		p->result = p->result->kind == SHAPE_VOID ? p->result : change_type(m, p->result);
		break;
	default:
		if (p->arg_count)
			change_argument(m);
	}
}

/* c is all zero, or reset. */
static int grow(struct fuzz_case *c, const struct fuzz_case *base, const struct fuzz_case *other,
		struct rng *rng, struct err *e)
{
	struct mutation m = { .c = c, .other = other, .rng = rng };

	c->route = base->route;
	c->proto = base->proto;
	m.args = arena_alloc(&c->arena, (PROTO_MAX_ARGS + 1) * sizeof(*m.args));
	if (base->proto.arg_count)
		memcpy(m.args, base->proto.args, base->proto.arg_count * sizeof(*m.args));
	c->proto.args = m.args;
	for (uint32_t n = 1 + pick(&m, CHANGES); n; n--)
		change(&m);
	return case_finish(c, e);
}

/* Not base: by their texts. */
static bool differs(const struct fuzz_case *base, const char *text)
{
	struct buf own = BUF_INIT;
	bool differ;

	case_print(base, &own);
	differ = strcmp(own.ptr, text) != 0;
	buf_release(&own);
	return differ;
}

int case_mutate(struct fuzz_case *out, const struct fuzz_case *base, const struct fuzz_case *other,
		struct rng *rng)
{
	struct fuzz_case c = { 0 };
	int rc = -1;

	for (int i = 0; i < TRIES && rc < 0; i++) {
		struct err e = ERR_INIT;

		case_reset(&c);
		if (grow(&c, base, other, rng, &e) == 0 && differs(base, c.text))
			rc = case_parse_lean(out, c.text, strlen(c.text), "<neighbour>", &e);
	}
	if (rc < 0)
		case_reset(out);
	case_release(&c);
	return rc;
}
