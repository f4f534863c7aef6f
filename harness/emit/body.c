/* body.c: emit. Float-heavy bodies in C, straight on: one variable a node. */
#include "emit/body.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "model/expr.h"

_Static_assert(EXPR_INPUTS == 16 && EXPR_OUTPUTS == 40, "guest/body_table.h, go/turb_body.go");

/* The first digits of the batch's name as a number. Rows of a target are not the same on each architecture, and so is
 * their batch's name: plans are to mean the same bodies all the same. */
static uint64_t seed_of(const struct batch *b)
{
	char start[17] = { 0 };

	if (b->count && b->slots[0].row)
		return hash_u64(b->target->name, strlen(b->target->name));

	for (unsigned i = 0; i < 16; i++)
		start[i] = b->id[i];
	return strtoull(start, NULL, 16);
}

/* A probe asks what can be built. */
bool body_wanted(const struct batch *b)
{
	return !b->probe && b->count && (b->count <= BODY_SMALL || seed_of(b) % BODY_EVERY == 0);
}

void body_of(struct expr_body *body, const struct batch *b, unsigned n)
{
	expr_generate(body, seed_of(b) + n);
}

static const char *sign_of(enum expr_op op)
{
	static const char *const signs[] = {
		[EXPR_ADD] = "+", [EXPR_SUB] = "-", [EXPR_MUL] = "*", [EXPR_DIV] = "/"
	};

	return signs[op];
}

static void c_lanes(struct buf *out, const struct expr_body *b, uint8_t node)
{
	unsigned n = expr_lanes((enum expr_type)b->nodes[node].type);

	if (n == 1)
		buf_addf(out, "x%u", node);
	for (unsigned i = 0; i < n && n > 1; i++)
		buf_addf(out, "%sx%u[%u]", i ? ", " : "", node, i);
}

/* A call of a function of guest/body.h, whose result is a struct or complex: `of` its parts is the value. */
static void c_call(struct buf *out, const struct expr *e, unsigned at)
{
	const uint8_t *a = e->args;

	switch ((enum expr_op)e->op) {
	case EXPR_HFA:
		buf_addf(out,
			 "\tstruct cgofuzz_hfa h%u = cgofuzz_hfa((struct cgofuzz_hfa){ x%u, x%u, x%u, x%u "
			 "});\n\tdouble x%u = (h%u.a - h%u.b) + (h%u.c - h%u.d);\n",
			 at, a[0], a[1], a[2], a[3], at, at, at, at, at);
		return;
	case EXPR_HFA_FLOAT:
		buf_addf(out,
			 "\tstruct cgofuzz_hfa_float h%u = cgofuzz_hfa_float((struct "
			 "cgofuzz_hfa_float){ (float)x%u, (float)x%u, (float)x%u });\n"
			 "\tdouble x%u = (h%u.a - h%u.b) + h%u.c;\n",
			 at, a[0], a[1], a[2], at, at, at, at);
		return;
	case EXPR_HVA:
		buf_addf(out,
			 "\tstruct cgofuzz_hva h%u = cgofuzz_hva((struct cgofuzz_hva){ x%u, x%u });\n"
			 "\tcgofuzz_pair x%u = h%u.a * h%u.b;\n",
			 at, a[0], a[1], at, at, at);
		return;
	default:
		buf_addf(out,
			 "\tdouble _Complex z%u = cgofuzz_complex(__builtin_complex(x%u, x%u));\n"
			 "\tdouble x%u = __real__ z%u * __imag__ z%u;\n",
			 at, a[0], a[1], at, at, at);
	}
}

static void c_node(struct buf *out, const struct expr_body *b, unsigned at)
{
	static const char *const types[] = { "double", "float", "cgofuzz_pair", "cgofuzz_quad" };
	const struct expr *e = &b->nodes[at];
	const uint8_t *a = e->args;

	if (e->op == EXPR_HFA || e->op == EXPR_HFA_FLOAT || e->op == EXPR_HVA ||
	    e->op == EXPR_COMPLEX) {
		c_call(out, e, at);
		return;
	}
	buf_addf(out, "\t%s x%u = ", types[e->type], at);
	switch ((enum expr_op)e->op) {
	case EXPR_INPUT:
		buf_addf(out, "in[%u]", a[0]);
		break;
	case EXPR_LESS:
		buf_addf(out, "x%u < x%u ? x%u : x%u", a[1], a[0], a[1], a[0]);
		break;
	case EXPR_NARROW:
		buf_addf(out, "(float)x%u", a[0]);
		break;
	case EXPR_WIDEN:
		buf_addf(out, "x%u", a[0]);
		break;
	case EXPR_MAKE:
		buf_addstr(out, "{ ");
		c_lanes(out, b, a[0]);
		buf_addstr(out, ", ");
		c_lanes(out, b, a[1]);
		buf_addstr(out, " }");
		break;
	case EXPR_LANE:
		buf_addf(out, "x%u[%u]", a[0], a[1]);
		break;
	case EXPR_LOOP:
		buf_addf(out, "cgofuzz_loop(x%u, x%u, %u)", a[0], a[1], a[2]);
		break;
	case EXPR_MUL_ADD:
		buf_addf(out, "cgofuzz_mul_add(x%u, x%u, x%u)", a[0], a[1], a[2]);
		break;
	default:
		buf_addf(out, "x%u %s x%u", a[0], sign_of((enum expr_op)e->op), a[1]);
	}
	buf_addstr(out, ";\n");
}

void body_c(struct buf *out, const struct expr_body *b, unsigned n)
{
	buf_addf(out,
		 "\n%sstatic void body%u(const double *in, double *out, void (*middle)(void *), void "
		 "*arg)\n{\n",
		 b->variant == EXPR_AVX ? "CGOFUZZ_BODY_AVX " : "", n);
	for (uint32_t i = 0; i < b->count; i++) {
		if (i == b->middle)
			buf_addstr(out,
				   b->variant == EXPR_GENERAL ? "\tcgofuzz_general(middle, arg);\n"
							      : "\tmiddle(arg);\n");
		c_node(out, b, i);
	}
	for (uint32_t i = 0; i < b->outputs; i++) {
		const struct expr *e = &b->nodes[b->output[i]];

		buf_addf(out, "\tout[%u] = x%u", i, b->output[i]);
		if (expr_lanes((enum expr_type)e->type) > 1)
			buf_addf(out, "[%u]", b->lane[i]);
		buf_addstr(out, ";\n");
	}
	buf_addstr(out, "}\n");
}

void body_all_c(struct buf *out, const struct batch *batch)
{
	struct buf rows = BUF_INIT;
	struct expr_body b;

	if (!body_wanted(batch))
		return;
	buf_addstr(
		out,
		"\n/* --- float-heavy bodies */\n#ifndef CGOFUZZ_CALLEE_mgeneral\n#include \"guest/body.h\"\n");
	for (unsigned n = 0; n < BODY_COUNT; n++) {
		body_of(&b, batch, n);
		body_c(out, &b, n);
		buf_addf(&rows, "\t{ body%u, %u, %u, %d, CGOFUZZ_BODY_EXACT },\n", n, b.outputs,
			 b.live, b.variant == EXPR_AVX);
	}
	buf_addf(out,
		 "\nconst struct cgofuzz_body cgofuzz_bodies[] = {\n%s};\n"
		 "const uint32_t cgofuzz_body_count = %d;\n"
		 "#else\nconst uint32_t cgofuzz_body_count = 0;\n#endif\n",
		 rows.ptr, BODY_COUNT);
	buf_release(&rows);
}
