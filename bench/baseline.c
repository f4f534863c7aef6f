/* baseline.c: bench. How others tell crashes apart: by a hash of the top 3 frames, and as CASR does, by an edit distance
 * between stacks. A fault without a stack is told by its kind and direction in both, as they know nothing of them. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "bench/purity.h"

#define TOP 3
/* libcasr/src/stacktrace.rs of github.com/ispras/casr, after ReBucket (Dang et al., ICSE 2012), 3.2: how much the distance
 * to the top counts, and how much an offset between two frames; two clusters join while none of their stacks are
 * farther apart than the last. */
#define TOP_COEFFICIENT 0.9607894391523232 /* exp(-0.04) */
#define OFFSET_COEFFICIENT 0.8780954309205613 /* exp(-0.13) */
#define DIAMETER 0.3
/* exp(-0.04 * 96) = 0.02: what lies deeper decides nothing, and a stack of 64 levels has hundreds. */
#define MOST_FRAMES 96

struct trace {
	uint32_t *frames; /* hashes of names */
	uint32_t n;
	uint32_t cluster;
};
struct traces {
	struct trace *v;
	uint32_t n;
	double weight[MOST_FRAMES + 1], offset[MOST_FRAMES + 1]; /* of the coefficients, by distance */
};

/* CASR clusters what is left when equal stacks are one. */
static uint32_t trace_of(struct traces *t, const struct labelled *l)
{
	uint32_t n = l->frame_count < MOST_FRAMES ? l->frame_count : MOST_FRAMES;
	uint32_t *frames = xcalloc(n ? n : 1, sizeof(*frames));

	for (uint32_t i = 0; i < n; i++)
		frames[i] = (uint32_t)hash_u64(l->frames[i], strlen(l->frames[i]));
	for (uint32_t i = 0; i < t->n; i++)
		if (t->v[i].n == n && !memcmp(t->v[i].frames, frames, n * sizeof(*frames))) {
			free(frames);
			return i;
		}
	t->v = xrealloc(t->v, (t->n + 1) * sizeof(*t->v));
	t->v[t->n] = (struct trace){ frames, n, t->n };
	return t->n++;
}

/* 0: equal; 1: nothing in common. */
static double distance(const struct traces *t, const struct trace *a, const struct trace *b)
{
	static double rows[2][MOST_FRAMES + 1];
	const uint32_t least = a->n < b->n ? a->n : b->n;
	double whole = 0;

	memset(rows, 0, sizeof(rows));
	for (uint32_t i = 1; i <= a->n; i++) {
		const double *above = rows[(i - 1) & 1];
		double *row = rows[i & 1];

		for (uint32_t j = 1; j <= b->n; j++) {
			double best = above[j] > row[j - 1] ? above[j] : row[j - 1], both;

			if (a->frames[i - 1] == b->frames[j - 1]) {
				both = above[j - 1] +
					t->weight[i < j ? i : j] * t->offset[i < j ? j - i : i - j];
				best = both > best ? both : best;
			}
			row[j] = best;
		}
	}
	for (uint32_t i = 1; i <= least; i++)
		whole += t->weight[i];
	return least ? 1 - rows[a->n & 1][b->n] / whole : a->n != b->n;
}

/* The nearest of those that are left, besides itself. */
static uint32_t nearest(const float *d, uint32_t n, const bool *gone, uint32_t of, uint32_t before)
{
	uint32_t best = before;

	for (uint32_t i = 0; i < n; i++)
		if (i != of && !gone[i] &&
		    (best == UINT32_MAX || d[(size_t)of * n + i] < d[(size_t)of * n + best]))
			best = i;
	return best;
}

/* b becomes part of a: of two clusters the farthest stacks count (complete linkage). */
static void join(struct traces *t, float *d, bool *gone, uint32_t a, uint32_t b)
{
	for (uint32_t i = 0; i < t->n; i++) {
		float far = d[(size_t)b * t->n + i];

		if (far > d[(size_t)a * t->n + i])
			d[(size_t)a * t->n + i] = d[(size_t)i * t->n + a] = far;
		if (t->v[i].cluster == b)
			t->v[i].cluster = a;
	}
	gone[b] = true;
}

/* By a chain of nearest neighbours, until two are each other's (F. Murtagh, 1983): the joins of complete linkage, in
 * another order. A pair that is too far apart stays so, and ends its chain. */
static void link_all(struct traces *t, float *d)
{
	bool *gone = xcalloc(t->n ? t->n : 1, sizeof(*gone));
	uint32_t *chain = xcalloc(t->n + 1, sizeof(*chain)), len = 0;

	for (uint32_t start = 0; start < t->n;) {
		uint32_t next;

		if (!len && gone[start]) {
			start++;
			continue;
		}
		if (!len)
			chain[len++] = start;
		next = nearest(d, t->n, gone, chain[len - 1], len > 1 ? chain[len - 2] : UINT32_MAX);
		if (next == UINT32_MAX || d[(size_t)chain[len - 1] * t->n + next] >= DIAMETER) {
			gone[chain[--len]] = true; /* it has all that it will have */
		} else if (len > 1 && next == chain[len - 2]) {
			join(t, d, gone, chain[len - 2], chain[len - 1]);
			len -= 2;
		} else {
			chain[len++] = next;
		}
	}
	free(gone);
	free(chain);
}

static void cluster_traces(struct traces *t)
{
	float *d = xcalloc((size_t)t->n * t->n + 1, sizeof(*d));

	t->weight[0] = t->offset[0] = 1;
	for (uint32_t i = 1; i <= MOST_FRAMES; i++) {
		t->weight[i] = t->weight[i - 1] * TOP_COEFFICIENT;
		t->offset[i] = t->offset[i - 1] * OFFSET_COEFFICIENT;
	}
	for (uint32_t i = 0; i < t->n; i++)
		for (uint32_t j = i + 1; j < t->n; j++)
			d[(size_t)i * t->n + j] = d[(size_t)j * t->n + i] =
				(float)distance(t, &t->v[i], &t->v[j]);
	link_all(t, d);
	free(d);
}

static uint32_t hash_of(const struct labelled *l)
{
	struct buf text = BUF_INIT;
	uint32_t hash;

	if (!l->frame_count)
		buf_addstr(&text, l->kind);
	for (uint32_t i = 0; i < l->frame_count && i < TOP; i++)
		buf_addf(&text, "%s\n", l->frames[i]);
	hash = (uint32_t)hash_u64(text.ptr, text.len) | 1;
	buf_release(&text);
	return hash;
}

void baseline_cluster(struct labelled_set *s)
{
	struct traces t = { 0 };

	for (uint32_t i = 0; i < s->n; i++) {
		s->v[i].top3 = hash_of(&s->v[i]);
		s->v[i].near = s->v[i].frame_count ? trace_of(&t, &s->v[i]) : UINT32_MAX;
	}
	cluster_traces(&t);
	for (uint32_t i = 0; i < s->n; i++) /* below 2^24 a cluster of stacks, above one of a kind */
		s->v[i].near = s->v[i].frame_count ? t.v[s->v[i].near].cluster
						   : s->v[i].top3 | 1u << 24;
	for (uint32_t i = 0; i < t.n; i++)
		free(t.v[i].frames);
	free(t.v);
}
