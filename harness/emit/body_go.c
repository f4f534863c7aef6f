/* body_go.c: emit. Float-heavy bodies in Go. A product is converted before it is used, since Go may fuse it
 * with a sum otherwise: Go spec, "Floating-point operators". */
#include "emit/body.h"
#include "model/expr.h"

static const char *go_float(enum expr_type type)
{
	return type == EXPR_FLOAT ? "float32" : "float64";
}

static void go_name(struct buf *out, const struct expr_body *b, uint8_t node, unsigned lane)
{
	buf_addf(out, "x%u", node);
	if (expr_lanes((enum expr_type)b->nodes[node].type) > 1)
		buf_addf(out, "_%u", lane);
}

static void go_scalar(struct buf *out, const struct expr *e)
{
	const uint8_t *a = e->args;

	switch ((enum expr_op)e->op) {
	case EXPR_INPUT:
		buf_addf(out, "in[%u]", a[0]);
		return;
	case EXPR_NARROW:
		buf_addf(out, "float32(x%u)", a[0]);
		return;
	case EXPR_WIDEN:
		buf_addf(out, "float64(x%u)", a[0]);
		return;
	case EXPR_LANE:
		buf_addf(out, "x%u_%u", a[0], a[1]);
		return;
	case EXPR_LOOP:
		buf_addf(out, "guest.FloatLoop(x%u, x%u, %u)", a[0], a[1], a[2]);
		return;
	case EXPR_HFA:
		buf_addf(out, "guest.FloatHFA(x%u, x%u, x%u, x%u)", a[0], a[1], a[2], a[3]);
		return;
	case EXPR_HFA_FLOAT:
		buf_addf(out, "guest.FloatHFAFloat(float32(x%u), float32(x%u), float32(x%u))", a[0],
			 a[1], a[2]);
		return;
	case EXPR_COMPLEX:
		buf_addf(out, "guest.FloatComplex(complex(x%u, x%u))", a[0], a[1]);
		return;
	case EXPR_MUL_ADD:
		buf_addf(out, "float64(x%u*x%u) + x%u", a[0], a[1], a[2]);
		return;
	default:
		BUG("no such operation");
	}
}

/* Lane of a node whose lanes are computed alike. */
static void go_lane(struct buf *out, const struct expr_body *b, const struct expr *e, unsigned lane)
{
	static const char signs[] = {
		[EXPR_ADD] = '+', [EXPR_SUB] = '-', [EXPR_MUL] = '*', [EXPR_DIV] = '/'
	};
	unsigned half = expr_lanes((enum expr_type)e->type) / 2;

	if (e->op == EXPR_MAKE) {
		BUG_ON(!half); /* a vector has two parts */
		go_name(out, b, e->args[lane >= half], lane % half);
		return;
	}
	if (e->op == EXPR_HVA) {
		buf_addf(out, "float64((x%u_%u + x%u_%u) * (x%u_%u - x%u_%u))", e->args[0], lane,
			 e->args[1], lane, e->args[0], lane, e->args[1], lane);
		return;
	}
	buf_addf(out, "%s(", go_float((enum expr_type)e->type));
	go_name(out, b, e->args[0], lane);
	buf_addf(out, " %c ", signs[e->op]);
	go_name(out, b, e->args[1], lane);
	buf_addch(out, ')');
}

static void go_node(struct buf *out, const struct expr_body *b, uint8_t at)
{
	const struct expr *e = &b->nodes[at];

	if (e->op == EXPR_LESS) {
		buf_addf(out, "\tx%u := x%u\n\tif x%u < x%u {\n\t\tx%u = x%u\n\t}\n", at,
			 e->args[0], e->args[1], e->args[0], at, e->args[1]);
		return;
	}
	for (unsigned lane = 0; lane < expr_lanes((enum expr_type)e->type); lane++) {
		buf_addch(out, '\t');
		go_name(out, b, at, lane);
		buf_addstr(out, " := ");
		if (e->op == EXPR_MAKE || e->op == EXPR_HVA ||
		    (e->op >= EXPR_ADD && e->op <= EXPR_DIV))
			go_lane(out, b, e, lane);
		else
			go_scalar(out, e);
		buf_addch(out, '\n');
	}
}

/* Go takes no variable that nobody uses. */
static void mark(bool used[EXPR_MAX][4], const struct expr_body *b, uint8_t node)
{
	for (unsigned i = 0; i < expr_lanes((enum expr_type)b->nodes[node].type); i++)
		used[node][i] = true;
}

static void find_used(bool used[EXPR_MAX][4], const struct expr_body *b)
{
	for (uint32_t i = 0; i < b->outputs; i++)
		used[b->output[i]][b->lane[i]] = true;
	for (uint32_t i = 0; i < b->count; i++) {
		const struct expr *e = &b->nodes[i];

		if (e->op == EXPR_INPUT)
			continue;
		if (e->op == EXPR_LANE) {
			used[e->args[0]][e->args[1]] = true;
			continue;
		}
		mark(used, b, e->args[0]);
		if (e->op != EXPR_NARROW && e->op != EXPR_WIDEN)
			mark(used, b, e->args[1]);
		if (e->op == EXPR_HFA || e->op == EXPR_HFA_FLOAT || e->op == EXPR_MUL_ADD)
			mark(used, b, e->args[2]);
		if (e->op == EXPR_HFA)
			mark(used, b, e->args[3]);
	}
}

void body_go(struct buf *out, const struct expr_body *b, unsigned n)
{
	bool used[EXPR_MAX][4] = { { false } };

	find_used(used, b);
	buf_addf(out, "func body%u(in *[16]float64, out *[40]float64, middle func()) {\n", n);
	for (uint32_t i = 0; i < b->count; i++) {
		if (i == b->middle)
			buf_addstr(out, "\tmiddle()\n");
		go_node(out, b, (uint8_t)i);
		for (unsigned lane = 0; lane < expr_lanes((enum expr_type)b->nodes[i].type); lane++)
			if (!used[i][lane]) {
				buf_addstr(out, "\t_ = ");
				go_name(out, b, (uint8_t)i, lane);
				buf_addch(out, '\n');
			}
	}
	for (uint32_t i = 0; i < b->outputs; i++) {
		buf_addf(out, "\tout[%u] = float64(", i);
		go_name(out, b, b->output[i], b->lane[i]);
		buf_addstr(out, ")\n");
	}
	buf_addstr(out, "}\n\n");
}

void body_all_go(struct buf *out, const struct batch *batch)
{
	struct expr_body b;

	if (!body_wanted(batch))
		return;
	buf_addstr(out, "// --- float-heavy bodies\n");
	for (unsigned n = 0; n < BODY_COUNT; n++) {
		body_of(&b, batch, n);
		body_go(out, &b, n);
	}
	buf_addstr(out, "func init() {\n\tguest.Bodies = []guest.Body{");
	for (unsigned n = 0; n < BODY_COUNT; n++)
		buf_addf(out, "%sbody%u", n ? ", " : "", n);
	buf_addstr(out, "}\n}\n\n");
}
