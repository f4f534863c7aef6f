/* body.h: guest. For generated float-heavy bodies (emit/body.c): what they call, compiled as they are. Go's twins of
 * these functions are in go/turb_body.go; harness/model/expr.c is what both must do. */
#ifndef GUEST_BODY_H
#define GUEST_BODY_H

#include <stdint.h>

#include "guest/body_table.h"

/* Called as the ABI says, whatever the compiler sees of both sides. */
#ifdef __clang__
#define CGOFUZZ_BODY_CALL static __attribute__((noinline, unused))
#else
#define CGOFUZZ_BODY_CALL static __attribute__((noipa, unused))
#endif

typedef double cgofuzz_pair __attribute__((vector_size(16)));
typedef double cgofuzz_quad __attribute__((vector_size(32)));

struct cgofuzz_hfa {
	double a, b, c, d;
};
struct cgofuzz_hfa_float {
	float a, b, c;
};
struct cgofuzz_hva {
	cgofuzz_pair a, b;
};

CGOFUZZ_BODY_CALL struct cgofuzz_hfa cgofuzz_hfa(struct cgofuzz_hfa x)
{
	return (struct cgofuzz_hfa){ x.a + x.b, x.b - x.c, x.c * x.d, x.d };
}

CGOFUZZ_BODY_CALL struct cgofuzz_hfa_float cgofuzz_hfa_float(struct cgofuzz_hfa_float x)
{
	return (struct cgofuzz_hfa_float){ x.a + x.b, x.b * x.c, x.c };
}

CGOFUZZ_BODY_CALL struct cgofuzz_hva cgofuzz_hva(struct cgofuzz_hva x)
{
	return (struct cgofuzz_hva){ x.a + x.b, x.a - x.b };
}

CGOFUZZ_BODY_CALL double _Complex cgofuzz_complex(double _Complex x)
{
	double _Complex r;

	__real__ r = __real__ x - __imag__ x;
	__imag__ r = __real__ x + __imag__ x;
	return r;
}

CGOFUZZ_BODY_CALL double cgofuzz_loop(double x, double y, unsigned times)
{
	double sum = 0;

	for (unsigned i = 0; i < times; i++) {
		x = x * 0.75 + y;
		sum = sum + x;
	}
	return sum;
}

/* A function that has no FP registers at all, between a body and its call. */
CGOFUZZ_BODY_CALL __attribute__((target("general-regs-only"))) void
cgofuzz_general(void (*middle)(void *), void *arg)
{
	middle(arg);
}

/* For variant avx: amd64 only, and only if the processor has it (cgofuzz_body.needs_avx). */
#ifdef __x86_64__
#define CGOFUZZ_BODY_AVX __attribute__((target("avx")))
#else
#define CGOFUZZ_BODY_AVX
#endif

/* Reassociated and so on under -Ofast, contracted in a lane that allows it (lane/flag.def): then results are not
 * compared bit for bit. */
#if defined(__FAST_MATH__) || defined(CGOFUZZ_CALLEE_contract)
#define CGOFUZZ_BODY_EXACT 0
#else
#define CGOFUZZ_BODY_EXACT 1
#endif

/* Contraction allowed, here alone: each result is x * y + z, rounded once or twice, as the compiler likes. */
#ifdef __clang__
#define CGOFUZZ_CONTRACT
#define CGOFUZZ_CONTRACT_IN _Pragma("clang fp contract(fast)")
#else
#define CGOFUZZ_CONTRACT \
	__attribute__((optimize("O2", "fp-contract=fast"))) /* GCC fuses from -O2 on */
#define CGOFUZZ_CONTRACT_IN
#endif

CGOFUZZ_CONTRACT void cgofuzz_contracted(const double *in, double *out)
{
	CGOFUZZ_CONTRACT_IN
	for (unsigned i = 0; i < CGOFUZZ_CONTRACTED; i++)
		out[i] = in[i] * in[i + 1] + in[i + 2];
}

#endif
