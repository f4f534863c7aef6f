/* expr.c: model. Float-heavy bodies: made from a seed, and evaluated. */
#include "model/expr.h"

#include <math.h>
#include <string.h>

#include "base/err.h"
#include "base/rng.h"

#define FLOATS 4
#define PAIRS 2
#define RESULTS 10

/* A body being made: the nodes of each type so far. */
struct making {
	struct expr_body *b;
	struct rng rng;
	uint8_t of[4][EXPR_MAX];
	uint32_t n[4];
};

unsigned expr_lanes(enum expr_type type)
{
	return type == EXPR_QUAD ? 4 : type == EXPR_PAIR ? 2 : 1;
}

static uint8_t add(struct making *m, enum expr_op op, enum expr_type type, uint8_t a, uint8_t b,
		   uint8_t c, uint8_t d)
{
	struct expr_body *body = m->b;
	uint8_t at = (uint8_t)body->count;

	BUG_ON(body->count == EXPR_MAX);
	body->nodes[body->count++] = (struct expr){ (uint8_t)op, (uint8_t)type, { a, b, c, d } };
	m->of[type][m->n[type]++] = at;
	return at;
}

static uint8_t any(struct making *m, enum expr_type type)
{
	return m->of[type][rng_below(&m->rng, m->n[type])];
}

/* The same, but not that one, as long as there are others: x - x says little. */
static uint8_t another(struct making *m, enum expr_type type, uint8_t than)
{
	uint8_t node = any(m, type);

	for (int tries = 0; node == than && tries < 4; tries++)
		node = any(m, type);
	return node;
}

/* One of the last so many: what was computed and not only given. */
static uint8_t recent(struct making *m, enum expr_type type, uint32_t among)
{
	uint32_t n = m->n[type];

	among = among < n ? among : n;
	return m->of[type][n - 1 - rng_below(&m->rng, among)];
}

static enum expr_op arithmetic(struct making *m)
{
	static const enum expr_op ops[] = { EXPR_ADD, EXPR_SUB, EXPR_MUL, EXPR_MUL,
					    EXPR_ADD, EXPR_SUB, EXPR_DIV, EXPR_LESS };

	return ops[rng_below(&m->rng, sizeof(ops) / sizeof(*ops))];
}

/* An operation that vectors have, too. */
static enum expr_op lanewise(struct making *m)
{
	static const enum expr_op ops[] = { EXPR_ADD, EXPR_SUB, EXPR_MUL };

	return ops[rng_below(&m->rng, 3)];
}

static uint8_t any_double(struct making *m)
{
	uint8_t first;

	switch (rng_below(&m->rng, 8)) {
	case 0:
		return add(m, EXPR_HFA, EXPR_DOUBLE, any(m, EXPR_DOUBLE), any(m, EXPR_DOUBLE),
			   any(m, EXPR_DOUBLE), any(m, EXPR_DOUBLE));
	case 1:
		return add(m, EXPR_COMPLEX, EXPR_DOUBLE, any(m, EXPR_DOUBLE), any(m, EXPR_DOUBLE),
			   0, 0);
	case 2:
		return add(m, EXPR_LOOP, EXPR_DOUBLE, any(m, EXPR_DOUBLE), any(m, EXPR_DOUBLE),
			   (uint8_t)(2 + rng_below(&m->rng, 6)), 0);
	case 3:
		return add(m, EXPR_HFA_FLOAT, EXPR_DOUBLE, any(m, EXPR_DOUBLE), any(m, EXPR_DOUBLE),
			   any(m, EXPR_DOUBLE), 0);
	default:
		first = any(m, EXPR_DOUBLE);
		return add(m, arithmetic(m), EXPR_DOUBLE, first, another(m, EXPR_DOUBLE, first), 0,
			   0);
	}
}

static void put_out(struct expr_body *b, uint8_t node)
{
	for (unsigned lane = 0; lane < expr_lanes((enum expr_type)b->nodes[node].type); lane++) {
		BUG_ON(b->outputs == EXPR_OUTPUTS);
		b->output[b->outputs] = node;
		b->lane[b->outputs++] = (uint8_t)lane;
	}
}

/* Up to the call: what is computed here is live across it. */
static void before(struct making *m)
{
	struct expr_body *b = m->b;
	uint8_t pairs[PAIRS];

	for (unsigned i = 0; i < EXPR_INPUTS; i++)
		add(m, EXPR_INPUT, EXPR_DOUBLE, (uint8_t)i, 0, 0, 0);
	for (unsigned i = 0; i < EXPR_LIVE; i++)
		put_out(b, any_double(m));
	for (unsigned i = 0; i < FLOATS; i++)
		add(m, EXPR_NARROW, EXPR_FLOAT, any(m, EXPR_DOUBLE), 0, 0, 0);
	for (unsigned i = 0; i < 2; i++)
		put_out(b,
			add(m, arithmetic(m), EXPR_FLOAT, any(m, EXPR_FLOAT), any(m, EXPR_FLOAT), 0,
			    0));
	for (unsigned i = 0; i < PAIRS; i++)
		pairs[i] =
			add(m, EXPR_MAKE, EXPR_PAIR, any(m, EXPR_DOUBLE), any(m, EXPR_DOUBLE), 0, 0);
	put_out(b, add(m, lanewise(m), EXPR_PAIR, pairs[0], pairs[1], 0, 0));
	add(m, EXPR_MAKE, EXPR_QUAD, pairs[0], pairs[1], 0, 0);
	add(m, EXPR_MAKE, EXPR_QUAD, recent(m, EXPR_PAIR, 2), pairs[0], 0, 0);
	put_out(b, add(m, lanewise(m), EXPR_QUAD, any(m, EXPR_QUAD), any(m, EXPR_QUAD), 0, 0));
	b->live = b->outputs;
	b->middle = b->count;
}

/* Behind it: every one of them is used. */
static void after(struct making *m)
{
	struct expr_body *b = m->b;
	const uint32_t live = b->live;

	add(m, EXPR_HVA, EXPR_PAIR, any(m, EXPR_PAIR), any(m, EXPR_PAIR), 0, 0);
	for (uint32_t i = 0; i < RESULTS; i++) {
		uint8_t node = b->output[i % live], other = recent(m, EXPR_DOUBLE, EXPR_LIVE);

		if (b->nodes[node].type == EXPR_FLOAT)
			node = add(m, EXPR_WIDEN, EXPR_DOUBLE, node, 0, 0, 0);
		else if (b->nodes[node].type != EXPR_DOUBLE)
			node = add(m, EXPR_LANE, EXPR_DOUBLE, node, b->lane[i % live], 0, 0);
		if (i % 2)
			put_out(b,
				add(m, EXPR_MUL_ADD, EXPR_DOUBLE, node, other, any(m, EXPR_DOUBLE),
				    0));
		else
			put_out(b,
				add(m, arithmetic(m), EXPR_DOUBLE, node,
				    node == other ? another(m, EXPR_DOUBLE, node) : other, 0, 0));
	}
	put_out(b, m->of[EXPR_PAIR][m->n[EXPR_PAIR] - 1]);
}

void expr_generate(struct expr_body *b, uint64_t seed)
{
	struct making m = { .b = b };

	*b = (struct expr_body){ 0 };
	rng_seed(&m.rng, seed);
	b->variant = (uint32_t)rng_below(&m.rng, EXPR_VARIANTS);
	before(&m);
	after(&m);
}

/* Each step rounds: no contraction, whatever this file is compiled with. */
static double rounded(double x)
{
	volatile double r = x;

	return r;
}

static float rounded_float(float x)
{
	volatile float r = x;

	return r;
}

static double operate(enum expr_op op, double x, double y)
{
	switch (op) {
	case EXPR_ADD:
		return rounded(x + y);
	case EXPR_SUB:
		return rounded(x - y);
	case EXPR_MUL:
		return rounded(x * y);
	case EXPR_DIV:
		return rounded(x / y);
	default:
		BUG_ON(op != EXPR_LESS);
		return y < x ? y : x;
	}
}

/* Of floats: rounding a result of doubles once more gives another value now and then. */
static float operate_float(enum expr_op op, float x, float y)
{
	switch (op) {
	case EXPR_ADD:
		return rounded_float(x + y);
	case EXPR_SUB:
		return rounded_float(x - y);
	case EXPR_MUL:
		return rounded_float(x * y);
	case EXPR_DIV:
		return rounded_float(x / y);
	default:
		BUG_ON(op != EXPR_LESS);
		return y < x ? y : x;
	}
}

static double loop(double x, double y, unsigned times)
{
	double sum = 0;

	for (unsigned i = 0; i < times; i++) {
		x = rounded(rounded(x * 0.75) + y);
		sum = rounded(sum + x);
	}
	return sum;
}

/* What the functions of guest/body.h do. */
static double call(enum expr_op op, const double x[4])
{
	float f[3] = { rounded_float((float)x[0]), rounded_float((float)x[1]),
		       rounded_float((float)x[2]) };
	double a, b;

	switch (op) {
	case EXPR_HFA: /* { a + b, b - c, c * d, d }: (x - y) + z - w */
		a = rounded(rounded(x[0] + x[1]) - rounded(x[1] - x[2]));
		b = rounded(rounded(x[2] * x[3]) - x[3]);
		return rounded(a + b);
	case EXPR_HFA_FLOAT: /* { a + b, b * c, c }: x - y + z */
		f[0] = rounded_float(f[0] + f[1]);
		f[1] = rounded_float(f[1] * f[2]);
		return rounded_float(rounded_float(f[0] - f[1]) + f[2]);
	case EXPR_COMPLEX: /* re - im, re + im: re * im */
		a = rounded(x[0] - x[1]);
		b = rounded(x[0] + x[1]);
		return rounded(a * b);
	default:
		BUG_ON(op != EXPR_MUL_ADD);
		return rounded(rounded(x[0] * x[1]) + x[2]);
	}
}

static void evaluate_node(const struct expr *e, const double *in, double (*v)[4], uint32_t at)
{
	double x[4];

	switch ((enum expr_op)e->op) {
	case EXPR_INPUT:
		v[at][0] = in[e->args[0]];
		return;
	case EXPR_NARROW:
		v[at][0] = rounded_float((float)v[e->args[0]][0]);
		return;
	case EXPR_WIDEN:
		v[at][0] = v[e->args[0]][0];
		return;
	case EXPR_MAKE:
		for (unsigned i = 0, half = expr_lanes((enum expr_type)e->type) / 2; i < half; i++) {
			v[at][i] = v[e->args[0]][i];
			v[at][half + i] = v[e->args[1]][i];
		}
		return;
	case EXPR_LANE:
		v[at][0] = v[e->args[0]][e->args[1]];
		return;
	case EXPR_LOOP:
		v[at][0] = loop(v[e->args[0]][0], v[e->args[1]][0], e->args[2]);
		return;
	case EXPR_HVA: /* { a + b, a - b }: x * y */
		for (unsigned i = 0; i < 2; i++) {
			double p = v[e->args[0]][i], q = v[e->args[1]][i];

			v[at][i] = rounded(rounded(p + q) * rounded(p - q));
		}
		return;
	case EXPR_HFA:
	case EXPR_HFA_FLOAT:
	case EXPR_COMPLEX:
	case EXPR_MUL_ADD:
		for (unsigned i = 0; i < 4; i++)
			x[i] = v[e->args[i]][0];
		v[at][0] = call((enum expr_op)e->op, x);
		return;
	default:
		break;
	}
	for (unsigned i = 0; i < expr_lanes((enum expr_type)e->type); i++) {
		double p = v[e->args[0]][i], q = v[e->args[1]][i];

		v[at][i] = e->type == EXPR_FLOAT
			? operate_float((enum expr_op)e->op, (float)p, (float)q)
			: operate((enum expr_op)e->op, p, q);
	}
}

void expr_evaluate(const struct expr_body *b, const double in[EXPR_INPUTS],
		   uint64_t out[EXPR_OUTPUTS])
{
	double v[EXPR_MAX][4];

	for (uint32_t i = 0; i < b->count; i++)
		evaluate_node(&b->nodes[i], in, v, i);
	for (uint32_t i = 0; i < b->outputs; i++) {
		double x = v[b->output[i]][b->lane[i]];

		memcpy(&out[i], &x, sizeof(x));
		if (isnan(x))
			out[i] = 0x7ff8000000000000;
	}
}
