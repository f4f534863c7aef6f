/* pool.c: shapes. Recipes worth keeping, and what each covers. */
#include "shapes/pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "emit/batch.h"

static void decode(struct pool *p, const struct recipe *r)
{
	case_decode_lean(&p->scratch, r->bytes, r->len, POOL_POPULATION);
	/* most of what can cross to Go shall */
	if (p->scratch.route == ROUTE_DIRECT)
		p->scratch.route = ROUTE_CALL;
	emit_fit_route(&p->scratch);
}

static size_t spell(struct pool *p)
{
	struct err e = ERR_INIT;

	if (case_spell(&p->scratch, &e) < 0)
		BUG("a recipe led to a case that is none: %s", e.msg);
	return strlen(p->scratch.text);
}

static bool large(const struct proto *p)
{
	uint32_t leaves = 0;

	for (uint32_t i = 0; i < p->arg_count; i++)
		leaves += shape_leaf_count(p->args[i]);
	return leaves > POOL_LEAVES || shape_leaf_count(p->result) > POOL_LEAVES;
}

static bool disputed(const struct cover *cover)
{
	for (int r = 0; r < RULE_COUNT; r++)
		if (cover_has(cover, (uint32_t)r) && (*rule_info[r].gcc || *rule_info[r].clang))
			return true;
	return false;
}

void pool_measure(struct pool *p, struct recipe *r)
{
	decode(p, r);
	r->cover = (struct cover){ 0 };
	cover_add(&r->cover, &p->scratch, &p->arena);
	r->rank = 0;
	if (p->scratch.route == ROUTE_DIRECT)
		r->rank |= POOL_DIRECT;
	if (disputed(&r->cover))
		r->rank |= POOL_DISPUTED;
	if (large(&p->scratch.proto))
		r->rank |= POOL_LARGE;
}

void pool_add(struct pool *p, const struct recipe *r)
{
	struct recipe *copy;

	if (p->count == p->room) {
		p->room = p->room ? 2 * p->room : 1024;
		p->recipes = xrealloc(p->recipes, p->room * sizeof(*p->recipes));
	}
	copy = &p->recipes[p->count++];
	*copy = *r;
	copy->bytes = xmalloc(r->len + 1);
	memcpy(copy->bytes, r->bytes, r->len);
	decode(p, copy);
	copy->text_len = spell(p);
}

char *pool_text(struct pool *p, const struct recipe *r)
{
	decode(p, r);
	spell(p);
	return xstrdup(p->scratch.text);
}

void pool_release(struct pool *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->recipes[i].bytes);
	free(p->recipes);
	case_release(&p->scratch);
	arena_release(&p->arena);
	*p = (struct pool){ 0 };
}

void texts_release(struct texts *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->list[i]);
	free(t->list);
	*t = (struct texts){ 0 };
}
