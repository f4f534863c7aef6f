/* expr.h: model. A float-heavy function body: expressions over many values, most of which are computed before a
 * call in the middle and used after it, so that compilers keep them in callee-saved registers (arm64: d8-d15) or
 * spill them. The same body is written in C and in Go (emit/body.c) and can be evaluated here; with IEEE 754
 * arithmetic, nothing contracted, all agree bit for bit, NaNs aside. */
#ifndef MODEL_EXPR_H
#define MODEL_EXPR_H

#include <stdint.h>

#define EXPR_MAX 96
#define EXPR_INPUTS 16
#define EXPR_OUTPUTS 40
#define EXPR_LIVE \
	8 /* doubles that are live across the call, at least; floats and vectors besides */

enum expr_type {
	EXPR_DOUBLE,
	EXPR_FLOAT,
	EXPR_PAIR, /* vectors of two and four doubles */
	EXPR_QUAD,
};

enum expr_op {
	EXPR_INPUT, /* number args[0] */
	EXPR_ADD,
	EXPR_SUB,
	EXPR_MUL,
	EXPR_DIV,
	EXPR_LESS, /* the second if it is less than the first, else the first */
	EXPR_NARROW, /* double to float */
	EXPR_WIDEN,
	EXPR_MAKE, /* a pair of two doubles, a quad of two pairs */
	EXPR_LANE, /* lane args[1] of a vector */
	EXPR_LOOP, /* times args[2]: x = x * 0.75 + y, and the sum of all x */
	/* By call of a function that is not inlined, guest/body.h. */
	EXPR_HFA, /* struct of four doubles by value, and back */
	EXPR_HFA_FLOAT, /* struct of three floats; doubles narrowed before, the result is a double */
	EXPR_HVA, /* struct of two pairs */
	EXPR_COMPLEX, /* double _Complex, and back */
	EXPR_MUL_ADD, /* x * y + z in another object */
};

struct expr {
	uint8_t op, type;
	uint8_t args[4]; /* nodes before this one, or numbers as said above */
};

struct expr_body {
	uint32_t count, middle; /* nodes; the call is before node `middle` */
	uint32_t outputs; /* lanes that are stored at the end */
	uint8_t output[EXPR_OUTPUTS], lane[EXPR_OUTPUTS]; /* of which node, which lane of it */
	uint32_t live; /* the first of them are of nodes before the middle: they must have lived */
	uint32_t variant; /* enum expr_variant */
	struct expr nodes[EXPR_MAX];
};

/* How C compiles it, where the compiler and the architecture can. */
enum expr_variant {
	EXPR_PLAIN,
	EXPR_AVX, /* amd64: 256-bit registers */
	EXPR_GENERAL, /* a function without FP registers lies between body and call */
	EXPR_VARIANTS
};

unsigned expr_lanes(enum expr_type type);
/* Same seed, same body. */
void expr_generate(struct expr_body *b, uint64_t seed);
/* out: the bits of doubles, floats widened; every NaN is 0x7ff8000000000000. */
void expr_evaluate(const struct expr_body *b, const double in[EXPR_INPUTS],
		   uint64_t out[EXPR_OUTPUTS]);

#endif
