/* point.c: triage/reduce. Candidates: copying, comparing, lists of them. */
#include "triage/reduce/point.h"

#include <stdlib.h>
#include <string.h>

void point_copy(struct point *to, const struct point *from)
{
	*to = *from;
	for (uint32_t i = 0; i < from->plan_count; i++) {
		to->plans[i] = xmalloc(sizeof(*to->plans[i]));
		*to->plans[i] = *from->plans[i];
	}
	for (uint32_t i = 0; i < from->case_count; i++)
		to->cases[i] = xstrdup(from->cases[i]);
}

void point_release(struct point *p)
{
	for (uint32_t i = 0; i < p->plan_count; i++)
		free(p->plans[i]);
	for (uint32_t i = 0; i < p->case_count; i++)
		free(p->cases[i]);
	*p = (struct point){ 0 };
}

void point_drop_plan(struct point *p, uint32_t i)
{
	free(p->plans[i]);
	p->plan_count--;
	memmove(p->plans + i, p->plans + i + 1, (p->plan_count - i) * sizeof(p->plans[0]));
}

void point_hash(const struct point *p, char hex[HASH_HEX_LEN + 1])
{
	struct hash *h = hash_new();

	hash_add(h, &p->plan_count, sizeof(p->plan_count));
	for (uint32_t i = 0; i < p->plan_count; i++) {
		hash_add(h, &p->plans[i]->len, sizeof(p->plans[i]->len));
		hash_add(h, p->plans[i]->bytes, p->plans[i]->len);
	}
	for (uint32_t i = 0; i < p->case_count; i++)
		hash_add_str(h, p->cases[i]);
	hash_finish(h, hex);
}

struct point *point_list_add(struct point_list *l, const struct point *p)
{
	if (l->count == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 32;
		l->points = xrealloc(l->points, l->cap * sizeof(*l->points));
	}
	point_copy(&l->points[l->count], p);
	return &l->points[l->count++];
}

void point_list_release(struct point_list *l)
{
	for (uint32_t i = 0; i < l->count; i++)
		point_release(&l->points[i]);
	free(l->points);
	*l = (struct point_list){ 0 };
}
