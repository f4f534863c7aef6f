/* purity_score.c: bench. Purity and inverse purity (Manning, Raghavan, Schuetze: Introduction to Information
 * Retrieval, 16.3; inverse: labels and clusters change places), and each bundle that spoils one of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "bench/purity.h"

#define LANES_SHOWN 4

/* One cell of the table of labels and clusters. */
struct cell {
	const char *row, *column;
	uint32_t count;
	const struct labelled *example;
};
struct cells {
	struct cell *v;
	uint32_t n;
};

struct pair {
	char *row, *column;
	const struct labelled *l;
};

static int compare_pairs(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int order = strcmp(x->row, y->row);

	return order ? order : strcmp(x->column, y->column);
}

/* Sorted by row, then by column. */
static void count(struct cells *c, struct pair *p, uint32_t n)
{
	qsort(p, n, sizeof(*p), compare_pairs);
	c->v = xcalloc(n ? n : 1, sizeof(*c->v));
	c->n = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (i && !compare_pairs(&p[i - 1], &p[i])) {
			c->v[c->n - 1].count++;
			continue;
		}
		c->v[c->n++] = (struct cell){ p[i].row, p[i].column, 1, p[i].l };
	}
}

/* The largest cell of the row that begins at *at, which goes on behind it. */
static const struct cell *largest(const struct cells *c, uint32_t *at)
{
	const struct cell *best = &c->v[*at];
	const char *row = best->row;

	for (; *at < c->n && !strcmp(c->v[*at].row, row); ++*at)
		if (c->v[*at].count > best->count)
			best = &c->v[*at];
	return best;
}

/* Prints the cells beside the largest of each row. */
static uint32_t sum_of_largest(const struct cells *c, const char *headline)
{
	uint32_t sum = 0;

	for (uint32_t at = 0; at < c->n;) {
		uint32_t first = at;
		const struct cell *best = largest(c, &at);

		sum += best->count;
		if (!headline || at == first + 1)
			continue;
		printf("  %s %s\n    %6u %s\n", headline, best->row, best->count, best->column);
		for (uint32_t i = first; i < at; i++)
			if (&c->v[i] != best)
				printf("    %6u %s  (%s, %s)\n", c->v[i].count, c->v[i].column,
				       c->v[i].example->lane, c->v[i].example->name);
	}
	return sum;
}

static double share(struct pair *p, uint32_t n, const char *headline)
{
	struct cells c;
	double value;

	count(&c, p, n);
	value = n ? (double)sum_of_largest(&c, headline) / n : 1;
	free(c.v);
	return value;
}

/* Labels that have exactly one cluster that is not weak, and that is no other label's. */
static void add_exact(const struct labelled_set *s, json_t *rows)
{
	struct pair *p = xcalloc(s->n ? s->n : 1, sizeof(*p));
	uint32_t n = 0, labels = 0, exact = 0;
	struct cells by_label, by_cluster;

	for (uint32_t i = 0; i < s->n; i++)
		if (!s->v[i].weak)
			p[n++] = (struct pair){ s->v[i].label, s->v[i].cluster, &s->v[i] };
	count(&by_label, p, n);
	for (uint32_t i = 0; i < n; i++)
		p[i] = (struct pair){ p[i].l->cluster, p[i].l->label, p[i].l };
	count(&by_cluster, p, n);
	for (uint32_t i = 0; i < by_label.n; labels++) {
		const struct cell *c = &by_label.v[i];
		uint32_t clusters = i, shared = 0;

		largest(&by_label, &i);
		clusters = i - clusters;
		for (uint32_t k = 0; k < by_cluster.n; k++)
			shared += !strcmp(by_cluster.v[k].row, c->column);
		exact += clusters == 1 && shared == 1;
	}
	figure_add(rows,
		   &(struct figure){ .name = "faults with one cluster of their own, of all",
				     .unit = "faults",
				     .value = exact,
				     .target = labels });
	free(by_label.v);
	free(by_cluster.v);
	free(p);
}

static void add_share(json_t *rows, const char *what, const char *name, double value, double target)
{
	char *text = xasprintf("%s, %s", what, name);

	figure_add(rows,
		   &(struct figure){ .name = text, .unit = "share", .value = value, .target = target });
	free(text);
}

void purity_score(const struct labelled_set *s, const char *name, purity_key_fn *key, double target,
		  bool stacks_only, bool errors, json_t *rows)
{
	struct pair *p = xcalloc(s->n ? s->n : 1, sizeof(*p));
	double purity, inverse;
	uint32_t n = 0;
	char room[24];

	for (uint32_t i = 0; i < s->n; i++)
		if (!stacks_only || s->v[i].has_stack)
			p[n++] = (struct pair){ xstrdup(key(&s->v[i], room)), s->v[i].label,
						&s->v[i] };
	purity = share(p, n, errors ? "cluster" : NULL);
	for (uint32_t i = 0; i < n; i++) {
		char *cluster = p[i].row;

		p[i].row = p[i].column;
		p[i].column = cluster;
	}
	inverse = share(p, n, errors ? "fault" : NULL);
	add_share(rows, "purity", name, purity, target);
	add_share(rows, "inverse purity", name, inverse, target);
	if (errors)
		add_exact(s, rows);
	for (uint32_t i = 0; i < n; i++)
		free(p[i].column);
	free(p);
}

struct reason {
	const char *ends, *lane, *name;
	uint32_t count;
};

static void add_reason(struct reason *r, uint32_t max, const struct labelled *l)
{
	for (uint32_t i = 0; i < max; i++) {
		if (!r[i].ends)
			r[i] = (struct reason){ l->ends, l->lane, l->name, 0 };
		if (!strcmp(r[i].ends, l->ends)) {
			r[i].count++;
			return;
		}
	}
}

static void add_complete(const struct labelled_set *s, json_t *rows, int arch, uint32_t from,
			 const char *name, double target)
{
	struct reason reasons[16] = { 0 };
	uint32_t n = 0, complete = 0, gaps = 0;
	char *text;

	for (uint32_t i = 0; i < s->n; i++) {
		const struct labelled *l = &s->v[i];

		if (!l->has_stack || l->arch != arch || l->level < from)
			continue;
		n++;
		complete += l->complete;
		gaps += l->complete && l->gap;
		if (!l->complete)
			add_reason(reasons, 16, l);
	}
	for (uint32_t i = 0; i < 16 && reasons[i].ends; i++)
		printf("  %s: %u stacks end at: %s  (%s, %s)\n", name, reasons[i].count,
		       reasons[i].ends, reasons[i].lane, reasons[i].name);
	text = xasprintf("whole stacks, %s, of %u, %u without a recursion's middle", name, n, gaps);
	figure_add(rows,
		   &(struct figure){ .name = text,
				     .unit = "share",
				     .value = n ? (double)complete / n : 0,
				     .target = target });
	free(text);
}

void purity_stacks(const struct labelled_set *s, json_t *rows)
{
	add_complete(s, rows, CGOFUZZ_ARCH_AMD64, 0, "amd64", 0.98);
	add_complete(s, rows, CGOFUZZ_ARCH_ARM64, 0, "arm64", 0.95);
	add_complete(s, rows, CGOFUZZ_ARCH_AMD64, 60, "amd64, nested 60 to 64", 0.98);
	add_complete(s, rows, CGOFUZZ_ARCH_ARM64, 60, "arm64, nested 60 to 64", 0.95);
}
